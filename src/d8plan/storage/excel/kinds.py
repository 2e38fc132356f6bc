"""Tell what a file is that is no workbook, by its content rather than its name."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from d8plan.storage.excel.compound import MAGIC, names_in_root
from d8plan.text.message import M, Message

_IN_EXCEL = M("Open it in Excel and save it as .xlsx")
_NAME_ANOTHER = M("Name the workbook of the annex")


class FileKind(NamedTuple):
    """A kind of file that is not read."""

    message: Message
    """What is wrong."""
    action: Message
    """What to do."""


def _other(label: Message, action: Message = _NAME_ANOTHER) -> FileKind:
    """Return a kind that people call by a name."""
    return FileKind(M("The file is not an Excel workbook (.xlsx) but {kind}", kind=label), action)


PASSWORD = FileKind(
    M("The file is protected by a password"), M("Open it in Excel, remove the password and save it again")
)
MACROS = FileKind(M("The workbook holds macros"), M("Save it as .xlsx in Excel, without its macros"))
UNKNOWN = FileKind(M("The file is not an Excel workbook (.xlsx)"), _NAME_ANOTHER)
LOCK = _other(M("a lock file, which Excel keeps while a workbook is open"), M("Name the workbook itself"))
OLD_EXCEL = _other(M("an old Excel file (.xls)"), _IN_EXCEL)
BINARY_EXCEL = _other(M("an Excel binary workbook (.xlsb)"), _IN_EXCEL)
OPEN_DOCUMENT = _other(
    M("an OpenDocument file (.ods)"), M("Save it as .xlsx in LibreOffice, or in the program that it was made with")
)
OPEN_TEXT = _other(M("an OpenDocument file that is no spreadsheet"))
CSV = _other(M("text with separators (.csv)"), _IN_EXCEL)
HTML = _other(M("a web page (.html)"), _IN_EXCEL)
XML = _other(M("an XML file (.xml)"), _IN_EXCEL)
WORD = _other(M("a Word document (.docx)"))
OLD_WORD = _other(M("an old Word document (.doc)"))
SLIDES = _other(M("a PowerPoint file (.pptx)"))
OLD_SLIDES = _other(M("an old PowerPoint file (.ppt)"))
PDF = _other(M("a PDF file"))
ARCHIVE = _other(M("an archive"))
PICTURE = _other(M("a picture"))

_ZIP = b"PK\x03\x04"
_BEGINNINGS = {
    b"%PDF": PDF,
    b"Rar!": ARCHIVE,
    b"7z\xbc\xaf": ARCHIVE,
    b"\x1f\x8b": ARCHIVE,
    b"PK\x05\x06": ARCHIVE,
    b"PK\x07\x08": ARCHIVE,
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    # A workbook of Excel before 1997, without a compound file around it.
    b"\x09\x08\x08\x00": OLD_EXCEL,
    b"\x09\x08\x10\x00": OLD_EXCEL,
    b"\x09\x04\x06\x00": OLD_EXCEL,
    b"\x09\x02\x06\x00": OLD_EXCEL,
    b"\x09\x00\x04\x00": OLD_EXCEL,
    b"MIME-Version:": HTML,  # with its pictures in one file, as Excel saves it
}
_MARKUP = re.compile(rb"\s*<(\?xml|!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_SEPARATORS = re.compile(rb"[,;\t|]")
_LOOKED_AT = 4096
MIME_TYPE = "mimetype"
"""Part of an OpenDocument file that tells what it is."""
_OPEN_DOCUMENT = b"opendocument"
_OF_COMPOUND = (
    ("EncryptedPackage", PASSWORD),
    ("Workbook", OLD_EXCEL),
    ("Book", OLD_EXCEL),
    ("WordDocument", OLD_WORD),
    ("PowerPoint Document", OLD_SLIDES),
)
_OF_PARTS = (
    ("xl/workbook.bin", BINARY_EXCEL),
    ("word/document.xml", WORD),
    ("ppt/presentation.xml", SLIDES),
)


def kind_of(content: bytes, name: str) -> FileKind | None:
    """Return what a file is; None for a zip archive, which may be a workbook."""
    if content.startswith(_ZIP):
        return None
    if content.startswith(MAGIC):
        held = names_in_root(content)
        return next((kind for stream, kind in _OF_COMPOUND if stream in held), UNKNOWN)
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if name.startswith("~$"):
        return LOCK
    return _kind_of_text(content, name)


def kind_of_package(parts: frozenset[str], types: bytes, mime_type: bytes) -> FileKind | None:
    """Return what a zip archive is; None for a workbook.

    It is told by its parts, in lower case, by its content types, and by what an OpenDocument file says that it is.
    """
    if any(part.endswith("vbaproject.bin") or part.startswith("xl/macrosheets/") for part in parts):
        return MACROS
    for part, kind in _OF_PARTS:
        if part in parts:
            return kind
    if _of_macros(types):
        return MACROS
    if _OPEN_DOCUMENT in mime_type:
        return OPEN_DOCUMENT if b"spreadsheet" in mime_type else OPEN_TEXT
    return None if "[content_types].xml" in parts else ARCHIVE


def _of_macros(types: bytes) -> bool:
    """Tell whether content types, well-formed XML, give a part the type of one with macros.

    What they say of an ending that no XML part has is no more than a possibility, which SheetJS writes into all of
    its workbooks.
    """
    found = False

    def look(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        if "macroenabled" in attributes.get("ContentType", "").lower():
            of_all = name.rpartition(":")[2] == "Default"
            found = found or not of_all or attributes.get("Extension", "").lower() == "xml"

    parser = expat.ParserCreate()
    parser.StartElementHandler = look
    if types:
        parser.Parse(types, True)
    return found


def _kind_of_text(content: bytes, name: str) -> FileKind:
    head = content[:_LOOKED_AT]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as Excel saves "Unicode text"
        head = head[2:].replace(b"\0", b"")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if markup := _MARKUP.match(head):
        if _OPEN_DOCUMENT in head:  # all in one file of XML (.fods)
            return OPEN_DOCUMENT
        is_page = markup[1].lower() != b"?xml" or b"<html" in head.lower()
        return HTML if is_page else XML
    if not _BINARY.search(head) and (_SEPARATORS.search(head) or name.lower().endswith((".csv", ".tsv", ".txt"))):
        return CSV
    return UNKNOWN
