"""``validate`` as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import hashlib
import os
import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import quote

from d8plan import __version__
from d8plan.models.findings import Finding, Located, Rule, Severity
from d8plan.models.places import Mark
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.render.phrases import finding_lines
from d8plan.render.report_writers import ReportSettings, ReportWriter
from d8plan.text.exact import as_json_text
from d8plan.text.names import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


class SarifReport(ReportWriter):
    """One log with one run, whatever the number of folders: code scanning takes no more than one run of a tool."""

    for_service = True

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.index = {code: number for number, code in enumerate(settings.rules)}
        self.rules = [self._rule(rule) for rule in settings.rules.values()]
        self.results: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder."""
        if isinstance(judged, UnreadFolder):
            text = f"{judged.folder}: {self.say(judged.reason)}"
            self.notifications.append({"level": "error", "message": _message(text)})
            return ""
        self.results += [self._result(located) for located in judged.findings]
        for known in judged.accepted:
            suppression = {"kind": "external", "status": "accepted", "justification": known.reason}
            self.results.append(self._result(known.located) | {"suppressions": [suppression]})
        return ""

    def end(self) -> str:
        """Return the log."""
        run = {
            "tool": {"driver": {"name": "d8plan", "version": __version__, "rules": self.rules}},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": not self.notifications,
                    "toolExecutionNotifications": self.notifications,
                }
            ],
            "results": self.results,
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        return as_json_text(log, ensure_ascii=False, indent=2) + "\n"

    def _rule(self, rule: Rule) -> dict[str, Any]:
        return {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": self.say(rule.title)},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        }

    def _result(self, located: Located) -> dict[str, Any]:
        finding = located.finding
        places = [
            {"message": _message(self.say(place.text)), "physicalLocation": _physical(place.file, place.line)}
            for place in dict.fromkeys((*located.related, *located.suspects))
        ]
        return {
            "ruleId": finding.rule.code,
            "ruleIndex": self.index[finding.rule.code],
            "level": _LEVELS[finding.severity],
            "message": _message("\n".join(finding_lines(located, self.language))),
            "locations": [{"physicalLocation": _physical(located.file, located.mark.line, located.mark)}],
            **({"relatedLocations": places} if places else {}),
            "partialFingerprints": {"d8planPlace/v1": _fingerprint(finding)},
            # All results of a run have suppressions, or none has.
            "suppressions": [],
        }


def _message(text: str) -> dict[str, str]:
    """Return text as a message: braces would be placeholders, brackets the text of a link."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _physical(file: str, line: int, mark: Mark | None = None) -> dict[str, Any]:
    region = {"startLine": line}
    if mark:
        region |= {"startColumn": mark.column, "endColumn": mark.column + max(mark.width, 1)}
    return {"artifactLocation": {"uri": _uri(file)}, "region": region}


def _uri(file: str) -> str:
    """Return a path in the repository as a relative reference, another as a file URI: steps upwards are not allowed."""
    path = posixpath.normpath(file)
    if not Path(path).is_absolute() and not path.startswith("../"):
        return quote(path)
    full = printable(os.path.abspath(path).replace(os.sep, "/"))
    return f"file://{'' if full.startswith('/') else '/'}{quote(full, safe='/:')}"


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines and folders move: the rule, what it is about, the keys."""
    about = (finding.plan, finding.indicator, finding.unit, finding.level)
    parts = (finding.rule.code, *(part or "" for part in about), finding.place.pointer())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
