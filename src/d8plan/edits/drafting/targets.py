"""Targets that are proposed for a new plan: what its phase still leaves, else those of the plan before."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from d8plan.edits.apportion import apportion
from d8plan.ledger.figures import Kind, percent
from d8plan.ledger.names import Names
from d8plan.ledger.phase_remainders import Remainders
from d8plan.ledger.plans import is_split, stated_levels
from d8plan.models.allocations import Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message


class Target(NamedTuple):
    """A target that is proposed."""

    indicator: str
    value: ExactNumber
    levels: dict[str, ExactNumber]
    """Totals of the levels; empty where it is not split."""
    sums: bool
    """Whether units' figures add up to it."""
    reason: Message
    """What it follows from."""


def matched_levels(old: list[str], new: list[str]) -> dict[str, str]:
    """Return the old level by each new one that goes on from it: the same id, else the same place of as many."""
    found = {level: level for level in new if level in old}
    if len(old) == len(new):
        found |= {now: before for now, before in zip(new, old, strict=True) if now not in found and before not in new}
    return {level: found[level] for level in new if level in found}


def proposed(
    dataset: Dataset, source: PlanFiles, remainders: Remainders, levels: Mapping[str, str]
) -> tuple[Target, ...]:
    """Return a target for each indicator of ``source``; ``levels`` is what ``matched_levels`` gives.

    Targets are those that the phase leaves, else those of ``source``. Levels sum to them.
    """
    proposing = _Proposing(dataset, source, remainders, levels)
    given = source.allocations.indicators
    # Rates follow from their numerators and denominators.
    for key in sorted(given, key=proposing.is_rate):
        proposing.add(key, given[key])
    return tuple(proposing.made[key] for key in given)


class _Proposing:
    def __init__(self, dataset: Dataset, source: PlanFiles, remainders: Remainders, levels: Mapping[str, str]) -> None:
        self.names = Names(dataset)
        self.source, self.remainders, self.levels = source, remainders, levels
        self.made: dict[str, Target] = {}

    def is_rate(self, indicator: str) -> bool:
        """Tell whether an indicator is a rate of two others."""
        return self.names.indicator(indicator).aggregation.units == "rate"

    def add(self, indicator: str, old: Allocation) -> None:
        """Propose a target for an indicator."""
        if self.names.adds(indicator):
            self.made[indicator] = self._sum(indicator, old)
        elif self.is_rate(indicator):
            self.made[indicator] = self._rate(indicator, old)
        else:
            own = {now: old.levels[before] for now, before in self.levels.items() if before in old.levels}
            self.made[indicator] = Target(indicator, old.amount, own, sums=False, reason=self._own(old))

    def _own(self, old: Allocation) -> Message:
        return M("{amount} of {plan}", amount=Amount(old.amount), plan=self.source.id)

    def _sum(self, indicator: str, old: Allocation) -> Target:
        left = self.remainders.target(indicator)
        target = old.amount if left is None else left
        reason = self._own(old) if left is None else self._left(indicator)
        return Target(indicator, target, self._split(indicator, old, target, left is not None), True, reason)

    def _left(self, indicator: str) -> Message:
        """Say how a phase leaves what it leaves."""
        phase = self.remainders.phase
        assert phase is not None
        whole = M("{amount} of {plan}", amount=Amount(phase.allocations.indicators[indicator].amount), plan=phase.id)
        taken = [
            M("{amount} of {plan}", amount=Amount(other.allocations.indicators[indicator].amount), plan=other.id)
            for other in self.remainders.others
            if indicator in other.allocations.indicators
        ]
        if not taken or not self.names.is_summed(Kind.INDICATOR, indicator):
            return whole
        return M("{whole}, less {taken}", whole=whole, taken=tuple(taken))

    def _split(self, indicator: str, old: Allocation, target: ExactNumber, by_phase: bool) -> dict[str, ExactNumber]:
        """Return the target by level, summing to it; none where the old plan's is not, or its levels are gone."""
        stated = stated_levels(old)
        if not is_split(old) or not set(stated) <= set(self.levels.values()):
            return {}
        before = {now: old_level for now, old_level in self.levels.items() if old_level in stated}
        amounts = {now: stated[level] for now, level in before.items()}
        if by_phase:
            left = {now: self._left_at(indicator, now, level) for now, level in before.items()}
            if None not in left.values():
                amounts = {now: amount or 0 for now, amount in left.items()}
        if sum(amounts.values()) == target:
            return amounts
        some = any(amounts.values())
        weights = {now: Fraction(amount if some else 1) for now, amount in amounts.items()}
        return {
            now: share.value
            for now, share in apportion(target, weights, {}, self.names.decimals(indicator)).shares.items()
        }

    def _left_at(self, indicator: str, now: str, before: str) -> ExactNumber | None:
        """Return what the phase leaves at a level, under its new id or the one before."""
        left = self.remainders.target(indicator, now)
        return self.remainders.target(indicator, before) if left is None else left

    def _rate(self, indicator: str, old: Allocation) -> Target:
        """Return a rate as its proposed numerator and denominator give it, else the old plan's."""
        above, below = (self.made.get(part) for part in self.names.rate(indicator) or ("", ""))
        if above is None or below is None or not below.value:
            return Target(indicator, old.amount, {}, sums=False, reason=self._own(old))
        how = self.names.rounding(indicator)
        levels = {}
        if is_split(old) and above.levels and below.levels:
            # Of a level with nothing below the line nothing follows.
            levels = {
                level: percent(above.levels.get(level, 0), amount, how) if amount else 0
                for level, amount in below.levels.items()
            }
        reason = M("{above} of {below}", above=Amount(above.value), below=Amount(below.value))
        return Target(indicator, percent(above.value, below.value, how), levels, sums=False, reason=reason)
