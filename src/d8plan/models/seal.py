"""seal.json: the values of a plan as they were when it was signed. Written by ``d8plan seal`` alone.

It is JSON with one value a line: read in a fraction of the time of YAML, and never edited by hand.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

Leaves = dict[str, Any]
"""Plain values by their place: ``allocations.yaml#/indicators/teams/target``."""

FORMAT = 1


class Seal(NamedTuple):
    """The seal of a plan."""

    document: str
    """Id of the document that was signed."""
    date: str
    """Its date, YYYY-MM-DD."""
    plan: Leaves
    """What the document says."""
    record: Leaves
    """What is kept about it: exceptions, notes, control totals, severities, amendments."""
    digest: str
    """Of all the rest, as the file says."""

    def said(self) -> dict[str, Any]:
        """Return what never changes: what the document says, and which document it is."""
        return {"format": FORMAT, "document": self.document, "date": self.date, "plan": self.plan}

    def content(self) -> dict[str, Any]:
        """Return what the digest is of."""
        return {**self.said(), "record": self.record}


class RegisterSeal(NamedTuple):
    """The seal of the files that plans share."""

    plans: dict[str, str]
    """Digest of what each sealed plan says, by its id, so that no seal is lost or replaced unseen."""
    records: dict[str, str]
    """Digest of each plan's whole seal; another one after each renewal."""
    registers: Leaves
    """Values of units.yaml, indicators.yaml and documents.yaml."""
    digest: str
    """Of all the rest, as the file says."""

    def content(self) -> dict[str, Any]:
        """Return what the digest is of."""
        return {"format": FORMAT, "plans": self.plans, "records": self.records, "registers": self.registers}


def digest(content: dict[str, Any]) -> str:
    """Return the digest of a seal's content."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def plain(value: object) -> Any:
    """Return a leaf as JSON keeps it: a date as YYYY-MM-DD."""
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else value


def written(seal: Seal | RegisterSeal) -> str:
    """Return the text of a seal's file: one value a line, lists too."""
    content = seal.content()
    entries = [f" {_json(key)}: {_section(value)}" for key, value in (*content.items(), ("digest", digest(content)))]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _section(value: object) -> str:
    if not isinstance(value, dict) or not value:
        return _json(value)
    return "{\n" + ",\n".join(f"  {_json(key)}: {_json(leaf)}" for key, leaf in value.items()) + "\n }"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
