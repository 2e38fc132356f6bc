"""Views: tables of plain values that every output format can show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from d8plan.models.bounds import Bound
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, Message

Subject = TypeVar("Subject")
"""What a row is about."""


class Doubted(NamedTuple):
    """A computed amount that a document states otherwise: marked for people, plain for machines."""

    amount: Amount


class Exact(NamedTuple):
    """A number that need not be whole: two decimals for people, six or as many as it has for machines."""

    value: Fraction


class Bounded(NamedTuple):
    """A number that is not stated exactly: as the document words it for people, in signs for machines."""

    bound: Bound


Value = bool | ExactNumber | Amount | Doubted | Bounded | Exact | Fraction | str | Message | None
"""A count, money, a share, text; None where there is nothing, which is not 0."""


class Audience(Enum):
    """Who a column is for: ids for machines, labels for people."""

    ALL = "all"
    PEOPLE = "people"
    MACHINES = "machines"
    FORMULAS = "formulas"
    """What tells whether a formula of the row means something."""


class Number(StrEnum):
    """What a number measures."""

    COUNT = "count"
    MONEY = "money"
    DATE = "date"
    PERCENT = "percent"
    """A share, shown in per cent."""


class Words(Enum):
    """What text a column holds, for the layout of a sheet."""

    TEXT = "text"
    """Text, as long as it is."""
    NAME = "name"
    """What a row is called."""
    WORD = "word"
    """A word or two."""
    ORDINAL = "ordinal"
    """The number of a row."""
    GROUP = "group"
    """What the rows below each other are part of: on a sheet a line above them."""


class Share(NamedTuple):
    """The formula of the share of one column in another."""

    part: str
    whole: str
    where: str
    """Key of the column that tells of which rows it means something."""


class Difference(NamedTuple):
    """The formula of one column less another."""

    more: str
    less: str


class SumOrLast(NamedTuple):
    """The formula of what two columns come to: their sum, or the later one where it is filled in."""

    earlier: str
    later: str
    where: str
    """Key of the column that tells which rows are summed."""


class SumOfRows(NamedTuple):
    """The formula that sums the same column of another table: its rows that have the same value under a key."""

    table: str
    key: str
    where: str
    """Key of the column that tells of which rows it means something."""


class Column(NamedTuple):
    """A column: its key in machine formats, its heading, and what a sheet needs to know of it."""

    key: str
    heading: Message = Message("")
    numeric: bool = True
    audience: Audience = Audience.ALL
    number: Number = Number.COUNT
    """What its numbers measure, if it holds numbers."""
    words: Words = Words.TEXT
    """What its text is, if it holds text."""
    formula: Share | Difference | SumOrLast | SumOfRows | None = None
    """How a spreadsheet computes it; None where it is no more than a value."""
    is_totalled: bool = False
    """Whether a row of totals sums it."""


class Table(NamedTuple):
    """Rows of values under columns."""

    key: str
    title: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: int = 0
    """How many of the last rows are totals."""
    name: Message = Message("")
    """What it is called where its title has no room."""

    def shown_to(self, audience: Audience) -> Table:
        """Return the table with the columns that are for ``audience`` or for all."""
        kept = [index for index, column in enumerate(self.columns) if column.audience in (Audience.ALL, audience)]
        columns = tuple(self.columns[index] for index in kept)
        return self._replace(columns=columns, rows=tuple(tuple(row[index] for index in kept) for row in self.rows))


class Described(NamedTuple, Generic[Subject]):
    """A column, and what gives its value from what a row is about."""

    column: Column
    value: Callable[[Subject], Value]


_UNNAMED = Message("")
Columns = tuple[Described[Subject], ...]
"""All that is to be said of the columns of a table, at one place each."""


def tabled(
    key: str, title: Message, columns: Columns[Subject], subjects: Iterable[Subject], *, name: Message = _UNNAMED
) -> Table:
    """Return the table with a row for each subject, under the columns described."""
    rows = tuple(tuple(described.value(subject) for described in columns) for subject in subjects)
    return Table(key, title, tuple(described.column for described in columns), rows, name=name)


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
    stated: ExactNumber | str | None = None
    computed: ExactNumber | str | None = None


class View(NamedTuple):
    """What a command shows."""

    title: Message
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    remarks: tuple[Remark, ...] = ()
