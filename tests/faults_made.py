"""Faults made in copies of the shipped data, and how they are told."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, NamedTuple

from support import new_findings

from d8plan.models.findings import Finding
from d8plan.storage.data.loader import Loaded
from d8plan.text.message import Message

TODAY = datetime.date(2026, 11, 23)
PHASE, YEAR = "plans/2021-2025", "plans/2024"
ALLOCATIONS, BUDGET, PLAN = f"{YEAR}/allocations.yaml", f"{YEAR}/budget.yaml", f"{YEAR}/plan.yaml"
STATEMENTS, EXCEPTIONS, ACTIVITIES = f"{YEAR}/statements.yaml", f"{YEAR}/exceptions.yaml", f"{YEAR}/activities.yaml"


class Told(NamedTuple):
    """What a user sees of a finding."""

    code: str
    file: str
    line: int
    column: int


def words(message: Message) -> str:
    """Return a message in English, with its values in place of its braces."""
    values = {key: words(value) if isinstance(value, Message) else str(value) for key, value in message.values}
    return message.template.format(**values)


def told(loaded: Loaded, finding: Finding) -> Told:
    mark = finding.mark or loaded.mark(finding.place)
    return Told(finding.rule.code, finding.place.file, mark.line, mark.column)


def only(folder: Path) -> tuple[Told, Finding]:
    """Return the one finding of a folder; more, or none, is an error."""
    loaded, findings = new_findings(folder)
    all_told = [(told(loaded, finding), words(finding.message)) for finding in findings]
    assert len(all_told) == 1, all_told
    return all_told[0][0], findings[0]


def at(data: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        data = data[key]
    return data
