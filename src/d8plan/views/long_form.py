"""Every figure in long form, for data tools."""

from __future__ import annotations

from collections.abc import Callable

from d8plan.ledger.figures import Kind
from d8plan.ledger.ledger import Ledger
from d8plan.models.places import Place
from d8plan.text.message import M
from d8plan.views.table import Column, Table

FIGURES = ("plan", "indicator", "unit", "level", "value", "unit_of_measure", "file", "line")
BUDGET = ("plan", "holder", "unit", "origin", "amount", "file", "line")


def tables(ledger: Ledger, file_and_line: Callable[[Place], tuple[str, int]]) -> tuple[Table, Table]:
    """Return the figures and the budget amounts, a row each, in the order of the ledger.

    A cell where nothing is allotted has no row; a printed 0 has one. Zone figures stand among the
    figures under their own id. ``file_and_line`` tells where a place stands.
    """
    figures, budget = [], []
    for figure in ledger.figures:
        where = file_and_line(figure.place)
        if figure.kind is Kind.BUDGET:
            budget.append((figure.plan, figure.unit, figure.body, figure.series, figure.value, *where))
        else:
            row = (figure.plan, figure.series, figure.unit, figure.level, figure.value, figure.unit_of_measure)
            figures.append((*row, *where))
    return _table("figures", FIGURES, figures), _table("budget", BUDGET, budget)


def _table(key: str, columns: tuple[str, ...], rows: list) -> Table:  # type: ignore[type-arg]
    heads = tuple(Column(name, M("{name}", name=name)) for name in columns)
    return Table(key, M("{name}", name=key), heads, tuple(rows))
