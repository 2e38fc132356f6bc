"""``validate`` as JSON, version 1: a contract of its own, documented in docs/json.md."""

from __future__ import annotations

import json
from typing import Any

from d8plan.ledger.proof import Proof
from d8plan.models.findings import Located, RelatedLine
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.render.report_writers import ReportSettings, ReportWriter
from d8plan.text.exact import as_json_text
from d8plan.text.language import Language

VERSION = 1


class JsonReport(ReportWriter):
    """The report as JSON text; numbers are plain, places are 1-based.

    One folder is a document; several are a document that lists theirs.
    """

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.ok = True
        self.folders: list[str] = []
        """The folders' documents, as text already: it takes a fraction of the space."""

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder; return its document where it is the only one."""
        if isinstance(judged, UnreadFolder):
            if not self.settings.several:
                return ""
            document = {"folder": judged.folder, "error": self.say(judged.reason)}
        else:
            document = _document(judged, self.language)
        text = as_json_text(document, ensure_ascii=False, indent=2)
        if not self.settings.several:
            return text + "\n"
        self.ok = self.ok and judged.ok
        self.folders.append(text.replace("\n", "\n    "))
        return ""

    def end(self) -> str:
        """Return the document of several folders."""
        if not self.settings.several:
            return ""
        listed = ",\n    ".join(self.folders)
        return f'{{\n  "version": {VERSION},\n  "ok": {json.dumps(self.ok)},\n  "folders": [\n    {listed}\n  ]\n}}\n'


def _document(judged: Outcome, language: Language) -> dict[str, Any]:
    return {
        "version": VERSION,
        "folder": judged.folder,
        "ok": judged.ok,
        "strict": judged.strict,
        "checks": judged.checks,
        "left_out": judged.left_out,
        "uncounted": list(judged.uncounted),
        "proven": _proof(judged.proof),
        "plans": [
            {
                "id": plan.id,
                "title": plan.title,
                "document": plan.document,
                "state": str(plan.state),
                "proven": _proof(plan.proof),
            }
            for plan in judged.plans
        ],
        "findings": [
            *(_finding(located, language) for located in judged.findings),
            *(_finding(known.located, language) | {"reason": known.reason} for known in judged.accepted),
        ],
    }


def _proof(proof: Proof) -> dict[str, dict[str, int]]:
    return {
        "figures": {"total": proof.figures, "proven": proof.figures_proven},
        "statements": {"total": proof.statements, "proven": proof.statements_proven},
        "controls": {"total": proof.controls, "proven": proof.controls_proven},
    }


def _finding(located: Located, language: Language) -> dict[str, Any]:
    finding = located.finding
    return {
        "code": finding.rule.code,
        "rule": finding.rule.name,
        "severity": str(finding.severity),
        "message": language.say(finding.message),
        "file": located.file,
        "line": located.mark.line,
        "column": located.mark.column,
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
        "sheet": located.cell[0] if located.cell else None,
        "cell": located.cell[1] if located.cell else None,
        "document": finding.cited.document if finding.cited else None,
        "document_lines": list(finding.cited.lines) if finding.cited else [],
        "document_section": finding.cited.section if finding.cited else None,
        "parts": [
            {"label": language.say(part.text), "value": part.value, "file": part.file, "line": part.line}
            for part in located.terms
        ],
        "suspects": _places(located.suspects, language),
        "related": _places(located.related, language),
    }


def _places(places: tuple[RelatedLine, ...], language: Language) -> list[dict[str, Any]]:
    return [{"message": language.say(place.text), "file": place.file, "line": place.line} for place in places]
