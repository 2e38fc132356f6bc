"""What a workbook changes, where the data may have changed as well since it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from d8plan.models.places import Place
from d8plan.sheets.marks import AnnexMarks
from d8plan.text.exact import ExactNumber


class Conflict(NamedTuple):
    """A figure that both the workbook and the data changed, to different values; None is an empty cell."""

    place: Place
    was: ExactNumber | None
    """When the workbook was made."""
    data: ExactNumber | None
    workbook: ExactNumber | None


class Merged(NamedTuple):
    """What is to be taken over, and what cannot be."""

    values: dict[Place, ExactNumber | None]
    """New figures by place."""
    conflicts: tuple[Conflict, ...]
    moved: dict[Place, tuple[ExactNumber | None, ExactNumber | None]]
    """Figures that the data changed since, before and now, and the workbook did not: they stay."""


def merge(
    read: Mapping[Place, ExactNumber | None], data: Mapping[Place, ExactNumber], marks: AnnexMarks | None
) -> Merged:
    """Return what a workbook changes of ``data``, which holds the figures of today.

    Without marks every difference is a change. With them only what differs from what the workbook was made
    from is one; where the data differs from that too, and from the workbook, neither can be taken.
    """
    values: dict[Place, ExactNumber | None] = {}
    conflicts: list[Conflict] = []
    moved: dict[Place, tuple[ExactNumber | None, ExactNumber | None]] = {}
    for place, figure in read.items():
        now = data.get(place)
        was = marks.was(place) if marks and marks.figures is not None and marks.knows(place) else now
        if figure == was != now:
            moved[place] = (was, now)
        elif figure != now != was:
            conflicts.append(Conflict(place, was, now, figure))
        elif figure != now:
            values[place] = figure
    return Merged(values, tuple(conflicts), moved)
