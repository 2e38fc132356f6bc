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

from d8plan.render.document_rows import COLUMNS, Line, Weight, notes, table_lines
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import printable
from d8plan.views.comparison import Comparison, Version
from d8plan.views.comparison.letterhead import Head, head, heading

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


def to_bytes(
    comparison: Comparison, old: Version, new: Version, names: tuple[Message, Message], language: Language
) -> bytes:
    """Return the document of a comparison; ``names`` are what people call the older and the newer version."""
    shown = head(comparison, old, new)
    document = Document()
    _set_up(document)
    _describe(document, shown, language)
    say = language.say
    _letterhead(document, shown, language)
    title, of = heading(shown)
    _write(document.add_paragraph(), say(title), size=_HEADING, bold=True, align=ALIGN.CENTER, before=12)
    _write(document.add_paragraph(), say(of), size=_HEADING, bold=True, align=ALIGN.CENTER)
    _rule(document.add_paragraph(), _TITLE_LINE)
    versions = M("Before: {old}; after: {new}", old=names[0], new=names[1])
    _write(document.add_paragraph(), say(versions), italic=True, align=ALIGN.CENTER, after=6)
    lines = table_lines(comparison, old, new)
    if lines:
        _table(document, lines, language)
    for bold, text in notes(comparison, old, new):
        _write(document.add_paragraph(), say(text), size=_SMALL + 1, bold=bold, align=ALIGN.JUSTIFY, before=3)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    _signature(document, shown)
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


def _describe(document: Docx, shown: Head, language: Language) -> None:
    """Set the properties that would else tell of this machine and this minute."""
    about = document.core_properties
    day = datetime.datetime.combine(shown.day or datetime.date(2000, 1, 1), datetime.time())
    title, of = heading(shown)
    about.title = printable(f"{language.say(title)}: {language.say(of)}")[:255]
    about.author, about.subject = printable(shown.issuer)[:255], printable(shown.number)[:255]
    about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = day
    about.revision = 1


def _letterhead(document: Docx, shown: Head, language: Language) -> None:
    """Write the issuer at the left, the country's name and motto at the right, and where place and date go."""
    table = document.add_table(rows=2, cols=2)
    _widths(table, _HEAD_WIDTHS)
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], shown.issuer.upper(), size=_TEXT, bold=True, align=ALIGN.CENTER)
    if shown.issuer:
        _rule(left.add_paragraph(), _ISSUER_LINE)
    _write(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, align=ALIGN.CENTER)
    _write(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=_TEXT, bold=True, align=ALIGN.CENTER)
    _rule(right.add_paragraph(), _MOTTO_LINE)
    date = language.say(M("…………, day …… month …… year ………"))
    _write(table.rows[1].cells[1].paragraphs[0], date, italic=True, align=ALIGN.CENTER, before=4)


def _table(document: Docx, lines: list[Line], language: Language) -> None:
    """Write the table of changes; its heading is repeated where it goes on over a page."""
    table = document.add_table(rows=1 + len(lines), cols=len(COLUMNS), style="Table Grid")
    size = _SMALL if len(lines) > _LONG else _SMALL + 1
    _margins(table)
    _widths(table, _columns(lines, size, language))
    heading = table.rows[0]
    repeated = OxmlElement("w:tblHeader")
    heading._tr.get_or_add_trPr().append(repeated)
    for cell, name in zip(heading.cells, COLUMNS, strict=True):
        _write(cell.paragraphs[0], language.say(name), size=size, bold=True, align=ALIGN.CENTER)
    for row, line in zip(list(table.rows)[1:], lines, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = row.cells
        bold = line.weight is not Weight.DETAIL
        if line.weight is not Weight.DETAIL and not line.has_numbers:
            cells[1].merge(cells[-1])
        values = (line.number, language.say(line.label), line.unit_of_measure)
        for cell, text, align in zip(cells, values, (ALIGN.CENTER, ALIGN.LEFT, ALIGN.CENTER), strict=False):
            if text:
                _write(cell.paragraphs[0], text, size=size, bold=bold, align=align)
            else:
                cell.paragraphs[0].paragraph_format.line_spacing = Pt(size)  # else an empty cell makes the row higher
        if line.has_numbers:
            for cell, text in zip(cells[3:], _numbers(line, language), strict=True):
                _write(cell.paragraphs[0], text, size=size, align=ALIGN.RIGHT)
        for cell in cells:
            cell.paragraphs[-1].paragraph_format.keep_with_next = line.weight is not Weight.DETAIL


def _columns(lines: list[Line], size: float, language: Language) -> tuple[float, ...]:
    """Return the widths of the table's columns, in millimetres: no number is broken, what is left is for words."""

    def needed(texts: Iterable[str]) -> float:
        return max(_LEAST, *(_text_width(text, size) for text in texts))

    shown = [_numbers(line, language) for line in lines if line.has_numbers] or [("", "", "")]
    numbers = [needed(row[column] for row in shown) for column in range(3)]
    words = (word for line in lines for word in line.unit_of_measure.split())
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


def _numbers(line: Line, language: Language) -> tuple[str, str, str]:
    old, new = ("–" if value is None else language.number(value) for value in (line.old, line.new))
    change = (line.new or 0) - (line.old or 0)
    sign = "+" if change > 0 else "-" if change else ""
    return old, new, sign + language.amount(Amount(abs(change)))


def _signature(document: Docx, shown: Head) -> None:
    """Leave room to sign above the name; without a signatory in the data the post is left open too."""
    table = document.add_table(rows=1, cols=2)
    _widths(table, (75, 90))
    cell: _Cell = table.rows[0].cells[1]
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    post, name = (shown.signature.post, shown.signature.name) if shown.signature else ("", "")
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
