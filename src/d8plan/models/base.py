"""What all models of data files share: strictness, immutability and scalar types.

A field's docstring is the description that editors show; ``schemas`` reads it from the source, nothing else does.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from d8plan.text.exact import MOST_DIGITS, is_exact


class StrictModel(BaseModel):
    """A frozen model, made by validating data as it is: nothing is converted, unknown keys are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(value: object) -> datetime.date:
    """Return the date written ``YYYY-MM-DD``; raise ValueError for anything else."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("not YYYY-MM-DD")
    return datetime.date.fromisoformat(value)


def _each_once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("twice")
    return values


_Distinct = AfterValidator(_each_once)
_DISTINCT = Field(min_length=1, json_schema_extra={"uniqueItems": True})

Count = Annotated[int, Field(ge=0, le=999_999_999)]
"""A whole number of things that are numbered or counted: rows, an order."""


_WHOLE, _DECIMAL = "<whole>", "<decimal>"
MOST_DECIMALS = 6
Decimals = Annotated[int, Field(ge=0, le=MOST_DECIMALS)]
"""Places after the point that a number may have."""

Measured = Annotated[
    Annotated[Annotated[int, Field(ge=0, le=999_999_999_999_999)], Tag(_WHOLE)]
    | Annotated[Annotated[Decimal, Field(ge=0, max_digits=MOST_DIGITS)], Tag(_DECIMAL)],
    Discriminator(lambda value: _DECIMAL if isinstance(value, Decimal) else _WHOLE),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 999_999_999_999_999}),
]
"""A number of people, teams, hectares…; with decimals where its indicator has them."""

Factor = Annotated[
    Annotated[Annotated[int, Field(ge=1, le=1_000_000)], Tag(_WHOLE)]
    | Annotated[Annotated[Decimal, Field(gt=0, max_digits=MOST_DIGITS)], Tag(_DECIMAL)],
    Discriminator(lambda value: _DECIMAL if isinstance(value, Decimal) else _WHOLE),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}),
]
"""What a share is multiplied by."""

Dong = Annotated[int, Field(ge=0, le=999_999_999_999_999)]
"""Money in whole đồng; fifteen digits is what a spreadsheet holds exactly."""

Year = Annotated[int, Field(ge=1945, le=2100)]
Years = Annotated[list[Year], _DISTINCT, _Distinct]
SourceLine = Annotated[int, Field(ge=1, le=999_999)]
"""A 1-based line of the source document's transcription."""

Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(min_length=1, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A stable English id: lower-case words joined by hyphens."""

Ids = Annotated[list[Id], _DISTINCT, _Distinct]
_Key = TypeVar("_Key")
_Entry = TypeVar("_Entry")
Section = Annotated[dict[_Key, _Entry], BeforeValidator(lambda value: {} if value is None else value)]
"""Entries in a section that may be left out: it is empty then, as where nothing stands under its key."""
Entries = Section[Id, _Entry]
"""Such a section by ids of its own."""


class RefersTo(NamedTuple):
    """Marks an id that names an entry of a register: of the shared files, or of the plan's own."""

    register: str


UnitId = Annotated[Id, RefersTo("unit")]
KindId = Annotated[Id, RefersTo("kind")]
AgencyId = Annotated[Id, RefersTo("agency")]
DocumentId = Annotated[Id, RefersTo("document")]
IndicatorId = Annotated[Id, RefersTo("indicator")]
ContentId = Annotated[Id, RefersTo("content")]
PlanId = Annotated[Id, RefersTo("plan")]
LevelId = Annotated[Id, RefersTo("level")]
ZoneId = Annotated[Id, RefersTo("zone")]
CountedId = Annotated[Id, RefersTo("counted")]
"""An indicator, or a zone figure of any plan."""
GroupId = Annotated[Id, RefersTo("group")]
OriginId = Annotated[Id, RefersTo("origin")]
HolderId = Annotated[Id, RefersTo("holder")]
PartId = Annotated[Id, RefersTo("part")]
StatementId = Annotated[Id, RefersTo("statement")]
UnitIds = Annotated[list[UnitId], _DISTINCT, _Distinct]
IndicatorIds = Annotated[list[IndicatorId], _DISTINCT, _Distinct]
ContentIds = Annotated[list[ContentId], _DISTINCT, _Distinct]
PartIds = Annotated[list[PartId], _DISTINCT, _Distinct]
SourceLines = Annotated[list[SourceLine], _DISTINCT, _Distinct]

Code = Annotated[str, Field(min_length=1, pattern=r"^[A-Z][0-9]{3}$")]
"""A rule's code."""

Pointer = Annotated[str, Field(min_length=1, pattern=r"^[a-z-]+\.yaml#(/[^/]+)+$")]
"""A place in a plan's folder: ``budget.yaml#/totals/province-granted/amount``."""

Date = Annotated[datetime.date, BeforeValidator(parse_date)]

BY_LEVEL, SINGLE, TEXT, EXACT, BOUND = "<by level>", "<single>", "<text>", "<exact>", "<bound>"
"""Forms of a value that has several, each checked against one so that an error names one reason. They stand in an
error's location, where no key of a data file can be one of them."""
FORMS = frozenset({BY_LEVEL, SINGLE, TEXT, EXACT, BOUND, _WHOLE, _DECIMAL})

Allotment = Annotated[
    Annotated[dict[Id, Measured | None], Tag(BY_LEVEL)] | Annotated[Measured | None, Tag(SINGLE)],
    Discriminator(lambda value: BY_LEVEL if isinstance(value, dict) else SINGLE),
]
"""One number a level, one number, or null where nothing is allotted."""

Reported = Annotated[
    Annotated[dict[LevelId, Measured | None], Tag(BY_LEVEL)] | Annotated[Measured | None, Tag(SINGLE)],
    Discriminator(lambda value: BY_LEVEL if isinstance(value, dict) else SINGLE),
]
"""The same of what was done; its levels are those of the plan."""

NumberOrText = Annotated[
    Annotated[int, Tag(_WHOLE)] | Annotated[Decimal, Tag(_DECIMAL)] | Annotated[Text, Tag(TEXT)],
    Discriminator(
        lambda value: _DECIMAL if isinstance(value, Decimal) else _WHOLE if is_exact(value) else TEXT,
    ),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "minLength": 1}]}),
]
"""What an exception states."""


def _no_mapping(value: object) -> object:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
        raise ValueError("not a leaf")
    return value


Leaf = Annotated[
    Any, AfterValidator(_no_mapping), WithJsonSchema({"type": ["number", "string", "boolean", "null", "array"]})
]
"""A value of a data file that holds no mapping: a number, text, null, or a list of these."""


class Citation(StrictModel):
    """Where a statement comes from: a document, and its section or the lines of its transcription."""

    document: DocumentId
    """Id of a document in documents.yaml."""
    lines: SourceLines = []
    """Lines of the document's transcription, where there is one."""
    section: Text | None = None
    """Section of the document, as it numbers itself: II.1; a page or a cell of an annex, in words."""


class Note(StrictModel):
    """An interpretation of the source or an open question, kept beside the data."""

    kind: Literal["interpretation", "question"]
    """interpretation: how an unclear figure was read; question: for the issuer to answer."""
    text: Text
    """The note, in Vietnamese."""
    source: Citation
    """The place of the document that it is about."""
    indicators: IndicatorIds | None = None
    """Indicators it concerns."""
    units: UnitIds | None = None
    """Units it concerns."""
