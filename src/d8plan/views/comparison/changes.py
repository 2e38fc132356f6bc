"""What differs between two versions of a data folder, as plain values."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from d8plan.checks import Report
from d8plan.ledger.figures import Figure
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Statement
from d8plan.models.files import Dataset, PlanState
from d8plan.models.findings import Finding
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message


class Version(NamedTuple):
    """A data folder as it is or was, and what checks find in it."""

    dataset: Dataset
    report: Report
    name: Message = Message("")
    """What people call it."""


class ChangeState(StrEnum):
    """What became of a value."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @classmethod
    def of(cls, *, was_there: bool, is_there: bool) -> ChangeState:
        """Return the state of a value that differs."""
        return cls.CHANGED if was_there and is_there else cls.REMOVED if was_there else cls.ADDED

    @property
    def label(self) -> Message:
        """What people call it."""
        return _LABELS[self]


_LABELS = {ChangeState.ADDED: M("added"), ChangeState.REMOVED: M("removed"), ChangeState.CHANGED: M("changed")}


class FigureChange(NamedTuple):
    """A figure that is another one, or was or is not there."""

    state: ChangeState
    cell: Figure
    """The cell of the newer version; of the older where the newer has no figure."""
    old: ExactNumber | None
    """None where the cell was empty or absent."""
    new: ExactNumber | None
    """None where the cell is empty or absent."""

    @property
    def change(self) -> ExactNumber:
        """By how much it rises; a cell without a figure counts nothing."""
        return (self.new or 0) - (self.old or 0)


class TotalChange(NamedTuple):
    """A stated total of which the stated or the computed number is another one."""

    statement: Statement
    """Of the newer version; of the older where the newer has it no more or cannot prove it."""
    stated_old: ExactNumber | None
    """None where nothing was stated."""
    stated_new: ExactNumber | None
    """None where nothing is stated."""
    computed_old: ExactNumber | None
    """None where nothing was stated, or the figures could not be summed."""
    computed_new: ExactNumber | None
    """None where nothing is stated, or the figures cannot be summed."""

    @property
    def agreed(self) -> bool:
        """Whether what is stated follows from the figures in both versions."""
        return (self.stated_old, self.stated_new) == (self.computed_old, self.computed_new)

    @property
    def differences(self) -> tuple[ExactNumber | None, ExactNumber | None]:
        """Computed less stated, before and after; None where either is missing."""
        return rise(self.stated_old, self.computed_old), rise(self.stated_new, self.computed_new)


def rise(first: ExactNumber | None, second: ExactNumber | None) -> ExactNumber | None:
    """Return by how much the second number is higher; None where either is missing."""
    return None if first is None or second is None else second - first


class ValueKind(StrEnum):
    """What a value belongs to, where it is neither a figure nor a stated total."""

    STATEMENT = "statement"
    EXCEPTION = "exception"
    OTHER = "other"


class ValueChange(NamedTuple):
    """Any other value that differs: plain text, number, list; None where there is none.

    Told by entry, it is all that differs in an entry, as text.
    """

    state: ChangeState
    kind: ValueKind
    plan: str | None
    """None for what all plans share."""
    place: Place
    old: Any
    new: Any


class PlanChange(NamedTuple):
    """A plan that was added or removed, or whose seal is another one."""

    plan: str
    old: PlanState | None
    """None where the plan was not there."""
    new: PlanState | None
    """None where the plan is not there."""
    resealed: bool = False
    """Whether it was sealed before and after, with different seals."""

    @property
    def is_whole(self) -> bool:
        """Whether all of the plan was added or removed."""
        return self.old is None or self.new is None


class VersionComparison(NamedTuple):
    """All that differs between two versions, in the order of the plans."""

    old: Version
    new: Version
    figures: tuple[FigureChange, ...]
    totals: tuple[TotalChange, ...]
    values: tuple[ValueChange, ...]
    new_findings: tuple[Finding, ...]
    """Those that exceptions cover are among them: they keep the exception's id."""
    gone_findings: tuple[Finding, ...]
    plans: tuple[PlanChange, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any((self.figures, self.totals, self.values, self.new_findings, self.gone_findings, self.plans))

    @property
    def concerned(self) -> tuple[str, ...]:
        """The plans in which something but their seals differs, in order."""
        plans = (
            *(change.cell.plan for change in self.figures),
            *(change.statement.plan for change in self.totals),
            *(finding.plan for finding in (*self.new_findings, *self.gone_findings)),
            *(change.plan for change in self.values),
        )
        return tuple(dict.fromkeys(plan for plan in plans if plan is not None))

    def names(self, plan: str) -> Names:
        """Return the names of the newer data that has a plan."""
        return Names(self.new.dataset if plan in self.new.dataset.plans else self.old.dataset)
