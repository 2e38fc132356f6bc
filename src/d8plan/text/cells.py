"""A workbook as it was read: what each cell holds, as plain values, before anything is understood.

Rows and columns count from 0, as in ``sheet``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Holds(StrEnum):
    """What a cell holds."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    ERROR = "error"
    """A calculation that failed: the value is its name, ``#REF!``."""
    UNKNOWN = "unknown"
    """A formula that was never calculated: it has no value."""


class Raw(NamedTuple):
    """A cell that is not empty."""

    holds: Holds
    value: int | float | str | bool | datetime.date | datetime.time | datetime.timedelta | None
    """What it shows: of a formula, its last result, which may be an empty text; None where that is not known."""
    formula: str | None = None
    """The formula with its equals sign, where there is one."""
    number_format: str = "General"


class MergedRange(NamedTuple):
    """A merged range; the first row and column hold its value, both last ones are included."""

    row: int
    column: int
    last_row: int
    last_column: int


class Grid(NamedTuple):
    """A sheet as it was read."""

    name: str
    cells: Mapping[tuple[int, int], Raw]
    """Cells by row and column; empty ones are left out, and of a merged range all but the first."""
    merged: tuple[MergedRange, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    """Rows that are hidden or filtered out; they count all the same."""
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    """Whether the sheet itself is hidden."""
    beyond: str = ""
    """The first cell that holds something and was not read; A1 where the whole sheet is too large."""

    @property
    def is_oversize(self) -> bool:
        """Whether nothing of it was read, for it is too large."""
        return self.beyond == "A1"
