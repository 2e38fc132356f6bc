"""Read forms that were filled in: what each unit says, and everything about it that is not plain."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from d8plan.ledger.periods import ReportingPeriod, parse
from d8plan.ledger.results import reporters
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.book import Address, cell_name, printed
from d8plan.sheets.forms.fields import FormField, date_of, fields_of, periods_of, said
from d8plan.sheets.forms.form_rows import (
    AS_OF,
    BY,
    CUMULATIVE_HEADING,
    INPUT_HEADING,
    NOTE,
    PERIOD,
    TITLE,
    UNIT,
    Form,
)
from d8plan.sheets.marks import FORMS, FormMarks, find_form_marks, is_marks
from d8plan.sheets.reading.expected import ExpectedColumn, ExpectedTable, ExpectedTotal, bare, bare_names, names_of_unit
from d8plan.sheets.reading.find_table import find_table
from d8plan.sheets.reading.grouped_messages import CellNote
from d8plan.sheets.reading.read_figures import read_table
from d8plan.text import legacy_encodings
from d8plan.text.cells import Grid, Holds
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message
from d8plan.text.names import nearest
from d8plan.text.numbers import Measure

find_marks = find_form_marks


class Filled(NamedTuple):
    """A form as it came back."""

    unit: str
    period: ReportingPeriod
    as_of: datetime.date
    by: str | None
    note: str | None
    figures: dict[Place, ExactNumber | None]
    where: Address
    """Its sheet."""
    cells: dict[Place, Address]


class ReadForms(NamedTuple):
    """The forms of a workbook."""

    forms: tuple[Filled, ...]
    notes: tuple[CellNote, ...]
    faults: tuple[CellNote, ...]


def read(
    dataset: Dataset,
    files: PlanFiles,
    grids: Sequence[Grid],
    form_of: Callable[[ReportingPeriod, str], Form],
    *,
    only: ReportingPeriod | None,
    received: datetime.date,
    partial: bool,
) -> ReadForms:
    """Return the forms of a workbook of a plan, or, where it is named, of ``only`` one period.

    ``form_of`` gives the form of a period and unit as it was laid out. No number may tell of a day after the one
    on which it was ``received``. ``partial`` lets rows be missing.
    """
    reader = _FormReader(dataset, files, find_form_marks(grids), form_of, only=only, received=received, partial=partial)
    forms = [grid for grid in grids if not is_marks(FORMS, grid) and reader.is_form(grid)]
    seen = [grid for grid in forms if not grid.hidden]
    for grid in seen or forms:
        reader.sheet(grid)
    for grid in forms if len(seen) < len(forms) else ():
        # A hidden sheet is read for want of another.
        if grid.hidden:
            text = M("The sheet is hidden; it was read all the same")
            if seen:
                text = M("The sheet is hidden and is not read, but: {names}", names=tuple(other.name for other in seen))
            reader.notes.append(CellNote(Address(grid.name, cell_name(0, 0)), text))
    if not reader.forms and not reader.faults:
        reader.faults.append(CellNote(None, M("No sheet is a form of this plan")))
    return ReadForms(tuple(reader.forms), tuple(reader.notes), tuple(reader.faults))


class _FormReader:
    def __init__(
        self,
        dataset: Dataset,
        files: PlanFiles,
        marks: FormMarks | None,
        form_of: Callable[[ReportingPeriod, str], Form],
        *,
        only: ReportingPeriod | None,
        received: datetime.date,
        partial: bool,
    ) -> None:
        self.dataset, self.files, self.form_of, self.partial = dataset, files, form_of, partial
        self.marked = marks.units if marks else {}
        self.period, self.only, self.received = parse(marks.period) if marks else None, only, received
        self.periods = {bare(printed(period.label())): period for period in periods_of(files)}
        self.units = {bare(name): unit for unit in reporters(dataset, files) for name in names_of_unit(dataset, unit)}
        self.forms: list[Filled] = []
        self.notes: list[CellNote] = []
        self.faults: list[CellNote] = []

    def is_form(self, grid: Grid) -> bool:
        """Tell a sheet that is a form, if only by the heading of what is filled in."""
        heading = bare(printed(INPUT_HEADING))
        return (
            grid.name in self.marked
            or UNIT in fields_of(grid)
            or any(bare(str(raw.value)) == heading for raw in grid.cells.values())
        )

    def sheet(self, grid: Grid) -> None:
        """Read a sheet that is a form."""
        fields = fields_of(grid)
        if UNIT not in fields and grid.name not in self.marked:
            self._fault(grid, (0, 0), M("The sheet does not say who reports: “{name}” is missing", name=UNIT))
            return
        faults = len(self.faults)
        unit, period = self._unit(grid, fields), self._period(grid, fields)
        as_of = self._as_of(grid, fields, period)
        by, note = (self._words(grid, fields.get(name)) for name in (BY, NOTE))
        if unit is None or period is None or as_of is None or len(self.faults) > faults:
            return
        form = self.form_of(period, unit)
        table = find_table(grid, _expected(form))
        if table is None:
            self._fault(grid, (0, 0), M("The table of the form is missing"))
            return
        in_table = read_table(table, partial=self.partial)
        self.notes += in_table.notes
        self.faults += in_table.faults
        given = {place: value for place, value in in_table.figures.items() if value is not None}
        if not given and not in_table.faults:
            self._fault(grid, (table.first, 0), M("Nothing is filled in"))
        if len(self.faults) == faults:
            where = Address(grid.name, cell_name(table.first, table.name_column))
            self.forms.append(Filled(unit, period, as_of, by, note, in_table.figures, where, in_table.cells))

    def _unit(self, grid: Grid, fields: Mapping[Message, FormField]) -> str | None:
        """Return the unit that a sheet names, else the one it was made for; where both differ it is neither's."""
        field, made_for = fields.get(UNIT), self.marked.get(grid.name)
        typed = said(field)
        if field is None or typed is None:
            if made_for is None:
                text = M("The sheet does not say who reports: “{name}” is missing", name=UNIT)
                self._fault(grid, field.at if field else (0, 0), text)
            return made_for
        unit = self._named(grid, field.at, typed)
        if unit and self.marked and unit not in ([made_for] if made_for else self.marked.values()):
            names = tuple(
                names_of_unit(self.dataset, other)[0] for other in ([made_for] if made_for else self.marked.values())
            )
            self._fault(
                grid, field.at, M("“{name}” stands here, and the form was made for {names}", name=typed, names=names)
            )
        return unit

    def _named(self, grid: Grid, at: tuple[int, int], typed: str) -> str | None:
        for reading in (typed, *(reading for _, reading in legacy_encodings.readings(typed))):
            if (unit := self.units.get(bare(reading))) is not None:
                return unit
        close = nearest(typed, [names_of_unit(self.dataset, unit)[0] for unit in self.units.values()])
        told = M("“{name}” is no {what}", name=typed, what=M("unit of the plan"))
        self._fault(grid, at, M("{told}. Did you mean “{id}”?", told=told, id=close[0]) if close else told)
        return None

    def _period(self, grid: Grid, fields: Mapping[Message, FormField]) -> ReportingPeriod | None:
        """Return the period that a sheet names, else the one it was made for or that is asked for."""
        field = fields.get(PERIOD)
        typed = said(field)
        if field is None or typed is None:
            named = self.period or self.only
            if named is None:
                text = M("The sheet does not say of which period it is: “{name}” is missing", name=PERIOD)
                self._fault(grid, field.at if field else (0, 0), text)
                return None
        else:
            named = self.periods.get(bare(typed))
        at = field.at if field else (0, 0)
        if named is None:
            text = M("“{name}” is no period of plan {plan}", name=typed, plan=self.files.id)
            self._fault(grid, at, text)
        elif self.period is not None and named != self.period:
            text = M("“{name}” stands here, and the form was made for {names}", name=typed, names=self.period.label())
            self._fault(grid, at, text)
        elif self.only is not None and named != self.only:
            self._fault(grid, at, M("“{name}” is not the period asked for", name=named.label()))
        return named

    def _as_of(
        self, grid: Grid, fields: Mapping[Message, FormField], period: ReportingPeriod | None
    ) -> datetime.date | None:
        field = fields.get(AS_OF)
        if field is None or field.raw is None:
            self._fault(grid, field.at if field else (0, 0), M("The day that the numbers tell of is missing"))
            return None
        day = date_of(field.raw)
        if day is None:
            self._fault(grid, field.at, M("“{text}” is no date, such as 30/6/2024", text=str(field.raw.value)))
        elif period is not None and day < period.first:
            self._fault(grid, field.at, M("As of {date}, before the period begins", date=day))
        elif day > self.received:
            self._fault(grid, field.at, M("As of {date}, after the day on which it came in", date=day))
        return day

    def _words(self, grid: Grid, field: FormField | None) -> str | None:
        """Return the text of a field; None where it is empty."""
        if field is not None and field.raw is not None:
            if field.raw.holds is Holds.ERROR:
                shown = str(field.raw.value)
                self._fault(grid, field.at, M("{error} is no text but a calculation that failed", error=shown))
            elif field.raw.holds is Holds.UNKNOWN:
                told = M("A formula was never calculated: open the file in Excel and save it")
                self._fault(grid, field.at, told)
        return said(field)

    def _fault(self, grid: Grid, at: tuple[int, int], text: Message) -> None:
        self.faults.append(CellNote(Address(grid.name, cell_name(*at)), text))


def _expected(form: Form) -> ExpectedTable:
    """Return the table of a form, for the finder of tables: a row a figure, one column that is read."""
    totals = (
        ExpectedTotal(
            row=row.key,
            label="",
            column=None,
            heading=bare(printed(CUMULATIVE_HEADING)),
            measure=Measure(row.unit_of_measure, row.decimals),
            parts=(row.place,),
            computed=row.whole,
            only_typed=True,
        )
        for row in form.rows
    )
    heading = printed(INPUT_HEADING)
    return ExpectedTable(
        sheet=names_of_unit(form.dataset, form.unit)[0],
        title=bare(printed(TITLE)),
        columns={
            0: ExpectedColumn(
                heading,
                names=bare_names([heading]),
                places={row.key: row.place for row in form.rows},
                measures={row.key: Measure(row.unit_of_measure, row.decimals) for row in form.rows},
            )
        },
        names={row.key: tuple(map(printed, (row.label, *row.names))) for row in form.rows},
        totals=tuple(totals),
        what=M("row of the form"),
        unread=bare_names(printed(column.heading) for column in form.table.columns),
    )
