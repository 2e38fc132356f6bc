"""How much of the data was proven."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from d8plan.ledger.figures import Figure
from d8plan.ledger.ledger import Ledger, UnreadKind
from d8plan.ledger.statements import NamedUnits, Source, Statement


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


class Proofs:
    """Counts what is proven, plan by plan."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger, and sort it by plan once."""
        self.ledger = ledger
        self.figures: defaultdict[str, list[Figure]] = defaultdict(list)
        self.statements: defaultdict[str, list[Statement]] = defaultdict(list)
        self.named: defaultdict[str, list[NamedUnits]] = defaultdict(list)
        for figure in ledger.figures:
            self.figures[figure.plan].append(figure)
        for statement in ledger.statements:
            self.statements[statement.plan].append(statement)
        for named in ledger.named_units:
            self.named[named.plan].append(named)

    def of(self, plans: Collection[str]) -> Proof:
        """Return the counts for plans."""
        figures = [figure for plan in plans for figure in self.figures.get(plan, ())]
        stated = [item for plan in plans for item in self.statements.get(plan, ())]
        named = [item for plan in plans for item in self.named.get(plan, ())]
        holding = [item for item in stated if item.holds]
        # A number within bounds may change and still be: it proves no figure.
        exact = [item for item in holding if (item.is_sum and item.bound is None) or item.source is Source.RATE]
        covered = {figure.number for item in exact for figure in item.figures}
        controls = [item for item in stated if item.cited is None]
        named_holding = sum(1 for item in named if set(item.stated) == set(item.computed))
        controls_holding = sum(1 for item in controls if item.holds)
        unread = Counter({kind: sum(self.ledger.unread.get((plan, kind), 0) for plan in plans) for kind in UnreadKind})
        return Proof(
            figures=len(figures) + unread[UnreadKind.FIGURE],
            figures_proven=sum(1 for figure in figures if figure.number in covered),
            statements=len(stated) - len(controls) + len(named) + unread[UnreadKind.STATEMENT],
            statements_proven=len(holding) - controls_holding + named_holding,
            controls=len(controls) + unread[UnreadKind.CONTROL],
            controls_proven=controls_holding,
        )


def count(ledger: Ledger, plans: Collection[str]) -> Proof:
    """Return the counts for plans."""
    return Proofs(ledger).of(plans)
