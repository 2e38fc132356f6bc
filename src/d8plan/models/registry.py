"""Registers that plans share: units, documents, indicators."""

from __future__ import annotations

from typing import Literal

from d8plan.models.base import (
    ContentId,
    Count,
    CountedId,
    Date,
    Decimals,
    Factor,
    Id,
    IndicatorId,
    IndicatorIds,
    KindId,
    SourceLines,
    StrictModel,
    Text,
    UnitId,
    UnitIds,
)


class UnitKind(StrictModel):
    """A kind of unit."""

    name: Text
    """The word that stands before a unit's name: huyện, tỉnh, sở."""


class Unit(StrictModel):
    """A territory or body that plans name."""

    name: Text
    """Official name, as the plan spells it."""
    kind: KindId
    """A kind of this file."""
    order: Count
    """Administrative order among all units."""
    short_name: Text | None = None
    """Short form for narrow tables."""
    parent: UnitId | None = None
    """The unit it belongs to."""
    aliases: list[Text] | None = None
    """Other spellings and names in use."""
    valid_from: Date | None = None
    """First day of its existence, where known."""
    valid_to: Date | None = None
    """Last day of its existence, where known."""
    successors: UnitIds | None = None
    """Units that took its territory over; a unit may succeed several, so figures cannot be converted by them."""


class UnitsFile(StrictModel):
    """units.yaml: every unit and agency, once."""

    kinds: dict[Id, UnitKind]
    """Kinds of units; tiers of government are data."""
    units: dict[Id, Unit]
    """Units and agencies by id."""


class Document(StrictModel):
    """A document that plans are or cite."""

    kind: Text
    """Kế hoạch, Công văn, Thông tư…"""
    number: Text | None = None
    """Number and symbol, as printed."""
    date: Date | None = None
    """Date of issue, where the source gives it."""
    issuer: Text | None = None
    """Who issued it, where the source says so."""
    title: Text | None = None
    """What it is about, shortened."""


class DocumentsFile(StrictModel):
    """documents.yaml: every document cited, once."""

    documents: dict[Id, Document]
    """Documents by id."""


class Content(StrictModel):
    """A content (nội dung) of the programme."""

    number: Text
    """Its number in the text."""
    name: Text
    """Name, shortened where long."""
    lines: SourceLines = []
    """Lines of the year plan's transcription that name it, where there is one."""


class Aggregation(StrictModel):
    """How an indicator's figures may be put together; nothing is summed that may not be."""

    units: Literal["sum", "not-additive", "rate"]
    """Over units and levels. sum; not-additive: each stands alone; rate: the share of one indicator in another."""
    years: Literal["sum", "last", "not-additive", "rate"]
    """Over the years of a phase. sum; last: the last year's figure counts; not-additive and rate: not compared."""
    numerator: IndicatorId | None = None
    """Of a rate: the indicator above the line."""
    denominator: IndicatorId | None = None
    """Of a rate: the indicator below the line."""
    factor: Factor | None = None
    """Of a rate: what the share is multiplied by, 100 (per cent) unless it says; 1000, or 10 for tạ/ha from tonnes."""


class Indicator(StrictModel):
    """What a plan sets targets for."""

    name: Text
    """Official name."""
    short_name: Text
    """Short name for tables."""
    unit_of_measure: Text
    """người, lớp, tổ…"""
    content: ContentId
    """Content of the programme, as the text orders it."""
    order: Count
    """Order in the annex."""
    aggregation: Aggregation
    """How its figures are put together."""
    decimals: Decimals | None = None
    """Places after the point that its numbers may have, none unless it says; of a rate, those it is rounded to."""
    part_of: IndicatorId | None = None
    """The indicator that it is a part of: women among the people trained."""
    not_more_than: CountedId | None = None
    """An indicator, or a zone figure, that it is never more than: clubs than communes."""
    sum_of: IndicatorIds | None = None
    """The indicators that it is exactly the sum of: men and women."""


class IndicatorsFile(StrictModel):
    """indicators.yaml: contents of the programme and the indicators that measure them."""

    contents: dict[Id, Content]
    """Contents by id."""
    indicators: dict[Id, Indicator]
    """Indicators by id."""
