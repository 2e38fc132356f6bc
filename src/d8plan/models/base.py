"""What every record of a data file shares: strictness, immutability and scalar types.

The records are plain annotated classes that pydantic validates. Importing this package must not
import pydantic itself: pydantic's own start-up is longer than the whole of ``d8plan validate``.
So scalar rules are small markers that answer pydantic's schema protocol, and
``models/compiled.py`` holds the core schema that pydantic generated from the records.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """A frozen record, made only by validating data; unknown keys are refused.

    A field's docstring is the description that editors show.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "use_attribute_docstrings": True}

    def __init_subclass__(cls) -> None:
        """Make the subclass a dataclass, which is what pydantic validates into."""
        # init, repr and eq would each compile code at every start; none is used on records.
        dataclass(init=False, repr=False, eq=False)(cls)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a record never changes."""
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __repr__(self) -> str:
        """Name the class and its content."""
        content = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({content})"


class Whole:
    """A whole number between two bounds; text, bool and decimals are refused."""

    def __init__(self, ge: int, le: int) -> None:
        """Allow ``ge`` to ``le``, both included."""
        self.ge, self.le = ge, le

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {"type": "int", "strict": True, "ge": self.ge, "le": self.le}


class Line:
    """Text that is not empty, optionally of a given pattern."""

    def __init__(self, pattern: str | None = None) -> None:
        """Take any text, or only what matches ``pattern``."""
        self.pattern = pattern

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        rule: dict[str, Any] = {"type": "str", "strict": True, "min_length": 1}
        return rule | ({"pattern": self.pattern} if self.pattern else {})


DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(value: str) -> datetime.date:
    """Return the date written ``YYYY-MM-DD``; raise ValueError for anything else."""
    if not DATE_PATTERN.fullmatch(value):
        raise ValueError("not YYYY-MM-DD")
    return datetime.date.fromisoformat(value)


class IsoDate:
    """A date written ``YYYY-MM-DD``, kept as ``datetime.date``."""

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": parse_date},
            "schema": {"type": "str", "strict": True},
        }

    def __get_pydantic_json_schema__(
        self, schema: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Tell editors that it is a date."""
        return {"type": "string", "format": "date"}


class Distinct:
    """A list that is not empty and holds nothing twice."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": each_once},
            "schema": {**handler(source), "min_length": 1},
        }

    def __get_pydantic_json_schema__(
        self, schema: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Tell editors the same."""
        return {**handler(schema), "uniqueItems": True}


def each_once(values: list[Any]) -> list[Any]:
    """Return ``values``; raise ValueError where one stands twice."""
    if len(set(values)) < len(values):
        raise ValueError("twice")
    return values


Count = Annotated[int, Whole(0, 999_999_999)]
"""A number of people, teams, classes…"""

Dong = Annotated[int, Whole(0, 999_999_999_999_999)]
"""Money in whole đồng; fifteen digits is what a spreadsheet holds exactly."""

Year = Annotated[int, Whole(1945, 2100)]
Years = Annotated[list[Year], Distinct()]
SourceLine = Annotated[int, Whole(1, 999_999)]
"""A 1-based line of the source document's transcription."""

Text = Annotated[str, Line()]
Id = Annotated[str, Line(r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A stable English id: lower-case words joined by hyphens."""

Ids = Annotated[list[Id], Distinct()]
SourceLines = Annotated[list[SourceLine], Distinct()]

Code = Annotated[str, Line(r"^[A-Z][0-9]{3}$")]
"""A rule's code."""

Pointer = Annotated[str, Line(r"^[a-z-]+\.yaml#(/[^/]+)+$")]
"""A place in a plan's folder: ``budget.yaml#/totals/province-granted/amount``."""

Date = Annotated[datetime.date, IsoDate()]


def mapping_or_scalar(value: object) -> str:
    """Tell a figure split by level from a single one."""
    return ALLOTMENT_BY_LEVEL if isinstance(value, dict) else ALLOTMENT_SINGLE


# Never keys of a data file, so they can be told apart in an error's location.
ALLOTMENT_BY_LEVEL = "<by level>"
ALLOTMENT_SINGLE = "<single>"


class ByLevelOrSingle:
    """One number a level, one number, or null where nothing is allotted.

    A tagged union: each value is checked against one form, so an error names one reason.
    """

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {
            "type": "tagged-union",
            "choices": {
                ALLOTMENT_BY_LEVEL: handler.generate_schema(dict[Id, Count | None]),  # type: ignore[attr-defined]
                ALLOTMENT_SINGLE: handler.generate_schema(Count | None),  # type: ignore[attr-defined]
            },
            "discriminator": mapping_or_scalar,
        }


Allotment = Annotated[int | dict[str, int | None] | None, ByLevelOrSingle()]


class NumberOrText:
    """A whole number or text, for what an exception states."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {
            "type": "tagged-union",
            "choices": {
                "<number>": {"type": "int", "strict": True},
                "<text>": {"type": "str", "strict": True, "min_length": 1},
            },
            "discriminator": number_or_text,
        }


def number_or_text(value: object) -> str:
    """Tell a number from anything else."""
    return "<number>" if isinstance(value, int) and not isinstance(value, bool) else "<text>"


NumberOrStr = Annotated[int | str, NumberOrText()]


class AnyLeaf:
    """A value of a data file that holds no mapping: a number, text, null, or a list of these."""

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> dict[str, Any]:
        """Describe the rule to pydantic."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": plain_leaf},
            "schema": {"type": "any"},
        }

    def __get_pydantic_json_schema__(
        self, schema: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        """Tell editors the same."""
        return {"type": ["integer", "string", "boolean", "null", "array"]}


def plain_leaf(value: object) -> object:
    """Return ``value``; raise ValueError where it holds a mapping or a list within a list."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
        raise ValueError("not a leaf")
    return value


Leaf = Annotated[object, AnyLeaf()]


class Citation(Record):
    """Where a statement comes from: a document and lines of its transcription."""

    document: Id
    """Id of a document in documents.yaml."""
    lines: SourceLines
    """Lines of the document's transcription."""
    section: Text | None = None
    """Section of the document, as it numbers itself: II.1."""


class Note(Record):
    """An interpretation of the source or an open question, kept beside the data."""

    kind: Annotated[str, Line(r"^(interpretation|question)$")]
    """interpretation: how an unclear figure was read; question: for the issuer to answer."""
    text: Text
    """The note, in Vietnamese."""
    source: Citation
    """The place of the document that it is about."""
    indicators: Ids | None = None
    """Indicators it concerns."""
    units: Ids | None = None
    """Units it concerns."""
