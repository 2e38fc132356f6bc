"""What a file must be before it is read as a workbook: checked without following what it says of itself."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from d8plan.storage.excel.kinds import MIME_TYPE, PASSWORD, FileKind, kind_of, kind_of_package
from d8plan.text.message import M, Message, ToldError

T = TypeVar("T")
MEGABYTE = 1_000_000
MAX_FILE = 10 * MEGABYTE
MAX_UNPACKED = 64 * MEGABYTE
"""Bytes of all parts together. A guard of plain size: 64 MB of XML is more than 100 annexes."""
MAX_PARTS = 2_000
MAX_TAGS = 600_000
"""Opening and closing tags of the XML parts that are read, an upper bound that is counted without parsing."""
MAX_ATTRIBUTES = 500_000
MAX_TAG = 256 * 1024
"""Bytes of a single tag: expat takes much longer over a million attributes of one than of many."""
MAX_RATIO = 100
"""How often larger than packed what unpacks to more than ``RATIO_FROM`` may be."""
RATIO_FROM = 8 * MEGABYTE
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    ParseError,
    ValueError,
    LookupError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,
)
"""What zipfile, expat and conversions raise for broken content; NotImplementedError is a RuntimeError."""

_CENTRAL = b"PK\x01\x02"
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_XML = (".xml", ".rels")
_OUTSIDE = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)|[\x00-\x1f]")
_COPY = M("Copy the annex alone into a new workbook and save that")
_SHOWN = 60
_CHUNK = 64 * 1024
_TYPES = "[content_types].xml"


class RefusedWorkbookError(ToldError):
    """A file that is not read as a workbook: what is wrong, and what to do."""


class Package(NamedTuple):
    """The parts of a workbook that passed."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    """Parts by ``key``."""
    readable: frozenset[str]
    """Keys of the parts that are well-formed XML without a DOCTYPE: no others are to be parsed."""
    oversize: frozenset[str] = frozenset()
    """Keys of XML parts that hold more than an annex does, and were not looked into."""

    def has(self, part: str) -> bool:
        """Tell whether the package holds a part."""
        return key(part) in self.entries

    def is_oversize(self, part: str) -> bool:
        """Tell a part that holds more than an annex does."""
        return key(part) in self.oversize

    def read(self, part: str) -> bytes:
        """Return an XML part unpacked; raises one of ``DAMAGE`` where it is missing or not well formed."""
        if self.is_oversize(part):
            raise too_much()
        if key(part) not in self.readable:
            raise LookupError(part)
        return self.archive.read(self.entries[key(part)])


def key(part: str) -> str:
    """Return the form in which names of parts are compared: no case, slashes, none in front (OPC 6.2.2)."""
    return posixpath.normpath(part.replace("\\", "/").lstrip("/")).lower()


def damaged() -> RefusedWorkbookError:
    """Return the refusal of a workbook whose parts contradict each other or cannot be parsed."""
    return RefusedWorkbookError(
        M("The workbook is damaged or incomplete"), M("Ask for the file again, or open it in Excel and save it again")
    )


def too_large(what: Message) -> RefusedWorkbookError:
    """Return the refusal of a workbook that holds more than is read."""
    return RefusedWorkbookError(what, _COPY)


def too_much() -> RefusedWorkbookError:
    """Return the refusal of a workbook with more in it than is counted by name."""
    return too_large(M("The workbook holds more than a plan's annexes do"))


def check(content: bytes, name: str) -> None:
    """Raise RefusedWorkbookError where ``content`` cannot be read as a workbook at all; ``name`` is the file's name."""
    opened(content, name)


def opened(content: bytes, name: str) -> Package:
    """Return the parts of a workbook, none of them parsed; raises RefusedWorkbookError as ``check`` does."""
    if not content:
        raise RefusedWorkbookError(M("The file is empty"), M("Ask for the file again"))
    if len(content) > MAX_FILE:
        raise too_large(M("The file is larger than {number} MB", number=MAX_FILE // MEGABYTE))
    if (kind := kind_of(content, name)) is not None:
        raise _of_kind(kind)
    if content.count(_CENTRAL) > MAX_PARTS:
        raise _strange(M("more than {number} parts", number=MAX_PARTS))
    archive = _guarded(partial(zipfile.ZipFile, io.BytesIO(content)))
    entries = _entries(archive)
    # A workbook's parts are packed one by one; the whole file may still be an archive with a password.
    if any(entry.flag_bits & _ENCRYPTED for entry in entries.values()):
        raise _of_kind(PASSWORD)
    _check_sizes(entries)
    package = Package(archive, entries, frozenset())
    return _guarded(partial(_looked_into, package))


def _of_kind(kind: FileKind) -> RefusedWorkbookError:
    return RefusedWorkbookError(kind.message, kind.action)


def _strange(what: Message) -> RefusedWorkbookError:
    """Return the refusal of what no spreadsheet program writes."""
    message = M("The workbook was not made by a spreadsheet program: it holds {what}", what=what)
    return RefusedWorkbookError(message, M("Do not open it; ask whoever sent it for the file again"))


def _guarded(step: Callable[[], T]) -> T:
    """Return what a step returns; what libraries raise for broken content becomes a refusal."""
    try:
        return step()
    except DAMAGE as error:
        raise damaged() from error


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by key; names that are no names of parts, or stand twice, are refused."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.orig_filename.replace("\\", "/")
        if _OUTSIDE.search(name):
            raise _strange(M("a part with the name “{name}”", name=name[:_SHOWN]))
        if name.endswith("/"):
            continue  # a folder, which archivers add
        if key(name) in entries:
            raise _strange(M("the part “{name}” twice", name=name[:_SHOWN]))
        if entry.compress_type not in _PACKINGS:
            raise damaged()
        entries[key(name)] = entry
    return entries


def _check_sizes(entries: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse by the sizes that the archive states: zipfile never unpacks more of a part than stated."""
    unpacked = sum(entry.file_size for entry in entries.values())
    packed = sum(entry.compress_size for entry in entries.values())
    if unpacked > MAX_UNPACKED:
        raise too_large(M("The workbook unpacks to more than {number} MB", number=MAX_UNPACKED // MEGABYTE))
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed:
        raise too_large(M("The workbook unpacks to more than {number} times its size", number=MAX_RATIO))


def _looked_into(package: Package) -> Package:
    """Return the package with what its XML parts are; refuse a DOCTYPE in any, and a package of another kind.

    What is too much for an annex is not looked into, the largest parts first: a sheet of something else may be large.
    """
    readable, oversize = set(), set()
    tags = attributes = 0
    for part, entry in sorted(package.entries.items(), key=lambda item: item[1].file_size):
        if not part.endswith(_XML):
            continue
        content = package.archive.read(entry)
        of_part = content.count(b"<"), content.count(b"=")
        if tags + of_part[0] > MAX_TAGS or attributes + of_part[1] > MAX_ATTRIBUTES:
            oversize.add(part)
            continue
        tags, attributes = tags + of_part[0], attributes + of_part[1]
        match _is_plain_xml(content, part):
            case True:
                readable.add(part)
            case None:
                oversize.add(part)
    types = package.archive.read(package.entries[_TYPES]) if _TYPES in readable else b""
    mime_type = package.archive.read(package.entries[MIME_TYPE]) if MIME_TYPE in package.entries else b""
    if (kind := kind_of_package(frozenset(package.entries), types, mime_type)) is not None:
        raise _of_kind(kind)
    return package._replace(readable=frozenset(readable), oversize=frozenset(oversize))


def _is_plain_xml(content: bytes, part: str) -> bool | None:
    """Tell whether content is well formed, None where a tag of it is too large to be looked into.

    Refuse it where it declares a document type, in any encoding.
    """

    def refuse(*_: object) -> None:
        raise _strange(M("a document type in the part “{name}”", name=part[:_SHOWN]))

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        for start in range(0, len(content), _CHUNK):
            parser.Parse(content[start : start + _CHUNK], False)
            if start - parser.CurrentByteIndex > MAX_TAG:
                return None
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True
