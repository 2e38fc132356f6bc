"""``d8plan import-report``: forms as people send them back, and what must not pass unseen."""

from __future__ import annotations

import datetime
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_workbooks
import openpyxl
import pytest
from filled_forms import INPUT, fill, table
from support import UNITS, copy_draft, d8plan

TEAMS = "Tổ truyền thông cộng đồng, "
DISTRICT, PROVINCE = f"{TEAMS}Cấp huyện", f"{TEAMS}Cấp tỉnh"
HOSTILE = {name: content for name, content, _ in hostile_workbooks.hostile()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_draft(tmp_path / "data")


def form(folder: Path, unit: str = "bao-lac", period: str = "2024-Q2", name: str | None = None) -> Path:
    path = folder.parent / (name or f"{period}-{unit}.xlsx")
    asked = ["report-form", "2024", "--period", period, "--district", unit, "--output", str(path), "--force"]
    done = d8plan("--data", str(folder), *asked)
    assert done.returncode == 0, done.stderr
    return path


def bring_in(folder: Path, *arguments: object) -> tuple[int, str, str]:
    done = d8plan("--data", str(folder), "--lang", "en", "import-report", *map(str, arguments))
    return done.returncode, done.stdout, done.stderr


def change(path: Path, how: Callable[[Any, Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    how(book, book.worksheets[0])
    book.save(path)


def line(sheet: Any, name: str) -> int:
    return next(row for row in range(1, 15) if sheet.cell(row, 1).value == name)


def state(folder: Path, name: str, value: object) -> Callable[[Any, Any], None]:
    """Type over a line above the table."""

    def over(_: Any, sheet: Any) -> None:
        sheet.cell(line(sheet, name), 3).value = value

    return over


def results(folder: Path, period: str = "2024-Q2") -> str:
    return (folder / f"plans/2024/results/{period}.yaml").read_text(encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def filled(folder: Path, value: object = 3, unit: str = "bao-lac", period: str = "2024-Q2", **fields: object) -> Path:
    path = form(folder, unit, period)
    fill(path, {DISTRICT: value}, **fields)
    return path


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Đơn vị báo cáo", "Bảo Lâm", "“Bảo Lâm” stands here, and the form was made for Bảo Lạc"),
        ("Đơn vị báo cáo", "Bảo Lậc Mới", "is no unit of the plan"),
        ("Kỳ báo cáo", "quý I năm 2024", "“quý I năm 2024” stands here, and the form was made for quarter II of 2024"),
        ("Kỳ báo cáo", "kỳ này", "“kỳ này” is no period of plan 2024"),
        ("Số liệu tính đến ngày", None, "The day that the numbers tell of is missing"),
        ("Số liệu tính đến ngày", "31/6/2024", "“31/6/2024” is no date"),
        ("Số liệu tính đến ngày", "6/30/2024", "“6/30/2024” is no date"),
        ("Số liệu tính đến ngày", datetime.date(2024, 3, 31), "before the period begins"),
        ("Số liệu tính đến ngày", datetime.date(2999, 1, 1), "after the day on which it came in"),
        ("Người báo cáo", "=A1&B1", "A formula was never calculated"),
        ("Người báo cáo", "#REF!", "#REF! is no text"),
    ],
)
def test_a_line_that_contradicts_the_form_is_refused_with_its_cell(
    folder: Path, name: str, value: object, told: str
) -> None:
    path = filled(folder)
    change(path, state(folder, name, value))
    before = contents(folder)
    code, _, refused = bring_in(folder, path, "--yes")
    assert code == 3
    assert re.search(rf"Bảo Lạc![A-C]\d+: .*{re.escape(told)}", refused), refused
    assert contents(folder) == before


@pytest.mark.parametrize("value", ["30/06/2024", " 28/6/2024 ", "30-6-2024", datetime.date(2024, 7, 15)])
def test_a_date_is_read_as_one_writes_it_here(folder: Path, value: object) -> None:
    path = filled(folder, Số_liệu_tính_đến_ngày=value)
    assert bring_in(folder, path, "--yes")[0] == 0
    days = {"30/06/2024": 30, " 28/6/2024 ": 28, "30-6-2024": 30}
    written = value if isinstance(value, datetime.date) else datetime.date(2024, 6, days[str(value)])
    assert f"as_of: {written}" in results(folder)


def test_a_day_still_to_come_is_no_day_of_receipt(folder: Path) -> None:
    code, _, told = bring_in(folder, filled(folder), "--yes", "--received", "2999-01-01")
    assert code == 2
    assert "still to come" in told


def test_a_cumulative_number_typed_over_is_told_and_not_taken(folder: Path) -> None:
    path = filled(folder)

    def over(_: Any, sheet: Any) -> None:
        sheet.cell(table(sheet)[DISTRICT], 7).value = 9

    change(path, over)
    code, shown, _ = bring_in(folder, path, "--yes")
    assert code == 0
    assert re.search(r"Bảo Lạc!G\d+: The total is 9, the figures come to 3", shown)
    assert "{district: 3}" in results(folder)


def test_what_is_added_to_a_report_is_shown_and_the_rest_stays(folder: Path) -> None:
    path = filled(folder, Người_báo_cáo="Chị A")
    assert bring_in(folder, path, "--yes", "--received", "2024-07-02")[0] == 0
    again = form(folder)
    fill(again, {PROVINCE: 2})
    code, shown, _ = bring_in(folder, again, "--yes", "--received", "2024-07-09")
    assert code == 0
    assert re.search(r"Bảo Lạc, Tổ truyền thông cộng đồng, Cấp tỉnh +– +2", shown)
    assert "communication-teams: {district: 3, province: 2}" in results(folder)
    assert "by: Chị A" in results(folder), "an empty field says nothing"
    told = 'earlier: {"1": {as_of: 2024-06-30, received: 2024-07-02, by: Chị A, done: '
    assert told + "{communication-teams: {province: null}}}}" in results(folder), "it was not known on 2 July"


def test_a_day_or_a_note_alone_is_a_correction_too(folder: Path) -> None:
    path = filled(folder)
    assert bring_in(folder, path, "--yes", "--received", "2024-07-02")[0] == 0
    fill(path, {}, Số_liệu_tính_đến_ngày=datetime.date(2024, 6, 28), Ghi_chú="Đã rà soát")
    code, shown, _ = bring_in(folder, path, "--yes", "--received", "2024-07-09", "--older")
    assert code == 0
    assert re.search(r"Numbers as of +2024-06-30 +2024-06-28", shown)
    assert "as_of: 2024-06-28, received: 2024-07-09" in results(folder)
    assert 'earlier: {"1": {as_of: 2024-06-30, received: 2024-07-02}}' in results(folder)
    assert "note: Đã rà soát" in results(folder)
    assert bring_in(folder, path, "--yes")[1].endswith("Nothing changes\n")


def test_corrections_are_numbered_and_none_is_lost(folder: Path) -> None:
    for number, value in enumerate((3, 4, 5), 1):
        assert bring_in(folder, filled(folder, value), "--yes", "--received", f"2024-07-0{number}")[0] == 0
    report = results(folder)
    assert "done: {communication-teams: {district: 5}}" in report
    for number, said in ((1, 3), (2, 4)):
        done = f"{{communication-teams: {{district: {said}}}}}"
        assert f'"{number}": {{as_of: 2024-06-30, received: 2024-07-0{number}, done: {done}}}' in report


def test_a_number_that_was_not_split_gives_way_to_the_form(folder: Path) -> None:
    (folder / "plans/2024/results").mkdir()
    (folder / "plans/2024/results/2024-Q2.yaml").write_text(
        "reports:\n  bao-lac: {as_of: 2024-06-30, received: 2024-07-01, done: {communication-teams: 4}}\n",
        encoding="utf-8",
    )
    code, _, told = bring_in(folder, filled(folder), "--yes")
    assert code == 0, told
    assert "done: {communication-teams: {district: 3}}" in results(folder)
    assert "done: {communication-teams: 4}" in results(folder).split("earlier")[1]


def test_a_whole_and_its_part_that_differ_in_one_batch_hold_only_that_unit_back(folder: Path) -> None:
    quarter, half, other = filled(folder), filled(folder, 2, period="2024-H1"), filled(folder, unit="bao-lam")
    code, _, told = bring_in(folder, quarter, half, other, "--yes")
    assert code == 3
    assert told.count("2 for 2024-H1, 3 for 2024-Q2") == 2, "each of the two forms is told"
    assert bring_in(folder, quarter, half, other, "--yes", "--skip-refused")[0] == 0
    assert "bao-lac" not in results(folder)
    assert "bao-lam" in results(folder)
    assert not (folder / "plans/2024/results/2024-H1.yaml").exists()


def test_a_unit_that_reports_twice_is_refused_once_a_file_and_copies_are_not(folder: Path) -> None:
    one, other = form(folder, name="a.xlsx"), form(folder, name="b.xlsx")
    fill(one, {DISTRICT: 3})
    fill(other, {DISTRICT: 4})
    code, _, told = bring_in(folder, one, other, "--yes")
    assert code == 3
    assert [told.count(f"{name}.xlsx: ") for name in "ab"] == [1, 1]
    shutil.copy(one, other)
    assert bring_in(folder, one, other, "--yes")[0] == 0


def unmarked(book: Any, _: Any) -> None:
    del book["d8plan-report"]


@pytest.mark.parametrize("period", ["2024-Q2", "2024-H1", "2024-05", "2024"])
def test_without_marks_the_lines_tell(folder: Path, period: str) -> None:
    path = filled(folder, period=period)
    change(path, unmarked)
    code, _, told = bring_in(folder, path, "--plan", "2024", "--yes")
    assert code == 0, told
    assert "bao-lac" in results(folder, period)


def test_without_marks_and_lines_the_options_tell(folder: Path) -> None:
    path = filled(folder)
    change(path, unmarked)
    change(path, lambda _, sheet: setattr(sheet.cell(line(sheet, "Kỳ báo cáo"), 1), "value", None))
    code, _, told = bring_in(folder, path, "--yes")
    assert code == 3
    assert "does not say of which period" in told
    assert bring_in(folder, path, "--yes", "--period", "2024-Q2")[0] == 0
    assert bring_in(folder, path, "--yes", "--period", "2025-Q2")[0] == 2


def test_a_form_of_another_plan_is_left_out_and_the_rest_taken(folder: Path) -> None:
    foreign, good = filled(folder), filled(folder, unit="bao-lam")
    change(foreign, lambda book, _: setattr(book["d8plan-report"]["B2"], "value", "2031"))
    code, _, told = bring_in(folder, foreign, good, "--yes")
    assert code == 3
    assert "It is a form of plan 2031, not of 2024" in told
    assert bring_in(folder, foreign, good, "--yes", "--skip-refused")[0] == 0
    assert "bao-lac" not in results(folder)


def spelt(name: str) -> Callable[[Any, Any], None]:
    return lambda _, sheet: setattr(sheet.cell(line(sheet, "Đơn vị báo cáo"), 3), "value", name)


def moved_down(_: Any, sheet: Any) -> None:
    sheet.insert_rows(1, 3)


def column_put_in(_: Any, sheet: Any) -> None:
    sheet.insert_cols(INPUT)


def renamed(_: Any, sheet: Any) -> None:
    sheet.title = "Biểu quý 2"


def sorted_otherwise(_: Any, sheet: Any) -> None:
    rows = sorted(table(sheet).values())
    held = [[sheet.cell(row, column).value for column in range(1, INPUT + 1)] for row in rows]
    random.Random(5).shuffle(held)
    for row, values in zip(rows, held, strict=True):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value


def noted(_: Any, sheet: Any) -> None:
    sheet.cell(min(table(sheet).values()) - 1, 9).value = "Giải trình"
    sheet.cell(min(table(sheet).values()), 9).value = "do thiên tai"


WAYS = (
    renamed,
    sorted_otherwise,
    noted,
    spelt("HUYEN  BAO LAC"),
    spelt("bảo lạc"),
    unmarked,
    column_put_in,
    moved_down,
)


@pytest.mark.parametrize("way", WAYS)
def test_a_form_changed_as_people_change_it_says_the_same(folder: Path, way: Callable[[Any, Any], None]) -> None:
    path = filled(folder, "4 tổ", Người_báo_cáo="Chị\u200b A\u00a0B")
    change(path, way)
    code, shown, told = bring_in(folder, path, "--yes")
    assert code == 0, told
    assert "“4 tổ” is read as 4 tổ" in shown
    assert "by: Chị A B, done: {communication-teams: {district: 4}}" in results(folder)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_form_saved_by_libreoffice_comes_back(folder: Path, tmp_path: Path) -> None:
    path = filled(folder)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "saved"), str(path)], check=True, capture_output=True, timeout=120)
    code, shown, told = bring_in(folder, tmp_path / "saved" / path.name, "--yes")
    assert code == 0, told
    assert "never taken over" not in shown, "what the formulas give is what the figures come to"
    assert "bao-lac: {as_of: 2024-06-30, " in results(folder)
    assert "done: {communication-teams: {district: 3}}" in results(folder)


def test_nine_forms_of_all_sorts_at_once(folder: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, unit in enumerate(UNITS):
        path = filled(folder, number, unit)
        shutil.move(path, inbox / (f"{unit}.XLSX" if number % 2 else f"{unit}.xlsx"))
    (inbox / "~$bao-lac.xlsx").write_bytes(b"open in Excel")
    (inbox / "ghi-chu.txt").write_text("không phải biểu", encoding="utf-8")
    code, _, told = bring_in(folder, inbox, "--yes")
    assert code == 0, told
    for number, unit in enumerate(UNITS):
        assert re.search(
            rf"^  {unit}: .*done: {{communication-teams: {{district: {number}}}}}", results(folder), re.MULTILINE
        )
    assert d8plan("--data", str(folder), "validate").returncode == 0
    assert told.splitlines() == [
        "No workbooks, not read: ghi-chu.txt",
        "Lock files of workbooks that are open, not read: ~$bao-lac.xlsx",
    ]


@pytest.fixture
def inbox(folder: Path, tmp_path: Path) -> Path:
    """Return a folder with a form, another in a folder within, and what else lies about."""
    made = tmp_path / "inbox"
    (made / "huyện" / "2").mkdir(parents=True)
    (made / ".git").mkdir()
    shutil.move(filled(folder, 3, "bao-lac"), made / "a.xlsx")
    shutil.move(filled(folder, 4, "bao-lam"), made / "huyện" / "2" / "bảo lâm.XLSX")
    others = "huyện/~$bl.xlsx huyện/quét.pdf .an.xlsx ._a.xlsx .~lock.a.xlsx# .git/x.xlsx đọc.docx khong-duoi"
    for name in others.split():
        (made / name).write_bytes(b"%PDF-1.7")
    return made


def test_a_folder_passes_over_nothing_in_silence(folder: Path, inbox: Path) -> None:
    code, _, told = bring_in(folder, inbox, "--yes")
    assert code == 0, told
    assert sorted(told.splitlines()) == [
        "Hidden files, not read: ._a.xlsx, .an.xlsx, .~lock.a.xlsx#, .git/x.xlsx",
        "Lock files of workbooks that are open, not read: huyện/~$bl.xlsx",
        "No workbooks, not read: khong-duoi, đọc.docx, huyện/quét.pdf",
    ]
    assert "bao-lac: {" in results(folder)
    assert "bao-lam: {" in results(folder), "forms in folders within are forms"


@pytest.mark.parametrize(
    ("name", "case", "told"),
    [
        ("b.xls", "old.xls", "an old Excel file (.xls)"),
        ("huyện/b.ods", "sheet.ods", "an OpenDocument file (.ods)"),
        ("b.fods", "flat.fods", "an OpenDocument file (.ods)"),
        ("b.xlsm", "macros.xlsm", "The workbook holds macros"),
        ("b.XLSB", "binary.xlsb", "an Excel binary workbook (.xlsb)"),
        ("b.xltx", "empty.xlsx", "The file is empty"),
    ],
)
def test_a_workbook_of_another_kind_in_a_folder_is_refused(
    folder: Path, inbox: Path, name: str, case: str, told: str
) -> None:
    (inbox / name).write_bytes(HOSTILE[case])
    before = contents(folder)
    code, _, refused = bring_in(folder, inbox, "--yes")
    assert code == 3
    assert re.search(rf"^{Path(name).name}: .*{re.escape(told)}", refused, re.MULTILINE), refused
    assert contents(folder) == before
    code, _, left_out = bring_in(folder, inbox, "--yes", "--skip-refused")
    assert code == 0
    assert told in left_out
    assert "bao-lac: {" in results(folder)


def test_an_xlsm_without_macros_is_read_as_what_it_is(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.move(filled(folder), tmp_path / "in" / "c.xlsm")
    assert bring_in(folder, tmp_path / "in", "--yes")[0] == 0
    assert "bao-lac: {" in results(folder)


def test_a_lock_file_that_a_pattern_names_is_passed_over_with_a_line(folder: Path, tmp_path: Path) -> None:
    path = filled(folder)
    lock = tmp_path / f"~${path.name}"
    lock.write_bytes(HOSTILE["~$annex.xlsx"])
    code, _, told = bring_in(folder, lock, path, "--yes")
    assert (code, told) == (0, f"Lock files of workbooks that are open, not read: {lock.name}\n")
    code, _, told = bring_in(folder, lock, "--yes")
    assert code == 2
    assert "There is no workbook to read" in told


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="links need no rights on POSIX alone")
def test_links_to_folders_are_named_and_not_followed(folder: Path, inbox: Path) -> None:
    (inbox / "huyện" / "vòng").symlink_to(inbox)
    code, _, told = bring_in(folder, inbox, "--yes")
    assert code == 0
    assert "Links to folders, not read: huyện/vòng" in told


@pytest.mark.parametrize("name", [one for one in sorted(HOSTILE)[::4] if not one.startswith("~$")])
def test_a_hostile_file_among_good_ones_is_refused_and_nothing_written(folder: Path, name: str) -> None:
    good, bad = filled(folder), folder.parent / "bad.xlsx"
    bad.write_bytes(HOSTILE[name])
    before = contents(folder)
    code, _, told = bring_in(folder, good, bad, "--yes")
    assert code == 3
    assert "bad.xlsx: " in told
    assert contents(folder) == before


def test_a_file_with_line_ends_of_windows_keeps_them(folder: Path) -> None:
    assert bring_in(folder, filled(folder), "--yes")[0] == 0
    path = folder / "plans/2024/results/2024-Q2.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    assert bring_in(folder, filled(folder, unit="bao-lam"), "--yes")[0] == 0
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n")


def test_an_empty_form_and_a_missing_row_are_faults(folder: Path) -> None:
    code, _, told = bring_in(folder, form(folder), "--yes")
    assert code == 3
    assert "Nothing is filled in" in told
    path = filled(folder)
    change(path, lambda _, sheet: sheet.delete_rows(table(sheet)["CLB Thủ lĩnh của sự thay đổi"]))
    code, _, told = bring_in(folder, path, "--yes")
    assert code == 3
    assert "There is no row of “CLB Thủ lĩnh của sự thay đổi”" in told
    assert bring_in(folder, path, "--yes", "--partial")[0] == 0


def test_a_form_that_says_again_what_was_corrected_is_refused(folder: Path) -> None:
    """All other cells of it may be new: one that goes back is enough."""
    stale = filled(folder, 3, Người_báo_cáo="Chị A")
    assert bring_in(folder, stale, "--yes", "--received", "2024-07-02")[0] == 0
    assert bring_in(folder, filled(folder, 4, period="2024-Q2"), "--yes", "--received", "2024-07-09")[0] == 0
    stale = filled(folder, 3)
    fill(stale, {PROVINCE: 1})
    before = results(folder)
    code, _, told = bring_in(folder, stale, "--yes")
    assert code == 3
    assert "Tổ truyền thông cộng đồng, Cấp huyện: 3 is what was said before the correction of 2024-07-09" in told
    assert "--older" in told
    assert results(folder) == before
    assert bring_in(folder, stale, "--yes", "--older")[0] == 0
    assert "communication-teams: {district: 3, province: 1}" in results(folder)


def test_a_form_of_an_earlier_day_or_received_before_takes_nothing_back(folder: Path) -> None:
    known = filled(folder, 4, Số_liệu_tính_đến_ngày=datetime.date(2024, 7, 15))
    assert bring_in(folder, known, "--yes", "--received", "2024-07-16")[0] == 0
    again = form(folder)
    sheet = openpyxl.load_workbook(again).worksheets[0]
    assert "2024-07-15" in str(sheet.cell(line(sheet, "Số liệu tính đến ngày"), 3).value)
    before = results(folder)
    older = filled(folder, 5, Số_liệu_tính_đến_ngày=datetime.date(2024, 6, 30))
    code, _, told = bring_in(folder, older, "--yes")
    assert code == 3
    assert "Its numbers are of 2024-06-30, those that are there of 2024-07-15" in told
    early = filled(folder, 5, Số_liệu_tính_đến_ngày=datetime.date(2024, 7, 15))
    code, _, told = bring_in(folder, early, "--yes", "--received", "2024-07-15", "--older")
    assert code == 3
    assert "It came in on 2024-07-15, before the report that is there (2024-07-16)" in told
    assert results(folder) == before
    same = filled(folder, 4, Số_liệu_tính_đến_ngày=datetime.date(2024, 7, 15))
    assert bring_in(folder, same, "--yes", "--received", "2024-07-15")[1].endswith("Nothing changes\n")


def test_a_number_far_beyond_its_plan_is_told_and_taken(folder: Path) -> None:
    """Bảo Lạc has 5 teams at district level (line 304)."""
    code, _, told = bring_in(folder, filled(folder, 50), "--yes")
    assert code == 0
    assert "T007: Tổ truyền thông cộng đồng, Bảo Lạc, Cấp huyện: 50 done, 5 planned" in told
    assert "{district: 50}" in results(folder)
