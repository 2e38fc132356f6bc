"""A workbook as plain values: what stands in which cell, and what that cell is.

The core lays sheets out with these values; ``workbook`` writes them as a file. Sizes are in points.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from d8plan.models.findings import Severity
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import Message
from d8plan.views.table import Number as Number

Text = str | Message
"""Text of the data, or of ours, which waits for a language."""
Formula = str | tuple[Text, ...]
"""A formula, whole or in pieces; a piece that is a message stands in it as quoted text."""


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
    SUMMARY = "summary"
    TEXT = "text"
    """Text of a list, as long as it is."""
    WORD = "word"
    """A word or two of a list."""
    STATED = "stated"
    """A number that a document states."""
    COMPUTED = "computed"
    """A number that follows from others."""
    FIELD = "field"
    """A date or text that a person fills in."""
    FIELD_NAME = "field-name"


class Address(NamedTuple):
    """Where a value stands in a workbook."""

    sheet: str
    cell: str
    """As spreadsheets name it: E7, or E7:F9."""

    def reference(self) -> str:
        """Return what formulas of any sheet call it: 'Phụ lục I'!E7."""
        sheet = self.sheet.replace("'", "''")
        return f"'{sheet}'!{self.cell}"


class Cell(NamedTuple):
    """A cell, or a merged range named by its first cell; rows and columns count from 0."""

    row: int
    column: int
    role: Role
    value: ExactNumber | Fraction | datetime.date | Text | None = None
    """What is shown; of a total, what its formula gives."""
    rows: int = 1
    columns: int = 1
    formula: Formula | None = None
    parts: tuple[Place, ...] = ()
    """Places of the figures that the formula sums, directly or by other totals."""
    places: tuple[Place, ...] = ()
    """Where the data holds what the cell shows; a total may be stated more than once."""
    number: Number = Number.COUNT
    decimals: int = 0
    """Places after the point that its number may have, beside those that it has."""
    strong: bool = False
    """Set in bold, whatever its role."""
    note: tuple[Message, ...] = ()
    """The lines of a comment that opens on the cell."""
    faulty: bool = False
    """Whether a check found fault with it: it is marked, on paper too."""
    changed: bool = False
    """Whether it was something else at the revision compared with: it is coloured, on paper too."""
    to_fill_in: bool = False
    """Whether somebody is asked to fill it in: it is tinted."""
    waits: bool = False
    """Whether its number comes when somebody fills the sheet in: it has room for a large one."""
    severity: Severity | None = None
    """The worst finding on it, in whose colour it stands, where findings are shown."""
    link: Address | None = None
    """The cell that a click on it leads to."""

    @property
    def is_input(self) -> bool:
        """Whether a person types a figure, or what is known about figures, here."""
        return self.role in (Role.FIGURE, Role.FIELD) and bool(self.places)


class Area(NamedTuple):
    """A rectangle of cells, first and last row and column included."""

    row: int
    column: int
    last_row: int
    last_column: int

    def name(self) -> str:
        """Return the area as formulas name it: E11:F20."""
        first, last = cell_name(self.row, self.column), cell_name(self.last_row, self.last_column)
        return first if first == last else f"{first}:{last}"


class Condition(NamedTuple):
    """A formula, of an area's first cell, under which cells of the area take the colour of a severity."""

    area: Area
    formula: Formula
    severity: Severity


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
    hidden: bool = False
    """Whether nobody is to see it: it holds what the program reads, and is neither fitted nor printed."""
    locked: bool = True
    """Whether nothing can be typed in but figures."""
    official: bool = True
    """Whether it is part of what is printed and sent; else it only helps who works on it."""
    conditions: tuple[Condition, ...] = ()
    """What colours cells while somebody types; where several hold for a cell, the first counts."""


class Book(NamedTuple):
    """A workbook."""

    title: str
    subject: str
    """Number of the plan."""
    author: str
    created: datetime.date
    sheets: tuple[Sheet, ...]
    unit: str | None = None
    """The unit whose extract it is; None of the whole plan."""


def printed(text: object) -> str:
    """Return text as a workbook prints it: a message of ours in the language of documents, nothing as an empty text."""
    return language(DEFAULT).say(text) if isinstance(text, Message) else str(text or "")


def share_formula(done: str, planned: str) -> str:
    """Return the formula of the share of one cell in another, as ``telling`` has it; empty where there is none."""
    share = f"{done}/{planned}"
    near = f"IF({done}<{planned},MEDIAN(0.0001,{share},0.9999),MAX(1.0001,{share}))"
    return f'=IF(OR(N({planned})=0,{done}=""),"",IF(OR({done}=0,{done}={planned}),{share},{near}))'


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell from its row and column, counted from 0: (6, 4) is E7."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def areas(cells: Iterable[tuple[int, int]]) -> tuple[Area, ...]:
    """Return few areas that hold exactly these cells, given by row and column, from the top left."""
    columns: dict[int, set[int]] = {}
    for row, column in cells:
        columns.setdefault(column, set()).add(row)
    closed: list[Area] = []
    open_runs: dict[tuple[int, int], Area] = {}
    for column in sorted(columns):
        runs = dict.fromkeys(_runs(columns[column]))
        beside = {rows: area for rows, area in open_runs.items() if rows in runs and area.last_column == column - 1}
        closed += [area for rows, area in open_runs.items() if rows not in beside]
        open_runs = {
            rows: beside[rows]._replace(last_column=column)
            if rows in beside
            else Area(rows[0], column, rows[1], column)
            for rows in runs
        }
    return tuple(sorted([*closed, *open_runs.values()]))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of rows without a gap."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def sheet_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a name for each sheet that spreadsheets accept.

    At most 31 characters, none of them forbidden, no two alike, and not the name Excel reserves.
    """
    used = {"history"}
    for name in names:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]", " ", name).strip().strip("'").strip() or "-"
        candidate, count = _cut(base, 31), 1
        while candidate.casefold() in used:
            count += 1
            suffix = f" ({count})"
            candidate = _cut(base, 31 - len(suffix)) + suffix
        used.add(candidate.casefold())
        yield candidate


def _cut(text: str, most: int) -> str:
    """Return the start of ``text`` in at most ``most`` UTF-16 units, which is how Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.rstrip(" '")
