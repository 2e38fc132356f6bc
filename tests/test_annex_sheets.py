"""What the workbook proves, colours and leaves out: the sheet of checks, changed numbers, extracts, findings."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import DATA, TODAY, copy_draft, d8plan, replace_once

from d8plan.checks import Report, run
from d8plan.models.files import Dataset
from d8plan.models.findings import Severity
from d8plan.models.places import Place
from d8plan.sheets.annex import book, sheets
from d8plan.sheets.annex.filling import Former
from d8plan.sheets.annex.selection import Spots
from d8plan.sheets.book import Area, Book, Cell, Role, Sheet, areas, cell_name
from d8plan.storage.data.loader import load
from d8plan.storage.excel.data_validation import formula_text
from d8plan.text.language import language
from d8plan.text.message import Message

VI = language("vi")
ALLOCATIONS = "plans/2024/allocations.yaml"
BAO_LAC = ("indicators", "communication-teams", "units", "bao-lac")


def opened(folder: Path = DATA) -> tuple[Dataset, Report]:
    dataset = load(folder).dataset
    return dataset, run(dataset, TODAY)


def made(folder: Path = DATA, *, unit: str | None = None, former: Former | None = None) -> Book:
    dataset, report = opened(folder)
    found = [*report.findings, *report.covered]
    return book(dataset, report.ledger, "2024", found, report.exceptions, unit=unit, former=former)


def said(cell: Cell) -> str:
    return VI.say(cell.value) if isinstance(cell.value, Message) else str(cell.value)


def named(book: Book, name: str) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def at(sheet: Sheet, name: str) -> Cell:
    return next(cell for cell in sheet.cells if cell_name(cell.row, cell.column) == name)


def rows(sheet: Sheet) -> list[list[Cell]]:
    """Return the rows of the table of checks, those of statements."""
    numbered = sorted(cell.row for cell in sheet.cells if cell.role is Role.ORDINAL)
    return [[cell for cell in sheet.cells if cell.row == row] for row in numbered]


def worth(book: Book, formula: str) -> int:
    """Return what a formula gives that sums cells of other sheets, or counts those above 0."""
    call = re.fullmatch(r'=(SUM|COUNTIF)\((.*?)(?:,">0")?\)', formula)
    assert call, formula
    found: list[int] = []
    for sheet, first, last in re.findall(r"'([^']+)'!([A-Z]+\d+)(?::([A-Z]+\d+))?", call[2]):
        start, end = at(named(book, sheet), first), at(named(book, sheet), last or first)
        for cell in named(book, sheet).cells:
            if start.row <= cell.row <= end.row and start.column <= cell.column <= end.column:
                found += [cell.value] if isinstance(cell.value, int) else []
    return sum(found) if call[1] == "SUM" else sum(value > 0 for value in found)


@pytest.fixture(scope="module")
def shipped() -> Book:
    return made()


@pytest.fixture(scope="module")
def checks(shipped: Book) -> Sheet:
    return named(shipped, "Kiểm tra")


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([(0, 0), (1, 0), (0, 1), (1, 1)], [Area(0, 0, 1, 1)]),
        ([(0, 0), (2, 0)], [Area(0, 0, 0, 0), Area(2, 0, 2, 0)]),
        ([(0, 0), (0, 2)], [Area(0, 0, 0, 0), Area(0, 2, 0, 2)]),
        ([(0, 0), (1, 0), (1, 1)], [Area(0, 0, 1, 0), Area(1, 1, 1, 1)]),
        ([], []),
    ],
)
def test_cells_are_named_as_few_areas(cells: list[tuple[int, int]], found: list[Area]) -> None:
    assert list(areas(cells)) == found


def test_every_statement_is_proven_by_cells_of_the_workbook(shipped: Book, checks: Sheet) -> None:
    statements = opened()[1].ledger.statements
    table = rows(checks)
    assert len(table) == len(statements)
    plain = []
    for number, (ordinal, label, source, stated, computed, difference, *_) in enumerate(table, 1):
        assert ordinal.value == number
        assert said(source)
        assert difference.formula == f"=E{stated.row + 1}-D{stated.row + 1}"
        if isinstance(computed.formula, str):
            assert worth(shipped, computed.formula) == computed.value
            assert len(computed.formula) < 100
        else:
            plain.append(said(label))
    assert plain == ["Huyện điểm"]  # units of a group have no figure


def test_a_statement_is_shown_with_its_source_and_result(checks: Sheet) -> None:
    row = next(row for row in rows(checks) if said(row[1]).startswith("Thành lập và duy trì Tổ truyền thông"))
    assert [said(cell) for cell in row[2:]] == ["288/KH-BCD, dòng 29", "57", "57", "0", "tổ", "Đúng"]
    assert row[4].formula == "=SUM('Phụ lục I'!E11:F20)"
    wrong = [row for row in rows(checks) if said(row[7]) != "Đúng"]
    [[_, _, _, stated, computed, difference, _, result]] = wrong
    assert (stated.value, computed.value, difference.value) == (22991000000, 22991000260, 260)
    assert said(result) == "Sai, đã biết"
    assert said(next(cell for cell in checks.cells if cell.role is Role.SUMMARY)).endswith(": 87/88")


def test_a_row_turns_red_by_what_its_result_says(checks: Sheet) -> None:
    first = rows(checks)[0][0].row
    assert first == 4  # under the headings and the title of the plan
    shown = [(formula_text(one.formula, VI), one.severity) for one in checks.conditions]
    assert shown == [('=$H4="Sai"', Severity.ERROR), ('=$H4="Sai, đã biết"', Severity.WARNING)]
    assert all(one.area == Area(3, 0, rows(checks)[-1][0].row, 7) for one in checks.conditions)
    known = next(row for row in rows(checks) if row[3].value == 22991000000)
    row = known[0].row + 1
    assert known[7].formula is not None
    assert formula_text(known[7].formula, VI) == (
        f'=IF(E{row}=D{row},"Đúng",IF(E{row}=22991000260,"Sai, đã biết","Sai"))'
    )


def test_totals_turn_red_when_they_are_not_what_is_stated(shipped: Book) -> None:
    found = {
        (sheet.name, one.area.name()): (one.formula, one.severity)
        for sheet in shipped.sheets
        if sheet.official
        for one in sheet.conditions
    }
    assert found["Phụ lục I", "E8:F8"] == ("=E8<>57", Severity.ERROR)
    assert found["Phụ lục I", "N10"] == ("=N10<>12", Severity.ERROR)
    assert found["Phụ lục I (Bổ sung)", "M9:N9"] == ("=M9<>70", Severity.ERROR)
    assert found["Kinh phí", "D5"][0] == "=AND(D5<>22991000000,D5<>22991000260)"
    totals = [cell for sheet in shipped.sheets if sheet.official for cell in sheet.cells if cell.role is Role.TOTAL]
    # Level I over both origins, and level II by origin, are stated nowhere.
    assert len(totals) - len(found) == 3


def test_a_total_is_watched_for_the_number_of_the_text_too(tmp_path: Path) -> None:
    folder = copy_draft(tmp_path / "data")
    name = "    select: {indicator: communication-teams}\n    value: "
    replace_once(folder / "plans/2024/statements.yaml", f"{name}57", f"{name}56")
    [condition] = [one for one in made(folder).sheets[0].conditions if one.area.name() == "E8:F8"]
    assert condition.formula == "=OR(E8<>57,E8<>56)"


def test_every_exception_is_printed_once(shipped: Book) -> None:
    printed = [said(cell) for sheet in shipped.sheets for cell in sheet.cells if cell.role is Role.FOOTNOTE]
    entries = opened()[1].exceptions.values()
    assert len(printed) == len(entries) == 7
    for entry in entries:
        assert sum(entry.reason in text for text in printed) >= 1
    [in_budget] = [said(cell) for cell in named(shipped, "Kinh phí").cells if cell.role is Role.FOOTNOTE]
    assert "22.991.000.260" in in_budget
    marked = [said(cell) for cell in named(shipped, "Kiểm tra").cells if cell.faulty]
    assert marked == ["Nâng cao năng lực cán bộ nữ DTTS, chỉ tiêu", "tổ/nhóm/HTX", "ĐCTCCĐ", "cuộc", "cuộc", "cuộc"]


def test_counting_units_over_levels_counts_each_once(tmp_path: Path) -> None:
    folder = copy_draft(tmp_path / "data")
    edit = "    select: {zone: communes}\n    aggregate: count\n    value: 9\n  trusted-addresses-phase"
    new = edit.replace("zone: communes", "indicator: gender-mainstreaming-2").replace("value: 9", "value: 10")
    replace_once(folder / "plans/2024/statements.yaml", edit, new)
    dataset, report = opened(folder)
    counted = next(one for one in report.ledger.statements if one.stated == 10 and one.counted)
    spots = Spots(dataset, sheets(dataset, "2024"))
    above_0 = [f"ISNUMBER({cells})*({cells}>0)" for cells in ("'Phụ lục I'!T11:T20", "'Phụ lục I'!U11:U20")]
    assert spots.formula(counted) == f"=SUMPRODUCT(--({'+'.join(above_0)}>0))"
    assert counted.computed == 10


def test_changed_numbers_are_coloured_and_tell_what_they_were() -> None:
    before = {Place(ALLOCATIONS, (*BAO_LAC, "province")): 3, Place(ALLOCATIONS, (*BAO_LAC, "district")): None}
    annex = made(former=Former("bản 20/3/2024", before)).sheets[0]
    changed = {cell_name(cell.row, cell.column): cell for cell in annex.cells if cell.changed}
    # Bảo Lạc has 5 and 5: two figures, two level totals and the target are others.
    assert list(changed) == ["E8", "E10", "F10", "E18", "F18"]
    notes = {name: [VI.say(line) for line in cell.note] for name, cell in changed.items()}
    assert notes == {
        "E8": ["Trước: 50"],
        "E10": ["Trước: 27"],
        "F10": ["Trước: 23"],
        "E18": ["Trước: 3"],
        "F18": ["Trước: để trống"],
    }
    footnotes = [said(cell) for cell in annex.cells if cell.role is Role.FOOTNOTE]
    assert footnotes == ["Ô tô màu: số đã thay đổi so với bản 20/3/2024."]


def test_a_number_that_is_the_same_is_not_coloured() -> None:
    annex = made(former=Former("x", {Place(ALLOCATIONS, (*BAO_LAC, "province")): 5})).sheets[0]
    assert not [cell for cell in annex.cells if cell.changed or cell.role is Role.FOOTNOTE]


def test_an_extract_has_one_unit_and_no_totals() -> None:
    extract = made(unit="bao-lac")
    assert extract.unit == "bao-lac"
    shown = [sheet for sheet in extract.sheets if not sheet.hidden]
    assert [sheet.name for sheet in shown] == ["Phụ lục I", "Phụ lục I (Bổ sung)"]
    whole = made().sheets
    for sheet, full in zip(shown, whole, strict=False):
        assert not [cell for cell in sheet.cells if cell.role in (Role.TOTAL, Role.POST)]
        assert [said(cell) for cell in sheet.cells if cell.role is Role.UNIT] == ["Bảo Lạc"]
        assert "TRÍCH PHẦN CỦA ĐƠN VỊ: BẢO LẠC" in [said(cell) for cell in sheet.cells]
        headings = [(said(cell), cell.column, cell.columns) for cell in full.cells if cell.role is Role.HEADING]
        assert [(said(c), c.column, c.columns) for c in sheet.cells if c.role is Role.HEADING] == headings
        values = {place: cell.value for cell in full.cells for place in cell.places if cell.is_input}
        for cell in sheet.cells:
            if cell.is_input:
                assert cell.value == values[cell.places[0]]


def test_an_extract_has_its_unit_s_own_money() -> None:
    extract = made(unit="labour-department")
    assert [sheet.name for sheet in extract.sheets if not sheet.hidden] == ["Phụ lục I", "Kinh phí"]
    budget = named(extract, "Kinh phí")
    numbers = [cell.value for cell in budget.cells if cell.role in (Role.FIGURE, Role.TOTAL)]
    assert numbers == [2231452260, 3449000260, 2231452260 + 3449000260]


def test_export_of_one_unit_takes_any_spelling(tmp_path: Path) -> None:
    shown = d8plan("--data", str(DATA), "export-appendix", "--district", "huyen BAO LAC", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["phu-luc-2024-bao-lac.xlsx"]
    both = d8plan("--data", str(DATA), "export-appendix", "--district", "bao lac", "--per-district", cwd=tmp_path)
    assert both.returncode == 2
    assert d8plan("--data", str(DATA), "export-appendix", "--district", "Hà Nội", cwd=tmp_path).returncode == 2


def test_export_of_every_unit_writes_a_file_each(tmp_path: Path) -> None:
    shown = d8plan("--data", str(DATA), "export-appendix", "--per-district", "--output", str(tmp_path / "to"))
    assert shown.returncode == 0, shown.stderr
    found = sorted(path.name for path in (tmp_path / "to").iterdir())
    assert len(found) == 10
    assert {"phu-luc-2024-bao-lac.xlsx", "phu-luc-2024-labour-department.xlsx"} <= set(found)
    assert "[" not in shown.stderr  # no progress off a terminal


def test_pdf_without_libreoffice_is_refused_in_one_line(tmp_path: Path) -> None:
    shown = d8plan("--data", str(DATA), "export-appendix", "--format", "pdf", cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert (shown.returncode, shown.stdout, shown.stderr.count("\n")) == (3, "", 1)
    assert "LibreOffice" in shown.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_pdf_holds_the_official_sheets(tmp_path: Path) -> None:
    shown = d8plan("--data", str(DATA), "export-appendix", "--format", "pdf", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    [path] = tmp_path.iterdir()
    content = path.read_bytes()
    assert path.name == "phu-luc-2024.pdf"
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 3


def findings_of(folder: Path, target: Path, *arguments: str) -> tuple[int, str]:
    shown = d8plan("--data", str(folder), "validate", "--xlsx", str(target), *arguments, cwd=target.parent)
    return shown.returncode, shown.stdout


def listed(target: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(target)["Phát hiện"]
    assert isinstance(sheet, Worksheet)
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_findings_stand_on_their_cells_and_in_a_list(data: Path, tmp_path: Path) -> None:
    replace_once(data / ALLOCATIONS, "    target: 57\n", "    target: 58\n")
    target = tmp_path / "found.xlsx"
    code, told = findings_of(data, target)
    assert code == 1
    assert "A002" in told
    assert "found.xlsx" in told
    workbook = openpyxl.load_workbook(target)
    assert workbook.sheetnames[0] == "Phát hiện"
    cell = workbook["Phụ lục I"]["E8"]
    assert cell.fill.start_color.rgb == "FFFFB3B3"
    assert cell.comment
    for part in ("lỗi A002", "Văn bản nêu: 58 tổ", "Tính được: 57 tổ", "Sửa số sai"):
        assert cell.comment.text.count(part) == 1
    [row] = [row for row in listed(target) if row[0] == "A002"]
    assert row[1] == "lỗi"
    assert row[3:11] == ["2024", "Tổ truyền thông cộng đồng", None, None, 58, 57, -1, "Phụ lục I, ô E8"]
    assert row[11] == "allocations.yaml, dòng 8"
    link = next(
        cell for cells in workbook["Phát hiện"].iter_rows() for cell in cells if cell.value == "Phụ lục I, ô E8"
    )
    assert link.hyperlink
    assert link.hyperlink.location == "'Phụ lục I'!E8"


def test_the_list_has_every_finding_and_exception(tmp_path: Path) -> None:
    target = tmp_path / "found.xlsx"
    code, told = findings_of(DATA, target, "--format", "json")
    assert code == 0
    report = json.loads(told)
    assert [row[0] for row in listed(target)] == [item["code"] for item in report["findings"]]
    assert [row[1] for row in listed(target)].count("ngoại lệ") == 7
    assert findings_of(DATA, target)[0] == 3  # it exists
    assert findings_of(DATA, target, "--force")[0] == 0


def test_what_cannot_be_read_still_gives_a_list(data: Path, tmp_path: Path) -> None:
    (data / "plans/2024/plan.yaml").write_text("title: [", encoding="utf-8")
    target = tmp_path / "found.xlsx"
    assert findings_of(data, target)[0] == 1
    assert "Y002" in [row[0] for row in listed(target)]
    shutil.rmtree(data / "plans/2021-2025")
    assert findings_of(data, target, "--force")[0] == 1
    assert "Y002" in [row[0] for row in listed(target)]


def test_the_workbook_of_findings_is_of_one_folder(data: Path, tmp_path: Path) -> None:
    several = d8plan("--data", str(DATA), "--data", str(data), "validate", "--xlsx", str(tmp_path / "x.xlsx"))
    assert several.returncode == 2
    assert d8plan("validate", "--xlsx", str(tmp_path / "x.txt")).returncode == 2
    assert not (tmp_path / "x.xlsx").exists()
