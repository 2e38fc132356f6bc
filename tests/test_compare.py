"""Two versions of a data folder compared: nothing that differs is lost, and it stands where it belongs."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from made_up import write_province
from mutations import numbers_of
from pieces import Piece
from support import DATA, TODAY, copy_draft, replace_once

from d8plan.checks import run
from d8plan.models.files import PlanState
from d8plan.models.places import Place
from d8plan.render import views
from d8plan.sheets.comparison import book
from d8plan.storage.data.loader import load
from d8plan.storage.data.tree import Tree
from d8plan.text.language import language
from d8plan.text.message import M
from d8plan.views.comparison.changes import ChangeState, ValueKind, Version, VersionComparison
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.matching import compare, values_of
from d8plan.views.comparison.naming import names_of
from d8plan.views.comparison.tables import view

TEAMS = "plans/2024/allocations.yaml"


def version(folder: Path, files: dict[str, bytes] | None = None) -> Version:
    """Return a data folder with all that is found in it, with ``files`` written over it."""
    loaded = load(folder, Tree(folder, files))
    assert not loaded.dataset.broken
    report = run(loaded.dataset, TODAY)
    return Version(loaded.dataset, report._replace(findings=(*loaded.findings, *report.findings)))


@pytest.fixture(scope="module", params=["shipped", "made up"])
def province(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder of drafts: the shipped one, and one with rates and indicators that do not add."""
    folder = tmp_path_factory.mktemp("province") / "data"
    if request.param == "shipped":
        return copy_draft(folder)
    write_province(folder, 1)
    return folder


@pytest.fixture
def before() -> Version:
    """Return the shipped data, its plans drafts."""
    loaded = load(DATA)
    plans = {key: files._replace(seal=None) for key, files in loaded.dataset.plans.items()}
    dataset = loaded.dataset._replace(seal=None, plans=plans)
    return Version(dataset, run(dataset, TODAY))


def changed(folder: Path, edits: Iterable[tuple[Piece, str]]) -> dict[str, bytes]:
    """Return the files of a folder with other numbers in them."""
    files: dict[str, str] = {}
    for number, new in sorted(edits, key=lambda edit: -edit[0].start):
        text = files.get(number.file) or (folder / number.file).read_bytes().decode("utf-8")
        files[number.file] = text[: number.start] + new + text[number.start + len(number.typed) :]
    return {name: text.encode("utf-8") for name, text in files.items()}


def teams(folder: Path, line: str) -> None:
    """Write another line of Bảo Lạc for the first indicator of 2024, which has 5 at both levels."""
    path = folder / TEAMS
    text, count = re.subn(r"      bao-la.:.*\n", f"      {line}\n" if line else "", path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8", newline="")


def shown(comparison: VersionComparison) -> dict[Place, tuple[object, object]]:
    """Return every value that a comparison shows as another one, old and new by place."""
    found: dict[Place, tuple[object, object]] = {one.place: (one.old, one.new) for one in comparison.values}
    found |= {one.statement.place: (one.stated_old, one.stated_new) for one in comparison.totals}
    return found | {one.cell.place: (one.old, one.new) for one in comparison.figures}


def test_a_version_is_the_same_as_itself(province: Path) -> None:
    one = version(province)
    comparison = compare(one, version(province))
    assert comparison.same
    assert view(comparison, M("{name}", name="x")).tables == ()


def test_one_figure_changes_its_totals_and_findings(before: Version, data: Path) -> None:
    teams(data, "bao-lac: {province: 8, district: 5}")
    after = version(data)
    comparison = compare(before, after)

    [figure] = comparison.figures
    place = Place(TEAMS, ("indicators", "communication-teams", "units", "bao-lac", "province"))
    assert (figure.cell.place, figure.state, figure.old, figure.new, figure.change) == (
        place,
        ChangeState.CHANGED,
        5,
        8,
        3,
    )
    assert names_of(comparison, figure.cell) == ("Tổ truyền thông cộng đồng", "Bảo Lạc", "Cấp tỉnh")
    assert comparison.values == ()
    # The plan states 29 of the province, and 57 both in the annex and in the text.
    assert {
        one.statement.place.keys[-1]: (one.stated_new, one.computed_old, one.computed_new) for one in comparison.totals
    } == {
        "province": (29, 29, 32),
        "target": (57, 57, 60),
        "value": (57, 57, 60),
    }
    assert [(one.rule.code, one.stated, one.computed) for one in comparison.new_findings] == [("A001", 29, 32)]
    # Its figures at both levels were as many as in nearly all other units, which was asked about.
    assert [one.rule.code for one in comparison.gone_findings] == ["Q001"]


def test_sides_swapped_swap_old_and_new(before: Version, data: Path) -> None:
    teams(data, "bao-lac: {province: 8, district: 5}")
    replace_once(data / "units.yaml", "name: Bảo Lạc", "name: Bảo Lạc mới")
    after = version(data)
    there, back = compare(before, after), compare(after, before)
    assert {place: (new, old) for place, (old, new) in shown(there).items()} == shown(back)
    assert set(there.new_findings) == set(back.gone_findings)
    assert [(one.computed_new, one.computed_old) for one in there.totals] == [
        (one.computed_old, one.computed_new) for one in back.totals
    ]


def test_each_number_shows_in_its_list_and_no_other(province: Path) -> None:
    old = version(province)
    cells = {cell.place for cell in old.report.ledger.cells}
    stated = {statement.place for statement in old.report.ledger.statements}
    numbers = [one for one in numbers_of(province) if one.typed.isdigit()]
    seen = {"figures": 0, "totals": 0, "values": 0}
    for number in random.Random(4).sample(numbers, 60):
        new_value = int(number.typed) + 1
        loaded = load(province, Tree(province, changed(province, [(number, str(new_value))])))
        if loaded.dataset.broken:
            continue  # a year out of its bounds: such a version is refused
        comparison = compare(old, Version(loaded.dataset, run(loaded.dataset, TODAY)))
        place = Place(number.file, number.keys)
        if place in cells:
            [change] = comparison.figures
            assert (change.cell.place, change.old, change.new) == (place, new_value - 1, new_value)
            assert comparison.values == ()
            seen["figures"] += 1
            continue
        assert comparison.figures == ()
        moved = [one for one in comparison.totals if one.stated_old != one.stated_new]
        if place in stated:
            [total] = moved
            assert (total.statement.place, total.stated_old, total.stated_new) == (place, new_value - 1, new_value)
            assert comparison.values == ()
            seen["totals"] += 1
        else:
            [value] = comparison.values  # of a list of lines, the list
            assert (value.place.file, value.place.keys) == (number.file, number.keys[: len(value.place.keys)])
            assert not moved
            seen["values"] += 1
    assert all(seen.values()), seen


def test_no_change_among_many_is_lost(province: Path) -> None:
    old = version(province)
    before = values_of(old.dataset)
    numbers = [one for one in numbers_of(province) if one.typed.isdigit()]
    for seed in range(8):
        chance = random.Random(seed)
        edits = [
            (one, str(chance.choice((0, int(one.typed) + 1, 3 * int(one.typed))))) for one in chance.sample(numbers, 12)
        ]
        loaded = load(province, Tree(province, changed(province, edits)))
        if loaded.dataset.broken:
            continue
        after = values_of(loaded.dataset)
        told = shown(compare(old, Version(loaded.dataset, run(loaded.dataset, TODAY))))
        for place in before.keys() | after.keys():
            if before.get(place) != after.get(place):
                assert told[place] == (before.get(place), after.get(place))


def test_a_line_emptied_split_and_left_out(before: Version, data: Path) -> None:
    teams(data, "bao-lac: {province: null, district: 5}")
    emptied = compare(before, version(data))
    [gone] = emptied.figures
    assert (gone.state, gone.old, gone.new) == (ChangeState.REMOVED, 5, None)
    assert emptied.values == ()
    teams(data, "bao-lac: null")
    empty = version(data)
    teams(data, "bao-lac: 7")
    whole = version(data)
    comparison = compare(empty, whole)
    assert [(one.state, one.old, one.new, one.cell.level) for one in comparison.figures] == [
        (ChangeState.ADDED, None, 7, None)
    ]
    assert comparison.values == ()
    levels = compare(whole, before).figures
    assert [(one.state, one.cell.level, one.old, one.new) for one in levels if one.cell.level is None] == [
        (ChangeState.REMOVED, None, 7, None)
    ]
    assert {one.cell.level for one in levels if one.state is ChangeState.ADDED} == {"province", "district"}
    # Left out, and there as an empty line, are not the same data; neither holds a figure.
    teams(data, "")
    absent = version(data)
    [value] = compare(absent, empty).values
    assert (value.state, value.old, value.new) == (ChangeState.ADDED, None, None)


def test_money_that_is_taken_out_is_a_figure_removed(before: Version, data: Path) -> None:
    replace_once(data / "plans/2024/budget.yaml", "      granted: {amount: 19542000000, line: 189}\n", "")
    comparison = compare(before, version(data))
    [gone] = comparison.figures
    assert (gone.state, gone.old, gone.new, gone.change) == (ChangeState.REMOVED, 19542000000, None, -19542000000)
    [line] = comparison.values
    assert (line.place.keys[-1], line.old, line.new) == ("line", 189, None)


def test_statements_and_exceptions_are_told_by_entry(before: Version, data: Path) -> None:
    statements = data / "plans/2024/statements.yaml"
    replace_once(statements, "    value: 35\n", "    value: 36\n")
    replace_once(statements, "text: Thành lập CLB Thủ lĩnh của sự thay đổi", "text: Thành lập CLB Thủ lĩnh")
    exceptions = data / "plans/2024/exceptions.yaml"
    text = exceptions.read_text(encoding="utf-8")
    first = re.search(r"  granted-260-dong:\n(?:    .*\n)+", text)
    assert first
    exceptions.write_text(text.replace(first.group(), ""), encoding="utf-8", newline="")
    after = version(data)
    comparison = compare(before, after)
    assert [(one.stated_old, one.stated_new) for one in comparison.totals] == [(35, 36)]
    told = {one.place.keys[1]: one for one in entries(comparison)}
    assert set(told) == {"target-change-leader-clubs", "granted-260-dong"}
    worded = told["target-change-leader-clubs"]
    assert (worded.state, worded.kind, worded.new) == (
        ChangeState.CHANGED,
        ValueKind.STATEMENT,
        "Thành lập CLB Thủ lĩnh",
    )
    gone = told["granted-260-dong"]
    assert (gone.state, gone.kind, gone.new) == (ChangeState.REMOVED, ValueKind.EXCEPTION, None)
    assert gone.old is not None
    assert "22991000260" in gone.old
    # What it covered stands open now: gone as covered, new as open.
    assert [one.exception for one in comparison.gone_findings if one.rule.code == "B001"] == ["granted-260-dong"]
    assert None in [one.exception for one in comparison.new_findings if one.rule.code == "B001"]


def test_a_plan_added_or_removed_is_told_in_a_line(before: Version) -> None:
    dataset = before.dataset._replace(plans={"2024": before.dataset.plans["2024"]})
    without = Version(dataset, run(dataset, TODAY))
    comparison = compare(without, before)
    assert [(one.plan, one.old, one.new) for one in comparison.plans] == [("2021-2025", None, PlanState.DRAFT)]
    figures = [one for one in before.report.ledger.figures if one.plan == "2021-2025"]
    assert [one.new for one in comparison.figures] == [one.value for one in figures]
    assert any(one.plan == "2021-2025" for one in comparison.values)
    assert not [one for one in entries(comparison) if one.plan == "2021-2025"]


def test_sealing_is_told_though_no_value_differs(before: Version) -> None:
    loaded = load(DATA)
    comparison = compare(before, Version(loaded.dataset, run(loaded.dataset, TODAY)))
    assert [(one.plan, one.old, one.new) for one in comparison.plans] == [
        ("2021-2025", PlanState.DRAFT, PlanState.ISSUED),
        ("2024", PlanState.DRAFT, PlanState.ISSUED),
    ]
    assert not (*comparison.figures, *comparison.totals, *comparison.values)
    assert not comparison.same


def test_a_total_over_figures_that_cannot_be_proven_keeps_what_is_stated(before: Version, data: Path) -> None:
    teams(data, "bao-lak: {province: 5, district: 5}")
    comparison = compare(before, version(data))
    totals = [one for one in comparison.totals if one.statement.place.keys[-1] == "target"]
    assert [(one.stated_old, one.stated_new, one.computed_old, one.computed_new) for one in totals] == [
        (57, 57, 57, None)
    ]


def test_order_is_the_plans_with_what_is_gone_in_its_place(before: Version, data: Path) -> None:
    text = (data / TEAMS).read_text(encoding="utf-8")
    edited = re.sub(r"(quang-hoa|trung-khanh|bao-lac):( +)\{province: \d+", r"\1:\2{province: 99", text, count=3)
    edited = re.sub(r"( +trung-khanh: +)\{province: 99", r"\1{province: null", edited)
    comparison = compare(before, version(data, {TEAMS: edited.encode("utf-8")}))
    assert [one.cell.unit for one in comparison.figures] == ["quang-hoa", "trung-khanh", "bao-lac"]


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("code", ["vi", "en"])
def test_no_line_is_wider_than_asked_and_no_number_is_cut(before: Version, data: Path, width: int, code: str) -> None:
    replace_once(data / "plans/2024/budget.yaml", "amount: 13804304000", "amount: 3804304000")
    teams(data, "bao-lac: {province: 8, district: 5}")
    after = version(data)
    shown_view = view(compare(before, after), M("{name}", name="x"))
    text = views.as_table(shown_view, language(code), width=width, colour=False, unicode=True)
    assert max(map(len, text.splitlines())) <= width
    dot = "." if code == "vi" else ","
    for number in ("13.804.304.000", "3.804.304.000", "-10.000.000.000", "81.891.718.578", "71.891.718.578"):
        assert number.replace(".", dot) in text


def test_the_workbook_holds_every_change(before: Version, data: Path) -> None:
    teams(data, "bao-lac: {province: 8, district: 5}")
    replace_once(data / "units.yaml", "name: Bảo Lạc", "name: Bảo Lạc mới")
    after = version(data)
    sheets = book(compare(before, after), language("en")).sheets
    figures, totals, findings, values = ([cell.value for cell in sheet.cells] for sheet in sheets)
    assert figures[-9:] == [1, "2024", "Tổ truyền thông cộng đồng", "Bảo Lạc mới", "Cấp tỉnh", "tổ", 5, 8, 3]
    assert totals[-6:] == [57, 57, 57, 60, 0, 3]
    assert "A001" in findings
    assert values[-2:] == ["Bảo Lạc", "Bảo Lạc mới"]
