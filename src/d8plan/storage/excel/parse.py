"""Read a workbook's content into grids: openpyxl reads it twice, for formulas and for their last results."""

from __future__ import annotations

import datetime
import io
import math
import re
import warnings
from itertools import chain
from typing import Any

import openpyxl
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import TranslatorError
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from d8plan.storage.excel import guard
from d8plan.storage.excel.reduce import SheetOutline, reduce
from d8plan.text.cells import Grid, Holds, Raw

MAX_CHARACTERS = 10_000_000
"""Characters of all cells together, a text counted for each cell that shows it."""
_ESCAPED = re.compile(r"_x(005F|00[01][0-9A-F]|D[89A-F][0-9A-F]{2})_", re.IGNORECASE)
_OF_OPENPYXL = (TokenizerError, TranslatorError, AssertionError, AttributeError, TypeError)
"""What openpyxl raises besides for content that it cannot follow."""
_FORMULA = "f"
_ERROR = "e"


def parse(content: bytes, name: str) -> tuple[Grid, ...]:
    """Return the sheets of a workbook in their order, charts and dialogs left out.

    Raises RefusedWorkbookError, and MemoryError where it was limited.
    """
    package = guard.opened(content, name)
    try:
        reduced, outlines = reduce(package)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles, and of dates that are none
            return _grids(reduced, outlines)
    except (*guard.DAMAGE, *_OF_OPENPYXL) as error:
        raise guard.damaged() from error


def _grids(reduced: bytes, outlines: list[SheetOutline]) -> tuple[Grid, ...]:
    formulas, values = _read(reduced, data_only=False), _read(reduced, data_only=True)
    # A formula without a result was never calculated, or gives an empty text: where others of the file have one.
    calculated = any(
        cell.data_type == _FORMULA and position in values[sheet]
        for sheet, cells in enumerate(formulas)
        for position, cell in cells.items()
    )
    characters = 0
    grids = []
    for outline, of_formulas, of_values in zip(outlines, formulas, values, strict=True):
        covered = {
            (row, column)
            for area in outline.merged
            for row, column in of_formulas
            if area.row <= row <= area.last_row
            and area.column <= column <= area.last_column
            and (row, column) != (area.row, area.column)
        }
        cells = {}
        for position, cell in of_formulas.items():
            if position not in covered:
                raw = cells[position] = _raw(cell, of_values.get(position), calculated=calculated)
                held = len(raw.value) if isinstance(raw.value, str) else 0
                characters += held + len(raw.formula or "") + len(raw.number_format)
                if characters > MAX_CHARACTERS:
                    raise guard.too_much()
        grids.append(
            Grid(
                outline.name,
                cells,
                outline.merged,
                outline.hidden_rows,
                outline.hidden_columns,
                outline.hidden,
                outline.beyond,
            )
        )
    return tuple(grids)


def _read(reduced: bytes, *, data_only: bool) -> list[dict[tuple[int, int], Any]]:
    """Return the cells of each sheet that hold something, by row and column from 0."""
    book = openpyxl.load_workbook(io.BytesIO(reduced), read_only=True, data_only=data_only, keep_links=False)
    return [
        {
            (cell.row - 1, cell.column - 1): cell
            for cell in chain.from_iterable(sheet.iter_rows())
            if cell.value not in (None, "")
        }
        for sheet in book.worksheets
    ]


def _raw(cell: Any, result: Any, *, calculated: bool) -> Raw:
    """Return what a cell holds; ``result`` is the cell with the last result of its formula."""
    formula = _formula(cell.value) if cell.data_type == _FORMULA else None
    number_format = str(cell.number_format or "General")
    if result is None:
        return (
            Raw(Holds.TEXT, "", formula, number_format)
            if calculated
            else Raw(Holds.UNKNOWN, None, formula, number_format)
        )
    value = result.value
    match value:
        case _ if result.data_type == _ERROR:
            return Raw(Holds.ERROR, str(value), formula, number_format)
        case bool():
            return Raw(Holds.BOOLEAN, value, formula, number_format)
        case int() | float():
            if not math.isfinite(value):
                raise ValueError(value)
            return Raw(Holds.NUMBER, value, formula, number_format)
        case datetime.date() | datetime.time() | datetime.timedelta():
            return Raw(Holds.DATE, value, formula, number_format)
    return Raw(Holds.TEXT, _unescaped(str(value)), formula, number_format)


def _formula(value: object) -> str:
    match value:
        case ArrayFormula():
            return str(value.text)
        case DataTableFormula():
            return f"=TABLE({value.r1 or ''},{value.r2 or ''})"
    return str(value)


def _unescaped(text: str) -> str:
    """Return text with the characters that XML cannot hold, written as _x000D_ (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
