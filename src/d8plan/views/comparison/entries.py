"""Values that differ, told by entry: a whole entry that was added or removed is told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from d8plan.models.places import Place
from d8plan.views.comparison.changes import ChangeState, Comparison, ValueChange, ValueKind, Version
from d8plan.views.comparison.matching import values_of
from d8plan.views.comparison.naming import as_text

_DEPTH = 2
"""Keys that lead to an entry of a file."""


class Entry(NamedTuple):
    """A value that differs, or all that differs in an entry that one version lacks."""

    state: ChangeState
    kind: ValueKind
    plan: str | None
    place: Place
    old: str | None
    new: str | None


def entries(comparison: Comparison, old: Version, new: Version) -> tuple[Entry, ...]:
    """Return the values that differ, those of an entry that is added or removed together.

    Of a plan that is added or removed as a whole nothing is told: that it is says so.
    """
    whole = {one.plan for one in comparison.plans if None in (one.old, one.new)}
    held = [frozenset(map(_entry, values_of(version.dataset))) for version in (old, new)]
    groups: dict[tuple[Place, bool], list[ValueChange]] = {}
    for change in comparison.values:
        if change.plan not in whole:
            at = _entry(change.place)
            together = not all(at in places for places in held)
            groups.setdefault((at if together else change.place, together), []).append(change)
    return tuple(_told(place, changes) for (place, _), changes in groups.items())


def _entry(place: Place) -> Place:
    return Place(place.file, place.keys[:_DEPTH])


def _told(place: Place, changes: list[ValueChange]) -> Entry:
    first = changes[0]
    old, new = (_joined(one[side] for one in changes) for side in (4, 5))
    return Entry(first.state, first.kind, first.plan, place, old, new)


def _joined(values: Iterable[Any]) -> str | None:
    return "; ".join(text for value in values if (text := as_text(value)) is not None) or None
