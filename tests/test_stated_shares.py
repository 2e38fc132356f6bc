"""Shares that the text states: “phụ nữ chiếm 40 %” is proven from both numbers that it is one of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support import d8plan, replace_once

# Of the 57 teams of the annex, 22 are of Quảng Hòa (38.596… %) and 29 are the province's (50.877… %).
QUANG_HOA = "select: {indicator: communication-teams, units: [quang-hoa]}"
ALL = "of: {indicator: communication-teams}"


def state(data: Path, *lines: str) -> Path:
    """Add a statement of these lines to the plan of 2024."""
    path = data / "plans/2024/statements.yaml"
    source = "source: {document: kh-288-2024, section: II.1, lines: [29]}"
    head = f"values:\n  share:\n    text: Tỷ lệ trong lời văn\n    {source}\n"
    replace_once(path, "values:\n", head + "".join(f"    {line}\n" for line in lines))
    return path


def validate(data: Path, *options: str) -> str:
    return d8plan("--data", str(data), "--lang", "en", "validate", "2024", *options).stdout


def found(data: Path) -> list[dict[str, Any]]:
    """Return the findings of the statement that was added."""
    shown = json.loads(validate(data, "--format", "json"))["findings"]
    return [one for one in shown if one["file"].endswith("2024/statements.yaml") and one["line"] in range(5, 13)]


@pytest.mark.parametrize(
    "lines",
    [
        (QUANG_HOA, ALL, "value: 39", 'unit_of_measure: "%"'),
        (QUANG_HOA, ALL, "value: 38.6", 'unit_of_measure: "%"'),
        (QUANG_HOA, ALL, "value: 38.5965", 'unit_of_measure: "%"'),
        (QUANG_HOA, ALL, "value: 386", "unit_of_measure: ‰"),
        (QUANG_HOA, ALL, "value: 0.39"),
        (QUANG_HOA, ALL, "value: {more_than: 38}", 'unit_of_measure: "%"'),
        (QUANG_HOA, ALL, "value: {less_than: 38.5965}", 'unit_of_measure: "%"'),
        (QUANG_HOA, ALL, "value: {about: 39}", 'unit_of_measure: "%"'),
        ("select: {indicator: communication-teams, level: province}", ALL, "value: 51", 'unit_of_measure: "%"'),
        # Of the two pilot districts Trùng Khánh has teams, Hà Quảng has none.
        (
            "select: {indicator: communication-teams, group: pilot}",
            "of: {group: pilot}",
            "aggregate: count",
            "value: 50",
            'unit_of_measure: "%"',
        ),
    ],
)
def test_a_share_that_follows_is_proven(data: Path, lines: tuple[str, ...]) -> None:
    before = json.loads(validate(data, "--format", "json"))["proven"]["statements"]
    state(data, *lines)
    assert [one for one in found(data) if one["severity"] != "info"] == []
    after = json.loads(validate(data, "--format", "json"))["proven"]["statements"]
    assert {key: after[key] - before[key] for key in after} == {"total": 1, "proven": 1}


@pytest.mark.parametrize(
    ("value", "computed"),
    [
        ("40", 39),
        ("38.5", 38.6),
        ("{more_than: 39}", 38.6),
        ("{at_least: 38.6}", 38.596),
        ("{at_least: 38.597}", 38.5965),
        ("{about: 38}", 38.6),
    ],
)
def test_a_share_that_does_not_follow_is_an_error(data: Path, value: str, computed: float) -> None:
    state(data, QUANG_HOA, ALL, f"value: {value}", 'unit_of_measure: "%"')
    (one,) = found(data)
    assert (one["code"], one["computed"], one["unit_of_measure"]) == ("S001", computed, "%")


def test_both_sides_of_a_share_are_checked(data: Path) -> None:
    path = state(data, QUANG_HOA, "of: {indicator: comunication-teams}", "value: 39")
    (one,) = found(data)
    assert (one["line"], one["column"]) == (9, 21)
    assert "comunication-teams" in one["message"]
    replace_once(path, "of: {indicator: comunication-teams}", "of: {level: province}")
    (one,) = found(data)
    assert "must select an indicator" in one["message"]


def test_an_officer_reads_what_the_share_comes_to(data: Path) -> None:
    state(data, QUANG_HOA, ALL, "value: 39.5", 'unit_of_measure: "%"')
    shown = " ".join(d8plan("--data", str(data), "validate", "2024").stdout.split())
    assert "Văn bản nêu 39,5 % 288/KH-BCD, dòng 29 Tính được 38,6 % Chênh lệch -0,9 %" in shown


def test_a_share_stands_in_the_proofs_of_the_workbook(data: Path, tmp_path: Path) -> None:
    state(data, QUANG_HOA, ALL, "value: 38.6", 'unit_of_measure: "%"')
    annex = tmp_path / "annex.xlsx"
    assert d8plan("--data", str(data), "export-appendix", "2024", "--output", str(annex)).returncode == 0
    rows = openpyxl.load_workbook(annex)["Kiểm tra"].iter_rows(values_only=True)
    (row,) = [row for row in rows if "Tỷ lệ trong lời văn" in row]
    assert row[2:5] + row[6:7] == ("288/KH-BCD, dòng 29", 38.6, 38.6, "%")
