"""What ``validate`` found, ready to be rendered in any format."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.ledger.proof import Proof
from d8plan.models.files import PlanState
from d8plan.models.findings import Cited, Located, Rule, Severity
from d8plan.text.message import Message


class PlanLine(NamedTuple):
    """A plan in the overview."""

    id: str
    title: str
    document: str
    proof: Proof
    state: PlanState


class Accepted(NamedTuple):
    """A known exception: its finding, its reason, and who answers for it."""

    located: Located
    reason: str
    cited: Cited
    owner: str


class Outcome(NamedTuple):
    """Everything ``validate`` tells of one data folder."""

    folder: str
    """As the user would type it, fit to be shown."""
    catalogue: dict[str, Rule]
    """Every rule that was asked for."""
    strict: bool
    checks: int
    proof: Proof
    plans: tuple[PlanLine, ...]
    findings: tuple[Located, ...]
    accepted: tuple[Accepted, ...]
    left_out: int
    """Findings of rules that were not asked for."""
    uncounted: tuple[str, ...] = ()
    """Files that could not be read at all: their figures and statements are in no count."""

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(located.finding.severity is severity for located in self.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: no finding is an error; with strict, none a warning either."""
        return not self.failing

    @property
    def failing(self) -> tuple[Located, ...]:
        """Findings that make ``validate`` fail."""
        return tuple(located for located in self.findings if self.fails(located.finding.severity))

    def fails(self, severity: Severity) -> bool:
        """Tell whether findings of a severity make ``validate`` fail."""
        return severity is Severity.ERROR or (self.strict and severity is Severity.WARNING)


class UnreadFolder(NamedTuple):
    """A data folder that could not be read."""

    folder: str
    """As the user would type it, fit to be shown."""
    reason: Message
    action: Message | None

    @property
    def ok(self) -> bool:
        """Never: nobody knows whether something is wrong."""
        return False
