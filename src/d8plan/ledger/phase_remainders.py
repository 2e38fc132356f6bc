"""What a phase leaves for one of its years, once its other years have taken theirs."""

from __future__ import annotations

from collections.abc import Iterable

from d8plan.ledger.figures import Kind, total
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import COMPARED, Names
from d8plan.ledger.plans import stated_levels
from d8plan.models.allocations import Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.text.exact import ExactNumber


class Remainders:
    """Remainders of a year's phase; what a year is above its phase counts as 0."""

    def __init__(self, dataset: Dataset, ledger: Ledger, plan: str, phase: str | None) -> None:
        """Take the id of a plan of a year, written or not yet, and of its phase; its own figures are not taken out."""
        self.ledger = ledger
        self.phase = dataset.plans.get(phase or "")
        self.others = [other for other in dataset.plans.values() if other.plan.phase == phase and other.id != plan]
        self._names = Names(dataset)

    def has(self, indicator: str) -> bool:
        """Tell whether the phase says how much of an indicator is to be done."""
        whole = self._allocation(self.phase, indicator)
        return whole is not None and self._names.indicator(indicator).aggregation.years in COMPARED

    def target(self, indicator: str, level: str | None = None) -> ExactNumber | None:
        """Return what is left of the phase's target, or of its total of a level; None where it says none."""
        stated = _stated(self._allocation(self.phase, indicator), level)
        if stated is None or not self.has(indicator):
            return None
        taken = [_stated(self._allocation(other, indicator), level) for other in self._taken(indicator)]
        return max(0, stated - sum(one or 0 for one in taken))

    def of_unit(self, indicator: str, unit: str, level: str | None, beside: ExactNumber) -> ExactNumber | None:
        """Return what is left for a unit at a level; None where the phase does not have the indicator.

        ``beside`` is what this year itself gives the unit at its other levels: all levels together stay within
        what the phase gives the unit.
        """
        if self.phase is None or not self.has(indicator):
            return None
        left = self._left(indicator, unit, None) - beside
        if level is not None and self.ledger.of(self.phase.id, Kind.INDICATOR, indicator, level=level):
            left = min(left, self._left(indicator, unit, level))
        return max(0, left)

    def _left(self, indicator: str, unit: str, level: str | None) -> ExactNumber:
        assert self.phase is not None
        plans = [self.phase, *self._taken(indicator)]
        whole, *taken = (
            total(self.ledger.of(one.id, Kind.INDICATOR, indicator, level=level, units=[unit])) for one in plans
        )
        return whole - sum(taken)

    def _taken(self, indicator: str) -> Iterable[PlanFiles]:
        """Return the years whose figures count against the phase: none where the last year alone does."""
        return self.others if self._names.is_summed(Kind.INDICATOR, indicator) else ()

    def _allocation(self, files: PlanFiles | None, indicator: str) -> Allocation | None:
        return files.allocations.indicators.get(indicator) if files else None


def _stated(allocation: Allocation | None, level: str | None) -> ExactNumber | None:
    if allocation is None:
        return None
    return allocation.amount if level is None else stated_levels(allocation).get(level)
