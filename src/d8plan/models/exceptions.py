"""exceptions.yaml: where the signed text is known to be wrong, pinned to exact values."""

from __future__ import annotations

from d8plan.models.base import AgencyId, Citation, Code, Date, Id, NumberOrText, Pointer, StrictModel, Text


class ExceptionEntry(StrictModel):
    """One known fault: it covers a finding only with exactly these values."""

    code: Code
    """Code of the rule that finds it."""
    place: Pointer
    """File of this plan's folder and path of the stated value."""
    stated: NumberOrText
    """What the signed text states."""
    computed: NumberOrText
    """What follows from the figures."""
    reason: Text
    """Why it is left, in Vietnamese."""
    citation: Citation
    """The document that allows it."""
    owner: AgencyId
    """The office that answers for it: a unit, not a person."""
    date: Date
    """When it was recorded."""
    expires: Date | None = None
    """Last day on which it counts."""


class ExceptionsFile(StrictModel):
    """exceptions.yaml of a plan."""

    exceptions: dict[Id, ExceptionEntry]
    """Exceptions by id."""
