"""What ``validate`` found, ready to be rendered in any format."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from d8plan.checks.proof import Proof
from d8plan.findings import Cited, Located, Rule, Severity


class State(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    ISSUED = "issued"
    AMENDED = "amended"


class PlanLine(NamedTuple):
    """A plan in the overview."""

    id: str
    title: str
    document: str
    proof: Proof
    state: State


class Accepted(NamedTuple):
    """A known exception: its finding, its reason, and who answers for it."""

    located: Located
    reason: str
    cited: Cited
    owner: str


class Outcome(NamedTuple):
    """Everything ``validate`` tells of one data folder."""

    folder: str
    """As the user would type it."""
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

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(item.finding.severity is severity for item in self.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: no finding is an error; with strict, none a warning either."""
        return not self.count(Severity.ERROR) and not (self.strict and self.count(Severity.WARNING))
