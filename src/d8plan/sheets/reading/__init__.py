"""The official annex read back: which cell of a workbook holds which figure, wherever it has moved.

What a workbook should hold comes from the layout that writes it; rows are known by their unit's name,
columns by their headings. Only figures are taken. What cannot be read in one way is refused, with its cell.
"""

from __future__ import annotations

from d8plan.sheets.marks import AnnexMarks, find_annex_marks
from d8plan.sheets.reading.grouped_messages import CellNote, lines
from d8plan.sheets.reading.merging import Conflict, Merged, merge
from d8plan.sheets.reading.read_figures import ReadFigures, read

find_marks = find_annex_marks

__all__ = ["AnnexMarks", "CellNote", "Conflict", "Merged", "ReadFigures", "find_marks", "lines", "merge", "read"]
