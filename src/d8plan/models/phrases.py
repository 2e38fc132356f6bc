"""Phrases that more than one output uses."""

from __future__ import annotations

from d8plan.models.files import State
from d8plan.models.findings import Cited, Finding
from d8plan.text.message import Amount, M, Message

STATES = {State.DRAFT: M("draft"), State.ISSUED: M("issued"), State.AMENDED: M("amended")}


def citation(cited: Cited) -> Message:
    """Return a citation for people: 288/KH-BCD, lines 187-191; the document alone where no line is known."""
    if not cited.lines:
        return M("{document}", document=cited.document)
    runs: list[list[int]] = []
    for line in sorted(cited.lines):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    shown = tuple(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return M("{document}, line {lines}", document=cited.document, lines=shown)


def difference(finding: Finding) -> Message:
    """Return a finding's difference with its sign, or both values where they are text."""
    if finding.difference is None:
        return M("“{stated}” against “{computed}”", stated=finding.stated or "", computed=finding.computed or "")
    sign = "+" if finding.difference > 0 else "-" if finding.difference else ""
    return M("{sign}{amount}", sign=sign, amount=Amount(abs(finding.difference), finding.unit_of_measure))
