"""An id or a name means one thing, units exist, and money belongs to the body that its holder is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import TODAY, copy_draft, d8plan, replace_once

from d8plan.checks import run
from d8plan.models.findings import Finding
from d8plan.storage.data.loader import load

ID = "Bảo Lạc, kind: district, order: 8, parent: cao-bang, valid_to: 2025-06-30"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the shipped plans as drafts."""
    return copy_draft(tmp_path / "data")


def found(folder: Path, code: str) -> list[Finding]:
    loaded = load(folder)
    assert not loaded.findings
    return [one for one in run(loaded.dataset, TODAY).findings if one.rule.code == code]


def everywhere(folder: Path, old: str, new: str) -> None:
    """Replace a word in all files."""
    for path in folder.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


@pytest.mark.parametrize("days", ["valid_to: 2019-06-30", "valid_from: 2030-01-01"])
def test_a_unit_outside_its_dates(folder: Path, days: str) -> None:
    replace_once(folder / "units.yaml", ID, ID.replace("valid_to: 2025-06-30", days))
    told = found(folder, "P014")
    assert [(one.plan, one.unit, one.place.keys) for one in told] == [
        (plan, "bao-lac", ("units", "bao-lac")) for plan in ("2021-2025", "2024")
    ]
    assert {near.place.keys for one in told for near in one.related} == {("units", "bao-lac", days.split(":")[0])}


def test_a_unit_that_exists_for_a_part_of_the_years(folder: Path) -> None:
    replace_once(folder / "units.yaml", ID, ID.replace("2025-06-30", "2024-01-01"))
    assert found(folder, "P014") == []


@pytest.mark.parametrize(
    ("window", "last", "told"),
    [("2023, 2024", "2022", True), ("2022, 2024", "2023", False), ("2024, 2025", "2024", False)],
)
def test_a_unit_that_has_ended_before_the_completion_window(folder: Path, window: str, last: str, told: bool) -> None:
    replace_once(folder / "units.yaml", ID, ID.replace("2025-06-30", f"{last}-12-31"))
    path = folder / "plans/2021-2025/allocations.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("window: [2022, 2023, 2024]", f"window: [{window}]", 1), encoding="utf-8", newline="\n"
    )
    keys = [one.place.keys for one in found(folder, "P014") if one.plan == "2021-2025"]
    assert [key[-1] for key in keys] == (["bao-lac"] if told else [])
    assert all(key[0] == "indicators" for key in keys)


def test_a_body_that_holds_money_and_has_ended(folder: Path) -> None:
    replace_once(
        folder / "units.yaml", "order: 20, parent: cao-bang,", "order: 20, parent: cao-bang, valid_to: 2020-01-01,"
    )
    (one,) = found(folder, "P014")
    assert (one.place.file, one.place.keys) == ("plans/2024/budget.yaml", ("holders", "womens-union", "unit"))


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({"order: 8, parent: cao-bang": "order: 8, parent: bao-lac"}, ["bao-lac"]),
        ({"order: 8, parent: cao-bang": "order: 8, parent: bao-lam",
          "order: 9, parent: cao-bang": "order: 9, parent: bao-lac"},
         ["bao-lac", "bao-lam"]),
        ({"order: 7, parent: cao-bang": "order: 7, successors: [bao-lac, ha-quang]",
          "order: 8, parent: cao-bang": "order: 8, successors: [bao-lam]",
          "order: 9, parent: cao-bang": "order: 9, successors: [nguyen-binh]"},
         ["nguyen-binh", "bao-lac", "bao-lam"]),
    ],
)  # fmt: skip
def test_circles_are_told_once_with_all_that_are_in_them(folder: Path, edits: dict[str, str], told: list[str]) -> None:
    for old, new in edits.items():
        replace_once(folder / "units.yaml", old, new)
    (one,) = found(folder, "R033")
    assert [one.place.keys[1], *(near.place.keys[1] for near in one.related)] == told


@pytest.mark.parametrize(
    ("file", "old", "new", "both"),
    [
        ("indicators.yaml", "short_name: Đối thoại chính sách", "short_name: tổ tkvvtb",
         ("savings-groups", "policy-dialogues")),
        ("indicators.yaml", "name: Thành lập CLB Thủ lĩnh của sự thay đổi\n", "name: Đối thoại chính sách\n",
         ("policy-dialogues", "change-leader-clubs")),
        ("plans/2024/plan.yaml", "district: {name: Cấp huyện}", "district: {name: cấp tỉnh}", ("province", "district")),
        ("plans/2024/budget.yaml", "name: Các huyện", "name: Hội LHPN tỉnh", ("womens-union", "districts")),
    ],
)  # fmt: skip
def test_two_with_one_name(folder: Path, file: str, old: str, new: str, both: tuple[str, str]) -> None:
    replace_once(folder / file, old, new)
    (one,) = found(folder, "R031")
    assert dict(one.message.values)["ids"] == both
    assert one.place.file == file
    assert [near.place.file for near in one.related] == [file]


def test_two_units_with_one_short_name(folder: Path) -> None:
    replace_once(folder / "units.yaml", "bao-lac: {name: Bảo Lạc,", "bao-lac: {name: Bảo Lạc, short_name: BL,")
    replace_once(folder / "units.yaml", "bao-lam: {name: Bảo Lâm,", "bao-lam: {name: Bảo Lâm, short_name: bl,")
    (one,) = found(folder, "R028")
    assert one.place.keys == ("units", "bao-lam", "short_name")
    assert [near.place.keys for near in one.related] == [("units", "bao-lac")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("granted", "total"),
        ("province", "target"),
        ("villages", "savings-groups"),
        ("pilot", "bao-lac"),
        ("carried-over", "communes"),
        ("labour-department", "unallotted"),
        ("livelihood-groups", "levels"),
    ],
)
def test_ids_that_collide(folder: Path, old: str, new: str) -> None:
    for path in folder.glob("plans/*/plan.yaml" if old == "villages" else "**/*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"{old}:", f"{new}:").replace(f": {old}}}", f": {new}}}"), encoding="utf-8")
    loaded = load(folder)
    told = [one for one in run(loaded.dataset, TODAY).findings if one.rule.code == "R031"]
    assert new in [dict(one.message.values)["id"] for one in told]


def test_a_holder_has_a_units_id_only_where_it_is_that_unit(folder: Path) -> None:
    budget = folder / "plans/2024/budget.yaml"
    replace_once(budget, "    unit: labour-department\n", "    unit: womens-union\n")
    (one,) = found(folder, "R031")
    assert (one.place.keys, one.related[0].place.file) == (("holders", "labour-department"), "units.yaml")


@pytest.fixture
def swapped(folder: Path) -> Path:
    """Return the plans with the department's money in Bảo Lạc's hands, under the id of Bảo Lâm."""
    budget = folder / "plans/2024/budget.yaml"
    text = budget.read_text(encoding="utf-8").replace("unit: labour-department", "unit: bao-lac")
    budget.write_text(text.replace("labour-department", "bao-lam"), encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize(
    ("unit", "held"), [("Bảo Lạc", 3449000260), ("Bảo Lâm", None), ("Sở Lao động - TB & XH", None)]
)
def test_money_is_shown_with_the_body_that_its_holder_is(swapped: Path, unit: str, held: int | None) -> None:
    shown = d8plan("--data", str(swapped), "summary", "2024", "--unit", unit, "--format", "json")
    assert json.loads(shown.stdout).get("facts", {}).get("granted") == held


def test_money_is_exported_with_the_body_that_its_holder_is(swapped: Path, tmp_path: Path) -> None:
    d8plan("--data", str(swapped), "export-data", "--format", "csv", "--output", str(tmp_path / "out"))
    lines = (tmp_path / "out/budget.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1:4] for line in lines if ",bao-lam," in line] == [
        ["bao-lam", "bao-lac", "carried-over"],
        ["bao-lam", "bao-lac", "granted"],
    ]


def test_a_finding_about_money_names_the_body(swapped: Path) -> None:
    replace_once(swapped / "plans/2024/budget.yaml", "over: {amount: 2231452260", "over: {amount: 2231452261")
    (one,) = [one for one in found(swapped, "B001") if one.place.keys[0] == "holders"]
    assert (one.unit, one.place.keys[1]) == ("bao-lac", "bao-lam")
