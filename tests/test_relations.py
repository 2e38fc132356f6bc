"""Indicators that are declared to keep to others: at most, exactly the sum of; by unit, level and in total."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import TODAY, d8plan, replace_once

from d8plan.checks import run
from d8plan.models.findings import Finding
from d8plan.storage.data.loader import load

SUM = "aggregation: {units: sum, years: sum}"
PLAN = """title: Kế hoạch năm 2030
document: kh-435-2024
period: {first: 2030, last: 2030}
levels: {province: {name: Cấp tỉnh}, district: {name: Cấp huyện}}
units:
  labour-department: {number: 1, zone: {communes: 3}}
  womens-union: {number: 2, zone: {communes: 4}}
  cao-bang: {number: 3, zone: {communes: null}}
zone:
  communes:
    name: Số xã
    unit_of_measure: xã
    total: 7
    source: {document: kh-435-2024, lines: [1]}
"""


def made(data: Path, allocations: str, **declared: str) -> list[Finding]:
    """Return what is found of a made-up plan whose indicators declare what is given of them."""
    entries = "".join(
        f"  {key}: {{name: Số {key}, short_name: {key}, unit_of_measure: người, content: content-2,"
        f" order: {number}, {SUM}{', ' * bool(more)}{more}}}\n"
        for number, (key, more) in enumerate(declared.items(), 12)
    )
    replace_once(data / "indicators.yaml", f"    order: 11\n    {SUM}\n", f"    order: 11\n    {SUM}\n{entries}")
    folder = data / "plans/2030"
    folder.mkdir()
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    text = f"source: {{document: kh-435-2024}}\nindicators:\n{allocations}"
    (folder / "allocations.yaml").write_text(text, encoding="utf-8")
    loaded = load(data)
    return [*loaded.findings, *run(loaded.dataset, TODAY).findings]


def told(findings: list[Finding], *wanted: str) -> list[tuple[str, str | None, str | None, object, object]]:
    return [
        (one.rule.code, one.unit, one.level, one.stated, one.computed) for one in findings if one.rule.code in wanted
    ]


def line(key: str, target: object, *numbers: object) -> str:
    units = ", ".join(
        f"{unit}: {number}"
        for unit, number in zip(("labour-department", "womens-union", "cao-bang"), numbers, strict=True)
    )
    return f"  {key}: {{target: {target}, units: {{{units}}}}}\n"


def test_no_more_than_a_zone_figure(data: Path) -> None:
    found = made(data, line("clubs", 9, 3, 5, 1), clubs="not_more_than: communes")
    # The province has no communes of its own to compare with.
    assert told(found, "A011") == [("A011", "womens-union", None, 5, 4)]


def test_in_total_too(data: Path) -> None:
    found = made(data, line("clubs", 8, 3, 4, 1), clubs="not_more_than: communes")
    assert told(found, "A011") == [("A011", None, None, 8, 7)]


def test_what_keeps_to_others_is_not_told(data: Path) -> None:
    found = made(
        data,
        line("men", 5, 3, 2, "null") + line("women", 7, 1, 4, 2) + line("all", 12, 4, 6, 2),
        men="",
        women="not_more_than: all",
        all="sum_of: [men, women]",
    )
    assert told(found, "A007", "A011", "A012", "R002", "M001") == []


def test_a_sum_names_its_parts(data: Path) -> None:
    found = made(
        data,
        line("men", 5, 3, 2, "null") + line("women", 7, 1, 4, 2) + line("all", 13, 4, 6, 3),
        men="",
        women="",
        all="sum_of: [men, women]",
    )
    (one,) = (one for one in found if one.rule.code == "A012")
    assert (one.unit, one.stated, one.computed) == ("cao-bang", 3, 2)
    assert [near.place.keys[1] for near in one.related] == ["women", "all"]


def test_a_stated_sum_is_compared_with_the_stated_parts(data: Path) -> None:
    found = made(
        data,
        line("men", 5, 3, 2, "null") + line("women", 7, 1, 4, 2) + line("all", 13, 4, 6, 2),
        men="",
        women="",
        all="sum_of: [men, women]",
    )
    assert told(found, "A012") == [("A012", None, None, 13, 12)]


def test_a_part_where_the_sum_has_nothing_is_told(data: Path) -> None:
    found = made(
        data,
        line("men", 5, 3, 2, "null") + line("women", 7, 1, 4, 2) + line("all", 10, 4, 6, "null"),
        men="",
        women="",
        all="sum_of: [men, women]",
    )
    assert told(found, "A012") == [("A012", "cao-bang", None, 0, 2)]


def test_level_by_level_where_all_are_split(data: Path) -> None:
    split = "{{labour-department: {0}, womens-union: {{province: 0, district: 0}}, cao-bang: null}}"
    rows = {
        "men": "{province: 3, district: 1}",
        "women": "{province: 1, district: 2}",
        "all": "{province: 5, district: 2}",
    }
    allocations = "".join(
        f"  {key}:\n    target: {target}\n    units: {split.format(row)}\n"
        for (key, row), target in zip(rows.items(), (4, 3, 7), strict=True)
    )
    found = made(data, allocations, men="", women="", all="sum_of: [men, women]")
    assert told(found, "A012") == [
        ("A012", "labour-department", "province", 5, 4),
        ("A012", "labour-department", "district", 2, 3),
    ]


@pytest.mark.parametrize("field", ["not_more_than: comunes", "sum_of: [clubs2]"])
def test_an_unknown_one_is_told_with_the_nearest(data: Path, field: str) -> None:
    found = made(data, line("clubs", 3, 3, 0, 0), clubs=field)
    (one,) = (one for one in found if one.rule.code == "R002")
    assert one.place.keys[2] == field.partition(":")[0]


def test_a_sum_of_itself_is_a_circle(data: Path) -> None:
    found = made(data, line("a", 1, 1, 0, 0) + line("b", 1, 1, 0, 0), a="sum_of: [b]", b="sum_of: [a]")
    assert [one.rule.code for one in found if one.rule.code == "R033"] == ["R033"]


def test_both_figures_are_named_at_a_terminal(data: Path) -> None:
    made(data, line("clubs", 9, 3, 5, 1), clubs="not_more_than: communes")
    done = d8plan("--data", str(data), "--lang", "en", "validate", "2030", "--select", "A011")
    shown = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "more than Số xã allows" in shown
    assert "Số xã: 4" in shown
    assert "not_more_than" in shown
