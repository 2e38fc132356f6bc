"""One fault, one finding: totals that fail for one reason are told together.

A wrong figure makes its level total, its target and each sentence about it fail by the same
difference. Where the sums that fail by one difference share figures, the fault is among those
figures; the narrowest sum tells it, the others are named as consequences. Where a wider sum fails
by exactly what narrower ones within it add up to, it is their consequence too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from d8plan.checks.exceptions import MISMATCHED
from d8plan.findings import Finding, Related
from d8plan.ledger import Ledger
from d8plan.message import Amount, M
from d8plan.models.exceptions import ExceptionEntry


@dataclass
class _Cause:
    """Failing sums with one difference, narrowest first, and the figures they all contain."""

    shift: int
    suspects: frozenset[int]
    findings: list[Finding] = field(default_factory=list)


def join(
    ledger: Ledger, findings: list[Finding], exceptions: Mapping[tuple[str, str], ExceptionEntry]
) -> list[Finding]:
    """Return ``findings`` with each cascade of failing sums joined into one finding.

    ``exceptions`` holds every exception by plan and id: what a moved one accounts for is not new.
    """
    doubted = {(plan, entry.place) for (plan, _), entry in exceptions.items()}
    proven = {
        number
        for statement in ledger.statements
        if statement.is_sum
        and statement.stated == statement.computed
        and (statement.plan, statement.place.pointer()) not in doubted
        for number in statement.cells
    }
    sums = [finding for finding in findings if finding.summed is not None]
    causes: list[_Cause] = []
    for finding in sorted(sums, key=lambda finding: len(finding.parts)):
        shift = _shift(finding, exceptions)
        # What matters less must not stand for what matters more.
        able = [cause for cause in causes if cause.findings[0].severity.covers(finding.severity)]
        inside = [cause for cause in able if cause.suspects <= finding.parts and cause.shift != shift]
        # A cell that a holding sum contains is right: it cannot be what two failing sums share.
        alike = [cause for cause in able if cause.shift == shift and (cause.suspects & finding.parts) - proven]
        if alike:
            alike[0].findings.append(finding)
            alike[0].suspects &= finding.parts
        elif len(inside) > 1 and sum(cause.shift for cause in inside) == shift:
            inside[0].findings.append(finding)
        else:
            causes.append(_Cause(shift, finding.parts, [finding]))
    joined = [_told(ledger, cause) for cause in causes]
    for finding in findings:
        if finding.summed is not None:
            continue
        cause = next((i for i, cause in enumerate(causes) if _explains(cause, finding, exceptions)), None)
        if cause is None:
            joined.append(finding)
        else:
            joined[cause] = joined[cause]._replace(related=(*joined[cause].related, _consequence(finding)))
    return joined


def _explains(cause: _Cause, finding: Finding, exceptions: Mapping[tuple[str, str], ExceptionEntry]) -> bool:
    """Tell whether the fault of failing sums can be that of a finding that compares no sum."""
    if not cause.findings[0].severity.covers(finding.severity):
        return False
    excess = abs(_shift(finding, exceptions)) if finding.rule is MISMATCHED else finding.excess or 0
    off = 0 < excess <= abs(cause.shift) and bool(finding.parts & cause.suspects)
    return off or bool(finding.parts and finding.parts <= cause.suspects)


def _shift(finding: Finding, exceptions: Mapping[tuple[str, str], ExceptionEntry]) -> int:
    """Return by how much a sum is off, beyond what its exception accounts for."""
    shift = finding.difference or 0
    known = exceptions.get((finding.plan or "", finding.exception or ""))
    if finding.rule is MISMATCHED and known and isinstance(known.stated, int) and isinstance(known.computed, int):
        shift -= known.computed - known.stated
    return shift


def _told(ledger: Ledger, cause: _Cause) -> Finding:
    """Return the narrowest finding; with one suspect figure, at that figure."""
    first, *others = cause.findings
    related = list(first.related)
    if others and len(cause.suspects) == 1:
        figure = ledger.cells[next(iter(cause.suspects))]
        related.append(Related(M("States {value}", value=Amount(first.stated, first.unit_of_measure)), first.place))  # type: ignore[arg-type]
        first = first._replace(place=figure.place, unit=figure.unit, level=figure.level)
    related += [_consequence(other) for other in others]
    return first._replace(related=tuple(related))


def _consequence(finding: Finding) -> Related:
    return Related(M("{code} fails with it: {label}", code=finding.rule.code, label=finding.message), finding.place)
