"""What people call the things that differ."""

from __future__ import annotations

from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import Version


def figure_name(old: Version, new: Version, cell: Figure) -> Message:
    """Return what people call a cell, in the words of the newer version where it knows it."""
    return Names(holding(old, new, cell.plan)).figure(cell)


def parts_of(old: Version, new: Version, cell: Figure) -> tuple[str, str, str]:
    """Return the names of a cell's indicator, unit and level; of the level nothing where there is none."""
    dataset = holding(old, new, cell.plan)
    files = dataset.plans[cell.plan]
    holders = files.budget.holders if cell.kind is Kind.BUDGET else {}
    units = dataset.units.units
    named = holders.get(cell.unit) or units.get(cell.unit)
    level = files.plan.levels.get(cell.level or "")
    return Names(dataset).series(cell), named.name if named else cell.unit, level.name if level else cell.level or ""


def holding(old: Version, new: Version, plan: str) -> Dataset:
    """Return the newer data that has a plan, whose words name things."""
    return new.dataset if plan in new.dataset.plans else old.dataset


def signed(change: int) -> Message:
    """Return a change of a number with its sign."""
    sign = "+" if change > 0 else "-" if change else ""
    return M("{sign}{amount}", sign=sign, amount=Amount(abs(change)))


def told(finding: Finding) -> Message:
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


def as_text(value: object) -> str | None:
    """Return a plain value for people, whole numbers as the data has them; None where there is none."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
