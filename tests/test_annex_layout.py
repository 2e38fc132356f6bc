"""The annex as cells, against the signed tables: tests/source holds their rows as transcribed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from support import copy_draft

from d8plan.checks import Report, run
from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets.annex import addresses, book, sheets
from d8plan.sheets.book import Book, Cell, Role, Sheet, cell_name, sheet_names
from d8plan.storage.data.loader import load
from d8plan.storage.excel.fit import fit, line_count
from d8plan.text.language import language
from d8plan.text.message import Message
from d8plan.text.names import fold

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
TODAY = datetime.date(2026, 11, 23)
SAY = language("vi").say


def opened(folder: Path = DATA) -> tuple[Dataset, Report]:
    dataset = load(folder).dataset
    return dataset, run(dataset, TODAY)


def made(folder: Path = DATA, plan: str = "2024") -> Book:
    dataset, report = opened(folder)
    return book(dataset, report.ledger, plan, [*report.findings, *report.covered], report.exceptions)


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """Return a copy of the data in which ``old``, which stands there once, is ``new``."""
    folder = tmp_path / "data"
    if not folder.exists():
        copy_draft(folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def source(name: str) -> list[list[str]]:
    text = (HERE / "source" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


def numbers(fields: list[str]) -> list[int]:
    return [int(field) for field in fields if field.isdigit()]


def at(sheet: Sheet, name: str) -> Cell:
    return next(cell for cell in sheet.cells if cell_name(cell.row, cell.column) == name)


def in_row(sheet: Sheet, row: int, *roles: Role) -> list[Cell]:
    """Return the cells of a row from left to right; ``row`` is numbered as spreadsheets do."""
    return sorted(
        (cell for cell in sheet.cells if cell.row == row - 1 and (not roles or cell.role in roles)),
        key=lambda cell: cell.column,
    )


def said(cell: Cell) -> str:
    return SAY(cell.value) if isinstance(cell.value, Message) else str(cell.value)


def lines(sheet: Sheet, role: Role) -> list[str]:
    return [said(cell) for cell in sheet.cells if cell.role is role]


@pytest.fixture(scope="module")
def made_2024() -> Book:
    return made()


@pytest.fixture(scope="module")
def annex(made_2024: Book) -> Sheet:
    return made_2024.sheets[0]


@pytest.fixture(scope="module")
def phase(made_2024: Book) -> Sheet:
    return made_2024.sheets[1]


@pytest.fixture(scope="module")
def budget(made_2024: Book) -> Sheet:
    return made_2024.sheets[2]


def test_a_plan_has_its_annex_its_phase_and_its_budget(made_2024: Book) -> None:
    names = ["Phụ lục I", "Phụ lục I (Bổ sung)", "Kinh phí"]
    assert [sheet.name for sheet in made_2024.sheets if sheet.official] == names
    assert [sheet.name for sheet in made_2024.sheets if not sheet.hidden] == [*names, "Kiểm tra"]
    assert made_2024.title == "Kế hoạch triển khai Dự án 8 năm 2024"
    assert (made_2024.subject, made_2024.author) == ("288/KH-BCD", "Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng")
    assert made_2024.created == datetime.date(2024, 3, 20)


def check_units(sheet: Sheet, first: int, rows: list[list[str]]) -> None:
    for row, fields in enumerate(rows, first):
        number, name, *figures = in_row(sheet, row)
        assert str(number.value) == fields[0]
        assert fold(str(name.value)) == fold(fields[1])
        assert [cell.column for cell in figures] == list(range(2, len(fields)))
        assert [cell.value for cell in figures] == [int(field) if field else None for field in fields[2:]]


def test_every_figure_of_the_2024_annex_stands_in_its_cell(annex: Sheet) -> None:
    rows = source("annex-2024.tsv")[3:]
    assert rows[9][18:20] == ["7", ""]
    rows[9][18:20] = ["", "7"]  # printed a column too far left: 18 + 7 = 25, and 34 is whole without it
    check_units(annex, 11, rows)


def test_every_figure_of_the_phase_annex_stands_in_its_cell(phase: Sheet) -> None:
    check_units(phase, 12, source("annex-phase.tsv")[3:])


def test_targets_and_level_totals_are_the_source_s(annex: Sheet, phase: Sheet) -> None:
    of_2024, of_phase = source("annex-2024.tsv"), source("annex-phase.tsv")
    assert [cell.value for cell in in_row(annex, 8, Role.TOTAL)] == numbers(of_2024[0])
    assert [cell.value for cell in in_row(annex, 10, Role.TOTAL)] == numbers(of_2024[2])
    assert [cell.value for cell in in_row(phase, 9, Role.TOTAL)] == numbers(of_phase[0])


def test_windows_are_the_source_s_and_the_phase_states_no_level_totals(phase: Sheet) -> None:
    assert [said(cell) for cell in in_row(phase, 10, Role.WINDOW)] == [
        field for field in source("annex-phase.tsv")[1][1:] if field
    ]
    assert said(at(phase, "O10")) == "2023 và 2025"
    assert {cell.row + 1 for cell in phase.cells if cell.role is Role.TOTAL} == {9}


@pytest.mark.parametrize(
    ("name", "starts", "columns"),
    [
        ("E5", "NỘI DUNG", 19),
        ("E6", "HỘI LIÊN HIỆP PHỤ NỮ", 10),
        ("O6", "Đảm bảo tiếng nói", 4),
        ("S6", "Nâng cao năng lực cán bộ trong hệ thống", 5),
        ("E7", "Thành lập và duy trì tổ truyền thông", 2),
        ("Q7", "Thành lập CLB", 1),
        ("R7", "Nâng cao năng lực cho cán bộ nữ", 1),
        ("S7", "Tập huấn hướng dẫn GS&ĐG", 1),
        ("V7", "Tập huấn LGG (chương trình 3)", 2),
        ("A8", "Chỉ tiêu thực hiện 2024", 2),
    ],
)
def test_headings_span_their_columns(annex: Sheet, name: str, starts: str, columns: int) -> None:
    cell = at(annex, name)
    assert said(cell).startswith(starts)
    assert (cell.rows, cell.columns) == (1, columns)


def test_left_headings_span_the_heading_rows(annex: Sheet) -> None:
    assert [(cell.rows, cell.columns) for cell in in_row(annex, 5)[:4]] == [(3, 1)] * 4


def test_no_two_cells_overlap(made_2024: Book) -> None:
    for sheet in made_2024.sheets:
        covered = [
            (row, column)
            for cell in sheet.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        assert len(covered) == len(set(covered))


def test_totals_are_formulas_over_what_they_sum(annex: Sheet, phase: Sheet) -> None:
    assert (at(annex, "E10").formula, at(annex, "E10").value) == ("=SUM(E11:E20)", 29)
    assert (at(annex, "E8").formula, at(annex, "E8").value) == ("=SUM(E10:F10)", 29 + 28)
    assert (at(annex, "C8").formula, at(annex, "C8").value) == ("=SUM(C11:C20)", 124)
    assert (at(phase, "E9").formula, at(phase, "E9").value) == ("=SUM(E12:F20)", 165 + 460)


def test_levels_stand_in_the_plan_s_order_as_the_annex_words_them(annex: Sheet, phase: Sheet) -> None:
    assert [said(cell) for cell in in_row(annex, 9, Role.LEVEL)][:2] == ["Cấp tỉnh", "Cấp huyện"]
    assert [said(cell) for cell in in_row(phase, 11, Role.LEVEL)][:2] == ["Tỉnh thực hiện", "Huyện thực hiện"]


def test_lines_above_the_table(annex: Sheet, phase: Sheet) -> None:
    assert [said(cell) for cell in annex.cells[:3]] == [
        "PHỤ LỤC I",
        "CHỈ TIÊU DỰ ÁN 8 CẤP TỈNH THỰC HIỆN NĂM 2024",
        "(Kèm theo Kế hoạch số 288/KH-BCD ngày 20 tháng 3 năm 2024 của Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng)",
    ]
    assert lines(phase, Role.ISSUER) == ["HỘI LHPN TỈNH CAO BẰNG"]
    assert lines(phase, Role.LABEL) == ["PHỤ LỤC I (Bổ sung)"]


def test_reference_pads_as_decree_30_asks_and_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    folder = changed(tmp_path, "documents.yaml", "date: 2024-03-20", "date: 2024-02-05")
    changed(tmp_path, "documents.yaml", "    issuer: Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng\n", "")
    assert lines(made(folder).sheets[0], Role.REFERENCE) == [
        "(Kèm theo Kế hoạch số 288/KH-BCD ngày 05 tháng 02 năm 2024)"
    ]


def test_the_plan_s_annex_is_signed_in_its_right_half_and_the_others_are_not(made_2024: Book) -> None:
    annex, phase, budget = made_2024.sheets[:3]
    assert lines(annex, Role.POST) == ["CHỦ TỊCH HỘI LHPN TỈNH"]
    assert lines(annex, Role.NAME) == ["Nông Thị Tuyết"]
    post = next(cell for cell in annex.cells if cell.role is Role.POST)
    assert (post.column, post.column + post.columns) == (11, 23)
    assert lines(phase, Role.POST) == lines(budget, Role.POST) == []


def test_budget_sums_by_level_holder_and_origin(budget: Sheet) -> None:
    columns = [[cell.value for cell in in_row(budget, row)] for row in range(5, 11)]
    assert columns == [
        ["I", "Cấp tỉnh", 16035756260, 22991000260, 16035756260 + 22991000260],
        [1, "Hội LHPN tỉnh", 13804304000, 19542000000, 13804304000 + 19542000000],
        [2, "Sở Lao động - Thương binh và Xã hội", 2231452260, 3449000260, 2231452260 + 3449000260],
        ["II", "Cấp huyện", 21034962058, 21830000000, 21034962058 + 21830000000],
        [1, "Các huyện", 21034962058, 21830000000, 21034962058 + 21830000000],
        [at(budget, "A10").value, 37070718318, 44821000260, 81891718578],
    ]
    assert said(at(budget, "A10")) == "Tổng cộng"
    assert at(budget, "C5").formula == "=SUM(C6,C7)"
    assert at(budget, "D10").formula == "=SUM(D5,D8)"
    assert at(budget, "E5").formula == "=SUM(C5,D5)"
    assert lines(budget, Role.MEASURE) == ["Đơn vị tính: đồng"]


def test_the_260_dong_are_marked_told_and_explained(made_2024: Book, budget: Sheet) -> None:
    marked = [(sheet.name, cell) for sheet in made_2024.sheets[:3] for cell in sheet.cells if cell.faulty]
    [(name, cell)] = marked
    assert (name, cell_name(cell.row, cell.column), cell.value) == ("Kinh phí", "D5", 22991000260)
    note = [SAY(line) for line in cell.note]
    assert note[1:4] == ["Văn bản nêu: 22.991.000.000 đ", "Tính được: 22.991.000.260 đ", "Chênh lệch: 260 đ"]
    assert note[4].startswith("Lý do: Hai khoản cộng lại hơn số đã nêu 260 đ")
    assert "288/KH-BCD" in note[5]
    assert "185, 187, 189, 191" in note[5]
    [footnote] = lines(budget, Role.FOOTNOTE)
    for part in ("22.991.000.000 đ", "22.991.000.260 đ", " 260 đ", "chờ cơ quan ban hành đính chính"):
        assert part in footnote
    assert lines(made_2024.sheets[0], Role.FOOTNOTE) == []


def test_a_difference_that_no_exception_covers_is_marked_where_it_stands(tmp_path: Path) -> None:
    folder = changed(tmp_path, "plans/2024/allocations.yaml", "target: 57", "target: 58")
    annex = made(folder).sheets[0]
    [cell] = [cell for cell in annex.cells if cell.faulty]
    assert (cell_name(cell.row, cell.column), cell.value) == ("E8", 57)
    assert [SAY(line) for line in cell.note][1:] == [
        "Văn bản nêu: 58 tổ",
        "Tính được: 57 tổ",
        "Chênh lệch: -1 tổ",
        "Chưa ghi lý do.",
    ]
    assert len(lines(annex, Role.FOOTNOTE)) == 1


def test_every_total_that_a_wrong_figure_spoils_is_marked(tmp_path: Path) -> None:
    row = "quang-hoa:         {province: 11, district: 11}"
    folder = changed(tmp_path, "plans/2024/allocations.yaml", row, row.replace("province: 11", "province: 12"))
    annex = made(folder).sheets[0]
    assert [cell_name(cell.row, cell.column) for cell in annex.cells if cell.faulty] == ["E8", "E10"]


def test_an_exception_that_has_moved_gives_no_reason(tmp_path: Path) -> None:
    folder = changed(tmp_path, "plans/2024/budget.yaml", "amount: 3449000260", "amount: 3449000261")
    cell = at(made(folder).sheets[2], "D5")
    assert cell.faulty
    assert "Chưa ghi lý do." in [SAY(line) for line in cell.note]


def test_a_reading_of_the_source_is_noted_on_its_cell(made_2024: Book) -> None:
    [(name, cell)] = [(s.name, cell) for s in made_2024.sheets for cell in s.cells if cell.note and not cell.faulty]
    assert (name, cell_name(cell.row, cell.column), cell.value) == ("Phụ lục I", "T20", 7)
    assert SAY(cell.note[0]).startswith("Số 7 của Sở in ở cột 19")


def test_figures_and_stated_totals_have_an_address() -> None:
    dataset, report = opened()
    found = addresses(dataset, "2024")
    allocations, budget = "plans/2024/allocations.yaml", "plans/2024/budget.yaml"
    teams = ("indicators", "communication-teams")
    assert tuple(found[Place(allocations, (*teams, "target"))]) == ("Phụ lục I", "E8")
    assert tuple(found[Place(allocations, (*teams, "levels", "district"))]) == ("Phụ lục I", "F10")
    assert tuple(found[Place(allocations, (*teams, "units", "bao-lac", "province"))]) == ("Phụ lục I", "E18")
    assert tuple(found[Place("plans/2024/plan.yaml", ("zone", "communes", "total"))]) == ("Phụ lục I", "C8")
    assert tuple(found[Place(budget, ("totals", "province-granted", "amount"))]) == ("Kinh phí", "D5")
    assert tuple(found[Place(budget, ("totals", "control-grand", "amount"))]) == ("Kinh phí", "E10")
    assert {figure.place for figure in report.ledger.figures} <= set(found)
    unstated = {"statements.yaml"}
    for statement in report.ledger.statements:
        if statement.place.file.rsplit("/", 1)[-1] not in unstated and "control" not in statement.place.keys:
            assert statement.place in found


def test_filling_moves_no_cell(made_2024: Book) -> None:
    blank = sheets(opened()[0], "2024")
    for empty, full in zip(blank, made_2024.sheets[:3], strict=True):
        assert empty.cells == tuple(
            cell._replace(value=blank_cell.value, note=(), faulty=False)
            for cell, blank_cell in zip(full.cells, empty.cells, strict=False)
        )


COMMUNES = {
    "units.yaml": """
kinds: {commune: {name: xã}}
units:
  mot: {name: Xã Một, kind: commune, order: 1}
  hai: {name: Xã Hai, kind: commune, order: 2}
""",
    "documents.yaml": """
documents:
  kh: {kind: Kế hoạch}
""",
    "indicators.yaml": """
contents: {c: {number: "1", name: Nội dung, lead: mot, lines: [1]}}
indicators:
  teams:
    name: Tổ truyền thông
    short_name: Tổ
    unit_of_measure: tổ
    content: c
    order: 1
    aggregation: {units: sum, years: sum}
  clubs:
    name: Câu lạc bộ
    short_name: CLB
    unit_of_measure: CLB
    content: c
    order: 2
    aggregation: {units: sum, years: sum}
""",
    "plans/2026/plan.yaml": """
title: Kế hoạch năm 2026
document: kh
period: {first: 2026, last: 2026}
levels: {commune: {name: Cấp xã}}
units:
  hai: {number: 2, zone: {}}
  mot: {number: 1, zone: {}}
""",
    "plans/2026/allocations.yaml": """
source: {document: kh, target: 1}
indicators:
  teams: {target: 7, levels: {commune: 7}, units: {mot: {commune: 3}, hai: {commune: 4}}}
  clubs: {target: 5, window: [2026], units: {mot: 5, hai: null}}
""",
}


@pytest.fixture
def communes(tmp_path: Path) -> Path:
    for name, text in COMMUNES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_plan_of_communes_without_annex_file_is_laid_out_from_its_names(communes: Path) -> None:
    made_2026 = made(communes, "2026")
    sheet = made_2026.sheets[0]
    assert [one.official for one in made_2026.sheets] == [True, *[False] * (len(made_2026.sheets) - 1)]
    assert made_2026.created == datetime.date(2026, 1, 1)
    table = [[(cell.value and said(cell)) or None for cell in in_row(sheet, row)] for row in range(5, 13)]
    assert table == [
        ["STT", "Đơn vị", "NỘI DUNG"],
        ["Tổ truyền thông (tổ)", "Câu lạc bộ (CLB)"],
        ["Chỉ tiêu giao", "7", "5"],
        ["Thời gian hoàn thành", None, "2026"],
        ["Phân cấp thực hiện", "Cấp xã", None],
        [None, "7", "5"],
        ["1", "Xã Một", "3", "5"],
        ["2", "Xã Hai", "4", None],
    ]
    assert [said(cell) for cell in sheet.cells[:3]] == ["PHỤ LỤC", "KẾ HOẠCH NĂM 2026", "(Kèm theo Kế hoạch)"]


def test_an_indicator_that_the_annex_file_forgets_is_not_lost(tmp_path: Path) -> None:
    heading = "      gender-mainstreaming-2: Tập huấn LGG (chương trình 2) cho CB huyện, xã (lớp)\n"
    annex = made(changed(tmp_path, "plans/2024/annex.yaml", heading, "")).sheets[0]
    cell = at(annex, "V7")
    assert said(cell) == "Tập huấn LGG (chương trình 2) cho CB huyện, xã (lớp)"
    assert at(annex, "V8").value == 25


def test_an_indicator_under_two_headings_has_one_column(tmp_path: Path) -> None:
    heading = "      change-leader-clubs: Thành lập CLB thủ lĩnh của sự thay đổi\n"
    folder = changed(tmp_path, "plans/2024/annex.yaml", "  voice:\n", f"{heading}  voice:\n")
    annex = made(folder).sheets[0]
    clubs = [cell for cell in annex.cells if said(cell).startswith("Thành lập CLB")]
    assert [cell_name(cell.row, cell.column) for cell in clubs] == ["O7"]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (["Phụ lục I", "phụ lục i"], ["Phụ lục I", "phụ lục i (2)"]),
        (["a/b:c*[d]?\\e"], ["a b c  d   e"]),
        (["'Kinh phí'"], ["Kinh phí"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["", "History"], ["-", "History (2)"]),
    ],
)
def test_sheet_names_are_those_that_spreadsheets_accept(wanted: list[str], given: list[str]) -> None:
    assert list(sheet_names(wanted)) == given


@pytest.mark.parametrize(("column", "name"), [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")])
def test_cells_are_named_as_in_spreadsheets(column: int, name: str) -> None:
    assert cell_name(0, column) == name


def test_text_is_wrapped_between_words_and_long_words_are_broken() -> None:
    assert line_count("", 50, 10) == 1
    assert line_count("Hà Quảng", 100, 10) == 1
    assert line_count("Hà Quảng", 35, 10) == 2
    assert line_count("m" * 20, 78, 10) == 3


def test_each_sheet_fits_the_width_of_its_page_in_readable_text(made_2024: Book) -> None:
    for sheet in made_2024.sheets[:4]:
        spoken = [cell._replace(value=said(cell)) if isinstance(cell.value, Message) else cell for cell in sheet.cells]
        fitted = fit(sheet._replace(cells=tuple(spoken)))
        assert sum(fitted.widths) <= (297 - 30 - 15) / 25.4 * 72
        assert 9 <= fitted.text_size <= 12


def test_who_signs_never_stands_on_a_page_without_figures(annex: Sheet) -> None:
    fitted = fit(annex)
    if fitted.new_page is not None:
        assert fitted.new_page < max(cell.row for cell in annex.cells if cell.role is Role.FIGURE)
        assert fitted.new_page >= fitted.freeze[0]
