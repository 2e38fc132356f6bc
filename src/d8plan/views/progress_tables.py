"""Progress as tables: the whole plan, or one unit.

A column is declared once: its key, its heading, and the function that gives its value from what a row is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.ledger.periods import ReportingPeriod, due
from d8plan.ledger.plans import is_split, levels_of, unit_order
from d8plan.ledger.results import ReportVersion, reporters
from d8plan.models.files import PlanFiles
from d8plan.text.message import Amount, M, Message
from d8plan.views.progress import BUDGET, Progress, ProgressKey, Standing
from d8plan.views.table import (
    Audience,
    Column,
    Columns,
    Described,
    Fact,
    Number,
    Share,
    SumOfRows,
    Table,
    View,
    Words,
    tabled,
)


class Line(NamedTuple):
    """A row of figures: an indicator or money, of a unit or of all, and where it stands."""

    progress: Progress
    which: ProgressKey
    standing: Standing

    @property
    def names(self) -> Names:
        """The names of the data folder."""
        return self.progress.names

    @property
    def unit(self) -> str:
        """The unit that it is of."""
        return self.which.unit or ""

    @property
    def indicator(self) -> str:
        """The short name of its indicator."""
        return self.names.indicator(self.which.series).short_name

    @property
    def unit_of_measure(self) -> str:
        """What its indicator is counted in."""
        return self.names.unit_of_measure(self.progress.files, self.which.series)

    @property
    def label(self) -> str | Message:
        """The name of its indicator, and of its level if it is one's."""
        if self.which.level is None:
            return self.indicator
        level = self.names.level(self.progress.files, self.which.level)
        return M("{name}, {level}", name=self.indicator, level=level)

    @property
    def indicator_and_measure(self) -> Message:
        """The name of its indicator and what that is counted in."""
        return M("{name} ({measure})", name=self.indicator, measure=self.unit_of_measure)

    @property
    def line_of_budget(self) -> Message:
        """Who holds its money, and where that comes from; the total where it is all money."""
        files, holder = self.progress.files, self.which.unit
        if holder is None:
            return M("Total")
        return M("{parts}", parts=(self.names.holder(files, holder), self.names.origin(files, self.which.series)))

    @property
    def years_without_data(self) -> Message | None:
        """The years of the phase that its cumulative number lacks; None where it lacks none."""
        years = self.progress.years_without(self.which.series, self.which.unit)
        return M("{names}", names=tuple(years)) if years else None

    @property
    def is_behind(self) -> bool:
        """Whether it is behind the calendar, of a unit's."""
        return self.progress.is_behind(self.which.series, self.unit, self.which.level)

    @property
    def units_behind(self) -> int:
        """How many units are behind the calendar."""
        return sum(self.progress.is_behind(self.which.series, unit) for unit in self.progress.files.plan.units)


class Reporter:
    """Who reports, and what the plan gives it."""

    def __init__(self, progress: Progress, unit: str, number: int) -> None:
        """Take the unit, or office, and its number among all."""
        self.progress, self.unit, self.number = progress, unit, number

    @property
    def name(self) -> str | Message:
        """Its name."""
        return self.progress.names.unit(self.unit)

    @property
    def state(self) -> Message:
        """Whether it has reported for the period shown."""
        if self.progress.has_reported(self.unit, self.progress.period):
            return M("reported")
        parts = self.progress.parts_reported(self.unit)
        return M("only {names}", names=tuple(period.name for period in parts)) if parts else M("not reported")

    @cached_property
    def last(self) -> ReportVersion | None:
        """Its latest report."""
        latest = self.progress.last_report(self.unit)
        return latest[1] if latest else None

    @cached_property
    def planned(self) -> list[Line]:
        """The indicators that the plan gives it a target for."""
        return [line for line in lines(self.progress, self.unit) if line.standing.planned]

    @cached_property
    def behind(self) -> list[Line]:
        """The indicators in which it is behind the calendar."""
        return [line for line in self.planned if line.is_behind]

    @property
    def told_behind(self) -> Message:
        """What it is behind in, with what is done and what is planned."""
        told = (
            M(
                "{name} ({done}/{planned})",
                name=line.indicator,
                done=Amount(line.standing.cumulative or 0),
                planned=Amount(line.standing.planned or 0),
            )
            for line in self.behind
        )
        return M("{parts}", parts=tuple(told))


PeriodReport = tuple[ReportingPeriod, ReportVersion]


def _id(key: str) -> Column:
    return Column(key, numeric=False, audience=Audience.MACHINES)


_INDICATOR = Described[Line](_id("indicator"), lambda line: line.which.series)
_LEVEL = Described[Line](_id("level"), lambda line: line.which.level)
_NAME: Columns[Line] = (
    Described(Column("name", M("Indicator"), numeric=False), lambda line: line.label),
    Described(Column("unit_of_measure", M("Unit"), numeric=False, words=Words.WORD), lambda line: line.unit_of_measure),
)
_PLANNED = Described[Line](Column("planned", M("Plan"), is_totalled=True), lambda line: line.standing.planned)
_IN_PERIOD = Described[Line](
    Column("in_period", M("In the period"), is_totalled=True), lambda line: line.standing.in_period
)
_CUMULATIVE = Described[Line](
    Column("cumulative", M("Cumulative"), is_totalled=True), lambda line: line.standing.cumulative
)
_SHARE: Columns[Line] = (
    Described(
        Column("percent", M("of plan"), number=Number.PERCENT, formula=Share("cumulative", "planned", where="adds")),
        lambda line: line.standing.share,
    ),
    Described(Column("adds", audience=Audience.FORMULAS), lambda line: line.standing.has_share),
)
_NUMBERS: Columns[Line] = (_PLANNED, _IN_PERIOD, _CUMULATIVE, *_SHARE)
_SUMMED: Columns[Line] = (
    _PLANNED,
    *(
        described._replace(column=described.column._replace(formula=SumOfRows("by_unit", "indicator", where="adds")))
        for described in (_IN_PERIOD, _CUMULATIVE)
    ),
    *_SHARE,
)
"""The same of all units: what is done is the sum of what each has."""
_UNITS_BEHIND = Described[Line](Column("behind", M("Units behind")), lambda line: line.units_behind or None)
_CALENDAR = Described[Line](
    Column("behind", M("Calendar"), numeric=False, words=Words.WORD),
    lambda line: M("behind") if line.is_behind else None,
)
_YEARS_WITHOUT = Described[Line](
    Column("years_without_data", M("No data of"), numeric=False, words=Words.WORD),
    lambda line: line.years_without_data,
)
_OF_ONE_UNIT: Columns[Line] = (
    Described(Column("group", audience=Audience.PEOPLE, words=Words.GROUP), lambda line: line.indicator_and_measure),
    Described(
        Column("number", M("No."), audience=Audience.PEOPLE, words=Words.ORDINAL),
        lambda line: line.progress.files.plan.units[line.unit].number,
    ),
    Described(_id("unit"), lambda line: line.unit),
    Described(
        Column("name", M("Territory or body"), numeric=False, words=Words.NAME),
        lambda line: line.names.unit(line.unit),
    ),
)
_MONEY: Columns[Line] = (
    Described(_id("holder"), lambda line: line.which.unit),
    Described(_id("origin"), lambda line: line.which.series or None),
    Described(Column("name", M("Holder and origin of money"), numeric=False), lambda line: line.line_of_budget),
    *(
        described._replace(column=described.column._replace(number=Number.MONEY))
        for described in (_PLANNED, _IN_PERIOD, _CUMULATIVE)
    ),
    *_SHARE,
)
_BODY: Columns[Reporter] = (
    Described(_id("unit"), lambda reporter: reporter.unit),
    Described(Column("name", M("Territory or body"), numeric=False, words=Words.NAME), lambda reporter: reporter.name),
)
_REPORTED: Columns[Reporter] = (
    Described(
        Column("number", M("No."), audience=Audience.PEOPLE, words=Words.ORDINAL), lambda reporter: reporter.number
    ),
    *_BODY,
    Described(
        Column("reported", M("Report of the period"), numeric=False, words=Words.WORD),
        lambda reporter: reporter.state,
    ),
    Described(
        Column("as_of", M("As of"), numeric=False, words=Words.WORD),
        lambda reporter: M("{date}", date=reporter.last.as_of) if reporter.last else None,
    ),
    Described(
        Column("by", M("Reported by"), numeric=False), lambda reporter: reporter.last.by if reporter.last else None
    ),
    Described(Column("behind", M("Indicators behind")), lambda reporter: len(reporter.behind)),
    Described(Column("planned_indicators", M("Indicators with a target")), lambda reporter: len(reporter.planned)),
)
_LATE: Columns[Reporter] = (
    *_BODY,
    Described(Column("indicators", M("Behind the calendar in"), numeric=False), lambda reporter: reporter.told_behind),
)
_REPORT: Columns[PeriodReport] = (
    Described(Column("period", M("Period"), numeric=False), lambda report: report[0].name),
    Described(Column("as_of", M("As of"), numeric=False), lambda report: M("{date}", date=report[1].as_of)),
    Described(Column("received", M("Received"), numeric=False), lambda report: M("{date}", date=report[1].received)),
    Described(Column("by", M("Reported by"), numeric=False), lambda report: report[1].by),
    Described(Column("note", M("Note"), numeric=False), lambda report: report[1].note),
    Described(Column("corrections", M("Corrections")), lambda report: report[1].corrections or None),
)


class Views:
    """Views of a plan's progress."""

    def __init__(self, progress: Progress) -> None:
        """Take the progress to show."""
        self.progress = progress
        self.dataset, self.files = progress.dataset, progress.files

    def overview(self) -> View:
        """Return the whole plan: its indicators, who has reported and who is behind, disbursement."""
        tables = [self.indicators(), self.in_phase(), self.units(), self.behind()]
        tables += [self.budget()] if self.files.budget.holders else []
        return View(self._title(), self._facts(), _filled(tables))

    def consolidated(self) -> tuple[Table, ...]:
        """Return the tables of the overview, and what each unit has done after the first of them."""
        whole, *others = self.overview().tables or (self.indicators(),)
        return (whole, *_filled([self.by_unit()]), *others)

    def unit(self, unit: str) -> View:
        """Return what one unit has done, and its reports."""
        title = M("{name}: {title}", name=self.progress.names.unit(unit), title=self._title())
        tables = (self._of_unit(unit), self.in_phase(unit), self._spent_by(unit), self.reports(unit))
        return View(title, self._time(), _filled(tables))

    def indicators(self) -> Table:
        """Return a row an indicator."""
        columns = (_INDICATOR, *_NAME, *_SUMMED, _UNITS_BEHIND)
        return tabled("indicators", M("Results by indicator"), columns, lines(self.progress), name=M("Consolidated"))

    def by_unit(self) -> Table:
        """Return a row an indicator and unit that has a number of it."""
        of_units = [
            line
            for indicator in self.progress.names.indicators(self.files)
            for unit in unit_order(self.files)
            for line in [_line(self.progress, ProgressKey(indicator, unit))]
            if not line.standing.is_empty
        ]
        columns = (_INDICATOR, *_OF_ONE_UNIT, *_NUMBERS, _CALENDAR)
        return tabled("by_unit", M("Results by unit"), columns, of_units, name=M("By unit"))

    def in_phase(self, unit: str | None = None) -> Table:
        """Return a row an indicator of the phase: its target, of a unit its allotment, and what all years have done."""
        of_phase = [
            line._replace(standing=self.progress.in_phase(line.which.series, unit))
            for line in (lines(self.progress, unit) if self.progress.phase else ())
        ]
        columns = (_INDICATOR, *_NAME, _PLANNED, _CUMULATIVE, *_SHARE, _YEARS_WITHOUT)
        planned = [line for line in of_phase if line.standing.planned is not None]
        return tabled("phase", M("Of the phase"), columns, planned)

    def units(self) -> Table:
        """Return a row for each who reports: whether they have, and how much is behind the calendar."""
        bodies = (
            Reporter(self.progress, unit, number) for number, unit in enumerate(reporters(self.dataset, self.files), 1)
        )
        return tabled("units", M("Who has reported"), _REPORTED, bodies, name=M("Reports"))

    def behind(self) -> Table:
        """Return a row a unit that is behind the calendar, with what it is behind in."""
        bodies = (Reporter(self.progress, unit, number) for number, unit in enumerate(self.files.plan.units, 1))
        return tabled("behind", M("Behind the calendar"), _LATE, (reporter for reporter in bodies if reporter.behind))

    def budget(self) -> Table:
        """Return a row a budget line, in đồng, and the total."""
        budget = self.files.budget
        of_money = [
            Line(self.progress, ProgressKey(origin, holder, kind=BUDGET), self.progress.spent(holder, origin))
            for holder in budget.holders
            for origin in budget.origins
        ]
        whole = Line(self.progress, ProgressKey("", kind=BUDGET), self.progress.spent(None, None))
        title = M("Disbursement (đồng)")
        return tabled("budget", title, _MONEY, [*of_money, whole], name=M("Disbursed"))._replace(totals=1)

    def reports(self, unit: str) -> Table:
        """Return a row a report of a unit, and each correction under it."""
        return tabled("reports", M("Reports"), _REPORT, self.progress.reports(unit))

    def _of_unit(self, unit: str) -> Table:
        given = [
            _line(self.progress, ProgressKey(line.which.series, unit, level))
            for line in lines(self.progress)
            for level in levels_of_indicator(self.files, line.which.series)
        ]
        columns = (_INDICATOR, _LEVEL, *_NAME, *_NUMBERS, _CALENDAR)
        shown = [line for line in given if not line.standing.is_empty]
        return tabled("indicators", M("Results by indicator"), columns, shown)

    def _spent_by(self, unit: str) -> Table:
        """Return the money that a unit holds or reported on."""
        table = self.budget()
        own = {key for key, holder in self.files.budget.holders.items() if holder.unit == unit}
        return table._replace(rows=tuple(row for row in table.rows if row[0] in own), totals=0)

    def _title(self) -> Message:
        return M("Progress of plan {plan}, {period}", plan=self.files.id, period=self.progress.period.label())

    def _time(self) -> tuple[Fact, ...]:
        progress = self.progress
        last = progress.last_day
        return (
            Fact("as_of", M("Numbers as of"), M("{date}", date=last) if last else None),
            Fact("known_on", M("What was known on"), M("{date}", date=progress.as_of)),
            Fact("elapsed_percent", M("Time of the plan that has passed"), progress.elapsed),
        )

    def _facts(self) -> tuple[Fact, ...]:
        progress = self.progress
        all_who, missing = reporters(self.dataset, self.files), progress.missing()
        facts = [
            *self._time(),
            Fact(
                "reported",
                M("Reported for the period"),
                M("{count} of {all}", count=Amount(len(all_who) - len(missing)), all=Amount(len(all_who))),
            ),
            Fact("due", M("Due"), M("{date}", date=due(self.files, progress.period))),
        ]
        if missing:
            names = tuple(self._missing(unit) for unit in missing)
            facts.append(Fact("missing", M("Not reported yet"), M("{names}", names=names)))
        return tuple(facts)

    def _missing(self, unit: str) -> str | Message:
        """Return the name of a unit that has not reported, with the parts of the period for which it has."""
        name, parts = self.progress.names.unit(unit), self.progress.parts_reported(unit)
        return M("{name} (only {names})", name=name, names=tuple(one.name for one in parts)) if parts else name


def lines(progress: Progress, unit: str | None = None) -> list[Line]:
    """Return where each indicator of a plan stands, in the annex's order; ``unit`` narrows it to that unit's part."""
    indicators = progress.names.indicators(progress.files)
    return [_line(progress, ProgressKey(indicator, unit)) for indicator in indicators]


def levels_of_indicator(files: PlanFiles, indicator: str) -> list[str | None]:
    """Return the levels by which a plan splits an indicator; one None where it is not split."""
    allocation = files.allocations.indicators[indicator]
    return [*levels_of(files, allocation)] if is_split(allocation) else [None]


def _line(progress: Progress, which: ProgressKey) -> Line:
    return Line(progress, which, progress.standing(which))


def _filled(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.rows)
