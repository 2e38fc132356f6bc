"""ExactNumber numbers: whole, or decimal with the places that they were written with; never a float."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

ExactNumber = int | Decimal
"""A number of a plan. ``Decimal("89.0")`` is 89 and is printed with its place; whole numbers are int."""

MOST_DIGITS = 15
"""Digits of a number in all: a spreadsheet keeps no more."""


def is_exact(value: object) -> bool:
    """Tell a number, which true and false are none of."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def places(number: ExactNumber) -> int:
    """Return how many digits a number is written with after its point."""
    exponent = 0 if isinstance(number, int) else number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def plain(number: ExactNumber) -> str:
    """Return a number as YAML and JSON have it: 1444.59."""
    return str(number) if isinstance(number, int) else f"{number:f}"


def shortest(number: ExactNumber) -> ExactNumber:
    """Return a number without the zeros that it does not need: whole where it is."""
    return int(number) if number == int(number) else Decimal(plain(number).rstrip("0"))


def rounded(number: Fraction, decimals: int) -> ExactNumber:
    """Return a number, not negative, rounded half up to so many places; whole where there are none."""
    scale = 10**decimals
    units = (2 * number.numerator * scale + number.denominator) // (2 * number.denominator)
    return Decimal(units).scaleb(-decimals) if decimals else units


def magnitude(number: ExactNumber) -> ExactNumber:
    """Return a number without its sign."""
    return -number if number < 0 else number


def ratio(numerator: ExactNumber, denominator: ExactNumber) -> Fraction:
    """Return a share, exactly; the denominator is not 0."""
    return Fraction(numerator) / Fraction(denominator)


_MARKED = re.compile(r'"\\u0000(-?[0-9.]+)\\u0000"')
"""A decimal among JSON, which has no type for it; no text of ours holds the mark."""


def as_json_text(data: object, **options: Any) -> str:
    """Return data as ``json.dumps`` does, its decimals as numbers with the digits that they have."""

    def mark(value: object) -> str:
        if not isinstance(value, Decimal):
            raise TypeError(type(value))
        return f"\0{plain(value)}\0"

    return _MARKED.sub(r"\1", json.dumps(data, default=mark, **options))
