"""Parse a workbook's content into grids, in one pass over each part and with bounds on all that is kept.

openpyxl's loader is not used: it needs two passes to tell formulas from their results, keeps every style,
drawing and comment, and stops at parts that do not matter here. Its rules for dates, formats and shared
formulas are. References are to ECMA-376 part 1.
"""

from __future__ import annotations

import datetime
import io
import posixpath
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from d8plan.storage.excel import guard
from d8plan.storage.excel.guard import Package
from d8plan.storage.excel.sheet_parser import YES, Budget, Format, Shared, SheetParser, text_of, whole
from d8plan.text.cells import Grid
from d8plan.text.message import M

MAX_SHEETS = 50
_MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""The namespaces of ordinary and of strict workbooks."""
_RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
MAX_FORMAT = 1_000
"""Characters of a number format; Excel takes 255."""


class _Relation(NamedTuple):
    kind: str
    """The last word of its type."""
    target: str


class _Sheet(NamedTuple):
    name: str
    relation: str
    hidden: bool


def parse(content: bytes, name: str) -> tuple[Grid, ...]:
    """Return the sheets of a workbook in their order, charts left out.

    Raises RefusedError, and MemoryError where it was limited.
    """
    package = guard.opened(content, name)
    try:
        return tuple(_grids(package))
    except guard.DAMAGE as error:
        raise guard.damaged() from error


def _grids(package: Package) -> Iterator[Grid]:
    book = _only(_relations(package, ""), "officeDocument")
    relations = _relations(package, book)
    sheets, epoch = _book(package, book)
    if len(sheets) > MAX_SHEETS:
        raise guard.too_large(M("The workbook holds more than {number} sheets", number=MAX_SHEETS))
    kinds = {relation.kind: relation.target for relation in relations.values()}
    budget = Budget()
    shared = Shared(
        strings=list(_strings(package, kinds["sharedStrings"])) if "sharedStrings" in kinds else [],
        formats=list(_formats(package, kinds["styles"])) if "styles" in kinds else [],
        epoch=epoch,
    )
    read = set()
    for sheet in sheets:
        relation = relations[sheet.relation]
        if relation.kind == "chartsheet":
            continue
        if relation.kind != "worksheet" or relation.target in read:
            raise ValueError(relation.kind)
        read.add(relation.target)
        yield _grid(package, sheet, relation.target, shared, budget)


def _grid(package: Package, sheet: _Sheet, part: str, shared: Shared, budget: Budget) -> Grid:
    events = _events(package, part)
    root = next(events)[1]
    parser = SheetParser(sheet.name, _namespace(root, "worksheet"), shared, budget)
    for event, element in events:
        parser.feed(event, element)
    return parser.grid(hidden=sheet.hidden)


def _events(package: Package, part: str) -> Iterator[tuple[str, ElementTree.Element]]:
    # The guard lets no part pass that declares a document type, so there are no entities to expand.
    return ElementTree.iterparse(io.BytesIO(package.read(part)), events=("start", "end"))  # noqa: S314


def _elements(package: Package, part: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of a part where they begin: their attributes are known then, nothing else."""
    for event, element in _events(package, part):
        if event == "start":
            yield element
        else:
            element.clear()


def _namespace(root: ElementTree.Element, expected: str) -> str:
    """Return the namespace of a part's first element, which must be the expected one."""
    for namespace in _MAIN:
        if root.tag == namespace + expected:
            return namespace
    raise ValueError(root.tag)


def _relations(package: Package, part: str) -> dict[str, _Relation]:
    """Return what a part refers to, by id; links to the outside are left out and never followed."""
    folder, name = posixpath.split(part)
    found = {}
    for element in _elements(package, posixpath.join(folder, "_rels", f"{name}.rels")):
        if element.tag.endswith("}Relationship") and element.get("TargetMode") != "External":
            target = guard.key(posixpath.join("/", folder, element.attrib["Target"]))
            found[element.attrib["Id"]] = _Relation(element.attrib["Type"].rpartition("/")[2], target)
    return found


def _only(relations: dict[str, _Relation], kind: str) -> str:
    (target,) = {relation.target for relation in relations.values() if relation.kind == kind}
    return target


def _book(package: Package, part: str) -> tuple[list[_Sheet], datetime.datetime]:
    """Return the sheets and the day from which dates count."""
    elements = _elements(package, part)
    namespace = _namespace(next(elements), "workbook")
    sheets = []
    epoch = WINDOWS_EPOCH
    for element in elements:
        if element.tag == namespace + "workbookPr" and element.get("date1904") in YES:
            epoch = MAC_EPOCH
        elif element.tag == namespace + "sheet":
            relation = next(element.attrib[name] for name in _RELATION_ID if name in element.attrib)
            sheets.append(_Sheet(element.attrib["name"], relation, element.get("state", "visible") != "visible"))
    return sheets, epoch


def _strings(package: Package, part: str) -> Iterator[str]:
    """Yield the texts that cells refer to by their number."""
    events = _events(package, part)
    namespace = _namespace(next(events)[1], "sst")
    for event, element in events:
        if event == "end" and element.tag == namespace + "si":
            yield text_of(element, namespace)
            element.clear()


def _formats(package: Package, part: str) -> Iterator[Format]:
    """Yield the number formats that cells refer to by their number; nothing else of their styles is read."""
    elements = _elements(package, part)
    namespace = _namespace(next(elements), "styleSheet")
    codes = dict(BUILTIN_FORMATS)
    within = ""
    for element in elements:
        if element.tag == namespace + "numFmt" and within == namespace + "numFmts":
            codes[whole(element.attrib["numFmtId"])] = element.attrib["formatCode"]
        elif element.tag == namespace + "xf" and within == namespace + "cellXfs":
            yield _format(codes.get(whole(element.get("numFmtId", "0")), "General"))
        elif element.tag in (namespace + "numFmts", namespace + "cellXfs", namespace + "cellStyleXfs"):
            within = element.tag
        elif element.tag == namespace + "dxfs":
            within = ""


@cache
def _format(code: str) -> Format:
    if len(code) > MAX_FORMAT:
        raise ValueError(code[:MAX_FORMAT])
    return Format(code, is_date_format(code), is_timedelta_format(code))
