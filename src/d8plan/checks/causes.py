"""One fault, one finding: totals that fail for one reason are told together.

A wrong figure makes its level total, its target and each sentence about it fail by the same
difference. Where the sums that fail by one difference share figures, the fault is among those
figures; the narrowest sum tells it, the others are named as consequences. Where a wider sum fails
by exactly what narrower ones within it add up to, it is their consequence too. A value that is not
the sealed one is the cause of all that fails by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from d8plan.checks.exceptions import MISMATCHED
from d8plan.checks.sealed import CHANGED, RECORD_CHANGED
from d8plan.findings import Finding, Place, Related, Severity
from d8plan.ledger import Ledger, Statement
from d8plan.message import Amount, M
from d8plan.models.exceptions import ExceptionEntry

Exceptions = Mapping[tuple[str, str], ExceptionEntry]
"""Every exception by plan and id."""


@dataclass
class _Cause:
    """Failing sums with one difference, narrowest first, and the figures they all contain."""

    shift: int
    suspects: frozenset[int]
    findings: list[Finding] = field(default_factory=list)


def join(ledger: Ledger, findings: list[Finding], exceptions: Exceptions) -> list[Finding]:
    """Return ``findings`` with each cascade of failing sums joined into one finding.

    ``exceptions`` holds every exception by plan and id: what a moved one accounts for is not new.
    """
    proven = {
        number
        for statement in sums_without_exception(ledger, exceptions)
        if statement.stated == statement.computed
        for number in statement.cells
    }
    sums = [finding for finding in findings if finding.summed is not None]
    causes: list[_Cause] = []
    for finding in sorted(sums, key=lambda finding: len(finding.parts)):
        shift = shift_of(finding, exceptions)
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


def _explains(cause: _Cause, finding: Finding, exceptions: Exceptions) -> bool:
    """Tell whether the fault of failing sums can be that of a finding that compares no sum."""
    if not cause.findings[0].severity.covers(finding.severity):
        return False
    excess = abs(shift_of(finding, exceptions)) if finding.rule is MISMATCHED else finding.excess or 0
    off = 0 < excess <= abs(cause.shift) and bool(finding.parts & cause.suspects)
    return off or bool(finding.parts and finding.parts <= cause.suspects)


def sums_without_exception(ledger: Ledger, exceptions: Exceptions) -> list[Statement]:
    """Return the statements of sums; what an exception is about proves and accuses nothing."""
    doubted = {(plan, entry.place) for (plan, _), entry in exceptions.items()}
    return [one for one in ledger.statements if one.is_sum and (one.plan, one.place.pointer()) not in doubted]


def shift_of(finding: Finding, exceptions: Exceptions) -> int:
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
        first = first._replace(place=figure.place, unit=figure.body, level=figure.level)
    related += [_consequence(other) for other in others]
    return first._replace(related=tuple(related))


def _consequence(finding: Finding) -> Related:
    return Related(M("{code} fails with it: {label}", code=finding.rule.code, label=finding.message), finding.place)


def join_changes(findings: Iterable[Finding], ledger: Ledger) -> list[Finding]:
    """Return all findings; what a changed value has brought about is told with it, once.

    An id that is wrong is the cause of what then differs from the seal; a value that was changed
    is the cause of every sum that fails by it.
    """
    found = list(findings)
    causes = [finding for finding in found if finding.rule in (CHANGED, RECORD_CHANGED)]
    others = [finding for finding in found if finding.rule not in (CHANGED, RECORD_CHANGED)]
    kept = []
    by_place = {cell.place: cell.number for cell in ledger.cells}
    for finding in others:
        if finding.rule.code[0] == "R":
            gone = [cause for cause in causes if _is_slip_of(cause.place, finding.place)]
            causes = [cause for cause in causes if cause not in gone]
            related = tuple(
                Related(M("It differs from the seal: {label}", label=one.message), one.place) for one in gone
            )
            kept.append(finding._replace(related=(*finding.related, *related)))
            continue
        near = [i for i, cause in enumerate(causes) if _touch(cause.place, finding.place)]
        near += [i for i, cause in enumerate(causes) if by_place.get(cause.place) in finding.parts]
        if not near or finding.severity is not Severity.ERROR or finding.rule.code[0] == "L":
            kept.append(finding)
            continue
        cause = causes[near[0]]
        causes[near[0]] = cause._replace(
            related=(*cause.related, _consequence(finding), *finding.related),
            indicator=cause.indicator or finding.indicator,
            level=cause.level or finding.level,
        )
    return [*kept, *causes]


def _is_slip_of(changed: Place, wrong: Place) -> bool:
    """Tell whether an id that is wrong at one place explains a change at another: one gone, one new."""
    if wrong.file != changed.file:
        return False
    return wrong.keys == changed.keys or (
        changed.of_key and (wrong.keys[:-1] == changed.keys[:-1] or _touch(wrong, changed))
    )


def _touch(one: Place, other: Place) -> bool:
    """Tell whether one place is the other, or inside it."""
    shared = min(len(one.keys), len(other.keys))
    return one.file == other.file and shared > 0 and one.keys[:shared] == other.keys[:shared]
