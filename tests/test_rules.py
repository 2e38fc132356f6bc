"""Every rule of the catalogue has an example that fails, and tells it once, at the right place."""

from __future__ import annotations

import datetime
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support import DATA, replace_once

from d8plan.checks import rules, run
from d8plan.findings import Finding, Rule
from d8plan.language import language
from d8plan.store import rules as reading
from d8plan.store.loader import Loaded, load

CASES = sorted((Path(__file__).parent / "cases" / "rules").glob("*.toml"))
READING = {rule.code: rule for rule in vars(reading).values() if isinstance(rule, Rule)}
IN_FILE_SYSTEM = {"Y001", "Y007", "Y008"}
"""Rules about files as such; test_loader.py has their examples."""
TODAY = datetime.date(2026, 11, 23)


def all_findings(folder: Path) -> tuple[Loaded, list[Finding]]:
    loaded = load(folder)
    return loaded, [*loaded.findings, *run(loaded.dataset, TODAY).findings]


def test_every_rule_has_an_example() -> None:
    assert {case.stem for case in CASES} | IN_FILE_SYSTEM == set(rules()) | set(READING)


def test_codes_and_names_are_unique() -> None:
    catalogue = {**rules(), **READING}
    assert all(rule.code == code for code, rule in catalogue.items())
    assert len({rule.name for rule in catalogue.values()}) == len(catalogue)


def test_the_shipped_data_passes_every_rule() -> None:
    assert all_findings(DATA)[1] == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    line = 0
    for edit in case["edits"]:
        line = replace_once(folder / edit["file"], edit["old"], edit["new"])
    loaded, findings = all_findings(folder)
    expected = case["finding"]
    (finding,) = findings
    assert finding.rule.code == path.stem
    assert finding.place.file == expected["file"]
    mark = finding.mark or loaded.mark(finding.place)
    shown = loaded.line(finding.place.file, mark.line)
    if "line" in expected:
        assert shown == expected["line"]
    else:
        assert mark.line == line
    if "caret" in expected:
        assert shown[mark.column - 1 : mark.column - 1 + mark.width] == expected["caret"]
    assert expected["action"] in language("en").say(finding.action)
    for field in ("indicator", "unit", "level", "stated", "computed", "exception"):
        assert getattr(finding, field) == expected.get(field), field
