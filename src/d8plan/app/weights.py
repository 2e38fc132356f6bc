"""Weights of units from a file: a table of units, in a workbook or as text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from d8plan.app.choice import choose
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.ledger.names import Spellings
from d8plan.sheets.book import cell_name
from d8plan.storage import separated_text
from d8plan.text.cells import Grid, Holds, Raw
from d8plan.text.message import M, Message
from d8plan.text.names import fold, nearest
from d8plan.text.numbers import Weight, read_weight

_BESIDE_WORDS = re.compile(r"[\W_]+")
_TOTAL = re.compile(
    r"(tong|cong|tong cong|tong so|tong chung|total|grand total|sum|toan)"
    r"( cong| so)?( (cac|toan))?( (tinh|huyen|thanh pho|quoc|don vi|xa))?( [ivx]+)*"
)
"""Labels of totals, folded, words alone; a commune may be called Tổng Cọt or Cộng Hoà."""
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_NUMBER = re.compile(r"[-+<>~≈]?\s*[0-9].*", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2}")


class Weights(NamedTuple):
    """What a file says."""

    by_unit: dict[str, Fraction]
    source: str
    """The sheet that was read, where there are sheets, and what stands over its weights."""
    doubt: Message | None
    """What is to be known of the choice of the sheet; None where there was none."""


def read(path: Path, column: str | None, spellings: Spellings) -> Weights:
    """Return the weight of each unit that a file names: units in one column, weights in another under a heading.

    ``column`` is the heading; without one it is the column after the units. A title above, row numbers, blank
    rows, a row of totals and notes below belong to such a table. Raises CommandError where the file cannot be
    read, or names a unit that is not among ``spellings``, one twice, or a weight that has not one reading.
    """
    is_workbook = path.suffix.casefold() == ".xlsx"
    grids, faults = (_workbook(path), ()) if is_workbook else _text(path)
    tables = [table for grid in grids if (table := _Table(path, grid, spellings, is_workbook=is_workbook)).rows]
    if not tables and faults:
        raise _refused(path, faults[0].message, faults[0].action)
    if not tables:
        raise _refused(path, M("it has no column with units of the plan"))
    # A hidden sheet is for want of another; of text, the mark is right that leaves the most units.
    table = max(tables, key=lambda one: (not one.grid.hidden, 0 if is_workbook else len(one.rows)))
    at = table.column(column)
    heading = table.headings.get(at, [""])[-1]
    source, doubt = heading or path.name, None
    if is_workbook:
        source = f"{table.grid.name}: {heading}"
        if table.grid.hidden:
            doubt = M("Weights are read from sheet “{sheet}”, which is hidden", sheet=table.grid.name)
        elif len(tables) > 1:
            others = tuple(one.grid.name for one in tables if one is not table)
            doubt = M("Weights are read from sheet “{sheet}”, not from: {others}", sheet=table.grid.name, others=others)
    return Weights(table.weights(at), source, doubt)


class _Table:
    """A table of units in a grid; without rows where the grid names no unit."""

    def __init__(self, path: Path, grid: Grid, spellings: Spellings, *, is_workbook: bool) -> None:
        self.path, self.grid, self.spellings, self.is_workbook = path, grid, spellings, is_workbook
        self.names = {fold(name) for given in spellings.values() for name in given}
        self.by_row: defaultdict[int, dict[int, Raw]] = defaultdict(dict)
        by_column: defaultdict[int, list[int]] = defaultdict(list)
        for (row, column), raw in sorted(grid.cells.items()):
            self.by_row[row][column] = raw
            if _is_text(raw) and fold(str(raw.value)) in self.names:
                by_column[column].append(row)
        self.name_column = max(by_column, key=lambda one: (len(by_column[one]), -one), default=0)
        self.rows = by_column[self.name_column]
        self.first = min(self.rows, default=0)
        self.headings = self._headings()

    def _headings(self) -> dict[int, list[str]]:
        """Return what stands over each column, from the top; merged headings over all that they span."""
        spans = {(area.row, area.column): area.last_column for area in self.grid.merged}
        found: defaultdict[int, list[str]] = defaultdict(list)
        for (row, column), raw in sorted(self.grid.cells.items()):
            if row < self.first and raw.value is not None:
                value = raw.value
                text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
                for each in range(column, spans.get((row, column), column) + 1):
                    found[each].append(" ".join(text.split()))
        return dict(found)

    def column(self, named: str | None) -> int:
        """Return the column of the weights."""
        if not self.headings:
            raise _refused(self.path, M("it has no heading"))
        after = {column for _, column in self.grid.cells if column > self.name_column}
        if named is not None:
            others = {str(at): texts for at, texts in self.headings.items() if at != self.name_column}
            return int(choose(M("column"), named, others))
        if not after:
            raise _refused(self.path, M("it has no column after the units"))
        return min(after)

    def weights(self, at: int) -> dict[str, Fraction]:
        """Return the weights in a column."""
        found: dict[str, Fraction] = {}
        seen: dict[str, int] = {}
        kinds: dict[str, int] = {}
        for row, name, raw in self._lines(at):
            unit = self._unit(row, name)
            if unit in seen:
                first = self._where(seen[unit], self.name_column)
                raise self._fault(
                    row, self.name_column, M("“{name}” stands in {first} already", name=name, first=first)
                )
            weight = self._weight(row, at, raw)
            if weight.value:
                kinds.setdefault(weight.words, row)
            if len(kinds) > 1:
                (one, other) = kinds
                text = M("“{one}” stands after some numbers and “{other}” after others", one=one, other=other)
                raise self._fault(row, at, text)
            found[unit], seen[unit] = weight.value, row
        return found

    def _lines(self, at: int) -> Iterator[tuple[int, str, Raw | None]]:
        """Yield the rows that must be of a unit: what names one, and what has a number and is no heading or total."""
        width = max(self.headings, default=0)
        for row, cells in sorted(self.by_row.items()):
            name, raw = str(cells[self.name_column].value) if self.name_column in cells else "", cells.get(at)
            if row not in self.rows and self._passes(row, at, name, cells):
                continue
            if not self.is_workbook and max(cells) > width:
                text = M("the row has more cells than the heading: put a number with the mark between cells in quotes")
                raise self._fault(row, at, text)
            if not name:
                raise self._fault(row, at, M("a number without a unit"))
            yield row, name, raw

    def _passes(self, row: int, at: int, name: str, cells: Mapping[int, Raw]) -> bool:
        """Tell a row that names no unit and says nothing of one: titles, headings, totals, notes."""
        labels = (raw for column, raw in cells.items() if column < at and _is_text(raw))
        if any(_TOTAL.fullmatch(_BESIDE_WORDS.sub(" ", fold(str(raw.value))).strip()) for raw in labels):
            return True
        raw = cells.get(at)
        text = str(raw.value) if raw else ""
        if raw is None or read_weight(raw) == Weight(Fraction(0)):
            return True
        says_number = not _is_text(raw) or bool(_NUMBER.fullmatch(text))
        if row > self.first:
            return not says_number and (row > max(self.rows) or text in self.headings.get(at, ()))
        of_columns = not _LETTERS.search(name)  # (1) (2), A B
        of_years = bool(_YEAR.fullmatch(text)) and not nearest(name, self.names)
        return not says_number or of_columns or of_years

    def _unit(self, row: int, name: str) -> str:
        try:
            return choose(M("unit"), name, self.spellings)
        except CommandError as error:
            raise self._fault(row, self.name_column, error.message, error.action) from None

    def _weight(self, row: int, at: int, raw: Raw | None) -> Weight:
        weight = read_weight(raw)
        if weight.refused:
            action = M("Write whole numbers without marks, 1234, or decimals as 0,5") if _is_text(raw) else None
            raise self._fault(row, at, weight.refused, action or M("Correct it in the file"))
        return weight

    def _where(self, row: int, column: int) -> Message:
        if self.is_workbook:
            return M("{place}", place=f"{self.grid.name}!{cell_name(row, column)}")
        return M("line {line}", line=row + 1)

    def _fault(self, row: int, column: int, why: Message, action: Message | None = None) -> CommandError:
        return _refused(self.path, M("{path}: {reason}", path=self._where(row, column), reason=why), action)


def _is_text(raw: Raw | None) -> bool:
    return raw is not None and raw.holds is Holds.TEXT


def _text(path: Path) -> separated_text.Separated:
    try:
        with path.open("rb") as file:
            return separated_text.read(file.read(separated_text.MAX_BYTES + 1))
    except OSError as error:
        raise _refused(path, M("{reason}", reason=error.strerror or str(error))) from error
    except separated_text.RefusedTextError as error:
        raise _refused(path, error.message, error.action) from None


def _workbook(path: Path) -> tuple[Grid, ...]:
    from d8plan.storage.excel.guard import RefusedWorkbookError
    from d8plan.storage.excel.reader import read as read_grids

    try:
        return read_grids(path)
    except RefusedWorkbookError as error:
        raise CommandError(
            M("{path}: {reason}", path=str(path), reason=error.message), UNUSABLE, error.action
        ) from None


def _refused(path: Path, why: Message, action: Message | None = None) -> CommandError:
    return CommandError(
        M("{path}: {reason}", path=str(path), reason=why),
        USAGE,
        action or M("Give a table with a heading: a column of units, and the weights after it"),
    )
