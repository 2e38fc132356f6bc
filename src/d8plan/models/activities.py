"""activities.yaml: parts of the programme's contents, their activities, who does what."""

from __future__ import annotations

from typing import Literal

from d8plan.models.base import (
    AgencyId,
    Citation,
    ContentId,
    ContentIds,
    DocumentId,
    Dong,
    Entries,
    HolderId,
    Id,
    IndicatorIds,
    LevelId,
    OriginId,
    PartIds,
    SourceLines,
    StatementId,
    StrictModel,
    Text,
    UnitIds,
)


class Cap(StrictModel):
    """What a cap comes to in all: a cap on one, times how many; and the budget it comes from.

    The budget is all amounts that fit every selector given.
    """

    times: StatementId
    """The value of statements.yaml that says how many."""
    level: LevelId | None = None
    """Only holders of this level."""
    origin: OriginId | None = None
    """Only this origin of money."""
    holder: HolderId | None = None
    """Only this holder."""


class Quantity(StrictModel):
    """A number that the text gives an activity."""

    value: Dong
    """The number; money in whole đồng."""
    unit_of_measure: Text
    """lớp, mô hình, %, đồng/mô hình…"""
    bound: Literal["exactly", "at-least", "at-most"] = "exactly"
    """exactly, at-least or at-most."""
    of: Text | None = None
    """What it counts."""
    basis: DocumentId | None = None
    """Document that sets it."""
    cap: Cap | None = None
    """Of a cap in đồng on one: how many, and the budget that has to hold them."""


class Activity(StrictModel):
    """An activity of a part."""

    title: Text
    """Short title."""
    lines: SourceLines = []
    """Lines of the plan's transcription, where there is one."""
    units: UnitIds | None = None
    """Units that the text names."""
    quantities: Entries[Quantity] = {}
    """Numbers that the text gives."""


class Paused(StrictModel):
    """Why a part is paused."""

    reason: Text
    """Reason, as printed."""
    source: Citation
    """Where the text says so."""


class Part(StrictModel):
    """A part of a content: 2.3."""

    number: Text
    """Its number in the text."""
    name: Text
    """Name, shortened where long."""
    content: ContentId
    """The content it belongs to."""
    lines: SourceLines = []
    """Lines of the plan's transcription, where there is one."""
    activities: Entries[Activity] = {}
    """Activities in the text's order."""
    indicators: IndicatorIds | None = None
    """Indicators that measure it."""
    paused: Paused | None = None
    """Given where the part is paused."""


class Agency(StrictModel):
    """What an agency does."""

    role: Literal["lead", "support"]
    """lead or support."""
    tasks: list[Text]
    """Tasks, in short."""
    lines: SourceLines = []
    """Lines of the plan's transcription, where there is one."""
    leads: ContentIds | None = None
    """Contents it leads."""
    supports: ContentIds | None = None
    """Contents it supports."""
    parts: PartIds | None = None
    """Parts that its tasks are about."""


class ActivitiesFile(StrictModel):
    """activities.yaml of a plan."""

    parts: dict[Id, Part]
    """Parts by id, in the text's order."""
    agencies: dict[AgencyId, Agency]
    """Agencies by the id of their unit."""
