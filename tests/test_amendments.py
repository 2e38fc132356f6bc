"""Amendments of sealed plans: each lists exactly what its document changes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from sealed_data import (
    ALLOCATIONS,
    BAO_LAC,
    CLUBS,
    PLAN,
    SEAL,
    STATEMENT,
    STATEMENTS,
    TARGET,
    TITLE,
    Change,
    amend,
    found_in,
    line_of,
    places,
    seal,
)
from support import replace_once

from d8plan.models.files import PlanState
from d8plan.models.places import Place
from d8plan.storage.data.loader import load

pytestmark = pytest.mark.usefixtures("read_once")


def one_team_more(folder: Path) -> dict[str, Change]:
    """Give Bảo Lạc one team more, in every number that holds it; return the changes."""
    replace_once(folder / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    replace_once(folder / ALLOCATIONS, "levels: {province: 29, district: 28}", "levels: {province: 29, district: 29}")
    replace_once(folder / ALLOCATIONS, "target: 57", "target: 58")
    replace_once(folder / STATEMENTS, "value: 57", "value: 58")
    teams = "allocations.yaml#/indicators/communication-teams/"
    return {
        teams + "units/bao-lac/district": (5, 6),
        teams + "levels/district": (28, 29),
        TARGET: (57, 58),
        "statements.yaml#/values/target-communication-teams/value": (57, 58),
    }


AMENDMENT = "plans/2024/amendments/2024-07.yaml"


def test_an_amendment_that_lists_exactly_what_changed_is_right(sealed: Path) -> None:
    amend(sealed, "2024-07", "2024-07-15", one_team_more(sealed))
    assert places(sealed) == []
    assert load(sealed).dataset.plans["2024"].state is PlanState.AMENDED
    seal(sealed, "2024")
    assert places(sealed) == []


def test_an_amendment_with_another_value_before_is_told_there(sealed: Path) -> None:
    lines = amend(sealed, "2024-07", "2024-07-15", one_team_more(sealed) | {TARGET: (56, 58)})
    assert places(sealed) == [("L002", AMENDMENT, lines[TARGET])]


def test_an_amendment_with_another_value_after_is_told_at_the_plan(sealed: Path) -> None:
    amend(sealed, "2024-07", "2024-07-15", one_team_more(sealed) | {TARGET: (57, 59)})
    loaded, (finding,) = found_in(sealed)
    assert finding.rule.code == "L001"
    assert (finding.place.file, line_of(loaded, finding)) == (ALLOCATIONS, 8)
    assert finding.computed == 58
    assert [item.place.file for item in finding.related] == [AMENDMENT]


@pytest.mark.parametrize("left_out", [0, 1, 2, 3])
def test_an_amendment_that_leaves_a_change_out_is_told_at_that_change(sealed: Path, left_out: int) -> None:
    changes = one_team_more(sealed)
    pointer = list(changes)[left_out]
    del changes[pointer]
    amend(sealed, "2024-07", "2024-07-15", changes)
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.place) == ("L001", Place.parse(pointer, "2024"))


def test_an_amendment_that_was_not_carried_out_is_told_at_each_value(sealed: Path) -> None:
    shutil.copytree(sealed, sealed.parent / "other")
    changes = one_team_more(sealed.parent / "other")
    amend(sealed, "2024-07", "2024-07-15", changes)
    findings = found_in(sealed)[1]
    assert {item.rule.code for item in findings} == {"L001"}
    assert {item.place for item in findings} == {Place.parse(pointer, "2024") for pointer in changes}


def test_a_change_that_changes_nothing_is_told(sealed: Path) -> None:
    lines = amend(sealed, "2024-07", "2024-07-15", {TARGET: (57, 57)})
    assert places(sealed) == [("L002", AMENDMENT, lines[TARGET])]


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_amendments_follow_each_other_by_date_not_by_name(sealed: Path, names: tuple[str, str]) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần hai")
    amend(sealed, names[0], "2024-07-15", {"plan.yaml#/title": (TITLE, "Lần một")})
    amend(sealed, names[1], "2024-09-30", {"plan.yaml#/title": ("Lần một", "Lần hai")}, number=400)
    assert places(sealed) == []


def test_amendments_may_change_a_value_back(sealed: Path) -> None:
    amend(sealed, "a", "2024-07-15", {"plan.yaml#/title": (TITLE, "Lần một")})
    amend(sealed, "b", "2024-09-30", {"plan.yaml#/title": ("Lần một", TITLE)}, number=400)
    assert places(sealed) == []


@pytest.mark.parametrize("before", ["Lần hai", TITLE])
def test_a_gap_between_amendments_is_told_at_the_later_one(sealed: Path, before: str) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần ba")
    amend(sealed, "2024-07", "2024-07-15", {"plan.yaml#/title": (TITLE, "Lần một")})
    amend(sealed, "2024-06", "2024-09-30", {"plan.yaml#/title": (before, "Lần ba")}, number=400)
    assert places(sealed) == [("L002", "plans/2024/amendments/2024-06.yaml", 5)]


def test_an_amendment_by_an_unknown_document_is_told_once(sealed: Path) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần một")
    amend(sealed, "2024-07", "2024-07-15", {"plan.yaml#/title": (TITLE, "Lần một")}, registered=None)
    assert places(sealed) == [("R006", AMENDMENT, 1)]


@pytest.mark.parametrize(
    ("date", "registered"),
    [("2024-07-15", "2024-07-16"), ("2024-03-19", "2024-03-19"), ("2024-07-15", "2025-07-15")],
)
def test_an_amendment_of_another_date_than_its_document_or_before_the_plan(
    sealed: Path, date: str, registered: str
) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần một")
    amend(sealed, "2024-07", date, {"plan.yaml#/title": (TITLE, "Lần một")}, registered=registered)
    assert places(sealed) == [("L004", AMENDMENT, 2)]


def test_a_draft_has_no_amendments(data: Path) -> None:
    amend(data, "2024-07", "2024-07-15", one_team_more(data))
    (finding,) = found_in(data)[1]
    assert (finding.rule.code, finding.place.file) == ("L003", AMENDMENT)
    assert "d8plan seal 2024" in str(finding.action)


def test_an_amendment_adds_a_figure_where_there_was_none(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, CLUBS, CLUBS.replace("null", "0"))
    pointer = "allocations.yaml#/indicators/change-leader-clubs/units/labour-department"
    amend(sealed, "2024-07", "2024-07-15", {pointer: (None, 0)})
    assert places(sealed) == []


def joined(folder: Path, number: int | None) -> dict[str, object]:
    """Let the women's union take part, with a figure of club leaders; return its new values."""
    replace_once(
        folder / PLAN,
        "  labour-department: {number: 10",
        "  womens-union: {number: 11, zone: {communes: null, villages: null}}\n  labour-department: {number: 10",
    )
    path = folder / ALLOCATIONS
    lines: dict[str, object] = {
        "plan.yaml#/units/womens-union/number": 11,
        "plan.yaml#/units/womens-union/zone/communes": None,
        "plan.yaml#/units/womens-union/zone/villages": None,
    }
    indicator, text = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if named := re.fullmatch(r"  ([a-z0-9-]+):", line):
            indicator = named[1]
        if line.startswith("      labour-department: "):
            value = number if indicator == "change-leader-clubs" else None
            text.append(f"      womens-union: {json.dumps(value)}")
            lines[f"allocations.yaml#/indicators/{indicator}/units/womens-union"] = value
        text.append(line)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return lines


def test_an_amendment_adds_a_unit_value_by_value(sealed: Path) -> None:
    values = joined(sealed, 0)
    assert len(values) == 14
    amend(sealed, "2024-07", "2024-07-15", {pointer: (None, value) for pointer, value in values.items()})
    assert places(sealed) == []


def test_an_amendment_that_forgets_a_value_of_a_new_unit(sealed: Path) -> None:
    values = joined(sealed, 0)
    clubs = "allocations.yaml#/indicators/change-leader-clubs/units/womens-union"
    amend(sealed, "2024-07", "2024-07-15", {key: (None, value) for key, value in values.items() if key != clubs})
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.place.pointer()) == ("L001", clubs)


def test_an_amendment_takes_a_value_out(sealed: Path) -> None:
    replace_once(sealed / PLAN, "    basis: qd-861\n  villages", "  villages")
    amend(sealed, "2024-07", "2024-07-15", {"plan.yaml#/zone/communes/basis": ("qd-861", None)})
    assert places(sealed) == []


def test_an_amendment_takes_a_statement_out(sealed: Path) -> None:
    replace_once(sealed / STATEMENTS, STATEMENT, "")
    held = json.loads((sealed / SEAL).read_text(encoding="utf-8"))["plan"]
    gone: dict[str, Change] = {key: (value, None) for key, value in held.items() if "/pilot-districts/" in key}
    assert len(gone) == 7
    amend(sealed, "2024-07", "2024-07-15", gone)
    assert places(sealed) == []


def test_an_amendment_of_what_is_no_part_of_the_document(sealed: Path) -> None:
    pointer = "exceptions.yaml#/exceptions/measure-trusted-addresses/date"
    lines = amend(sealed, "2024-07", "2024-07-15", {pointer: ("2026-11-23", "2026-11-24")})
    found = places(sealed)
    assert ("L002", AMENDMENT, lines[pointer]) in found


def test_an_amendment_that_points_nowhere_is_told_there(sealed: Path) -> None:
    pointer = "allocations.yaml#/indicators/communication-teams/units/bao-lac/commune"
    lines = amend(sealed, "2024-07", "2024-07-15", {pointer: (5, 6)})
    assert ("L002", AMENDMENT, lines[pointer]) in places(sealed)


def test_an_amendment_changes_a_list_as_a_whole(sealed: Path) -> None:
    replace_once(sealed / PLAN, "lines: [7, 121, 314]", "lines: [7, 121]")
    amend(sealed, "2024-07", "2024-07-15", {"plan.yaml#/legal_basis/kh-75-2022/lines": ([7, 121, 314], [7, 121])})
    assert places(sealed) == []


@pytest.mark.parametrize(
    ("document", "date", "changes"),
    [
        ("kh-288-2024", "2024-03-20", "changes: {plan.yaml#/title: {old: Kế hoạch, new: Lần một}}"),
        ("kh-300-2024", "2099-07-15", "changes: {plan.yaml#/title: {old: Kế hoạch, new: Lần một}}"),
        ("kh-300-2024", "2024-07-15", "changes: {}"),
        ("kh-300-2024", "2024-07-15", "changes: {nowhere.yaml#/a/b: {old: null, new: null}}"),
    ],
    ids=["own document", "day to come", "nothing", "nowhere"],
)
def test_an_amendment_is_a_document_that_changes_something(
    sealed: Path, document: str, date: str, changes: str
) -> None:
    replace_once(
        sealed / "documents.yaml",
        "documents:\n",
        f"documents:\n  kh-300-2024: {{kind: Kế hoạch, number: 300/KH-BCD, date: {date}}}\n",
    )
    (sealed / AMENDMENT).parent.mkdir()
    (sealed / AMENDMENT).write_text(f"document: {document}\ndate: {date}\nreason: x\n{changes}\n", encoding="utf-8")
    assert {file for code, file, _ in places(sealed) if code in ("L002", "L004")} == {AMENDMENT}


@pytest.mark.parametrize(
    ("number", "date", "told"),
    [
        ("288/KH-BCD", "2024-03-20", True),
        ("288/KH-BCD", "2024-07-15", True),
        ("288/kh-bcd", "2024-07-15", True),
        ("288 / KH-BCD", "2024-07-15", True),
        ("75/KH-BTV", "2022-09-13", True),
        ("289/KH-BCD", "2024-07-15", False),
        ("288/KH-BCD", "2025-07-15", False),  # numbers begin anew each year
        ("75/KH-BTV", "2024-07-15", False),
    ],
)
def test_no_document_amends_itself_or_its_phase_under_another_id(
    sealed: Path, number: str, date: str, told: bool
) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần một")
    amend(sealed, "2024-07", date, {"plan.yaml#/title": (TITLE, "Lần một")})
    replace_once(sealed / "documents.yaml", "number: 300/KH-BCD", f"number: {number}")
    assert {(code, file) for code, file, _ in places(sealed)} == ({("L004", AMENDMENT)} if told else set())


def test_the_document_of_the_phase_does_not_amend(sealed: Path) -> None:
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Lần một")
    amend(sealed, "2024-07", "2022-09-13", {"plan.yaml#/title": (TITLE, "Lần một")}, registered=None)
    replace_once(sealed / AMENDMENT, "document: kh-300", "document: kh-75-2022")
    assert {(code, file) for code, file, _ in places(sealed)} == {("L004", AMENDMENT)}
