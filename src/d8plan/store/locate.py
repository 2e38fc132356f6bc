"""Make findings concrete: file, line, column, the line as typed, the annex's cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from d8plan.findings import FAMILIES, Finding, Located, Mark, Near, Place
from d8plan.store.loader import Loaded
from d8plan.text import printable


def locate(loaded: Loaded, findings: Iterable[Finding], cells: Mapping[Place, tuple[str, str]]) -> list[Located]:
    """Return findings with their places, sorted: root causes first, then by file and line."""

    def path(file: str) -> str:
        return printable(os.path.join(folder, file).replace(os.sep, "/"))

    folder = _shown(loaded.folder)
    located = []
    for finding in findings:
        mark = finding.mark or loaded.mark(finding.place)
        near = tuple(Near(item.text, path(item.place.file), loaded.mark(item.place).line) for item in finding.related)
        excerpt = loaded.line(finding.place.file, mark.line)
        located.append(Located(finding, path(finding.place.file), mark, excerpt, cells.get(finding.place), near))

    def order(item: Located) -> tuple[int, str, Mark, str]:
        family = FAMILIES.index(item.finding.rule.code[0])
        return family, item.file, item.mark, item.finding.rule.code

    return sorted(located, key=order)


def _shown(folder: Path) -> str:
    """Return a folder as it is best told: from here where it is below, else as it was given."""
    full, here = os.path.abspath(folder), str(Path.cwd())
    below = full == here or full.startswith(os.path.join(here, ""))
    return os.path.relpath(full) if below else str(folder)
