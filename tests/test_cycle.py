"""A year of a plan, from its draft to its last annex, as its people go through it."""

from __future__ import annotations

import csv
import datetime
import io
import shutil
from pathlib import Path

import openpyxl
from filled_forms import fill
from support import DATA, UNITS, d8plan, replace_once


class Office:
    """Somebody at a terminal with a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, code: int = 0) -> str:
        done = d8plan("--data", str(self.folder), "--lang", "en", *arguments)
        assert done.returncode == code, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def results(self, day: str) -> dict[str, dict[str, str]]:
        shown = self.run("progress", "2025", "--as-of", day, "--format", "csv")
        return {row["indicator"]: row for row in csv.DictReader(io.StringIO(shown))}


def test_a_year(tmp_path: Path) -> None:
    office = Office(Path(shutil.copytree(DATA, tmp_path / "data")))
    run = office.run
    # The draft: what the phase leaves. Of 306 dialogues 124 were planned for 2024; 182 are left.
    run("new", "2025", "--from", "2024")
    assert "draft" in run("status")
    assert "A005" in run("validate", "2025", "--select", "A005")
    document = ["--document", "01/KH-BCD", "--date", "2025-02-10"]
    replace_once(
        office.folder / "documents.yaml",
        "  kh-2025: {kind: Kế hoạch, ",
        "  kh-2025: {kind: Kế hoạch, number: 01/KH-BCD, date: 2025-02-10, ",
    )
    assert "to allot or to fill in" in run("seal", "2025", *document, code=1)
    # Everything is allotted, dialogues of the districts by villages; amounts are filled in; the plan is signed.
    run("allocate", "2025", "--all", "--write")
    run("allocate", "2025", "policy-dialogues", "--level", "district", "--by", "villages", "--write")
    for holder, amount in (("Hội LHPN tỉnh", "5.000.000.000"), ("Sở Lao động", "900.000.000"), ("Các huyện", "1")):
        for origin, value in (("granted", amount), ("carried-over", "0")):
            run("set", "2025", origin, holder, value, "--allow-findings")
    replace_once(
        office.folder / "plans/2025/budget.yaml",
        "totals: {}",
        "totals:\n  control-grand: {amount: 5900000001}",
    )
    run("seal", "2025", *document)
    run("validate")
    # Two quarters: forms go out, come back filled in, and are collected.
    for period, day, done in (("2025-Q1", "2025-03-31", 1), ("2025-Q2", "2025-06-30", 2)):
        forms = tmp_path / period
        run("report-form", "2025", "--period", period, "--per-district", "--output", str(forms))
        chosen = tmp_path / f"{period}-filled"
        chosen.mkdir()
        for unit in UNITS:
            path = Path(shutil.copy(forms / f"bao-cao-2025-{period}-{unit}.xlsx", chosen))

            def typed(label: str, plan: object, done: int = done) -> object:
                return f"{done} cuộc" if label == "Đối thoại chính sách, Cấp huyện" else None

            fill(path, typed, Người_báo_cáo=f"Hội LHPN huyện {unit}")
        received = (datetime.date.fromisoformat(day) + datetime.timedelta(3)).isoformat()
        run("import-report", str(chosen), "--received", received, "--yes")
    assert office.results("2025-04-15")["policy-dialogues"]["cumulative"] == "9"
    row = office.results("2025-07-05")["policy-dialogues"]
    assert (row["planned"], row["in_period"], row["cumulative"]) == ("182", "18", "27")
    assert row["percent"] == "14.84", "27 of 182"
    # One district was wrong about the first quarter.
    late = tmp_path / "2025-Q1-filled" / "bao-cao-2025-2025-Q1-bao-lac.xlsx"
    fill(late, {"Đối thoại chính sách, Cấp huyện": 4})
    assert "Corrections" in run("import-report", str(late), "--received", "2025-07-20", "--yes")
    assert office.results("2025-07-21")["policy-dialogues"]["cumulative"] == "30"
    assert "earlier" in (office.folder / "plans/2025/results/2025-Q1.yaml").read_text(encoding="utf-8")
    # The page, and the consolidated workbook.
    page = tmp_path / "plan.html"
    run("report", "2025", "--as-of", "2025-07-21", "--output", str(page))
    assert "16.48 %" in page.read_text(encoding="utf-8"), "30 of 182"
    run("progress", "2025", "--format", "xlsx", "--as-of", "2025-07-21", "--output", str(tmp_path / "all.xlsx"))
    # A later document gives one village club more; the signed plan takes it only as an amendment.
    units = office.folder / "documents.yaml"
    addition = "  kh-90: {kind: Kế hoạch, number: 90/KH-BCD, date: 2025-08-01, title: Bổ sung}\n"
    units.write_text(units.read_text(encoding="utf-8") + addition, encoding="utf-8")
    change = ["set", "2025", "gender-mainstreaming-3", "bao lam", "0", "--level", "province", "--with-totals"]
    assert "signed and sealed" in run(*change, code=1)
    run(*change, "--amendment", "2025-08", "--document", "90/KH-BCD", "--reason", "Điều chỉnh theo thực tế")
    run("validate")
    assert "amended" in run("status")
    # The annex in force.
    annex = tmp_path / "annex.xlsx"
    run("export-appendix", "2025", "--output", str(annex))
    sheet = openpyxl.load_workbook(annex, data_only=True).worksheets[0]
    texts = {str(cell.value) for row_of in sheet for cell in row_of if cell.value is not None}
    assert "CHỈ TIÊU DỰ ÁN 8 CẤP TỈNH THỰC HIỆN NĂM 2025" in texts
    assert "182" in texts
    assert "Chưa phân bổ" in texts, "the line stays, with nothing in it"
