"""Tables as text: CSV with commas or semicolons, and what Excel saves as “Unicode text”."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from d8plan.text.cells import Grid, Holds, Raw
from d8plan.text.message import M, ToldError
from d8plan.text.names import nfc

MAX_BYTES = 2_000_000
_DELIMITERS = "\t;,"
_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


class RefusedTextError(ToldError):
    """A file that holds no table as text."""


class Separated(NamedTuple):
    """What a file holds, by the mark that is taken to separate its cells."""

    grids: tuple[Grid, ...]
    """One for each mark; rows count as the lines of the file do, and one with line breaks stands where it begins."""
    refused: tuple[RefusedTextError, ...]
    """Why others do not separate it."""


def read(content: bytes) -> Separated:
    """Return what a file holds, once for each mark that may separate its cells; raises RefusedTextError."""
    text = _decoded(content)
    grids: list[Grid] = []
    refused: list[RefusedTextError] = []
    for delimiter in _DELIMITERS:
        try:
            grids.append(Grid(delimiter, {at: Raw(Holds.TEXT, cell) for at, cell in _cells(text, delimiter)}))
        except RefusedTextError as error:
            refused.append(error)
    return Separated(tuple(grids), tuple(refused))


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise RefusedTextError(M("The file is larger than 2 MB"))
    encoding = next((name for mark, name in _ENCODINGS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise RefusedTextError(
            M("The file is not text in UTF-8 or UTF-16"), M("Save it in Excel as “CSV UTF-8” or as “Unicode text”")
        )
    return text


def _cells(text: str, delimiter: str) -> Iterator[tuple[tuple[int, int], str]]:
    # Without ``strict`` a quote that is never closed takes in the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for row in reader:
            for column, cell in enumerate(row):
                if typed := nfc(cell).strip():
                    yield (line, column), typed
            line = reader.line_num
    except csv.Error as error:
        raise RefusedTextError(
            M("line {line}: the quotes are not closed, or something stands after them", line=line + 1),
            M("Put a cell with quotes or line breaks in quotes, and double the quotes in it"),
        ) from error
