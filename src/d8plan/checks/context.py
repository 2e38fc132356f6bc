"""What a check is given, and what it gives back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from d8plan.ledger.build import Unprovable
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding


class Context(NamedTuple):
    """The data folder and its ledger."""

    dataset: Dataset
    ledger: Ledger
    today: datetime.date
    whole: bool
    """Whether all data could be used; else a statement that is not there may only be unread."""
    unprovable: Unprovable
    """What another finding shows to be incomplete."""

    @property
    def names(self) -> Names:
        """What everything is called."""
        return Names(self.dataset)


class Result(NamedTuple):
    """Findings of a check, and how many comparisons it made."""

    findings: list[Finding]
    made: int


def collect(outcomes: Iterable[Finding | None]) -> Result:
    """Return the findings among ``outcomes``, one outcome a comparison: None where it held."""
    findings, made = [], 0
    for outcome in outcomes:
        made += 1
        if outcome is not None:
            findings.append(outcome)
    return Result(findings, made)


Outcomes = Iterator[Finding | None]
