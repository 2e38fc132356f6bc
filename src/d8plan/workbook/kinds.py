"""Tell what a file is that is no workbook, by its content rather than its name."""

from __future__ import annotations

import re
from typing import NamedTuple

from d8plan.message import M, Message


class Kind(NamedTuple):
    """A kind of file that is not read."""

    label: Message | None
    """What people call it; None where that cannot be told."""
    convertible: bool = True
    """Whether Excel opens it and saves it as .xlsx."""


PASSWORD = Kind(None)
MACROS = Kind(None)
UNKNOWN = Kind(None, convertible=False)
OLD_EXCEL = Kind(M("an old Excel file (.xls)"))
BINARY_EXCEL = Kind(M("an Excel binary workbook (.xlsb)"))
OPEN_DOCUMENT = Kind(M("an OpenDocument file (.ods)"))
CSV = Kind(M("text with separators (.csv)"))
HTML = Kind(M("a web page (.html)"))
XML = Kind(M("an XML file (.xml)"))
WORD = Kind(M("a Word document (.docx)"), convertible=False)
OLD_WORD = Kind(M("an old Word document (.doc)"), convertible=False)
SLIDES = Kind(M("a PowerPoint file (.pptx)"), convertible=False)
PDF = Kind(M("a PDF file"), convertible=False)
ARCHIVE = Kind(M("an archive"), convertible=False)
PICTURE = Kind(M("a picture"), convertible=False)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
}
_MARKUP = re.compile(rb"\s*<(\?xml|!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_SEPARATORS = re.compile(rb"[,;\t|]")
_LOOKED_AT = 4096
_ODF = "mimetype"
_OF_PARTS = (
    ("xl/vbaproject.bin", MACROS),
    ("xl/workbook.bin", BINARY_EXCEL),
    ("word/document.xml", WORD),
    ("ppt/presentation.xml", SLIDES),
)


def kind_of(content: bytes, name: str) -> Kind | None:
    """Return what a file is; None for a zip archive, which may be a workbook."""
    if content.startswith(_ZIP):
        return None
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    return _kind_of_text(content, name)


def kind_of_package(parts: frozenset[str], types: bytes) -> Kind | None:
    """Return what a zip archive is by its parts, in lower case, and its content types; None for a workbook."""
    for part, kind in _OF_PARTS:
        if part in parts:
            return kind
    if b"macroenabled" in types.replace(b"\0", b"").lower() or any(part.endswith("vbaproject.bin") for part in parts):
        return MACROS
    if _ODF in parts:
        return OPEN_DOCUMENT
    return None if "[content_types].xml" in parts else ARCHIVE


def _kind_of_ole(content: bytes) -> Kind:
    """Tell by the names of its streams, UTF-16 in the directory, what a compound file holds (MS-CFB 2.6)."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return PASSWORD
    if "WordDocument".encode("utf-16-le") in content:
        return OLD_WORD
    return OLD_EXCEL


def _kind_of_text(content: bytes, name: str) -> Kind:
    head = content[:_LOOKED_AT]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as Excel saves "Unicode text"
        head = head[2:].replace(b"\0", b"")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if markup := _MARKUP.match(head):
        is_page = markup[1].lower() != b"?xml" or b"<html" in head.lower()
        return HTML if is_page else XML
    if not _BINARY.search(head) and (_SEPARATORS.search(head) or name.lower().endswith((".csv", ".tsv", ".txt"))):
        return CSV
    return UNKNOWN
