"""``validate`` as JSON, version 1: a contract of its own, documented in docs/json.md."""

from __future__ import annotations

import json
from typing import Any

from d8plan.checks.proof import Proof
from d8plan.findings import Located
from d8plan.language import Language
from d8plan.render.outcome import Outcome

VERSION = 1


def render(outcome: Outcome, language: Language) -> str:
    """Return the report as JSON text; numbers are plain, places are 1-based."""
    document = {
        "version": VERSION,
        "ok": outcome.ok,
        "strict": outcome.strict,
        "checks": outcome.checks,
        "proven": _proof(outcome.proof),
        "plans": [
            {"id": plan.id, "title": plan.title, "document": plan.document, "proven": _proof(plan.proof)}
            for plan in outcome.plans
        ],
        "findings": [
            *(_finding(item, language) for item in outcome.findings),
            *(_finding(item.located, language) | {"reason": item.reason} for item in outcome.accepted),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _proof(proof: Proof) -> dict[str, dict[str, int]]:
    return {
        "figures": {"total": proof.figures, "proven": proof.figures_proven},
        "statements": {"total": proof.statements, "proven": proof.statements_proven},
        "controls": {"total": proof.controls, "proven": proof.controls_proven},
    }


def _finding(item: Located, language: Language) -> dict[str, Any]:
    finding = item.finding
    return {
        "code": finding.rule.code,
        "rule": finding.rule.name,
        "severity": str(finding.severity),
        "message": language.say(finding.message),
        "file": item.file,
        "line": item.mark.line,
        "column": item.mark.column,
        "plan": finding.plan,
        "indicator": finding.indicator,
        "unit": finding.unit,
        "level": finding.level,
        "stated": finding.stated,
        "computed": finding.computed,
        "difference": finding.difference,
        "unit_of_measure": finding.unit_of_measure or None,
        "exception": finding.exception,
        "action": language.say(finding.action),
        "sheet": item.cell[0] if item.cell else None,
        "cell": item.cell[1] if item.cell else None,
        "document": finding.cited.document if finding.cited else None,
        "document_lines": list(finding.cited.lines) if finding.cited else [],
        "related": [
            {"message": language.say(near.text), "file": near.file, "line": near.line} for near in item.related
        ],
    }
