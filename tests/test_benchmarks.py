"""What the benchmarks measure on is what they say: made-up provinces without a fault, the same each time."""

from __future__ import annotations

import json
from pathlib import Path

from country import COMMUNES, INDICATORS, LEVELS, PHASES, write_country
from support import d8plan

YEARS = sum(len(years) for years in PHASES.values())


def test_made_up_provinces_hold_no_fault(tmp_path: Path) -> None:
    named = [part for folder in write_country(tmp_path, 2) for part in ("--data", str(folder))]
    shown = d8plan(*named, "validate", "--strict", "--format", "json")
    told = json.loads(shown.stdout)
    assert (shown.returncode, told["ok"]) == (0, True)
    # Every figure of each year and each phase, and as many amounts as there are holders in each year.
    figures = (YEARS + len(PHASES)) * COMMUNES * INDICATORS * len(LEVELS) + YEARS * (COMMUNES + 1)
    exported = d8plan(*named[:2], "export-data", "--format", "json")
    data = json.loads(exported.stdout)
    assert len(data["figures"]) + len(data["budget"]) == figures


def test_a_seed_gives_the_same_country_and_another_seed_another(tmp_path: Path) -> None:
    def content(name: str, seed: int) -> dict[str, bytes]:
        folder = tmp_path / name
        write_country(folder, 2, seed)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}

    assert content("one", 8) == content("again", 8)
    assert content("one", 8) != content("other", 9)
