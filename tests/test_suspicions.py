"""What a careful reader would ask about, and what is too common to ask: both sides of each threshold."""

from __future__ import annotations

from typing import Any

import pytest
from support import DATA, TODAY
from test_phases import ALONE, PHASE, Data, allot, dataset, plan
from test_properties import made

from d8plan.checks import run
from d8plan.models.budget import BudgetFile
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Severity
from d8plan.models.registry import UnitsFile
from d8plan.storage.data.loader import load
from d8plan.text.language import language

SAY = language("en").say


def asked(data: Dataset) -> list[Finding]:
    """Return the suspicions."""
    found = [item for item in run(data, TODAY).findings if item.rule.code[0] == "Q"]
    assert {item.severity for item in found} <= {Severity.INFO}
    return found


def codes(data: Dataset) -> list[str]:
    return [item.rule.code for item in asked(data)]


def units(values: list[Any]) -> Data:
    return {f"unit-{number}": value for number, value in enumerate(values)}


# --- Two levels with the same figures.


def split(rows: list[tuple[int | None, int | None]]) -> Dataset:
    """Return a plan with one indicator, its rows split by level."""
    lines = units([{"province": left, "commune": right} for left, right in rows])
    return dataset(plan("2030", teams=allot(lines)))


@pytest.mark.parametrize(
    ("rows", "is_asked"),
    [
        ([(1, 1), (2, 2), (3, 3)], True),
        ([(1, 1), (2, 2)], False),
        # Zeros are the same everywhere; they are no evidence.
        ([(1, 1), (2, 2), *[(0, 0)] * 20], False),
        ([(1, 1), (2, 2), (3, 3), *[(0, 0)] * 20], True),
        # One unit may differ, of sixteen two, of 56 seven.
        ([(1, 1), (2, 2), (3, 3), (4, 5)], True),
        ([(1, 1), (2, 2), (3, 3), (4, 5), (5, 4)], False),
        ([*[(2, 2)] * 14, (3, 4), (4, 3)], True),
        ([*[(2, 2)] * 13, (3, 4), (4, 3)], False),
        ([*[(2, 2)] * 49, *[(3, 4)] * 7], True),
        ([*[(2, 2)] * 48, *[(3, 4)] * 8], False),
        # A cell without a figure is no figure that differs.
        ([(1, 1), (2, 2), (3, 3), (4, None), (None, 5)], True),
    ],
)
def test_two_levels_with_the_same_figures(rows: list[tuple[int | None, int | None]], is_asked: bool) -> None:
    found = [item for item in asked(split(rows)) if item.rule.code == "Q001"]
    assert bool(found) == is_asked
    if found:
        (one,) = found
        same = [left for left, right in rows if left == right and left]
        assert (one.indicator, len(one.related)) == ("teams", len(same))
        assert "Cấp tỉnh, Cấp xã" in SAY(one.message)


def test_figures_that_are_not_split_have_no_levels_to_compare() -> None:
    assert codes(dataset(plan("2030", teams=allot(units([1, 1, 1, 1]))))) == []


# --- The same share of the phase everywhere.


def shares(phase: list[int | None], year: list[int | None], **how: Any) -> Dataset:
    of_year = plan("2030", PHASE, teams=allot(units(year)))
    return dataset(plan(PHASE, teams=allot(units(phase))), of_year, **how)


@pytest.mark.parametrize(
    ("phase", "year", "share"),
    [
        ([3, 6, 9], [1, 2, 3], "1/3"),
        ([10, 20, 35], [2, 4, 7], "1/5"),
        ([10, 20, 35], [4, 8, 14], "2/5"),
        ([4, 8, 20], [3, 6, 15], "3/4"),
        ([2, 4, 6], [1, 2, 3], "1/2"),
        # A sixth is no simple share; nor is all of it, or more.
        ([6, 12, 18], [1, 2, 3], None),
        ([1, 2, 4], [1, 2, 4], None),
        ([1, 2, 4], [2, 4, 8], None),
        # Two units are chance; the same figure everywhere says nothing of shares.
        ([3, 6], [1, 2], None),
        ([3, 3, 3], [1, 1, 1], None),
        # One unit has another share, or nothing.
        ([3, 6, 9, 12], [1, 2, 3, 5], None),
        ([3, 6, 9, 12], [1, 2, 3, 0], None),
        ([3, 6, 9, 12], [1, 2, 3, None], None),
        # Where the phase has nothing there is no share to have.
        ([3, 6, 9, 0], [1, 2, 3, 0], "1/3"),
        ([3 * number for number in range(1, 57)], list(range(1, 57)), "1/3"),
        ([3 * number for number in range(1, 57)], [*range(1, 56), 57], None),
    ],
)
def test_the_same_share_of_the_phase(phase: list[int | None], year: list[int | None], share: str | None) -> None:
    found = [item for item in asked(shares(phase, year)) if item.rule.code == "Q002"]
    assert [dict(item.message.values)["share"] for item in found] == ([share] if share else [])
    for item in found:
        assert (item.plan, item.indicator, item.level) == ("2030", "teams", None)
        given = len([value for value in phase if value])
        assert f"in each of {given} units, {sum(value or 0 for value in year):,} tổ in all" in SAY(item.message)


def test_a_share_at_one_level_is_told_for_that_level() -> None:
    whole = units([{"province": 3, "commune": 10}, {"province": 6, "commune": 11}, {"province": 9, "commune": 12}])
    year = units([{"province": 1, "commune": 7}, {"province": 2, "commune": 5}, {"province": 3, "commune": 1}])
    (found,) = asked(dataset(plan(PHASE, teams=allot(whole)), plan("2030", PHASE, teams=allot(year))))
    assert (found.rule.code, found.level, dict(found.message.values)["share"]) == ("Q002", "province", "1/3")
    assert found.place.keys == ("indicators", "teams", "levels", "province")


def test_points_that_stand_alone_have_no_shares() -> None:
    assert codes(shares([30, 60, 90], [10, 20, 30], how={"teams": ALONE})) == []


# --- Amounts with another amount's last digits.


def budget(*amounts: int) -> Dataset:
    """Return a plan with a budget, a holder an amount."""
    held = {f"holder-{number}": amount for number, amount in enumerate(amounts)}
    data = dataset(plan("2030", teams=allot({"a": 1})))
    record = {
        "origins": {"granted": {"name": "Kinh phí cấp", "years": [2030]}},
        "holders": {
            key: {"name": key.upper(), "level": "province", "amounts": {"granted": {"amount": amount}}}
            for key, amount in held.items()
        },
        "totals": {"all": {"amount": sum(amounts)}},
    }
    files = data.plans["2030"]._replace(budget=made(BudgetFile, record))
    return data._replace(plans={"2030": files})


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ([3_449_000_260, 2_231_452_260, 7_000_000_000], [3_449_000_260]),
        ([3_449_000_000, 2_231_452_000, 7_000_000_000], []),
        ([3_449_000_260, 2_231_452_261, 7_000_000_000], []),
        # Below a million something is left: the amount is not round.
        ([3_449_001_260, 2_231_452_260, 7_000_000_000], []),
        ([3_449_000_260, 2_231_000_260, 7_000_000_000], [3_449_000_260, 2_231_000_260]),
        # 260 đ are an amount, not a tail of one.
        ([260, 2_231_452_260, 7_000_000_000], []),
        ([3_449_000_260], []),
    ],
)
def test_a_round_amount_with_the_tail_of_another(amounts: list[int], told: list[int]) -> None:
    found = [item for item in asked(budget(*amounts)) if item.rule.code == "Q003"]
    assert [amounts[int(str(item.place.keys[1]).removeprefix("holder-"))] for item in found] == told
    for item in found:
        assert item.place.keys[2:] == ("amounts", "granted", "amount")
        assert len(item.related) == 1
        assert "ends in 260" in SAY(item.message)


# --- Figures out of scale.


@pytest.mark.parametrize(
    ("values", "told"),
    [
        # Beside 10 to 30: more than five times the largest, and a tenth of it is among them.
        ([10, 20, 30, 200], [200]),
        ([10, 20, 30, 160], [160]),
        ([10, 20, 30, 150], []),
        ([10, 20, 30, 155], []),
        ([10, 20, 30, 310], []),
        ([10, 20, 30, 20_000], [20_000]),
        ([10, 20, 30, 2_000], []),
        # Less than a fifth of the smallest, and ten times of it is among them.
        ([10, 20, 30, 1], [1]),
        ([10, 20, 30, 2], []),
        ([11, 20, 30, 2], [2]),
        # Sizes of their own: nothing is expected of a fourth.
        ([10, 20, 31, 200], []),
        # One neighbour is no company, and an empty or zero cell is none.
        ([20, 200], []),
        ([0, 0, None, 20, 200], []),
        ([20, 20, 200], [200]),
        ([*[20] * 55, 200], [200]),
        ([*[20] * 54, 200, 200], []),
    ],
)
def test_a_figure_out_of_scale(values: list[int | None], told: list[int]) -> None:
    found = [item for item in asked(dataset(plan("2030", teams=allot(units(values))))) if item.rule.code == "Q004"]
    assert [values[int(str(item.unit).removeprefix("unit-"))] for item in found] == told
    for item in found:
        assert item.place.keys == ("indicators", "teams", "units", item.unit)


def test_an_amount_in_thousands_of_dong() -> None:
    (found,) = asked(budget(21_830_000_000, 19_542_000_000, 20_449_000))
    assert (found.rule.code, found.place.keys[:2]) == ("Q004", ("holders", "holder-2"))
    assert "1,000" in SAY(found.action)


# --- Two spellings.


@pytest.mark.parametrize(
    ("name", "alias", "is_asked"),
    [
        ("Quảng Hoà", "Quảng Hòa", True),
        ("Hạ Lang", "Hạ lang", True),
        ("Bảo Lạc", "Bao Lac", True),
        ("Bảo Lạc", "Huyện Bảo Lạc cũ", False),
        ("Sở Lao động", "Sở LĐTBXH", False),
    ],
)
def test_an_alias_that_is_the_name_in_other_letters(name: str, alias: str, is_asked: bool) -> None:
    data = dataset(plan("2030", teams=allot({"a": 1})))
    unit = {"name": name, "kind": "commune", "order": 1, "aliases": ["Khác hẳn", alias]}
    found = asked(data._replace(units=made(UnitsFile, {"kinds": {"commune": {"name": "xã"}}, "units": {"a": unit}})))
    assert [(item.rule.code, item.unit) for item in found] == ([("Q005", "a")] if is_asked else [])
    for item in found:
        assert item.place.keys == ("units", "a", "aliases", 1)


# --- The shipped plans.


def test_the_shipped_plans_have_these_and_no_others() -> None:
    """Whether each is true of the signed document is asked in test_source."""
    found = {(item.rule.code, item.plan, item.indicator or item.unit) for item in asked(load(DATA).dataset)}
    assert found == {
        ("Q001", "2024", "communication-teams"),
        ("Q002", "2024", "policy-dialogues"),
        ("Q003", "2024", "labour-department"),
        ("Q005", None, "quang-hoa"),
        ("Q005", None, "ha-lang"),
        ("Q005", None, "hoa-an"),
    }
