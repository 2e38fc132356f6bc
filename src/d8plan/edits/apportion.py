"""Share a whole number out in whole numbers: largest remainders, within bounds, exactly."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple


class Bounds(NamedTuple):
    """What one may get at least and at most; equal where it is fixed."""

    least: int = 0
    most: int | None = None
    """None where there is no bound."""


class ApportionedShare(NamedTuple):
    """What one gets."""

    quota: Fraction
    """Its exact share of the total, within its bounds."""
    value: int
    """The quota rounded down, or up where the largest remainders take what is left."""


class Shares(NamedTuple):
    """Shares of a total, and what nobody may have."""

    shares: dict[str, ApportionedShare]
    rest: int
    """0 unless the bounds, or weights of 0, leave something over."""


class MinimaError(ValueError):
    """The minima come to more than the total."""

    def __init__(self, least: int) -> None:
        """Take what they come to."""
        super().__init__(least)
        self.least = least


def apportion(total: int, weights: Mapping[str, Fraction], bounds: Mapping[str, Bounds]) -> Shares:
    """Share ``total`` out in proportion to ``weights``, none of which is negative; values and rest sum to it exactly.

    A weight of 0 takes no part and gets its minimum. Of equal remainders the first in the order of ``weights``
    is rounded up. Each bound has ``least`` of at most ``most``. Raises MinimaError where the minima do not fit.
    """
    within = {key: bounds.get(key, Bounds()) for key in weights}
    least = sum(bound.least for bound in within.values())
    if least > total:
        raise MinimaError(least)
    sharing = _Sharing(weights, within)
    room = sharing.room()
    given = total if room is None else min(total, room)
    quotas = sharing.quotas(given)
    values = {key: quota.numerator // quota.denominator for key, quota in quotas.items()}
    left = given - sum(values.values())
    by_remainder = sorted(quotas, key=lambda key: values[key] - quotas[key])
    for key in by_remainder[:left]:
        values[key] += 1
    return Shares({key: ApportionedShare(quotas[key], values[key]) for key in weights}, total - given)


class _Sharing:
    """Quotas as a function of one rate: each is its weight times the rate, kept within its bounds."""

    def __init__(self, weights: Mapping[str, Fraction], bounds: Mapping[str, Bounds]) -> None:
        self.weights, self.bounds = weights, bounds

    def room(self) -> int | None:
        """Return the most that can be shared out; None where there is no end to it."""
        room = 0
        for key, weight in self.weights.items():
            bound = self.bounds[key]
            if weight and bound.most is None:
                return None
            room += bound.most if weight and bound.most is not None else bound.least
        return room

    def quotas(self, total: int) -> dict[str, Fraction]:
        """Return the quotas that sum to ``total``, which lies between the minima and the room."""
        rates = sorted({Fraction(0), *self._corners()})
        # Between two corners the sum grows in a straight line.
        at = bisect_left(rates, Fraction(total), key=lambda rate: _sum(self._at(rate)))
        if at < len(rates) and _sum(self._at(rates[at])) == total:
            return self._at(rates[at])
        below = rates[at - 1]
        growing = sum(
            (weight for key, weight in self.weights.items() if weight and self._grows(key, below)), Fraction(0)
        )
        return self._at(below + (total - _sum(self._at(below))) / growing)

    def _corners(self) -> Iterable[Fraction]:
        """Yield the rates at which a quota meets a bound."""
        for key, weight in self.weights.items():
            if weight:
                least, most = self.bounds[key]
                yield least / weight
                if most is not None:
                    yield most / weight

    def _grows(self, key: str, rate: Fraction) -> bool:
        least, most = self.bounds[key]
        weighed = self.weights[key] * rate
        return weighed >= least and (most is None or weighed < most)

    def _at(self, rate: Fraction) -> dict[str, Fraction]:
        quotas = {}
        for key, weight in self.weights.items():
            least, most = self.bounds[key]
            quota = max(weight * rate, Fraction(least))
            quotas[key] = quota if most is None else min(quota, Fraction(most))
        return quotas


def _sum(quotas: Mapping[str, Fraction]) -> Fraction:
    return sum(quotas.values(), Fraction(0))
