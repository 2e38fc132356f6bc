"""The workbook as a spreadsheet, a viewer without a calculator and a printer see it."""

from __future__ import annotations

import datetime
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from d8plan.checks import run
from d8plan.sheets.annex import book
from d8plan.sheets.book import Book, Cell, Role, Sheet
from d8plan.storage.data.loader import load
from d8plan.storage.excel.writer import to_bytes
from d8plan.text.language import language

DATA = Path(__file__).parent.parent / "data"
NAMES = ["Phụ lục I", "Phụ lục I (Bổ sung)", "Kinh phí"]
MAKE = f"""
import datetime, sys
from pathlib import Path
from d8plan.sheets.annex import book
from d8plan.checks import run
from d8plan.text.language import language
from d8plan.storage.data.loader import load
from d8plan.storage.excel.writer import to_bytes
dataset = load(Path({str(DATA)!r})).dataset
report = run(dataset, datetime.date(2026, 11, 23))
made = book(dataset, report.ledger, "2024", [*report.findings, *report.covered], report.exceptions)
sys.stdout.buffer.write(to_bytes(made, language("vi")))
"""


@pytest.fixture(scope="module")
def content() -> bytes:
    dataset = load(DATA).dataset
    report = run(dataset, datetime.date(2026, 11, 23))
    made = book(dataset, report.ledger, "2024", [*report.findings, *report.covered], report.exceptions)
    return to_bytes(made, language("vi"))


@pytest.fixture(scope="module")
def values(content: bytes) -> Workbook:
    """The workbook as a viewer shows it: cached values."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


@pytest.fixture(scope="module")
def formulas(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def page(workbook: Workbook, name: str) -> Worksheet:
    sheet = workbook[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def one(workbook: Workbook, name: str, cell: str) -> SheetCell:
    found = page(workbook, name)[cell]
    assert isinstance(found, SheetCell)
    return found


def small(value: str, *, role: Role = Role.UNIT, note: str = "") -> Book:
    """Return a book of one sheet with one cell."""
    cell = Cell(0, 0, role, value)
    sheet = Sheet("Tờ", (cell,), header=(0, 0), freeze=(1, 0))
    return Book(note, "", "", datetime.date(2024, 3, 20), (sheet,))


def read(made: Book) -> SheetCell:
    return one(openpyxl.load_workbook(io.BytesIO(to_bytes(made, language("vi")))), "Tờ", "A1")


@pytest.mark.parametrize(
    ("sheet", "cell", "formula", "value"),
    [
        ("Phụ lục I", "E8", "=SUM(E10:F10)", 29 + 28),
        ("Phụ lục I", "T10", "=SUM(T11:T20)", 18 + 7),
        ("Phụ lục I", "D8", "=SUM(D11:D20)", 996),
        ("Phụ lục I (Bổ sung)", "E9", "=SUM(E12:F20)", 165 + 460),
        ("Kinh phí", "C5", "=SUM(C6,C7)", 13804304000 + 2231452260),
        ("Kinh phí", "D5", "=SUM(D6,D7)", 19542000000 + 3449000260),
        ("Kinh phí", "E10", "=SUM(C10,D10)", 81891718578),
    ],
)
def test_totals_are_live_and_hold_their_value(
    formulas: Workbook, values: Workbook, sheet: str, cell: str, formula: str, value: int
) -> None:
    assert one(formulas, sheet, cell).value == formula
    assert one(values, sheet, cell).value == value


def test_every_formula_holds_a_value(formulas: Workbook, values: Workbook) -> None:
    found = 0
    for name in NAMES:
        for row in page(formulas, name).iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found += 1
                    assert isinstance(page(values, name)[cell.coordinate].value, int)
    of_2024 = 2 + 11 + 19  # zones, targets, level totals
    of_phase = 2 + 11
    of_budget = 6 + 3 * 2  # a total a row; two levels and all, by two origins
    assert found == of_2024 + of_phase + of_budget


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_calculates_the_same(content: bytes, values: Workbook, tmp_path: Path) -> None:
    (tmp_path / "annex.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "ods:calc8", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "annex.xlsx")], check=True, capture_output=True, timeout=120)
    command[4] = "xlsx"
    command[6] = str(tmp_path / "again")
    subprocess.run([*command, str(tmp_path / "annex.ods")], check=True, capture_output=True, timeout=120)
    again = openpyxl.load_workbook(tmp_path / "again" / "annex.xlsx", data_only=True)
    for name in [*NAMES, "Kiểm tra"]:
        for row in page(values, name).iter_rows():
            for cell in row:
                if isinstance(cell.value, int) or name == "Kiểm tra":
                    assert page(again, name)[cell.coordinate].value == cell.value, (name, cell.coordinate)


def test_only_figures_can_be_typed_and_only_whole_numbers(formulas: Workbook) -> None:
    zones = {"Phụ lục I": "C11:W20", "Phụ lục I (Bổ sung)": "C12:Y20", "Kinh phí": "C6:D7 C9:D9", "Kiểm tra": ""}
    for name, zone in zones.items():
        sheet = page(formulas, name)
        assert sheet.protection.sheet
        assert not sheet.protection.password
        allowed = (sheet.protection.formatColumns, sheet.protection.formatRows, sheet.protection.formatCells)
        assert allowed == (False, False, False)  # what is not forbidden
        inside = {cell.coordinate for area in zone.split() for row in sheet[area] for cell in row}
        unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert unlocked == inside
        rules = sheet.data_validations.dataValidation
        checked = {
            cell.coordinate for rule in rules for area in rule.sqref.ranges for row in sheet[str(area)] for cell in row
        }
        assert checked == inside
        for rule in rules:
            assert (rule.type, rule.operator or "between", rule.formula1, rule.allowBlank) == (
                "whole",
                "between",
                "0",
                True,
            )
            assert rule.formula2 == "999999999999999"
            assert rule.showErrorMessage
            assert "số nguyên từ 0" in str(rule.error)
            assert len(str(rule.errorTitle)) <= 32


def test_a_hidden_sheet_is_hidden_from_menus_too() -> None:
    made = small("d8plan")
    both = made._replace(sheets=(*made.sheets, made.sheets[0]._replace(name="dấu", hidden=True)))
    found = openpyxl.load_workbook(io.BytesIO(to_bytes(both, language("vi"))))
    assert found["dấu"].sheet_state == "veryHidden"
    assert found["dấu"]["A1"].value == "d8plan"


def test_0_is_printed_and_an_empty_cell_stays_empty(values: Workbook) -> None:
    assert one(values, "Phụ lục I", "M11").value == 0
    assert one(values, "Phụ lục I", "E20").value is None
    assert one(values, "Phụ lục I", "T20").value == 7


def test_numbers_are_numbers_with_grouping(values: Workbook) -> None:
    for name, cell in (("Phụ lục I", "E11"), ("Phụ lục I", "E8"), ("Kinh phí", "C6")):
        assert one(values, name, cell).data_type == "n"
        assert one(values, name, cell).number_format == "[$-42A]#,##0"


def test_headings_are_merged_over_their_columns(formulas: Workbook) -> None:
    merged = {str(area) for area in page(formulas, "Phụ lục I").merged_cells.ranges}
    assert {"A1:W1", "A5:A7", "D5:D7", "E5:W5", "E6:N6", "O6:R6", "S6:W6", "E7:F7", "E8:F8", "V7:W7"} <= merged
    assert not any(area.startswith(("Q7", "R7", "S7")) for area in merged)


def test_the_marked_total_stands_out_on_screen_and_on_paper(formulas: Workbook) -> None:
    cell = one(formulas, "Kinh phí", "D5")
    assert cell.number_format == '[$-42A]#,##0"*"'
    assert cell.font.bold
    assert cell.font.color.rgb == "FFC00000"
    assert cell.fill.start_color.rgb == "FFFFF2CC"
    assert cell.comment
    assert "22.991.000.000 đ" in cell.comment.text
    assert "\n" in cell.comment.text
    assert cell.comment.author == "Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng"
    reading = one(formulas, "Phụ lục I", "T20").comment
    assert reading
    assert reading.text.startswith("Số 7 của Sở")
    noted = [
        cell.coordinate for name in NAMES for row in page(formulas, name).iter_rows() for cell in row if cell.comment
    ]
    assert noted == ["T20", "D5"]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_as_decree_30_asks(formulas: Workbook, name: str) -> None:
    sheet = page(formulas, name)
    margins = sheet.page_margins
    millimetres = {side: round(getattr(margins, side) * 25.4) for side in ("top", "bottom", "left", "right")}
    assert millimetres == {"top": 20, "bottom": 20, "left": 30, "right": 15}
    assert (int(sheet.page_setup.paperSize or 0), sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.page_setup.useFirstPageNumber
    assert sheet.sheet_properties.pageSetUpPr
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # The annex of 2024 with its signature is a little higher than a page at 9 points.
    assert (sheet.page_setup.fitToHeight == 0) == (name != "Phụ lục I")
    assert sheet.print_options.horizontalCentered
    header = sheet.HeaderFooter
    assert header.differentFirst
    assert header.firstHeader is not None
    assert header.oddHeader is not None
    assert header.firstHeader.center.text is None
    assert (header.oddHeader.center.text, header.oddHeader.center.size) == ("&P", 13)
    assert header.oddHeader.center.font == "Times New Roman,Regular"


def test_heading_rows_repeat_and_stay_in_sight(formulas: Workbook) -> None:
    rows = {name: page(formulas, name).print_title_rows for name in NAMES}
    assert rows == {"Phụ lục I": "$5:$9", "Phụ lục I (Bổ sung)": "$6:$11", "Kinh phí": "$4:$4"}
    assert [page(formulas, name).freeze_panes for name in NAMES] == ["C11", "C12", "C5"]
    assert [page(formulas, name).print_area.split("!")[1] for name in NAMES] == [
        "$A$1:$W$27",
        "$A$1:$Y$20",
        "$A$1:$E$11",
    ]


def test_all_text_is_in_times_new_roman_and_large_enough(formulas: Workbook) -> None:
    shown = [
        cell for name in NAMES for row in page(formulas, name).iter_rows() for cell in row if cell.value is not None
    ]
    assert {cell.font.name for cell in shown} == {"Times New Roman"}
    assert min(cell.font.sz for cell in shown) >= 8
    assert one(formulas, "Phụ lục I", "A1").font.sz == 14


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_one_page_wide_without_being_shrunk(formulas: Workbook, name: str) -> None:
    sheet = page(formulas, name)
    letters = [get_column_letter(number) for number in range(1, sheet.max_column + 1)]
    pixels = sum(round(sheet.column_dimensions[letter].width * 7) for letter in letters)
    assert pixels / 96 * 25.4 <= 297 - 30 - 15


def test_properties_name_the_plan(formulas: Workbook) -> None:
    properties = formulas.properties
    assert properties.title == "Kế hoạch triển khai Dự án 8 năm 2024"
    assert (properties.subject, properties.creator) == ("288/KH-BCD", "Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng")
    assert str(properties.created) == str(properties.modified) == "2024-03-20 00:00:00"


def test_same_data_same_bytes(content: bytes) -> None:
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        made = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, check=True, env=environment)
        with zipfile.ZipFile(io.BytesIO(made.stdout)) as archive:
            assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        if seed == "1":
            first = made.stdout
    assert made.stdout == first


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", "=HYPERLINK(1)", "https://x.vn", "0123", "_x0041_"])
def test_text_is_never_taken_for_something_else(text: str) -> None:
    cell = read(small(text))
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_merged_text_is_never_a_formula() -> None:
    made = small("")
    cell = Cell(0, 0, Role.TITLE, "=1+1", columns=3)
    assert read(made._replace(sheets=(made.sheets[0]._replace(cells=(cell,)),))).data_type == "s"


def test_text_that_a_cell_cannot_hold_is_cut_and_cleaned() -> None:
    assert read(small("Bảo\x00 Lạc\x1b[31m\ud800")).value == "Bảo\ufffd Lạc\ufffd[31m\ufffd"
    cut = read(small("á" * 40_000)).value
    assert isinstance(cut, str)
    assert len(cut) == 32_767
    assert cut.endswith("…")
    wide = read(small("🙂" * 20_000)).value
    assert isinstance(wide, str)
    assert len(wide.encode("utf-16-le")) <= 2 * 32_767


def test_a_book_without_sheets_can_be_opened() -> None:
    made = small("")._replace(sheets=())
    assert openpyxl.load_workbook(io.BytesIO(to_bytes(made, language("vi")))).sheetnames
