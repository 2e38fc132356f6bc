"""What several formats of ``validate`` say alike."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.models.findings import Finding, Located, Severity, citation, difference
from d8plan.render.outcome import Outcome
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message

_LABELS = {"L": (M("Sealed"), M("Now")), "P": (M("By the phase"), M("By the year"))}
"""What the two values of a finding are, where no document states one and figures give the other."""
OK, NOT_OK, NOT_READ = M("OK"), M("NOT OK"), M("NOT READ")


class Tally(NamedTuple):
    """Counts of one folder, or of several together."""

    folders: int = 0
    unread: int = 0
    checks: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    known: int = 0
    left_out: int = 0

    def plus(self, other: Tally) -> Tally:
        """Return the counts of both together."""
        return Tally(*(mine + its for mine, its in zip(self, other, strict=True)))


def tally(outcome: Outcome) -> Tally:
    """Return the counts of a folder."""
    return Tally(
        folders=1,
        checks=outcome.checks,
        errors=outcome.count(Severity.ERROR),
        warnings=outcome.count(Severity.WARNING),
        infos=outcome.count(Severity.INFO),
        known=len(outcome.accepted),
        left_out=outcome.left_out,
    )


def counts(found: Tally) -> tuple[Message, ...]:
    """Return counts for people: of warnings and what is known only where there are any."""
    optional = (
        (M("warnings: {count}"), found.warnings),
        (M("information: {count}"), found.infos),
        (M("known exceptions: {count}"), found.known),
        (M("folders not read: {count}"), found.unread),
    )
    return (
        M("{count} checks", count=Amount(found.checks)),
        M("errors: {count}", count=Amount(found.errors)),
        *(told._replace(values=(("count", Amount(count)),)) for told, count in optional if count),
    )


def left_out(count: int) -> Message:
    """Return what tells that findings were found and are not shown."""
    return M("Findings of rules not asked for are left out: {count}", count=Amount(count))


def not_counted(file: str) -> Message:
    """Return what tells that the counts lack what a file holds."""
    return M("Not counted, for the file cannot be read: {file}", file=file)


def values(finding: Finding, language: Language) -> list[tuple[str, str]]:
    """Return what is stated, computed and between them, each with its label; nothing for what is not given."""
    labels = _LABELS.get(finding.rule.code[0], (M("Stated"), M("Computed")))
    shown = [
        (language.say(label), value(given, finding.unit_of_measure, language))
        for label, given in zip(labels, (finding.stated, finding.computed), strict=True)
        if given is not None
    ]
    if finding.difference is not None:
        shown.append((language.say(M("Difference")), language.say(difference(finding))))
    return shown


def value(given: int | str, measure: str, language: Language) -> str:
    """Return a stated or computed value, text as it stands."""
    return language.amount(Amount(given, measure)) if isinstance(given, int) else language.show(given)


def told(item: Located, language: Language, reason: str = "") -> list[str]:
    """Return a finding in lines without layout: message, values, citation, then what to do or why it is accepted."""
    finding = item.finding
    lines = [language.say(finding.message)]
    lines += [f"{label}: {shown}" for label, shown in values(finding, language)]
    if finding.cited:
        lines.append(language.say(citation(finding.cited)))
    lines.append(language.say(M("Reason: {reason}", reason=reason)) if reason else language.say(finding.action))
    return lines
