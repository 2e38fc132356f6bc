"""Share a number out in numbers of so many decimals: largest remainders, within bounds, exactly."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from d8plan.text.exact import ExactNumber, shortest


class Bounds(NamedTuple):
    """What one may get at least and at most; equal where it is fixed."""

    least: ExactNumber = 0
    most: ExactNumber | None = None
    """None where there is no bound."""


class ApportionedShare(NamedTuple):
    """What one gets."""

    quota: Fraction
    """Its exact share of the total, within its bounds."""
    value: ExactNumber
    """The quota rounded down, or up where the largest remainders take what is left."""


class Shares(NamedTuple):
    """Shares of a total, and what nobody may have."""

    shares: dict[str, ApportionedShare]
    rest: ExactNumber
    """0 unless the bounds, or weights of 0, leave something over."""


class MinimaError(ValueError):
    """The minima come to more than the total."""

    def __init__(self, least: ExactNumber) -> None:
        """Take what they come to."""
        super().__init__(least)
        self.least = least


def apportion(
    total: ExactNumber, weights: Mapping[str, Fraction], bounds: Mapping[str, Bounds], decimals: int = 0
) -> Shares:
    """Share ``total`` out in proportion to ``weights``, none of which is negative; values and rest sum to it exactly.

    A weight of 0 takes no part and gets its minimum. Of equal remainders the first in the order of ``weights``
    is rounded up. Each bound has ``least`` of at most ``most``. Raises MinimaError where the minima do not fit.
    Values have at most so many ``decimals``, as total and bounds do: the smallest parts are counted, as tenths.
    """
    scale = 10**decimals
    within = {key: _counted(bounds.get(key, Bounds()), scale) for key in weights}
    whole, least = floor(total * scale), sum(bound.least for bound in within.values())
    if least > whole:
        raise MinimaError(_number(least, decimals))
    sharing = _Sharing(weights, within)
    room = sharing.room()
    given = whole if room is None else min(whole, room)
    quotas = sharing.quotas(given)
    values = {key: quota.numerator // quota.denominator for key, quota in quotas.items()}
    left = given - sum(values.values())
    by_remainder = sorted(quotas, key=lambda key: values[key] - quotas[key])
    for key in by_remainder[:left]:
        values[key] += 1
    shares = {key: ApportionedShare(quotas[key] / scale, _number(values[key], decimals)) for key in weights}
    return Shares(shares, _number(whole - given, decimals))


class _CountedBounds(NamedTuple):
    """Bounds in the smallest parts that a number may have."""

    least: int
    most: int | None


def _counted(bounds: Bounds, scale: int) -> _CountedBounds:
    most = None if bounds.most is None else floor(bounds.most * scale)
    return _CountedBounds(ceil(bounds.least * scale), most)


def _number(count: int, decimals: int) -> ExactNumber:
    return shortest(Decimal(count).scaleb(-decimals)) if decimals else count


class _Sharing:
    """Quotas as a function of one rate: each is its weight times the rate, kept within its bounds."""

    def __init__(self, weights: Mapping[str, Fraction], bounds: Mapping[str, _CountedBounds]) -> None:
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
