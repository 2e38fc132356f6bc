"""Marks in a workbook: the figures that it was made from, so that what was edited since can be told.

They stand in a sheet that nobody sees, which Excel, LibreOffice and web spreadsheets keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from d8plan.models.places import Place
from d8plan.models.seal import digest
from d8plan.sheets.book import Cell, Role, Sheet

NAME = "d8plan"
"""Name of the sheet, and the word in its first cell."""
FORMAT = 1
HEAD = ("plan", "unit", "digest")
"""Keys above the figures, a row each, after the row of the name and the format."""


def marks_sheet(plan: str, unit: str | None, sheets: Iterable[Sheet], figures: Mapping[Place, int]) -> Sheet:
    """Return the sheet with the figure of every cell that a person may fill in; none where it is empty."""
    places = [place for sheet in sheets for cell in sheet.cells if cell.is_input for place in cell.places]
    values = {place.full_pointer(): figures.get(place) for place in places}
    head = zip(HEAD, (plan, unit, digest(values)), strict=True)
    rows: list[tuple[str, int | str | None]] = [(NAME, FORMAT), *head, *values.items()]
    cells = [Cell(row, 0, Role.WORD, key) for row, (key, _) in enumerate(rows)]
    cells += [Cell(row, 1, Role.WORD, value) for row, (_, value) in enumerate(rows) if value is not None]
    return Sheet(NAME, tuple(cells), header=(0, 0), freeze=(0, 0), hidden=True, official=False)
