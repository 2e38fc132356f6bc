"""Rates and parts: each line is proven, and a share of a rate is shown nowhere."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from support import ROOT, TODAY, copy_draft, d8plan, replace_once

from d8plan.checks import run
from d8plan.models.findings import Finding
from d8plan.storage.data.loader import load

COMMUNES = ROOT / "examples/phase-2-communes/data"
WOMEN, ALL, SHARE = "women-cadres", "cadres", "women-share"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_draft(tmp_path / "data", COMMUNES)


def write(folder: Path, indicator: str, unit: str, value: str) -> None:
    """Write one unit's line of an indicator of 2026."""
    path = folder / "plans/2026/allocations.yaml"
    above, mark, below = path.read_text(encoding="utf-8").partition(f"  {indicator}:\n")
    new, count = re.subn(rf"(?m)^(      {unit}: +)\S.*$", rf"\g<1>{value}", below, count=1)
    assert mark
    assert count == 1
    path.write_text(above + mark + new, encoding="utf-8", newline="\n")


def lines(folder: Path, *given: tuple[str, str, str]) -> list[Finding]:
    """Return what validate finds of 2026 after lines were written."""
    for one in given:
        write(folder, *one)
    loaded = load(folder)
    assert not loaded.findings
    return list(run(loaded.dataset, TODAY).findings)


def told(findings: list[Finding]) -> set[tuple[str, str | None, object, object]]:
    return {(one.rule.code, one.unit, one.stated, one.computed) for one in findings}


def rows_of(shown: str) -> list[dict[str, object]]:
    """Return the rows of every table of a view."""
    return [row for held in json.loads(shown).values() if isinstance(held, list) for row in held]


@pytest.mark.parametrize(
    ("all_", "women", "share", "computed"),
    [
        ("0", "0", "999", 0),
        ("null", "null", "38", 0),
        ("0", "null", "100", 0),
        ("8", "3", "null", 38),
        ("8", "null", "38", 0),
    ],
)
def test_a_rate_beside_missing_parts_or_missing_beside_parts(
    folder: Path, all_: str, women: str, share: str, computed: int
) -> None:
    found = lines(folder, (ALL, "quang-lam", all_), (WOMEN, "quang-lam", women), (SHARE, "quang-lam", share))
    stated = 0 if share == "null" else int(share)
    assert ("A003", "quang-lam", stated, computed) in told(found)
    (one,) = (one for one in found if one.rule.code == "A003")
    assert one.place.keys == ("indicators", SHARE, "units", "quang-lam")


def test_a_rate_of_nothing_may_be_empty(folder: Path) -> None:
    given = [(ALL, "quang-lam", "null"), (WOMEN, "quang-lam", "null"), (SHARE, "quang-lam", "null")]
    moved = [(ALL, "nam-quang", "16"), (WOMEN, "nam-quang", "8"), (SHARE, "nam-quang", "50")]
    assert not lines(folder, *given, *moved)


def test_totals_of_a_rate_whose_parts_are_all_empty(folder: Path) -> None:
    path = folder / "plans/2026/allocations.yaml"
    text = path.read_text(encoding="utf-8")
    for indicator in (ALL, WOMEN):
        above, mark, below = text.partition(f"  {indicator}:\n")
        body, end, rest = below.partition("\n\n")
        body = re.sub(r"(?m)^(      [a-z-]+: +)\d+$", r"\g<1>null", re.sub(r"target: \d+", "target: 0", body))
        text = above + mark + body + end + rest
    path.write_text(text, encoding="utf-8", newline="\n")
    assert ("A002", None, 50, 0) in told(lines(folder))


@pytest.mark.parametrize(
    ("declared", "shown"),
    [("factor: 1000", 375), ("factor: 10", 4), ("factor: 0.5", 0), ("factor: 100", 38)],
)
def test_a_rate_has_the_factor_that_is_declared(folder: Path, declared: str, shown: int) -> None:
    replace_once(folder / "indicators.yaml", "denominator: cadres}", f"denominator: cadres, {declared}}}")
    # 3 of 8, rounded half up: 0.375 times the factor.
    found = lines(folder, (ALL, "quang-lam", "8"), (WOMEN, "quang-lam", "3"), (SHARE, "quang-lam", "99"))
    assert ("A003", "quang-lam", 99, shown) in told(found)
    right = lines(folder, (SHARE, "quang-lam", str(shown)))
    assert "A003" not in {one.rule.code for one in right if (one.plan, one.unit) == ("2026", "quang-lam")}


def test_a_rate_with_decimals_is_proven_to_its_places(folder: Path) -> None:
    replace_once(folder / "indicators.yaml", "denominator: cadres}", "denominator: cadres}\n    decimals: 2")
    found = lines(folder, (ALL, "quang-lam", "8"), (WOMEN, "quang-lam", "3"), (SHARE, "quang-lam", "37.49"))
    assert ("A003", "quang-lam", Decimal("37.49"), Decimal("37.50")) in told(found)
    right = lines(folder, (SHARE, "quang-lam", "37.5"))
    assert not [one for one in right if (one.plan, one.unit) == ("2026", "quang-lam")]


@pytest.mark.parametrize("factor", ["0", "-1", "x", "null"])
def test_a_factor_is_a_number_above_0(folder: Path, factor: str) -> None:
    replace_once(folder / "indicators.yaml", "denominator: cadres}", f"denominator: cadres, factor: {factor}}}")
    codes = [one.rule.code for one in load(folder).findings]
    assert codes == ([] if factor == "null" else ["M003"])


@pytest.mark.parametrize("part", [ALL, WOMEN])
def test_a_rate_of_what_the_plan_lacks_is_told_once(folder: Path, part: str) -> None:
    path = folder / "plans/2026/allocations.yaml"
    text = path.read_text(encoding="utf-8")
    gone = re.sub(rf"(?ms)^  {part}:\n.*?(?=^  [a-z-]+:\n)", "", text)
    path.write_text(gone, encoding="utf-8", newline="\n")
    found = [one for one in lines(folder) if one.rule.code in ("A002", "A003", "R030")]
    assert [(one.rule.code, one.indicator, part in str(one.message)) for one in found] == [("R030", SHARE, True)]


def test_a_part_is_no_more_than_its_whole(folder: Path) -> None:
    found = lines(folder, (WOMEN, "quang-lam", "9"), (SHARE, "quang-lam", "113"))
    (one,) = (one for one in found if one.rule.code == "A007")
    assert (one.unit, one.stated, one.computed) == ("quang-lam", 9, 8)
    assert {near.place.keys[1:] for near in one.related} == {(ALL, "units", "quang-lam"), (WOMEN, "part_of")}


def test_a_part_of_nothing_and_a_total_above_its_whole(folder: Path) -> None:
    found = lines(folder, (ALL, "quang-lam", "null"))
    assert ("A007", "quang-lam", 3, 0) in told(found)
    write(folder, ALL, "quang-lam", "8")
    text = (folder / "plans/2026/allocations.yaml").read_text(encoding="utf-8")
    target = re.search(rf"  {WOMEN}:\n    (target: \d+)", text)
    assert target
    replace_once(folder / "plans/2026/allocations.yaml", f"  {WOMEN}:\n    {target[1]}", f"  {WOMEN}:\n    target: 613")
    assert ("A007", None, 613, 612) in told(lines(folder))


def test_above_a_hundred_is_doubted_where_both_count_alike_and_no_part_is_declared(folder: Path) -> None:
    replace_once(folder / "indicators.yaml", "    part_of: cadres\n", "")
    found = [one.rule.code for one in lines(folder, (WOMEN, "quang-lam", "9"), (SHARE, "quang-lam", "113"))]
    assert "A010" in found
    assert "A007" not in found
    replace_once(folder / "indicators.yaml", "short_name: Cán bộ nữ được tập huấn\n    unit_of_measure: người",
                 "short_name: Cán bộ nữ được tập huấn\n    unit_of_measure: lượt người")  # fmt: skip
    assert "A010" not in [one.rule.code for one in lines(folder)]


@pytest.mark.parametrize(
    "view", [[], ["--unit", "Bảo Lạc"], ["--indicator", "women-share"], ["--indicator", "awareness"]]
)
def test_no_share_of_what_does_not_add(view: list[str]) -> None:
    shown = d8plan("--data", str(COMMUNES), "summary", "2026", *view, "--format", "json")
    rows = rows_of(shown.stdout)
    alone = rows if "--indicator" in view else [row for row in rows if row.get("indicator") in (SHARE, "awareness")]
    assert alone
    for row in alone:
        assert not {key: value for key, value in row.items() if "share" in key and value is not None}
    added = [row for row in rows if row.get("indicator") == ALL]
    assert all(row["phase_share_percent"] for row in added)


def test_progress_shows_no_share_of_a_rate(folder: Path) -> None:
    results = folder / "plans/2026/results"
    results.mkdir()
    (results / "2026-Q1.yaml").write_text(
        "reports:\n  quang-lam:\n    as_of: 2026-03-31\n    received: 2026-04-01\n"
        "    done: {cadres: 4, women-cadres: 2, awareness: 60}\n",
        encoding="utf-8",
    )
    for view in ([], ["--unit", "Quảng Lâm"]):
        done = d8plan("--data", str(folder), "progress", "2026", *view, "--as-of", "2026-06-30", "--format", "json")
        rows = [row for row in rows_of(done.stdout) if "percent" in row]
        of = {key: [row for row in rows if row.get("indicator") == key] for key in (ALL, SHARE, "awareness")}
        assert of[ALL]
        assert of[SHARE]
        assert any(row["percent"] is not None for row in of[ALL])
        assert all(row["percent"] is None for key in (SHARE, "awareness") for row in of[key])
        assert any(row["cumulative"] == 50 for row in of[SHARE])
