"""Find a table in a sheet: rows by the names of units, columns by their headings, wherever they are."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from d8plan.sheets.reading.expected import ExpectedColumn, ExpectedTable, bare
from d8plan.text import legacy_encodings
from d8plan.text.cells import Grid, Holds, MergedRange

_ALIKE = 0.85
"""How much a heading must resemble the one it is taken for."""
_NUMBERS = re.compile(r"\d+")


class Heading(NamedTuple):
    """Text over a column."""

    row: int
    column: int
    """Where the text itself stands; it may span more columns."""
    text: str
    bare: str


class FoundTable(NamedTuple):
    """A table that was found."""

    expected: ExpectedTable
    grid: Grid
    units: dict[str, list[int]]
    """Rows of each unit or holder; more than one where its name stands twice."""
    name_column: int
    first: int
    """First row of a unit."""
    columns: dict[int, int]
    """Column of the sheet by column of the layout."""
    doubles: dict[int, list[int]]
    """Columns of the sheet that could each be a column of the layout."""
    likened: dict[int, str]
    """Headings that are not quite those of the columns they were taken for."""
    encodings: tuple[legacy_encodings.Encoding, ...]
    """Legacy encodings in which names or headings are typed."""
    headings: dict[int, list[Heading]]
    """All texts over each column, from the top."""
    labels: dict[int, set[str]]
    """Bare texts that stand in a row up to the column of names."""

    @property
    def fit(self) -> tuple[int, bool, bool]:
        """How well it is what is expected: more columns, then the right title, then the right name."""
        texts = {heading.bare for headings in self.headings.values() for heading in headings}
        return len(self.columns), self.expected.title in texts, bare(self.grid.name) == bare(self.expected.sheet)

    @property
    def score(self) -> tuple[tuple[int, bool, bool], int]:
        """How well it fits, then how many units it names."""
        return self.fit, len(self.units)


def names_units(grid: Grid, expected: ExpectedTable) -> bool:
    """Tell whether a column of a sheet names most of a table's units."""
    names = expected.rows
    rows = _rows(_SheetTexts(grid, names), names)
    return rows is not None and 2 * len(rows[1]) > len(expected.names)


class _SheetTexts:
    """Texts of a sheet in bare form, those in legacy encodings turned into what is known."""

    def __init__(self, grid: Grid, expected: Iterable[str]) -> None:
        self.grid, self.expected = grid, frozenset(expected)
        self.encodings: Counter[legacy_encodings.Encoding] = Counter()
        self.bare: dict[tuple[int, int], str] = {}
        for at, raw in grid.cells.items():
            if raw.holds is Holds.TEXT and raw.formula is None:
                self.bare[at] = self._read(str(raw.value))

    def _read(self, text: str) -> str:
        plain = bare(text)
        if plain not in self.expected:
            for encoding, reading in legacy_encodings.readings(text):
                if (converted := bare(reading)) in self.expected:
                    self.encodings[encoding] += 1
                    return converted
        return plain


def find_table(grid: Grid, expected: ExpectedTable) -> FoundTable | None:
    """Return the table in a sheet; None where it has no unit's name, or not half of the headings."""
    names = expected.rows
    headings = {name for column in expected.columns.values() for name in column.names | column.level_names}
    of_totals = {text for total in expected.totals for text in (total.label, total.heading)}
    texts = _SheetTexts(grid, {*names, *headings, *of_totals, expected.title})
    rows = _rows(texts, names)
    if rows is None:
        return None
    name_column, units = rows
    first = min(row for rows in units.values() for row in rows)
    over = _over(texts, first)
    matched = _ColumnMatcher(expected, over)
    columns = {number: under[0] for number, under in matched.under.items() if len(under) == 1}
    doubles = {number: under for number, under in matched.under.items() if len(under) > 1}
    used = [row for rows in units.values() for row in rows]
    for number, under in list(doubles.items()):
        filled = [column for column in under if any((row, column) in grid.cells for row in used)]
        if len(filled) == 1:  # an empty column was put in under the heading
            columns[number] = filled[0]
            del doubles[number]
    claimed = Counter(columns.values())
    for number, column in list(columns.items()):
        if claimed[column] > 1:  # under the headings of two columns: it can be neither
            doubles[number] = [column]
            del columns[number]
    if 2 * (len(columns) + len(doubles)) < len(expected.columns):
        return None
    labels: defaultdict[int, set[str]] = defaultdict(set)
    for (row, column), text in texts.bare.items():
        if column <= name_column:
            labels[row].add(text)
    return FoundTable(
        expected=expected,
        grid=grid,
        units=units,
        name_column=name_column,
        first=first,
        columns=columns,
        doubles=doubles,
        likened=matched.likened,
        encodings=tuple(texts.encodings),
        headings=over,
        labels=dict(labels),
    )


def _rows(texts: _SheetTexts, names: Mapping[str, str]) -> tuple[int, dict[str, list[int]]] | None:
    """Return the column that names the most units, and their rows."""
    by_column: defaultdict[int, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (row, column), text in sorted(texts.bare.items()):
        if text in names:
            by_column[column][names[text]].append(row)
    if not by_column:
        return None
    best = max(by_column, key=lambda column: (len(by_column[column]), -column))
    return best, dict(by_column[best])


def _over(texts: _SheetTexts, first: int) -> dict[int, list[Heading]]:
    """Return the texts that stand over each column, above row ``first``; merged ones over all they span."""
    spans = {(area.row, area.column): area for area in texts.grid.merged}
    over: defaultdict[int, list[Heading]] = defaultdict(list)
    for (row, column), text in sorted(texts.bare.items()):
        if row < first and text:
            area = spans.get((row, column), MergedRange(row, column, row, column))
            heading = Heading(row, column, str(texts.grid.cells[row, column].value), text)
            for each in range(column, area.last_column + 1):
                over[each].append(heading)
    return dict(over)


class _ColumnMatcher:
    """Matches the columns of a layout with those of a sheet."""

    def __init__(self, expected: ExpectedTable, over: dict[int, list[Heading]]) -> None:
        self.expected, self.over = expected, over
        self.likened: dict[int, str] = {}
        self.under: dict[int, list[int]] = {}
        """Columns of the sheet by column of the layout."""
        # A name that two columns of a level may have, as after leaving out what stands in brackets, tells neither.
        shared = Counter((name, column.level) for column in expected.columns.values() for name in column.names)
        self.names = {
            number: frozenset(name for name in column.names if shared[name, column.level] == 1)
            for number, column in expected.columns.items()
        }
        for number, column in expected.columns.items():
            self._keep(number, self._under(column, self.names[number]))
        self._spread()
        self._liken()

    def _keep(self, number: int, columns: Iterable[int]) -> None:
        if under := sorted(columns):
            self.under[number] = under

    def _missing(self) -> Iterator[tuple[int, ExpectedColumn]]:
        for number, column in self.expected.columns.items():
            if number not in self.under:
                yield number, column

    def _under(self, column: ExpectedColumn, names: frozenset[str]) -> Iterator[int]:
        """Yield the columns that stand under one of ``names``, and under the level."""
        for at, headings in self.over.items():
            texts = {heading.bare for heading in headings}
            if texts & names and self._at_level(column, texts):
                yield at

    @staticmethod
    def _at_level(column: ExpectedColumn, texts: set[str]) -> bool:
        return column.level is None or bool(texts & column.level_names)

    def _spread(self) -> None:
        """Let a heading that is not merged any more reach over the columns beside it that only name a level."""
        matched = {at for under in self.under.values() for at in under}
        levels = frozenset(name for column in self.expected.columns.values() for name in column.level_names)
        for number, column in list(self._missing()):
            if column.level is None:
                continue
            own = [
                (at, heading.row)
                for at, headings in self.over.items()
                for heading in headings
                if heading.bare in self.names[number]
            ]
            reached = set()
            for at, row in own:
                beside = at + 1
                while beside not in matched and not any(
                    heading.row >= row and heading.bare not in levels for heading in self.over.get(beside, ())
                ):
                    texts = {heading.bare for heading in self.over.get(beside, ())}
                    if not texts & levels:
                        break
                    if self._at_level(column, texts):
                        reached.add(beside)
                    beside += 1
            self._keep(number, reached)

    def _liken(self) -> None:
        """Take headings that resemble those still missing, each for the one it resembles most."""
        exact = {name for column in self.expected.columns.values() for name in column.names}
        over = [heading for headings in self.over.values() for heading in headings]
        texts = {heading.bare: heading.text for heading in over if heading.bare not in exact}
        missing = dict(self._missing())
        for text, typed in texts.items():
            likely = {name: _likeness(text, name) for number in missing for name in self.names[number] if len(name) > 1}
            best = max(likely.values(), default=0)
            if best < _ALIKE:
                continue
            name = max(likely, key=likely.__getitem__)
            for number, column in missing.items():
                if name in self.names[number] and number not in self.under:
                    self._keep(number, self._under(column, frozenset({text})))
                    if number in self.under:
                        self.likened[number] = typed


def _likeness(heading: str, other: str) -> float:
    """Return how alike two headings are; those with other numbers are not."""
    if Counter(_NUMBERS.findall(heading)) != Counter(_NUMBERS.findall(other)):
        return 0
    return difflib.SequenceMatcher(None, heading, other).ratio()
