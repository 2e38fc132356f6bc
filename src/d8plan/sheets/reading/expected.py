"""What tables a plan's workbook should hold, from the layout that writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.ledger.keys import Coordinates
from d8plan.ledger.names import DONG, Names
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets import annex
from d8plan.sheets.book import Cell, Role, Sheet, printed
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message
from d8plan.text.names import fold
from d8plan.text.numbers import Measure

_BESIDE_WORDS = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def bare(text: str) -> str:
    """Return the form in which names and headings are compared: folded, words alone."""
    return _BESIDE_WORDS.sub(" ", fold(text)).strip()


def bare_names(texts: Iterable[str]) -> frozenset[str]:
    """Return texts in bare form; those without a word are left out."""
    return frozenset(filter(None, map(bare, texts)))


def _sum(values: Sequence[ExactNumber | None]) -> ExactNumber:
    return sum(value or 0 for value in values)


class ExpectedColumn(NamedTuple):
    """A column of figures."""

    heading: str
    """As the annex words it."""
    names: frozenset[str]
    """What may stand over it, in bare form."""
    places: dict[str, Place]
    """Place of each row's figure, by unit or holder."""
    measures: Mapping[str, Measure]
    """In what each row's figure is kept."""
    level: str | None = None
    """Name of the level as the annex words it; None where it is not split."""
    level_names: frozenset[str] = frozenset()
    never_empty: bool = False
    """Whether there is always a number: an amount of money is 0 rather than nothing."""


class ExpectedTotal(NamedTuple):
    """A total, which is compared and never taken over."""

    row: str | None
    """Unit or holder in whose row it stands; None where the row has a label of its own."""
    label: str
    """Bare label of its row; empty where it has none."""
    column: int | None
    """The layout's column of figures that it stands in; None where its column holds totals alone."""
    heading: str
    """Bare heading of its column."""
    measure: Measure
    parts: tuple[Place, ...]
    """What it is computed from."""
    computed: Callable[[Sequence[ExactNumber | None]], ExactNumber | None] = _sum
    """What it comes to, from its parts."""
    only_typed: bool = False
    """Whether it is compared only where somebody typed a number over its formula."""


class ExpectedTable(NamedTuple):
    """A table of a plan's workbook."""

    sheet: str
    """Name of its sheet."""
    title: str
    """Bare form of its title."""
    columns: dict[int, ExpectedColumn]
    """By column of the layout."""
    names: dict[str, tuple[str, ...]]
    """What each row, of a unit or holder, may be called; the official name first."""
    totals: tuple[ExpectedTotal, ...]
    what: Message = M("unit of the plan")
    """What a row is."""
    unread: frozenset[str] = frozenset()
    """Bare headings of columns that belong to the table and are not read."""

    @property
    def rows(self) -> dict[str, str]:
        """The rows by every name in bare form."""
        return {bare(name): row for row, names in self.names.items() for name in names}


def expected_tables(dataset: Dataset, plan: str, unit: str | None) -> list[ExpectedTable]:
    """Return the tables of a plan's workbook, or of a unit's extract of it."""
    return [_LaidSheet(dataset, sheet).table() for sheet in annex.sheets(dataset, plan, unit)]


def names_of_unit(dataset: Dataset, unit: str) -> tuple[str, ...]:
    """Return every name of a unit, or of the line of what is not yet allotted; the official one first."""
    names = Names(dataset)
    return (printed(names.unit(unit)),) if unit == UNALLOTTED else tuple(names.names_of_unit(unit))


class _LaidSheet:
    """A sheet that was laid out, as a table to look for."""

    def __init__(self, dataset: Dataset, sheet: Sheet) -> None:
        self.dataset, self.sheet, self.names = dataset, sheet, Names(dataset)
        self.inputs: list[tuple[Cell, Place, Coordinates]] = []
        for cell in sheet.cells:
            at = keys.coordinates(cell.places[0]) if cell.is_input else None
            if at:
                self.inputs.append((cell, cell.places[0], at))
        self.plan = dataset.plans[self.inputs[0][2].plan]
        self.first = min(cell.row for cell, _, _ in self.inputs)
        """First row of figures."""

    def table(self) -> ExpectedTable:
        columns = {number: self._column(number) for number in dict.fromkeys(cell.column for cell, _, _ in self.inputs)}
        return ExpectedTable(
            sheet=self.sheet.name,
            title=bare(" ".join(printed(cell.value) for cell in self.sheet.cells if cell.role is Role.TITLE)),
            columns=columns,
            names={at.unit or "": self._names_of_row(at) for _, _, at in self.inputs},
            totals=tuple(self._totals(columns)),
        )

    def _names_of_row(self, at: Coordinates) -> tuple[str, ...]:
        names = names_of_unit(self.dataset, at.unit or "")
        return (self.names.holder(self.plan, at.unit or ""), *names) if at.kind is Kind.BUDGET else names

    def _totals(self, columns: dict[int, ExpectedColumn]) -> Iterator[ExpectedTotal]:
        rows = {cell.row: at.unit for cell, _, at in self.inputs}
        labels = {
            cell.row: bare(printed(cell.value))
            for cell in self.sheet.cells
            if cell.role in (Role.ROW_LABEL, Role.UNIT) and cell.row not in rows
        }
        measures = {place: self._series(at)[1] for _, place, at in self.inputs}
        for cell in self.sheet.cells:
            if cell.role is Role.TOTAL and cell.parts:
                yield ExpectedTotal(
                    row=rows.get(cell.row),
                    label=labels.get(cell.row, ""),
                    column=cell.column if cell.column in columns else None,
                    heading=bare(self._heading(cell.column)),
                    measure=measures.get(cell.parts[0], Measure("")),
                    parts=cell.parts,
                )

    def _column(self, number: int) -> ExpectedColumn:
        inputs = [(place, at) for cell, place, at in self.inputs if cell.column == number]
        # Of an indicator that is split by level, a line may be whole.
        of_column = max((at for _, at in inputs), key=lambda at: at.level is not None)
        series, measure = self._series(of_column)
        heading, level = self._heading(number), of_column.level
        names = [heading, *series]
        over = next((printed(cell.value) for cell in self._over(number) if cell.role is Role.LEVEL), "")
        level_names = [over, self.names.level(self.plan, level), level] if level in self.plan.plan.levels else []
        return ExpectedColumn(
            heading,
            bare_names([*names, *(_IN_BRACKETS.sub("", name) for name in names)]),
            places={at.unit or "": place for place, at in inputs},
            measures={at.unit or "": measure for _, at in inputs},
            level=(over or level) if level else None,
            level_names=bare_names(filter(None, level_names)),
            never_empty=of_column.kind is Kind.BUDGET,
        )

    def _over(self, column: int) -> Iterator[Cell]:
        """Yield the cells over a column of figures, from the top."""
        for cell in self.sheet.cells:
            if cell.row < self.first and cell.column <= column < cell.column + cell.columns:
                yield cell

    def _heading(self, column: int) -> str:
        """Return the lowest heading over a column: the one that is its own."""
        headings = [cell for cell in self._over(column) if cell.role is Role.HEADING]
        return printed(max(headings, key=lambda cell: cell.row).value) if headings else ""

    def _series(self, at: Coordinates) -> tuple[list[str], Measure]:
        """Return the names of what figures count, and in what they are kept."""
        match at.kind:
            case Kind.ZONE:
                zone = self.plan.plan.zone[at.series]
                return [zone.name], Measure(zone.unit_of_measure, zone.decimals or 0)
            case Kind.BUDGET:
                return [self.names.origin(self.plan, at.series)], Measure(DONG)
            case Kind.INDICATOR:
                indicator = self.names.indicator(at.series)
                unit_of_measure = self.names.unit_of_measure(self.plan, at.series)
                return [indicator.name, indicator.short_name], Measure(unit_of_measure, indicator.decimals or 0)
