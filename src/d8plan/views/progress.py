"""Results beside the plan: done in a period and since the year began, of the year and of its phase.

A result counts from the day on which it came in; its sums are made by the ledger's functions.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from d8plan.ledger.figures import Figure, Kind, reached, together, total
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.periods import ReportingPeriod, due, is_reported, schedule
from d8plan.ledger.plans import paused
from d8plan.ledger.results import Done, ReportVersion, counted, known, reporters, reports_of, results
from d8plan.ledger.statements import Selector
from d8plan.models.bounds import bound_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.text.exact import ExactNumber, ratio

INDICATOR, BUDGET = Kind.INDICATOR, Kind.BUDGET
_Index = dict[tuple[Kind, str], list[Figure]]
"""Figures that were reported, by kind and series, in the order of their periods."""


class ProgressKey(NamedTuple):
    """What is asked about; None lets everything pass."""

    series: str
    """Indicator, or origin of money."""
    unit: str | None = None
    """Unit, or holder of money."""
    level: str | None = None
    kind: Kind = INDICATOR


class Standing(NamedTuple):
    """Where something stands; None where there is no number."""

    planned: ExactNumber | None
    in_period: ExactNumber | None
    cumulative: ExactNumber | None
    has_share: bool = True
    """Whether it is a sum, of which a part means something; a share of a rate does not."""

    @property
    def share(self) -> Fraction | None:
        """What is done of what is planned; more than 1 as it is."""
        if not self.has_share or not self.planned or self.cumulative is None:
            return None
        return ratio(self.cumulative, self.planned)

    @property
    def is_empty(self) -> bool:
        """Whether there is no number at all."""
        return self.planned is None and self.in_period is None and self.cumulative is None


class Progress:
    """A plan's results as of a day."""

    def __init__(
        self,
        dataset: Dataset,
        ledger: Ledger,
        files: PlanFiles,
        as_of: datetime.date,
        period: ReportingPeriod | None = None,
        *,
        only: Callable[[ReportingPeriod], bool] = lambda _: True,
    ) -> None:
        """Take a plan and the day; ``period`` is the one shown, else the last with results, else the one due.

        ``only`` tells of which periods the reports count.
        """
        self.dataset, self.ledger, self.files, self.as_of = dataset, ledger, files, as_of
        self.periods = list(schedule(files))
        self._results = [done for done in results(dataset, files, as_of) if only(done.period)]
        self.results = counted(self._results)
        reported = [done.period for done in self._results]
        ended = [one for one in self.periods if one.last <= as_of]
        self.period = period or (reported or ended or self.periods)[-1]
        # Of a phase, its years tell how far it has come.
        of_phase = any(one.plan.phase == files.id for one in dataset.plans.values())
        self.phase = files if of_phase else dataset.plans.get(files.plan.phase or "")
        self.names = Names(dataset)

    @property
    def last_day(self) -> datetime.date | None:
        """Return the latest day that a number tells of; None where there is none."""
        given = self._results_of_phase if self.phase is self.files else self.results
        return max((done.as_of for done in given), default=None)

    @property
    def elapsed(self) -> Fraction:
        """Return which part of the plan's time has passed."""
        first = datetime.date(self.files.plan.period.first, 1, 1)
        last = datetime.date(self.files.plan.period.last, 12, 31)
        passed = (min(max(self.as_of, first - datetime.timedelta(1)), last) - first).days + 1
        return Fraction(passed, (last - first).days + 1)

    def standing(self, which: ProgressKey) -> Standing:
        """Return where a part of the plan stands."""
        shared = which.kind is BUDGET or self.names.has_shares(which.series)
        return Standing(self.planned(which), self._of_period(which), self.cumulative(which), shared)

    def planned(self, which: ProgressKey) -> ExactNumber | None:
        """Return what the plan gives: the stated target where the whole of an indicator is asked about."""
        if which.kind is INDICATOR and which.unit is None and which.level is None:
            allocation = self.files.allocations.indicators.get(which.series)
            return allocation.amount if allocation else None
        return together(_narrowed(self.ledger.series.get((self.files.id, which.kind, which.series), ()), which))

    def cumulative(self, which: ProgressKey) -> ExactNumber | None:
        """Return what was done since the plan began: a sum, the latest state, or a rate of two of these."""
        return self._put_together(self._counting, which)

    def _of_period(self, which: ProgressKey) -> ExactNumber | None:
        return self._put_together(self._counting_in_period, which)

    @cached_property
    def _counting(self) -> _Index:
        return _index(self.results)

    @cached_property
    def _counting_in_period(self) -> _Index:
        return _index(self._in_period)

    @cached_property
    def _in_period(self) -> list[Done]:
        """Return the results of the period shown: its own, else those of its parts."""
        return counted(done for done in self._results if self._is_shown(done.period))

    def _is_shown(self, period: ReportingPeriod) -> bool:
        return period == self.period or self.period.holds(period)

    def _put_together(self, done: _Index, which: ProgressKey) -> ExactNumber | None:
        parts = self.names.rate(which.series) if which.kind is INDICATOR else None
        if parts:
            above, below = (self._put_together(done, which._replace(series=part)) for part in parts)
            return reached(above, below, self.names.rounding(which.series)) if above is not None and below else None
        return together(_narrowed(self._counted(done, which), which))

    def _counted(self, done: _Index, which: ProgressKey) -> list[Figure]:
        """Return the figures that count: all where they are summed over time, else each unit's last."""
        figures = done.get((which.kind, which.series), [])
        if self.names.is_summed(which.kind, which.series):
            return figures
        return list({(figure.unit, figure.level): figure for figure in figures}.values())

    def in_phase(self, indicator: str, unit: str | None = None) -> Standing:
        """Return where an indicator stands in the phase: what all its years have reported until the day."""
        if self.phase is None or indicator not in self.phase.allocations.indicators:
            return Standing(None, None, None)
        which = ProgressKey(indicator, unit)
        whole = _narrowed(self.ledger.of(self.phase.id, INDICATOR, indicator), which)
        planned = self.phase.allocations.indicators[indicator].amount if unit is None else together(whole)
        shared = self.names.has_shares(indicator, of_phase=True)
        return Standing(planned, None, self._put_together(self._of_all_years, which), shared)

    def years_without(self, indicator: str, unit: str | None = None) -> list[int]:
        """Return the years of the phase, up to the day's, that have no number about an indicator."""
        if self.phase is None:
            return []
        needed = self.names.rate(indicator) or (indicator,)
        years = self.phase.plan.period
        reported = [{year for year, who in self._years.get(key, ()) if unit in (None, who)} for key in needed]
        last = min(years.last, self.as_of.year)
        return [year for year in range(years.first, last + 1) if not all(year in of_one for of_one in reported)]

    @cached_property
    def _of_all_years(self) -> _Index:
        return _index(self._results_of_phase)

    @cached_property
    def _years(self) -> dict[str, set[tuple[int, str]]]:
        """Return the years and units that have reported, by indicator."""
        reported: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
        for done in self._results_of_phase:
            if done.figure.kind is INDICATOR:
                reported[done.figure.series].add((done.period.first.year, done.figure.unit))
        return reported

    @cached_property
    def _results_of_phase(self) -> list[Done]:
        """Return what all years of the phase have reported until the day, and the phase plan itself.

        Where the phase and a year tell of the same period, the year counts.
        """
        phase = self.phase.id if self.phase else self.files.plan.phase
        years = [one for one in self.dataset.plans.values() if one.plan.phase == phase]
        plans = [*([self.phase] if self.phase else []), *years]
        given = [done for files in plans for done in results(self.dataset, files, self.as_of)]
        return counted({(*done.of, done.figure.level, done.period): done for done in given}.values())

    @cached_property
    def _paused(self) -> frozenset[str]:
        return paused(self.files)

    def is_behind(self, indicator: str, unit: str, level: str | None = None) -> bool:
        """Tell whether a unit that reports has done less than the calendar asks for, of what is summed over time.

        What is paused is never behind; of a unit that has not reported at all nothing can be told.
        """
        aggregation = self.names.indicator(indicator).aggregation
        if (
            (aggregation.units, aggregation.years) != ("sum", "sum")
            or indicator in self._paused
            or self._has_ceiling(indicator)
            or self.last_report(unit) is None
        ):
            return False
        which = ProgressKey(indicator, unit, level)
        planned = self.planned(which)
        return planned is not None and Fraction(self.cumulative(which) or 0) < Fraction(planned) * self.elapsed

    def _has_ceiling(self, indicator: str) -> bool:
        """Tell whether the target says no more than a most: who stays under it is not behind."""
        allocation = self.files.allocations.indicators.get(indicator)
        bound = bound_of(allocation.target) if allocation else None
        return bound is not None and bound.is_ceiling

    @cached_property
    def _reports(self) -> dict[str, list[tuple[ReportingPeriod, ReportVersion]]]:
        """Return what was known of the reports of each unit, in the order of periods."""
        reports: defaultdict[str, list[tuple[ReportingPeriod, ReportVersion]]] = defaultdict(list)
        for period, of_period in reports_of(self.files):
            for reporter, report in of_period.reports.items():
                if version := known(report, self.as_of):
                    reports[reporter].append((period, version))
        return reports

    def reports(self, reporter: str) -> list[tuple[ReportingPeriod, ReportVersion]]:
        """Return what was known of a unit's reports, in the order of periods."""
        return self._reports.get(reporter, [])

    def has_reported(self, reporter: str, period: ReportingPeriod) -> bool:
        """Tell whether a unit has reported for a period, or for all its parts."""
        return is_reported(period, {reported.name for reported, _ in self.reports(reporter)})

    def parts_reported(self, reporter: str) -> list[ReportingPeriod]:
        """Return the parts of the period shown for which a unit has reported."""
        return [period for period, _ in self.reports(reporter) if self.period.holds(period)]

    def last_report(self, reporter: str) -> tuple[ReportingPeriod, ReportVersion] | None:
        """Return a unit's report that tells of the latest day."""
        return max(self.reports(reporter), key=lambda report: (report[1].as_of, report[0].last), default=None)

    def missing(self) -> list[str]:
        """Return who has not reported for the whole period shown."""
        return self._absent(self.period)

    def _absent(self, period: ReportingPeriod) -> list[str]:
        return [body for body in reporters(self.dataset, self.files) if not self.has_reported(body, period)]

    def next_due(self) -> tuple[ReportingPeriod, datetime.date, list[str]] | None:
        """Return the first period for which somebody has not reported yet, its due day, and who has not."""
        for period in self.periods:
            if absent := self._absent(period):
                return period, due(self.files, period), absent
        return None

    def spent(self, holder: str | None, origin: str | None) -> Standing:
        """Return where the disbursement of a budget line, or of all that fit, stands."""
        line = Selector(self.files.id, BUDGET, origin, units=None if holder is None else (holder,))
        planned = self.ledger.budget(self.files.id, holder=holder, origin=origin)
        in_period, cumulative = (
            [
                done.figure
                for done in given
                if line.fits(done.figure.kind, done.figure.plan, done.figure.series, done.figure.unit, None)
            ]
            for given in (self._in_period, self.results)
        )
        sums = [total(figures) if figures else None for figures in (planned, in_period, cumulative)]
        return Standing(sums[0], sums[1], sums[2])


def _index(results: Iterable[Done]) -> _Index:
    index: _Index = defaultdict(list)
    for done in results:
        index[done.figure.kind, done.figure.series].append(done.figure)
    return index


def _narrowed(figures: Iterable[Figure], which: ProgressKey) -> list[Figure]:
    return [figure for figure in figures if which.unit in (None, figure.unit) and which.level in (None, figure.level)]
