"""Read forms that were filled in: what each unit says, and everything about it that is not plain."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from d8plan.ledger.periods import Period, parse, reporters
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.book import Address, Text, cell_name
from d8plan.sheets.forms import (
    AS_OF,
    BY,
    INPUT,
    INPUT_HEADING,
    NOTE,
    PERIOD,
    TITLE,
    UNIT,
    WHOLE_HEADING,
    Form,
    headings_of,
)
from d8plan.sheets.forms.fields import Field, date_of, fields_of, periods_of, said
from d8plan.sheets.marks import FORMS, FormMarks, find_form_marks, is_marks
from d8plan.sheets.reading.expected import Column, Wanted, bare, names_of
from d8plan.sheets.reading.grouped_messages import Note
from d8plan.sheets.reading.reading import read_table
from d8plan.sheets.reading.table import Table, find
from d8plan.text import legacy_encodings
from d8plan.text.cells import Grid, Holds
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import nearest
from d8plan.text.numbers import read as read_typed

find_marks = find_form_marks


class Filled(NamedTuple):
    """A form as it came back."""

    unit: str
    period: Period
    as_of: datetime.date
    by: str | None
    note: str | None
    figures: dict[Place, int | None]
    where: Address
    """Its sheet."""
    cells: dict[Place, Address]


class Reading(NamedTuple):
    """The forms of a workbook."""

    forms: tuple[Filled, ...]
    notes: tuple[Note, ...]
    faults: tuple[Note, ...]


def read(
    dataset: Dataset,
    files: PlanFiles,
    grids: Sequence[Grid],
    form_of: Callable[[Period, str], Form],
    *,
    only: Period | None,
    received: datetime.date,
    partial: bool,
) -> Reading:
    """Return the forms of a workbook of a plan, or, where it is named, of ``only`` one period.

    ``form_of`` gives the form of a period and unit as it was laid out. No number may tell of a day after the one
    on which it was ``received``. ``partial`` lets rows be missing.
    """
    reader = _Reader(dataset, files, find_form_marks(grids), form_of, only=only, received=received, partial=partial)
    forms = [grid for grid in grids if not is_marks(FORMS, grid) and reader.is_form(grid)]
    seen = [grid for grid in forms if not grid.hidden]
    for grid in seen or forms:
        reader.sheet(grid)
    for grid in forms if len(seen) < len(forms) else ():
        # A hidden sheet is read for want of another.
        if grid.hidden:
            text = M("The sheet is hidden; it was read all the same")
            if seen:
                text = M("The sheet is hidden and is not read, but: {names}", names=tuple(one.name for one in seen))
            reader.notes.append(Note(Address(grid.name, cell_name(0, 0)), text))
    if not reader.forms and not reader.faults:
        reader.faults.append(Note(None, M("No sheet is a form of this plan")))
    return Reading(tuple(reader.forms), tuple(reader.notes), tuple(reader.faults))


class _Reader:
    def __init__(
        self,
        dataset: Dataset,
        files: PlanFiles,
        marks: FormMarks | None,
        form_of: Callable[[Period, str], Form],
        *,
        only: Period | None,
        received: datetime.date,
        partial: bool,
    ) -> None:
        self.dataset, self.files, self.form_of, self.partial = dataset, files, form_of, partial
        self.marked = marks.units if marks else {}
        self.period, self.only, self.received = parse(marks.period) if marks else None, only, received
        self.periods = {bare(_say(period.label())): period for period in periods_of(files)}
        self.units = {
            bare(name): unit
            for unit in reporters(dataset, files)
            for name in names_of(dataset, files, unit, of_money=False)
        }
        self.forms: list[Filled] = []
        self.notes: list[Note] = []
        self.faults: list[Note] = []

    def is_form(self, grid: Grid) -> bool:
        """Tell a sheet that is a form, if only by the heading of what is filled in."""
        heading = bare(_say(INPUT_HEADING))
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
        table = find(grid, _wanted(form))
        if table is None:
            self._fault(grid, (0, 0), M("The table of the form is missing"))
            return
        taken = read_table(table, partial=self.partial)
        self.notes += taken.notes
        self.faults += taken.faults
        self._cumulative(table, form, taken.figures)
        given = {place: value for place, value in taken.figures.items() if value is not None}
        if not given and not taken.faults:
            self._fault(grid, (table.first, 0), M("Nothing is filled in"))
        if len(self.faults) == faults:
            where = Address(grid.name, cell_name(table.first, table.name_column))
            self.forms.append(Filled(unit, period, as_of, by, note, taken.figures, where, taken.cells))

    def _unit(self, grid: Grid, fields: Mapping[Message, Field]) -> str | None:
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
                _say_unit(self.dataset, self.files, one) for one in ([made_for] if made_for else self.marked.values())
            )
            self._fault(
                grid, field.at, M("“{name}” stands here, and the form was made for {names}", name=typed, names=names)
            )
        return unit

    def _named(self, grid: Grid, at: tuple[int, int], typed: str) -> str | None:
        for reading in (typed, *(reading for _, reading in legacy_encodings.readings(typed))):
            if (unit := self.units.get(bare(reading))) is not None:
                return unit
        close = nearest(typed, [_say_unit(self.dataset, self.files, unit) for unit in self.units.values()])
        told = M("“{name}” is no {what}", name=typed, what=M("unit of the plan"))
        self._fault(grid, at, M("{told}. Did you mean “{id}”?", told=told, id=close[0]) if close else told)
        return None

    def _period(self, grid: Grid, fields: Mapping[Message, Field]) -> Period | None:
        """Return the period that a sheet names, else the one it was made for or that is asked for."""
        field = fields.get(PERIOD)
        typed = said(field)
        if field is None or typed is None:
            found = self.period or self.only
            if found is None:
                text = M("The sheet does not say of which period it is: “{name}” is missing", name=PERIOD)
                self._fault(grid, field.at if field else (0, 0), text)
                return None
        else:
            found = self.periods.get(bare(typed))
        at = field.at if field else (0, 0)
        if found is None:
            text = M("“{name}” is no period of plan {plan}", name=typed, plan=self.files.id)
            self._fault(grid, at, text)
        elif self.period is not None and found != self.period:
            text = M("“{name}” stands here, and the form was made for {names}", name=typed, names=self.period.label())
            self._fault(grid, at, text)
        elif self.only is not None and found != self.only:
            self._fault(grid, at, M("“{name}” is not the period asked for", name=found.label()))
        return found

    def _as_of(self, grid: Grid, fields: Mapping[Message, Field], period: Period | None) -> datetime.date | None:
        field = fields.get(AS_OF)
        if field is None or field.raw is None:
            self._fault(grid, field.at if field else (0, 0), M("The day that the numbers tell of is missing"))
            return None
        found = date_of(field.raw)
        if found is None:
            self._fault(grid, field.at, M("“{text}” is no date, such as 30/6/2024", text=str(field.raw.value)))
        elif period is not None and found < period.first:
            self._fault(grid, field.at, M("As of {date}, before the period begins", date=found))
        elif found > self.received:
            self._fault(grid, field.at, M("As of {date}, after the day on which it came in", date=found))
        return found

    def _words(self, grid: Grid, field: Field | None) -> str | None:
        """Return the text of a field; None where it is empty."""
        if field is not None and field.raw is not None:
            if field.raw.holds is Holds.ERROR:
                shown = str(field.raw.value)
                self._fault(grid, field.at, M("{error} is no text but a calculation that failed", error=shown))
            elif field.raw.holds is Holds.UNKNOWN:
                told = M("A formula was never calculated: open the file in Excel and save it")
                self._fault(grid, field.at, told)
        return said(field)

    def _cumulative(self, table: Table, form: Form, figures: Mapping[Place, int | None]) -> None:
        """Tell cumulative numbers that somebody typed and that are not what the figures come to."""
        heading = bare(_say(WHOLE_HEADING))
        columns = [at for at, held in table.headings.items() if heading in {one.bare for one in held}]
        for row in form.rows if len(columns) == 1 else ():
            held = table.units.get(row.key, [])
            raw = table.grid.cells.get((held[0], columns[0])) if len(held) == 1 else None
            if raw is None or raw.formula is not None or row.place not in figures:
                continue
            stated = read_typed(raw, row.unit_of_measure).value
            computed = row.whole(figures[row.place])
            if stated is not None and stated != computed:
                text = M(
                    "The total is {stated}, the figures come to {computed}; totals are never taken over",
                    stated=Amount(stated),
                    computed=Amount(computed or 0),
                )
                where = Address(table.grid.name, cell_name(held[0], columns[0]))
                self.notes.append(Note(where, text))

    def _fault(self, grid: Grid, at: tuple[int, int], text: Message) -> None:
        self.faults.append(Note(Address(grid.name, cell_name(*at)), text))


def _wanted(form: Form) -> Wanted:
    """Return the table of a form, for the finder of tables: a row a figure, one column that is read."""
    names = {row.key: list(_names(row.label, row.names)) for row in form.rows}
    column = Column(
        heading=_say(INPUT_HEADING),
        names=frozenset({bare(_say(INPUT_HEADING))}),
        level=None,
        level_names=frozenset(),
        unit_of_measure="",
        never_empty=False,
        places={row.key: row.place for row in form.rows},
        measures={row.key: row.unit_of_measure for row in form.rows},
    )
    return Wanted(
        plan=form.files.id,
        sheet=_say_unit(form.dataset, form.files, form.unit),
        title=bare(_say(TITLE)),
        columns={INPUT: column},
        rows={key: frozenset(map(bare, held)) for key, held in names.items()},
        names={key: held[0] for key, held in names.items()},
        totals=(),
        what=M("row of the form"),
        unread=frozenset(bare(_say(heading)) for heading in headings_of(form)),
    )


def _names(label: Text, others: Iterable[Text]) -> Iterator[str]:
    yield _say(label)
    yield from map(_say, others)


def _say(text: Text) -> str:
    return language(DEFAULT).say(text) if isinstance(text, Message) else text


def _say_unit(dataset: Dataset, files: PlanFiles, unit: str) -> str:
    return next(names_of(dataset, files, unit, of_money=False))
