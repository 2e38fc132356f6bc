"""Compare two versions of a data folder: figures, totals, findings, and every other value."""

from __future__ import annotations

from d8plan.views.comparison.changes import Version
from d8plan.views.comparison.matching import compare
from d8plan.views.comparison.tables import view

__all__ = ["Version", "compare", "view"]
