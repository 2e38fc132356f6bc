"""The results that units reported, as figures: who reports, of what, and what it said before it was corrected."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from d8plan.ledger.figures import Figure, Kind, total
from d8plan.ledger.names import DONG, Names
from d8plan.ledger.periods import ReportingPeriod, period_in
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.models.results import ResultsFile, Said, UnitReport
from d8plan.text.exact import ExactNumber

FOLDER = "results"
FigureKeys = tuple[str, ...]
"""Keys of a number of a report: done, indicator, level; spent, holder, origin."""


class ReportVersion(NamedTuple):
    """What a report said from the day on which it came in until the next correction."""

    as_of: datetime.date
    received: datetime.date
    by: str | None
    note: str | None
    figures: dict[FigureKeys, ExactNumber]
    earlier: dict[FigureKeys, str]
    """Under which number of ``earlier`` a figure stands, where it was corrected since."""
    corrections: int
    """How many corrections it holds."""


class Done(NamedTuple):
    """A figure that a unit reported."""

    period: ReportingPeriod
    as_of: datetime.date
    figure: Figure
    """What was done: of an indicator, or of money by origin and holder. Its number says nothing."""
    reporter: str
    """The unit, or office, that reported it."""

    @property
    def of(self) -> tuple[str, Kind, str, str]:
        """Who reported, and of which indicator, or of whose money."""
        return self.reporter, self.figure.kind, self.figure.series, self.figure.unit

    def covers(self, other: Done) -> bool:
        """Tell whether it tells of a longer period what the other, of the same matter, tells of a part of it."""
        levels = (self.figure.level, other.figure.level)
        return self.period.holds(other.period) and (levels[0] == levels[1] or None in levels)


class PeriodComparison(NamedTuple):
    """What was reported for a period beside what was reported for parts of it."""

    whole: Done
    parts: tuple[Done, ...]
    computed: ExactNumber
    """What the parts come to."""
    holds: bool


def reporters(dataset: Dataset, files: PlanFiles) -> list[str]:
    """Return who reports: the plan's units in official order, then offices that hold money."""
    units = sorted(files.plan.units, key=lambda unit: files.plan.units[unit].number)
    holders = files.budget.holders.values()
    return list(dict.fromkeys([*units, *(holder.unit for holder in holders if holder.unit)]))


def holders_of(files: PlanFiles, reporter: str) -> list[str]:
    """Return the holders whose money a unit reports on: its own, else those that are no single unit."""
    holders = files.budget.holders
    own = [key for key, holder in holders.items() if holder.unit == reporter]
    return own or [key for key, holder in holders.items() if holder.unit is None]


def file_of(files: PlanFiles, period: str) -> str:
    """Return the file of a period's reports, relative to the data folder."""
    return files.file(f"{FOLDER}/{period}.yaml")


class Remit:
    """What is whose to report on, of a plan."""

    def __init__(self, dataset: Dataset, files: PlanFiles) -> None:
        """Take the plan."""
        self.names = Names(dataset)
        self._allotted = files.allocations.indicators
        self._holders = files.budget.holders
        self._holding = frozenset(holder.unit for holder in self._holders.values())
        self.reporters = frozenset(reporters(dataset, files))

    def is_rate(self, indicator: str) -> bool:
        """Tell whether an indicator is computed from two others."""
        return self.names.rate(indicator) is not None

    def gives(self, reporter: str, keys: FigureKeys) -> bool:
        """Tell whether a number is a body's to report: the plan gives it a target for it, or money it may speak of.

        Whether it is split as the plan is asked elsewhere.
        """
        section, key, *rest = keys
        if section == "spent":
            holder = self._holders.get(key)
            alone = holder is not None and holder.unit is None and reporter not in self._holding
            return alone or (holder is not None and holder.unit == reporter)
        if key not in self._allotted or self.is_rate(key):
            return False
        given = self._allotted[key].units.get(reporter)
        if isinstance(given, dict):
            return any(value is not None for level, value in given.items() if not rest or level == rest[0])
        return given is not None


def figures_of(said: Said) -> dict[FigureKeys, ExactNumber | None]:
    """Return the numbers of a report by their keys; None for one that was not reported."""
    found: dict[FigureKeys, ExactNumber | None] = {}
    for indicator, given in said.done.items():
        for level, value in given.items() if isinstance(given, dict) else [(None, given)]:
            found["done", indicator, *([level] if level else [])] = value
    for holder, origins in said.spent.items():
        found |= {("spent", holder, origin): amount for origin, amount in origins.items()}
    return found


def overlap(one: FigureKeys, other: FigureKeys) -> bool:
    """Tell whether one number is a part of the other, as a level is of an indicator."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def corrected(report: UnitReport) -> list[tuple[str, Said]]:
    """Return what a report said before each of its corrections, by number, in order."""
    return sorted(report.earlier.items(), key=lambda one: (len(one[0]), one[0]))


def versions(report: UnitReport) -> list[ReportVersion]:
    """Return what a report said before each correction, in order, and last what it says now."""
    figures = {keys: value for keys, value in figures_of(report).items() if value is not None}
    before = corrected(report)
    found = [ReportVersion(report.as_of, report.received, report.by, report.note, figures, {}, len(before))]
    for corrections, (number, said) in reversed([*enumerate(before)]):
        later, then = found[-1], figures_of(said)
        kept = {keys: value for keys, value in later.figures.items() if not any(overlap(keys, one) for one in then)}
        was = {keys: value for keys, value in then.items() if value is not None}
        earlier = {keys: later.earlier[keys] for keys in kept if keys in later.earlier} | dict.fromkeys(was, number)
        found.append(ReportVersion(said.as_of, said.received, said.by, said.note, kept | was, earlier, corrections))
    return found[::-1]


def known(report: UnitReport, day: datetime.date) -> ReportVersion | None:
    """Return what of a report was known on a day: what had come in by then, and tells of no later day."""
    return next((one for one in reversed(versions(report)) if max(one.as_of, one.received) <= day), None)


def reports_of(files: PlanFiles) -> list[tuple[ReportingPeriod, ResultsFile]]:
    """Return the reports of a plan by period, in the order in which the periods end, longer ones first."""
    found = [(period, held) for name, held in files.results.items() if (period := period_in(files, name)) is not None]
    return sorted(found, key=lambda one: (one[0].last, one[0].first))


def results(dataset: Dataset, files: PlanFiles, day: datetime.date = datetime.date.max) -> list[Done]:
    """Return every figure of a plan that was known on a day, in the order of periods.

    What is not its reporter's to report is no result.
    """
    found: list[Done] = []
    remit = Remit(dataset, files)
    for period, held in reports_of(files):
        for reporter, report in held.reports.items():
            version = known(report, day) if reporter in remit.reporters else None
            if version is not None:
                told = done(dataset, files, period, reporter, version)
                found += [one for keys, one in told if remit.gives(reporter, keys)]
    return found


def done(
    dataset: Dataset, files: PlanFiles, period: ReportingPeriod, reporter: str, version: ReportVersion
) -> Iterator[tuple[FigureKeys, Done]]:
    """Yield the figures of a report with their keys."""
    file = file_of(files, period.name)
    names = Names(dataset)
    holders = files.budget.holders
    for keys, value in version.figures.items():
        number = version.earlier.get(keys)
        place = Place(file, ("reports", reporter, *(("earlier", number) if number else ()), *keys))
        if keys[0] == "spent":
            _, holder, origin = keys
            level = holders[holder].level if holder in holders else None
            figure = Figure(-1, Kind.BUDGET, files.id, origin, holder, level, value, DONG, place)
        else:
            _, indicator, *levels = keys
            measure, adds = names.unit_of_measure(files, indicator), names.adds(indicator)
            level = levels[0] if levels else None
            figure = Figure(-1, Kind.INDICATOR, files.id, indicator, reporter, level, value, measure, place, adds)
        yield keys, Done(period, version.as_of, figure, reporter)


def counted(given: Iterable[Done]) -> list[Done]:
    """Return what counts, once, in the order in which periods end: of parts nothing where the whole was reported."""
    found = sorted(given, key=lambda one: (one.period.last, one.period.first))
    by_matter: defaultdict[tuple[str, Kind, str, str], list[Done]] = defaultdict(list)
    for one in found:
        by_matter[one.of].append(one)
    return [one for one in found if not any(other.covers(one) for other in by_matter[one.of])]


def comparisons(dataset: Dataset, given: Iterable[Done]) -> Iterator[PeriodComparison]:
    """Yield what was reported for each period beside what was reported for the longest of its parts.

    Where some parts are missing, the others may not come to more; a state is that of the part that ends last. Of a
    phase and its years both may tell of the same period: the one that is given first is the whole.
    """
    by_matter: defaultdict[tuple[object, ...], list[Done]] = defaultdict(list)
    for one in given:
        by_matter[*one.of, one.figure.level].append(one)
    for of_one in by_matter.values():
        for index, whole in enumerate(of_one):
            again = [one for one in of_one[index + 1 :] if one.period == whole.period]
            parts = counted([*again, *(one for one in of_one if whole.period.holds(one.period))])
            value = whole.figure.value
            if parts and Names(dataset).is_summed(whole.figure.kind, whole.figure.series):
                come_to = total(one.figure for one in parts)
                complete = sum(one.period.days for one in parts) == whole.period.days
                yield PeriodComparison(whole, tuple(parts), come_to, come_to == value if complete else come_to <= value)
            elif parts and parts[-1].period.last == whole.period.last:
                state = parts[-1].figure.value
                yield PeriodComparison(whole, (parts[-1],), state, state == value)
