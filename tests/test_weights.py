"""Files with weights: ordinary tables are read, and what has not one reading is refused with its place."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import DATA, d8plan

from d8plan.app.errors import CommandError
from d8plan.app.weights import read
from d8plan.ledger.names import Names
from d8plan.storage.data.loader import load
from d8plan.text.language import language

ASK = (
    "--lang",
    "en",
    "allocate",
    "2024",
    "doi thoai",
    "--level",
    "district",
    "--total",
    "60",
    "--beyond-phase",
    "--by",
)


@cache
def spellings() -> dict[str, list[str]]:
    loaded = load(DATA)
    return Names(loaded.dataset).units(loaded.dataset.plans["2024"].plan.units)


def weights(path: Path, column: str | None = None) -> dict[str, Fraction]:
    """Return the weights that a file gives, those of 0 left out."""
    return {unit: weight for unit, weight in read(path, column, spellings()).by_unit.items() if weight}


def refused(path: Path) -> str:
    with pytest.raises(CommandError) as error:
        read(path, None, spellings())
    assert error.value.code == 2
    say = language("en").say
    return f"{say(error.value.message)}. {say(error.value.action) if error.value.action else ''}"


def text(folder: Path, content: str, encoding: str = "utf-8", name: str = "w.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def book(folder: Path, *rows: tuple[object, ...], change: Callable[[Worksheet], object] | None = None) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Hộ nghèo"
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    made.save(folder / "w.xlsx")
    return folder / "w.xlsx"


@pytest.mark.parametrize("number", ["1.234", "12.345", "1,234", "100,000", "12.345 hộ"])
def test_one_group_of_three_has_two_readings(tmp_path: Path, number: str) -> None:
    told = f"“{number}” can be read as more than one number"
    rows = f'Đơn vị;Hộ\nHạ Lang;15\nQuảng Hoà;"{number}"\n'
    assert f"w.csv: line 3: {told}" in refused(text(tmp_path, rows))
    assert f"line 3: {told}" in refused(text(tmp_path, rows.replace(";", "\t"), "utf-16"))
    assert f"w.xlsx: Hộ nghèo!B3: {told}" in refused(
        book(tmp_path, ("Đơn vị", "Hộ"), ("Hạ Lang", 15), ("Quảng Hoà", number))
    )
    first = f'Đơn vị;Hộ\nQuảng Hoa;"{number}"\nHạ Lang;15\n'
    assert "line 2" in refused(text(tmp_path, first.replace("Hoa", "Hoq"))), "no heading, but a unit misspelt"


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("0,5", "1/2"),
        ("12.34", "617/50"),
        ("1.234,5", "2469/2"),
        ("1,234.56", "30864/25"),
        ("1.234.567", "1234567"),
        ("1234,567", "1234567/1000"),
        ("1 234", "1234"),
        ("1\u00a0234,5", "2469/2"),
        ("0.3333333333333333", "3333333333333333/10000000000000000"),
        ("0,125", "1/8"),
        ("033", None),
        ("=1+2", None),
        ("10/9", None),
        ("-5", None),
        ("1e3", None),
        ("khoảng 5", None),
        ("#REF!", None),
        ("5;6", None),
    ],
)
def test_decimals_with_one_reading_are_weights(tmp_path: Path, number: str, value: str | None) -> None:
    path = text(tmp_path, f'Đơn vị;Hộ\nHạ Lang;15\nQuảng Hoà;"{number}"\n')
    if value is None:
        assert "line 3" in refused(path)
    else:
        assert weights(path) == {"ha-lang": 15, "quang-hoa": Fraction(value)}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("=600+634", "never calculated"),
        ("#DIV/0!", "a calculation that failed"),
        (datetime.date(2024, 9, 10), "A date stands here, 2024-09-10"),
        (True, "“TRUE” is not one number"),
        (-3, "-3"),
        (-0.5, "-0.5"),
    ],
)
def test_what_holds_no_weight_is_refused_with_its_cell(tmp_path: Path, cell: object, why: str) -> None:
    told = refused(book(tmp_path, ("Đơn vị", "Hộ"), ("Hạ Lang", 15), (None,), ("Quảng Hoà", cell)))
    assert "Hộ nghèo!B4: " in told
    assert why in told


TABLES: dict[str, tuple[tuple[object, ...], ...]] = {
    "a title above": (("BẢNG HỘ NGHÈO NĂM 2024",), (), ("Đơn vị", "Hộ"), ("Quảng Hoà", 15), ("Hạ Lang", 20)),
    "a letterhead above": (
        ("UBND TỈNH", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("BIỂU 01",),
        ("Đơn vị", "Hộ"),
        ("Quảng Hoà", 15),
        ("Hạ Lang", 20),
    ),
    "row numbers": (("STT", "Đơn vị", "Hộ"), (1, "Quảng Hoà", 15), (2, "Hạ Lang", 20)),
    "numbers of columns": (
        ("STT", "Đơn vị", "Hộ"),
        ("A", "B", 1),
        (1, "Quảng Hoà", 15),
        (2, "Hạ Lang", 20),
    ),
    "a year for a heading": (("Đơn vị", 2024), ("Quảng Hoà", 15), ("Hạ Lang", 20)),
    "totals below": (("Đơn vị", "Hộ"), ("Quảng Hoà", 15), ("Hạ Lang", 20), ("Tổng cộng", 35)),
    "totals on top": (("TT", "Đơn vị", "Hộ"), (None, "Toàn tỉnh", 35), (1, "Quảng Hoà", 15), (2, "Hạ Lang", 20)),
    "a total named left of the units": (
        ("TT", "Đơn vị", "Hộ"),
        (1, "Quảng Hoà", 15),
        (2, "Hạ Lang", 20),
        ("CỘNG", None, 35),
    ),
    "blank rows": (("Đơn vị", "Hộ"), (), ("Quảng Hoà", 15), (), (), ("Hạ Lang", 20), ("Tổng số", 35)),
    "notes and signatures below": (
        ("Đơn vị", "Hộ"),
        ("Quảng Hoà", 15),
        ("Hạ Lang", 20),
        ("Ghi chú: theo chuẩn nghèo đa chiều",),
        (None, "Cao Bằng, ngày 05 tháng 3 năm 2024"),
        (None, "CHỦ TỊCH"),
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_ordinary_tables_are_read(tmp_path: Path, table: str) -> None:
    rows = TABLES[table]
    assert weights(book(tmp_path, *rows)) == {"quang-hoa": 15, "ha-lang": 20}
    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for delimiter, encoding in ((";", "utf-8"), (",", "utf-8-sig"), ("\t", "utf-16"), ("\t", "utf-8")):
        written = io.StringIO()
        csv.writer(written, delimiter=delimiter).writerows(lines)
        assert weights(text(tmp_path, written.getvalue(), encoding)) == {"quang-hoa": 15, "ha-lang": 20}


@pytest.mark.parametrize(
    "total", ["Tổng cộng", "Cộng", "TỔNG SỐ", "Total", "Tổng", "Tổng cộng toàn tỉnh", "Cộng (I+II)"]
)
def test_labels_of_totals(tmp_path: Path, total: str) -> None:
    assert weights(text(tmp_path, f"Đơn vị,Hộ\nHạ Lang,20\n{total},20\n")) == {"ha-lang": 20}


def test_computed_rates_are_the_shortest_decimals_that_name_them(tmp_path: Path) -> None:
    path = book(tmp_path, ("Đơn vị", "Tỷ lệ"), ("Quảng Hoà", 1 / 3), ("Hạ Lang", 0.1))
    assert weights(path) == {"quang-hoa": Fraction("0.3333333333333333"), "ha-lang": Fraction("0.1")}

    def percent(sheet: Worksheet) -> None:
        for row in (2, 3):
            sheet.cell(row, 2).number_format = "0.0%"

    shown = weights(book(tmp_path, ("Đơn vị", "Tỷ lệ"), ("Quảng Hoà", 0.25), ("Hạ Lang", 0.5), change=percent))
    assert shown == {"quang-hoa": 25, "ha-lang": 50}


def test_a_refusal_ends_the_command_in_one_line(tmp_path: Path) -> None:
    done = d8plan(*ASK, str(text(tmp_path, "Đơn vị;Hộ\nQuảng Hoà;1.234\n")))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "w.csv: line 2: “1.234” can be read as more than one number" in done.stderr


def test_percent_and_counts_are_not_mixed(tmp_path: Path) -> None:
    told = refused(text(tmp_path, "Đơn vị;Tỷ lệ\nHạ Lang;15%\nQuảng Hoà;20\n"))
    assert "line 3" in told
    assert weights(text(tmp_path, "Đơn vị;Tỷ lệ\nHạ Lang;15 %\nQuảng Hoà;12,5%\n")) == {
        "ha-lang": 15,
        "quang-hoa": Fraction("12.5"),
    }


@pytest.mark.parametrize("number_format", ['0"000"', "#,##0,", '0" nghìn"'])
def test_formats_that_show_another_number_are_refused(tmp_path: Path, number_format: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B3"].number_format = number_format

    assert "Hộ nghèo!B3" in refused(
        book(tmp_path, ("Đơn vị", "Hộ"), ("Hạ Lang", 1500), ("Quảng Hoà", 2500), change=change)
    )


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    rows = 'BẢNG\n\n"Đơn vị\n(huyện)";"Số hộ\nnghèo"\n\nHạ Lang;15\n\nQuảng Hoà;1.234\n'
    assert "line 9: “1.234”" in refused(text(tmp_path, rows))
    assert "line 9: “1.234”" in refused(text(tmp_path, rows.replace("\n", "\r\n"), "utf-8-sig"))
    assert weights(text(tmp_path, rows.replace("1.234", "5")), "so ho ngheo") == {
        "ha-lang": 15,
        "quang-hoa": 5,
    }


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("Đơn vị,Hộ\nHạ Lang,15\nQuảng Hoà,1,234\n", "line 3: the row has more cells than the heading"),
        ("Đơn vị;Hộ\nHạ Lang;15\nQuảng Hòq;12\n", "line 3: There is no unit “Quảng Hòq”"),
        ("Đơn vị;Hộ\nQuảng Hòq;12\nHạ Lang;15\n", "line 2: There is no unit “Quảng Hòq”"),
        ("Quảng Hòq;12\nHạ Lang;15\n", "line 1: There is no unit “Quảng Hòq”"),
        ("Hạ Lang;15\nQuảng Hoà;12\n", "it has no heading"),
        ("Đơn vị;Hộ\nHạ Lang;15\nha lang;12\n", "line 3: “ha lang” stands in line 2 already"),
        ("Đơn vị;Hộ\nHạ Lang;15\n;12\n", "line 3: a number without a unit"),
        ("Đơn vị;Hộ\nHạ Lang;x\n", "line 2: “x” is not one number"),
        ('Đơn vị;Hộ\nHạ Lang;"15\nQuảng Hoà;12\n', "line 2: the quotes are not closed"),
        ("Đơn vị;Hộ\nSơn La;15\n", "it has no column with units of the plan"),
        ("", "it has no column with units of the plan"),
        ("Hạ Lang\x00;15\n", "The file is not text in UTF-8 or UTF-16"),
    ],
)
def test_what_is_no_table_of_units_is_told_with_its_line(tmp_path: Path, rows: str, why: str) -> None:
    assert f"w.csv: {why}" in refused(text(tmp_path, rows))


def test_an_old_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_bytes("Đơn vị;Hộ\nHạ Lang;15\n".encode().replace("ạ".encode(), b"\xe5"))
    assert "Save it in Excel as “CSV UTF-8”" in refused(path)


def sheets(folder: Path, states: Mapping[str, str]) -> Path:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.remove(made.active)
    for number, (name, state) in enumerate(states.items(), 1):
        sheet = made.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(("Đơn vị", "Hộ"))
        sheet.append(("Hạ Lang", number))
    if all(state != "visible" for state in states.values()):
        made.create_sheet("Ghi chú").append(("Xem trang ẩn",))
    made.save(folder / "w.xlsx")
    return folder / "w.xlsx"


def test_a_hidden_sheet_is_read_only_for_want_of_another(tmp_path: Path) -> None:
    path = sheets(tmp_path, {"Cũ": "hidden", "Rất cũ": "veryHidden", "Năm nay": "visible"})
    assert weights(path) == {"ha-lang": 3}
    done = d8plan(*ASK, str(path))
    assert done.stderr == "Weights are read from sheet “Năm nay”, not from: Cũ, Rất cũ\n"
    assert "Weights: Năm nay: Hộ" in done.stdout
    path = sheets(tmp_path, {"Cũ": "hidden"})
    assert weights(path) == {"ha-lang": 1}
    assert "sheet “Cũ”, which is hidden" in d8plan(*ASK, str(path)).stderr
