"""seal.json: the values of a plan as they were when it was signed. Written by ``d8plan seal`` alone."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from d8plan.models.base import StrictModel, parse_date
from d8plan.text.exact import as_json_text

PlainValues = dict[str, Any]
"""Plain values by their pointer: ``allocations.yaml#/indicators/teams/target``."""


def _is_date(text: str) -> str:
    parse_date(text)
    return text


class _SealFile(StrictModel):
    format: Literal[1] = 1

    def content(self) -> dict[str, Any]:
        """Return what the digest is of: all but itself."""
        return {name: value for name, value in self if name != "digest"}


class Seal(_SealFile):
    """The seal of a plan."""

    document: str
    """Id of the document that was signed."""
    date: Annotated[str, AfterValidator(_is_date)]
    """Its date, YYYY-MM-DD."""
    plan: PlainValues
    """What the document says."""
    record: PlainValues
    """What is kept about it: exceptions, notes, control totals, severities, amendments."""
    digest: str = ""
    """Of all the rest, as the file says."""

    def said(self) -> dict[str, Any]:
        """Return what never changes: what the document says, and which document it is."""
        return {name: value for name, value in self if name not in ("record", "digest")}


class RegisterSeal(_SealFile):
    """The seal of the files that plans share."""

    plans: dict[str, str]
    """Digest of what each sealed plan says, by its id, so that no seal is lost or replaced unseen."""
    records: dict[str, str]
    """Digest of each plan's whole seal; another one after each renewal."""
    registers: PlainValues
    """Values of units.yaml, indicators.yaml and documents.yaml."""
    digest: str = ""
    """Of all the rest, as the file says."""


def digest(content: dict[str, Any]) -> str:
    """Return the digest of a seal's content."""
    canonical = as_json_text(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()
