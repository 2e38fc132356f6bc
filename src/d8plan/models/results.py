"""results/*.yaml: what units report as done, one file a period, named after it: 2024-Q2.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from d8plan.models.base import Date, Dong, HolderId, IndicatorId, OriginId, Reported, Section, StrictModel, Text, UnitId


class Said(StrictModel):
    """What a report says, and when."""

    as_of: Date
    """The day on which it was so."""
    received: Date
    """The day on which it came in."""
    by: Text | None = None
    """Who reports: an office, or a person in it."""
    note: Text | None = None
    """What is to be known about the numbers."""
    done: Section[IndicatorId, Reported] = {}
    """Done in the period by indicator, split by level as in the plan; of indicators that are not summed over
    years, the state at the end."""
    spent: Section[HolderId, dict[OriginId, Dong | None]] = {}
    """Disbursed in the period by holder and origin, in đồng."""


class UnitReport(Said):
    """The report of a unit, as it was last corrected."""

    earlier: Section[Annotated[str, Field(pattern=r"^[1-9][0-9]*$")], Said] = {}
    """What it said before each correction, by number; only the values that were others then, null where there was
    none."""


class ResultsFile(StrictModel):
    """The reports of a period; the file's name tells which."""

    reports: dict[UnitId, UnitReport]
    """Reports by the unit, or the office that holds money, that they come from."""
