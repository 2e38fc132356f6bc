"""amendments/*.yaml: what a later document changes in a sealed plan, one file a document."""

from __future__ import annotations

from d8plan.models.base import Date, DocumentId, Leaf, Pointer, StrictModel, Text


class Change(StrictModel):
    """A value that an amendment changes; null where there is none, before or after."""

    old: Leaf
    """What the plan said before."""
    new: Leaf
    """What it says from then on."""


class AmendmentFile(StrictModel):
    """An amendment of a sealed plan."""

    document: DocumentId
    """The document that amends, with its number, in documents.yaml."""
    date: Date
    """Its date; amendments apply in this order."""
    reason: Text
    """Why the plan is changed, in Vietnamese."""
    changes: dict[Pointer, Change]
    """What changes, by file of the plan's folder and path of the value."""
