"""Forms in which units report: laid out here, and read back by the same rows and fields."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from d8plan.ledger.figures import total
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.periods import Done, Period, file_of, holders_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.annex.texts import document_of, reference_of
from d8plan.sheets.book import (
    Book,
    Cell,
    Number,
    Role,
    Sheet,
    Text,
    cell_name,
    share_formula,
    sheet_names,
)
from d8plan.sheets.marks import FORMS, FormMarks, form_marks_sheet
from d8plan.text.language import DEFAULT, language, telling
from d8plan.text.message import M, Message
from d8plan.views.progress import BUDGET, Progress, Which
from d8plan.views.progress_tables import levels_of_indicator

TITLE = M("REPORT ON CARRYING OUT THE PLAN")
NAME_HEADING, INPUT_HEADING, WHOLE_HEADING = M("Indicator"), M("Done in the period"), M("Cumulative")
HEADINGS = (
    M("No."),
    NAME_HEADING,
    M("Unit of measure"),
    M("Plan of the year"),
    M("Earlier periods"),
    INPUT_HEADING,
    WHOLE_HEADING,
    M("Share of the plan"),
)
INPUT = HEADINGS.index(INPUT_HEADING)
UNIT, PERIOD, AS_OF, BY, NOTE = (
    M("Reporting unit"),
    M("Reporting period"),
    M("Numbers as of"),
    M("Reported by"),
    M("Note"),
)
"""Names of the fields above the table."""


class Row(NamedTuple):
    """A row of a form."""

    key: str
    """Indicator and level, or holder and origin, joined by strokes."""
    label: Message
    names: tuple[Text, ...]
    """What the row may be called besides."""
    unit_of_measure: str
    planned: int | None
    earlier: int | None
    in_parts: int | None
    """What was reported for parts of the period."""
    is_summed: bool
    """Whether periods are added; else the last number counts."""
    place: Place
    number: Number
    has_share: bool
    """Whether a share of its plan means something."""

    def whole(self, done: int | None) -> int | None:
        """Return what the row comes to with the period: a sum, or of what is not summed the last number."""
        given = [value for value in (self.earlier, done) if value is not None]
        return (sum(given) if self.is_summed else given[-1]) if given else None


class Form(NamedTuple):
    """The form of a unit for a period."""

    dataset: Dataset
    files: PlanFiles
    period: Period
    unit: str
    rows: tuple[Row, ...]
    parts: tuple[Period, ...] = ()
    """Parts of the period for which the unit has reported."""

    def place(self, *keys: str) -> Place:
        """Return the place of a value of the unit's report."""
        return Place(file_of(self.files, self.period.name), ("reports", self.unit, *keys))


def form(dataset: Dataset, ledger: Ledger, files: PlanFiles, period: Period, unit: str) -> Form:
    """Return the form of a unit: a row for each figure that the plan gives it, and for money it holds or shares."""
    known = [
        Progress(dataset, ledger, files, datetime.date.max, period, only=only)
        for only in (lambda one: one.last < period.first, period.holds)
    ]
    made = Form(dataset, files, period, unit, (), tuple(known[1].parts_reported(unit)))
    return made._replace(rows=(*_indicators(made, *known), *_money(made, *known)))


def _indicators(made: Form, progress: Progress, in_parts: Progress) -> Iterator[Row]:
    names_of = Names(made.dataset)
    for indicator in names_of.indicators(made.files):
        if names_of.indicator(indicator).aggregation.units == "rate":
            continue  # it is computed from the two that it is one of
        name, measure = names_of.indicator(indicator).short_name, names_of.unit_of_measure(made.files, indicator)
        for level in levels_of_indicator(made.files, indicator):
            which = Which(indicator, made.unit, level)
            planned = progress.planned(which)
            if planned is None:
                continue
            label, names = M("{name}", name=name), tuple[Text, ...]((name,))
            if level is not None:
                described = made.files.plan.levels[level].name
                label, names = M("{name}, {level}", name=name, level=described), ()
            yield Row(
                "/".join(("done", indicator, *([level] if level else []))),
                label,
                names,
                measure,
                planned,
                progress.cumulative(which),
                in_parts.cumulative(which),
                Names(made.dataset).is_summed(which.kind, indicator),
                made.place("done", indicator, *([level] if level else [])),
                Number.COUNT,
                progress.sums(indicator),
            )


def _money(made: Form, progress: Progress, in_parts: Progress) -> Iterator[Row]:
    def spent(results: Iterable[Done], *of: str) -> int | None:
        """Return what the unit alone spent: of money that is no single unit's, others report too."""
        found = [one.figure for one in results if one.of == (made.unit, BUDGET, *of)]
        return total(found) if found else None

    budget = made.files.budget
    for holder in holders_of(made.files, made.unit) if budget else ():
        held = budget.holders[holder] if budget else None
        for origin, described in (budget.origins if budget else {}).items():
            own = held is not None and held.unit == made.unit
            yield Row(
                f"spent/{holder}/{origin}",
                M("Disbursed: {holder}, {origin}", holder=held.name if held else holder, origin=described.name),
                (),
                "đ",
                progress.planned(Which(origin, holder, kind=BUDGET)) if own else None,
                spent(progress.results, origin, holder),
                spent(in_parts.results, origin, holder),
                True,
                made.place("spent", holder, origin),
                Number.MONEY,
                True,
            )


def book(forms: Iterable[Form]) -> Book:
    """Return the workbook of forms of one plan and period, a sheet a unit."""
    made = list(forms)
    first = made[0]
    document = document_of(first.dataset, first.files.plan.document)
    spoken = language(DEFAULT)
    names = list(sheet_names([*(_say(Names(one.dataset).unit(one.unit)) for one in made), FORMS.name]))
    sheets = [_Layout(one, name).sheet() for one, name in zip(made, names, strict=False)]
    units = {name: one.unit for one, name in zip(made, names, strict=False)}
    marks = form_marks_sheet(names[-1], FormMarks(first.files.id, first.period.name, units))
    return Book(
        title=f"{spoken.say(TITLE)}: {first.files.plan.title}",
        subject=(document.number or "") if document else "",
        author=(document.issuer or "") if document else "",
        created=first.period.first,
        sheets=(*sheets, marks),
        unit=first.unit if len(made) == 1 else None,
    )


def headings_of(made: Form) -> tuple[Message, ...]:
    """Return the headings of a form: one more where parts of the period have been reported."""
    periods = tuple(one.label() for one in made.parts)
    return (*HEADINGS, *([M("Reported for {periods}", periods=periods)] if periods else []))


def heading_fields(made: Form) -> list[tuple[Message, Text | datetime.date | None, Place | None]]:
    """Return the fields above the table: name, value, and the place that is filled in; None where it is fixed."""
    held = made.files.results.get(made.period.name)
    known = held.reports.get(made.unit) if held else None
    return [
        (UNIT, Names(made.dataset).unit(made.unit), None),
        (PERIOD, made.period.label(), None),
        # Who corrects a report has its day before them, so that the correction does not look like an older form.
        (AS_OF, known.as_of if known else made.period.last, made.place("as_of")),
        (BY, None, made.place("by")),
        (NOTE, None, made.place("note")),
    ]


class _Layout:
    """Lays a form on a sheet."""

    def __init__(self, made: Form, name: str) -> None:
        self.made, self.name = made, name
        self.cells: list[Cell] = []

    def sheet(self) -> Sheet:
        """Return the sheet."""
        made = self.made
        headings = headings_of(made)
        width = len(headings)
        reference = reference_of(made.dataset, made.files)
        lines: list[tuple[Role, Text]] = [(Role.TITLE, TITLE), (Role.TITLE, made.files.plan.title.upper())]
        lines += [(Role.REFERENCE, M("({document})", document=reference))] if reference else []
        self.cells = [Cell(row, 0, role, text, columns=width) for row, (role, text) in enumerate(lines)]
        row = len(lines)
        for name, value, place in heading_fields(made):
            self.cells.append(Cell(row, 0, Role.FIELD_NAME, name, columns=2))
            number = Number.DATE if isinstance(value, datetime.date) else Number.COUNT
            places = (place,) if place else ()
            self.cells.append(
                Cell(row, 2, Role.FIELD, value, columns=width - 2, places=places, number=number, to_fill_in=bool(place))
            )
            row += 1
        top = row + 1
        self.cells += [Cell(top, column, Role.HEADING, text) for column, text in enumerate(headings)]
        for number_of, one in enumerate(made.rows, 1):
            self._row(top + number_of, number_of, one)
        return Sheet(self.name, tuple(self.cells), header=(top, top), freeze=(top + 1, 2))

    def _row(self, row: int, number: int, one: Row) -> None:
        planned, earlier, done, whole = (cell_name(row, column) for column in (3, 4, INPUT, 6))
        summed = f'=IF(COUNT({earlier},{done})=0,"",SUM({earlier},{done}))'
        latest = f'=IF({done}="",IF({earlier}="","",{earlier}),{done})'
        whole_of = summed if one.is_summed else latest
        share = share_formula(whole, planned)
        self.cells += [
            Cell(row, 0, Role.ORDINAL, number),
            Cell(row, 1, Role.UNIT, one.label),
            Cell(row, 2, Role.WORD, one.unit_of_measure),
            Cell(row, 3, Role.FIGURE, one.planned, number=one.number),
            Cell(row, 4, Role.FIGURE, one.earlier, number=one.number),
            Cell(row, INPUT, Role.FIGURE, places=(one.place,), number=one.number, to_fill_in=True, waits=True),
            Cell(row, 6, Role.FIGURE, one.earlier, formula=whole_of, number=one.number, waits=True),
            Cell(
                row,
                7,
                Role.FIGURE,
                _share(one),
                formula=share if one.has_share else None,
                number=Number.PERCENT,
                waits=True,
            ),
        ]
        if self.made.parts:
            self.cells.append(Cell(row, len(HEADINGS), Role.FIGURE, one.in_parts, number=one.number))


def _share(one: Row) -> Fraction | None:
    if not one.has_share or not one.planned or one.earlier is None:
        return None
    return telling(Fraction(one.earlier, one.planned))


def _say(text: Text) -> str:
    return language(DEFAULT).say(text) if isinstance(text, Message) else text
