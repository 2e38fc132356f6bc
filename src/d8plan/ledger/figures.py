"""Figures, and what several come to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from d8plan.models.bounds import Bound
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber, places, ratio, rounded

PER_CENT = 100
SHARES = {"%": PER_CENT, "‰": 1000}
"""What a share is multiplied by, by the unit of measure that the text gives it in; else it stays as it is."""


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
    value: ExactNumber
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


def total(figures: Iterable[Figure]) -> ExactNumber:
    """Return the sum of the figures' values."""
    return sum([figure.value for figure in figures])  # a list: the ledger's busiest loop


def together(figures: Iterable[Figure]) -> ExactNumber | None:
    """Return what figures come to for a reader; None where there are none, or they may not be summed."""
    chosen = list(figures)
    if not chosen or (len(chosen) > 1 and not all(figure.adds for figure in chosen)):
        return None
    return total(chosen)


class Rounding(NamedTuple):
    """How a rate follows from its numerator and denominator."""

    decimals: int = 0
    """Places that it is rounded to."""
    factor: ExactNumber = PER_CENT
    """What the share is multiplied by: 100 for per cent, 1,000 for per thousand, 10 for tạ/ha from tonnes."""


_WHOLE_PER_CENT = Rounding()


def percent(numerator: ExactNumber, denominator: ExactNumber, how: Rounding = _WHOLE_PER_CENT) -> ExactNumber:
    """Return a rate, in whole per cent unless ``how`` says otherwise, rounded half up; the denominator is above 0."""
    return rounded(Fraction(how.factor) * ratio(numerator, denominator), how.decimals)


def share(numerator: ExactNumber, denominator: ExactNumber, factor: int, stated: ExactNumber | Bound) -> ExactNumber:
    """Return a share times a factor, rounded half up to the places of the number that is stated.

    Beside a bound it has one place more, or as many as tell on which side it is. The denominator is above 0.
    """
    exact = factor * ratio(numerator, denominator)
    if not isinstance(stated, Bound):
        return rounded(exact, places(stated))
    tried = (rounded(exact, decimals) for decimals in itertools.count(places(stated.number) + 1))
    return next(number for number in tried if stated.holds(number) == stated.holds(exact))


def reached(numerator: ExactNumber, denominator: ExactNumber, how: Rounding = _WHOLE_PER_CENT) -> ExactNumber:
    """Return a rate of what was done; in per cent 100 only where all is done, 0 only where nothing is."""
    rate, least = percent(numerator, denominator, how), rounded(Fraction(1, 10**how.decimals), how.decimals)
    if how.factor != PER_CENT:
        return rate
    if numerator < denominator:
        return min(max(rate, least if numerator else 0), 100 - least)
    return rate if numerator == denominator else max(rate, 100 + least)
