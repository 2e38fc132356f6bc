"""Years and their phase, and indicators that are no sums, in small made-up plans."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from made_up import write_province
from support import TODAY, d8plan, plan_files, replace_once
from test_properties import made

from d8plan.checks import run
from d8plan.models.activities import ActivitiesFile
from d8plan.models.allocations import AllocationsFile
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Severity
from d8plan.models.plan import Plan
from d8plan.models.registry import DocumentsFile, IndicatorsFile, UnitsFile
from d8plan.models.statements import StatementsFile
from d8plan.text.language import language

SAY = language("en").say
Data = dict[str, Any]
LEVELS = {"province": {"name": "Cấp tỉnh"}, "commune": {"name": "Cấp xã"}}
SUM = {"units": "sum", "years": "sum"}
LAST = {"units": "sum", "years": "last"}
ALONE = {"units": "not-additive", "years": "not-additive"}
RATE = {"units": "rate", "years": "rate", "numerator": "women", "denominator": "cadres"}
PHASE = "2030-2032"


def allot(units: Data, **more: Any) -> Data:
    """Return an allocation whose totals follow from its lines; ``more`` states them otherwise."""
    lines: list[Data] = [line if isinstance(line, dict) else {"": line} for line in units.values()]
    by_level = {
        level: sum(line.get(level) or 0 for line in lines) for level in LEVELS if any(level in line for line in lines)
    }
    allocation: Data = {"target": sum(value or 0 for line in lines for value in line.values()), "units": units}
    return allocation | ({"levels": by_level} if by_level else {}) | more


def plan(name: str, phase: str | None = None, **indicators: Data) -> tuple[str, Data]:
    """Return a plan of the years in its name; its units are those of its allocations."""
    first, _, last = name.partition("-")
    units = dict.fromkeys(unit for allocation in indicators.values() for unit in allocation["units"])
    described: Data = {
        "title": f"Kế hoạch {name}",
        "document": "plan",
        "period": {"first": int(first), "last": int(last or first)},
        "levels": LEVELS,
        "units": {unit: {"number": number, "zone": {}} for number, unit in enumerate(units, 1)},
    }
    return name, {"plan": described | ({"phase": phase} if phase else {}), "indicators": indicators}


def dataset(*plans: tuple[str, Data], how: Data | None = None, ends: Data | None = None) -> Dataset:
    """Return a made-up province; ``how`` indicators are put together, and when units end."""
    units = dict.fromkeys(unit for _, data in plans for unit in data["plan"]["units"])
    aggregations = {key: SUM for _, data in plans for key in data["indicators"]} | (how or {})
    files = {}
    for name, data in plans:
        source = {"document": "plan", "target": 1, "levels": 2, "window": 3}
        allocations = made(AllocationsFile, {"source": source, "indicators": data["indicators"]})
        statements = made(StatementsFile, {"values": data["values"]}) if "values" in data else None
        activities = made(ActivitiesFile, data["activities"]) if "activities" in data else None
        described = made(Plan, data["plan"])
        files[name] = plan_files(name, described, allocations, activities=activities, statements=statements)
    by_year = sorted(files.values(), key=lambda one: (one.plan.period.first, -one.plan.period.last, one.id))
    return Dataset(
        units=made(
            UnitsFile,
            {
                "kinds": {"commune": {"name": "xã"}},
                "units": {
                    unit: {"name": unit.upper(), "kind": "commune", "order": order}
                    | ({"valid_to": ends[unit]} if ends and unit in ends else {})
                    for order, unit in enumerate(units)
                },
            },
        ),
        documents=made(
            DocumentsFile,
            {"documents": {"plan": {"kind": "Kế hoạch", "number": "1/KH"}, "decision": {"kind": "Quyết định"}}},
        ),
        indicators=made(
            IndicatorsFile,
            {
                "contents": {"c": {"number": "1", "name": "c", "lines": [1]}},
                "indicators": {
                    key: {
                        "name": key,
                        "short_name": key,
                        "unit_of_measure": "%" if aggregation["units"] == "rate" else "tổ",
                        "content": "c",
                        "order": order,
                        "aggregation": aggregation,
                    }
                    for order, (key, aggregation) in enumerate(aggregations.items(), 1)
                },
            },
        ),
        plans={one.id: one for one in by_year},
        unread_exceptions=frozenset(),
        seal=None,
        broken=frozenset(),
    )


def judged(data: Dataset) -> list[Finding]:
    """Return the findings but for coincidences, which small numbers have too."""
    return [item for item in run(data, TODAY).findings if item.rule.code[0] != "Q"]


def told(data: Dataset) -> list[tuple[str, str | None, object, object]]:
    """Return code, plan, stated and computed value of every finding."""
    return [(item.rule.code, item.plan, item.stated, item.computed) for item in judged(data)]


def three(phase: Data, *years: Data, how: Data = SUM) -> Dataset:
    """Return a phase of three years and the plans of its first years, of one indicator."""
    of_years = [plan(str(2030 + number), PHASE, teams=year) for number, year in enumerate(years)]
    return dataset(plan(PHASE, teams=phase), *of_years, how={"teams": how})


# --- Years that are added up.


def test_years_within_their_phase_have_no_finding() -> None:
    assert told(three(allot({"a": 10, "b": 10}), allot({"a": 4, "b": 5}), allot({"a": 6, "b": 4}))) == []


def test_one_year_above_the_phase_in_all() -> None:
    (finding,) = judged(three(allot({"a": 10, "b": 10}), allot({"a": 10, "b": 14})))
    assert (finding.rule.code, finding.stated, finding.computed, finding.difference) == ("P004", 20, 24, 4)
    assert finding.place.keys == ("indicators", "teams", "target")
    assert finding.plan == "2030"
    assert [SAY(near.text) for near in finding.related] == ["teams, B: 14 of 10", "The phase"]


def test_two_years_together_above_the_phase_in_all() -> None:
    """12 and 11 of 20: the second year, in which it is too much, is told with both years named."""
    (finding,) = judged(three(allot({"a": 10, "b": 10}), allot({"a": 7, "b": 5}), allot({"a": 5, "b": 6})))
    assert (finding.rule.code, finding.plan, finding.stated, finding.computed) == ("P004", "2031", 20, 23)
    assert SAY(finding.message) == "teams, years 2030, 2031 together"
    assert [SAY(near.text) for near in finding.related] == [
        "teams, A: 12 of 10",
        "teams, B: 11 of 10",
        "The phase",
    ]


def test_two_years_above_the_phase_in_one_unit() -> None:
    (finding,) = judged(three(allot({"a": 10, "b": 10}), allot({"a": 7, "b": 1}), allot({"a": 5, "b": 1})))
    assert (finding.rule.code, finding.plan, finding.unit) == ("P004", "2031", "a")
    assert (finding.stated, finding.computed) == (10, 12)
    assert finding.place.keys == ("indicators", "teams", "units", "a")


def test_two_years_above_the_phase_at_one_level_of_one_unit() -> None:
    """A has 10 at each level in the phase; the years give it 12 at the province's and 5 at its own."""
    phase = allot({"a": {"province": 10, "commune": 10}, "b": {"province": 5, "commune": 5}})
    first = allot({"a": {"province": 8, "commune": 2}, "b": {"province": 1, "commune": 1}})
    second = allot({"a": {"province": 4, "commune": 3}, "b": {"province": 1, "commune": 1}})
    (finding,) = judged(three(phase, first, second))
    assert (finding.rule.code, finding.unit, finding.level) == ("P004", "a", "province")
    assert (finding.stated, finding.computed) == (10, 12)
    assert finding.place.keys == ("indicators", "teams", "units", "a", "province")


@pytest.mark.parametrize("split", [0, 1])
def test_a_split_phase_and_a_year_that_is_not_are_compared_by_unit_alone(split: int) -> None:
    """No level of the one can be compared with the other: 9 of A's 6 + 4 hold, 11 do not."""
    lines: list[tuple[Data, Data]] = [
        ({"a": {"province": 6, "commune": 4}, "b": {"province": 9, "commune": 9}}, {"a": 9, "b": 9}),
        ({"a": 10, "b": 18}, {"a": {"province": 8, "commune": 1}, "b": {"province": 9, "commune": 0}}),
    ]
    whole, year = lines[split]
    assert told(three(allot(whole), allot(year))) == []
    above = {**year, "a": {"province": 8, "commune": 3} if isinstance(year["a"], dict) else 11}
    (finding,) = judged(three(allot(whole), allot(above)))
    assert (finding.rule.code, finding.unit, finding.level) == ("P004", "a", None)
    assert (finding.stated, finding.computed) == (10, 11)


def test_the_year_that_goes_too_far_is_the_later_one() -> None:
    """Whatever the folders are called: years follow each other by their period."""
    phase = plan(PHASE, teams=allot({"a": 10}))
    late = plan("2031", PHASE, teams=allot({"a": 6}))
    early = plan("2030", PHASE, teams=allot({"a": 6}))
    assert told(dataset(late, phase, early)) == [("P004", "2031", 10, 12)]


def test_an_indicator_that_one_year_leaves_out_counts_where_it_stands() -> None:
    phase = plan(PHASE, teams=allot({"a": 10}), clubs=allot({"a": 10}))
    first = plan("2030", PHASE, teams=allot({"a": 6}), clubs=allot({"a": 6}))
    second = plan("2031", PHASE, clubs=allot({"a": 3}))
    third = plan("2032", PHASE, teams=allot({"a": 5}), clubs=allot({"a": 1}))
    assert told(dataset(phase, first, second, third)) == [("P004", "2032", 10, 11)]


def test_years_without_a_phase_are_compared_with_nothing() -> None:
    assert told(dataset(plan("2030", teams=allot({"a": 100})), plan(PHASE, teams=allot({"a": 1})))) == []


# --- Years of which the last counts, and those that are not put together.


def test_of_what_stays_only_the_latest_year_counts() -> None:
    """8 homes, then 9 homes: 9 of 10."""
    assert told(three(allot({"a": 10}), allot({"a": 8}), allot({"a": 9}), how=LAST)) == []
    found = three(allot({"a": 10}), allot({"a": 8}), allot({"a": 11}), how=LAST)
    assert told(found) == [("P004", "2031", 10, 11)]


def test_an_earlier_year_above_is_told_though_the_latest_is_not() -> None:
    assert told(three(allot({"a": 10}), allot({"a": 11}), allot({"a": 9}), how=LAST)) == [("P004", "2030", 10, 11)]


@pytest.mark.parametrize("years", ["not-additive"])
def test_years_that_may_not_be_put_together_are_not_compared(years: str) -> None:
    how = {"units": "sum", "years": years}
    assert told(three(allot({"a": 10}), allot({"a": 30}), allot({"a": 40}), how=how)) == []


def test_what_may_not_be_summed_over_units_is_not_compared() -> None:
    """87 and 91 points in a year, 90 in the phase."""
    data = three(allot({"a": 80, "b": 90}, target=90), allot({"a": 87, "b": 91}, target=91), how=ALONE)
    assert told(data) == []


# --- Every year is there.


def test_a_phase_that_all_its_years_do_not_reach() -> None:
    (finding,) = judged(three(allot({"a": 10}), allot({"a": 3}), allot({"a": 3}), allot({"a": 3})))
    assert (finding.rule.code, finding.severity) == ("P011", Severity.WARNING)
    assert (finding.plan, finding.stated, finding.computed) == (PHASE, 10, 9)
    assert finding.place.keys == ("indicators", "teams", "target")


def test_a_phase_is_not_unfinished_while_a_year_is_missing() -> None:
    assert told(three(allot({"a": 10}), allot({"a": 3}), allot({"a": 3}))) == []
    without_middle = dataset(
        plan(PHASE, teams=allot({"a": 10})),
        plan("2030", PHASE, teams=allot({"a": 3})),
        plan("2032", PHASE, teams=allot({"a": 3})),
    )
    assert told(without_middle) == []


def test_a_phase_that_its_years_reach() -> None:
    assert told(three(allot({"a": 9}), allot({"a": 3}), allot({"a": 3}), allot({"a": 3}))) == []


def test_of_what_stays_the_last_year_has_to_reach_the_phase() -> None:
    assert told(three(allot({"a": 9}), allot({"a": 3}), allot({"a": 6}), allot({"a": 9}), how=LAST)) == []
    short = three(allot({"a": 9}), allot({"a": 3}), allot({"a": 9}), allot({"a": 8}), how=LAST)
    assert told(short) == [("P011", PHASE, 9, 8)]


def test_what_may_not_be_put_together_never_is_unfinished() -> None:
    years = [allot({"a": 1}), allot({"a": 1}), allot({"a": 1})]
    assert told(three(allot({"a": 9}), *years, how=ALONE)) == []


def test_a_plan_of_two_years_stands_for_both() -> None:
    two = plan("2030-2031", PHASE, teams=allot({"a": 6}))
    last = plan("2032", PHASE, teams=allot({"a": 3}))
    assert told(dataset(plan(PHASE, teams=allot({"a": 9})), two, last)) == []
    assert told(dataset(plan(PHASE, teams=allot({"a": 12})), two, last)) == [("P011", PHASE, 12, 9)]
    assert told(dataset(plan(PHASE, teams=allot({"a": 8})), two, last)) == [("P004", "2032", 8, 9)]


# --- Windows.


@pytest.mark.parametrize(
    ("name", "window", "outside"),
    [
        ("2031", [2030, 2032], True),
        ("2030", [2030, 2032], False),
        ("2032", [2030, 2032], False),
        ("2030-2031", [2031], False),
        ("2030-2031", [2032], True),
        ("2030", [2031], True),
    ],
)
def test_a_year_in_a_gap_of_the_window(name: str, window: list[int], outside: bool) -> None:
    phase = plan(PHASE, teams=allot({"a": 10}, window=window))
    found = judged(dataset(phase, plan(name, PHASE, teams=allot({"a": 3}))))
    assert [item.rule.code for item in found] == (["P005"] if outside else [])
    if outside:
        assert (found[0].stated, found[0].computed) == (", ".join(map(str, window)), name)
        assert found[0].severity is Severity.WARNING


def test_nothing_allotted_is_within_any_window() -> None:
    phase = plan(PHASE, teams=allot({"a": 10}, window=[2030]))
    assert told(dataset(phase, plan("2031", PHASE, teams=allot({"a": 0})))) == []


# --- Copies, units of measure, units, zone figures.


@pytest.mark.parametrize(("units", "copied"), [({"a": 4, "b": 5, "c": 6}, True), ({"a": 4, "b": 5, "c": 0}, False)])
def test_a_year_that_repeats_the_phase(units: Data, copied: bool) -> None:
    """Three figures above 0 are no chance; two may be. One figure less is no copy."""
    assert ("P006" in [item.rule.code for item in judged(three(allot(units), allot(units)))]) == copied
    other = {**units, "a": 3}
    assert told(three(allot(units), allot(other))) == []


def test_a_phase_of_one_year_has_its_figures() -> None:
    phase = plan("2030-2030", teams=allot({"a": 4, "b": 5, "c": 6}))
    year = plan("2030", "2030-2030", teams=allot({"a": 4, "b": 5, "c": 6}))
    assert told(dataset(phase, year)) == []


def test_units_of_measure_of_a_year_and_its_phase() -> None:
    phase = plan(PHASE, teams=allot({"a": 10}, unit_of_measure="cán bộ"))
    (finding,) = judged(dataset(phase, plan("2030", PHASE, teams=allot({"a": 3}))))
    assert (finding.rule.code, finding.stated, finding.computed) == ("P010", "cán bộ", "tổ")


def test_a_unit_that_is_missing_or_has_ended() -> None:
    phase = plan(PHASE, teams=allot({"a": 10, "b": 10}))
    year = plan("2031", PHASE, teams=allot({"a": 3}))
    (gone,) = judged(dataset(phase, year))
    assert (gone.rule.code, gone.unit, gone.plan) == ("P008", "b", "2031")
    assert told(dataset(phase, year, ends={"b": "2030-12-31"})) == []
    # It still exists in a part of the year.
    assert told(dataset(phase, year, ends={"b": "2031-06-30"})) == [("P008", "2031", None, None)]


def test_a_unit_of_the_year_before_is_missed_in_the_next_and_told_once() -> None:
    phase = plan(PHASE, teams=allot({"a": 10}))
    first = plan("2030", PHASE, teams=allot({"a": 1, "b": None}))
    second = plan("2031", PHASE, teams=allot({"a": 1}))
    third = plan("2032", PHASE, teams=allot({"a": 8}))
    found = judged(dataset(phase, first, second, third))
    assert [(item.rule.code, item.plan, item.unit) for item in found] == [("P008", "2031", "b")]


def test_a_unit_that_the_phase_does_not_have() -> None:
    phase = plan(PHASE, teams=allot({"a": 10}))
    (finding,) = judged(dataset(phase, plan("2030", PHASE, teams=allot({"a": 1, "b": 2}))))
    assert (finding.rule.code, finding.unit) == ("P009", "b")
    assert "teams: 2 tổ" in [SAY(near.text) for near in finding.related]
    assert told(dataset(phase, plan("2030", PHASE, teams=allot({"a": 1, "b": 0})))) == []


def with_zone(of: tuple[str, Data], figures: dict[str, int | None], changed_by: str | None = None) -> tuple[str, Data]:
    """Return a plan with a zone figure for each of its units."""
    name, data = of
    zone: Data = {
        "name": "Thôn khó khăn",
        "unit_of_measure": "thôn",
        "total": sum(value or 0 for value in figures.values()),
        "source": {"document": "plan", "lines": [1]},
    }
    units = {unit: {**line, "zone": {"villages": figures[unit]}} for unit, line in data["plan"]["units"].items()}
    zone |= {"changed_by": changed_by} if changed_by else {}
    return name, {**data, "plan": {**data["plan"], "units": units, "zone": {"villages": zone}}}


@pytest.mark.parametrize(("changed_by", "codes"), [(None, ["P007"]), ("plan", ["P007"]), ("decision", [])])
def test_a_zone_figure_that_differs_unless_a_decision_changed_it(changed_by: str | None, codes: list[str]) -> None:
    """The plan itself explains nothing: another document has to."""
    phase = with_zone(plan(PHASE, teams=allot({"a": 10, "b": 10})), {"a": 5, "b": 7})
    year = with_zone(plan("2030", PHASE, teams=allot({"a": 1, "b": 1})), {"a": 6, "b": 6}, changed_by)
    found = judged(dataset(phase, year))
    assert [item.rule.code for item in found] == codes
    if found:
        # The totals are the same, two figures are not.
        assert (found[0].stated, found[0].computed) == (12, 12)
        assert [SAY(near.text) for near in found[0].related] == [
            "Thôn khó khăn, A: 6 here, 5 in the phase",
            "Thôn khó khăn, B: 6 here, 7 in the phase",
        ]


# --- Plans that belong to each other in no sensible way.


@pytest.mark.parametrize(
    "plans",
    [
        [plan("2030", "2030", teams=allot({"a": 4, "b": 5, "c": 6}))],
        [plan("2030", "2031", teams=allot({"a": 4})), plan("2031", "2030", teams=allot({"a": 4}))],
        [plan(PHASE, "2030", teams=allot({"a": 4})), plan("2030", PHASE, teams=allot({"a": 4}))],
        [plan("2033", PHASE, teams=allot({"a": 40})), plan(PHASE, teams=allot({"a": 4}))],
        [plan("2032-2030", teams=allot({"a": 4})), plan("2030", "2032-2030", teams=allot({"a": 40}))],
        [plan("2031-2030", PHASE, teams=allot({"a": 40})), plan(PHASE, teams=allot({"a": 4}))],
    ],
)
def test_only_the_periods_of_plans_that_do_not_fit_are_told(plans: list[tuple[str, Data]]) -> None:
    codes = {item.rule.code for item in judged(dataset(*plans))}
    assert codes
    assert codes <= {"P001", "P002"}


def test_a_phase_of_a_phase_is_compared_step_by_step() -> None:
    """A year of 6 in a period of 5 in a phase of 10: it is too much for the period alone."""
    whole = plan("2030-2039", teams=allot({"a": 10}))
    period = plan("2030-2034", "2030-2039", teams=allot({"a": 5}))
    year = plan("2030", "2030-2034", teams=allot({"a": 6}))
    assert told(dataset(whole, period, year)) == [("P004", "2030", 5, 6)]


# --- Rates, and figures that stand alone.


def rates(women: Data, cadres: Data, share: Data, **stated: Any) -> Dataset:
    """Return a plan with a rate of two indicators."""
    of = {"women": allot(women), "cadres": allot(cadres), "share": allot(share, **stated)}
    return dataset(plan("2030", None, **of), how={"share": RATE})


def test_rates_of_units_and_of_the_whole() -> None:
    """1 of 8 is 12.5 %, a half rounded up; 2 of 4 is 50 %; 3 of 12 is 25 %, not the mean of both."""
    women, cadres = {"a": 1, "b": 2}, {"a": 8, "b": 4}
    assert told(rates(women, cadres, {"a": 13, "b": 50}, target=25)) == []
    assert told(rates(women, cadres, {"a": 12, "b": 50}, target=25)) == [("A003", "2030", 12, 13)]
    ((_, _, stated, computed),) = told(rates(women, cadres, {"a": 13, "b": 50}, target=32))
    assert (stated, computed) == (32, 25)


@pytest.mark.parametrize(
    ("part", "whole", "rate"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (7, 7, 100), (9, 8, 113)]
)
def test_rates_are_whole_per_cents_rounded_half_up(part: int, whole: int, rate: int) -> None:
    above = [item[0] for item in told(rates({"a": part}, {"a": whole}, {"a": rate}, target=rate))]
    assert above == (["A010"] if rate > 100 else [])
    wrong = {item[:2] for item in told(rates({"a": part}, {"a": whole}, {"a": rate + 1}, target=rate))}
    assert wrong - {("A010", "2030")} == {("A003", "2030")}


def test_rates_by_level() -> None:
    women = {"a": {"province": 1, "commune": 3}, "b": {"province": 2, "commune": 0}}
    cadres = {"a": {"province": 2, "commune": 4}, "b": {"province": 2, "commune": 5}}
    share = {"a": {"province": 50, "commune": 75}, "b": {"province": 100, "commune": 0}}
    # 3 of 4, 3 of 9, 6 of 13.
    right = {"province": 75, "commune": 33}
    assert told(rates(women, cadres, share, target=46, levels=right)) == []
    (level,) = judged(rates(women, cadres, share, target=46, levels={"province": 75, "commune": 34}))
    assert (level.level, level.stated, level.computed) == ("commune", 34, 33)
    assert level.unit_of_measure == "%"
    wrong = {**share, "b": {"province": 99, "commune": 0}}
    (cell,) = judged(rates(women, cadres, wrong, target=46, levels=right))
    assert (cell.rule.code, cell.unit, cell.level, cell.stated, cell.computed) == ("A003", "b", "province", 99, 100)


@pytest.mark.parametrize(("women", "cadres", "share"), [(0, 0, None), (None, None, None), (0, 4, 0)])
def test_a_rate_of_nothing(women: int | None, cadres: int | None, share: int | None) -> None:
    """Of nobody there is no rate; the other unit's still is one."""
    data = rates({"a": 1, "b": women}, {"a": 2, "b": cadres}, {"a": 50, "b": share}, target=17 if cadres else 50)
    assert told(data) == []


def test_a_rate_is_no_sum_and_has_no_suspects() -> None:
    (finding,) = judged(rates({"a": 1, "b": 2}, {"a": 2, "b": 4}, {"a": 50, "b": 5}, target=50))
    assert finding.rule.code == "A003"
    assert finding.summed is None
    assert finding.suspects == ()


def test_figures_that_stand_alone_need_no_total() -> None:
    """87 and 91 points, 88 for the whole: no sum is 88, and none is asked for."""
    alone = allot({"a": {"province": 87, "commune": 91}, "b": {"province": 80, "commune": None}}, target=88)
    del alone["levels"]
    assert told(dataset(plan("2030", points=alone), how={"points": ALONE})) == []


def stated(value: int, **select: object) -> Data:
    return {"text": "Điểm", "source": {"document": "plan", "lines": [9]}, "select": select, "value": value}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (stated(88, indicator="points"), []),
        (stated(89, indicator="points"), [("S001", "2030", 89, 88)]),
        (stated(87, indicator="points", units=["a"]), []),
        (stated(86, indicator="points", units=["a"]), [("S001", "2030", 86, 87)]),
        (stated(178, indicator="points", units=["a", "b"]), [("A004", "2030", None, None)]),
        (stated(2, indicator="points") | {"aggregate": "count"}, []),
        (stated(3, indicator="points") | {"aggregate": "count"}, [("S001", "2030", 3, 2)]),
    ],
)
def test_the_text_about_figures_that_stand_alone(statement: Data, expected: list[object]) -> None:
    name, data = plan("2030", points=allot({"a": 87, "b": 91}, target=88))
    assert told(dataset((name, data | {"values": {"points": statement}}), how={"points": ALONE})) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (stated(25, indicator="share"), []),
        (stated(63, indicator="share"), [("S001", "2030", 63, 25)]),
        (stated(13, indicator="share", units=["a"]), []),
    ],
)
def test_the_text_about_a_rate(statement: Data, expected: list[object]) -> None:
    name, data = plan(
        "2030",
        women=allot({"a": 1, "b": 2}),
        cadres=allot({"a": 8, "b": 4}),
        share=allot({"a": 13, "b": 50}, target=25),
    )
    found = told(dataset((name, data | {"values": {"share": statement}}), how={"share": RATE}))
    # The text states no target of the other two indicators, which is told as well.
    assert [item for item in found if item[0] != "S004"] == expected


# --- Views and workbooks of what may not be summed.


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up province with a rate of women and points that stand alone, split and unsplit."""
    folder = tmp_path_factory.mktemp("province") / "data"
    write_province(folder, seed=3, communes=4)
    return folder


def target_of(folder: Path, indicator: str) -> int:
    """Return the target of an indicator as allocations.yaml of 2026 states it."""
    text = (folder / "plans/2026/allocations.yaml").read_text(encoding="utf-8")
    found = re.search(rf"\n  {indicator}:\n    target: (\d+)\n", text)
    assert found is not None
    return int(found[1])


def view_of(folder: Path, indicator: str) -> tuple[Data, list[Data], Data]:
    """Return the facts, the rows of units and the row of totals of the summary of an indicator of 2026."""
    ended = d8plan("--data", str(folder), "summary", "2026", "--indicator", indicator, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    view = json.loads(ended.stdout)
    (totals,) = view["units_totals"]
    return view["facts"], view["units"], totals


def test_no_view_sums_rates(province: Path) -> None:
    facts, units, totals = view_of(province, "women-share")
    assert facts["target"] == target_of(province, "women-share")
    assert [totals[key] for key in ("province", "commune", "value")] == [None] * 3
    both = [row for row in units if row["province"] is not None and row["commune"] is not None]
    assert len(both) == 4
    assert all(row["value"] is None for row in both), "two rates of one commune are no rate of it"
    # The bureau has a rate at one level, which is the only one there is.
    assert [row["value"] == row["province"] for row in units if row["commune"] is None] == [True]


def test_no_view_sums_figures_that_stand_alone(province: Path) -> None:
    facts, units, totals = view_of(province, "satisfaction")
    assert facts["target"] == target_of(province, "satisfaction")
    assert totals["value"] is None
    assert [row["value"] is None for row in units] == [False] * 4 + [True]


def test_a_sum_is_still_shown_of_what_may_be_summed(province: Path) -> None:
    facts, units, totals = view_of(province, "women-cadres")
    assert totals["value"] == facts["target"] == sum(row["value"] for row in units)


def test_the_overview_shows_stated_targets_of_what_may_not_be_summed(province: Path) -> None:
    ended = d8plan("--data", str(province), "summary", "2026", "--format", "json")
    rows = {row["indicator"]: row for row in json.loads(ended.stdout)["indicators"]}
    for indicator in ("women-share", "satisfaction"):
        assert rows[indicator]["target"] == target_of(province, indicator)
        assert rows[indicator]["phase_share_percent"] is None, "a rate of a rate means nothing"
    assert rows["women-cadres"]["phase_share_percent"] is not None


def test_a_workbook_writes_stated_totals_and_no_formula_for_what_may_not_be_summed(
    province: Path, tmp_path: Path
) -> None:
    target = tmp_path / "annex.xlsx"
    ended = d8plan("--data", str(province), "export-appendix", "2026", "--output", str(target))
    assert ended.returncode == 0, ended.stderr
    sheet = openpyxl.load_workbook(target).worksheets[0]
    headings = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value}
    named = {"women-share": "Tỷ lệ nữ trong số", "satisfaction": "Điểm hài lòng của", "women-cadres": "Cán bộ nữ được"}
    for indicator, words in named.items():
        heading = next(cell for name, cell in headings.items() if name.startswith(words))
        column = [sheet.cell(row, heading.column).value for row in range(heading.row + 1, sheet.max_row + 1)]
        formulas = [value for value in column if isinstance(value, str) and value.startswith("=")]
        if indicator == "women-cadres":
            assert formulas
        else:
            assert formulas == []
            assert column[0] == target_of(province, indicator)


def test_a_wrong_stated_target_of_a_rate_is_told_in_the_workbook(province: Path, tmp_path: Path) -> None:
    """The cell keeps the number that is stated, and is marked."""
    folder = tmp_path / "data"
    write_province(folder, seed=3, communes=4)
    right = target_of(folder, "women-share")
    old = f"  women-share:\n    target: {right}\n"
    replace_once(folder / "plans/2026/allocations.yaml", old, old.replace(str(right), str(right + 5)))
    target = tmp_path / "annex.xlsx"
    ended = d8plan("--data", str(folder), "export-appendix", "2026", "--output", str(target))
    assert ended.returncode == 0, ended.stderr
    sheet = openpyxl.load_workbook(target).worksheets[0]
    marked = [cell for row in sheet.iter_rows() for cell in row if cell.comment]
    assert [cell.value for cell in marked if cell.comment and f"{right + 5} %" in str(cell.comment.text)] == [right + 5]


@pytest.mark.parametrize("how", [SUM, LAST, ALONE])
def test_no_check_fails_on_plans_without_allotments(how: Data) -> None:
    empty = {"a": None, "b": None}
    assert told(three(allot(empty), allot(empty), allot(empty), allot(empty), how=how)) == []
    assert run(three(allot(empty), how=how), TODAY).ledger.figures == ()
