"""Marks of a workbook: what it was made from, in a sheet that nobody sees, which spreadsheet programs keep.

The first row has the kind of marks and their format, the rows under it the keys that every workbook of the kind has,
and those after them its entries: of an annex the figures that it was made with, of a workbook of forms the unit of
each sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from d8plan.models.places import Place
from d8plan.models.seal import digest
from d8plan.sheets.book import Cell, Role, Sheet
from d8plan.text.cells import Grid
from d8plan.text.exact import ExactNumber, shortest

MarkValue = ExactNumber | str | None
_DIGEST = "digest"
"""Key of the digest of the entries, where the kind has one."""


class MarksKind(NamedTuple):
    """A kind of marks."""

    name: str
    """The word in the first cell, and the name of the sheet unless that is taken."""
    keys: tuple[str, ...]
    """Keys above the entries, a row each."""
    format: int = 1


ANNEX = MarksKind("d8plan", ("plan", "unit", _DIGEST))
FORMS = MarksKind("d8plan-report", ("plan", "period"))


class AnnexMarks(NamedTuple):
    """What the workbook of an annex says of its own making."""

    plan: str
    unit: str | None
    """The unit whose extract it is; None of the whole plan."""
    figures: dict[str, MarkValue] | None
    """Figures by pointer; None where they are damaged."""

    def was(self, place: Place) -> ExactNumber | None:
        """Return the figure at a place when the workbook was made."""
        figure = (self.figures or {}).get(place.full_pointer())
        return figure if isinstance(figure, ExactNumber) else None

    def knows(self, place: Place) -> bool:
        """Tell whether the workbook was made with a cell for the place."""
        return place.full_pointer() in (self.figures or {})


class FormMarks(NamedTuple):
    """What a workbook of forms says of its own making."""

    plan: str
    period: str
    units: dict[str, str]
    """Units by the names of their sheets."""


def annex_marks_sheet(
    plan: str, unit: str | None, sheets: Iterable[Sheet], figures: Mapping[Place, ExactNumber]
) -> Sheet:
    """Return the sheet with the figure of every cell that a person may fill in; none where it is empty."""
    places = [place for sheet in sheets for cell in sheet.cells if cell.is_input for place in cell.places]
    given = {place: figures.get(place) for place in places}
    entries = {place.full_pointer(): None if value is None else shortest(value) for place, value in given.items()}
    return _sheet(ANNEX, ANNEX.name, {"plan": plan, "unit": unit, _DIGEST: digest(entries)}, entries)


def form_marks_sheet(name: str, marks: FormMarks) -> Sheet:
    """Return the sheet called ``name`` with what a workbook of forms was made of."""
    return _sheet(FORMS, name, {"plan": marks.plan, "period": marks.period}, marks.units)


def find_annex_marks(grids: Iterable[Grid]) -> AnnexMarks | None:
    """Return the marks of an annex among the sheets of a workbook; None where there are none, as if typed by hand."""
    for values, entries in _found(ANNEX, grids):
        sound = digest(dict(entries)) == values.get(_DIGEST)
        unit = values.get("unit")
        return AnnexMarks(
            str(values.get("plan")), None if unit is None else str(unit), dict(entries) if sound else None
        )
    return None


def find_form_marks(grids: Iterable[Grid]) -> FormMarks | None:
    """Return the marks of forms among the sheets of a workbook; None where there are none."""
    for values, entries in _found(FORMS, grids):
        units = {name: str(unit) for name, unit in entries.items()}
        return FormMarks(str(values.get("plan")), str(values.get("period")), units)
    return None


def is_marks(kind: MarksKind, grid: Grid) -> bool:
    """Tell the sheet of marks of a kind from those that people see."""
    return (_value(grid, 0, 0), _value(grid, 0, 1)) == (kind.name, kind.format)


def _sheet(kind: MarksKind, name: str, values: Mapping[str, MarkValue], entries: Mapping[str, MarkValue]) -> Sheet:
    rows = [(kind.name, kind.format), *((key, values[key]) for key in kind.keys), *entries.items()]
    cells = [Cell(row, 0, Role.WORD, key) for row, (key, _) in enumerate(rows)]
    cells += [Cell(row, 1, Role.WORD, value) for row, (_, value) in enumerate(rows) if value is not None]
    return Sheet(name, tuple(cells), header=(0, 0), freeze=(0, 0), hidden=True, official=False)


def _found(kind: MarksKind, grids: Iterable[Grid]) -> Iterable[tuple[dict[str, MarkValue], dict[str, MarkValue]]]:
    """Yield the values under a kind's keys, and the entries after them, of each sheet of marks."""
    for grid in grids:
        if is_marks(kind, grid):
            rows = [row for row, column in sorted(grid.cells) if column == 0 and row > 0]
            pairs = [(row, str(_value(grid, row, 0)), _value(grid, row, 1)) for row in rows]
            values = {key: value for row, key, value in pairs if row <= len(kind.keys)}
            if values.get("plan") is not None:
                yield values, {key: value for row, key, value in pairs if row > len(kind.keys)}


def _value(grid: Grid, row: int, column: int) -> MarkValue:
    """Return what a cell holds; a spreadsheet may hand a whole number on as a decimal."""
    raw = grid.cells.get((row, column))
    if raw is None:
        return None
    if isinstance(raw.value, float) and math.isfinite(raw.value):
        return shortest(Decimal(repr(raw.value)))
    return raw.value if isinstance(raw.value, int) and not isinstance(raw.value, bool) else str(raw.value)
