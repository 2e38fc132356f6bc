"""One run tells all errors: no fault hides another, and what a broken entry held stays in the counts."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import NamedTuple

import pytest
from support import d8plan, replace_once

from d8plan.checks import run
from d8plan.ledger.proof import Proof, count
from d8plan.models.findings import Severity
from d8plan.storage.data.loader import load

PLAN, ALLOCATIONS, STATEMENTS, BUDGET = (
    f"plans/2024/{name}.yaml" for name in ("plan", "allocations", "statements", "budget")
)
TEAMS = "  communication-teams:\n    target: 57\n"
ROWS = (
    "      bao-lac:           {province: 5, district: 5}\n"
    "      bao-lam:           {province: 4, district: 4}\n"
    "      labour-department: null\n\n  savings-groups:\n    target: 210\n"
)
ROW = "      quang-hoa:         {province: 11, district: 11}\n"


class Several(NamedTuple):
    """Faults put into a folder at once, and what each must be told as: its code and what its line says."""

    edits: list[tuple[str, str, str]]
    told: list[tuple[str, str]]


SEVERAL = {
    "value, level and key": Several(
        [
            (
                ALLOCATIONS,
                ROWS,
                ROWS.replace(": 5, d", ": x, d").replace("{province: 4", "{provinse: 4").replace("t: 2", "tt: 2"),
            )
        ],
        [("M003", "province: x"), ("R003", "provinse"), ("M001", "targett: 210")],
    ),
    "value and unit in one allocation": Several(
        [
            (ALLOCATIONS, TEAMS, TEAMS.replace("57", "57 tổ")),
            (ALLOCATIONS, ROW, ROW.replace("quang-hoa:", "quang-hoaa:")),
        ],
        [("M003", "57 tổ"), ("R001", "quang-hoaa")],
    ),
    "value and id under a misspelt key": Several(
        [
            (ALLOCATIONS, f"28}}\n    units:\n{ROW}", f"28}}\n    unitss:\n{ROW}"),
            (ALLOCATIONS, ROW, ROW.replace("quang-hoa:", "quang-hoaa:").replace("11}", "-11}")),
        ],
        [("M001", "unitss"), ("R001", "quang-hoaa"), ("M003", "-11")],
    ),
    "missing target and level": Several(
        [
            (ALLOCATIONS, TEAMS, "  communication-teams:\n"),
            (ALLOCATIONS, ROW, ROW.replace("district: 11", "districkt: 11")),
        ],
        [("M002", "communication-teams"), ("R003", "districkt")],
    ),
    "register entry": Several(
        [("units.yaml", "{name: Bảo Lạc, kind: district", "{name: 5, kind: distrikt")],
        [("M003", "name: 5"), ("R012", "distrikt")],
    ),
    "indicator of the register": Several(
        [("indicators.yaml", "content: content-1\n    order: 1\n", "content: content-9\n    order: một\n")],
        [("M003", "một"), ("R008", "content-9")],
    ),
    "statement": Several(
        [
            (
                STATEMENTS,
                "    select: {indicator: communication-teams}\n    value: 57\n",
                "    select: {indicator: communication-team}\n    value: 57 tổ\n",
            )
        ],
        [("M003", "57 tổ"), ("R002", "{indicator: communication-team}")],
    ),
    "list with an entry of the wrong kind before an unknown one": Several(
        [(PLAN, "units: [trung-khanh, ha-quang]", "units: [5, trung-khanh, ha-qwang]")],
        [("M003", "units: [5"), ("R001", "ha-qwang")],
    ),
    "title of the plan, a wrong sum and an unknown document": Several(
        [(PLAN, "title: Kế", "title: 5 # Kế"), (ALLOCATIONS, ROW, ROW.replace("{province: 11", "{province: 12"))],
        [("M003", "title: 5"), ("A001", "levels: {province: 29")],
    ),
    "three files": Several(
        [
            (PLAN, "{communes: 14,", "{communes: 14 xã,"),
            (BUDGET, "amount: 37070718318", "amount: 37070718319"),
            ("documents.yaml", "documents:\n", "documents: [\n"),
        ],
        [("M003", "14 xã"), ("B001", "37070718319"), ("Y002", "kind: Kế hoạch")],
    ),
}


def told(folder: Path) -> list[tuple[str, str]]:
    """Return code and line of every error of a folder."""
    loaded = load(folder)
    found = (*loaded.findings, *run(loaded.dataset, datetime.date(2026, 11, 23)).findings)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    return [(one.rule.code, loaded.line(one.place.file, (one.mark or loaded.mark(one.place)).line)) for one in errors]


def proof(folder: Path) -> Proof:
    dataset = load(folder).dataset
    return count(run(dataset, datetime.date(2026, 11, 23)).ledger, ["2024"])


@pytest.mark.parametrize("kind", SEVERAL)
def test_all_are_told_each_at_its_line(kind: str, data: Path) -> None:
    for file, old, new in SEVERAL[kind].edits:
        replace_once(data / file, old, new)
    found = told(data)
    assert len(found) == len(SEVERAL[kind].told), found
    for code, words in SEVERAL[kind].told:
        assert any(code == one and words in line for one, line in found), found


@pytest.mark.parametrize(
    ("file", "old", "new", "figures", "statements"),
    [
        (ALLOCATIONS, ROW, ROW.replace("{province: 11", "{province: x"), 18, 4),
        (ALLOCATIONS, TEAMS, "  communication-teams:\n", 18, 4),
        (ALLOCATIONS, TEAMS, TEAMS.replace("target", "targett"), 18, 4),
        (ALLOCATIONS, ROW, ROW.replace("quang-hoa:", "quang-hoaa:"), 0, 4),
        (STATEMENTS, "    value: 57\n", "    value: năm bảy\n", 0, 1),
        (PLAN, "{communes: 14,", "{communes: x,", 2, 2),
    ],
)
def test_what_cannot_be_proven_stays_in_the_counts(
    file: str, old: str, new: str, figures: int, statements: int, data: Path
) -> None:
    """The number of figures and statements is that of the files; those of the broken entry are not proven."""
    whole = proof(data)
    replace_once(data / file, old, new)
    broken = proof(data)
    assert (broken.figures, broken.statements, broken.controls) == (whole.figures, whole.statements, whole.controls)
    assert broken.figures_proven <= whole.figures_proven - figures
    assert broken.statements_proven <= whole.statements_proven - statements


@pytest.mark.parametrize("file", [PLAN, ALLOCATIONS, STATEMENTS, BUDGET])
def test_a_file_that_cannot_be_read_is_said_to_be_in_no_count(file: str, data: Path) -> None:
    (data / file).write_bytes((data / file).read_bytes() + b"]\n")
    text = d8plan("--lang", "en", "--data", str(data), "validate", env={"COLUMNS": "200"}).stdout
    assert f"Not counted, for the file cannot be read: {data}/{file}" in text.replace("\n  ", "")
    found = json.loads(d8plan("--data", str(data), "validate", "--format", "json").stdout)
    assert found["uncounted"] == [f"{data}/{file}"]
    assert "2021-2025" in [plan["id"] for plan in found["plans"]]
    assert file in d8plan("--data", str(data), "validate", "--format", "markdown").stdout
