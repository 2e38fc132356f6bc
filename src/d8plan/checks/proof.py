"""How much of the data was proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from d8plan.ledger import Ledger, Source, Unread


class Proof(NamedTuple):
    """Counts of figures and statements, in all and proven."""

    figures: int
    figures_proven: int
    """Figures that some total that holds contains."""
    statements: int
    """Numbers and lists of units that documents state."""
    statements_proven: int
    controls: int
    """Control totals, which no document states."""
    controls_proven: int


def count(ledger: Ledger, plans: Collection[str]) -> Proof:
    """Return the counts for plans."""
    figures = [figure for figure in ledger.figures if figure.plan in plans]
    stated = [item for item in ledger.statements if item.plan in plans]
    named = [item for item in ledger.named_units if item.plan in plans]
    holding = [item for item in stated if item.stated == item.computed]
    covered = {
        figure.number for item in holding if item.is_sum or item.source is Source.RATE for figure in item.figures
    }
    controls = [item for item in stated if item.cited is None]
    named_holding = sum(1 for item in named if set(item.stated) == set(item.computed))
    controls_holding = sum(1 for item in controls if item.stated == item.computed)
    unread = Counter({kind: sum(ledger.unread.get((plan, kind), 0) for plan in plans) for kind in Unread})
    return Proof(
        figures=len(figures) + unread[Unread.FIGURE],
        figures_proven=sum(1 for figure in figures if figure.number in covered),
        statements=len(stated) - len(controls) + len(named) + unread[Unread.STATEMENT],
        statements_proven=len(holding) - controls_holding + named_holding,
        controls=len(controls) + unread[Unread.CONTROL],
        controls_proven=controls_holding,
    )
