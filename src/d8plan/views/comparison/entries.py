"""Values that differ, told by entry: a whole entry that was added or removed is told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from d8plan.models.places import Place
from d8plan.views.comparison.changes import ValueChange, VersionComparison
from d8plan.views.comparison.matching import values_of

_DEPTH = 2
"""Keys that lead to an entry of a file."""


def entries(comparison: VersionComparison) -> tuple[ValueChange, ...]:
    """Return the values that differ as text, those of an entry that is added or removed together.

    Of a plan that is added or removed as a whole nothing is told: that it is says so.
    """
    whole_plans = {change.plan for change in comparison.plans if change.is_whole}
    versions = (comparison.old, comparison.new)
    lasting = set.intersection(*({_entry(place) for place in values_of(version.dataset)} for version in versions))
    groups: dict[tuple[Place, bool], list[ValueChange]] = {}
    for change in comparison.values:
        if change.plan not in whole_plans:
            entry = _entry(change.place)
            key = (change.place, False) if entry in lasting else (entry, True)
            groups.setdefault(key, []).append(change)
    return tuple(
        changes[0]._replace(
            place=place,
            old=_joined(change.old for change in changes),
            new=_joined(change.new for change in changes),
        )
        for (place, _), changes in groups.items()
    )


def _entry(place: Place) -> Place:
    return Place(place.file, place.keys[:_DEPTH])


def _joined(values: Iterable[Any]) -> str | None:
    """Return plain values for people, numbers as the data has them; None where there is none."""
    return "; ".join(map(_text, (value for value in values if value is not None))) or None


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
