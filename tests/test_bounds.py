"""Numbers that a document states within bounds: proven for what they say, printed as the document words them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import d8plan, replace_once

from d8plan.models.bounds import Bound
from d8plan.storage.data.loader import load

ROADS = ("112.6", "149.6", "96.75", "6")
"""Kilometres of concrete road in four districts of Lào Cai: 364.95 in all."""
UNITS = ("bac-ha", "si-ma-cai", "muong-khuong", "sa-pa")


@pytest.mark.parametrize(
    ("bound", "right", "wrong"),
    [
        ({"more_than": 355}, ["364.95", "355.01"], ["355", "354.99"]),
        ({"at_least": 28}, ["28", "30"], ["27.9"]),
        ({"at_most": 28}, ["28", "0"], ["28.1"]),
        ({"less_than": 28}, ["27.9"], ["28"]),
        ({"between": [28, 30]}, ["28", "29.5", "30"], ["27.9", "30.1"]),
        ({"about": 76}, ["75.5", "76", "76.49"], ["75.49", "76.5"]),
        ({"about": Decimal("7.6")}, ["7.55", "7.64"], ["7.54", "7.65"]),
        ({"about": 400, "within": 5}, ["395", "405"], ["394.9", "405.1"]),
    ],
)
def test_what_a_bound_says(bound: dict[str, Any], right: list[str], wrong: list[str]) -> None:
    made = Bound.model_validate(bound)
    assert all(made.holds(Decimal(text)) for text in right)
    assert not any(made.holds(Decimal(text)) for text in wrong)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_opposite_bounds_never_both_hold(number: int, value: int) -> None:
    for one, other in (("at_least", "less_than"), ("more_than", "at_most")):
        holds = [Bound.model_validate({kind: number}).holds(value) for kind in (one, other)]
        assert sorted(holds) == [False, True]


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    """Return the data folder of a plan that states more than 355 km of road, hơn 355, and has 364.95."""
    names = "Bắc Hà,Si Ma Cai,Mường Khương,Sa Pa"
    given = ("--province", "Lào Cai", "--kind", "huyện", "--units", names, "--year", "2018")
    done = d8plan("init", str(tmp_path), *given, "--indicator", "Đường bê tông (km)=364,95")
    assert done.returncode == 0, done.stderr
    data = tmp_path / "data"
    path = data / "plans/2018/allocations.yaml"
    text = path.read_text(encoding="utf-8")
    for unit, length in zip(UNITS, ROADS, strict=True):
        text = text.replace(f"{unit}: ", f"{unit}: ").replace("null", length, 1)
    lines = [line for line in text.splitlines() if "unallotted" not in line]
    path.write_text(
        "\n".join(lines).replace("target: 364.95", "target: {more_than: 355, words: hơn 355}") + "\n", "utf-8"
    )
    return data


def findings(data: Path, *codes: str) -> list[dict[str, Any]]:
    shown = json.loads(d8plan("--data", str(data), "--lang", "en", "validate", "--format", "json").stdout)
    return [one for one in shown["findings"] if one["code"] in codes]


def test_more_than_355_holds_and_the_exact_sum_is_shown(roads: Path) -> None:
    done = d8plan("--data", str(roads), "--lang", "en", "validate")
    assert done.returncode == 0, done.stdout
    (one,) = findings(roads, "A002", "A009")
    assert (one["code"], one["severity"]) == ("A009", "info")
    assert "> 355, the figures come to 364.95 km" in one["message"]


@pytest.mark.parametrize("bound", ["more_than: 364.95", "at_most: 364.9", "between: [355, 364]", "about: 360"])
def test_a_bound_that_does_not_hold_is_an_error(roads: Path, bound: str) -> None:
    replace_once(roads / "plans/2018/allocations.yaml", "{more_than: 355, words: hơn 355}", f"{{{bound}}}")
    (one,) = findings(roads, "A002", "M003")
    assert (one["code"], one["computed"]) == ("A002", 364.95)
    assert one["stated"] == str(Bound.model_validate(dict([parsed(bound)])).sign)


def parsed(bound: str) -> tuple[str, Any]:
    kind, _, given = bound.partition(": ")
    return kind, json.loads(given, parse_float=Decimal)


@pytest.mark.parametrize(
    "bound",
    [
        "{at_least: 1, at_most: 2}",
        "{words: như năm trước}",
        "{}",
        "{between: [30, 28]}",
        "{between: [28]}",
        "{at_least: 3, within: 1}",
        "{at_least: nhiều}",
        "{at_least: -3}",
        "{at_lest: 3}",
        "{more_than: 355.123}",
    ],
)
def test_what_is_no_bound_is_told_in_its_line(roads: Path, bound: str) -> None:
    path = roads / "plans/2018/allocations.yaml"
    line = replace_once(path, "{more_than: 355, words: hơn 355}", bound)
    found = load(roads).findings
    marks = [(one.mark or load(roads).mark(one.place)).line for one in found]
    assert {one.rule.code for one in found} <= {"M001", "M003"}
    assert set(marks) == {line}


def test_an_annex_prints_the_words_and_takes_them_back(roads: Path, tmp_path: Path) -> None:
    annex = tmp_path / "annex.xlsx"
    assert d8plan("--data", str(roads), "export-appendix", "2018", "--output", str(annex)).returncode == 0
    book = openpyxl.load_workbook(annex, data_only=True)
    assert "hơn 355" in [cell.value for row in book.worksheets[0] for cell in row]
    before = (roads / "plans/2018/allocations.yaml").read_bytes()
    done = d8plan("--data", str(roads), "--lang", "en", "import-appendix", str(annex), "--yes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing changes")
    assert (roads / "plans/2018/allocations.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("bound", "printed"),
    [("at_least: 28", "≥ 28"), ("more_than: 355", "trên 355"), ("between: [28, 400]", "28 - 400"),
     ("at_most: 1444.59", "≤ 1.444,59"), ("about: 365", "khoảng 365"), ("less_than: 400", "dưới 400")],
)  # fmt: skip
def test_without_words_an_annex_has_its_own(roads: Path, tmp_path: Path, bound: str, printed: str) -> None:
    replace_once(roads / "plans/2018/allocations.yaml", "{more_than: 355, words: hơn 355}", f"{{{bound}}}")
    annex = tmp_path / "annex.xlsx"
    assert d8plan("--data", str(roads), "export-appendix", "2018", "--output", str(annex)).returncode == 0
    sheet = openpyxl.load_workbook(annex).worksheets[0]
    assert printed in [cell.value for row in sheet for cell in row]


def test_machines_get_signs_and_people_the_words(roads: Path) -> None:
    machine = json.loads(d8plan("--data", str(roads), "summary", "2018", "--format", "json").stdout)
    assert machine["indicators"][0]["target"] == "> 355"
    assert "hơn 355" in d8plan("--data", str(roads), "summary", "2018").stdout


def test_a_target_within_bounds_is_not_set_as_one_number(roads: Path) -> None:
    before = (roads / "plans/2018/allocations.yaml").read_bytes()
    done = d8plan("--data", str(roads), "--lang", "en", "set", "2018", "Đường bê tông", "--total", "360")
    assert done.returncode == 2
    assert "stated as > 355" in done.stderr
    assert (roads / "plans/2018/allocations.yaml").read_bytes() == before


def test_a_figure_may_change_under_a_bound_and_the_bound_stays(roads: Path) -> None:
    asked = ("set", "2018", "Đường bê tông", "Sa Pa", "7,5", "--with-totals")
    assert d8plan("--data", str(roads), *asked).returncode == 0
    text = (roads / "plans/2018/allocations.yaml").read_text(encoding="utf-8")
    assert "more_than: 355" in text
    assert "7.5" in text


def test_a_bound_is_sealed_by_its_kind_and_number(roads: Path) -> None:
    documents = roads / "documents.yaml"
    text = documents.read_text(encoding="utf-8")
    documents.write_text(text.replace("{kind: Kế hoạch,", "{kind: Kế hoạch, number: 1/KH, date: 2018-01-02,"), "utf-8")
    done = d8plan("--data", str(roads), "seal", "2018", "--document", "1/KH", "--date", "2018-01-02")
    assert done.returncode == 0, done.stderr
    assert d8plan("--data", str(roads), "validate").returncode == 0
    replace_once(roads / "plans/2018/allocations.yaml", "more_than: 355", "at_least: 355")
    assert [one["code"] for one in findings(roads, "L001", "L002", "L003", "L004")]
    assert d8plan("--data", str(roads), "validate").returncode == 1


def test_a_number_of_the_text_may_be_a_bound(data: Path) -> None:
    line = "Thành lập và duy trì Tổ truyền thông cộng đồng"
    path = data / "plans/2024/statements.yaml"
    text = path.read_text(encoding="utf-8")
    at = text.index("value: 57", text.index(line))
    for bound, found in (("{about: 57}", []), ("{more_than: 56}", []), ("{at_least: 58}", ["S001"])):
        path.write_text(f"{text[:at]}value: {bound}{text[at + len('value: 57') :]}", encoding="utf-8")
        assert [one["code"] for one in findings(data, "S001", "M003") if one["stated"] and "8" in str(one["stated"])
                and one["plan"] == "2024" and one["severity"] == "error"] == found, bound  # fmt: skip


def test_a_negative_decimal_is_a_number_in_json(roads: Path) -> None:
    """364.95 against a stated 366.1: the figures are 1.15 below."""
    replace_once(roads / "plans/2018/allocations.yaml", "{more_than: 355, words: hơn 355}", "366.1")
    (one,) = findings(roads, "A002")
    assert one["difference"] == -1.15
