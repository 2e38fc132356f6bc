"""Views: tables of plain values that every output format can show."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from d8plan.text.message import Amount, Message


class Doubted(NamedTuple):
    """A computed amount that a document states otherwise: marked for people, plain for machines."""

    amount: Amount


class Exact(NamedTuple):
    """A number that need not be whole: two decimals for people, six or as many as it has for machines."""

    value: Fraction


Value = bool | int | Amount | Doubted | Exact | Fraction | str | Message | None
"""A count, money, a share, text; None where there is nothing, which is not 0."""


class Audience(Enum):
    """Who a column is for: ids for machines, labels for people."""

    ALL = "all"
    PEOPLE = "people"
    MACHINES = "machines"


class Column(NamedTuple):
    """A column: its key in machine formats, its heading, and whether it holds numbers."""

    key: str
    heading: Message = Message("")
    numeric: bool = True
    audience: Audience = Audience.ALL


class Table(NamedTuple):
    """Rows of values under columns."""

    key: str
    title: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: int = 0
    """How many of the last rows are totals."""

    def shown_to(self, audience: Audience) -> Table:
        """Return the table with the columns that are for ``audience`` or for all."""
        kept = [index for index, column in enumerate(self.columns) if column.audience in (Audience.ALL, audience)]
        columns = tuple(self.columns[index] for index in kept)
        return self._replace(columns=columns, rows=tuple(tuple(row[index] for index in kept) for row in self.rows))


class Fact(NamedTuple):
    """A single value with its label."""

    key: str
    label: Message
    value: Value


class Remark(NamedTuple):
    """A sentence under the tables, with the kind of thing it is."""

    key: str
    """Key in machine formats: exception, note."""
    label: Message
    text: Message
    where: Message
    stated: int | str | None = None
    computed: int | str | None = None


class View(NamedTuple):
    """What a command shows."""

    title: Message
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    remarks: tuple[Remark, ...] = ()
