"""annex.yaml: headings of the printed annex; the columns follow from them."""

from __future__ import annotations

from d8plan.models.base import ContentIds, Id, IndicatorId, LevelId, StrictModel, Text, ZoneId


class AnnexGroup(StrictModel):
    """A heading over several indicators."""

    name: Text
    """Heading."""
    indicators: dict[IndicatorId, Text]
    """Indicators in column order, each with the heading printed over it."""
    contents: ContentIds | None = None
    """Contents of the programme that the heading stands for."""


class AnnexRows(StrictModel):
    """Labels of the rows of totals."""

    target: Text
    """Label of the row of targets."""
    levels: Text
    """Label of the row that names the levels."""
    window: Text | None = None
    """Label of the row of completion windows, where there is one."""


class AnnexFile(StrictModel):
    """annex.yaml of a plan."""

    sheet: Text
    """Name of the sheet."""
    label: Text
    """Heading: PHỤ LỤC I."""
    title: Text
    """Title under the heading."""
    number_heading: Text
    """Heading of the column of row numbers."""
    unit_heading: Text
    """Heading of the column of units."""
    content_heading: Text
    """Heading over all indicators."""
    zone: dict[ZoneId, Text]
    """Headings of the zone columns, in column order."""
    groups: dict[Id, AnnexGroup]
    """Headings and indicators in column order."""
    levels: dict[LevelId, Text]
    """Names of the levels, as this annex prints them."""
    rows: AnnexRows
    """Labels of the rows of totals."""
    issuer: Text | None = None
    """Issuer printed above the heading."""
    budget_sheet: Text | None = None
    """Name of the sheet with the plan's budget."""
    budget_title: Text | None = None
    """Title of the sheet with the plan's budget."""
