"""Sealed copies of the shipped data: changed, amended, tampered with, and what is found in them."""

from __future__ import annotations

import json
from pathlib import Path

from support import d8plan, new_findings, replace_once

from d8plan.models.findings import Finding
from d8plan.storage.data.loader import Loaded

PLAN = "plans/2024/plan.yaml"
ALLOCATIONS = "plans/2024/allocations.yaml"
BUDGET = "plans/2024/budget.yaml"
STATEMENTS = "plans/2024/statements.yaml"
ANNEX = "plans/2024/annex.yaml"
ACTIVITIES = "plans/2024/activities.yaml"
SEAL, TOP = "plans/2024/seal.json", "seal.json"
SIGNED = ("--document", "288/KH-BCD", "--date", "2024-03-20")
BAO_LAC = "bao-lac:           {province: 5, district: 5}"
TITLE = "Kế hoạch triển khai Dự án 8 năm 2024"
CLUBS = "bao-lam:           3\n      labour-department: null"
TARGET = "allocations.yaml#/indicators/communication-teams/target"
Change = tuple[object, object]


def edit(folder: Path, file: str, old: str, new: str) -> int:
    """Replace what stands once in a file; return the first line that is another one now."""
    before = (folder / file).read_text(encoding="utf-8").splitlines()
    replace_once(folder / file, old, new)
    after = (folder / file).read_text(encoding="utf-8").splitlines()
    same = zip(before, after, strict=False)
    return next((number for number, (one, two) in enumerate(same, 1) if one != two), min(len(before), len(after)) + 1)


def line_of(loaded: Loaded, finding: Finding) -> int:
    return (finding.mark or loaded.mark(finding.place)).line


def found_in(folder: Path) -> tuple[Loaded, list[Finding]]:
    """Return what is found beyond the shipped data's, but for the advice to seal an amendment."""
    loaded, findings = new_findings(folder)
    return loaded, [item for item in findings if item.rule.code != "L008" or "/amendments/" not in item.place.file]


def places(folder: Path) -> list[tuple[str, str, int]]:
    """Return code, file and line of every finding that the shipped data does not have."""
    loaded, findings = found_in(folder)
    return sorted((item.rule.code, item.place.file, line_of(loaded, item)) for item in findings)


def codes(folder: Path) -> list[str]:
    return [code for code, _, _ in places(folder)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seal(folder: Path, plan: str, *arguments: str) -> None:
    ended = d8plan("--data", str(folder), "seal", plan, *arguments)
    assert ended.returncode == 0, ended.stderr


STATEMENT = """  pilot-districts:
    text: Huyện điểm
    source: {document: kh-288-2024, section: V.1, lines: [213]}
    select: {group: pilot}
    aggregate: count
    value: 2
"""


# --- Amendments.


def amend(
    folder: Path,
    name: str,
    date: str,
    changes: dict[str, Change],
    number: int = 300,
    registered: str | None = "",
) -> dict[str, int]:
    """Write an amendment and its document into the register; return the lines of its changes."""
    if registered is not None:
        document = f"  kh-{number}: {{kind: Kế hoạch, number: {number}/KH-BCD, date: {registered or date}}}\n"
        replace_once(folder / "documents.yaml", "  kh-75-2022:\n", document + "  kh-75-2022:\n")
    lines = [f"document: kh-{number}", f"date: {date}", "reason: Điều chỉnh kế hoạch", "changes:"]
    for pointer, (old, new) in changes.items():
        shown = [json.dumps(value, ensure_ascii=False) for value in (old, new)]
        lines.append(f"  {pointer}: {{old: {shown[0]}, new: {shown[1]}}}")
    path = folder / "plans/2024/amendments" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {pointer: number for number, pointer in enumerate(changes, 5)}


def turned(folder: Path, file: str, first: str, second: str) -> int:
    """Let two entries that follow each other change places, each from its key on; return the line of the new first."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    one, two = (next(i for i, line in enumerate(lines) if line.startswith(key)) for key in (first, second))
    indent = len(first) - len(first.lstrip())
    end = next((i for i in range(two + 1, len(lines)) if not lines[i].startswith(" " * (indent + 1))), len(lines))
    moved = [*lines[:one], *lines[two:end], *lines[one:two], *lines[end:]]
    (folder / file).write_text("".join(moved), encoding="utf-8")
    return one + 1
