"""What ``validate`` found, ready to be rendered in any format."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.checks.proof import Proof
from d8plan.findings import Cited, Located, Severity


class PlanLine(NamedTuple):
    """A plan in the overview."""

    id: str
    title: str
    document: str
    proof: Proof


class Accepted(NamedTuple):
    """A known exception: its finding, its reason, and who answers for it."""

    located: Located
    reason: str
    cited: Cited
    owner: str


class Outcome(NamedTuple):
    """Everything ``validate`` tells."""

    strict: bool
    checks: int
    proof: Proof
    plans: tuple[PlanLine, ...]
    findings: tuple[Located, ...]
    accepted: tuple[Accepted, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: no finding is an error."""
        return not any(item.finding.severity is Severity.ERROR for item in self.findings)
