"""A comparison as a .docx document that a leader signs, in the form of Decree 30/2020/NĐ-CP.

Issuer, number and who signs are the plan's; place and date are left open. The same comparison always gives the same
bytes.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from d8plan.render.document_rows import COLUMNS, DocumentRow, notes, table_rows
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.text.names import printable
from d8plan.views.comparison.changes import VersionComparison
from d8plan.views.comparison.letterhead import TITLE, Letterhead, letterhead
from d8plan.views.comparison.naming import signed

FONT = "Times New Roman"
PAGE = (210, 297)
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
"""Millimetres, within what the decree allows."""
_HEAD_WIDTHS = (65, 100)
_WIDTH = 165
"""Of the text, in millimetres."""
_ORDINAL, _LEAST, _MOST_MEASURE, _CELL_MARGIN = 11, 19, 24, 1.3
_EM = 25.4 / 72
"""Millimetres of a point."""
_THIN, _LETTER = 0.27, 0.52
"""Widths of a point or comma, and of a digit or an ordinary letter, in parts of the size."""
_MOTTO_LINE, _ISSUER_LINE, _TITLE_LINE = 23, 21, 62
"""Millimetres on either side of the line under the motto, the issuer and the title."""
_SMALL, _TEXT, _HEADING = 11, 13, 14
_LONG = 10
"""Rows of a table that is set smaller, so that it may stand on one page."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def to_bytes(comparison: VersionComparison, language: Language) -> bytes:
    """Return the document of a comparison."""
    head = letterhead(comparison)
    document = Document()
    _set_up(document)
    _describe(document, head, language)
    say = language.say
    _letterhead(document, head, language)
    _write(document.add_paragraph(), say(TITLE), size=_HEADING, bold=True, align=ALIGN.CENTER, before=12)
    _write(document.add_paragraph(), say(head.subject), size=_HEADING, bold=True, align=ALIGN.CENTER)
    _rule(document.add_paragraph(), _TITLE_LINE)
    _write(document.add_paragraph(), say(head.versions), italic=True, align=ALIGN.CENTER, after=6)
    rows = list(table_rows(comparison))
    if rows:
        _table(document, rows, language)
    for bold, text in notes(comparison):
        _write(document.add_paragraph(), say(text), size=_SMALL + 1, bold=bold, align=ALIGN.JUSTIFY, before=3)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    _signature(document, head)
    return _fixed(document)


def _set_up(document: Docx) -> None:
    """Set the page, the type, and the page's number, which the first page does not bear."""
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(size) for size in PAGE)
    for side, size in MARGINS.items():
        setattr(section, side, Mm(size))
    section.header_distance = section.footer_distance = Mm(10)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(_TEXT)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), FONT)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)


def _describe(document: Docx, head: Letterhead, language: Language) -> None:
    """Set the properties that would else tell of this machine and this minute."""
    about = document.core_properties
    about.title = printable(f"{language.say(TITLE)}: {language.say(head.subject)}")[:255]
    about.author, about.subject = printable(head.issuer)[:255], printable(head.number)[:255]
    about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = datetime.datetime.combine(head.created, datetime.time())
    about.revision = 1


def _letterhead(document: Docx, head: Letterhead, language: Language) -> None:
    """Write the issuer at the left, the country's name and motto at the right, and where place and date go."""
    table = document.add_table(rows=2, cols=2)
    _widths(table, _HEAD_WIDTHS)
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], head.issuer.upper(), size=_TEXT, bold=True, align=ALIGN.CENTER)
    if head.issuer:
        _rule(left.add_paragraph(), _ISSUER_LINE)
    _write(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, align=ALIGN.CENTER)
    _write(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=_TEXT, bold=True, align=ALIGN.CENTER)
    _rule(right.add_paragraph(), _MOTTO_LINE)
    date = language.say(M("…………, day …… month …… year ………"))
    _write(table.rows[1].cells[1].paragraphs[0], date, italic=True, align=ALIGN.CENTER, before=4)


def _table(document: Docx, rows: list[DocumentRow], language: Language) -> None:
    """Write the table of changes; its heading is repeated where it goes on over a page."""
    table = document.add_table(rows=1 + len(rows), cols=len(COLUMNS), style="Table Grid")
    size = _SMALL if len(rows) > _LONG else _SMALL + 1
    _margins(table)
    _widths(table, _columns(rows, size, language))
    heading, *lines = table.rows
    heading._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, name in zip(heading.cells, COLUMNS, strict=True):
        _write(cell.paragraphs[0], language.say(name), size=size, bold=True, align=ALIGN.CENTER)
    for line, row in zip(lines, rows, strict=True):
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = line.cells
        is_heading = row.numbers is None
        if is_heading:
            cells[1].merge(cells[-1])
        values = (row.number, language.say(row.label), row.unit_of_measure)
        for cell, text, align in zip(cells, values, (ALIGN.CENTER, ALIGN.LEFT, ALIGN.CENTER), strict=False):
            if text:
                _write(cell.paragraphs[0], text, size=size, bold=is_heading, align=align)
            else:
                cell.paragraphs[0].paragraph_format.line_spacing = Pt(size)  # else an empty cell makes the row higher
        for cell, text in zip(cells[3:], _numbers(row, language), strict=False):
            _write(cell.paragraphs[0], text, size=size, align=ALIGN.RIGHT)
        for cell in cells:
            cell.paragraphs[-1].paragraph_format.keep_with_next = is_heading


def _columns(rows: list[DocumentRow], size: float, language: Language) -> tuple[float, ...]:
    """Return the widths of the table's columns, in millimetres: no number is broken, what is left is for words."""
    numbers = [
        max(_LEAST, *(_text_width(text, size) for text in texts))
        for texts in zip(("", "", ""), *(_numbers(row, language) for row in rows if row.numbers), strict=True)
    ]
    words = (word for row in rows for word in row.unit_of_measure.split())
    measure = min(max((_text_width(word, size) for word in words), default=0), _MOST_MEASURE)
    measure = max(measure, _ORDINAL + 2)
    return (_ORDINAL, _WIDTH - _ORDINAL - measure - sum(numbers), measure, *numbers)


def _text_width(text: str, size: float) -> float:
    """Return how wide a cell must be for a word or number, in millimetres."""
    thin = sum(letter in ".,/" for letter in text)
    return (thin * _THIN + (len(text) - thin) * _LETTER) * size * _EM + 2 * _CELL_MARGIN


def _margins(table: Table) -> None:
    """Set text closer to the lines between columns than it is by itself."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), str(Mm(_CELL_MARGIN).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties: Any = table._tbl.tblPr
    properties.insert_element_before(margins, "w:tblLook")


def _numbers(row: DocumentRow, language: Language) -> tuple[str, ...]:
    """Return what stands before, after and as the change in a row; nothing for a heading."""
    if row.numbers is None:
        return ()
    old, new = row.numbers
    before, after = ("–" if number is None else language.number(number) for number in row.numbers)
    return before, after, language.say(signed((new or 0) - (old or 0)))


def _signature(document: Docx, head: Letterhead) -> None:
    """Leave room to sign above the name; without a signatory in the data the post is left open too."""
    table = document.add_table(rows=1, cols=2)
    _widths(table, (75, 90))
    cell: _Cell = table.rows[0].cells[1]
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    post, name = (head.signature.post, head.signature.name) if head.signature else ("", "")
    _write(cell.paragraphs[0], post.upper(), size=_TEXT, bold=True, align=ALIGN.CENTER, before=10)
    _write(cell.add_paragraph(), name, size=_HEADING, bold=True, align=ALIGN.CENTER, before=64)


def _widths(table: Table, widths: Iterable[float]) -> None:
    """Fix the widths of columns, in millimetres."""
    table.autofit = False
    widths = tuple(widths)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _write(
    paragraph: Paragraph,
    text: str,
    *,
    size: float = _TEXT,
    bold: bool = False,
    italic: bool = False,
    align: ALIGN = ALIGN.LEFT,
    before: float = 0,
    after: float = 0,
) -> None:
    run = paragraph.add_run(printable(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)


def _rule(paragraph: Paragraph, indent: int) -> None:
    """Draw a line across a paragraph, ``indent`` millimetres from either side."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(indent)
    form.line_spacing = Pt(4)
    form.space_before, form.space_after = Pt(3), Pt(4)
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for key, value in {"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "000000"}.items():
        line.set(qn(key), value)
    borders.append(line)
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _fixed(document: Docx) -> bytes:
    """Return the file with one time for all of its parts."""
    saved, content = BytesIO(), BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            entry.create_system = 3  # the same on every machine
            fixed.writestr(entry, parts.read(name))
    return content.getvalue()
