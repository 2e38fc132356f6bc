"""Compare two versions of a data folder: figures, totals, findings, and every other value."""

from __future__ import annotations

from d8plan.views.comparison.changes import (
    ChangeState,
    Comparison,
    FigureChange,
    PlanChange,
    TotalChange,
    ValueChange,
    ValueKind,
    Version,
)
from d8plan.views.comparison.matching import compare, values_of
from d8plan.views.comparison.naming import figure_name
from d8plan.views.comparison.tables import view

__all__ = [
    "ChangeState",
    "Comparison",
    "FigureChange",
    "PlanChange",
    "TotalChange",
    "ValueChange",
    "ValueKind",
    "Version",
    "compare",
    "figure_name",
    "values_of",
    "view",
]
