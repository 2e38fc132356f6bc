"""How a plan's allocations lie: which are split, its lines in their order, its years together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.files import PlanFiles
from d8plan.text.exact import ExactNumber


def is_split(allocation: Allocation) -> bool:
    """Tell whether an allocation is split by level: it names level totals, or most of its lines are split."""
    if allocation.levels or allocation.control:
        return True
    given = [value for value in allocation.units.values() if value is not None]
    return 2 * sum(isinstance(value, dict) for value in given) > len(given)


def stated_levels(allocation: Allocation) -> Mapping[str, ExactNumber]:
    """Return the level totals that an annex states or that we keep."""
    return {**allocation.control, **allocation.levels}


def levels_of(files: PlanFiles, allocation: Allocation) -> list[str]:
    """Return the levels by which an allocation is split, in the plan's order; those it does not know come last."""
    given = {*allocation.levels, *allocation.control}
    for line in allocation.units.values():
        given.update(line if isinstance(line, dict) else ())
    return [level for level in files.plan.levels if level in given] + sorted(given - {*files.plan.levels})


def unit_order(files: PlanFiles) -> list[str]:
    """Return the plan's units in its official order."""
    units = files.plan.units
    return sorted(units, key=lambda unit: units[unit].number)


def line_order(files: PlanFiles) -> list[str]:
    """Return the lines of a plan's allocations: its units in official order, then what is not yet allotted, if any."""
    given = files.allocations.indicators.values()
    rest = any(allocation.units.get(UNALLOTTED) is not None for allocation in given)
    return [*unit_order(files), *([UNALLOTTED] if rest else [])]


def paused(files: PlanFiles) -> frozenset[str]:
    """Return the indicators of parts that the text pauses."""
    parts = files.activities.parts.values()
    return frozenset(indicator for part in parts if part.paused for indicator in part.indicators or ())


def over_years(years: Iterable[PlanFiles], indicator: str, how: str) -> tuple[tuple[PlanFiles, ...], ExactNumber]:
    """Return the years that count for an indicator, and what their targets come to.

    ``how`` is how it is put together over years: ``sum`` counts all, ``last`` the latest that has it.
    """
    given = [files for files in years if indicator in files.allocations.indicators]
    counted = given if how == "sum" else given[-1:]
    return tuple(counted), sum(files.allocations.indicators[indicator].amount for files in counted)
