"""Read forms that were filled in: what each unit says, and everything about it that is not plain."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from d8plan import legacy
from d8plan.annex_reading.reading import Note, read_table
from d8plan.annex_reading.table import find
from d8plan.annex_reading.wanted import Column, Wanted, bare, names_of
from d8plan.findings import Place
from d8plan.forms import AS_OF, BY, FORMAT, HEADINGS, INPUT, INPUT_HEADING, MARK, NOTE, PERIOD, TITLE, UNIT, Form
from d8plan.grid import Grid, Holds, Raw
from d8plan.language import DEFAULT, language
from d8plan.message import M, Message
from d8plan.models.files import Dataset, PlanFiles
from d8plan.reporting import Period, reporters
from d8plan.sheet import Address, Text, cell_name
from d8plan.text import nearest

_DATE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})|(?P<iso>\d{4}-\d{2}-\d{2})")


class Marks(NamedTuple):
    """What a workbook of forms says of its own making."""

    plan: str
    period: str


class Filled(NamedTuple):
    """A form as it came back."""

    unit: str
    period: Period
    as_of: datetime.date | None
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


def find_marks(grids: Iterable[Grid]) -> Marks | None:
    """Return the marks of a workbook of forms; None where there are none."""
    for grid in grids:
        if is_marks(grid):
            return Marks(_text(grid, 1, 1), _text(grid, 2, 1))
    return None


def is_marks(grid: Grid) -> bool:
    """Tell the sheet of marks from those that people see."""
    return (_text(grid, 0, 0), _text(grid, 0, 1)) == (MARK, str(FORMAT))


def read(
    dataset: Dataset,
    files: PlanFiles,
    grids: Sequence[Grid],
    periods: Sequence[Period],
    form_of: Callable[[Period, str], Form],
    *,
    partial: bool,
) -> Reading:
    """Return the forms of a workbook of a plan; ``periods`` are those it may be of, the likeliest first.

    ``form_of`` gives the form of a period and unit as it was laid out. ``partial`` lets rows be missing.
    """
    reader = _Reader(dataset, files, periods, form_of, partial=partial)
    for grid in grids:
        if not is_marks(grid):
            reader.sheet(grid)
    if not reader.forms and not reader.faults:
        reader.faults.append(Note(None, M("No sheet is a form of this plan")))
    return Reading(tuple(reader.forms), tuple(reader.notes), tuple(reader.faults))


class _Reader:
    def __init__(
        self,
        dataset: Dataset,
        files: PlanFiles,
        periods: Sequence[Period],
        form_of: Callable[[Period, str], Form],
        *,
        partial: bool,
    ) -> None:
        self.dataset, self.files, self.form_of, self.partial = dataset, files, form_of, partial
        self.periods = {bare(_say(period.label())): period for period in reversed(periods)}
        self.units = {
            bare(name): unit
            for unit in reporters(dataset, files)
            for name in names_of(dataset, files, unit, of_money=False)
        }
        self.forms: list[Filled] = []
        self.notes: list[Note] = []
        self.faults: list[Note] = []

    def sheet(self, grid: Grid) -> None:
        """Read a sheet, if it is a form."""
        fields = _fields(grid)
        if UNIT not in fields:
            if any(bare(str(raw.value)) == bare(_say(INPUT_HEADING)) for raw in grid.cells.values()):
                self._fault(grid, (0, 0), M("The sheet does not say who reports: “{name}” is missing", name=UNIT))
            return
        faults = len(self.faults)
        unit, period = self._unit(grid, fields), self._period(grid, fields)
        as_of = self._as_of(grid, fields, period)
        if unit is None or period is None or len(self.faults) > faults:
            return
        form = self.form_of(period, unit)
        table = find(grid, _wanted(form))
        if table is None:
            self._fault(grid, (0, 0), M("The table of the form is missing"))
            return
        taken = read_table(table, partial=self.partial)
        self.notes += taken.notes
        self.faults += taken.faults
        given = {place: value for place, value in taken.figures.items() if value is not None}
        if not given and not taken.faults:
            self._fault(grid, (table.first, 0), M("Nothing is filled in"))
        if len(self.faults) == faults:
            by, note = (_said(fields.get(name)) for name in (BY, NOTE))
            where = Address(grid.name, cell_name(table.first, table.name_column))
            self.forms.append(Filled(unit, period, as_of, by, note, taken.figures, where, taken.cells))

    def _unit(self, grid: Grid, fields: Mapping[Message, _Field]) -> str | None:
        field = fields[UNIT]
        typed = _said(field) or ""
        for reading in (typed, *(reading for _, reading in legacy.readings(typed))):
            if (unit := self.units.get(bare(reading))) is not None:
                return unit
        close = nearest(typed, [_say_unit(self.dataset, self.files, unit) for unit in self.units.values()])
        told = M("“{name}” is no {what}", name=typed, what=M("unit of the plan"))
        self._fault(grid, field.at, M("{told}. Did you mean “{id}”?", told=told, id=close[0]) if close else told)
        return None

    def _period(self, grid: Grid, fields: Mapping[Message, _Field]) -> Period | None:
        field = fields.get(PERIOD)
        typed = _said(field) if field else None
        if field is None or typed is None:
            self._fault(
                grid, (0, 0), M("The sheet does not say of which period it is: “{name}” is missing", name=PERIOD)
            )
            return None
        found = self.periods.get(bare(typed))
        if found is None:
            self._fault(grid, field.at, M("“{name}” is not the period asked for", name=typed))
        return found

    def _as_of(self, grid: Grid, fields: Mapping[Message, _Field], period: Period | None) -> datetime.date | None:
        field = fields.get(AS_OF)
        if field is None or field.raw is None:
            return None
        found = _date(field.raw)
        if found is None:
            self._fault(grid, field.at, M("“{text}” is no date, such as 30/6/2024", text=str(field.raw.value)))
        elif period is not None and found < period.first:
            self._fault(grid, field.at, M("As of {date}, before the period begins", date=found))
        return found

    def _fault(self, grid: Grid, at: tuple[int, int], text: Message) -> None:
        self.faults.append(Note(Address(grid.name, cell_name(*at)), text))


class _Field(NamedTuple):
    """What stands beside a field's name."""

    at: tuple[int, int]
    raw: Raw | None


def _fields(grid: Grid) -> dict[Message, _Field]:
    """Return the fields of a sheet by their name: what stands in the next filled cell of the row."""
    names = {bare(_say(name)): name for name in (UNIT, PERIOD, AS_OF, BY, NOTE)}
    found: dict[Message, _Field] = {}
    for (row, column), raw in sorted(grid.cells.items()):
        name = names.get(bare(str(raw.value))) if raw.holds is Holds.TEXT else None
        if name is not None and name not in found:
            beside = sorted(at for at in grid.cells if at[0] == row and at[1] > column)
            found[name] = _Field(beside[0], grid.cells[beside[0]]) if beside else _Field((row, column), None)
    return found


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
        unread=frozenset(bare(_say(heading)) for heading in HEADINGS),
    )


def _names(label: Text, others: Iterable[Text]) -> Iterator[str]:
    yield _say(label)
    yield from map(_say, others)


def _date(raw: Raw) -> datetime.date | None:
    """Return a date, typed as one or as day, month and year."""
    if isinstance(raw.value, datetime.datetime):
        return raw.value.date()
    if isinstance(raw.value, datetime.date):
        return raw.value
    found = _DATE.fullmatch(str(raw.value).strip()) if raw.holds is Holds.TEXT else None
    try:
        if found and found["iso"]:
            return datetime.date.fromisoformat(found["iso"])
        return datetime.date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def _said(field: _Field | None) -> str | None:
    text = " ".join(str(field.raw.value).split()) if field and field.raw else ""
    return text or None


def _text(grid: Grid, row: int, column: int) -> str:
    raw = grid.cells.get((row, column))
    value = raw.value if raw else ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _say(text: Text) -> str:
    return language(DEFAULT).say(text) if isinstance(text, Message) else text


def _say_unit(dataset: Dataset, files: PlanFiles, unit: str) -> str:
    return next(names_of(dataset, files, unit, of_money=False))
