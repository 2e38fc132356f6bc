"""Turn the elements of a sheet, as they come, into a grid. Rules are those of ECMA-376 part 1, 18.3.1."""

from __future__ import annotations

import datetime
import math
import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from d8plan.storage.excel import guard
from d8plan.text.cells import Area, Grid, Holds, Raw
from d8plan.text.message import M

MAX_ROWS, MAX_COLUMNS = 5_000, 500
"""Within these a cell may hold something; empty ones may stand anywhere."""
MAX_CELLS = 40_000
MAX_CHARACTERS = 10_000_000
"""Characters of all cells together, a text counted for each cell that shows it."""
MAX_SHARED = 200_000
"""Characters of the formulas that are worked out from another cell's."""
MAX_MERGED = 1_000_000
"""Cells of all merged ranges together."""
SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
"""As many as a sheet has."""
YES = ("1", "true")

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_COUNT = re.compile(r"[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta | None


class Format(NamedTuple):
    """How a cell shows its number."""

    code: str = "General"
    is_date: bool = False
    is_duration: bool = False


class Shared(NamedTuple):
    """What the sheets of a workbook have in common."""

    strings: list[str]
    formats: list[Format]
    epoch: datetime.datetime


class Budget:
    """What all sheets together may hold."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.cells = self.characters = self.shared = self.merged = 0

    def spend(self, *, cells: int = 0, characters: int = 0, shared: int = 0, merged: int = 0) -> None:
        """Count what is kept; raises RefusedError where it is too much."""
        self.cells += cells
        self.characters += characters
        self.shared += shared
        self.merged += merged
        if self.cells > MAX_CELLS:
            raise guard.too_large(M("The workbook holds more than {number} cells", number=MAX_CELLS))
        if self.characters > MAX_CHARACTERS or self.shared > MAX_SHARED or self.merged > MAX_MERGED:
            raise guard.too_large(M("The workbook holds more than a plan's annexes do"))


class SheetParser:
    """Builds the grid of one sheet; a contradiction raises ValueError or LookupError."""

    def __init__(self, name: str, namespace: str, shared: Shared, budget: Budget) -> None:
        """Take the sheet's name, its XML namespace in braces, and what its cells refer to."""
        self._name, self._namespace, self._shared, self._budget = name, namespace, shared, budget
        self._row = self._column = -1
        self._in_cell = False
        self._cells: dict[tuple[int, int], Raw] = {}
        self._areas: list[Area] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._masters: dict[str, tuple[Translator, int]] = {}
        self._starts = {
            namespace + "row": self._start_row,
            namespace + "col": self._start_columns,
            namespace + "mergeCell": self._start_area,
        }
        self._cell_tag, self._value, self._formula_tag, self._inline = (
            namespace + tag for tag in ("c", "v", "f", "is")
        )

    def feed(self, event: str, element: Element) -> None:
        """Take the start or end of an element; those that are done with are emptied."""
        tag = element.tag
        if event == "start":
            if tag == self._cell_tag:
                self._in_cell = True
            elif tag in self._starts:
                self._starts[tag](element)
        elif tag == self._cell_tag:
            self._in_cell = False
            self._end_cell(element)
            element.clear()
        elif not self._in_cell:
            element.clear()

    def grid(self, *, hidden: bool) -> Grid:
        """Return the sheet, of merged ranges only the first cell."""
        for area in self._areas:
            for row in range(area.row, area.last_row + 1):
                for column in range(area.column, area.last_column + 1):
                    if (row, column) != (area.row, area.column):
                        self._cells.pop((row, column), None)
        return Grid(
            name=self._name,
            cells=self._cells,
            merged=tuple(self._areas),
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=frozenset(self._hidden_columns),
            hidden=hidden,
        )

    def _start_row(self, element: Element) -> None:
        self._row = whole(element.attrib["r"]) - 1 if "r" in element.attrib else self._row + 1
        self._column = -1
        if not 0 <= self._row < SHEET_ROWS:
            raise ValueError(self._row)
        height = element.get("ht")
        if (element.get("hidden") in YES or (height and float(height) == 0)) and self._row < MAX_ROWS:
            self._hidden_rows.add(self._row)

    def _start_columns(self, element: Element) -> None:
        first, last = whole(element.attrib["min"]), whole(element.attrib["max"])
        if not 1 <= first <= last <= SHEET_COLUMNS:
            raise ValueError(first, last)
        width = element.get("width")
        if element.get("hidden") in YES or (width and float(width) == 0):
            self._hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))

    def _start_area(self, element: Element) -> None:
        """Keep a merged range as far as cells may hold something: a whole row may be merged."""
        first, _, last = element.attrib["ref"].partition(":")
        (row, column), (last_row, last_column) = _position(first), _position(last or first)
        if last_row < row or last_column < column:
            raise ValueError(element.attrib["ref"])
        last_row, last_column = min(last_row, MAX_ROWS - 1), min(last_column, MAX_COLUMNS - 1)
        size = (last_row - row + 1) * (last_column - column + 1)
        if last_row >= row and last_column >= column and size > 1:
            self._budget.spend(merged=size)
            self._areas.append(Area(row, column, last_row, last_column))

    def _end_cell(self, element: Element) -> None:
        reference = element.get("r")
        position = (self._row, self._column + 1) if reference is None else _position(reference)
        self._column = position[1]
        if position[0] != self._row or self._column >= SHEET_COLUMNS:
            raise ValueError(reference)
        code = self._shared.formats[whole(element.get("s", "0"))] if self._shared.formats else Format()
        formula = self._formula(element, position)
        holds, value = self._held(element, code)
        if value is None and formula is None:
            return
        if value is None:
            holds = Holds.UNKNOWN
        self._keep(position, Raw(holds, value, formula, code.code))

    def _keep(self, position: tuple[int, int], raw: Raw) -> None:
        if position[0] >= MAX_ROWS or position[1] >= MAX_COLUMNS:
            message = M(
                "Sheet “{sheet}” has something in cell {cell}, far from any table",
                sheet=self._name,
                cell=f"{get_column_letter(position[1] + 1)}{position[0] + 1}",
            )
            raise guard.RefusedError(
                message, M("Delete what stands there, or copy the annex alone into a new workbook")
            )
        if position in self._cells:
            raise ValueError(position)
        text = len(raw.value) if isinstance(raw.value, str) else 0
        self._budget.spend(cells=1, characters=text + len(raw.formula or "") + len(raw.number_format))
        self._cells[position] = raw

    def _held(self, element: Element, code: Format) -> tuple[Holds, Value]:
        """Return what a cell holds; of a formula, its last result."""
        kind = element.get("t", "n")
        if kind == "inlineStr":
            inline = element.find(self._inline)
            return Holds.TEXT, None if inline is None else text_of(inline, self._namespace) or None
        found = element.find(self._value)
        if found is None:
            return Holds.TEXT, None
        text = found.text or ""
        if kind == "str":
            # A formula may give an empty text; openpyxl writes an empty result where there is none, but as a number.
            return Holds.TEXT, unescape(text) if text or element.find(self._formula_tag) is not None else None
        text = text.strip()
        if not text:
            return Holds.TEXT, None
        if kind == "s":
            return Holds.TEXT, self._shared.strings[whole(text)] or None
        if kind == "b":
            return Holds.BOOLEAN, _BOOLEANS[text]
        if kind == "e":
            return Holds.ERROR, text
        if kind == "d":
            return Holds.DATE, from_ISO8601(text)  # type: ignore[no-untyped-call]
        if kind != "n":
            raise ValueError(kind)
        return self._number(text, code)

    def _number(self, text: str, code: Format) -> tuple[Holds, Value]:
        value: int | float
        if _INTEGER.fullmatch(text):
            value = int(text)
        elif _DECIMAL.fullmatch(text):
            value = float(text)
            if not math.isfinite(value):
                raise ValueError(text)
        else:
            raise ValueError(text)
        if not code.is_date:
            return Holds.NUMBER, value
        try:
            return Holds.DATE, from_excel(value, self._shared.epoch, timedelta=code.is_duration)
        except (OverflowError, ValueError):  # no such day: Excel shows a row of #
            return Holds.ERROR, "#VALUE!"

    def _formula(self, element: Element, position: tuple[int, int]) -> str | None:
        """Return a cell's formula, where it is shared worked out from the first one's."""
        found = element.find(self._formula_tag)
        if found is None:
            return None
        formula = "=" + (found.text or "")
        kind = found.get("t")
        if kind == "dataTable":
            return f"=TABLE({found.get('r1', '')},{found.get('r2', '')})"
        if kind != "shared":
            return formula
        here = f"{get_column_letter(position[1] + 1)}{position[0] + 1}"
        group = found.attrib["si"]
        if found.text:
            self._budget.spend(shared=len(formula))
            self._masters[group] = (_translator(formula, here), len(formula))
            return formula
        master, length = self._masters[group]
        self._budget.spend(shared=length)
        try:
            return str(master.translate_formula(here))
        except TranslatorError:  # beyond the sheet's first row or column
            return "=#REF!"


def whole(text: str) -> int:
    """Return a whole number as attributes write it."""
    if not _COUNT.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _position(reference: str) -> tuple[int, int]:
    """Return the row and column, from 0, of a reference such as B7."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    row, column = int(match[2]) - 1, column_index_from_string(match[1]) - 1
    if row >= SHEET_ROWS or column >= SHEET_COLUMNS:
        raise ValueError(reference)
    return row, column


def _translator(formula: str, cell: str) -> Translator:
    try:
        return Translator(formula, cell)
    except (TokenizerError, AssertionError) as error:  # openpyxl asserts some of its grammar
        raise ValueError(formula) from error


def text_of(element: Element, namespace: str) -> str:
    """Return the plain text of a string item: its runs joined, without the readings of characters (18.4.8)."""
    parts = []
    for child in element:
        if child.tag == namespace + "t":
            parts.append(child.text or "")
        elif child.tag == namespace + "r":
            parts.append(child.findtext(namespace + "t") or "")
    return unescape("".join(parts))


def unescape(text: str) -> str:
    """Return text with the characters that XML cannot hold, written as _x000D_ (22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
