"""A year fits its phase: its targets, allotments, windows and units of measure (P004-P006, P010, P011)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure, Kind, total
from d8plan.ledger.names import COMPARED, Names
from d8plan.ledger.plans import over_years
from d8plan.models.allocations import Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Cited, Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message

ABOVE_PHASE = Rule("P004", "above-phase", M("more than the phase allots"), exceptable=True)
"""The years of a phase together allot no more than the phase does: in all, to each unit, and to each of its levels.

How years are put together is what indicators.yaml declares: `sum` adds them, `last` takes the latest year, and
indicators with `not-additive` or `rate` are not compared.

Why: the phase's target is what the money was granted for; a year far above it is a figure of something else, or a slip.

Mend: correct the year or the phase; or record in exceptions.yaml why the signed documents differ.
"""
OUTSIDE_WINDOW = Rule(
    "P005", "outside-window", M("allotment outside the completion window"), Severity.WARNING, exceptable=True
)
"""A plan allots an indicator only in years that lie in the completion window that its phase gives it.

Why: work planned after its window has no target of the phase to count for, or the window was not kept up to date.

Mend: correct the window in the phase's allocations.yaml, or the year's allotment; or record the reason.
"""
PHASE_COPIED = Rule("P006", "phase-copied", M("year that repeats the whole phase"), Severity.WARNING)
"""A year's allotment of an indicator is not the phase's, cell for cell.

Why: a year does a share of the phase. Where every unit has exactly the phase's figure, the columns were probably
copied, and the year's own figures were never written.

Mend: write the year's figures. The warning may stay where all the work really is done in this one year.
"""
MEASURE_DIFFERS = Rule(
    "P010", "phase-measure", M("unit of measure that differs from the phase's"), Severity.WARNING, exceptable=True
)
"""A year and its phase count an indicator in the same unit of measure.

Why: 240 people and 80 cadres cannot be compared until it is known that both count the same.

Mend: use one unit of measure, or record the difference in exceptions.yaml.
"""
PHASE_UNFINISHED = Rule(
    "P011", "phase-unfinished", M("phase that its years do not reach"), Severity.WARNING, exceptable=True
)
"""Once every year of a phase has a plan, the years together allot what the phase's target says.

Why: a target that no year takes up will not be met.

Mend: allot what is left in the last year, or record why the target was given up.
"""


class Pair(NamedTuple):
    """A year and its phase."""

    year: PlanFiles
    phase: PlanFiles


class _Over(NamedTuple):
    """A place where the years allot more than the phase: what they allot, what it allots."""

    figures: tuple[Figure, ...]
    whole: tuple[Figure, ...]
    """The phase's figures."""
    allotted: ExactNumber
    of_phase: ExactNumber
    name: Message


def check(context: Context) -> Result:
    """Compare every plan that belongs to a phase with it, and the years of a phase together."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    years: defaultdict[str, list[PlanFiles]] = defaultdict(list)
    for pair in pairs(context.dataset):
        earlier = years[pair.phase.id]
        earlier.append(pair.year)
        yield from _Year(context, pair, tuple(earlier)).outcomes()
    for phase, together in years.items():
        yield from _unfinished(context, context.dataset.plans[phase], together)


def pairs(dataset: Dataset) -> list[Pair]:
    """Return every year that lies within its phase, with the phase; years in their order."""
    found = []
    for files in dataset.plans.values():
        phase = dataset.plans.get(files.plan.phase or "")
        if phase and phase.id != files.id and files.plan.period.lies_in(phase.plan.period):
            found.append(Pair(files, phase))
    return found


class _Year:
    """Compares one year with its phase, counting the years of the phase before it."""

    def __init__(self, context: Context, pair: Pair, years: tuple[PlanFiles, ...]) -> None:
        self.context, self.dataset, self.ledger = context, context.dataset, context.ledger
        self.year, self.phase, self.years = *pair, years
        self.indicators = context.dataset.indicators.indicators

    def outcomes(self) -> Outcomes:
        mine = self.year.allocations.indicators
        theirs = self.phase.allocations.indicators
        for indicator, allocation in mine.items():
            whole = theirs.get(indicator)
            if whole is None or indicator not in self.indicators or not self._whole(indicator):
                continue
            yield self._window(indicator, allocation, whole)
            yield self._measure(indicator)
            yield self._copied(indicator)
            yield from self._above(indicator, whole)

    def _whole(self, indicator: str) -> bool:
        """Tell whether the figures of an indicator can be compared: no other finding spoils them."""
        spoilt = self.context.unprovable
        return not any((files.id, indicator) in spoilt for files in (*self.years, self.phase))

    def _cited(self, indicator: str, row: str, *level: str) -> Cited | None:
        """Return where the phase states an indicator's target, window or totals of levels."""
        source = self.phase.allocations.source
        cited = Names(self.dataset).cited_row(source, getattr(source, row, None))
        return cited and self.ledger.cited(cited, keys.of_indicator(self.phase.id, indicator, row, *level))

    def _label(self, indicator: str) -> Message:
        return M("{name}", name=self.indicators[indicator].short_name)

    def _window(self, indicator: str, allocation: Allocation, whole: Allocation) -> Finding | None:
        period = self.year.plan.period
        given = whole.window or []
        figures = self.ledger.of(self.year.id, Kind.INDICATOR, indicator)
        if not given or total(figures) == 0 or any(period.first <= year <= period.last for year in given):
            return None
        years = period.first if period.first == period.last else f"{period.first}-{period.last}"
        return Finding(
            rule=OUTSIDE_WINDOW,
            message=M(
                "{name}: {amount} in {years}, to be completed in {window}",
                name=self._label(indicator),
                amount=Amount(allocation.amount, figures[0].unit_of_measure),
                years=years,
                window=tuple(given),
            ),
            place=keys.of_indicator(self.year.id, indicator, "target"),
            action=M("Correct the window or the allotment, or record the reason in exceptions.yaml"),
            plan=self.year.id,
            indicator=indicator,
            stated=", ".join(map(str, given)),
            computed=str(years),
            cited=self._cited(indicator, "window"),
            related=(Related(M("The window"), keys.of_indicator(self.phase.id, indicator, "window")),),
        )

    def _measure(self, indicator: str) -> Finding | None:
        mine, theirs = (
            next((f.unit_of_measure for f in self.ledger.of(files.id, Kind.INDICATOR, indicator)), "")
            for files in (self.year, self.phase)
        )
        if not mine or not theirs or mine == theirs:
            return None
        here = self.year.allocations.indicators[indicator]
        own = "unit_of_measure" if here and here.unit_of_measure else "target"
        return Finding(
            rule=MEASURE_DIFFERS,
            message=M(
                "{name}: {mine} here, {theirs} in the phase", name=self._label(indicator), mine=mine, theirs=theirs
            ),
            place=keys.of_indicator(self.year.id, indicator, own),
            action=M("Use one unit of measure, or record the difference in exceptions.yaml"),
            plan=self.year.id,
            indicator=indicator,
            stated=theirs,
            computed=mine,
            cited=self._cited(indicator, "target"),
            related=(Related(M("The phase’s target"), keys.of_indicator(self.phase.id, indicator, "target")),),
        )

    def _copied(self, indicator: str) -> Finding | None:
        of_year, of_phase = (self.ledger.of(one.id, Kind.INDICATOR, indicator) for one in (self.year, self.phase))
        if total(of_year) != total(of_phase):
            return None
        mine, theirs = ({(f.unit, f.level): f.value for f in figures} for figures in (of_year, of_phase))
        some = sum(value > 0 for value in mine.values())
        lasts = self.phase.plan.period.first == self.phase.plan.period.last
        if mine != theirs or some < MOST_BY_CHANCE or lasts:
            return None
        return Finding(
            rule=PHASE_COPIED,
            message=M(
                "{name}: all {cells} cells are those of phase {phase}",
                name=self._label(indicator),
                cells=len(mine),
                phase=self.phase.id,
            ),
            place=keys.of_indicator(self.year.id, indicator, "target"),
            action=M("Write the year’s own figures; let it stand where all is done in this year"),
            plan=self.year.id,
            indicator=indicator,
            cited=self._cited(indicator, "target"),
            related=(Related(M("The phase’s target"), keys.of_indicator(self.phase.id, indicator, "target")),),
        )

    def _above(self, indicator: str, whole: Allocation) -> Outcomes:
        """Yield one finding where the widest sum is above the phase, else one each narrower one."""
        together = self.indicators[indicator].aggregation
        if together.years not in COMPARED or together.units != "sum":
            return
        own = self.year.allocations.indicators[indicator].amount
        if not own and not total(self.ledger.of(self.year.id, Kind.INDICATOR, indicator)):
            yield None  # what the years before took too much of is told of them
            return
        counted, target = over_years(self.years, indicator, together.years)
        taken = [f for files in counted for f in self.ledger.of(files.id, Kind.INDICATOR, indicator)]
        allotted = self.ledger.of(self.phase.id, Kind.INDICATOR, indicator)
        over = list(self._overs(taken, allotted))
        if target > whole.amount:
            yield self._finding(
                indicator,
                _Over(tuple(taken), allotted, target, whole.amount, self._label(indicator)),
                keys.of_indicator(self.year.id, indicator, "target"),
                "target",
                tuple(
                    Related(
                        M(
                            "{name}: {value} of {whole}",
                            name=one.name,
                            value=Amount(one.allotted),
                            whole=Amount(one.of_phase),
                        ),
                        one.figures[-1].place,
                    )
                    for one in over
                ),
                counted,
            )
            return
        yield None
        mine = {f.number for f in taken if f.plan == self.year.id}
        for one in over:
            here = [f for f in one.figures if f.number in mine]
            if here:
                place = here[0].place if len(here) == 1 else keys.line_of(here[0].place)
                yield self._finding(indicator, one, place, "target", (), counted)

    def _overs(self, taken: Iterable[Figure], allotted: Iterable[Figure]) -> Iterator[_Over]:
        """Yield each unit, or one of its levels, that is allotted more than the phase allots to it."""
        if _fit(taken, allotted):
            return
        years, phase = _by_unit(taken), _by_unit(allotted)
        for unit, figures in years.items():
            if unit not in self.phase.plan.units:
                continue  # that it takes no part is told
            whole = phase.get(unit, [])
            if total(figures) > total(whole):
                yield self._over(figures, whole)
                continue
            for level in dict.fromkeys(f.level for f in figures):
                mine = [f for f in figures if f.level == level]
                theirs = [f for f in whole if f.level == level]
                split = level is not None and all(f.level is not None for f in (*figures, *whole))
                if split and total(mine) > total(theirs):
                    yield self._over(mine, theirs)

    def _over(self, mine: list[Figure], theirs: list[Figure]) -> _Over:
        first = mine[0]
        one_level = len({f.level for f in mine}) == 1
        name = Names(self.dataset).figure(first, level=one_level)
        return _Over(tuple(mine), tuple(theirs), total(mine), total(theirs), name)

    def _finding(
        self,
        indicator: str,
        over: _Over,
        place: Place,
        row: str,
        related: tuple[Related, ...],
        counted: tuple[PlanFiles, ...],
    ) -> Finding:
        units, levels = ({getattr(f, field) for f in over.figures} for field in ("unit", "level"))
        unit = next(iter(units)) if len(units) == 1 else None
        message = over.name
        if len(counted) > 1:
            message = M("{name}, years {years} together", name=over.name, years=tuple(files.id for files in counted))
        return Finding(
            rule=ABOVE_PHASE,
            message=message,
            place=place,
            action=M("Correct the year or the phase, or record the reason in exceptions.yaml"),
            plan=self.year.id,
            indicator=indicator,
            unit=unit,
            level=next(iter(levels)) if unit and len(levels) == 1 else None,
            stated=over.of_phase,
            computed=over.allotted,
            unit_of_measure=next((f.unit_of_measure for f in (*over.figures, *over.whole)), ""),
            cited=self._cited(indicator, row, *(level for level in levels if level and row == "levels")),
            excess=over.allotted - over.of_phase,
            parts=frozenset(f.number for f in (*over.figures, *over.whole)),
            related=(*related, Related(M("The phase"), keys.of_indicator(self.phase.id, indicator, row))),
        )


MOST_BY_CHANCE = 3
"""Figures above 0 that two plans may share without one being a copy."""


def _fit(taken: Iterable[Figure], allotted: Iterable[Figure]) -> bool:
    """Tell whether the years leave nothing below 0 of any cell of the phase: then no unit or level is above it."""
    left: defaultdict[tuple[str, str | None], ExactNumber] = defaultdict(int)
    for figure in allotted:
        left[figure.unit, figure.level] += figure.value
    for figure in taken:
        left[figure.unit, figure.level] -= figure.value
    return all(rest >= 0 for rest in left.values())


def _by_unit(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        found[figure.unit].append(figure)
    return found


def _unfinished(context: Context, phase: PlanFiles, years: list[PlanFiles]) -> Outcomes:
    """Yield each indicator that a phase with a plan for each of its years does not reach."""
    period = phase.plan.period
    planned = {year for files in years for year in files.plan.period.years()}
    if not planned >= set(period.years()):
        return
    indicators = context.dataset.indicators.indicators
    for indicator, whole in phase.allocations.indicators.items():
        if indicator not in indicators or indicators[indicator].aggregation.years not in COMPARED:
            continue
        _, reached = over_years(years, indicator, indicators[indicator].aggregation.years)
        if reached >= whole.amount or any((files.id, indicator) in context.unprovable for files in (*years, phase)):
            yield None
            continue
        yield Finding(
            rule=PHASE_UNFINISHED,
            message=M("{name}: what the years of the phase come to", name=indicators[indicator].short_name),
            place=keys.of_target(phase.id, indicator),
            action=M("Allot what is left, or record why the target was given up"),
            plan=phase.id,
            indicator=indicator,
            stated=whole.amount,
            computed=reached,
            unit_of_measure=next(
                (f.unit_of_measure for f in context.ledger.of(phase.id, Kind.INDICATOR, indicator)), ""
            ),
        )
