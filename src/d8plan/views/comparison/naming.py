"""What people call the things that differ."""

from __future__ import annotations

from d8plan.ledger.figures import Figure, Kind
from d8plan.models.findings import Finding
from d8plan.text.exact import ExactNumber, magnitude
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import PlanChange, VersionComparison


def names_of(comparison: VersionComparison, cell: Figure) -> tuple[str, str, str | None]:
    """Return what people call a cell's indicator, zone figure or origin, its unit or holder of money, and its level."""
    names = comparison.names(cell.plan)
    files = names.dataset.plans[cell.plan]
    unit = names.holder(files, cell.unit) if cell.kind is Kind.BUDGET else names.unit_name(cell.unit)
    return names.series(cell), unit, names.level(files, cell.level) or None


def signed(change: ExactNumber) -> Message:
    """Return a change of a number with its sign."""
    sign = "+" if change > 0 else "-" if change else ""
    return M("{sign}{amount}", sign=sign, amount=Amount(magnitude(change)))


def finding_told(finding: Finding) -> Message:
    """Return a finding in a sentence: its message and both values where it has them."""
    message = finding.message
    if finding.stated is not None and finding.computed is not None:
        stated, computed = (
            Amount(value, finding.unit_of_measure) if isinstance(value, ExactNumber) else value
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
