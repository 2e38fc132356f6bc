"""What the form of a unit asks: a row for each figure that the plan gives it, and for money that it reports on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from d8plan.ledger.figures import total
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import DONG, Names
from d8plan.ledger.periods import ReportingPeriod
from d8plan.ledger.results import Done, file_of, holders_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.book import Text
from d8plan.text.exact import ExactNumber, ratio
from d8plan.text.message import M, Message
from d8plan.views.progress import BUDGET, Progress, ProgressKey
from d8plan.views.progress_tables import levels_of_indicator
from d8plan.views.table import Audience, Column, Columns, Described, Number, Share, SumOrLast, Table, Words, tabled

TITLE = M("REPORT ON CARRYING OUT THE PLAN")
UNIT, PERIOD, AS_OF, BY, NOTE = (
    M("Reporting unit"),
    M("Reporting period"),
    M("Numbers as of"),
    M("Reported by"),
    M("Note"),
)
"""Names of the fields above the table."""


class FormRow(NamedTuple):
    """A row of a form."""

    place: Place
    label: Message
    names: tuple[Text, ...]
    """What the row may be called besides."""
    unit_of_measure: str
    decimals: int
    """Places after the point that its numbers may have."""
    number: Number
    planned: ExactNumber | None
    earlier: ExactNumber | None
    in_parts: ExactNumber | None
    """What was reported for parts of the period."""
    is_summed: bool = True
    """Whether periods are added; else the last number counts."""
    has_share: bool = True
    """Whether a share of its plan means something."""

    @property
    def key(self) -> str:
        """Indicator and level, or holder and origin, joined by strokes."""
        return "/".join(map(str, self.place.keys[2:]))

    def whole(self, done: Sequence[ExactNumber | None]) -> ExactNumber | None:
        """Return what earlier numbers come to with those ``done``: a sum, or of what is not summed the last number."""
        given = [value for value in (self.earlier, *done) if value is not None]
        return (sum(given) if self.is_summed else given[-1]) if given else None

    @property
    def share(self) -> Fraction | None:
        """What earlier periods did of what is planned; None where that means nothing."""
        if not self.has_share or not self.planned or self.earlier is None:
            return None
        return ratio(self.earlier, self.planned)


INPUT, CUMULATIVE = "done", "cumulative"
"""Keys of the column that is filled in, and of the one that is computed from it."""
_COLUMNS: Columns[FormRow] = (
    Described(Column("name", M("Indicator"), numeric=False, words=Words.NAME), lambda row: row.label),
    Described(
        Column("unit_of_measure", M("Unit of measure"), numeric=False, words=Words.WORD),
        lambda row: row.unit_of_measure,
    ),
    Described(Column("planned", M("Plan of the year")), lambda row: row.planned),
    Described(Column("earlier", M("Earlier periods")), lambda row: row.earlier),
    Described(Column(INPUT, M("Done in the period")), lambda row: None),
    Described(
        Column(CUMULATIVE, M("Cumulative"), formula=SumOrLast("earlier", INPUT, where="is_summed")),
        lambda row: row.earlier,
    ),
    Described(
        Column(
            "percent",
            M("Share of the plan"),
            number=Number.PERCENT,
            formula=Share(CUMULATIVE, "planned", where="has_share"),
        ),
        lambda row: row.share,
    ),
    Described(Column("is_summed", audience=Audience.FORMULAS), lambda row: row.is_summed),
    Described(Column("has_share", audience=Audience.FORMULAS), lambda row: row.has_share),
)
INPUT_HEADING, CUMULATIVE_HEADING = (
    described.column.heading for key in (INPUT, CUMULATIVE) for described in _COLUMNS if described.column.key == key
)


class Form(NamedTuple):
    """The form of a unit for a period."""

    dataset: Dataset
    files: PlanFiles
    period: ReportingPeriod
    unit: str
    rows: tuple[FormRow, ...]
    parts: tuple[ReportingPeriod, ...] = ()
    """Parts of the period for which the unit has reported."""

    def place(self, *keys: str) -> Place:
        """Return the place of a value of the unit's report."""
        return Place(file_of(self.files, self.period.name), ("reports", self.unit, *keys))

    @property
    def table(self) -> Table:
        """Its rows under their headings: one column more where parts of the period have been reported."""
        periods = tuple(period.label() for period in self.parts)
        of_parts = Column("in_parts", M("Reported for {periods}", periods=periods))
        columns = (*_COLUMNS, *([Described[FormRow](of_parts, lambda row: row.in_parts)] if periods else []))
        return tabled("form", TITLE, columns, self.rows)

    @property
    def fields(self) -> list[tuple[Message, Text | datetime.date | None, Place | None]]:
        """The fields above the table: name, value, and the place that is filled in; None where it is fixed."""
        results = self.files.results.get(self.period.name)
        report = results.reports.get(self.unit) if results else None
        return [
            (UNIT, Names(self.dataset).unit(self.unit), None),
            (PERIOD, self.period.label(), None),
            # Who corrects a report has its day before them, so that the correction does not look like an older form.
            (AS_OF, report.as_of if report else self.period.last, self.place("as_of")),
            (BY, None, self.place("by")),
            (NOTE, None, self.place("note")),
        ]


def form(dataset: Dataset, ledger: Ledger, files: PlanFiles, period: ReportingPeriod, unit: str) -> Form:
    """Return the form of a unit: a row for each figure that the plan gives it, and for money it holds or shares."""
    before, in_parts = (
        Progress(dataset, ledger, files, datetime.date.max, period, only=only)
        for only in (lambda other: other.last < period.first, period.holds)
    )
    empty = Form(dataset, files, period, unit, (), tuple(in_parts.parts_reported(unit)))
    return empty._replace(rows=(*_indicators(empty, before, in_parts), *_money(empty, before, in_parts)))


def _indicators(empty: Form, before: Progress, in_parts: Progress) -> Iterator[FormRow]:
    files, names = empty.files, Names(empty.dataset)
    for indicator in names.indicators(files):
        described = names.indicator(indicator)
        if described.aggregation.units == "rate":
            continue  # it is computed from the two that it is one of
        for level in levels_of_indicator(files, indicator):
            which = ProgressKey(indicator, empty.unit, level)
            planned = before.planned(which)
            if planned is None:
                continue
            label, besides = M("{name}", name=described.short_name), (described.short_name,)
            if level is not None:
                label = M("{name}, {level}", name=described.short_name, level=names.level(files, level))
            yield FormRow(
                empty.place("done", indicator, *([level] if level else [])),
                label,
                () if level else besides,
                names.unit_of_measure(files, indicator),
                described.decimals or 0,
                Number.COUNT,
                planned,
                before.cumulative(which),
                in_parts.cumulative(which),
                names.is_summed(which.kind, indicator),
                names.has_shares(indicator),
            )


def _money(empty: Form, before: Progress, in_parts: Progress) -> Iterator[FormRow]:
    def spent(results: Iterable[Done], *of: str) -> ExactNumber | None:
        """Return what the unit alone spent: of money that is no single unit's, others report too."""
        amounts = [done.figure for done in results if done.of == (empty.unit, BUDGET, *of)]
        return total(amounts) if amounts else None

    budget, names = empty.files.budget, Names(empty.dataset)
    for holder in holders_of(empty.files, empty.unit):
        for origin in budget.origins:
            of_one = budget.holders[holder].unit == empty.unit
            called = names.holder(empty.files, holder), names.origin(empty.files, origin)
            yield FormRow(
                empty.place("spent", holder, origin),
                M("Disbursed: {holder}, {origin}", holder=called[0], origin=called[1]),
                (),
                DONG,
                0,
                Number.MONEY,
                before.planned(ProgressKey(origin, holder, kind=BUDGET)) if of_one else None,
                spent(before.results, origin, holder),
                spent(in_parts.results, origin, holder),
            )
