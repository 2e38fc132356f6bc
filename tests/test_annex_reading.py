"""An annex that comes back is read wherever its cells have moved, and nothing but what was typed changes."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import hand_edited as hand
import made_up
import pytest

from d8plan.edits import figures as edits
from d8plan.models.places import Place
from d8plan.sheets.book import Book, Cell, Role, Sheet
from d8plan.sheets.reading import Merged, ReadFigures, find_marks, lines, merge, read
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.splice import splice
from d8plan.storage.excel.parse import parse
from d8plan.text.language import language
from d8plan.text.message import Message
from d8plan.text.names import fold

ALLOCATIONS = "plans/2024/allocations.yaml"
BUDGET = "plans/2024/budget.yaml"
SAY = language("en").say


def place(indicator: str, unit: str, *level: str) -> Place:
    return Place(ALLOCATIONS, ("indicators", indicator, "units", unit, *level))


TEAMS = place("communication-teams", "bao-lac", "district")
CLUBS = place("change-leader-clubs", "bao-lac")
GRANTED = Place(BUDGET, ("holders", "districts", "amounts", "granted", "amount"))


def reading(loaded: Loaded, made: Book, plan: str = "2024", *, partial: bool = False) -> tuple[ReadFigures, Merged]:
    """Read a workbook back, through the bytes of its file."""
    grids = parse(hand.content(made), "annex.xlsx")
    marks = find_marks(grids)
    from d8plan.app.workbooks import figures_of

    data = figures_of(loaded.dataset)
    unit = marks.unit if marks else None
    found = read(loaded.dataset, plan, grids, unit=unit, partial=partial, data=data)
    return found, merge(found.figures, data, marks)


def told(notes: object) -> list[str]:
    return [f"{one.where.cell if one.where else '-'}: {SAY(one.text)}" for one in notes]  # type: ignore[attr-defined]


@pytest.fixture
def made(data: Path) -> tuple[Loaded, Book]:
    return hand.exported(data, "2024")


def test_a_workbook_that_nobody_edited_changes_nothing(made: tuple[Loaded, Book]) -> None:
    found, merged = reading(*made)
    assert not (found.faults or found.notes or merged.values or merged.conflicts)
    assert set(found.figures) == set(hand.inputs(made[1]))


@pytest.mark.parametrize("seed", range(4))
def test_made_up_provinces_come_back_as_they_went(tmp_path: Path, seed: int) -> None:
    made_up.write_province(tmp_path, seed, 3 + seed)
    for plan in made_up.PLANS:
        loaded, made = hand.exported(tmp_path, plan)
        found, merged = reading(loaded, made, plan)
        assert not (found.faults or merged.values or merged.conflicts), told(found.faults)


WAYS: dict[str, Callable[[Sheet], Sheet]] = {
    "as exported": lambda sheet: sheet,
    "a title row on top": hand.inserted_row,
    "a column inserted on the left": hand.inserted_column(0),
    "a column inserted among the figures": hand.inserted_column(5),
    "a column of notes": hand.noted_column,
    "rows sorted otherwise": hand.reordered(random.Random(1)),
    "merged headings split": hand.unmerged,
    "values pasted over formulas": hand.pasted_values,
    "names without accents": hand.respelt(lambda name: fold(name).upper()),
    "decomposed names with the kind before": hand.respelt(
        lambda name: unicodedata.normalize("NFD", name if name.startswith("Sở") else f"Huyện  {name} ")
    ),
    "all at once": lambda sheet: hand.noted_column(hand.inserted_column(3)(hand.reordered(random.Random(2))(sheet))),
}
SPELT_ONLY_HERE = "decomposed names with the kind before"


@pytest.mark.parametrize("way", WAYS)
def test_exactly_the_figures_typed_change_wherever_the_cells_are(made: tuple[Loaded, Book], way: str) -> None:
    loaded, book = made
    new: dict[Place, int | str | None] = {TEAMS: 6, CLUBS: 3}
    of = 0 if way == SPELT_ONLY_HERE else None  # in the budget stand no districts
    found, merged = reading(loaded, hand.edited(hand.edited(book, hand.typed(new)), WAYS[way], of=of))
    assert told(found.faults) == []
    assert merged.values == new


def test_the_lines_that_change_are_those_of_the_figures(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    rng = random.Random(4)
    cells = hand.inputs(book)
    for _ in range(6):
        chosen = rng.sample(sorted(cells, key=repr), 4)
        new: dict[Place, int | str | None] = {one: int(cells[one].value or 0) + 1 for one in chosen}  # type: ignore[arg-type]
        way = WAYS[rng.choice([name for name in WAYS if name != SPELT_ONLY_HERE])]
        _, merged = reading(loaded, hand.edited(hand.edited(book, hand.typed(new)), way))
        assert merged.values == new
        for name, wanted in edits.by_file(loaded.dataset, merged.values).items():
            before = loaded.contents[name].decode().splitlines()
            after = splice(loaded.contents[name], wanted).decode().splitlines()
            changed = {number for number, (old, now) in enumerate(zip(before, after, strict=True), 1) if old != now}
            assert changed == {loaded.mark(one).line for one in chosen if one.file == name}


def test_numbers_typed_as_text_are_read_and_said(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    text: dict[Place, int | str | None] = {TEAMS: "57 tổ", GRANTED: "21.830.000.001", CLUBS: "\N{NO-BREAK SPACE}3 "}
    found, merged = reading(loaded, hand.edited(book, hand.typed(text)))
    assert merged.values == {TEAMS: 57, GRANTED: 21_830_000_001, CLUBS: 3}
    said = [(one.where.cell, SAY(one.text)) for one in found.notes if one.where]
    assert ("F18", "“57 tổ” is read as 57 tổ") in said
    assert ("D9", "“21.830.000.001” is read as 21,830,000,001 đ") in said
    assert ("F10", "The total is 23, the figures come to 80; totals are never taken over") in said  # 28 - 5 + 57


@pytest.mark.parametrize("text", ["1,5", "10-12", "57 lớp", "1.234", "#REF!", "-4", "khoảng 10", "6 + 1"])
def test_what_has_no_single_reading_is_refused_with_its_cell(made: tuple[Loaded, Book], text: str) -> None:
    loaded, book = made
    found, _ = reading(loaded, hand.edited(book, hand.typed({TEAMS: text})))
    assert [(one.where.sheet, one.where.cell) for one in found.faults if one.where] == [("Phụ lục I", "F18")]
    assert TEAMS not in found.figures


def test_a_total_typed_over_is_compared_and_never_taken(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    found, merged = reading(loaded, hand.edited(book, hand.over("Chỉ tiêu thực hiện 2024", 125), of=0))
    assert not merged.values
    assert told(found.notes) == ["C8: The total is 125, the figures come to 124; totals are never taken over"]


def test_a_total_of_the_budget_typed_over_is_compared(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    budget = next(number for number, sheet in enumerate(book.sheets) if sheet.name == "Kinh phí")

    def change(sheet: Sheet) -> Sheet:
        cells = [one._replace(formula=None, value=5) if one.role is Role.TOTAL else one for one in sheet.cells]
        return sheet._replace(cells=tuple(cells))

    totals = sum(one.role is Role.TOTAL for one in book.sheets[budget].cells)
    found, merged = reading(loaded, hand.edited(book, change, of=budget))
    assert len(found.notes) == totals > 5
    assert not merged.values


def test_a_hidden_row_or_column_counts_and_is_said(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    grids = parse(hand.content(hand.edited(book, hand.typed({TEAMS: 6}))), "annex.xlsx")
    hidden = {"hidden_rows": frozenset({17}), "hidden_columns": frozenset({5})}
    changed = tuple(grid._replace(**hidden) if grid.name == "Phụ lục I" else grid for grid in grids)  # type: ignore[arg-type]
    found = read(loaded.dataset, "2024", changed, unit=None, partial=False, data={})
    assert found.figures[TEAMS] == 6
    assert told(found.notes) == [
        "F10: The column is hidden; it was read all the same",
        "B18: The row is hidden; it was read all the same",
    ]


def test_another_sheet_name_is_no_matter(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    changed = hand.edited(hand.edited(book, hand.typed({TEAMS: 6})), hand.renamed("Trang tính 1"), of=0)
    found, merged = reading(loaded, changed)
    assert not found.faults
    assert merged.values == {TEAMS: 6}
    assert found.cells[TEAMS].sheet == "Trang tính 1"


@pytest.mark.parametrize(
    ("keep", "fault"),
    [
        (lambda cell: cell.row != 17, "There is no row of “Bảo Lạc”"),
        (lambda cell: not (cell.column == 5 and cell.role is not Role.HEADING), "Cấp huyện"),
    ],
)
def test_a_row_or_column_that_is_missing_is_refused_unless_a_part_is_enough(
    made: tuple[Loaded, Book], keep: Callable[[Cell], bool], fault: str
) -> None:
    loaded, book = made
    changed = hand.edited(book, hand.without(keep), of=0)
    found, _ = reading(loaded, changed)
    assert len(found.faults) == 1
    assert fault in SAY(found.faults[0].text)
    found, merged = reading(loaded, changed, partial=True)
    assert not found.faults
    assert not merged.values


def test_a_unit_that_is_not_of_the_plan_is_refused_with_the_nearest_name(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    changed = hand.edited(book, hand.respelt(lambda name: name.replace("Bảo Lạc", "Bảo Lạcc")), of=0)
    found, _ = reading(loaded, changed)
    assert told(found.faults) == [
        "B11: There is no row of “Bảo Lạc”",
        "B18: “Bảo Lạcc” is no unit of the plan. Did you mean “Bảo Lạc”?",
    ]


def test_a_unit_that_stands_twice_is_refused(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    changed = hand.edited(book, hand.respelt(lambda name: name.replace("Bảo Lâm", "bao lac")), of=0)
    found, _ = reading(loaded, changed)
    assert "B19: “Bảo Lạc” stands twice, in row 18 too" in told(found.faults)


def test_a_copy_of_the_sheet_is_refused_rather_than_passed_over(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    copy = hand.renamed("Phụ lục I (2)")(hand.typed({TEAMS: 6})(book.sheets[0]))
    found, _ = reading(loaded, book._replace(sheets=(*book.sheets, copy)))
    assert [one.where.sheet for one in found.faults if one.where] == ["Phụ lục I (2)"]


def test_two_columns_under_one_heading_are_refused(made: tuple[Loaded, Book]) -> None:
    loaded, book = made

    def retyped(sheet: Sheet) -> Sheet:
        texts = {str(cell.value): cell.value for cell in sheet.cells if cell.role is Role.HEADING}
        second, third = (next(text for text in texts if f"(chương trình {number})" in text) for number in (2, 3))
        cells = [cell._replace(value=second) if cell.value == third else cell for cell in sheet.cells]
        return sheet._replace(cells=tuple(cells))

    found, _ = reading(loaded, hand.edited(book, retyped, of=0))
    faults = " ".join(told(found.faults))
    assert faults.count("More than one column stands under “Tập huấn LGG (chương trình 2)") == 2
    assert faults.count("There is no column under “Tập huấn LGG (chương trình 3)") == 2
    assert not any("gender-mainstreaming" in str(one.keys) for one in found.figures if one.file == ALLOCATIONS)


def untitled(sheet: Sheet) -> Sheet:
    return sheet._replace(cells=tuple(cell for cell in sheet.cells if cell.role is not Role.TITLE))


def test_annexes_that_look_alike_are_told_apart_by_title_or_name_or_refused(tmp_path: Path) -> None:
    """The made-up province has the same columns in every plan."""
    made_up.write_province(tmp_path, 1, 4)
    loaded, book = hand.exported(tmp_path, "2027")
    target = next(one for one in hand.inputs(book) if one.file == "plans/2027/allocations.yaml")
    changed = hand.edited(book, hand.typed({target: 77}))
    both = [number for number, sheet in enumerate(changed.sheets) if any(cell.is_input for cell in sheet.cells)][:2]
    for number in both:
        changed = hand.edited(changed, hand.renamed(f"Trang tính {9 - number}"), of=number)
    turned = changed._replace(sheets=(changed.sheets[1], changed.sheets[0], *changed.sheets[2:]))
    found, merged = reading(loaded, turned, "2027")
    assert told(found.faults) == []
    assert merged.values == {target: 77}
    for number in (0, 1):
        turned = hand.edited(turned, untitled, of=number)
    found, _ = reading(loaded, turned, "2027")
    assert len(found.faults) == 2
    assert all("more than one of the annexes" in SAY(one.text) for one in found.faults)


def test_cells_of_two_figures_merged_into_one_are_refused(made: tuple[Loaded, Book]) -> None:
    loaded, book = made

    def merge_two(sheet: Sheet) -> Sheet:
        cells = [cell for cell in sheet.cells if (cell.row, cell.column) != (17, 5)]
        cells = [cell._replace(columns=2) if (cell.row, cell.column) == (17, 4) else cell for cell in cells]
        return pasted(sheet)._replace(cells=tuple(cells))

    pasted = hand.pasted_values
    found, _ = reading(loaded, hand.edited(book, merge_two, of=0))
    assert told(found.faults) == [
        "E18: Cells of several figures are merged: E18:F18",
        "F18: Cells of several figures are merged: E18:F18",
    ]


def test_an_amount_that_was_emptied_is_refused(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    found, _ = reading(loaded, hand.edited(book, hand.typed({GRANTED: None})))
    assert len(found.faults) == 1
    assert "write 0" in SAY(found.faults[0].text)


def test_a_figure_that_was_emptied_becomes_nothing_and_a_new_one_is_put_in(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    new: dict[Place, int | str | None] = {TEAMS: None, place("communication-teams", "labour-department", "province"): 2}
    _, merged = reading(loaded, hand.edited(book, hand.typed(new)))
    assert merged.values == new
    wanted = edits.by_file(loaded.dataset, merged.values)[ALLOCATIONS]
    after = splice(loaded.contents[ALLOCATIONS], wanted).decode()
    assert "bao-lac:           {province: 5, district: null}" in after
    assert "labour-department: {province: 2, district: null}" in after


class TestThreeWays:
    """The data moved on while the workbook was away."""

    def moved(self, made: tuple[Loaded, Book], now: dict[Place, int], typed: dict[Place, int | str | None]) -> Merged:
        loaded, book = made
        grids = parse(hand.content(hand.edited(book, hand.typed(typed))), "annex.xlsx")
        from d8plan.app.workbooks import figures_of

        data = figures_of(loaded.dataset) | now
        found = read(loaded.dataset, "2024", grids, unit=None, partial=False, data=data)
        return merge(found.figures, data, find_marks(grids))

    def test_what_the_data_changed_stays(self, made: tuple[Loaded, Book]) -> None:
        merged = self.moved(made, {CLUBS: 9}, {TEAMS: 6})
        assert merged.values == {TEAMS: 6}
        assert merged.moved == {CLUBS: (2, 9)}
        assert not merged.conflicts

    def test_what_both_changed_is_a_conflict(self, made: tuple[Loaded, Book]) -> None:
        merged = self.moved(made, {TEAMS: 7}, {TEAMS: 6})
        assert [(one.place, one.was, one.data, one.workbook) for one in merged.conflicts] == [(TEAMS, 5, 7, 6)]
        assert not merged.values

    def test_what_both_changed_alike_is_done(self, made: tuple[Loaded, Book]) -> None:
        merged = self.moved(made, {TEAMS: 6}, {TEAMS: 6})
        assert not (merged.values or merged.conflicts or merged.moved)


def test_marks_that_were_touched_are_not_trusted(made: tuple[Loaded, Book]) -> None:
    _, book = made

    def touch(sheet: Sheet) -> Sheet:
        cells = [
            cell._replace(value=cell.value + 1) if isinstance(cell.value, int) and cell.row > 9 else cell
            for cell in sheet.cells
        ]
        return sheet._replace(cells=tuple(cells))

    hidden = next(number for number, sheet in enumerate(book.sheets) if sheet.hidden)
    marks = find_marks(parse(hand.content(hand.edited(book, touch, of=hidden)), "annex.xlsx"))
    assert marks is not None
    assert marks.figures is None


def test_the_extract_of_a_unit_changes_that_unit_alone(data: Path) -> None:
    loaded, book = hand.exported(data, "2024", "bao-lac")
    found, merged = reading(loaded, hand.edited(book, hand.typed({TEAMS: 6})))
    assert told(found.faults) == []
    assert merged.values == {TEAMS: 6}
    assert {keys[3] for keys in (one.keys for one in found.figures if one.file == ALLOCATIONS)} == {"bao-lac"}


def test_a_hidden_sheet_is_read_only_for_want_of_another(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    annex = book.sheets[0]
    old = hand.typed({TEAMS: 99})(annex)._replace(name="Bản cũ", hidden=True)
    for sheets in ((*book.sheets[:1], old, *book.sheets[1:]), (*book.sheets, old)):
        found, merged = reading(loaded, book._replace(sheets=sheets))
        assert (found.faults, merged.values) == ((), {})
        assert told(found.notes) == [
            "A1: The sheet is hidden and is not read, but: Kinh phí, Phụ lục I, Phụ lục I (Bổ sung)"
        ]
    found, merged = reading(loaded, book._replace(sheets=(*book.sheets[1:], old)))
    assert (found.faults, merged.values) == ((), {TEAMS: 99})
    assert "A1: The sheet is hidden; it was read all the same, for no other has “Phụ lục I”" in told(found.notes)
    assert {one.sheet for one in found.cells.values()} == {"Bản cũ", "Kinh phí", "Phụ lục I (Bổ sung)"}


def test_a_sheet_of_another_name_is_named(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    found, _ = reading(loaded, book._replace(sheets=(book.sheets[0]._replace(name="Sheet1"), *book.sheets[1:])))
    assert told(found.notes) == ["A1: “Phụ lục I” is read from this sheet"]


def test_one_reason_is_one_line_however_many_cells_it_concerns(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    units = [one for one in hand.inputs(book) if one.file == ALLOCATIONS and one.keys[1] == "communication-teams"]
    text: dict[Place, int | str | None] = {one: f"{number},5" for number, one in enumerate(units)}
    found, _ = reading(loaded, hand.edited(book, hand.typed(text)))
    assert len(found.faults) == len(units) == 20
    (line,) = [SAY(one) for one in lines(found.faults)]
    assert line == "Phụ lục I!E11: “0,5” is not one whole number, such as 57 tổ (20 cells: E11:F20)"
    dash = hand.edited(book, hand.typed(dict.fromkeys(units[:2], "1.234.567")))
    said = [SAY(one) for one in lines(reading(loaded, dash)[0].notes)]
    assert "Phụ lục I!E11: “1.234.567” is read as 1,234,567 tổ (2 cells: E11:F11)" in said


def test_rows_that_are_missing_are_named_in_one_line(made: tuple[Loaded, Book]) -> None:
    loaded, book = made

    def without(sheet: Sheet) -> Sheet:
        gone = {cell.row for cell in sheet.cells if cell.is_input and cell.row in range(11, 17)}
        return sheet._replace(cells=tuple(cell for cell in sheet.cells if cell.row not in gone))

    found, _ = reading(loaded, hand.edited(book, without, of=0))
    (line,) = [SAY(one) for one in lines(found.faults)]
    assert "(6 of these: Trùng Khánh, Hạ Lang, Thạch An, Hoà An, Hà Quảng, Nguyên Bình)" in line


def budget_of(book: Book) -> int:
    return next(number for number, sheet in enumerate(book.sheets) if sheet.name == "Kinh phí")


def amounts(book: Book, divided_by: int) -> Callable[[Sheet], Sheet]:
    """Write the money of the budget in another multiple, totals too."""

    def written(value: int) -> int | str:
        exact = Decimal(value) / divided_by
        return int(exact) if exact == int(exact) else f"{exact:.9f}".replace(".", ",")

    def change(sheet: Sheet) -> Sheet:
        cells = [
            cell._replace(value=written(cell.value), formula=None)
            if isinstance(cell.value, int) and cell.role in (Role.FIGURE, Role.TOTAL)
            else cell
            for cell in sheet.cells
        ]
        return sheet._replace(cells=tuple(cells))

    return change


def reworded(old: str, new: str) -> Callable[[Sheet], Sheet]:
    def change(sheet: Sheet) -> Sheet:
        assert any(SAY_VI(cell.value).count(old) for cell in sheet.cells if isinstance(cell.value, str | Message))
        cells = [
            cell._replace(value=SAY_VI(cell.value).replace(old, new))
            if isinstance(cell.value, str | Message) and old in SAY_VI(cell.value)
            else cell
            for cell in sheet.cells
        ]
        return sheet._replace(cells=tuple(cells))

    return change


def SAY_VI(text: object) -> str:  # noqa: N802 - as SAY
    return language("vi").say(text) if isinstance(text, Message) else str(text)


@pytest.mark.parametrize(
    ("line", "divided_by"),
    [
        ("Đơn vị tính: triệu đồng", 10**6),
        ("ĐVT: Triệu đồng", 10**6),
        ("(Đơn vị: tỷ đồng)", 10**9),
        ("Đơn vị tính: 1.000 đồng", 1000),
        ("(nghìn đồng)", 1000),
        ("Đơn  vị\u00a0tính:  nghìn\u00a0đồng", 1000),
        ("(Đơn vị\ntính: triệu đồng)", 10**6),
        ("Đơn vị tính (triệu đồng)", 10**6),
        ("Đ.V.T: triệu đồng", 10**6),
        ("Tính bằng tỷ đồng", 10**9),
        ("Số tiền: triệu đồng", 10**6),
        ("Triệu đồng", 10**6),
        ("Kinh phí: 20 tỷ đồng", 1),
        ("Tổng: 10 tỷ đồng", 1),
        ("Đơn vị tính: VNĐ", 1),
        ("ĐVT: đồng", 1),
    ],
)
def test_money_in_another_multiple_is_converted_and_said(made: tuple[Loaded, Book], line: str, divided_by: int) -> None:
    loaded, book = made
    at = budget_of(book)
    sent = hand.edited(hand.edited(book, reworded("Đơn vị tính: đồng", line), of=at), amounts(book, divided_by), of=at)
    found, merged = reading(loaded, sent)
    assert (told(found.faults), merged.values) == ([], {})
    converted = [one for one in told(found.notes) if "they are converted" in one]
    assert len(converted) == (divided_by > 1)
    assert all(f"one is {divided_by:,} đ" in one for one in converted)


def test_a_unit_of_measure_in_a_heading_concerns_its_column_alone(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    at, heading = budget_of(book), "Kinh phí cấp năm 2024"
    new: dict[Place, int | str | None] = {
        Place(BUDGET, ("holders", holder, "amounts", "granted", "amount")): text
        for holder, text in {
            "womens-union": "19.542",
            "labour-department": "3.449,00026",
            "districts": "21 830",
        }.items()
    }
    sent = hand.edited(hand.edited(book, reworded(heading, f"{heading} (tr.đ)"), of=at), hand.typed(new), of=at)
    found, _ = reading(loaded, sent)
    assert told(found.faults) == ["D6: “19.542” can be read as more than one number"]
    new[next(iter(new))] = "19.542,0"
    sent = hand.edited(hand.edited(book, reworded(heading, f"{heading} (tr.đ)"), of=at), hand.typed(new), of=at)
    found, merged = reading(loaded, sent)
    assert (told(found.faults), merged.values) == ([], {})
    assert "D4: Numbers are in tr.đ: one is 1,000,000 đ, and they are converted" in told(found.notes)


@pytest.mark.parametrize(
    ("old", "new", "cell", "why"),
    [
        ("(người)", "(nghìn người)", None, "converted"),
        ("(người)", "(Người)", None, None),
        ("(người)", "(tấn)", "R7", "“tấn” is not người, nor a known multiple of it"),
        ("(người)", "(triệu đồng)", "R7", "“triệu đồng” is not người"),
        ("(người)", "(lượt)", "R7", "“lượt” is not người"),
        ("(cuộc)", "(chục cuộc)", None, "converted"),
        ("(tổ/nhóm)", "(nhóm)", None, None),
    ],
)
def test_units_of_measure_in_headings_of_counts(
    made: tuple[Loaded, Book], old: str, new: str, cell: str | None, why: str | None
) -> None:
    loaded, book = made
    found, merged = reading(loaded, hand.edited(book, reworded(old, new), of=0))
    if why is None:
        assert (told(found.faults), merged.values) == ([], {})
        assert not [one for one in told(found.notes) if "converted" in one]
    elif cell is None:
        assert told(found.faults) == []
        assert merged.values and all(value is None or value % 10 == 0 for value in merged.values.values())
        assert [one for one in told(found.notes) if "converted" in one]
    else:
        assert any(one.startswith(f"{cell}: {why}") for one in told(found.faults)), told(found.faults)
        assert not [one for one in merged.values if one.file == ALLOCATIONS]


@pytest.mark.parametrize("line", ["Đơn vị tính: USD", "ĐVT: triệu USD", "Đơn vị tính: tấn", "Đơn vị tính: 10^6 đồng"])
def test_an_unknown_unit_of_measure_is_refused_with_its_cell(made: tuple[Loaded, Book], line: str) -> None:
    loaded, book = made
    found, merged = reading(loaded, hand.edited(book, reworded("Đơn vị tính: đồng", line), of=budget_of(book)))
    assert [one.partition(":")[0] for one in told(found.faults)] == ["A3"]
    assert not merged.values


def test_what_is_no_whole_number_when_converted_is_refused_with_its_cell(made: tuple[Loaded, Book]) -> None:
    loaded, book = made
    at = budget_of(book)
    sent = hand.edited(book, reworded("Đơn vị tính: đồng", "Đơn vị tính: nghìn đồng"), of=at)
    found, _ = reading(loaded, hand.edited(sent, hand.typed({GRANTED: "21.830.000,0005"}), of=at))
    assert told(found.faults) == ["D9: 21.830.000,0005 nghìn đồng is no whole number of đ"]
