"""Shares in per cent: 100 where all is done, 0 where nothing is, and nowhere else."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from d8plan.ledger.figures import reached
from d8plan.render import views
from d8plan.sheets.book import share_formula
from d8plan.text.language import language, telling
from d8plan.text.message import M
from d8plan.views.table import Column, Table, View

SHARES = [
    (0, 3, 0), (1, 10**9, 1), (49, 10**6, 1), (1, 20_000, 1), (1, 3, 3_333), (99_990, 10**5, 9_999),
    (99_994, 10**5, 9_999), (99_997, 10**5, 9_999), (10**9 - 1, 10**9, 9_999), (7, 7, 10_000),
    (10**9 + 1, 10**9, 10_001), (100_003, 10**5, 10_001), (5, 4, 12_500), (11_936, 10_000, 11_936),
]  # fmt: skip
"""What is done, what is planned, and the share in hundredths of a per cent."""


@pytest.mark.parametrize(("done", "planned", "hundredths"), SHARES)
def test_what_every_format_says_of_a_share(done: int, planned: int, hundredths: int) -> None:
    share = Fraction(done, planned)
    for code, mark in (("vi", ","), ("en", ".")):
        assert language(code).percent(share) == f"{hundredths // 100}{mark}{hundredths % 100:02d} %"
    table = Table("t", M("T"), (Column("share_percent", M("share")),), ((share,),))
    view, vi = View(M("T"), (), (table,)), language("vi")
    assert json.loads(views.as_json(view, vi))["t"] == [{"share_percent": hundredths / 100}]
    assert float(list(csv.reader(io.StringIO(views.as_csv(view, vi))))[1][0]) == hundredths / 100
    told = f"{hundredths // 100},{hundredths % 100:02d} %"
    for text in (views.as_markdown(view, vi), views.as_table(view, vi, width=80, colour=False, unicode=True)):
        assert f" {told}" in text


@pytest.mark.parametrize(
    ("done", "planned", "percent"),
    [(0, 5, 0), (1, 1000, 1), (1, 3, 33), (199, 200, 99), (995, 1000, 99), (5, 5, 100), (1001, 1000, 101), (3, 2, 150)],
)
def test_a_rate_of_what_was_done(done: int, planned: int, percent: int) -> None:
    assert reached(done, planned) == percent


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_computes_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row, (done, planned, _) in enumerate([*SHARES, (3, 0, 0)], 1):
        sheet.append([done, planned, share_formula(f"A{row}", f"B{row}")])
        sheet.cell(row, 3).number_format = "0.00%"
    sheet.append([None, 5, share_formula(f"A{len(SHARES) + 2}", f"B{len(SHARES) + 2}")])
    book.save(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "a.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    shown = [row[2] for row in csv.reader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines())]
    told = [hundredths / 100 for *_, hundredths in SHARES]
    assert [round(float(one.removesuffix("%")), 2) if one else None for one in shown] == [*told, None, None]


@pytest.mark.parametrize(("done", "planned", "hundredths"), SHARES)
def test_what_a_workbook_holds_before_it_is_computed(done: int, planned: int, hundredths: int) -> None:
    assert f"{float(100 * telling(Fraction(done, planned))):.2f}" == f"{hundredths // 100}.{hundredths % 100:02d}"


@pytest.mark.parametrize("name", ["2/9", "3-2", "03-02-1930", "2/1930", "2024-06", "=1", "@x", "-1"])
def test_no_text_of_csv_becomes_a_date_or_a_formula(name: str) -> None:
    text = views.csv_text(["name", "value"], [[name, 5]])
    assert text == f"name,value\r\n'{name},5\r\n"


@pytest.mark.parametrize("name", ["2024", "2021-2025", "2024-Q2", "2024-06-30", "288/KH-BCD", "xa-1", "1.11", "Xã 3/2"])
def test_other_text_of_csv_is_as_it_is(name: str) -> None:
    assert views.csv_text(["name"], [[name]]) == f"name\r\n{name}\r\n"
