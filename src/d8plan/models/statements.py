"""statements.yaml: every number that the text states about the plan's figures."""

from __future__ import annotations

from typing import Literal

from d8plan.models.base import (
    Citation,
    Entries,
    GroupId,
    Id,
    IndicatorId,
    LevelId,
    PartId,
    PlanId,
    StrictModel,
    Text,
    UnitIds,
    ZoneId,
)
from d8plan.models.bounds import Stated


class Select(StrictModel):
    """Which figures a statement speaks of: all that fit every selector given."""

    indicator: IndicatorId | None = None
    """Figures of this indicator."""
    zone: ZoneId | None = None
    """Zone figures of this id."""
    group: GroupId | None = None
    """Only units of this group of the plan; alone, the units themselves are counted."""
    plan: PlanId | None = None
    """Another plan than the statement's own."""
    level: LevelId | None = None
    """Only this level."""
    units: UnitIds | None = None
    """Only these units."""


class _Statement(StrictModel):
    text: Text
    """What is stated, in short, in Vietnamese."""
    source: Citation
    """Where it is stated."""
    select: Select
    """The figures it speaks of."""


class ValueStatement(_Statement):
    """A number that the text states."""

    value: Stated
    """The number stated: exactly, or one of {more_than: 355}, {about: 76}…"""
    of: Select | None = None
    """What the number is a share of: in per cent where unit_of_measure is %, per thousand where it is ‰."""
    aggregate: Literal["sum", "count"] = "sum"
    """sum of the figures, or count of the units with more than 0; of a group alone, of its units."""
    unit_of_measure: Text | None = None
    """Unit of measure, as the text states it."""


class ActivityRef(StrictModel):
    """An activity of activities.yaml."""

    part: PartId
    activity: Id


class UnitsStatement(_Statement):
    """An activity names units as those with an allotment."""

    activity: ActivityRef
    """The activity that names units: exactly those with more than 0."""


class StatementsFile(StrictModel):
    """statements.yaml of a plan."""

    values: dict[Id, ValueStatement]
    """Numbers stated."""
    named_units: Entries[UnitsStatement] = {}
    """Lists of units stated."""
