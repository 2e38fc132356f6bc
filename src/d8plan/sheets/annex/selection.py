"""Which cells of a workbook a statement speaks of, and the formula that computes it from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.ledger.keys import Coordinates
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Selector, Source, Statement
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets.book import Address, Cell, Role, Sheet, areas

MOST_LETTERS = 8_000
"""A formula holds 8,192."""
MOST_ARGUMENTS = 250
"""A function takes 255."""


class Spot(NamedTuple):
    """A cell of a figure, with what that figure is."""

    place: Place
    sheet: str
    row: int
    column: int
    figure: Coordinates
    level: str | None
    """Level of the figure; of money, of who holds it."""


class Spots:
    """The figure cells of a workbook, to be asked by what they show."""

    def __init__(self, dataset: Dataset, sheets: Iterable[Sheet]) -> None:
        """Take the sheets, laid out, under the names that they have in the workbook."""
        self.dataset = dataset
        self._of_plan: defaultdict[tuple[str, Kind | None], list[Spot]] = defaultdict(list)
        self._of_unit: defaultdict[tuple[str, Kind | None, str], list[tuple[int, Spot]]] = defaultdict(list)
        """With the number of each among all, which is their order."""
        self._at: dict[Place, Spot] = {}
        for sheet in sheets:
            for cell in sheet.cells:
                if cell.role is Role.FIGURE and cell.places:
                    self._add(cell.places[0], sheet.name, cell)

    def _add(self, place: Place, sheet: str, cell: Cell) -> None:
        figure = keys.coordinates(place)
        if figure is None or figure.unit is None:
            raise ValueError(place)
        level = figure.level
        if figure.kind is Kind.BUDGET:
            level = self.dataset.plans[figure.plan].budget.holders[figure.unit].level
        spot = Spot(place, sheet, cell.row, cell.column, figure, level)
        self._of_plan[figure.plan, figure.kind].append(spot)
        self._of_unit[figure.plan, figure.kind, figure.unit].append((len(self._at), spot))
        self._at[place] = spot

    def of(self, selector: Selector) -> list[Spot]:
        """Return the cells that fit every selector, empty ones included."""
        plan, kind, units = selector.plan, selector.kind, selector.among
        among: Iterable[Spot] = self._of_plan[plan, kind]
        if units is not None:
            lines = (line for unit in dict.fromkeys(units) for line in self._of_unit.get((plan, kind, unit), ()))
            among = (spot for _, spot in sorted(lines, key=lambda line: line[0]))
        return [
            spot
            for spot in among
            if selector.series in (None, spot.figure.series) and selector.level in (None, spot.level)
        ]

    def summed(self, statement: Statement) -> frozenset[Place]:
        """Return the places whose sum a statement states; empty where it states no sum of cells of the workbook."""
        return frozenset(spot.place for spot in self.of(statement.selector) if statement.is_sum)

    def reference(self, place: Place) -> str | None:
        """Return the formula that repeats a figure; None where no figure stands at the place."""
        spot = self._at.get(place)
        return f"={_references([spot])[0]}" if spot else None

    def formula(self, statement: Statement) -> str | None:
        """Return the formula of what follows from the figures; None where cells of the workbook do not give it."""
        if statement.selector.kind is None:
            return None
        shown = self.of(statement.selector)
        spots = shown
        if statement.counted is not None:
            spots = [spot for spot in spots if spot.figure.unit != UNALLOTTED]
        if statement.given is not None:
            text = self._rate(statement)
        elif {figure.place for figure in statement.figures} <= {spot.place for spot in shown}:
            text = _count(spots) if statement.counted is not None else _sum(spots)
        else:
            text = None
        return f"={text}" if text and len(text) < MOST_LETTERS else None

    def _rate(self, statement: Statement) -> str | None:
        """Return the rate in whole per cent, rounded half up; 0 where there is nothing to divide by."""
        parts = Names(self.dataset).rate(statement.indicator or "")
        if statement.source is Source.TEXT or parts is None:
            return None
        above, below = (_sum(self.of(statement.selector._replace(series=part))) for part in parts)
        return f"IF({below}=0,0,ROUND(100*{above}/{below},0))" if above and below else None


def _sum(spots: Iterable[Spot]) -> str | None:
    references = _references(spots)
    return f"SUM({','.join(references)})" if 0 < len(references) <= MOST_ARGUMENTS else None


def _count(spots: Iterable[Spot]) -> str | None:
    """Return the formula that counts the rows, which are units, with more than 0 in any of their cells."""
    columns: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for spot in spots:
        columns[spot.sheet, spot.row].add(spot.column)
    rows: defaultdict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for (sheet, row), held in columns.items():
        rows[sheet, tuple(sorted(held))].append(row)
    terms = []
    for (sheet, held_columns), held_rows in rows.items():
        for run in areas((row, held_columns[0]) for row in held_rows):
            names = [
                Address(sheet, run._replace(column=column, last_column=column).name()).reference()
                for column in held_columns
            ]
            any_of = "+".join(f"ISNUMBER({name})*({name}>0)" for name in names)
            terms.append(f'COUNTIF({names[0]},">0")' if len(names) == 1 else f"SUMPRODUCT(--({any_of}>0))")
    return "+".join(terms) or None


def _references(spots: Iterable[Spot]) -> list[str]:
    by_sheet: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for spot in spots:
        by_sheet[spot.sheet].append((spot.row, spot.column))
    return [Address(sheet, area.name()).reference() for sheet, cells in by_sheet.items() for area in areas(cells)]
