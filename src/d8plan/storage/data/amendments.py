"""Write the file of an amendment: what a later document changes in a sealed plan."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from d8plan.models.amendments import AmendmentFile
from d8plan.storage.data.raw_text import Path
from d8plan.storage.data.splice import splice, written, written_key

_SCHEMA = "# yaml-language-server: $schema=../../../../schemas/amendments.schema.json"


class Head(NamedTuple):
    """What a new amendment begins with."""

    document: str
    """Id of the document that amends."""
    date: datetime.date
    reason: str


def begun(head: Head, changes: Mapping[str, tuple[Any, Any]]) -> bytes:
    """Return a new amendment with the old and new value of each place."""
    lines = [
        _SCHEMA,
        f"document: {written(head.document)}",
        f"date: {head.date.isoformat()}",
        f"reason: {written(head.reason)}",
        "changes:",
        *(f"  {written_key(pointer)}: {written({'old': old, 'new': new})}" for pointer, (old, new) in changes.items()),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def continued(content: bytes, known: AmendmentFile, changes: Mapping[str, tuple[Any, Any]]) -> bytes:
    """Return an amendment with further changes; a place that it lists already gets the new value.

    Raises EditError where the file cannot be edited in place.
    """
    values: dict[Path, Any] = {}
    for pointer, (old, new) in changes.items():
        if pointer in known.changes:
            values["changes", pointer, "new"] = new
        else:
            values["changes", pointer] = {"old": old, "new": new}
    return splice(content, values)
