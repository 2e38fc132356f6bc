"""Fit a sheet's text, columns and rows to its page. Sizes are in points."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from fractions import Fraction
from functools import lru_cache

from d8plan.sheets.book import Cell, Number, Role, Sheet
from d8plan.storage.excel.cell_styles import LOOKS
from d8plan.text.exact import ExactNumber, magnitude

MILLIMETRE = 72 / 25.4
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres, within what Decree 30/2020/NĐ-CP allows."""
PAGE = (297, 210)
"""A4, landscape."""
TEXT_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0)
"""Sizes of a table's figures, best first."""
LIST_SIZES = (10.0, 9.5, 9.0)
"""Those of a list that only helps who works on the workbook: more of it stands on a page."""
LEAST_SCALE = 0.94
"""Text of 9 points is still over 8.4 when printed; a line under the annex of 2024 keeps it on its page."""
_PADDING = 5.0
_STEP = 2.0
_ROWS_KEPT = 2
"""Rows of the table that stay with what stands under it."""
_ROUNDING = 0.01
_BLANK = 8.0
"""Height of a row without text."""
_ON_ONE_LINE = (Role.UNIT, Role.TEXT, Role.WORD)
"""Roles that head or fill rows, which are lower the fewer lines they take."""
_SHORT_NAMES = {Role.UNIT: 9, Role.WORD: 12}
"""Widths of an m up to which a name is short."""
_COMPUTED = (Role.STATED, Role.COMPUTED)
_INDENT = 8.0
_WIDE_SHARE = "1.000,00%"
_WIDEST = {Number.MONEY: "99.999.999.999", Number.PERCENT: _WIDE_SHARE, Number.COUNT: "99.999"}
"""What has room in a cell to be filled in, and in one that is computed from such cells."""
_SLACK = 1.04
"""Spreadsheets set text a little wider on some printers than its font says."""

# Widths of Times in thousandths of its size, by character without marks: a font file cannot be
# asked here, and Times New Roman keeps to these.
_WIDTHS = {
    **dict.fromkeys(" ,.", 250),
    **dict.fromkeys("/:;ijlt", 278),
    **dict.fromkeys("!()-I[]fr'", 333),
    **dict.fromkeys("Js", 389),
    **dict.fromkeys("acezß?", 444),
    **dict.fromkeys("FPS", 556),
    **dict.fromkeys("ELTZ+=<>", 611),
    **dict.fromkeys("BCR", 667),
    **dict.fromkeys("ADĐGHKNOQUVXYw", 722),
    **dict.fromkeys("m&", 778),
    **dict.fromkeys("M%", 889),
    **dict.fromkeys("W@", 944),
}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is in Times New Roman."""
    bare = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return sum(_WIDTHS.get(char, 500) for char in bare) / 1000 * size * (1.09 if bold else 1) * _SLACK


@lru_cache(maxsize=16384)
def line_count(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines text takes when wrapped at ``width``."""
    lines, used, space = 1, 0.0, text_width(" ", size)
    for word in text.split():
        needed = text_width(word, size, bold=bold)
        if used and used + space + needed > width + _ROUNDING:
            lines, used = lines + 1, 0.0
        used += needed + (space if used else 0)
        if used > width + _ROUNDING:  # a word longer than the column is broken
            lines, used = lines + int(used // width), used % width
    return lines


def fit(sheet: Sheet) -> Sheet:
    """Return the sheet with its text size, column widths and row heights for one page's width.

    The largest text wins with which all of the sheet stands on one page, if need be the smallest,
    printed smaller by as much as ``LEAST_SCALE``; failing that, the largest with which its headings
    leave half of each page to the figures; failing that, the smallest. Of a list, the largest with
    which it takes the fewest pages.
    """
    down = _down()
    fitted = []
    for size in TEXT_SIZES if sheet.official else LIST_SIZES:
        fitted.append(one := _fit(sheet, size))
        if sheet.official and _is_within_margins(one) and sum(one.heights) <= down:
            break  # smaller text is not wanted, and each size takes long
    wide_enough = [one for one in fitted if _is_within_margins(one)] or fitted[-1:]
    whole = [one for one in wide_enough if sum(one.heights) <= down]
    readable = [one for one in wide_enough if sum(one.heights[one.header[0] : one.header[1] + 1]) <= down / 2]
    if not whole and sum(wide_enough[-1].heights) * LEAST_SCALE <= down:
        return wide_enough[-1]._replace(one_page=True)
    chosen = (whole or readable or wide_enough[-1:])[0]
    if not sheet.official:
        chosen = min(wide_enough, key=lambda one: math.ceil(sum(one.heights) / down))
    return chosen._replace(new_page=_new_page(chosen))


def _is_within_margins(sheet: Sheet) -> bool:
    return sum(sheet.widths) <= _across() + _ROUNDING


def _new_page(sheet: Sheet) -> int | None:
    """Return the last rows' first where a page would begin among or under them."""
    last = max((cell.row for cell in sheet.cells if LOOKS[cell.role].size is None), default=0)
    kept = max(last - _ROWS_KEPT + 1, sheet.freeze[0])
    repeated = sum(sheet.heights[sheet.header[0] : sheet.header[1] + 1])
    used = 0.0
    for row, height in enumerate(sheet.heights):
        if used + height > _down():
            if row > kept:
                return kept
            used = repeated
        used += height
    return None


def _down() -> float:
    return (PAGE[1] - MARGINS["top"] - MARGINS["bottom"]) * MILLIMETRE


def _across() -> float:
    # One point less: columns are rounded to whole pixels.
    return (PAGE[0] - MARGINS["left"] - MARGINS["right"]) * MILLIMETRE - 1


def _fit(sheet: Sheet, size: float) -> Sheet:
    table = [cell for cell in sheet.cells if LOOKS[cell.role].size is None and (cell.value is not None or cell.waits)]
    widths = _narrowest(sheet, table, size)
    spare = _across() - sum(widths)
    spare = _widened(sheet, table, widths, spare, size) if sheet.official else _shared(table, widths, spare, size)
    for column in range(1, len(widths)):
        widths[column] += max(spare, 0) / (len(widths) - 1)
    return sheet._replace(text_size=size, widths=tuple(widths), heights=tuple(_heights(sheet, widths, size)))


def _widened(sheet: Sheet, table: list[Cell], widths: list[float], spare: float, size: float) -> float:
    """Widen, step by step, the column that makes the table as tall as it is; return the width that is left."""
    wrapped = [cell for cell in table if isinstance(cell.value, str) and cell.role is not Role.ROW_LABEL]
    while spare >= _STEP and (wrapped := [cell for cell in wrapped if _is_tall(cell, widths, size)]):
        cell = _binding(sheet, wrapped, widths, size)
        for column in range(cell.column, cell.column + cell.columns):
            widths[column] += _STEP / cell.columns
        spare -= _STEP
    return spare


def _shared(table: list[Cell], widths: list[float], spare: float, size: float) -> float:
    """Share the width that is left among the columns of a list; return what is left then.

    Of columns whose texts take so much room in all, the whole is lowest where widths are as its square roots.
    """
    room: defaultdict[int, float] = defaultdict(float)
    for cell in table:
        if cell.role is Role.TEXT and isinstance(cell.value, str) and cell.columns == 1:
            room[cell.column] += text_width(cell.value, size)
    if spare <= 0 or not room:
        return spare
    shares = {column: math.sqrt(needed) for column, needed in room.items()}
    left = spare + sum(widths[column] for column in shares)
    # A column whose longest word is wider than its share keeps that width, and the others share the rest.
    while wide := [column for column in shares if widths[column] > left * shares[column] / sum(shares.values())]:
        for column in wide:
            left -= widths[column]
            del shares[column]
    for column, share in shares.items():
        widths[column] = left * share / sum(shares.values())
    return 0


def _is_tall(cell: Cell, widths: list[float], size: float) -> bool:
    enough = 1 if cell.role in _ON_ONE_LINE else 2
    return _height(cell, widths, size) > _text_height(enough, LOOKS[cell.role].size_in(size))


def _binding(sheet: Sheet, wrapped: list[Cell], widths: list[float], size: float) -> Cell:
    """Return the cell whose text makes the table as tall as it is."""
    rows = _heights(sheet._replace(cells=tuple(cell for cell in wrapped if cell.rows == 1)), widths, size)

    def excess(cell: Cell) -> tuple[float, float]:
        height = _height(cell, widths, size)
        return max(height - sum(rows[cell.row : cell.row + cell.rows]), 0), height if cell.rows == 1 else 0

    return max(wrapped, key=excess)


def _narrowest(sheet: Sheet, table: list[Cell], size: float) -> list[float]:
    """Return the least width of each column in which no word or number is broken."""
    widths = [2 * size] * max((cell.column + cell.columns for cell in sheet.cells), default=0)
    computed = [cell.value for cell in table if cell.role in _COMPUTED and isinstance(cell.value, ExactNumber)]
    largest = max(map(magnitude, computed), default=0)
    for cell in sorted(table, key=lambda cell: cell.columns):
        # What is computed may become as large as any number it is computed from, and negative.
        number = -largest if cell.role is Role.COMPUTED else cell.value
        text = f"{number:,}" + "*" * cell.faulty if isinstance(cell.value, ExactNumber) else str(cell.value)
        text = _WIDE_SHARE if isinstance(cell.value, Fraction) else text
        text = max(text, _WIDEST[cell.number], key=len) if cell.waits else text
        set_in = LOOKS[cell.role].size_in(size)
        bold = LOOKS[cell.role].bold or cell.strong
        needed = max((text_width(word, set_in, bold=bold) for word in text.split()), default=0)
        if cell.role in _SHORT_NAMES:  # a short name reads better on one line, a long one on two
            whole = text_width(text, set_in, bold=bold)
            needed = max(needed, whole if whole <= _SHORT_NAMES[cell.role] * size else whole * 0.55)
        elif LOOKS[cell.role].align == "right":
            needed += _INDENT
        span = range(cell.column, cell.column + cell.columns)
        missing = needed + _PADDING - sum(widths[column] for column in span)
        for column in span:
            widths[column] += max(missing, 0) / cell.columns
    return widths


def _height(cell: Cell, widths: list[float], table_size: float) -> float:
    look = LOOKS[cell.role]
    size = look.size_in(table_size)
    width = sum(widths[cell.column : cell.column + cell.columns]) - _PADDING
    text = cell.value if isinstance(cell.value, str) else ""
    return _text_height(line_count(text, width, size, bold=look.bold or cell.strong), size)


def _text_height(lines: int, size: float) -> float:
    return math.ceil(lines * size * 1.2 + 3)


def _heights(sheet: Sheet, widths: list[float], size: float) -> list[float]:
    needed: defaultdict[int, float] = defaultdict(lambda: _BLANK)
    for cell in sorted(sheet.cells, key=lambda cell: cell.rows):
        last = cell.row + cell.rows - 1
        missing = _height(cell, widths, size) - sum(needed[row] for row in range(cell.row, last + 1))
        needed[last] += max(missing, 0)
    return [needed[row] for row in range(max(needed, default=-1) + 1)]
