"""allocations.yaml: targets, their split by level, and one line a unit."""

from __future__ import annotations

from d8plan.models.base import (
    Allotment,
    DocumentId,
    Entries,
    Id,
    IndicatorId,
    LevelId,
    Measured,
    Note,
    Section,
    SourceLine,
    StrictModel,
    Text,
    Years,
)
from d8plan.models.bounds import Stated, number_of
from d8plan.text.exact import ExactNumber

UNALLOTTED = "unallotted"
"""The line, among those of the units, of what is not yet allotted to any. No unit may have this id."""


class AllocationSource(StrictModel):
    """Where the annex has the rows of totals."""

    document: DocumentId
    """The document whose annex it is."""
    section: Text | None = None
    """The annex within the document: Phụ lục I."""
    target: SourceLine | None = None
    """Line of the row of targets."""
    levels: SourceLine | None = None
    """Line of the row of level totals, where the annex has one."""
    window: SourceLine | None = None
    """Line of the row of completion windows, where the annex has one."""


class Allocation(StrictModel):
    """An indicator's target and its allotment to units."""

    target: Stated
    """The target that the annex states: a number, or one of {at_least: 28}, {more_than: 355, words: hơn 355}…"""
    units: dict[Id, Allotment]
    """One line a unit: {province: 26, district: 55}, a number where not split, null where empty.

    The line “unallotted” holds what no unit has yet; a plan with any is not sealed.
    """
    levels: Section[LevelId, Measured] = {}
    """Level totals that the annex states."""
    control: Section[LevelId, Measured] = {}
    """Level totals that the annex does not state, computed when its columns were transcribed."""
    window: Years | None = None
    """Years in which it is to be completed."""
    unit_of_measure: Text | None = None
    """Unit of measure that this annex prints, where it is not the indicator's."""
    notes: Entries[Note] = {}
    """Interpretations and open questions about its figures."""

    @property
    def amount(self) -> ExactNumber:
        """The number that its target names, whether exactly or as a bound."""
        return number_of(self.target)


class AllocationsFile(StrictModel):
    """allocations.yaml of a plan."""

    source: AllocationSource
    """Where the rows of totals stand."""
    indicators: dict[IndicatorId, Allocation]
    """Allocations by indicator."""
