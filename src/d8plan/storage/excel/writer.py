"""Write a book as an .xlsx file in the form of Decree 30/2020/NĐ-CP: the only user of XlsxWriter.

XlsxWriter rather than openpyxl: it stores a formula together with its result, so a total is live
in a spreadsheet and yet visible in viewers that do not calculate.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from d8plan.sheets.book import Book, Cell, Sheet
from d8plan.storage.excel.cell_styles import properties
from d8plan.storage.excel.data_validation import formula_text, guard, watch
from d8plan.storage.excel.fit import MARGINS, fit
from d8plan.text.exact import ExactNumber
from d8plan.text.language import Language
from d8plan.text.message import Message
from d8plan.text.names import printable

FONT = "Times New Roman"
MAX_TEXT = 32_767
"""What a cell or a comment holds, in UTF-16 units."""
_A4 = 9
_INCH = 25.4
_PIXELS_PER_POINT = 96 / 72
_COMMENT_WIDTH = 300
_HEADER = f'&C&"{FONT},Regular"&13&P'


class _Page(Worksheet):  # type: ignore[misc]  # XlsxWriter's classes carry no types
    """A sheet whose first page has no header, which XlsxWriter cannot say by itself."""

    def _write_header_footer(self) -> None:
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        self._write_odd_header()
        self._xml_end_tag("headerFooter")


def to_bytes(book: Book, language: Language) -> bytes:
    """Return the book as the content of an .xlsx file, with what is ours said in ``language``.

    The same book always gives the same bytes.
    """
    content = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONT, "font_size": 11},
    }
    workbook = Workbook(content, options)
    created = datetime.datetime.combine(book.created, datetime.time())
    properties = {"title": book.title, "subject": book.subject, "author": book.author}
    workbook.set_properties({key: _text(value) for key, value in properties.items()} | {"created": created})
    format_of = cache(lambda told: workbook.add_format(dict(told)))  # equal looks share one
    for sheet in book.sheets:
        page = workbook.add_worksheet(sheet.name, worksheet_class=_Page)
        if sheet.hidden:
            page.very_hidden()
            _write(page, _said(sheet, language), format_of)
            continue
        fitted = fit(_said(sheet, language))
        _set_up(page, fitted)
        _write(page, fitted, format_of)
        guard(page, fitted, language)
        watch(workbook, page, fitted, language)
        for cell in sheet.cells:
            if cell.note:
                _comment(page, cell, "\n".join(map(language.say, cell.note)), book.author)
    workbook.close()
    return content.getvalue()


def _said(sheet: Sheet, language: Language) -> Sheet:
    """Return the sheet with its messages turned into text."""
    return sheet._replace(cells=tuple(_in_words(cell, language) for cell in sheet.cells))


def _in_words(cell: Cell, language: Language) -> Cell:
    value = language.say(cell.value) if isinstance(cell.value, Message) else cell.value
    return cell._replace(value=value, formula=cell.formula and formula_text(cell.formula, language))


def _write(page: _Page, sheet: Sheet, format_of: Callable[..., Any]) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column_pixels(column, column, int(width * _PIXELS_PER_POINT))
    for row, height in enumerate(sheet.heights):
        page.set_row(row, height)
    for cell in sheet.cells:
        look = format_of(tuple(properties(cell, sheet.text_size, locked=sheet.locked).items()))
        last_row, last_column = cell.row + cell.rows - 1, cell.column + cell.columns - 1
        if (last_row, last_column) != (cell.row, cell.column):
            page.merge_range(cell.row, cell.column, last_row, last_column, "", look)
        _write_value(page, cell, look)


def _write_value(page: _Page, cell: Cell, look: Any) -> None:
    if cell.formula is not None:
        value = _number(cell.value) if isinstance(cell.value, Fraction | Decimal) else cell.value
        page.write_formula(cell.row, cell.column, cell.formula, look, "" if value is None else value)
    elif cell.link and isinstance(cell.value, str):
        page.write_url(cell.row, cell.column, f"internal:{cell.link.reference()}", look, _text(cell.value))
    elif isinstance(cell.value, ExactNumber):
        page.write_number(cell.row, cell.column, _number(cell.value), look)
    elif isinstance(cell.value, datetime.date):
        page.write_datetime(cell.row, cell.column, datetime.datetime.combine(cell.value, datetime.time()), look)
    elif isinstance(cell.value, str):
        page.write_string(cell.row, cell.column, _text(cell.value), look)
    else:
        page.write_blank(cell.row, cell.column, None, look)


def _number(value: ExactNumber | Fraction) -> float:
    """Return a number as a spreadsheet holds it: the double of which it is the shortest decimal."""
    return value if isinstance(value, int) else float(value)


def _comment(page: _Page, cell: Cell, note: str, author: str) -> None:
    text = _text(note)
    lines = sum(1 + len(line) // 48 for line in text.split("\n"))
    options = {
        "author": _text(author),
        "font_name": FONT,
        "font_size": 10,
        "width": _COMMENT_WIDTH,
        "height": 20 + 18 * min(lines, 30),
    }
    page.write_comment(cell.row, cell.column, text, options)


def _text(text: str) -> str:
    """Return text that a workbook may hold: no control characters, not too long."""
    clean = "\n".join(printable(line) for line in text.split("\n"))
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT:
        return clean
    return units[: 2 * (MAX_TEXT - 1)].decode("utf-16-le", errors="ignore") + "…"


def _set_up(page: _Page, sheet: Sheet) -> None:
    """Set the page as Decree 30 asks, and what stays in sight on a screen."""
    page.set_paper(_A4)
    page.set_landscape()
    page.set_margins(**{side: millimetres / _INCH for side, millimetres in MARGINS.items()})
    page.set_header(_HEADER, {"margin": MARGINS["top"] / 2 / _INCH})
    page.set_start_page(1)
    page.center_horizontally()
    page.fit_to_pages(1, 1 if sheet.one_page else 0)
    page.repeat_rows(*sheet.header)
    page.freeze_panes(*sheet.freeze)
    if sheet.new_page is not None:
        page.set_h_pagebreaks([sheet.new_page])
    page.hide_gridlines(2)
    last_row = max((cell.row + cell.rows for cell in sheet.cells), default=1) - 1
    page.print_area(0, 0, last_row, max(len(sheet.widths), 1) - 1)
