"""The marks of a workbook that was exported: the figures that it was made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from d8plan.models.places import Place
from d8plan.models.seal import digest
from d8plan.sheets.annex.marks import FORMAT, HEAD, NAME
from d8plan.text.cells import Grid


class Marks(NamedTuple):
    """What a workbook says of its own making."""

    plan: str
    unit: str | None
    """The unit whose extract it is; None of the whole plan."""
    figures: dict[str, int | None] | None
    """Figures by pointer; None where they are damaged."""

    def was(self, place: Place) -> int | None:
        """Return the figure at a place when the workbook was made."""
        return (self.figures or {}).get(place.full_pointer())

    def knows(self, place: Place) -> bool:
        """Tell whether the workbook was made with a cell for the place."""
        return place.full_pointer() in (self.figures or {})


def find_marks(grids: Iterable[Grid]) -> Marks | None:
    """Return the marks of a workbook; None where there are none, as in one typed by hand."""
    for grid in grids:
        if is_marks(grid):
            rows = {row: (_text(grid, row, 0), _value(grid, row)) for row, column in grid.cells if column == 0}
            head = dict(rows.get(number, ("", None)) for number in range(1, 1 + len(HEAD)))
            values = {key: value for number, (key, value) in sorted(rows.items()) if number > len(HEAD)}
            if not isinstance(head.get("plan"), str):
                continue
            whole = all(value is None or isinstance(value, int) for value in values.values())
            sound = whole and digest(values) == head.get("digest")
            unit = head.get("unit")
            return Marks(str(head["plan"]), str(unit) if unit else None, values if sound else None)  # type: ignore[arg-type]
    return None


def is_marks(grid: Grid) -> bool:
    """Tell the sheet of marks from those that people see."""
    return (_text(grid, 0, 0), _value(grid, 0)) == (NAME, FORMAT)


def _text(grid: Grid, row: int, column: int) -> str:
    raw = grid.cells.get((row, column))
    return str(raw.value) if raw else ""


def _value(grid: Grid, row: int) -> int | str | None:
    """Return the value beside a key; a spreadsheet may hand a whole number on as a decimal."""
    raw = grid.cells.get((row, 1))
    if raw is None:
        return None
    if isinstance(raw.value, float) and raw.value.is_integer():
        return int(raw.value)
    return raw.value if isinstance(raw.value, int) and not isinstance(raw.value, bool) else str(raw.value)
