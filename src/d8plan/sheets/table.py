"""Any table of a view as a sheet: rows under headings, with the formulas and totals that its columns declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from d8plan.ledger.names import DONG
from d8plan.sheets.book import (
    Address,
    Area,
    Cell,
    Formula,
    Role,
    Sheet,
    Text,
    areas,
    cell_name,
    share_formula,
    sheet_names,
)
from d8plan.text.language import DEFAULT, language, telling
from d8plan.text.message import Amount, M, Message
from d8plan.views.table import (
    Audience,
    Bounded,
    Column,
    Difference,
    Doubted,
    Exact,
    Number,
    Share,
    SumOfRows,
    SumOrLast,
    Table,
    Value,
    Words,
)

_ROLES = {Words.TEXT: Role.TEXT, Words.NAME: Role.UNIT, Words.WORD: Role.WORD, Words.ORDINAL: Role.ORDINAL}

Refine = Callable[[int, Column, Cell], Cell]
"""What is said of a cell besides, from the index of its row, its column, and the cell as it was laid."""


class Laid(NamedTuple):
    """A table on its sheet."""

    table: Table
    sheet: Sheet
    rows: tuple[int, ...]
    """Row of the sheet of each row of the table."""
    columns: dict[str, int]
    """Column of the sheet by the key of the column."""

    def under(self, column: str, key: str, value: Value) -> list[str]:
        """Return the cells under a column, as formulas of any sheet name them, in rows with a value under ``key``."""
        keys = [one.key for one in self.table.columns]
        if column not in self.columns or key not in keys:
            return []
        at = keys.index(key)
        rows = (row for row, values in zip(self.rows, self.table.rows, strict=True) if values[at] == value)
        cells = areas((row, self.columns[column]) for row in rows)
        return [Address(self.sheet.name, area.name()).reference() for area in cells]

    def area(self, column: str) -> Area:
        """Return the cells under a column, from the first row of the table to the last."""
        first, at = self.sheet.freeze[0], self.columns[column]
        return Area(first, at, max((*self.rows, first)), at)


def width_of(table: Table) -> int:
    """Return how many columns a table takes on a sheet, with that of the numbers of its rows."""
    return len(_columns(table)) + (not _has_numbers(table))


def lines_above(lines: Iterable[tuple[Role, Text]], width: int) -> list[Cell]:
    """Return lines above a table as cells, each over all of its columns."""
    return [Cell(row, 0, role, text, columns=width) for row, (role, text) in enumerate(lines)]


def lay(
    table: Table,
    name: str,
    above: Sequence[Cell],
    *,
    top: int,
    numbers: Role = Role.FIGURE,
    numbered: bool = True,
    details: Mapping[str, Laid] = {},
    refine: Refine = lambda _row, _column, cell: cell,
) -> Laid:
    """Return a table on a sheet called ``name``, its headings in row ``top`` under the cells that stand ``above``.

    It has the columns that people are shown, and before them, where ``numbered``, the numbers of its rows. The role
    of other numbers is ``numbers``; ``details`` are tables already laid, whose rows formulas may sum; ``refine`` gives
    each cell what a column cannot declare, as it is another in each row.
    """
    return _Layout(table, numbers, details, refine, numbered=numbered).laid(name, above, top)


def sheets(tables: Sequence[Table], above: Callable[[Table], Sequence[Cell]]) -> tuple[Sheet, ...]:
    """Return a sheet for each table, in their order, under the cells that stand ``above`` it.

    Each may sum the rows of another.
    """
    formulas = [column.formula for table in tables for column in table.columns]
    summed = {formula.table for formula in formulas if isinstance(formula, SumOfRows)}
    spoken = language(DEFAULT)
    names = sheet_names(spoken.say(table.name if table.name.template else table.title) for table in tables)
    laid: dict[str, Laid] = {}
    for table, name in sorted(zip(tables, names, strict=True), key=lambda one: one[0].key not in summed):
        lines = above(table)
        laid[table.key] = lay(table, name, lines, top=len(lines), details=laid)
    return tuple(laid[table.key].sheet for table in tables)


class _Layout:
    def __init__(
        self, table: Table, numbers: Role, details: Mapping[str, Laid], refine: Refine, *, numbered: bool
    ) -> None:
        self.table, self.numbers, self.details, self.refine = table, numbers, details, refine
        self.shown = _columns(table)
        self.left = int(numbered and not _has_numbers(table))
        self.columns = {column.key: at for at, (_, column) in enumerate(self.shown, self.left)}
        self.width = self.left + len(self.shown)
        self.cells: list[Cell] = []
        self.rows: list[int] = []

    def laid(self, name: str, above: Sequence[Cell], top: int) -> Laid:
        headings = [*([M("No.")] * self.left), *(column.heading for _, column in self.shown)]
        self.cells = [*above, *(Cell(top, at, Role.HEADING, text) for at, text in enumerate(headings))]
        group = next((at for at, column in enumerate(self.table.columns) if column.words is Words.GROUP), None)
        body = len(self.table.rows) - self.table.totals
        row, under = top + 1, None
        for index, values in enumerate(self.table.rows):
            part = _text(values[group]) if group is not None else None
            if part is not None and part != under:
                self.cells.append(Cell(row, 0, Role.ROW_LABEL, part, columns=self.width))
                row, under = row + 1, part
            self._row(row, index, top + 1 if index >= body else None)
            self.rows.append(row)
            row += 1
        sheet = Sheet(name, tuple(self.cells), header=(top, top), freeze=(top + 1, 2))
        return Laid(self.table, sheet, tuple(self.rows), self.columns)

    def _row(self, row: int, index: int, summed_from: int | None) -> None:
        """Lay a row; one of totals sums those from ``summed_from`` down to the last that is none."""
        values = self.table.rows[index]
        by_key = {column.key: value for column, value in zip(self.table.columns, values, strict=True)}
        cells: list[Cell] = []
        if summed_from is not None:
            labelled = next(at for at, (_, column) in enumerate(self.shown, self.left) if column.numeric)
            text = next(_text(values[at]) for at, column in self.shown if not column.numeric)
            cells = [Cell(row, 0, Role.ROW_LABEL, text, columns=labelled)]
        elif self.left:
            cells = [Cell(row, 0, Role.ORDINAL, index + 1)]
        for at, column in self.shown if summed_from is None else [one for one in self.shown if one[1].numeric]:
            cell = self._cell(row, column, values[at])
            formula = self._total(row, column, summed_from) or self._formula(row, column, by_key)
            cells.append(self.refine(index, column, cell._replace(formula=formula or cell.formula)))
        self.cells += cells

    def _cell(self, row: int, column: Column, value: Value) -> Cell:
        is_number = column.words is not Words.ORDINAL and column.numeric and not isinstance(value, str | Message)
        role = self.numbers if is_number else _ROLES[column.words]
        cell = Cell(row, self.columns[column.key], role, number=column.number)
        match value:
            case Doubted(amount):
                return self._cell(row, column, amount)._replace(faulty=True)
            case Amount(number, measure):
                return cell._replace(value=number, number=Number.MONEY if measure == DONG else column.number)
            case Fraction():
                share = telling(value)
                return cell._replace(value=share, formula=f"={share.numerator}/{share.denominator}")
            case Bounded(bound):
                return cell._replace(value=bound.shown(language(DEFAULT).number))
            case Exact(number):
                return cell._replace(value=language(DEFAULT).decimal(number))
            case _:
                return cell._replace(value=value)

    def _total(self, row: int, column: Column, summed_from: int | None) -> Formula | None:
        if summed_from is None or not column.is_totalled or not self.rows:
            return None
        at = self.columns[column.key]
        return _sum([Area(summed_from, at, row - 1, at).name()])

    def _formula(self, row: int, column: Column, values: dict[str, Value]) -> Formula | None:
        def at(key: str) -> str:
            return cell_name(row, self.columns[key])

        match column.formula:
            case Share(part, whole, where) if values[where]:
                return share_formula(at(part), at(whole))
            case Difference(more, less):
                return f"={at(more)}-{at(less)}"
            case SumOrLast(earlier, later, where) if values[where]:
                return _sum([at(earlier), at(later)])
            case SumOrLast(earlier, later, _):
                return f'=IF({at(later)}="",IF({at(earlier)}="","",{at(earlier)}),{at(later)})'
            case SumOfRows(table, key, where) if table in self.details and values.get(key) and values[where]:
                cells = self.details[table].under(column.key, key, values[key])
                return _sum(cells) if cells else None
        return None


def _sum(cells: Sequence[str]) -> str:
    """Return the formula of the sum of cells; empty where they all are."""
    of = ",".join(cells)
    return f'=IF(COUNT({of})=0,"",SUM({of}))'


def _columns(table: Table) -> list[tuple[int, Column]]:
    """Return the columns that a sheet shows, each with its index."""
    return [
        (at, column)
        for at, column in enumerate(table.columns)
        if column.audience in (Audience.ALL, Audience.PEOPLE) and column.words is not Words.GROUP
    ]


def _has_numbers(table: Table) -> bool:
    return any(column.words is Words.ORDINAL for _, column in _columns(table))


def _text(value: Value) -> Text | None:
    return value if isinstance(value, str | Message) else None
