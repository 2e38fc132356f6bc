"""Figures, and what several come to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from d8plan.models.places import Place


class Kind(StrEnum):
    """What a figure measures."""

    INDICATOR = "indicator"
    ZONE = "zone"
    BUDGET = "budget"


class Figure(NamedTuple):
    """One number of a plan: a count of an indicator or zone, or an amount in đồng."""

    number: int
    """Its number among the cells of the ledger."""
    kind: Kind
    plan: str
    series: str
    """Id of the indicator, of the zone figure, or of the origin of money."""
    unit: str
    """Id of the unit, or of the holder of money."""
    level: str | None
    """None where the source does not split by level."""
    value: int
    unit_of_measure: str
    place: Place
    adds: bool = True
    """Whether it may be summed with the figures of other units and levels."""
    owner: str | None = None
    """Of money, the unit that its holder is; None where it is no single unit."""

    @property
    def body(self) -> str | None:
        """The unit that it belongs to, whatever the id of a holder."""
        return self.owner if self.kind is Kind.BUDGET else self.unit


def total(figures: Iterable[Figure]) -> int:
    """Return the sum of the figures' values."""
    return sum([figure.value for figure in figures])  # a list: the ledger's busiest loop


def together(figures: Iterable[Figure]) -> int | None:
    """Return what figures come to for a reader; None where there are none, or they may not be summed."""
    chosen = list(figures)
    if not chosen or (len(chosen) > 1 and not all(figure.adds for figure in chosen)):
        return None
    return total(chosen)


def percent(numerator: int, denominator: int) -> int:
    """Return a rate in whole per cent, rounded half up; the denominator is above 0."""
    return (200 * numerator + denominator) // (2 * denominator)


def reached(numerator: int, denominator: int) -> int:
    """Return a rate of what was done in whole per cent: 100 only where all is done, 0 only where nothing is."""
    rounded = percent(numerator, denominator)
    if numerator < denominator:
        return min(max(rounded, int(numerator > 0)), 99)
    return rounded if numerator == denominator else max(rounded, 101)
