"""Forms go out, come back filled in, and stand beside the plan."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from filled_forms import INPUT, LABEL, PLAN, fill, table
from support import DATA, ROOT, UNITS, d8plan

TEAMS = "Tổ truyền thông cộng đồng, "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped data, its plans sealed as they are."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def form(folder: Path, period: str = "2024-Q2", unit: str = "bao lac") -> Path:
    path = folder.parent / f"{period}-{unit}.xlsx"
    done = d8plan(
        "--data", str(folder), "report-form", "2024", "--period", period, "--district", unit, "--output", str(path)
    )
    assert done.returncode == 0, done.stderr
    return path


def bring_in(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = d8plan("--data", str(folder), "--lang", "en", "import-report", *arguments)
    return done.returncode, done.stdout, done.stderr


def results(folder: Path, period: str = "2024-Q2") -> str:
    return (folder / "plans/2024/results" / f"{period}.yaml").read_text(encoding="utf-8")


def progress(folder: Path, *arguments: str) -> dict[str, dict[str, str]]:
    done = d8plan("--data", str(folder), "progress", "2024", *arguments, "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {"/".join(filter(None, (row["indicator"], row.get("level")))): row for row in rows}


class TestForm:
    def test_has_the_targets_of_the_plan(self, folder: Path) -> None:
        sheet = openpyxl.load_workbook(form(folder)).worksheets[0]
        rows = table(sheet)
        # Bảo Lạc in the annex of 2024, line 304: 5 and 5 teams, 5 and 10 dialogues, 2 clubs.
        assert sheet.cell(rows[f"{TEAMS}Cấp tỉnh"], PLAN).value == 5
        assert sheet.cell(rows["Đối thoại chính sách, Cấp huyện"], PLAN).value == 10
        assert sheet.cell(rows["CLB Thủ lĩnh của sự thay đổi"], PLAN).value == 2

    def test_only_what_is_to_be_filled_in_can_be(self, folder: Path) -> None:
        sheet = openpyxl.load_workbook(form(folder)).worksheets[0]
        assert sheet.protection.sheet
        free = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
        rows = table(sheet)
        inputs = {sheet.cell(row, INPUT).coordinate for row in rows.values()}
        assert inputs <= free
        assert {cell[0] for cell in free - inputs} <= set("CDEFGH")
        assert len({cell[1:] for cell in free - inputs}) == 3, "the day, who reports, a note"
        kinds = {rule.type for rule in sheet.data_validations.dataValidation}
        assert kinds == {"whole", "date"}

    def test_earlier_results_stand_in_the_next_form(self, folder: Path) -> None:
        first = form(folder, "2024-Q1")
        fill(first, {f"{TEAMS}Cấp huyện": 2})
        assert bring_in(folder, str(first), "--yes")[0] == 0
        sheet = openpyxl.load_workbook(form(folder), data_only=True).worksheets[0]
        row = table(sheet)[f"{TEAMS}Cấp huyện"]
        assert [sheet.cell(row, column).value for column in (5, 6, 7, 8)] == [2, None, 2, 0.4]

    def test_one_workbook_or_one_file_a_unit(self, folder: Path, tmp_path: Path) -> None:
        asked = ["--data", str(folder), "report-form", "2024", "--period", "2024-Q2"]
        assert d8plan(*asked, "--per-district", "--output", str(tmp_path / "bieu")).returncode == 0
        names = {path.name for path in (tmp_path / "bieu").iterdir()}
        assert {f"bao-cao-2024-2024-Q2-{unit}.xlsx" for unit in UNITS} <= names
        assert d8plan(*asked, "--output", str(tmp_path / "all.xlsx")).returncode == 0
        sheets = openpyxl.load_workbook(tmp_path / "all.xlsx").worksheets
        assert len([sheet for sheet in sheets if sheet.sheet_state == "visible"]) == len(names)

    @pytest.mark.parametrize("period", ["2023-Q1", "2024-Q5", "next"])
    def test_of_no_period_of_the_plan_is_refused(self, period: str) -> None:
        done = d8plan("--lang", "en", "report-form", "2024", "--period", period)
        assert done.returncode == 2
        assert "2024-Q1, 2024-Q2, 2024-Q3, 2024-Q4" in done.stderr


class TestImport:
    def test_what_was_filled_in_is_written(self, folder: Path) -> None:
        path = form(folder)
        fill(
            path,
            {f"{TEAMS}Cấp huyện": "3 tổ", "CLB Thủ lĩnh của sự thay đổi": 0},
            Người_báo_cáo="Hội LHPN huyện Bảo Lạc",
            Số_liệu_tính_đến_ngày=datetime.date(2024, 6, 28),
            Ghi_chú="Chưa gồm xã mới",
        )
        before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
        code, shown, _ = bring_in(folder, str(path), "--received", "2024-07-02", "--yes")
        assert code == 0
        assert "“3 tổ” is read as 3 tổ" in shown
        report = results(folder)
        for line in (
            "  bao-lac:",
            "    as_of: 2024-06-28",
            "    received: 2024-07-02",
            "    by: Hội LHPN huyện Bảo Lạc",
            "    note: Chưa gồm xã mới",
        ):
            assert f"{line}\n" in report
        assert "communication-teams: {district: 3}" in report, "an empty cell is not reported"
        assert "change-leader-clubs: 0" in report, "a 0 is"
        assert all(one.read_bytes() == content for one, content in before.items())
        assert d8plan("--data", str(folder), "validate").returncode == 0, "results break no seal"
        again = bring_in(folder, str(path), "--received", "2024-07-03", "--yes")
        assert "Nothing changes" in again[1]

    def test_nine_at_once_from_a_folder(self, folder: Path, tmp_path: Path) -> None:
        for unit in UNITS:
            fill(form(folder, unit=unit), lambda label, plan: 1 if plan and label.startswith(TEAMS) else 0)
        (tmp_path / "~$lock.xlsx").write_bytes(b"open in Excel")
        code, _, told = bring_in(folder, str(tmp_path), "--yes")
        assert code == 0, told
        assert all(f"  {unit}:" in results(folder) for unit in UNITS)
        # Seven of the eighteen figures of the nine units are above 0: 3 units have both, Thạch An one, and
        # Bảo Lạc and Bảo Lâm both (lines 297-305).
        assert progress(folder, "--as-of", "2030-01-01")["communication-teams"]["cumulative"] == "9"

    def test_a_correction_keeps_what_was_said_before(self, folder: Path) -> None:
        path = form(folder)
        fill(path, {f"{TEAMS}Cấp huyện": 3, f"{TEAMS}Cấp tỉnh": 1}, Người_báo_cáo="Chị A")
        assert bring_in(folder, str(path), "--received", "2024-07-02", "--yes")[0] == 0
        fill(path, {f"{TEAMS}Cấp huyện": 4}, Người_báo_cáo="Chị B")
        code, shown, _ = bring_in(folder, str(path), "--received", "2024-07-09", "--yes")
        assert code == 0
        assert "Corrections" in shown
        report = results(folder)
        assert "communication-teams: {province: 1, district: 4}" in report
        assert 'earlier:\n      "1": {as_of: 2024-06-30, received: 2024-07-02, by: Chị A, done: ' in report
        assert "done: {communication-teams: {district: 3}}" in report, "only the value that was another"
        loaded = json.loads(
            d8plan("--data", str(folder), "progress", "2024", "--unit", "bao lac", "--format", "json").stdout
        )
        assert loaded["reports"][0]["corrections"] == 1

    def test_comments_and_other_reports_stay(self, folder: Path) -> None:
        fill(form(folder), {f"{TEAMS}Cấp huyện": 3})
        assert bring_in(folder, str(form_path(folder, "bao lac")), "--yes")[0] == 0
        kept = folder / "plans/2024/results/2024-Q2.yaml"
        kept.write_text(results(folder).replace("  bao-lac:\n", "  bao-lac:  # đã gọi điện hỏi\n"), encoding="utf-8")
        fill(form(folder, unit="bao lam"), {f"{TEAMS}Cấp huyện": 2})
        before = results(folder)
        assert bring_in(folder, str(form_path(folder, "bao lam")), "--yes")[0] == 0
        assert results(folder).startswith(before)

    @pytest.mark.parametrize(
        ("value", "told"),
        [("khoảng 3", "khoảng 3"), (-1, "-1"), (1.5, "1.5"), ("10-12", "10-12"), ("1.234", "1.234")],
    )
    def test_doubtful_cells_are_refused_with_their_place(self, folder: Path, value: object, told: str) -> None:
        path = form(folder)
        fill(path, {f"{TEAMS}Cấp huyện": value})
        code, _, refused = bring_in(folder, str(path), "--yes")
        assert code == 3
        sheet = openpyxl.load_workbook(path).worksheets[0]
        where = sheet.cell(table(sheet)[f"{TEAMS}Cấp huyện"], INPUT).coordinate
        assert f"Bảo Lạc!{where}: " in refused
        assert told in refused
        assert not (folder / "plans/2024/results").exists()

    def test_one_bad_form_holds_all_back_unless_told(self, folder: Path) -> None:
        good, bad = form(folder), form(folder, unit="bao lam")
        fill(good, {f"{TEAMS}Cấp huyện": 3})
        fill(bad, {f"{TEAMS}Cấp huyện": "ba"})
        assert bring_in(folder, str(good), str(bad), "--yes")[0] == 3
        assert not (folder / "plans/2024/results").exists()
        code, _, told = bring_in(folder, str(good), str(bad), "--yes", "--skip-refused")
        assert code == 0
        assert bad.name in told
        assert "bao-lac:" in results(folder)
        assert "bao-lam:" not in results(folder)

    def test_rows_sorted_columns_inserted_names_spelt_otherwise(self, folder: Path) -> None:
        path = form(folder)
        fill(path, {f"{TEAMS}Cấp huyện": 3, "Đối thoại chính sách, Cấp tỉnh": 1})
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        rows = table(sheet)
        first, last = min(rows.values()), max(rows.values())
        held = [[sheet.cell(row, column).value for column in range(1, 7)] for row in range(first, last + 1)]
        for row, values in zip(range(first, last + 1), reversed(held), strict=True):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column).value = value
        for row in range(1, first):
            if sheet.cell(row, 1).value == "Đơn vị báo cáo":
                sheet.cell(row, 3).value = "HUYEN BAO LAC"
        sheet.title = "Quý 2"
        book.save(path)
        code, _, told = bring_in(folder, str(path), "--yes")
        assert code == 0, told
        assert "communication-teams: {district: 3}" in results(folder)
        assert "policy-dialogues: {province: 1}" in results(folder)

    def test_a_half_year_that_contradicts_its_quarter_is_refused(self, folder: Path) -> None:
        fill(form(folder), {f"{TEAMS}Cấp huyện": 3})
        assert bring_in(folder, str(form_path(folder, "bao lac")), "--yes")[0] == 0
        half = form(folder, "2024-H1")
        fill(half, {f"{TEAMS}Cấp huyện": 2})
        code, _, told = bring_in(folder, str(half), "--yes")
        assert code == 3
        assert "Tổ truyền thông cộng đồng, Cấp huyện: 2 for 2024-H1, 3 for 2024-Q2" in told
        fill(half, {f"{TEAMS}Cấp huyện": 4})
        code, _, told = bring_in(folder, str(half), "--yes")
        assert code == 0, told
        row = progress(folder, "--as-of", "2030-01-01", "--period", "2024-H1")["communication-teams"]
        assert (row["in_period"], row["cumulative"]) == ("4", "4"), "nothing is counted twice"

    def test_an_annex_is_no_report_and_a_report_no_annex(self, folder: Path, tmp_path: Path) -> None:
        annex = tmp_path / "annex.xlsx"
        assert d8plan("--data", str(folder), "export-appendix", "--output", str(annex)).returncode == 0
        code, _, told = bring_in(folder, str(annex), "--yes")
        assert code == 3
        assert "import-appendix" in told
        done = d8plan("--data", str(folder), "--lang", "en", "import-appendix", str(form(folder)), "--yes")
        assert done.returncode == 3
        assert "import-report" in done.stderr

    def test_nobody_to_ask_and_dry_run_write_nothing(self, folder: Path) -> None:
        path = form(folder)
        fill(path, {f"{TEAMS}Cấp huyện": 3})
        assert bring_in(folder, str(path))[0] == 2
        assert bring_in(folder, str(path), "--dry-run")[0] == 0
        assert not (folder / "plans/2024/results").exists()


def form_path(folder: Path, unit: str, period: str = "2024-Q2") -> Path:
    return folder.parent / f"{period}-{unit}.xlsx"


REPORTS = """reports:
  bao-lac:
    as_of: {as_of}
    received: {as_of}
    by: Hội LHPN huyện Bảo Lạc
    done:
      communication-teams: {{province: {province}, district: {district}}}
    spent:
      districts: {{granted: {spent}}}
"""


@pytest.fixture
def reported(folder: Path) -> Path:
    """Return the data with two quarters of Bảo Lạc: 2 + 1, then 4 + 5 of its 10 teams."""
    (folder / "plans/2024/results").mkdir()
    for period, as_of, province, district, spent in (
        ("2024-Q1", "2024-03-31", 2, 1, 1_000_000_000),
        ("2024-Q2", "2024-06-28", 4, 5, 183_000_000),
    ):
        text = REPORTS.format(as_of=as_of, province=province, district=district, spent=spent)
        (folder / f"plans/2024/results/{period}.yaml").write_text(text, encoding="utf-8")
    return folder


class TestProgress:
    def test_periods_add_up_to_the_day(self, reported: Path) -> None:
        row = progress(reported, "--as-of", "2024-06-30")["communication-teams"]
        assert (row["planned"], row["in_period"], row["cumulative"]) == ("57", "9", "12")
        assert row["percent"] == "21.05", "12 of 57"
        row = progress(reported, "--as-of", "2024-06-27")["communication-teams"]
        assert (row["in_period"], row["cumulative"]) == ("3", "3"), "the second report tells of a later day"

    def test_a_unit_by_level_and_over_a_hundred_per_cent(self, reported: Path) -> None:
        rows = progress(reported, "--as-of", "2024-06-30", "--district", "bao lac")
        by_level = {level: rows[f"communication-teams/{level}"] for level in ("province", "district")}
        assert by_level["province"]["percent"] == "120.0", "6 of 5"
        assert by_level["district"]["percent"] == "120.0"

    def test_who_is_missing_and_who_is_behind(self, reported: Path) -> None:
        done = d8plan("--data", str(reported), "progress", "2024", "--as-of", "2024-06-30", "--format", "json")
        view = json.loads(done.stdout)
        assert view["facts"]["reported"] == "1 trên 11", "nine districts, a department, the Union that holds money"
        assert "Quảng Hoà" in view["facts"]["missing"]
        assert view["facts"]["elapsed_percent"] == 49.73, "182 of 366 days"
        behind = {row["unit"]: row["indicators"] for row in view["behind"]}
        assert list(behind) == ["bao-lac"], "of those who have not reported nothing is known"
        assert "Đối thoại chính sách (0/15)" in behind["bao-lac"]
        assert "TKVVTB" not in behind["bao-lac"], "what is paused is not behind"
        assert "Tổ truyền thông" not in behind["bao-lac"]

    def test_disbursement(self, reported: Path) -> None:
        view = json.loads(
            d8plan("--data", str(reported), "progress", "2024", "--as-of", "2024-06-30", "--format", "json").stdout
        )
        (row,) = [row for row in view["budget"] if (row["holder"], row["origin"]) == ("districts", "granted")]
        assert (row["planned"], row["in_period"], row["cumulative"]) == (21_830_000_000, 183_000_000, 1_183_000_000)

    def test_of_the_phase(self, reported: Path) -> None:
        view = json.loads(
            d8plan("--data", str(reported), "progress", "2024", "--as-of", "2024-06-30", "--format", "json").stdout
        )
        (row,) = [row for row in view["phase"] if row["indicator"] == "communication-teams"]
        assert (row["planned"], row["cumulative"], row["percent"]) == (625, 12, 1.92)

    def test_the_workbook(self, reported: Path, tmp_path: Path) -> None:
        path = tmp_path / "tong-hop.xlsx"
        asked = ["progress", "2024", "--as-of", "2024-06-30", "--format", "xlsx", "--output", str(path)]
        assert d8plan("--data", str(reported), *asked).returncode == 0
        shown = openpyxl.load_workbook(path, data_only=True)
        assert shown.sheetnames == [
            "Tổng hợp", "Theo đơn vị", "So với giai đoạn", "Báo cáo", "Chậm so với thời gian", "Giải ngân"
        ]  # fmt: skip
        sheet = shown["Tổng hợp"]
        (row,) = [row for row in range(1, 30) if sheet.cell(row, LABEL).value == "Tổ truyền thông cộng đồng"]
        assert [sheet.cell(row, column).value for column in (4, 5, 6)] == [57, 9, 12]
        assert sheet.cell(row, 7).value == pytest.approx(12 / 57)
        formulas = openpyxl.load_workbook(path)["Tổng hợp"]
        assert str(formulas.cell(row, 6).value).startswith("=IF(COUNT('Theo đơn vị'!")
        of_phase = openpyxl.load_workbook(path)["So với giai đoạn"]
        (row,) = [row for row in range(1, 30) if of_phase.cell(row, LABEL).value == "Tổ truyền thông cộng đồng"]
        assert of_phase.cell(row, 5).value == 12, "what all years have done is no sum of the year's rows"

    def test_the_workbook_has_every_column_of_the_terminal(self, reported: Path, tmp_path: Path) -> None:
        path = tmp_path / "tong-hop.xlsx"
        asked = ["--data", str(reported), "progress", "2024", "--as-of", "2024-06-30"]
        assert d8plan(*asked, "--format", "xlsx", "--output", str(path)).returncode == 0
        in_workbook = [
            {str(cell) for row in sheet.values for cell in row} for sheet in openpyxl.load_workbook(path).worksheets
        ]
        told = d8plan("--lang", "vi", *asked, "--format", "markdown").stdout.splitlines()
        tables = [line for line, under in pairwise(told) if under.startswith("|") and set(under) <= set("|-: ")]
        assert len(tables) == len(in_workbook) - 1, "beside them the rows of units"
        for line in tables:
            headings = {part.strip() for part in line.strip("|").split("|")}
            assert any(headings <= held for held in in_workbook), headings

    @pytest.mark.parametrize("arguments", [["--as-of", "30/6"], ["--period", "2025-Q1"], ["--output", "x.xlsx"]])
    def test_wrong_usage(self, arguments: list[str]) -> None:
        done = d8plan("progress", *arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr

    def test_the_page_tells_it(self, reported: Path, tmp_path: Path) -> None:
        path = tmp_path / "p.html"
        asked = ["report", "2024", "--as-of", "2024-06-30", "--output", str(path)]
        assert d8plan("--data", str(reported), *asked).returncode == 0
        text = path.read_text(encoding="utf-8")
        assert "Tỷ lệ hoàn thành kế hoạch năm" in text
        assert "21,05 %" in text


class TestStatus:
    def test_alone_it_tells_where_plans_stand(self, reported: Path) -> None:
        shown = d8plan("--lang", "en", cwd=reported.parent).stdout
        assert "288/KH-BCD" in shown
        assert "2024-Q1" in shown, "ten have not reported for the first quarter"
        assert shown == d8plan("--lang", "en", "status", cwd=reported.parent).stdout

    def test_without_data_it_helps(self, tmp_path: Path) -> None:
        done = d8plan(cwd=tmp_path)
        assert done.returncode == 0
        assert "validate" in done.stdout

    def test_every_command_has_an_example(self) -> None:
        from d8plan.cli.program import command_module, command_names

        for name in command_names():
            example = command_module(name).EXAMPLE
            assert example == "d8plan" or f"d8plan {name}" in example, name
        assert "d8plan allocate 2025" in d8plan("allocate", "--help", cwd=ROOT).stdout
