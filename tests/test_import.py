"""``d8plan import-appendix`` as its users run it."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from pathlib import Path

import hand_edited as hand
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import DATA, ROOT, d8plan, replace_once

from d8plan.models.places import Place

ROWS = (ROOT / "tests" / "source" / "annex-2024.tsv").read_text(encoding="utf-8").splitlines()
ANNEX = "plans/2024/allocations.yaml"
TEAMS = Place(ANNEX, ("indicators", "communication-teams", "units", "bao-lac", "district"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def changed_lines(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Return the lines that differ, as a comparison without context shows them."""
    found = []
    for name in sorted({*before, *after}):
        old, new = (one.get(name, b"").decode().splitlines() for one in (before, after))
        found += [line for line in difflib.unified_diff(old, new, n=0, lineterm="") if re.match(r"[-+](?![-+])", line)]
    return [" ".join(line.split()) for line in found]


@pytest.fixture
def workbook(data: Path, tmp_path: Path) -> Path:
    """The 2024 workbook with Bảo Lạc's district teams raised to 6."""
    _, book = hand.exported(data, "2024")
    path = tmp_path / "annex.xlsx"
    path.write_bytes(hand.content(hand.edited(book, hand.typed({TEAMS: 6}))))
    return path


def test_three_cells_become_three_lines(data: Path, tmp_path: Path) -> None:
    result = d8plan("--data", str(data), "export-appendix", "--output", str(tmp_path / "a.xlsx"))
    assert result.returncode == 0, result.stderr
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = made["Phụ lục I"]
    names = {str(sheet.cell(row, 2).value): row for row in range(1, sheet.max_row + 1)}
    # One team from Bảo Lạc to Hạ Lang, so that the level's total stays, and a village more.
    assert sheet.cell(names["Bảo Lạc"], 6).value == 5
    sheet.cell(names["Bảo Lạc"], 6).value = 4
    sheet.cell(names["Hạ Lang"], 6).value = "1 tổ"
    sheet.cell(names["Thạch An"], 4).value = 70
    made.save(tmp_path / "b.xlsx")
    before = files(data)
    result = d8plan("--data", str(data), "import-appendix", str(tmp_path / "b.xlsx"), "--yes", "--allow-findings")
    assert result.returncode == 0, result.stdout + result.stderr
    assert changed_lines(before, files(data)) == [
        "- ha-lang: {province: 0, district: 0}",
        "+ ha-lang: {province: 0, district: 1}",
        "- bao-lac: {province: 5, district: 5}",
        "+ bao-lac: {province: 5, district: 4}",
        "- thach-an: {number: 4, line: 300, zone: {communes: 12, villages: 69}}",
        "+ thach-an: {number: 4, line: 300, zone: {communes: 12, villages: 70}}",
    ]


def test_a_dry_run_shows_and_writes_nothing(data: Path, workbook: Path) -> None:
    before = files(data)
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(workbook), "--dry-run", "--with-totals")
    assert result.returncode == 0, result.stderr
    assert re.search(r"Tổ truyền thông cộng đồng, Bảo Lạc, Cấp huyện +tổ +5 +6 +\+1", result.stdout)
    assert files(data) == before


def test_what_would_not_validate_is_shown_and_not_written_unless_told_to(data: Path, workbook: Path) -> None:
    before = files(data)
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(workbook), "--yes")
    assert result.returncode == 1
    assert "A001" in result.stdout
    assert files(data) == before
    result = d8plan("--data", str(data), "import-appendix", str(workbook), "--yes", "--allow-findings")
    assert result.returncode == 0
    assert changed_lines(before, files(data)) == [
        "- bao-lac: {province: 5, district: 5}",
        "+ bao-lac: {province: 5, district: 6}",
    ]


def test_nobody_to_ask_writes_nothing(data: Path, workbook: Path) -> None:
    before = files(data)
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(workbook), "--with-totals")
    assert result.returncode == 2
    assert "--yes" in result.stderr
    assert files(data) == before


def test_without_an_edit_nothing_changes_byte_for_byte(data: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    d8plan("--data", str(data), "export-appendix", "--output", str(first))
    before = files(data)
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(first), "--yes")
    assert (result.returncode, result.stdout) == (0, "Nothing changes\n")
    assert files(data) == before
    d8plan("--data", str(data), "export-appendix", "--output", str(again))
    assert first.read_bytes() == again.read_bytes()


def test_a_sealed_plan_asks_for_an_amendment_and_takes_it(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    _, book = hand.exported(data, "2024")
    path = tmp_path / "annex.xlsx"
    path.write_bytes(hand.content(hand.edited(book, hand.typed({TEAMS: 6}))))
    replace_once(
        data / "documents.yaml",
        "  luat-pcblgd-2022:\n",
        "  kh-300-2024: {kind: Kế hoạch, number: 300/KH-BCD, date: 2024-07-15}\n  luat-pcblgd-2022:\n",
    )
    before = files(data)
    command = ("--lang", "en", "--data", str(data), "import-appendix", str(path), "--yes", "--with-totals")
    result = d8plan(*command)
    assert result.returncode == 1
    assert "signed and sealed" in result.stderr
    assert files(data) == before
    amendment = ("--amendment", "2024-07", "--document", "300/KH-BCD", "--reason", "Bảo Lạc thành lập thêm một tổ")
    result = d8plan(*command, *amendment)
    assert result.returncode == 0, result.stderr
    written = (data / "plans/2024/amendments/2024-07.yaml").read_text(encoding="utf-8")
    assert "allocations.yaml#/indicators/communication-teams/units/bao-lac/district: {old: 5, new: 6}" in written
    assert d8plan("--data", str(data), "validate").returncode == 0


def test_what_both_sides_changed_is_shown_and_refused(data: Path, workbook: Path) -> None:
    replace_once(data / ANNEX, "bao-lac:           {province: 5, district: 5}", "bao-lac: {province: 5, district: 9}")
    before = files(data)
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(workbook), "--yes", "--allow-findings")
    assert result.returncode == 1
    assert re.search(r" 5 +9 +6 +both changed it", result.stdout)
    assert files(data) == before


def annex_by_hand(sheet: Worksheet, *, merged: bool) -> dict[str, int]:
    """Type the signed annex from its source, with headings over their columns; return the rows of its units."""
    from d8plan.storage.data.loader import load

    texts = load(DATA).dataset.plans["2024"].annex
    assert texts is not None
    sheet["A1"], sheet["A2"] = "PHỤ LỤC I", texts.title
    sheet["A4"], sheet["B4"] = "STT", "Đơn vị"
    for letter, heading in zip("CD", texts.zone.values(), strict=True):
        sheet[f"{letter}4"] = heading
    at = 5
    levels = ROWS[1].split("\t")[4:]
    for group in texts.groups.values():
        for indicator, heading in group.indicators.items():
            split = levels[0] != "" and indicator not in UNSPLIT
            sheet.cell(4, at).value = heading
            if split:
                sheet.cell(6, at).value = "Cấp tỉnh"
                sheet.cell(6, at + 1).value = "Cấp huyện"
                if merged:
                    sheet.merge_cells(start_row=4, end_row=4, start_column=at, end_column=at + 1)
            at += 1 + split
    rows = {}
    for row, line in enumerate(ROWS[3:13], 8):
        number, name, *cells = line.split("\t")
        sheet.cell(row, 1).value = int(number)
        sheet.cell(row, 2).value = name
        rows[name] = row
        if name.startswith("Sở"):
            # Its 7 is printed one column to the left of where it belongs (source notes, row 10).
            cells[16], cells[17] = cells[17], cells[16]
        for column, text in enumerate(cells, 3):
            if text:
                sheet.cell(row, column).value = int(text)
    return rows


UNSPLIT = ("change-leader-clubs", "women-cadres-training", "gender-monitoring-training")


@pytest.mark.parametrize("merged", [True, False])
def test_an_annex_typed_by_hand_is_read(data: Path, tmp_path: Path, merged: bool) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    rows = annex_by_hand(sheet, merged=merged)
    sheet.cell(rows["Bảo Lạc"], 6).value = 6
    book.save(tmp_path / "typed.xlsx")
    before = files(data)
    command = ("--lang", "en", "--data", str(data), "import-appendix", str(tmp_path / "typed.xlsx"), "2024")
    result = d8plan(*command, "--yes", "--allow-findings")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "The workbook was not made by d8plan" in result.stdout
    assert changed_lines(before, files(data)) == [
        "- bao-lac: {province: 5, district: 5}",
        "+ bao-lac: {province: 5, district: 6}",
    ]


def test_an_annex_in_an_old_font_is_recognised_and_named(data: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    rows = annex_by_hand(sheet, merged=True)
    for name, text in {
        "Bảo Lạc": "B¶o L¹c",
        "Bảo Lâm": "B¶o L©m",
        "Hạ Lang": "H¹ Lang",
        "Hà Quảng": "Hµ Qu¶ng",
    }.items():
        sheet.cell(rows[name], 2).value = text
    for cell in sheet[6]:
        cell.value = {"Cấp tỉnh": "CÊp tØnh", "Cấp huyện": "CÊp huyÖn"}.get(str(cell.value))
    book.save(tmp_path / "old.xlsx")
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", str(tmp_path / "old.xlsx"), "2024")
    assert result.returncode == 0, result.stderr
    assert "TCVN3" in result.stdout
    assert result.stdout.endswith("Nothing changes\n")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_comes_back(data: Path, workbook: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "saved"), str(workbook)], check=True, capture_output=True, timeout=120)
    before = files(data)
    saved = str(tmp_path / "saved" / "annex.xlsx")
    result = d8plan("--lang", "en", "--data", str(data), "import-appendix", saved, "--yes", "--with-totals")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "not made by d8plan" not in result.stdout
    assert "+ bao-lac: {province: 5, district: 6}" in changed_lines(before, files(data))


@pytest.mark.parametrize("name", ["old.xls", "open-document.ods", "page.html", "separated.csv", "missing.xlsx", "."])
def test_a_file_that_is_no_workbook_is_refused_in_one_line(data: Path, name: str) -> None:
    before = files(data)
    path = ROOT / "tests" / "cases" / "workbooks" / name
    result = d8plan("--data", str(data), "import-appendix", str(path), "--yes")
    assert (result.returncode, result.stdout) == (3, "")
    assert len(result.stderr.splitlines()) == 1
    assert files(data) == before


def test_cells_that_cannot_be_read_are_named_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    _, book = hand.exported(data, "2024")
    clubs = Place(ANNEX, ("indicators", "change-leader-clubs", "units", "bao-lac"))
    path = tmp_path / "annex.xlsx"
    path.write_bytes(hand.content(hand.edited(book, hand.typed({TEAMS: "1,5", clubs: "10-12"}))))
    before = files(data)
    result = d8plan("--data", str(data), "import-appendix", str(path), "--yes", "--allow-findings")
    assert result.returncode == 3
    assert [line.partition(":")[0] for line in result.stderr.splitlines()[:2]] == ["Phụ lục I!F18", "Phụ lục I!Q18"]
    assert files(data) == before
