"""Take the figures out of the tables of a workbook, and say everything that is not plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets.book import Address, cell_name
from d8plan.sheets.marks import ANNEX, is_marks
from d8plan.sheets.reading.expected import ExpectedTotal, bare, expected_tables
from d8plan.sheets.reading.find_table import FoundTable, find_table, names_units
from d8plan.sheets.reading.grouped_messages import CellNote
from d8plan.sheets.reading.measures import Measures
from d8plan.text.cells import Grid, Holds
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import nearest
from d8plan.text.numbers import read as read_typed


class ReadFigures(NamedTuple):
    """What a workbook says of a plan's figures."""

    figures: dict[Place, ExactNumber | None]
    """None where the cell is empty."""
    cells: dict[Place, Address]
    """Where each stands."""
    notes: tuple[CellNote, ...]
    """What was understood, passed over, or differs, without being in the way."""
    faults: tuple[CellNote, ...]
    """What cannot be read in one way: with any of these nothing is to be taken over."""


def read(
    dataset: Dataset,
    plan: str,
    grids: Sequence[Grid],
    *,
    unit: str | None,
    partial: bool,
    data: Mapping[Place, ExactNumber],
) -> ReadFigures:
    """Return the figures of a plan's workbook, or of the extract of a ``unit``.

    ``partial`` lets rows and columns be missing: what they would hold stays as it is in ``data``, the figures
    of today.
    """
    tables, shown = expected_tables(dataset, plan, unit), [grid for grid in grids if not is_marks(ANNEX, grid)]
    collected = _Collector(partial=partial, data=data)
    fits = [fit for table in tables for grid in shown if (fit := find_table(grid, table)) is not None]
    # A hidden sheet is read for want of another.
    seen = [fit for fit in fits if not fit.grid.hidden]
    by_sheet = _assign(seen)
    hidden = [fit for fit in fits if fit.grid.hidden and fit.expected.sheet not in by_sheet]
    by_sheet |= _assign(hidden)
    for table in tables:
        if table.sheet in by_sheet and _rivals(
            by_sheet[table.sheet], hidden if by_sheet[table.sheet].grid.hidden else seen
        ):
            collected.fault(
                Address(by_sheet[table.sheet].grid.name, cell_name(0, 0)),
                M("This could be more than one of the annexes: give the sheet its name, “{name}”", name=table.sheet),
            )
        elif table.sheet in by_sheet:
            grid = by_sheet[table.sheet].grid
            collected.take(by_sheet[table.sheet])
            if grid.hidden:
                text = M("The sheet is hidden; it was read all the same, for no other has “{name}”", name=table.sheet)
                collected.note(Address(grid.name, cell_name(0, 0)), text)
            elif bare(grid.name) != bare(table.sheet):
                text = M("“{name}” is read from this sheet", name=table.sheet)
                collected.note(Address(grid.name, cell_name(0, 0)), text)
        elif table is tables[0]:
            text = M("No sheet has the table “{name}”, with its units and headings", name=table.sheet)
            collected.missing(None, text)
        else:
            collected.note(None, M("There is no sheet “{name}”; its figures stay as they are", name=table.sheet))
    names_read = {table.grid.name for table in by_sheet.values()}
    for grid in shown:
        if grid.beyond:
            text = M("What stands from here on is too far away to be of a table, and is not read")
            whole = M("The sheet is too large for an annex, and is not read")
            collected.note(Address(grid.name, grid.beyond), whole if grid.is_oversize else text)
        if grid.name not in names_read and any(names_units(grid, table) for table in tables):
            where = Address(grid.name, cell_name(0, 0))
            if grid.hidden:
                read_from = tuple(sorted(names_read))
                collected.note(where, M("The sheet is hidden and is not read, but: {names}", names=read_from))
                continue
            text = M("This sheet names the plan’s units too, and is not read: its headings differ, or it is a copy")
            collected.missing(where, text)
    return ReadFigures(collected.figures, collected.cells, tuple(collected.notes), tuple(collected.faults))


def read_table(table: FoundTable, *, partial: bool) -> ReadFigures:
    """Return the figures of one table that was found; ``partial`` lets rows be missing."""
    collected = _Collector(partial=partial, data={})
    collected.take(table)
    return ReadFigures(collected.figures, collected.cells, tuple(collected.notes), tuple(collected.faults))


def _assign(fits: Iterable[FoundTable]) -> dict[str, FoundTable]:
    """Return the table found for each one wanted, by its sheet; a sheet is taken once, by what fits it best."""
    by_sheet: dict[str, FoundTable] = {}
    grids: set[str] = set()
    for table in sorted(fits, key=lambda table: table.score, reverse=True):
        if table.expected.sheet not in by_sheet and table.grid.name not in grids:
            by_sheet[table.expected.sheet] = table
            grids.add(table.grid.name)
    return by_sheet


def _rivals(table: FoundTable, fits: Iterable[FoundTable]) -> list[FoundTable]:
    """Return the tables that the sheet, or the sheets that the table, could be just as well."""
    return [
        other
        for other in fits
        if (other.grid.name == table.grid.name) != (other.expected.sheet == table.expected.sheet)
        and other.fit == table.fit
    ]


_TOTALS = frozenset({"tong", "tong cong", "tong so", "cong", "toan tinh"})
"""Labels of totals in any annex, in bare form."""


class _Collector:
    def __init__(self, *, partial: bool, data: Mapping[Place, ExactNumber]) -> None:
        self.partial, self.data = partial, data
        self.figures: dict[Place, ExactNumber | None] = {}
        self.cells: dict[Place, Address] = {}
        self.notes: list[CellNote] = []
        self.faults: list[CellNote] = []

    def note(self, where: Address | None, text: Message) -> None:
        self.notes.append(CellNote(where, text))

    def fault(self, where: Address | None, text: Message) -> None:
        self.faults.append(CellNote(where, text))

    def missing(self, where: Address | None, text: Message) -> None:
        """Tell what is not there: a fault, unless a part is enough."""
        (self.note if self.partial else self.fault)(where, text)

    def take(self, table: FoundTable) -> None:
        """Take a table's figures."""
        start = _address(table, table.first, table.name_column)
        for encoding in table.encodings:
            self.note(
                start, M("Text is typed in a {encoding} font, not in Unicode; it was understood", encoding=encoding)
            )
        self._columns(table)
        rows = self._rows(table)
        merged = _merged(table.grid, rows.values(), table.columns.values())
        measures = Measures(table)
        for number, column in table.columns.items():
            for unit, row in rows.items():
                if unit in table.expected.columns[number].places:
                    self._figure(table, measures, number, unit, row, merged.get((row, column)))
        self._others(table, rows)
        self._totals(table, measures, rows)

    def _columns(self, table: FoundTable) -> None:
        """Tell columns that are missing, double, likened or not of the plan."""
        at_top = table.first - 1
        for number, column in table.expected.columns.items():
            name = M("{parts}", parts=(column.heading, *([column.level] if column.level else [])))
            if number in table.doubles:
                columns = tuple(cell_name(at_top, column) for column in table.doubles[number])
                text = M("More than one column stands under “{name}”: {columns}", name=name, columns=columns)
                if len(columns) == 1:
                    text = M("The column stands under “{name}” and under another heading too", name=name)
                self.fault(_address(table, at_top, table.doubles[number][0]), text)
            elif number not in table.columns:
                text = M("There is no column under “{name}”", name=name)
                self.missing(_address(table, at_top, table.name_column), text)
            elif number in table.likened:
                where = _address(table, at_top, table.columns[number])
                self.note(where, M("“{typed}” is taken for “{name}”", typed=table.likened[number], name=column.heading))
            if table.columns.get(number) in table.grid.hidden_columns:
                self.note(
                    _address(table, at_top, table.columns[number]), M("The column is hidden; it was read all the same")
                )

    def _rows(self, table: FoundTable) -> dict[str, int]:
        """Return the row of each unit; tell those that are missing or stand twice."""
        rows: dict[str, int] = {}
        for unit in table.expected.names:
            named = table.units.get(unit, [])
            if len(named) == 1:
                rows[unit] = named[0]
                if named[0] in table.grid.hidden_rows:
                    where = _address(table, named[0], table.name_column)
                    self.note(where, M("The row is hidden; it was read all the same"))
            elif named:
                where = _address(table, named[1], table.name_column)
                self.fault(
                    where,
                    M(
                        "“{name}” stands twice, in row {first} too",
                        name=table.expected.names[unit][0],
                        first=named[0] + 1,
                    ),
                )
            else:
                where = _address(table, table.first, table.name_column)
                text = M("There is no row of “{unit}”", unit=table.expected.names[unit][0])
                self.missing(where, text)
        return rows

    def _figure(
        self, table: FoundTable, measures: Measures, number: int, unit: str, row: int, merge: _Merge | None
    ) -> None:
        column = table.expected.columns[number]
        where = _address(table, row, table.columns[number])
        if merge is not None and merge.shared:
            self.fault(where, M("Cells of several figures are merged: {cells}", cells=merge.name))
            return
        kept = column.measures[unit]
        measured = measures.of(row, table.columns[number], kept.unit_of_measure, number)
        for text, notes in ((measured.refused, self.faults), (measured.said, self.notes)):
            note = CellNote(_address(table, *measured.at), text) if text else None
            if note and note not in notes:
                notes.append(note)
        if measured.refused:
            return
        raw = table.grid.cells.get(merge.at if merge else (row, table.columns[number]))
        typed = read_typed(raw, kept._replace(written=measured.written))
        place = column.places[unit]
        if typed.refused:
            self.fault(where, typed.refused)
        elif typed.value is None and column.never_empty and place in self.data:
            self.fault(where, M("The amount is missing; write 0 where there is none"))
        else:
            if typed.said:
                self.note(where, typed.said)
            self.figures[place], self.cells[place] = typed.value, where

    def _others(self, table: FoundTable, rows: Mapping[str, int]) -> None:
        """Tell rows with figures and no unit, and columns of something else."""
        grid, of_units = table.grid, {*rows.values(), *(row for named in table.units.values() for row in named)}
        labels = {*(total.label for total in table.expected.totals if total.label), *_TOTALS}
        columns = set(table.columns.values())
        counted = {row for row, column in grid.cells if column in columns and _is_number(grid, row, column)}
        for row in sorted(row for row in counted - of_units if row > table.first):
            typed = [
                raw for (at, column), raw in sorted(grid.cells.items()) if at == row and column <= table.name_column
            ]
            texts = [str(raw.value) for raw in typed if raw.holds is Holds.TEXT]
            if table.labels.get(row, set()) & labels:
                continue
            where = _address(table, row, table.name_column)
            if not texts:
                self.fault(where, M("The row has figures and names no {what}", what=table.expected.what))
                continue
            close = nearest(texts[-1], [names[0] for names in table.expected.names.values()])
            told = M("“{name}” is no {what}", name=texts[-1], what=table.expected.what)
            if close:
                told = M("{told}. Did you mean “{id}”?", told=told, id=close[0])
            self.fault(where, told)
        expected = {*table.columns.values(), *(column for doubled in table.doubles.values() for column in doubled)}
        headings = {total.heading for total in table.expected.totals if total.column is None} | table.expected.unread
        expected |= {at for at, over in table.headings.items() if {heading.bare for heading in over} & headings}
        filled = {column for row, column in grid.cells if row in of_units and column > table.name_column}
        for column in sorted(filled - expected):
            heading = table.headings.get(column, [])
            name = heading[-1].text if heading else ""
            self.note(
                _address(table, table.first - 1, column), M("Column “{name}” is not of the plan: left out", name=name)
            )

    def _totals(self, table: FoundTable, measures: Measures, rows: Mapping[str, int]) -> None:
        """Tell totals that are not what the figures of the workbook come to; none is ever taken over."""
        labelled = _label_rows(table)
        for total in table.expected.totals:
            row = rows.get(total.row) if total.row else labelled.get(total.label)
            column = _total_column(table, total)
            if row is None or column is None or any(part not in self.figures for part in total.parts):
                continue
            measured = measures.of(row, column, total.measure.unit_of_measure, total.column)
            raw = table.grid.cells.get((row, column))
            if measured.refused or (total.only_typed and raw is not None and raw.formula is not None):
                continue
            typed = read_typed(raw, total.measure._replace(written=measured.written))
            computed = total.computed([self.figures[part] for part in total.parts])
            if typed.value is not None and typed.value != computed:
                text = M(
                    "The total is {stated}, the figures come to {computed}; totals are never taken over",
                    stated=Amount(typed.value),
                    computed=Amount(computed or 0),
                )
                self.note(_address(table, row, column), text)


class _Merge(NamedTuple):
    """Merged cells of which one shows a figure."""

    at: tuple[int, int]
    """The cell that holds their value."""
    name: str
    shared: bool
    """Whether they cover cells of more than one figure, and hold something."""


def _merged(grid: Grid, rows: Iterable[int], columns: Iterable[int]) -> dict[tuple[int, int], _Merge]:
    """Return the merged range of each figure's cell that lies in one."""
    figure_rows, figure_columns, merged = set(rows), set(columns), {}
    for area in grid.merged:
        cells = [
            (row, column)
            for row in figure_rows & set(range(area.row, area.last_row + 1))
            for column in figure_columns & set(range(area.column, area.last_column + 1))
        ]
        name = f"{cell_name(area.row, area.column)}:{cell_name(area.last_row, area.last_column)}"
        at = (area.row, area.column)
        for cell in cells:
            merged[cell] = _Merge(at, name, shared=len(cells) > 1 and at in grid.cells)
    return merged


def _is_number(grid: Grid, row: int, column: int) -> bool:
    """Tell a cell with a number, typed as one or as text."""
    raw = grid.cells[row, column]
    if raw.holds is Holds.TEXT:
        return str(raw.value).strip()[:1].isdigit()
    return raw.holds is Holds.NUMBER


def _label_rows(table: FoundTable) -> dict[str, int]:
    """Return the rows of totals by their labels; one without a label is the only other row of numbers on top."""
    expected_labels = {total.label for total in table.expected.totals if total.row is None}
    units = {row for named in table.units.values() for row in named}
    labelled: dict[str, int] = {}
    for row, texts in sorted(table.labels.items()):
        if row not in units:
            for label in texts & expected_labels:
                labelled.setdefault(label, row)
    columns = set(table.columns.values())
    counts = Counter(
        row for row, column in table.grid.cells if column in columns and _is_number(table.grid, row, column)
    )
    others = [row for row, count in counts.items() if row < table.first and count > 1 and row not in labelled.values()]
    if len(others) == 1:
        labelled.setdefault("", others[0])
    return labelled


def _total_column(table: FoundTable, total: ExpectedTotal) -> int | None:
    if total.column is not None:
        return table.columns.get(total.column)
    under = [at for at, over in table.headings.items() if total.heading in {heading.bare for heading in over}]
    return under[0] if len(under) == 1 else None


def _address(table: FoundTable, row: int, column: int) -> Address:
    return Address(table.grid.name, cell_name(row, column))
