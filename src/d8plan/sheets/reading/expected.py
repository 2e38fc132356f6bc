"""What tables a plan's workbook should hold, from the layout that writes them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets import annex
from d8plan.sheets.book import Cell, Role, Sheet, Text
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M, Message
from d8plan.text.names import fold

_BESIDE_WORDS = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_DONG = "đ"
_HOLDERS = "holders"


def bare(text: str) -> str:
    """Return the form in which names and headings are compared: folded, words alone."""
    return _BESIDE_WORDS.sub(" ", fold(text)).strip()


class Column(NamedTuple):
    """A column of figures."""

    heading: str
    """As the annex words it."""
    names: frozenset[str]
    """What may stand over it, in bare form."""
    level: str | None
    """Name of the level as the annex words it; None where it is not split."""
    level_names: frozenset[str]
    unit_of_measure: str
    never_empty: bool
    """Whether there is always a number: an amount of money is 0 rather than nothing."""
    places: dict[str, Place]
    """Place of each row's figure, by unit or holder."""
    measures: Mapping[str, str] = {}
    """Units of measure of rows that have one of their own."""


class Total(NamedTuple):
    """A total, which is compared and never taken over."""

    unit: str | None
    """Unit or holder in whose row it stands; None where the row has a label of its own."""
    label: str
    """Bare label of its row; empty where it has none."""
    column: int | None
    """The layout's column of figures that it stands in; None where its column holds totals alone."""
    heading: str
    """Bare heading of its column."""
    unit_of_measure: str
    parts: tuple[Place, ...]
    """What it sums."""


class Wanted(NamedTuple):
    """A table of a plan's workbook."""

    plan: str
    sheet: str
    """Name of its sheet."""
    title: str
    """Bare form of its title."""
    columns: dict[int, Column]
    """By column of the layout."""
    rows: dict[str, frozenset[str]]
    """Units or holders, and what each may be called, in bare form."""
    names: dict[str, str]
    """Their official names."""
    totals: tuple[Total, ...]
    what: Message = M("unit of the plan")
    """What a row is."""
    unread: frozenset[str] = frozenset()
    """Bare headings of columns that belong to the table and are not read."""


def wanted(dataset: Dataset, plan: str, unit: str | None) -> list[Wanted]:
    """Return the tables of a plan's workbook, or of a unit's extract of it."""
    return [_Reader(dataset, sheet).table() for sheet in annex.sheets(dataset, plan, unit)]


def _say(text: int | Fraction | datetime.date | Text | None) -> str:
    return language(DEFAULT).say(text) if isinstance(text, Message) else str(text or "")


class _Reader:
    """Reads a sheet that was laid out."""

    def __init__(self, dataset: Dataset, sheet: Sheet) -> None:
        self.dataset, self.sheet = dataset, sheet
        self.inputs = [cell for cell in sheet.cells if cell.is_input]
        self.plan = dataset.plans[self.inputs[0].places[0].plan or ""]

    def table(self) -> Wanted:
        by_column: dict[int, dict[str, Place]] = {}
        for cell in self.inputs:
            place = cell.places[0]
            by_column.setdefault(cell.column, {})[_row_of(place)] = place
        first = min(cell.row for cell in self.inputs)
        columns = {column: self._column(column, places, first) for column, places in by_column.items()}
        units = {cell.row: _row_of(cell.places[0]) for cell in self.inputs}
        of_money = self.inputs[0].places[0].keys[0] == _HOLDERS
        names = {unit: list(names_of(self.dataset, self.plan, unit, of_money=of_money)) for unit in units.values()}
        return Wanted(
            plan=self.plan.id,
            sheet=self.sheet.name,
            title=bare(" ".join(_say(cell.value) for cell in self.sheet.cells if cell.role is Role.TITLE)),
            columns=columns,
            rows={unit: frozenset(map(bare, of_unit)) for unit, of_unit in names.items()},
            names={unit: of_unit[0] for unit, of_unit in names.items()},
            totals=tuple(self._totals(columns, units, first)),
        )

    def _totals(self, columns: dict[int, Column], units: dict[int, str], first: int) -> Iterator[Total]:
        labels = {
            cell.row: bare(_say(cell.value))
            for cell in self.sheet.cells
            if cell.role in (Role.ROW_LABEL, Role.UNIT) and cell.row not in units
        }
        measures = {place: column.unit_of_measure for column in columns.values() for place in column.places.values()}
        for cell in self.sheet.cells:
            if cell.role is Role.TOTAL and cell.parts:
                yield Total(
                    unit=units.get(cell.row),
                    label=labels.get(cell.row, ""),
                    column=cell.column if cell.column in columns else None,
                    heading=bare(self._heading(cell.column, first)),
                    unit_of_measure=measures.get(cell.parts[0], ""),
                    parts=cell.parts,
                )

    def _column(self, number: int, places: dict[str, Place], first: int) -> Column:
        heading = self._heading(number, first)
        series, level, measure = self._measured(places.values())
        names = [heading, *series]
        names += [_IN_BRACKETS.sub("", name) for name in names]
        shown = next((_say(cell.value) for cell in self._over(number, first) if cell.role is Role.LEVEL), "")
        level_names = [shown, self.plan.plan.levels[level].name, level] if level in self.plan.plan.levels else []
        return Column(
            heading,
            frozenset(filter(None, map(bare, names))),
            (shown or level) if level else None,
            frozenset(filter(None, map(bare, level_names))),
            measure,
            never_empty=next(iter(places.values())).keys[0] == _HOLDERS,
            places=places,
        )

    def _over(self, column: int, first: int) -> Iterator[Cell]:
        """Yield the cells over a column of figures, from the top."""
        for cell in self.sheet.cells:
            if cell.row < first and cell.column <= column < cell.column + cell.columns:
                yield cell

    def _heading(self, column: int, first: int) -> str:
        """Return the lowest heading over a column: the one that is its own."""
        headings = [cell for cell in self._over(column, first) if cell.role is Role.HEADING]
        return _say(max(headings, key=lambda cell: cell.row).value) if headings else ""

    def _measured(self, places: Iterable[Place]) -> tuple[list[str], str | None, str]:
        """Return the names of what a column counts, its level's id, and its unit of measure."""
        found = list(places)
        keys = tuple(map(str, max(found, key=lambda place: len(place.keys)).keys))
        match keys:
            case ("units", _, "zone", zone):
                kept = self.plan.plan.zone[zone]
                return [kept.name], None, kept.unit_of_measure
            case (str(section), _, "amounts", origin, _) if section == _HOLDERS:
                return [self.plan.budget.origins[origin].name], None, _DONG
        indicator, level = keys[1], keys[4] if len(keys) > len(("indicators", "id", "units", "id")) else None
        known = self.dataset.indicators.indicators.get(indicator)
        allocation = self.plan.allocations.indicators[indicator]
        measure = (allocation and allocation.unit_of_measure) or (known.unit_of_measure if known else "")
        return [known.name, known.short_name] if known else [indicator], level, measure


def names_of(dataset: Dataset, plan: PlanFiles, row: str, *, of_money: bool) -> Iterator[str]:
    """Yield every name of a unit, or of a holder of money, with the word for a unit's kind before it too."""
    if of_money:
        yield plan.budget.holders[row].name
    if row == UNALLOTTED:
        yield _say(Names(dataset).unit(row))
        return
    units = dataset.units
    unit = units.units.get(row) if units else None
    if unit is None or units is None:
        yield row
        return
    kind = units.kinds.get(unit.kind)
    for name in (unit.name, *(unit.aliases or ()), *([unit.short_name] if unit.short_name else [])):
        yield name
        if kind:
            yield f"{kind.name} {name}"


def _row_of(place: Place) -> str:
    """Return the unit or holder that a figure belongs to."""
    return str(place.keys[3] if place.keys[0] == "indicators" else place.keys[1])
