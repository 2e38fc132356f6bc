"""In which unit of measure the numbers of a sheet are written: its headings say, a line above, or a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from d8plan.sheets.reading.expected import bare
from d8plan.sheets.reading.find_table import FoundTable, Heading
from d8plan.text import legacy_encodings, measures
from d8plan.text.cells import Holds
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import nfc
from d8plan.text.numbers import Written

_LABEL = r"đơn\s+vị\s+tính|don\s+vi\s+tinh|đv\s*tính|đvt|dvt"
_LINE = re.compile(
    rf"\s*\(?\s*(?P<label>{_LABEL}|đơn\s+vị|don\s+vi)\b\s*(?P<mark>[:：=-]?)\s*(?P<named>.*?)\)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_WITHIN = re.compile(rf"(?:{_LABEL})\b\s*[:：=-]?\s*\(?\s*(?P<named>[^\s,;()][^,;()\n]*)", re.IGNORECASE)
_TAIL = re.compile(r"\(?(?:.*[:：]|tính\s+bằng)?\s*(?P<named>[^\d:：]+?)\s*\)?", re.IGNORECASE | re.DOTALL)
"""What a text comes down to whose label is another: “Số tiền: triệu đồng”."""
_BRACKETS = re.compile(r"\(([^()]*)\)")
_LAST = re.compile(r"\(([^()]*)\)\s*$")
_UNIT_COLUMNS = frozenset({"don vi tinh", "dvt"})
_MOST_WORDS = 3
"""What stands in brackets and is longer is no unit of measure."""


class Measured(NamedTuple):
    """The unit of measure of a number."""

    written: Written | None = None
    """Another than the one that is kept."""
    said: Message | None = None
    refused: Message | None = None
    at: tuple[int, int] = (0, 0)
    """Where it is said."""


class _Named(NamedTuple):
    text: str
    at: tuple[int, int]


class Measures:
    """Units of measure of the numbers of a table."""

    def __init__(self, table: FoundTable) -> None:
        """Take the table as it was found."""
        self.table = table
        self.over: dict[tuple[int, str], _Named | None] = {}
        self.line = next(self._lines(), None)
        self.columns = [
            at
            for at, held in table.headings.items()
            if at != table.name_column and held and held[-1].bare in _UNIT_COLUMNS
        ]

    def of(self, row: int, column: int, kept: str, number: int | None) -> Measured:
        """Return the unit of measure of a cell; ``number`` is its column in the layout, if it is one."""
        if (column, kept) not in self.over:
            self.over[column, kept] = self._over(column, kept, number)
        named = self.over[column, kept] or self._beside(row) or self.line
        if named is None:
            return Measured()
        factor = measures.factor(named.text, kept)
        if factor == 1:
            return Measured()
        if factor is None:
            text = M("“{written}” is not {kept}, nor a known multiple of it", written=named.text, kept=kept or "–")
            return Measured(refused=text, at=named.at)
        shown = Amount(int(factor)) if factor.denominator == 1 else str(factor)
        text = M(
            "Numbers are in {written}: one is {factor} {kept}, and they are converted",
            written=named.text,
            factor=shown,
            kept=kept,
        )
        return Measured(Written(named.text, factor), text, at=named.at)

    def _over(self, column: int, kept: str, number: int | None) -> _Named | None:
        """Return what the headings over a column say, the lowest first."""
        for heading in reversed(self.table.headings.get(column, [])):
            if (text := self._in_heading(heading, kept, number)) is not None:
                return _Named(text, (heading.row, heading.column))
        return None

    def _in_heading(self, heading: Heading, kept: str, number: int | None) -> str | None:
        layout = self.table.expected.columns.get(number) if number is not None else None
        for text in _readings(heading.text):
            if found := _WITHIN.search(text):
                return str(found["named"]).strip()
        if layout is not None and heading.bare == bare(layout.heading):
            # As we print it: what stands in its brackets is in the unit that is kept.
            return kept if any(measures.factor(one, kept) for one in _BRACKETS.findall(heading.text)) else None
        for text in _readings(heading.text):
            last = text.replace("\n", ",").rpartition(",")[2]
            for one in (text, *reversed(_BRACKETS.findall(text)), last):
                if measures.is_known(one, kept):
                    return str(one).strip(" ()\n")
            if (multiple := _multiple(text)) is not None:
                return multiple
        found = _LAST.search(nfc(heading.text))
        if layout is None or found is None or not _may_be_unit(found[1]):
            return None
        is_heading = bare(heading.text[: found.start()]) in layout.names or heading.text in self.table.likened.values()
        ours = any(f" {bare(found[1])} " in f" {name} " for name in (*layout.names, bare(layout.heading)))
        return found[1].strip() if is_heading and not ours else None

    def _beside(self, row: int) -> _Named | None:
        """Return what a column of units of measure says of a row."""
        for column in self.columns:
            raw = self.table.grid.cells.get((row, column))
            if raw is not None and raw.holds is Holds.TEXT and str(raw.value).strip():
                return _Named(str(raw.value).strip(), (row, column))
        return None

    def _lines(self) -> Iterator[_Named]:
        """Yield what lines above the table say of all of it, the lowest first."""
        cells = self.table.grid.cells
        for (row, column), raw in sorted(cells.items(), reverse=True):
            if row >= self.table.first or raw.holds is not Holds.TEXT:
                continue
            for text in _readings(str(raw.value)):
                found = _LINE.fullmatch(text)
                named = str(found["named"]) if found else ""
                if found and not named and found["mark"]:
                    beside = sorted(at for at in cells if at[0] == row and at[1] > column)
                    named = _readings(str(cells[beside[0]].value))[0] if beside else ""
                # “Đơn vị: Bảo Lạc” names a body.
                if found and named and (bare(found["label"]) != "don vi" or measures.is_known(named)):
                    yield _Named(named.strip(), (row, column))
                elif self._is_heading(row, column):
                    continue
                elif text.strip().startswith("(") and measures.is_known(text):
                    yield _Named(text.strip(" ()"), (row, column))
                elif (multiple := _multiple(text)) is not None:
                    yield _Named(multiple, (row, column))

    def _is_heading(self, row: int, column: int) -> bool:
        """Tell a cell that is a heading of columns of figures, and no line above all of them."""
        headings = self.table.headings
        return any(
            (one.row, one.column) == (row, column) for at in self.table.columns.values() for one in headings.get(at, ())
        )


def _multiple(text: str) -> str | None:
    """Return the multiple of a unit that a text names after a label of any kind, or without one."""
    found = _TAIL.fullmatch(text.strip())
    return str(found["named"]) if found and measures.is_multiple(found["named"]) else None


def _readings(text: str) -> list[str]:
    """Return a text, and what it is in fonts of old."""
    return [nfc(text), *(reading for _, reading in legacy_encodings.readings(text))]


def _may_be_unit(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters > 1 and not any(map(str.isdigit, text)) and len(text.split()) <= _MOST_WORDS
