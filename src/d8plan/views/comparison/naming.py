"""What people call the things that differ."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import PlanChange, Version


class CellNames(NamedTuple):
    """The names of what a cell is of."""

    series: str
    """Of the indicator, zone figure or origin of money."""
    unit: str
    """Of the unit, or of the holder of money."""
    level: str | None


def names_of(old: Version, new: Version, cell: Figure) -> CellNames:
    """Return what people call a cell, in the words of the newer version where it knows the plan."""
    dataset = naming_dataset(old, new, cell.plan)
    files = dataset.plans[cell.plan]
    holders = files.budget.holders if files.budget and cell.kind is Kind.BUDGET else {}
    units = dataset.units.units
    named = holders.get(cell.unit) or units.get(cell.unit)
    level = files.plan.levels.get(cell.level or "")
    return CellNames(
        Names(dataset).series(cell), named.name if named else cell.unit, level.name if level else cell.level
    )


def naming_dataset(old: Version, new: Version, plan: str) -> Dataset:
    """Return the newer data that has a plan, whose words name things."""
    return new.dataset if plan in new.dataset.plans else old.dataset


def signed(change: int) -> Message:
    """Return a change of a number with its sign."""
    sign = "+" if change > 0 else "-" if change else ""
    return M("{sign}{amount}", sign=sign, amount=Amount(abs(change)))


def finding_told(finding: Finding) -> Message:
    """Return a finding in a sentence: its message and both values where it has them."""
    message = finding.message
    if finding.stated is not None and finding.computed is not None:
        stated, computed = (
            Amount(value, finding.unit_of_measure) if isinstance(value, int) else value
            for value in (finding.stated, finding.computed)
        )
        both = M("Stated {stated}, computed {computed}", stated=stated, computed=computed)
        message = M("{label}: {reason}", label=message, reason=both)
    if finding.exception:
        message = M("{text} (exception “{id}”)", text=message, id=finding.exception)
    return message


def plan_told(change: PlanChange) -> Message:
    """Return what became of a plan: added, removed, or of which state it was and is."""
    if change.old is None or change.new is None:
        return M("added as a whole") if change.old is None else M("removed as a whole")
    if change.old is change.new:
        return M("sealed anew")
    return M("{old} → {new}", old=change.old.label, new=change.new.label)
