"""The official annex as sheets: which figure stands in which cell, under which heading."""

from __future__ import annotations

from d8plan.sheets.annex.workbook import addresses, book, sheets

__all__ = ["addresses", "book", "sheets"]
