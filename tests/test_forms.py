"""The form in which a unit reports: what a person who opens it sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from filled_forms import INPUT, PLAN, fill, table
from support import DATA, TODAY, copy_draft, d8plan

from d8plan.checks import run
from d8plan.ledger.periods import parse
from d8plan.sheets.book import Number
from d8plan.sheets.forms import book, form
from d8plan.sheets.marks import FORMS
from d8plan.storage.data.loader import load
from d8plan.storage.excel.fit import text_width
from d8plan.storage.excel.writer import to_bytes
from d8plan.text.language import language

EARLIER, WHOLE, SHARE = 5, 7, 8


def made(path: Path, unit: str, folder: Path = DATA, period: str = "2024-Q2") -> Path:
    loaded = load(folder)
    chosen = parse(period)
    assert chosen is not None
    laid = form(loaded.dataset, run(loaded.dataset, TODAY).ledger, loaded.dataset.plans["2024"], chosen, unit)
    path.write_bytes(to_bytes(book([laid]), language("vi")))
    return path


def first(path: Path, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(path, data_only=values).worksheets[0]


def test_every_heading_and_line_is_vietnamese(tmp_path: Path) -> None:
    sheet = first(made(tmp_path / "a.xlsx", "bao-lac"))
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert "BÁO CÁO KẾT QUẢ THỰC HIỆN KẾ HOẠCH" in texts
    assert "quý II năm 2024" in texts
    assert "(Kế hoạch số 288/KH-BCD ngày 20 tháng 3 năm 2024 của Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng)" in texts
    assert not {"Indicator", "Plan of the year", "Done in the period", "Cumulative", "Share of the plan"} & {*texts}


def test_a_hidden_form_is_read_only_for_want_of_another(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", "bao-lac")
    fill(path, {"Tổ truyền thông cộng đồng, Cấp huyện": 3})
    book = openpyxl.load_workbook(path)
    old = book.copy_worksheet(book.worksheets[0])
    old.title, old.sheet_state = "Bản cũ", "hidden"
    old.cell(table(old)["Tổ truyền thông cộng đồng, Cấp huyện"], INPUT).value = 99
    book.save(path)
    command = ("--data", str(copy_draft(tmp_path / "data")), "--lang", "en", "import-report", str(path), "--dry-run")
    done = d8plan(*command)
    assert done.returncode == 0, done.stderr
    assert "a.xlsx: Bản cũ!A1: The sheet is hidden and is not read, but: Bảo Lạc" in done.stdout
    book.worksheets[0].title = "Ghi chú"
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if type(cell).__name__ == "Cell":
                cell.value = None
    book.save(path)
    done = d8plan(*command)
    assert done.returncode == 0, done.stderr
    assert "a.xlsx: Bản cũ!A1: The sheet is hidden; it was read all the same" in done.stdout


def test_money_of_the_unit_alone_is_planned_and_that_of_all_districts_is_not(tmp_path: Path) -> None:
    union = first(made(tmp_path / "a.xlsx", "womens-union"))
    # Section IV of the plan, lines 183 and 189.
    assert [union.cell(row, PLAN).value for row in table(union).values()] == [13_804_304_000, 19_542_000_000]
    district = first(made(tmp_path / "b.xlsx", "bao-lac"))
    held = {label: row for label, row in table(district).items() if label.startswith("Giải ngân")}
    assert len(held) == 2
    assert [district.cell(row, PLAN).value for row in held.values()] == [None, None]


@pytest.mark.parametrize("unit", ["bao-lac", "womens-union", "labour-department"])
def test_what_will_be_typed_and_computed_has_room(tmp_path: Path, unit: str) -> None:
    """A spreadsheet shows ##### where a number is wider than its column."""
    sheet = first(made(tmp_path / "a.xlsx", unit))
    money = any(label.startswith("Giải ngân") for label in table(sheet))
    assert money
    for column in (INPUT, WHOLE):
        size = sheet.cell(max(table(sheet).values()), column).font.size
        # Columns of one width stand together. Widths are in characters of 7 pixels and a margin of 5, and a pixel
        # is three quarters of a point.
        width = next(one.width for one in sheet.column_dimensions.values() if one.min <= column <= one.max)
        assert (width * 7 + 5) * 0.75 > text_width("99.999.999.999", size)


def test_formulas_hold_what_they_give_and_stay_blank_where_nothing_is_known(tmp_path: Path) -> None:
    folder = copy_draft(tmp_path / "data")
    path = made(tmp_path / "q1.xlsx", "bao-lac", folder, "2024-Q1")
    fill(path, {"Tổ truyền thông cộng đồng, Cấp huyện": 2, "Địa chỉ tin cậy cộng đồng, Cấp tỉnh": 1})
    assert d8plan("--data", str(folder), "import-report", str(path), "--yes").returncode == 0
    again = made(tmp_path / "q2.xlsx", "bao-lac", folder)
    values, formulas = first(again, values=True), first(again)
    rows = table(values)
    teams, addresses, none = (
        rows["Tổ truyền thông cộng đồng, Cấp huyện"],
        rows["Địa chỉ tin cậy cộng đồng, Cấp tỉnh"],
        rows["CLB Thủ lĩnh của sự thay đổi"],
    )
    # Bảo Lạc has 5 teams at district level and no address at province level (line 304).
    assert [values.cell(teams, column).value for column in (EARLIER, WHOLE, SHARE)] == [2, 2, 0.4]
    assert [values.cell(addresses, column).value for column in (PLAN, WHOLE, SHARE)] == [0, 1, None]
    assert [values.cell(none, column).value for column in (EARLIER, WHOLE, SHARE)] == [None, None, None]
    assert str(formulas.cell(teams, WHOLE).value).startswith("=")
    assert "%" in formulas.cell(teams, SHARE).number_format


def test_what_is_not_summed_over_years_stands_as_its_last_value(tmp_path: Path) -> None:
    folder = copy_draft(tmp_path / "data")
    indicators = folder / "indicators.yaml"
    text = indicators.read_text(encoding="utf-8").replace("{units: sum, years: sum}", "{units: sum, years: last}", 1)
    indicators.write_text(text, encoding="utf-8")
    (folder / "plans/2024/results").mkdir()
    for period, day, done in (("2024-01", "2024-01-31", 4), ("2024-02", "2024-02-29", 3)):
        report = f"{{as_of: {day}, received: {day}, done: {{communication-teams: {{district: {done}}}}}}}"
        path = folder / f"plans/2024/results/{period}.yaml"
        path.write_text(f"reports:\n  bao-lac: {report}\n", encoding="utf-8")
    sheet = first(made(tmp_path / "a.xlsx", "bao-lac", folder, "2024-Q2"), values=True)
    row = table(sheet)["Tổ truyền thông cộng đồng, Cấp huyện"]
    assert [sheet.cell(row, column).value for column in (EARLIER, WHOLE)] == [3, 3]


def test_only_earlier_periods_count(tmp_path: Path) -> None:
    folder = copy_draft(tmp_path / "data")
    path = made(tmp_path / "q2.xlsx", "bao-lac", folder)
    fill(path, {"Tổ truyền thông cộng đồng, Cấp huyện": 2})
    assert d8plan("--data", str(folder), "import-report", str(path), "--yes").returncode == 0
    for period in ("2024-Q1", "2024-Q2"):
        sheet = first(made(tmp_path / f"{period}.xlsx", "bao-lac", folder, period))
        assert sheet.cell(table(sheet)["Tổ truyền thông cộng đồng, Cấp huyện"], EARLIER).value is None


def test_the_marks_are_hidden_and_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = made(tmp_path / "a.xlsx", "bao-lac"), made(tmp_path / "b.xlsx", "bao-lac")
    assert one.read_bytes() == other.read_bytes()
    workbook = openpyxl.load_workbook(one)
    assert [sheet.title for sheet in workbook.worksheets if sheet.sheet_state == "veryHidden"] == [FORMS.name]


def test_inputs_are_the_numbers_of_their_rows() -> None:
    loaded = load(DATA)
    period = parse("2024-Q2")
    assert period is not None
    plan, ledger = loaded.dataset.plans["2024"], run(loaded.dataset, TODAY).ledger
    laid = form(loaded.dataset, ledger, plan, period, "bao-lac")
    assert len({row.place for row in laid.rows}) == len(laid.rows)
    assert {row.number for row in laid.rows if row.place.keys[2] == "spent"} == {Number.MONEY}
    assert all(row.place.file == "plans/2024/results/2024-Q2.yaml" for row in laid.rows)


def test_a_row_in_another_multiple_is_converted_and_an_unknown_unit_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", "womens-union")
    label = "Giải ngân: Hội LHPN tỉnh, Kinh phí cấp năm 2024"
    fill(path, {label: "1.234,5"})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    cell = sheet.cell(table(sheet)[label], 3)
    command = ("--data", str(copy_draft(tmp_path / "data")), "--lang", "en", "import-report", str(path), "--dry-run")
    cell.value = "triệu đồng"
    book.save(path)
    done = d8plan(*command)
    assert done.returncode == 0, done.stderr
    assert "“1.234,5” is read as 1,234,500,000 đ" in done.stdout
    assert f"{cell.coordinate}: Numbers are in triệu đồng: one is 1,000,000 đ" in done.stdout
    cell.value = "USD"
    book.save(path)
    done = d8plan(*command)
    assert done.returncode == 3
    assert f"{cell.coordinate}: “USD” is not đ" in done.stderr
