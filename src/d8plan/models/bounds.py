"""What a document states of a number that it does not give exactly: at least 28, more than 355, between 28 and 30."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from d8plan.models.base import BOUND, EXACT, Measured, StrictModel, Text
from d8plan.text.exact import ExactNumber, places, plain

NO_BOUND = "bound"
"""Type of the fault of a mapping that says no bound, or two."""
_SIGNS = {"at_least": "≥ ", "more_than": "> ", "at_most": "≤ ", "less_than": "< ", "about": "≈ "}
_WORDS = {"at_least": "≥ ", "more_than": "trên ", "at_most": "≤ ", "less_than": "dưới ", "about": "khoảng "}
_Range = Annotated[list[Measured], Field(min_length=2, max_length=2)]


class Bound(StrictModel):
    """A number within bounds: exactly one of at_least, more_than, at_most, less_than, between and about."""

    at_least: Measured | None = None
    more_than: Measured | None = None
    at_most: Measured | None = None
    less_than: Measured | None = None
    between: _Range | None = None
    """Both ends included."""
    about: Measured | None = None
    """What rounds to this at its last written place, or is within so much of it."""
    within: Measured | None = None
    """Of about: how far off the number may be."""
    words: Text | None = None
    """As the document words it: hơn 355."""

    @model_validator(mode="after")
    def _says_one(self) -> Bound:
        given = [name for name in (*_SIGNS, "between") if getattr(self, name) is not None]
        reversed_ = self.between is not None and self.between[0] > self.between[1]
        if len(given) != 1 or reversed_ or (self.within is not None and given != ["about"]):
            raise PydanticCustomError(NO_BOUND, "no bound, or two")
        return self

    @property
    def kind(self) -> str:
        """Which bound it is."""
        return next(name for name in (*_SIGNS, "between") if getattr(self, name) is not None)

    @property
    def number(self) -> ExactNumber:
        """The number that is named; of two, the lower one."""
        given: ExactNumber = self.between[0] if self.between else getattr(self, self.kind)
        return given

    @property
    def is_ceiling(self) -> bool:
        """Whether it says no more than a most."""
        return self.kind in ("at_most", "less_than")

    @property
    def ends(self) -> tuple[Fraction | None, Fraction | None]:
        """The least and the most that it allows, whether the ends themselves are or not; None where there is no end."""
        number = Fraction(self.number)
        match self.kind:
            case "at_least" | "more_than":
                return number, None
            case "at_most" | "less_than":
                return None, number
            case "between":
                assert self.between
                return number, Fraction(self.between[1])
        off = Fraction(self.within) if self.within is not None else Fraction(1, 2 * 10 ** places(self.number))
        return number - off, number + off

    def holds(self, value: ExactNumber | Fraction) -> bool:
        """Tell whether a number is as it says."""
        least, most = self.ends
        number = Fraction(value)
        above = least is None or number > least or (number == least and self.kind != "more_than")
        # What is half a place above rounds up to the next.
        open_end = self.kind == "less_than" or (self.kind == "about" and self.within is None)
        return above and (most is None or number < most or (number == most and not open_end))

    @property
    def sign(self) -> str:
        """The bound in signs, the same in every language: > 355."""
        return self._with(_SIGNS, plain)

    def shown(self, number: Callable[[ExactNumber], str]) -> str:
        """Return the bound for people: as the document words it, else in signs; ``number`` shows its numbers."""
        return self.words or self._with(_SIGNS, number)

    def printed(self, number: Callable[[ExactNumber], str]) -> str:
        """Return the bound as an annex prints it: as the document words it, else in words: trên 355."""
        return self.words or self._with(_WORDS, number)

    def _with(self, before: Mapping[str, str], number: Callable[[ExactNumber], str]) -> str:
        return " - ".join(map(number, self.between)) if self.between else f"{before[self.kind]}{number(self.number)}"


Stated = Annotated[
    Annotated[Measured, Tag(EXACT)] | Annotated[Bound, Tag(BOUND)],
    Discriminator(lambda value: BOUND if isinstance(value, dict | Bound) else EXACT),
]
"""A number that a document states, exactly or within bounds."""


def number_of(stated: ExactNumber | Bound) -> ExactNumber:
    """Return the number that is named."""
    return stated.number if isinstance(stated, Bound) else stated


def bound_of(stated: ExactNumber | Bound) -> Bound | None:
    """Return the bounds of a number that is not stated exactly."""
    return stated if isinstance(stated, Bound) else None
