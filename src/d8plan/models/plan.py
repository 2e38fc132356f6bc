"""plan.yaml: what a plan is, its units and zone figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from d8plan.models.base import (
    Citation,
    Code,
    Count,
    Decimals,
    DocumentId,
    Entries,
    Id,
    Measured,
    Note,
    PlanId,
    Section,
    SourceLine,
    StrictModel,
    Text,
    UnitId,
    UnitIds,
    Year,
)
from d8plan.models.findings import Severity


class Level(StrictModel):
    """A level that carries out a share of a target."""

    name: Text
    """Name, as the plan writes it: Cấp tỉnh."""


class Period(StrictModel):
    """The years a plan covers."""

    first: Year
    last: Year

    def years(self) -> range:
        """Return every year, in order; none of a period that ends before it begins."""
        return range(self.first, self.last + 1)

    def lies_in(self, other: Period) -> bool:
        """Tell whether all years, from first to last, lie in those of another period."""
        return other.first <= self.first <= self.last <= other.last


class Zone(StrictModel):
    """A figure that describes units, such as the communes of region III."""

    name: Text
    """Official name."""
    unit_of_measure: Text
    """xã, xóm…"""
    total: Measured
    """The total that the plan states."""
    source: Citation
    """Where the total is stated."""
    decimals: Decimals | None = None
    """Places after the point that its numbers may have; none unless it says."""
    basis: DocumentId | None = None
    """The document that fixes the figures."""
    changed_by: DocumentId | None = None
    """The decision that explains why they differ from those of the phase."""


class PlanUnit(StrictModel):
    """A unit that takes part in the plan: one line each."""

    number: Count
    """Its row number in the annex, which is the plan's official order."""
    line: SourceLine | None = None
    """Line of the annex's transcription with its figures."""
    zone: dict[Id, Measured | None]
    """Zone figures by id; null where the annex is empty."""


class Group(StrictModel):
    """Units that the text treats together, such as pilot districts."""

    name: Text
    units: UnitIds
    """Units of the group."""
    source: Citation
    """Where the text names them."""


class SeverityChoice(StrictModel):
    """Another severity for a rule in this plan."""

    severity: Annotated[Severity, Field(strict=False)]
    """error, warning or info."""
    reason: Text
    """Why, in Vietnamese."""


class Reporting(StrictModel):
    """When results are reported; without it, every quarter, due on its last day."""

    every: Literal["month", "quarter", "half", "year"]
    """month, quarter, half or year."""
    days: Annotated[int, Field(ge=0, le=366)]
    """Days after the end of a period until its report is due."""


class Signature(StrictModel):
    """Who signs."""

    post: Text
    """Post, as printed."""
    name: Text
    """Name, as printed."""


class Plan(StrictModel):
    """A plan of a year or of a phase."""

    title: Text
    """Title of the plan, shortened."""
    document: DocumentId
    """The document that is the plan."""
    period: Period
    """Years it covers."""
    levels: dict[Id, Level]
    """Levels that carry it out, in the annex's order."""
    units: dict[UnitId, PlanUnit]
    """Units that take part."""
    phase: PlanId | None = None
    """The phase plan that it belongs to."""
    zone: Entries[Zone] = {}
    """Zone figures and their stated totals."""
    legal_basis: Section[DocumentId, Citation] = {}
    """Documents it rests on or cites, with the place of the citation."""
    groups: Entries[Group] = {}
    """Named groups of units."""
    notes: Entries[Note] = {}
    """Interpretations and open questions about the plan."""
    reporting: Reporting | None = None
    """When results are reported."""
    signature: Signature | None = None
    """Signature under the plan."""
    sealed: Literal["required"] | None = None
    """required: that the plan is not sealed is an error."""
    severities: Section[Code, SeverityChoice] = {}
    """Rules whose findings matter more or less in this plan than usual, by code."""
