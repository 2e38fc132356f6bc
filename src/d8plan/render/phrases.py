"""What several formats of ``validate`` say alike."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.ledger.proof import Proof
from d8plan.models.findings import Finding, Located, Severity, citation, difference
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.text.exact import ExactNumber
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message

_LABELS = {"L": (M("Sealed"), M("Now")), "P": (M("By the phase"), M("By the year"))}
"""What the two values of a finding are, where no document states one and figures give the other."""
VERDICTS = OK, NOT_OK, NOT_READ = M("OK"), M("NOT OK"), M("NOT READ")


class Tally(NamedTuple):
    """Counts of one folder, or of several together."""

    folders: int = 0
    unread: int = 0
    failed: int = 0
    """Folders that could be read and are not in order."""
    checks: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    known: int = 0
    left_out: int = 0

    @classmethod
    def of(cls, judged: Outcome | UnreadFolder) -> Tally:
        """Return the counts of a folder."""
        if isinstance(judged, UnreadFolder):
            return cls(folders=1, unread=1)
        return cls(
            folders=1,
            failed=not judged.ok,
            checks=judged.checks,
            errors=judged.count(Severity.ERROR),
            warnings=judged.count(Severity.WARNING),
            infos=judged.count(Severity.INFO),
            known=len(judged.accepted),
            left_out=judged.left_out,
        )

    def plus(self, other: Tally) -> Tally:
        """Return the counts of both together."""
        return Tally(*(mine + its for mine, its in zip(self, other, strict=True)))

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong in any folder, and each could be read."""
        return not self.failed and not self.unread


def verdict(judged: Outcome | UnreadFolder | Tally) -> Message:
    """Return whether all is well, in a word or two."""
    return NOT_READ if isinstance(judged, UnreadFolder) else OK if judged.ok else NOT_OK


def proven_of_total(proof: Proof) -> tuple[tuple[int, int], ...]:
    """Return how many figures, statements and control totals are proven, and how many there are of each."""
    return (
        (proof.figures_proven, proof.figures),
        (proof.statements_proven, proof.statements),
        (proof.controls_proven, proof.controls),
    )


def counts(tally: Tally) -> tuple[Message, ...]:
    """Return counts for people: of warnings and what is known only where there are any."""
    optional = (
        (M("warnings: {count}"), tally.warnings),
        (M("information: {count}"), tally.infos),
        (M("known exceptions: {count}"), tally.known),
        (M("folders not read: {count}"), tally.unread),
    )
    return (
        M("{count} checks", count=Amount(tally.checks)),
        M("errors: {count}", count=Amount(tally.errors)),
        *(template._replace(values=(("count", Amount(count)),)) for template, count in optional if count),
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


def value(given: ExactNumber | str, measure: str, language: Language) -> str:
    """Return a stated or computed value, text as it stands."""
    return language.amount(Amount(given, measure)) if isinstance(given, ExactNumber) else language.show(given)


def finding_lines(located: Located, language: Language, reason: str = "") -> list[str]:
    """Return a finding in lines without layout: message, values, citation, then what to do or why it is accepted."""
    finding = located.finding
    lines = [language.say(finding.message)]
    lines += [f"{label}: {shown}" for label, shown in values(finding, language)]
    if finding.cited:
        lines.append(language.say(citation(finding.cited)))
    lines.append(language.say(M("Reason: {reason}", reason=reason)) if reason else language.say(finding.action))
    return lines
