"""One fault is one finding, two faults are two, and no innocent figure is blamed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import new_findings, replace_once

from d8plan.models.findings import Finding
from d8plan.models.places import Place

ALLOCATIONS = "plans/2024/allocations.yaml"
BUDGET = "plans/2024/budget.yaml"
PLAN = "plans/2024/plan.yaml"
STATEMENTS = "plans/2024/statements.yaml"
EXCEPTIONS = "plans/2024/exceptions.yaml"
BAO_LAC = "      bao-lac:           {province: 5, district: 5}\n"


def places(found: list[Finding]) -> list[Place]:
    """Return every place that the findings name."""
    return [place for item in found for place in (item.place, *(near.place for near in item.related))]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("units.yaml", "  bao-lac: {", "  bao-lak: {", ("units", "bao-lak")),
        ("indicators.yaml", "  policy-dialogues:", "  policy-dialogue:", ("indicators", "policy-dialogue")),
        ("documents.yaml", "  kh-288-2024:", "  kh-289-2024:", ("documents", "kh-289-2024")),
        (PLAN, "  district: {name: Cấp huyện}", "  distrct: {name: Cấp huyện}", ("levels", "distrct")),
        (PLAN, "  communes:\n    name", "  commune:\n    name", ("zone", "commune")),
        (BUDGET, "  granted: {name", "  grante: {name", ("origins", "grante")),
        (PLAN, "  bao-lac:           {number: 8", "  bao-lak:           {number: 8", ("units", "bao-lak")),
    ],
    ids=lambda value: value if isinstance(value, str) and "yaml" in value else None,
)
def test_a_misspelt_key_of_a_register_is_told_once_and_there(
    data: Path, file: str, old: str, new: str, place: tuple[str, ...]
) -> None:
    replace_once(data / file, old, new)
    (finding,) = new_findings(data)[1]
    assert (finding.place.file, finding.place.keys) == (file, place)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PLAN, "  bao-lac:           {number: 8, line: 304, zone: {communes: 15, villages: 121}}\n", ""),
        (PLAN, "zone: {communes: 15, villages: 121}", "zone: {communes: null, villages: 121}"),
        (PLAN, "zone: {communes: 15, villages: 121}", "zone: {communes: 15 xã, villages: 121}"),
        (
            ALLOCATIONS,
            "{province: 0, district: 3}\n      trung-khanh",
            "{province: 0, district: null}\n      trung-khanh",
        ),
        (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("bao-lac", "education-department")),
        (ALLOCATIONS, "    levels: {province: 29, district: 28}\n", "    levels: {province: 29}\n"),
        (ALLOCATIONS, "      quang-hoa:         8\n", "      quang-hoa:         {province: 4, district: 4}\n"),
        (ALLOCATIONS, "indicators:\n", "indicators: {}\n\nindicators:\n"),
        (BUDGET, "      carried-over: {amount: 13804304000, line: 183}\n", ""),
        (EXCEPTIONS, "    code: B001\n", "    code: A001\n"),
        (EXCEPTIONS, "place: budget.yaml#/totals/province-granted/amount", "place: budget.yaml#/totals/granted/amount"),
        (EXCEPTIONS, "    stated: 22991000000\n", "    stated: 22991000000\n    stated: 22991000000\n"),
        (EXCEPTIONS, "place: budget.yaml#/totals/province-granted/amount", "place: nowhere"),
        (STATEMENTS, "section: III.3.4, lines: [165]}", "section: III.3.4, lines: []}"),
    ],
)
def test_one_fault_is_one_finding(data: Path, file: str, old: str, new: str) -> None:
    replace_once(data / file, old, new)
    found = new_findings(data)[1]
    assert len(found) == 1, [(item.rule.code, item.place) for item in found]


def test_a_dropped_amount_blames_its_own_holder(data: Path) -> None:
    replace_once(data / BUDGET, "      carried-over: {amount: 13804304000, line: 183}\n", "")
    (finding,) = new_findings(data)[1]
    assert finding.place.keys[:2] == ("holders", "womens-union")


def test_two_wrong_totals_blame_no_figure(data: Path) -> None:
    replace_once(data / BUDGET, "amount: 33346304000", "amount: 33346304001")
    replace_once(data / BUDGET, "amount: 37070718318", "amount: 37070718319")
    found = new_findings(data)[1]
    assert {item.place.keys for item in found} == {
        ("totals", "control-womens-union", "amount"),
        ("totals", "control-carried-over", "amount"),
    }


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PLAN, "  bao-lac:           {number: 8", "  bao-lak:           {number: 8"),
        (PLAN, "zone: {communes: 14, villages: 129}", "zone: {communes: 15 xã, villages: 129}"),
        (ALLOCATIONS, "source: {document: kh-288-2024, target: 294", "source: {document: kh-288-2024, target: x294"),
        ("documents.yaml", "documents:\n", "documents: [\n"),
        (EXCEPTIONS, "exceptions:\n", "exceptions: [\n"),
    ],
)
def test_a_wrong_figure_is_told_beside_another_fault(data: Path, file: str, old: str, new: str) -> None:
    replace_once(data / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    replace_once(data / file, old, new)
    found = new_findings(data)[1]
    assert any(item.place.file == file for item in found)
    assert Place(ALLOCATIONS, ("indicators", "communication-teams", "levels", "district")) in places(found)


def test_a_bad_amount_leaves_the_other_totals_proven(data: Path) -> None:
    replace_once(data / BUDGET, "amount: 21830000000", "amount: 21.830.000.000")
    replace_once(data / BUDGET, "amount: 33346304000", "amount: 33346304001")
    assert {item.rule.code for item in new_findings(data)[1]} == {"Y005", "B001"}


def test_two_exceptions_at_one_place_do_not_hide_each_other(data: Path) -> None:
    text = (data / EXCEPTIONS).read_text(encoding="utf-8")
    first = text[text.index("  granted-260-dong:") : text.index("  measure-livelihood-groups:")]
    wrong = first.replace("granted-260-dong", "granted-250-dong").replace("22991000260", "22991000250")
    replace_once(data / EXCEPTIONS, "exceptions:\n", "exceptions:\n" + wrong)
    (finding,) = new_findings(data)[1]
    assert (finding.rule.code, finding.exception) == ("X001", "granted-250-dong")
