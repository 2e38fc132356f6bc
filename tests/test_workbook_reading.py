"""Workbooks that people send: what is in the good ones, and that no other does harm."""

from __future__ import annotations

import datetime
import io
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_workbooks as made
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from support import DATA, TODAY

from d8plan.checks import run
from d8plan.sheets.annex import book
from d8plan.storage.data.loader import load
from d8plan.storage.excel.guard import RefusedWorkbookError
from d8plan.storage.excel.parse import parse
from d8plan.storage.excel.reader import read
from d8plan.storage.excel.writer import to_bytes
from d8plan.text.cells import Grid, Holds, MergedRange, Raw
from d8plan.text.language import language
from d8plan.text.message import Message

CASES = Path(__file__).parent / "cases" / "workbooks"
HOSTILE = {name: (content, expected) for name, content, expected in made.hostile()}
THROUGH_THE_PROGRAM = [
    "empty.xlsx", "old.xls", "password.xlsx", "macros.xlsm", "half.xlsx", "lying size.xlsx", "billion laughs.xlsx",
    "outside entity.xlsx", "bomb.xlsx", "million empty cells.xlsx", "attributes.xlsx", "deep.xlsx",
]  # fmt: skip


def one(content: bytes) -> Grid:
    """Return the grid of a workbook's only sheet."""
    (grid,) = parse(content, "a.xlsx")
    return grid


def first(cell: str, styles: str = "") -> Raw | None:
    """Return what is read of a cell A1 that is given as XML."""
    return one(made.workbook(sheet=made.page(f'<row r="1">{cell}</row>'), styles=styles)).cells.get((0, 0))


def through_openpyxl(fill: Callable[[Any], object]) -> bytes:
    """Return a workbook that openpyxl writes."""
    workbook = openpyxl.Workbook()
    fill(workbook.active)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def annex() -> bytes:
    dataset = load(DATA).dataset
    report = run(dataset, TODAY)
    layout = book(dataset, report.ledger, "2024", [*report.findings, *report.covered], report.exceptions)
    return to_bytes(layout, language("vi"))


def assert_says(error: RefusedWorkbookError, expected: str) -> None:
    kinds = [value.template for _, value in error.message.values if isinstance(value, Message)]
    assert expected in (error.message.template, *kinds)
    assert error.action is not None
    for code in ("vi", "en"):
        said = language(code).say(error.message)
        assert "\n" not in said
        assert said.isprintable()


@pytest.mark.parametrize("name", HOSTILE)
def test_bad_file_is_refused_in_one_line(name: str) -> None:
    content, expected = HOSTILE[name]
    with pytest.raises(RefusedWorkbookError) as refused:
        parse(content, name)
    assert_says(refused.value, expected)


@pytest.mark.parametrize("name", THROUGH_THE_PROGRAM)
def test_bad_file_is_refused_alike_through_the_child(name: str, tmp_path: Path) -> None:
    content, expected = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RefusedWorkbookError) as refused:
        read(tmp_path / name)
    assert_says(refused.value, expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("old.xls", "an old Excel file (.xls)"),
        ("open-document.ods", "an OpenDocument file (.ods)"),
        ("separated.csv", "text with separators (.csv)"),
        ("page.html", "a web page (.html)"),
    ],
)
def test_file_of_another_program_is_named(name: str, expected: str) -> None:
    with pytest.raises(RefusedWorkbookError) as refused:
        read(CASES / name)
    assert_says(refused.value, expected)


@pytest.mark.parametrize(
    "given",
    [
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>',
        '<Default ContentType="application/vnd.ms-excel.sheet.macroEnabled.12" Extension="BIN"/>',
    ],
)
def test_a_type_that_no_part_has_is_no_macro(given: str) -> None:
    """SheetJS lists the types of all endings that there might be."""
    types = f'{made.HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{given}</Types>'
    (grid,) = parse(made.packed(made.parts() | {"[Content_Types].xml": types}), "a.xlsx")
    assert grid.cells[0, 1].value == 57


def test_nobody_is_sent_to_a_program_that_does_not_help() -> None:
    for name, content in (("a.ods", HOSTILE["sheet.ods"][0]), ("a.fods", HOSTILE["flat.fods"][0])):
        with pytest.raises(RefusedWorkbookError) as refused:
            parse(content, name)
        assert refused.value.action is not None
        assert "Excel" not in refused.value.action.template
        assert ".xlsx" in refused.value.action.template


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path, expected in (
        (tmp_path / "none.xlsx", "The file is missing"),
        (tmp_path, "{path} is not a file"),
        (tmp_path / "nul\0.xlsx", "The file cannot be read: {reason}"),
        (tmp_path / ("x" * 300), "The file cannot be read: {reason}"),
    ):
        with pytest.raises(RefusedWorkbookError) as refused:
            read(path)
        assert_says(refused.value, expected)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(RefusedWorkbookError) as refused:
        read(tmp_path / "pipe.xlsx")
    assert_says(refused.value, "{path} is not a file")


def test_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(made.workbook())
    with pytest.raises(RefusedWorkbookError) as refused:
        read(tmp_path / "a.xlsx", seconds=0.001)
    assert_says(refused.value, "The workbook cannot be read")


def test_child_imports_nothing_from_the_folder_it_runs_in(tmp_path: Path) -> None:
    for name in ("json.py", "openpyxl.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('imported from here')")
    (tmp_path / "a.xlsx").write_bytes(made.workbook())
    code = "from pathlib import Path; from d8plan.storage.excel.reader import read; print(len(read(Path('a.xlsx'))))"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-P", "-c", code]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.stdout == "1\n", ended.stderr


def test_what_the_child_reads_arrives_unchanged(tmp_path: Path, annex: bytes) -> None:
    held = [
        '<c r="A1" t="str"><v>a_xD800_b_x0007_</v></c>',
        '<c r="B1" t="d"><v>2024-05-06</v></c>',
        '<c r="C1" t="d"><v>03:04</v></c>',
        '<c r="D1" t="d"><v>PT2H</v></c>',
        '<c r="E1" t="d"><v>2024-05-06T03:04:05.6</v></c>',
        '<c r="F1" t="b"><v>1</v></c>',
        '<c r="G1"><v>1E300</v></c>',
        '<c r="H1"><f>A1</f></c>',
    ]
    merged = '<mergeCells><mergeCell ref="J1:K2"/></mergeCells>'
    hidden = '<cols><col min="3" max="4" hidden="1"/></cols>'
    row = f'<row r="1" hidden="1">{"".join(held)}</row>'
    for name, content in (
        ("ạ; &.xlsx", annex),
        ("a.xlsx", made.workbook(sheet=made.page(row, before=hidden, after=merged))),
        ("libreoffice.xlsx", (CASES / "libreoffice.xlsx").read_bytes()),
    ):
        (tmp_path / name).write_bytes(content)
        assert read(tmp_path / name) == parse(content, name)


def test_every_kind_of_cell_that_a_spreadsheet_saves() -> None:
    """What was typed into the file is known from the commands that made it, not from this program."""
    visible, very_hidden = read(CASES / "libreoffice.xlsx")
    assert (visible.name, visible.hidden, very_hidden.name, very_hidden.hidden) == ("Tờ 1", False, "v", True)
    assert visible.merged == (MergedRange(6, 0, 7, 2),)
    assert visible.hidden_rows == {4}
    assert visible.hidden_columns == {3, 4, 5}
    told = {position: (raw.holds, raw.value, raw.formula) for position, raw in visible.cells.items()}
    assert told == {
        (0, 0): (Holds.TEXT, "x", None),
        (0, 1): (Holds.NUMBER, 1, "=A9+1"),
        (0, 2): (Holds.ERROR, "#REF!", "=#REF!+1"),
        (0, 3): (Holds.ERROR, "#DIV/0!", "=1/0"),
        (0, 4): (Holds.DATE, datetime.datetime(2024, 5, 6), None),  # noqa: DTZ001 - as cells hold it
        (0, 5): (Holds.NUMBER, 5, None),
        (1, 0): (Holds.TEXT, "", '=""'),
        (1, 1): (Holds.TEXT, "ab", '="a"&"b"'),
        (1, 2): (Holds.BOOLEAN, True, "=TRUE()"),
        (1, 3): (Holds.NUMBER, 16_035_756_260, None),
        (1, 4): (Holds.NUMBER, 0.5, None),
        (1, 5): (Holds.DATE, datetime.time(3, 4), None),
        (1, 6): (Holds.TEXT, "57\N{NO-BREAK SPACE}tổ", None),
        (1, 7): (Holds.ERROR, "#NAME?", "=foo(1)"),
        (2, 0): (Holds.ERROR, "#REF!", "=#REF!"),
        (2, 1): (Holds.TEXT, "Err:502", None),
        (2, 2): (Holds.BOOLEAN, True, "=TRUE()"),
        (4, 0): (Holds.NUMBER, 5, None),
        (6, 0): (Holds.TEXT, "m", None),
    }


@pytest.mark.parametrize(
    ("cell", "holds", "value"),
    [
        ('<c r="A1"><v>57</v></c>', Holds.NUMBER, 57),
        ('<c r="A1"><v> 57\n</v></c>', Holds.NUMBER, 57),
        ("<c><v>57</v></c>", Holds.NUMBER, 57),
        ('<c r="A1"><v>1.6035756E10</v></c>', Holds.NUMBER, 16_035_756_000.0),
        ('<c r="A1"><v>9007199254740993</v></c>', Holds.NUMBER, 9_007_199_254_740_993),
        ('<c r="A1"><f>B1+1</f></c>', Holds.UNKNOWN, None),
        ('<c r="A1"><f>B1+1</f><v/></c>', Holds.UNKNOWN, None),
        ('<c r="A1"><f>B1+1</f><v>3</v></c>', Holds.NUMBER, 3),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', Holds.UNKNOWN, None),
        ('<c r="A1" t="str"><f>B1</f></c>', Holds.UNKNOWN, None),
        ('<c r="A1" t="str"><v> 57\u00a0tổ </v></c>', Holds.TEXT, " 57\u00a0tổ "),
        (
            '<c r="A1" t="inlineStr"><is><r><t>5</t></r><r><rPr/><t>7</t></r><rPh><t>?</t></rPh></is></c>',
            Holds.TEXT,
            "57",
        ),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>', Holds.TEXT, "a\rb_x0041_"),
        ('<c r="A1" t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>', Holds.TEXT, "\N{GRINNING FACE}"),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Holds.ERROR, "#REF!"),
        ('<c r="A1" t="b"><v>0</v></c>', Holds.BOOLEAN, False),
    ],
)
def test_cell(cell: str, holds: Holds, value: object) -> None:
    raw = first(cell)
    assert raw is not None
    assert (raw.holds, raw.value, type(raw.value)) == (holds, value, type(value))


@pytest.mark.parametrize(
    "cell", ['<c r="A1" s="0"/>', '<c r="A1"><v/></c>', '<c r="A1" t="inlineStr"><is><t/></is></c>']
)
def test_cell_without_content_is_left_out(cell: str) -> None:
    assert first(cell) is None


@pytest.mark.parametrize(
    ("number_format", "number", "holds", "value"),
    [
        ("dd/mm/yyyy", "45418", Holds.DATE, datetime.datetime(2024, 5, 6)),  # noqa: DTZ001
        ("[h]:mm", "1.5", Holds.DATE, datetime.timedelta(hours=36)),
        ("dd/mm/yyyy", "-5", Holds.DATE, datetime.datetime(1899, 12, 25)),  # noqa: DTZ001
        ("dd/mm/yyyy", "99999999999", Holds.ERROR, "#VALUE!"),
        ("[$-42A]#,##0", "5", Holds.NUMBER, 5),
        ('0" đồng/ngày"', "5", Holds.NUMBER, 5),
    ],
)
def test_number_is_a_date_by_its_format(number_format: str, number: str, holds: Holds, value: object) -> None:
    code = number_format.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="{made.MAIN}"><numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="200" formatCode="0"/></dxf></dxfs></styleSheet>'
    )
    raw = first(f'<c r="A1" s="1"><v>{number}</v></c>', styles=styles)
    assert raw == Raw(holds, value, None, number_format)  # type: ignore[arg-type]


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    styles = f'<styleSheet xmlns="{made.MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    content = made.parts(sheet=made.page('<row r="1"><c r="A1"><v>1</v></c></row>'), styles=styles)
    content["xl/workbook.xml"] = str(content["xl/workbook.xml"]).replace(
        "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    assert one(made.packed(content)).cells[0, 0].value == datetime.datetime(1904, 1, 2)  # noqa: DTZ001


def test_formula_shared_with_other_cells_is_worked_out() -> None:
    rows = (
        '<row r="2"><c r="B2"><f t="shared" ref="B2:D2" si="0">SUM(B3:B$9)</f><v>1</v></c>'
        '<c r="C2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="A3"><f t="array" ref="A3">SUM(B3*C3)</f><v>3</v></c>'
        '<c r="B3"><f t="dataTable" ref="B3" r1="A1" r2="A2"/><v>4</v></c></row>'
    )
    found = {position: raw.formula for position, raw in one(made.workbook(sheet=made.page(rows))).cells.items()}
    assert found == {(1, 1): "=SUM(B3:B$9)", (1, 2): "=SUM(C3:C$9)", (2, 0): "=SUM(B3*C3)", (2, 1): "=TABLE(A1,A2)"}


def test_hidden_rows_and_columns_count_all_the_same() -> None:
    rows = '<row r="1" hidden="true"><c r="A1"><v>1</v></c></row><row r="2" ht="0"/><row r="3" ht="15" hidden="0"/>'
    columns = (
        '<cols><col min="1" max="1"/><col min="2" max="3" width="0"/><col min="499" max="16384" hidden="1"/></cols>'
    )
    grid = one(made.workbook(sheet=made.page(rows + '<row r="1048576" hidden="1"/>', before=columns)))
    assert grid.hidden_rows == {0, 1}
    assert grid.hidden_columns == {1, 2, 498, 499}
    assert grid.cells[0, 0].value == 1


def test_merged_range_holds_what_its_first_cell_holds() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
    merged = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="D1"/><mergeCell ref="A5:XFD5"/></mergeCells>'
    grid = one(made.workbook(sheet=made.page(rows, after=merged)))
    assert grid.merged == (MergedRange(0, 0, 1, 1), MergedRange(4, 0, 4, 499))
    assert {position: raw.value for position, raw in grid.cells.items()} == {(0, 0): 1, (0, 2): 3}


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_is_told(state: str) -> None:
    content = made.parts()
    content["xl/workbook.xml"] = str(content["xl/workbook.xml"]).replace("sheetId", f'state="{state}" sheetId')
    assert one(made.packed(content)).hidden


def test_chart_is_left_out() -> None:
    content = made.parts(count=2)
    links = content["xl/_rels/workbook.xml.rels"]
    content["xl/_rels/workbook.xml.rels"] = str(links).replace("/worksheet", "/chartsheet", 1)
    assert [grid.name for grid in parse(made.packed(content), "a.xlsx")] == ["Tờ 2"]


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "../xl/worksheets/SHEET1.xml", "worksheets\\sheet1.xml"]
)
def test_parts_are_found_however_they_are_named(target: str) -> None:
    assert one(made.workbook(target=target)).cells[0, 1].value == 57


def test_a_formula_without_a_result_is_empty_where_others_have_one() -> None:
    rows = '<row r="1"><c r="A1" t="str"><f>B1</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'
    cells = one(made.workbook(sheet=made.page(rows))).cells
    assert (cells[0, 0].holds, cells[0, 0].value) == (Holds.TEXT, "")
    uncalculated = one(made.workbook(sheet=made.page(rows.replace("<v>2</v>", "")))).cells
    assert {raw.holds for raw in uncalculated.values()} == {Holds.UNKNOWN}


@pytest.mark.parametrize("path", sorted((CASES / "odd").iterdir()), ids=lambda path: path.stem)
def test_what_other_programs_read_without_a_word_is_read(path: Path) -> None:
    """The same annex, with a style beyond the list, an empty attribute, a dialog, a part that is not there."""
    annex, *_ = read(path)
    assert len(read(path)) == 3
    by_row = {str(raw.value): row for (row, column), raw in annex.cells.items() if column == 1}
    # Of the 5 teams at each level that the signed annex has, somebody made the first one 6.
    assert [annex.cells[by_row["Bảo Lạc"], column].value for column in (4, 5)] == [6, 5]


@pytest.mark.parametrize(
    ("rows", "beyond"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "XFD1048576"),
        ('<row r="5001"><c r="A5001"><v>1</v></c></row>', "A5001"),
        ('<row r="2"><c r="SG2"><v>1</v></c></row>', "SG2"),
    ],
)
def test_a_far_cell_is_told_and_not_read(rows: str, beyond: str) -> None:
    grid = one(made.workbook(sheet=made.page(made.ROW + rows)))
    assert grid == one(made.workbook())._replace(beyond=beyond)


@pytest.mark.parametrize("cells", [100_000, 400_000])
def test_a_large_sheet_of_something_else_beside_the_annex(cells: int) -> None:
    """One that could be an annex is read; one that could not is told and not read."""
    rows = "".join(f'<row r="{n}">{"<c><v>1</v></c>" * 100}</row>' for n in range(1, cells // 100 + 1))
    content = made.parts(count=2) | {"xl/worksheets/sheet1.xml": made.page(rows)}
    large, small = parse(made.packed(content, method=zipfile.ZIP_STORED), "a.xlsx")
    assert (len(large.cells), large.is_oversize) == ((cells, False) if cells == 100_000 else (0, True))
    assert small.cells[0, 1].value == 57


def test_whole_columns_and_rows_may_be_merged() -> None:
    merged = '<mergeCells><mergeCell ref="D:E"/><mergeCell ref="7:8"/></mergeCells>'
    grid = one(made.workbook(sheet=made.page(after=merged)))
    assert grid.merged == (MergedRange(0, 3, 4999, 4), MergedRange(6, 0, 7, 499))


def test_part_in_utf_16_is_read() -> None:
    part = made.page().replace("UTF-8", "UTF-16").encode("utf-16")
    assert one(made.packed(made.parts() | {"xl/worksheets/sheet1.xml": part})).cells[0, 0].value == "Xã"


@pytest.mark.parametrize(
    "harmless",
    [
        '<dimension ref="A1:XFD1048576"/>',
        '<cols><col min="1" max="16384" width="9"/></cols>',
        '<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="x"/></conditionalFormatting>',
        '<dataValidations><dataValidation sqref="A1:XFD1048576" type="x"/></dataValidations>',
        '<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>',
        '<autoFilter ref="A1:XFD1048576"/>',
        '<legacyDrawing xmlns:r="urn:r" r:id="none"/><drawing/><extLst><ext uri="?"><row r="0"/></ext></extLst>',
    ],
)
def test_claims_and_trimmings_cost_nothing(harmless: str) -> None:
    harmless = harmless.replace('<row r="0"/>', '<row xmlns="urn:x" r="0"/>')
    plain = one(made.workbook())
    assert one(made.workbook(sheet=made.page(before=harmless)))._replace(hidden_columns=frozenset()) == plain


def test_empty_cells_may_be_far_away() -> None:
    rows = made.ROW + '<row r="1048576" ht="15"><c r="A1048576"/><c r="XFD1048576"/></row>'
    assert one(made.workbook(sheet=made.page(rows))) == one(made.workbook())


def both_ways(content: bytes) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return the values and the formulas of all cells as this reader and as openpyxl tell them."""
    ours, theirs = {}, {}
    for grid in parse(content, "a.xlsx"):
        for (row, column), raw in grid.cells.items():
            ours[grid.name, row + 1, column + 1] = (raw.value or None, raw.formula)
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            formula = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
            value = values[sheet.title].cell(cell.row, cell.column).value
            is_formula = cell.data_type == "f"
            theirs[sheet.title, cell.row, cell.column] = (value or None, formula if is_formula else None)
    return ours, theirs


def test_annex_is_read_as_openpyxl_reads_it(annex: bytes) -> None:
    for content in (annex, (CASES / "libreoffice.xlsx").read_bytes()):
        ours, theirs = both_ways(content)
        assert ours == theirs
    assert [grid.name for grid in parse(annex, "")][:3] == ["Phụ lục I", "Phụ lục I (Bổ sung)", "Kinh phí"]


@pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
@pytest.mark.parametrize("seed", range(20))
def test_random_workbook_is_read_as_openpyxl_reads_it(seed: int) -> None:
    chance = random.Random(seed)
    moments = [datetime.datetime(2024, 5, 6, 7, 8), datetime.time(1, 2, 3), datetime.timedelta(hours=30)]  # noqa: DTZ001
    held = [1, -7, 16_035_756_260, 0.5, 1e300, "57 tổ", " x\u00a0", "=A1+$B$2", "#REF!", True, False, "<&>", *moments]

    def fill(sheet: Any) -> None:
        sheet.title = f"Tờ {seed}"
        for _ in range(60):
            cell = sheet.cell(chance.randint(1, 40), chance.randint(1, 30), chance.choice(held))
            if cell.is_date is False and chance.random() < 0.3:
                cell.number_format = chance.choice(["#,##0", "0.00%", "@", '0" tổ"', "[$-42A]#,##0"])
        sheet["A50"] = ArrayFormula("A50:A51", "=SUM(A1:A3*B1:B3)")

    ours, theirs = both_ways(through_openpyxl(fill))
    assert ours == theirs


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_annex_saved_by_libreoffice_holds_the_same(tmp_path: Path, annex: bytes) -> None:
    (tmp_path / "annex.xlsx").write_bytes(annex)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(tmp_path / "annex.xlsx")], check=True, capture_output=True, timeout=120)
    for before, after in zip(parse(annex, ""), read(tmp_path / "saved" / "annex.xlsx"), strict=True):
        assert after.name == before.name
        assert sorted(after.merged) == sorted(before.merged)
        assert {at: (raw.holds, raw.value, raw.formula) for at, raw in after.cells.items()} == {
            at: (raw.holds, raw.value, raw.formula) for at, raw in before.cells.items()
        }


WORDS = [
    b"",
    b"0",
    b"-1",
    b"1",
    b"7",
    b"1e9",
    b"NaN",
    b"99999999999",
    b"A1",
    b"XFD1048576",
    b"A1:C9",
    b"shared",
    b"s",
    b"d",
]
TOKEN = re.compile(rb'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)')


def with_bytes_changed(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with up to four places changed, cut out, doubled or swapped with what is found elsewhere."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(changed) + 1), chance.choice((1, 1, 2, 8, 64))
        other = chance.randrange(len(content))
        any_byte = bytes([chance.randrange(256)])
        piece = chance.choice((any_byte, b"", content[other : other + length], b"9" * length, b"<>"))
        changed[at : at + chance.choice((0, length))] = piece
    return bytes(changed)


def with_words_changed(content: bytes, chance: random.Random) -> bytes:
    """Return XML that is still well formed, with up to four texts or attributes changed."""
    for _ in range(chance.randint(1, 4)):
        found = chance.choice(list(TOKEN.finditer(content)))
        content = content[: found.start()] + chance.choice([*WORDS, found[0] * 2]) + content[found.end() :]
    return content


def mutant(content: bytes, seed: int) -> bytes:
    """Return a workbook changed: the archive itself, or a part inside it."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        return with_bytes_changed(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in inside if name.endswith((".xml", ".rels")) and "theme" not in name])
    change = chance.choice((with_bytes_changed, with_words_changed, with_words_changed))
    return made.packed(inside | {name: change(inside[name], chance)}, method=zipfile.ZIP_STORED)


@pytest.mark.parametrize("block", range(10))
def test_mutant_is_refused_or_read(block: int, annex: bytes) -> None:
    """The annex and a small workbook, in which each change is likelier to matter."""
    small = (CASES / "libreoffice.xlsx").read_bytes()
    for seed in range(block * 100, block * 100 + 100):
        try:
            grids = parse(mutant(annex if seed % 5 == 0 else small, seed), "a.xlsx")
        except RefusedWorkbookError as refused:
            assert language("vi").say(refused.message)
        else:
            assert all(isinstance(grid, Grid) for grid in grids)
