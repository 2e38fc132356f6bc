"""A workbook as plain values: what stands in which cell, and what that cell is.

The core lays sheets out with these values; ``workbook`` writes them as a file. Sizes are in points.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from d8plan.findings import Place
from d8plan.message import Message

Text = str | Message
"""Text of the data, or of ours, which waits for a language."""


class Role(StrEnum):
    """What a cell is; its look follows from it."""

    ISSUER = "issuer"
    LABEL = "label"
    TITLE = "title"
    REFERENCE = "reference"
    MEASURE = "measure"
    HEADING = "heading"
    ROW_LABEL = "row-label"
    WINDOW = "window"
    LEVEL = "level"
    ORDINAL = "ordinal"
    UNIT = "unit"
    FIGURE = "figure"
    TOTAL = "total"
    FOOTNOTE = "footnote"
    POST = "post"
    NAME = "name"


class Number(StrEnum):
    """What a cell's number measures."""

    COUNT = "count"
    MONEY = "money"


class Cell(NamedTuple):
    """A cell, or a merged range named by its first cell; rows and columns count from 0."""

    row: int
    column: int
    role: Role
    value: int | Text | None = None
    """What is shown; of a total, what its formula gives."""
    rows: int = 1
    columns: int = 1
    formula: str | None = None
    parts: tuple[Place, ...] = ()
    """Places of the figures that the formula sums, directly or by other totals."""
    places: tuple[Place, ...] = ()
    """Where the data holds what the cell shows; a total may be stated more than once."""
    number: Number = Number.COUNT
    strong: bool = False
    """Set in bold, whatever its role."""
    note: tuple[Message, ...] = ()
    """The lines of a comment that opens on the cell."""
    faulty: bool = False
    """Whether a check found fault with it: it is marked, on paper too."""


class Sheet(NamedTuple):
    """One sheet: its cells and how it lies on paper."""

    name: str
    cells: tuple[Cell, ...]
    header: tuple[int, int]
    """First and last row of the heading that is repeated on every page."""
    freeze: tuple[int, int]
    """First row and column that scroll."""
    text_size: float = 10
    """Size of the table's text."""
    widths: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    new_page: int | None = None
    """Row that must begin a page, so that who signs does not stand on a page without figures."""
    one_page: bool = False
    """Whether it is printed a little smaller to stand on one page."""


class Book(NamedTuple):
    """A workbook."""

    title: str
    subject: str
    """Number of the plan."""
    author: str
    created: datetime.date
    sheets: tuple[Sheet, ...]


class Address(NamedTuple):
    """Where a value stands in a workbook."""

    sheet: str
    cell: str
    """As spreadsheets name it: E7."""


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell from its row and column, counted from 0: (6, 4) is E7."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def sheet_names(wanted: Iterable[str]) -> Iterator[str]:
    """Yield a name for each sheet that spreadsheets accept.

    At most 31 characters, none of them forbidden, no two alike, and not the name Excel reserves.
    """
    taken = {"history"}
    for name in wanted:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]", " ", name).strip().strip("'").strip() or "-"
        candidate, count = _cut(base, 31), 1
        while candidate.casefold() in taken:
            count += 1
            suffix = f" ({count})"
            candidate = _cut(base, 31 - len(suffix)) + suffix
        taken.add(candidate.casefold())
        yield candidate


def _cut(text: str, most: int) -> str:
    """Return the start of ``text`` in at most ``most`` UTF-16 units, which is how Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.rstrip(" '")
