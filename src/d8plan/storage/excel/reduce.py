"""Reduce a workbook to what is read of it, so that nothing else in it can stop openpyxl or mislead it.

Of each sheet its cells, merged ranges, hidden rows and columns go on, and the number formats and texts that cells refer
to; styles, drawings, comments and links do not. What spreadsheet programs pass over without a word is passed over here:
a style beyond the list, an empty attribute, a part that is named and missing, sheets that are no tables. What
contradicts itself raises. References are to ECMA-376 part 1.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import quoteattr

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter

from d8plan.storage.excel import guard
from d8plan.storage.excel.guard import Package
from d8plan.text.cells import MergedRange
from d8plan.text.message import M

MAX_ROWS, MAX_COLUMNS = 5_000, 500
"""Cells beyond these are not read, which is told."""
SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
"""As many as a sheet has."""
MAX_SHEETS = 50
MAX_SHARED = 200_000
"""Characters of the formulas that are worked out from another cell's."""
MAX_MERGED = 1_000_000
"""Cells of all merged ranges together."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ID = f"{{{_OFFICE}}}id"
_YES = ("1", "true")
_BOOLEANS = {"1": "1", "true": "1", "0": "0", "false": "0"}
_REFERENCE = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_COUNT = re.compile(r"[0-9]{1,10}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")
_KINDS = {"n": _NUMBER, "s": _COUNT, "b": re.compile("|".join(_BOOLEANS)), "e": re.compile(".+"), "d": re.compile(".+")}
"""What the value of a cell must be, by its type; texts are anything."""


class SheetOutline(NamedTuple):
    """A sheet, less its cells."""

    name: str
    hidden: bool
    merged: tuple[MergedRange, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    beyond: str = ""
    """The first cell that holds something and is not read; A1 where the whole sheet is too large."""


def reduce(package: Package) -> tuple[bytes, list[SheetOutline]]:
    """Return a workbook of what is read, and its sheets in their order, those that hold no cells left out.

    Raises RefusedWorkbookError, or one of ``guard.DAMAGE``.
    """
    return _Reducer(package).reduced()


_Masters = dict[str, int]
"""Length of the formula that others share, by its group."""


class _Reducer:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.shared = self.merged = 0
        (self.book,) = (part for kind, part in self._relations("").values() if kind == "officeDocument")
        self.related = self._relations(self.book)
        self.formats = 0

    def reduced(self) -> tuple[bytes, list[SheetOutline]]:
        outlines, parts = [], {}
        of_kind = {kind: part for kind, part in self.related.values() if self.package.has(part)}
        if "styles" in of_kind:
            parts["styles"] = self._styles(of_kind["styles"])
        if "sharedStrings" in of_kind:
            parts["sharedStrings"] = self._strings(of_kind["sharedStrings"])
        root = self._root(self.book, "workbook")
        listed = root.findall(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")
        if len(listed) > MAX_SHEETS:
            raise guard.too_large(M("The workbook holds more than {number} sheets", number=MAX_SHEETS))
        read: set[str] = set()
        for sheet in listed:
            if not sheet.attrib[_ID]:
                continue  # a sheet without a part: other programs show none either
            kind, part = self.related[sheet.attrib[_ID]]
            if kind in ("chartsheet", "dialogsheet"):
                continue
            if kind != "worksheet" or part in read:
                raise ValueError(kind)
            read.add(part)
            outline = SheetOutline(sheet.attrib["name"], sheet.get("state", "visible") != "visible")
            if self.package.is_oversize(part):
                outline, content = outline._replace(beyond="A1"), _xml(Xml.Element(f"{{{MAIN}}}worksheet"))
            else:
                outline, content = self._sheet(part, outline)
            outlines.append(outline)
            parts[f"worksheet{len(outlines)}"] = content
        if outlines and all(outline.beyond == "A1" for outline in outlines):
            raise guard.too_much()
        properties = root.find(f"{{{MAIN}}}workbookPr")
        return _packed(
            parts, outlines, from_1904=properties is not None and properties.get("date1904") in _YES
        ), outlines

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return kind and name of the parts that a part refers to, by id; nothing outside is followed."""
        folder, name = posixpath.split(part)
        found = {}
        for element in Xml.fromstring(self.package.read(posixpath.join(folder, "_rels", f"{name}.rels"))):  # noqa: S314
            if element.get("TargetMode") != "External":
                target = guard.key(posixpath.join("/", folder, element.attrib["Target"]))
                found[element.attrib["Id"]] = (element.attrib["Type"].rpartition("/")[2], target)
        return found

    def _root(self, part: str, expected: str) -> Xml.Element:
        root = Xml.fromstring(self.package.read(part))  # noqa: S314 - the guard lets no document type pass
        if root.tag == f"{{{_STRICT}}}{expected}":
            raise guard.RefusedWorkbookError(
                M("The workbook is saved as “Strict Open XML”, which is not read"),
                M("Save it in Excel as “Excel Workbook (.xlsx)”"),
            )
        if root.tag != f"{{{MAIN}}}{expected}":
            raise ValueError(root.tag)
        return root

    def _styles(self, part: str) -> bytes:
        """Keep the number formats (18.8): a cell names the style, the style names the format."""
        root, kept = self._root(part, "styleSheet"), Xml.Element(f"{{{MAIN}}}styleSheet")
        codes = Xml.SubElement(kept, f"{{{MAIN}}}numFmts")
        for code in root.iterfind(f"{{{MAIN}}}numFmts/{{{MAIN}}}numFmt"):
            attributes = {"numFmtId": _count(code.attrib["numFmtId"]), "formatCode": code.attrib["formatCode"]}
            Xml.SubElement(codes, code.tag, attributes)
        styles = Xml.SubElement(kept, f"{{{MAIN}}}cellXfs")
        for style in root.iterfind(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf"):
            Xml.SubElement(styles, style.tag, {"numFmtId": _count(style.get("numFmtId") or "0")})
        self.formats = len(styles)
        return _xml(kept)

    def _strings(self, part: str) -> bytes:
        root = self._root(part, "sst")
        for text in root:
            _as_plain(text)
        return _xml(root)

    def _sheet(self, part: str, outline: SheetOutline) -> tuple[SheetOutline, bytes]:
        root, kept = self._root(part, "worksheet"), Xml.Element(f"{{{MAIN}}}worksheet")
        hidden_columns = set(_hidden_columns(root))
        hidden_rows, beyond, number = set(), "", 0
        cells, masters = Xml.SubElement(kept, f"{{{MAIN}}}sheetData"), _Masters()
        for row in root.iterfind(f"{{{MAIN}}}sheetData/{{{MAIN}}}row"):
            before, number = number, int(_count(row.get("r") or str(number + 1)))
            if not before < number <= SHEET_ROWS:
                raise ValueError(number)
            if number <= MAX_ROWS and (row.get("hidden") in _YES or _is_zero(row.get("ht"))):
                hidden_rows.add(number - 1)
            held = Xml.SubElement(cells, row.tag, {"r": str(number)})
            for column, cell in _cells(row, number):
                cell.set("r", f"{get_column_letter(column)}{number}")
                if number > MAX_ROWS or column > MAX_COLUMNS:
                    beyond = beyond or cell.attrib["r"]
                    continue
                self._check_cell(cell, masters)
                held.append(cell)
        merged = tuple(self._merged(root))
        whole = outline._replace(
            merged=merged,
            hidden_rows=frozenset(hidden_rows),
            hidden_columns=frozenset(hidden_columns),
            beyond=beyond,
        )
        return whole, _xml(kept)

    def _check_cell(self, cell: Xml.Element, masters: _Masters) -> None:
        """Make a cell one that openpyxl cannot misread; raise where its parts contradict each other."""
        style = cell.get("s") or "0"
        cell.set("s", style if int(_count(style)) < self.formats else "0")
        kind = cell.get("t") or "n"
        value = cell.find(f"{{{MAIN}}}v")
        if kind in _KINDS and value is not None:
            value.text = (value.text or "").strip()
            if value.text and not _KINDS[kind].fullmatch(value.text):
                raise ValueError(value.text)
            value.text = _BOOLEANS[value.text] if kind == "b" and value.text else value.text
        elif kind == "inlineStr":
            for text in cell.iterfind(f"{{{MAIN}}}is"):
                _as_plain(text)
        elif kind not in (*_KINDS, "str"):
            raise ValueError(kind)
        formula = cell.find(f"{{{MAIN}}}f")
        if formula is not None and formula.get("t") == "shared":
            group = formula.attrib["si"]
            if formula.text:
                masters[group] = len(formula.text)
            self.shared += masters[group]
            if self.shared > MAX_SHARED:
                raise guard.too_much()

    def _merged(self, root: Xml.Element) -> Iterator[MergedRange]:
        """Yield the merged ranges, as far as cells are read: a whole row or column may be merged."""
        for element in root.iterfind(f"{{{MAIN}}}mergeCells/{{{MAIN}}}mergeCell"):
            area = _area(element.get("ref") or "A1")
            size = (area.last_row - area.row + 1) * (area.last_column - area.column + 1)
            if area.row < MAX_ROWS and area.column < MAX_COLUMNS and size > 1:
                self.merged += size
                if self.merged > MAX_MERGED:
                    raise guard.too_much()
                yield area


def _cells(row: Xml.Element, number: int) -> Iterator[tuple[int, Xml.Element]]:
    """Yield the cells of a row that hold something, each with its column, from 1."""
    column = 0
    for cell in row.iterfind(f"{{{MAIN}}}c"):
        before, at = column, cell.get("r")
        if at and not _REFERENCE.fullmatch(at):
            raise ValueError(at)
        of_row, column = coordinate_to_tuple(at) if at else (number, column + 1)
        if of_row != number or not before < column <= SHEET_COLUMNS:
            raise ValueError(at)
        if len(cell):
            yield column, cell


def _hidden_columns(root: Xml.Element) -> Iterator[int]:
    for element in root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col"):
        first, last = (int(_count(element.attrib[name])) for name in ("min", "max"))
        if not 1 <= first <= last <= SHEET_COLUMNS:
            raise ValueError(first, last)
        if element.get("hidden") in _YES or _is_zero(element.get("width")):
            yield from range(first - 1, min(last, MAX_COLUMNS))


def _area(reference: str) -> MergedRange:
    """Return a range, cut to the cells that are read: A1:C9, whole columns A:C or whole rows 1:9."""
    first, _, last = reference.replace("$", "").partition(":")
    ends = []
    for end, row, column in ((first, 1, 1), (last or first, MAX_ROWS, MAX_COLUMNS)):
        letters, digits = end.rstrip("0123456789"), end.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if letters + digits != end or not end:
            raise ValueError(reference)
        at_row, at_column = coordinate_to_tuple(f"{letters or get_column_letter(column)}{_count(digits or str(row))}")
        if not 1 <= at_row <= SHEET_ROWS or at_column > SHEET_COLUMNS:
            raise ValueError(reference)
        ends.append((at_row - 1, at_column - 1))
    (row, column), (last_row, last_column) = ends
    if last_row < row or last_column < column:
        raise ValueError(reference)
    return MergedRange(row, column, min(last_row, MAX_ROWS - 1), min(last_column, MAX_COLUMNS - 1))


def _as_plain(text: Xml.Element) -> None:
    """Leave of a text its characters (18.4.8): no fonts, which may be broken, and no readings of characters."""
    for run in [text, *text.iterfind(f"{{{MAIN}}}r")]:
        for child in list(run):
            if child.tag not in (f"{{{MAIN}}}t", f"{{{MAIN}}}r"):
                run.remove(child)


def _count(text: str) -> str:
    """Return a whole number as attributes write it."""
    if not _COUNT.fullmatch(text):
        raise ValueError(text)
    return text


def _is_zero(size: str | None) -> bool:
    return bool(size) and float(size or 1) == 0


def _xml(root: Xml.Element) -> bytes:
    return bytes(Xml.tostring(root, "utf-8"))


def _packed(parts: dict[str, bytes], outlines: list[SheetOutline], *, from_1904: bool) -> bytes:
    """Return parts as a workbook with the names and kinds that openpyxl looks for."""
    sheets = "".join(
        f'<sheet name={quoteattr(outline.name)} sheetId="{number}" r:id="worksheet{number}"/>'
        for number, outline in enumerate(outlines, 1)
    )
    of_sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    paths, links = {}, ""
    types = f'<Override PartName="/xl/workbook.xml" ContentType="{of_sheets}.sheet.main+xml"/>'
    for name in parts:
        kind = name.rstrip("0123456789")
        path = paths[name] = f"{'worksheets/' if kind == 'worksheet' else ''}{name}.xml"
        types += f'<Override PartName="/xl/{path}" ContentType="{of_sheets}.{kind}+xml"/>'
        links += f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="/xl/{path}"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{types}</Types>')
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
            f"<sheets>{sheets}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
        for name, path in paths.items():
            archive.writestr(f"xl/{path}", parts[name])
    return content.getvalue()
