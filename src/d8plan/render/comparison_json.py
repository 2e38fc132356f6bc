"""A comparison as JSON, version 1: docs/json.md describes it."""

from __future__ import annotations

from d8plan.render.views import machine_rows
from d8plan.text.exact import as_json_text
from d8plan.text.language import Language
from d8plan.views.comparison.changes import VersionComparison
from d8plan.views.comparison.tables import figures, findings, totals

VERSION = 1


def as_json(comparison: VersionComparison, language: Language) -> str:
    """Return a comparison as JSON."""
    tables = (figures(comparison), totals(comparison), *findings(comparison))
    document = {
        "version": VERSION,
        "old": language.say(comparison.old.name),
        "new": language.say(comparison.new.name),
        "same": comparison.same,
        "plans": [change._asdict() for change in comparison.plans],
        **{table.key: machine_rows(table, language) for table in tables},
        "values": [{**change._asdict(), "place": change.place.full_pointer()} for change in comparison.values],
    }
    return as_json_text(document, ensure_ascii=False, indent=2) + "\n"
