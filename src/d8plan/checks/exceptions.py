"""Known faults: an exception covers a finding only with exactly its values (X)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from d8plan.checks import phases
from d8plan.checks.context import Context
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import UnreadException
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.text.message import M
from d8plan.text.names import nearest

STALE = Rule("X001", "exception-stale", M("exception that covers nothing"))
"""Each exception covers a finding: its rule fails at its place.

Why: An exception that is left behind after the text was corrected would hide the next fault at that place.

Mend: Delete it where the fault is mended. Where it was meant for another finding, correct its code and place.
"""

EXPIRED = Rule("X002", "exception-expired", M("exception that has expired"))
"""No exception covers anything after the last day that it gives under “expires”.

Why: Such a day is set so that somebody looks again, for instance when the issuer has promised a correction.

Mend: Correct the text or the figures if the correction has come. Else set a later day, and say in the reason why.
"""

MISMATCHED = Rule("X003", "exception-mismatched", M("exception whose values have moved"))
"""An exception's stated and computed values are exactly those of the finding at its place.

Why: A difference was accepted with its reason. Another difference is another fault, and nobody has accepted it.

Mend: Correct the figure or the total that moved. Where the new difference is the right one, record its values in
exceptions.yaml, with a reason that explains them.
"""

UNKNOWN_CODE = Rule("X004", "exception-unknown-code", M("exception for a rule that does not exist"))
"""An exception's code is that of a rule whose findings an exception can cover: one that compares a stated value
with a computed one.

Why: An exception for another code covers nothing, yet reads as if something had been accepted.

Mend: Copy the code from the finding. What an exception cannot cover must be corrected.
"""


UNKNOWN_SEVERITY = Rule("X005", "severity-unknown-code", M("severity for a rule that does not exist"))
"""Each code under `severities` of plan.yaml is that of a rule whose severity a plan may set: of the families A, Z,
B, P, S and Q.

Why: what cannot be read or followed, and a change of what was sealed, must not be made to matter less; and a code
that names nothing changes nothing, while whoever wrote it believes that it does.

Mend: use the code that the finding shows, or delete the entry.
"""


class KnownException(NamedTuple):
    """An exception and where it stands."""

    id: str
    plan: str
    place: Place
    entry: ExceptionEntry


class Applied(NamedTuple):
    """Findings that stand, and those that exceptions cover."""

    open: list[Finding]
    covered: list[Finding]


def known_exceptions(context: Context) -> list[KnownException]:
    """Return every exception of every plan."""
    return [
        KnownException(key, files.id, files.place("exceptions.yaml", "exceptions", key), entry)
        for files in context.dataset.plans.values()
        for key, entry in files.exceptions.exceptions.items()
    ]


def apply(context: Context, findings: list[Finding], codes: Mapping[str, Rule], *, strict: bool) -> Applied:
    """Set exceptions against findings; ``codes`` holds the rules that an exception can cover.

    A finding whose exception has moved or expired is told as that; with ``strict`` no exception
    covers anything, but the finding still names it.
    """
    by_place: defaultdict[tuple[str, str, str], list[KnownException]] = defaultdict(list)
    every = known_exceptions(context)
    for known in every:
        by_place[known.plan, known.entry.code, known.entry.place].append(known)
    used: set[tuple[str, str]] = set()
    applied = Applied([], [])
    for finding in findings:
        if any(_is_about(unread, finding) for unread in context.dataset.unread_exceptions):
            continue  # that its exception cannot be read is the finding
        entries = by_place.get((finding.plan or "", finding.rule.code, finding.place.pointer()))
        if not entries:
            applied.open.append(finding)
            continue
        known = min(entries, key=lambda known: _distance(known.entry, finding))
        used.add((known.plan, known.id))
        entry = known.entry
        if _distance(entry, finding):
            applied.open.append(_moved(finding, known))
        elif entry.expires and context.today > entry.expires:
            applied.open.append(_expired(finding, known))
        elif strict:
            applied.open.append(finding._replace(exception=known.id))
        else:
            applied.covered.append(finding._replace(exception=known.id, severity=Severity.INFO))
    judged = _judged(context)
    for known in every:
        if (known.plan, known.id) in used:
            continue
        astray = _astray(known, applied.open)
        if known.entry.code not in codes:
            applied.open.append(_unknown_code(known, codes))
        elif astray or _is_judged(context, known, judged):
            applied.open.append(_stale(known, astray))
        if astray:
            applied.open.remove(astray)
    return applied


def severities(context: Context, codes: Collection[str]) -> Iterator[Finding | None]:
    """Yield a finding for each severity that a plan sets for a rule that is not among ``codes``."""
    for files in context.dataset.plans.values():
        for code in files.plan.severities:
            if code in codes:
                yield None
                continue
            close = nearest(code, codes)
            yield Finding(
                rule=UNKNOWN_SEVERITY,
                message=M("There is no rule {code} whose severity a plan can set", code=code),
                place=files.place("plan.yaml", "severities", code, of_key=True),
                action=M("Did you mean “{id}”?", id=close[0]) if close else M("Delete the entry"),
                plan=files.id,
            )


def _is_about(unread: UnreadException, finding: Finding) -> bool:
    """Tell whether an exception that cannot be used must be about a finding."""
    if unread.plan != finding.plan:
        return False
    return unread.place == finding.place.pointer() or (
        unread.code == finding.rule.code and unread.stated == str(finding.stated)
    )


def _distance(entry: ExceptionEntry, finding: Finding) -> int:
    """Return how many of an exception's values are not the finding's."""
    return (entry.stated != finding.stated) + (entry.computed != finding.computed)


def _astray(known: KnownException, findings: list[Finding]) -> Finding | None:
    """Return the finding that an exception must be about, had it the right code and place."""
    entry = known.entry
    return next(
        (
            finding
            for finding in findings
            if finding.plan == known.plan
            and finding.exception is None
            and not _distance(entry, finding)
            and (entry.code == finding.rule.code or entry.place == finding.place.pointer())
        ),
        None,
    )


def _judged(context: Context) -> set[tuple[str, str, str]]:
    """Return plan, family of rules and pointer of every stated value that was compared with figures."""
    places = [
        (item.plan, place)
        for item in context.ledger.statements
        for place in (item.place, item.measure_place if item.unit_of_measure else None)
        if place is not None
    ]
    places += [(item.plan, item.place) for item in context.ledger.named_units]
    return {(plan, family, place.pointer()) for plan, place in places for family in "AZBS"}


def _is_judged(context: Context, known: KnownException, judged: set[tuple[str, str, str]]) -> bool:
    """Tell whether what an exception is about was compared, so that it is stale where nothing was found."""
    family = known.entry.code[0]
    if family == "P":
        files = context.dataset.plans[known.plan]
        compared = files.plan.phase is None or any(pair.year is files for pair in phases.pairs(context.dataset))
        return context.whole and compared
    return context.whole or (known.plan, family, known.entry.place) in judged


def _moved(finding: Finding, known: KnownException) -> Finding:
    return finding._replace(
        rule=MISMATCHED,
        action=M("Correct the figures, or record the new values in exceptions.yaml with a reason"),
        exception=known.id,
        related=(Related(M("The exception “{id}” records other values", id=known.id), known.place),),
    )


def _expired(finding: Finding, known: KnownException) -> Finding:
    return finding._replace(
        rule=EXPIRED,
        place=known.place.below("expires"),
        action=M("Correct the text or the figures, or extend the exception with a reason"),
        exception=known.id,
        related=(Related(M("It covers {code} here", code=known.entry.code), finding.place),),
    )


def _stale(known: KnownException, astray: Finding | None) -> Finding:
    action = M("Delete the exception, or correct its code and place")
    if astray:
        place = astray.place.pointer()
        action = M("{code} at {place} has its values: correct its code and place", code=astray.rule.code, place=place)
    return Finding(
        rule=STALE,
        message=M("No {code} is found at {place}", code=known.entry.code, place=known.entry.place),
        place=known.place.key(),
        action=action,
        plan=known.plan,
        exception=known.id,
        related=(Related(M("It may be meant for this"), astray.place),) if astray else (),
    )


def _unknown_code(known: KnownException, codes: Mapping[str, Rule]) -> Finding:
    return Finding(
        rule=UNKNOWN_CODE,
        message=M("There is no rule {code} that an exception can cover", code=known.entry.code),
        place=known.place.below("code"),
        action=M("Use the code that the finding shows: {codes}", codes=", ".join(sorted(codes))),
        plan=known.plan,
        exception=known.id,
    )
