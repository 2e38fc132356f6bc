"""Make findings concrete: file, line, column, the line as typed, the annex's cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from d8plan.models.findings import FAMILIES, Finding, Located, RelatedLine
from d8plan.models.places import Mark, Place
from d8plan.storage.data.loader import Loaded
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Message
from d8plan.text.names import printable


def locate(
    loaded: Loaded, findings: Iterable[Finding], cells: Mapping[Place, tuple[str, str]], folder: str
) -> list[Located]:
    """Return findings with their places, sorted: errors before warnings, root causes first, then by file and line.

    ``folder`` is what the data folder is called.
    """

    def path(file: str) -> str:
        return printable(file) if folder == "." else f"{folder}/{printable(file)}"

    def line_of(text: Message, place: Place, value: ExactNumber | None = None) -> RelatedLine:
        return RelatedLine(text, path(place.file), loaded.mark(place).line, value)

    located = []
    for finding in findings:
        mark = finding.mark or loaded.mark(finding.place)
        located.append(
            Located(
                finding,
                path(finding.place.file),
                mark,
                excerpt=loaded.line(finding.place.file, mark.line),
                cell=cells.get(finding.place),
                related=tuple(line_of(item.text, item.place) for item in finding.related),
                terms=tuple(line_of(term.name, term.place, term.value) for term in finding.terms),
                suspects=tuple(line_of(item.text, item.place) for item in finding.suspects),
            )
        )

    def order(item: Located) -> tuple[int, int, str, Mark, str]:
        severity, family = item.finding.severity.rank, FAMILIES.index(item.finding.rule.code[0])
        return severity, family, item.file, item.mark, item.finding.rule.code

    return sorted(located, key=order)


def shown(folder: Path) -> str:
    """Return a folder as it is best told: from here where it is below, else as it was given; with slashes."""
    full, here = os.path.abspath(folder), str(Path.cwd())
    below = full == here or full.startswith(os.path.join(here, ""))
    return printable((os.path.relpath(full) if below else str(folder)).replace(os.sep, "/"))


def from_top(folder: Path) -> str:
    """Return a folder as services that show files of a repository name it: from the repository's top folder.

    Where it lies in no repository, from the workspace of GitHub if it lies there, else as ``shown`` does. A link is
    followed, for what it leads to is what the repository holds.
    """
    full = Path(os.path.realpath(folder))
    top = next((above for above in (full, *full.parents) if (above / ".git").exists()), None)
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if top is None and workspace:
        top = Path(os.path.realpath(workspace))
    if top is None or not full.is_relative_to(top):
        return shown(folder)
    return printable(full.relative_to(top).as_posix())
