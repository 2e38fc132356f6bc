"""What a statement or a cap selects by is honoured whole, or is a finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_up import write_province
from support import TODAY, copy_draft, replace_once

from d8plan.checks import run
from d8plan.models.findings import Finding
from d8plan.storage.data.loader import load

PILOT = "select: {group: pilot}\n    aggregate: count\n    value: 2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the shipped plans as drafts."""
    return copy_draft(tmp_path / "data")


def found(folder: Path) -> list[Finding]:
    loaded = load(folder)
    assert not loaded.findings
    return [one for one in run(loaded.dataset, TODAY).findings if one.severity == "error"]


def selecting(folder: Path, select: str, value: int, aggregate: str = "count") -> list[Finding]:
    """Return the errors where the statement about the pilot districts selects otherwise."""
    new = f"select: {{{select}}}\n    aggregate: {aggregate}\n    value: {value}"
    replace_once(folder / "plans/2024/statements.yaml", PILOT, new)
    return found(folder)


@pytest.mark.parametrize(
    ("select", "right", "wrong"),
    [
        # Nine lines are filled in with a number, four or five of them with a 0 for both levels.
        ("indicator: communication-teams", 5, 9),
        ("indicator: communication-teams, level: district", 4, 9),
        ("indicator: communication-teams, group: pilot", 1, 2),
        ("indicator: communication-teams, units: [ha-lang, bao-lac, bao-lam]", 2, 3),
        ("indicator: livelihood-groups, group: pilot, level: district", 2, 9),
        ("zone: communes, group: pilot", 2, 9),
        ("group: pilot, units: [ha-quang]", 1, 2),
        ('plan: "2021-2025", zone: communes', 9, 8),
    ],
)
def test_a_count_counts_units_with_more_than_0(
    folder: Path, select: str, right: int, wrong: int, tmp_path: Path
) -> None:
    assert selecting(copy_draft(tmp_path / "right"), select, right) == []
    (one,) = selecting(folder, select, wrong)
    assert (one.rule.code, one.stated, one.computed) == ("S001", wrong, right)


def test_a_zone_figure_of_0_is_not_counted(folder: Path) -> None:
    replace_once(
        folder / "plans/2024/plan.yaml", "zone: {communes: 13, villages: 127}", "zone: {communes: 0, villages: 127}"
    )
    (one,) = found(folder)
    assert (one.rule.code, one.stated, one.computed) == ("Z001", 124, 111)
    assert {near.place.keys[1] for near in one.related} == {"models-one-a-district", "districts-of-union"}


def test_a_sum_of_a_group_is_followed(folder: Path, tmp_path: Path) -> None:
    # Trùng Khánh has 8 and 8, Hà Quảng none.
    assert selecting(copy_draft(tmp_path / "right"), "group: pilot, indicator: communication-teams", 16, "sum") == []
    (one,) = selecting(folder, "group: pilot, indicator: communication-teams", 17, "sum")
    assert (one.rule.code, one.stated, one.computed) == ("S001", 17, 16)


@pytest.mark.parametrize(
    ("select", "aggregate", "value", "code", "told"),
    [
        ("group: pilot", "sum", 2, "R025", "aggregate: count"),
        ("group: pilot, level: district", "count", 2, "R025", "leave out “level”"),
        ("indicator: communication-teams, zone: communes", "count", 0, "R025", "Keep the one"),
        ("units: [ha-quang]", "count", 1, "R025", "indicator: …"),
        ("group: pilot, units: [ha-quang, bao-lac]", "count", 1, "R025", "take one of the two out"),
        ("zone: communes, level: district", "count", 0, "R025", "No cell"),
        ("indicator: change-leader-clubs, level: district", "count", 0, "R025", "No cell"),
        ("zone: communes, units: [womens-union]", "count", 0, "R034", "plan.yaml"),
        ("indicator: communication-teams, units: [bao-lac, womens-union]", "sum", 10, "R034", "plan.yaml"),
        ('plan: "2021-2025", zone: communes, units: [bao-lac, labour-department]', "sum", 15, "R034", "plan.yaml"),
    ],
)
def test_what_cannot_be_honoured_is_told(
    folder: Path, select: str, aggregate: str, value: int, code: str, told: str
) -> None:
    (one,) = selecting(folder, select, value, aggregate)
    assert one.rule.code == code
    assert told in str(one.action.template).format(**dict(one.action.values))
    assert one.place.file == "plans/2024/statements.yaml"


def test_a_group_names_units_of_the_plan(folder: Path) -> None:
    replace_once(
        folder / "plans/2024/plan.yaml", "units: [trung-khanh, ha-quang]", "units: [trung-khanh, womens-union]"
    )
    (one,) = found(folder)
    assert (one.rule.code, one.unit, one.place.keys) == ("R034", "womens-union", ("groups", "pilot", "units", 1))
    assert [near.place.keys for near in one.related] == [("units",)]


@pytest.mark.parametrize("cap", ["level: district", "holder: labour-department, level: district"])
def test_a_cap_whose_selection_holds_nothing(folder: Path, cap: str) -> None:
    path = folder / "plans/2024/activities.yaml"
    text = path.read_text(encoding="utf-8")
    new, count = re.subn(r"holder: womens-union(?=\})", cap, text, count=1)
    assert count == 1
    path.write_text(new, encoding="utf-8")
    codes = [one.rule.code for one in found(folder)]
    assert codes == ([] if cap == "level: district" else ["S010"])


@pytest.mark.parametrize("cap", ["origin: granted", "origin: granted, level: province, holder: womens-union"])
def test_a_cap_on_an_origin_of_which_its_holder_has_no_amount(folder: Path, cap: str) -> None:
    activities, budget = folder / "plans/2024/activities.yaml", folder / "plans/2024/budget.yaml"
    chosen = cap if "holder" in cap else f"holder: womens-union, {cap}"
    replace_once(
        activities,
        "cap: {times: models-one-a-district, holder: womens-union}",
        f"cap: {{times: models-one-a-district, {chosen}}}",
    )
    assert found(folder) == []
    replace_once(budget, "      granted: {amount: 19542000000, line: 189}\n", "")
    assert "S010" in [one.rule.code for one in found(folder)]


def test_a_cap_of_a_plan_without_budget_or_statements(folder: Path) -> None:
    (folder / "plans/2024/budget.yaml").unlink()
    assert "S010" in [one.rule.code for one in found(folder)]
    (folder / "plans/2024/statements.yaml").unlink()
    assert "R015" in [one.rule.code for one in found(folder)]


@pytest.mark.parametrize(
    ("lost", "speaks", "line"),
    [
        ("activities.yaml", "statements.yaml", "activity: {part: part-1-1"),
        ("statements.yaml", "activities.yaml", "cap: {times: homes-of-communes"),
        ("budget.yaml", "activities.yaml", "cap: {times: homes-of-communes"),
        ("budget.yaml", "results/2026-Q1.yaml", "spent: {communes: "),
    ],
)
def test_a_file_that_another_speaks_of_is_missed_there(tmp_path: Path, lost: str, speaks: str, line: str) -> None:
    write_province(tmp_path, seed=7, communes=5, reported=True)
    (tmp_path / "plans" / "2026" / lost).unlink()
    loaded = load(tmp_path)
    told = run(loaded.dataset, TODAY).findings
    lines = {loaded.line(one.place.file, loaded.mark(one.place).line).strip() for one in told}
    assert [one for one in lines if one.startswith(line)], speaks
