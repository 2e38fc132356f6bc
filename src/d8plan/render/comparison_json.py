"""A comparison as JSON, version 1: docs/json.md describes it."""

from __future__ import annotations

import json

from d8plan.render.views import machine_rows
from d8plan.text.language import Language
from d8plan.text.message import Message
from d8plan.views.comparison.changes import Comparison, Version
from d8plan.views.comparison.tables import figures, findings, totals

VERSION = 1


def as_json(
    comparison: Comparison, old: Version, new: Version, version_names: tuple[Message, Message], language: Language
) -> str:
    """Return a comparison as JSON; ``version_names`` are what people call the older and the newer version."""
    tables = (figures(comparison, old, new), totals(comparison), *findings(comparison))
    document = {
        "version": VERSION,
        "old": language.say(version_names[0]),
        "new": language.say(version_names[1]),
        "same": comparison.same,
        "plans": [change._asdict() for change in comparison.plans],
        **{table.key: machine_rows(table, language) for table in tables},
        "values": [{**change._asdict(), "place": change.place.full_pointer()} for change in comparison.values],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
