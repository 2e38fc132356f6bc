"""Compare two versions of a data folder: figures, totals, findings, and every other value."""

from __future__ import annotations

from d8plan.compare.changes import (
    Comparison,
    FigureChange,
    PlanChange,
    State,
    TotalChange,
    ValueChange,
    ValueKind,
    Version,
)
from d8plan.compare.matching import compare, values_of
from d8plan.compare.naming import figure_name
from d8plan.compare.tables import view

__all__ = [
    "Comparison",
    "FigureChange",
    "PlanChange",
    "State",
    "TotalChange",
    "ValueChange",
    "ValueKind",
    "Version",
    "compare",
    "figure_name",
    "values_of",
    "view",
]
