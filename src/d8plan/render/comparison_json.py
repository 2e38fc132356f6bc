"""A comparison as JSON, version 1: docs/json.md describes it."""

from __future__ import annotations

import json
from typing import Any

from d8plan.ledger.figures import Kind
from d8plan.models.findings import Finding
from d8plan.text.language import Language
from d8plan.text.message import Message
from d8plan.views.comparison import Comparison, FigureChange, TotalChange, Version
from d8plan.views.comparison.naming import parts_of
from d8plan.views.comparison.tables import differing

VERSION = 1


def as_json(
    comparison: Comparison, old: Version, new: Version, names: tuple[Message, Message], language: Language
) -> str:
    """Return a comparison as JSON; ``names`` are what people call the older and the newer version."""
    document = {
        "version": VERSION,
        "old": language.say(names[0]),
        "new": language.say(names[1]),
        "same": comparison.same,
        "plans": [one._asdict() for one in comparison.plans],
        "figures": [_figure(one, old, new) for one in comparison.figures],
        "totals": [_total(one, language) for one in comparison.totals],
        "new_findings": [_finding(one, language) for one in comparison.new_findings],
        "gone_findings": [_finding(one, language) for one in comparison.gone_findings],
        "values": [{**one._asdict(), "place": one.place.full_pointer()} for one in comparison.values],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _figure(change: FigureChange, old: Version, new: Version) -> dict[str, Any]:
    cell = change.cell
    series, unit, level = parts_of(old, new, cell)
    return {
        "state": change.state,
        "plan": cell.plan,
        "kind": cell.kind,
        "series": cell.series,
        "unit": cell.body,
        "holder": cell.unit if cell.kind is Kind.BUDGET else None,
        "level": cell.level,
        "series_name": series,
        "unit_name": unit,
        "level_name": level or None,
        "unit_of_measure": cell.unit_of_measure,
        "place": cell.place.full_pointer(),
        "old": change.old,
        "new": change.new,
        "change": change.change,
    }


def _total(change: TotalChange, language: Language) -> dict[str, Any]:
    statement = change.statement
    return {
        "plan": statement.plan,
        "source": statement.source,
        "label": language.say(statement.label),
        "unit_of_measure": statement.unit_of_measure,
        "place": statement.place.full_pointer(),
        "stated_old": change.stated_old,
        "stated_new": change.stated_new,
        "computed_old": change.computed_old,
        "computed_new": change.computed_new,
        "difference_old": differing(change.stated_old, change.computed_old),
        "difference_new": differing(change.stated_new, change.computed_new),
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.rule.code,
        "severity": finding.severity,
        "plan": finding.plan,
        "message": language.say(finding.message),
        "place": finding.place.full_pointer(),
        "stated": finding.stated,
        "computed": finding.computed,
        "unit_of_measure": finding.unit_of_measure or None,
        "exception": finding.exception,
    }
