"""The table of a budget: a row a level and holder, a column an origin of money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from d8plan.ledger import keys
from d8plan.models.budget import BudgetFile
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.annex.texts import extract_title, preamble, reference_of, texts_of
from d8plan.sheets.book import Cell, Number, Role, Sheet, cell_name
from d8plan.sheets.table import lines_above
from d8plan.text.message import M

_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class BudgetTable:
    """Lays out a budget: a row a level and holder, a column an origin, and their totals.

    Of one unit it has what that unit holds alone, a row a holder, summed over origins only.
    """

    def __init__(self, dataset: Dataset, files: PlanFiles, budget: BudgetFile, unit: str | None = None) -> None:
        self.dataset, self.files, self.budget, self.unit = dataset, files, budget, unit
        self.texts = texts_of(dataset, files)
        self.width = 3 + len(budget.origins)
        self.cells: list[Cell] = []
        self.stated: defaultdict[tuple[str | None, ...], tuple[Place, ...]] = defaultdict(tuple)
        """Places of stated totals by level, holder and origin."""
        for key, total in budget.totals.items():
            place = keys.of_budget_total(files.id, key)
            self.stated[None if total.holder else total.level, total.holder, total.origin] += (place,)

    def sheet(self) -> Sheet:
        """Return the budget without numbers."""
        annex = self.files.annex
        title = (annex and annex.budget_title) or M("BUDGET OF THE PLAN")
        extract = extract_title(self.dataset, self.unit) if self.unit else None
        lines = preamble(reference_of(self.dataset, self.files), None, None, title, extract)
        lines.append((Role.MEASURE, M("Unit of measure: đồng")))
        self.cells = lines_above(lines, self.width)
        top = len(lines)
        origins = [origin.name for origin in self.budget.origins.values()]
        headings = [self.texts.number, self.texts.unit, *origins, M("Grand total")]
        self.cells += [Cell(top, column, Role.HEADING, text) for column, text in enumerate(headings)]
        if self.unit is None:
            self._levels(top + 1)
        else:
            own = [key for key, holder in self.budget.holders.items() if holder.unit == self.unit]
            self._holders(top + 1, own)
        name = (annex and annex.budget_sheet) or f"{self.files.id} VND"
        return Sheet(name, tuple(self.cells), header=(top, top), freeze=(top + 1, 2))

    def _levels(self, row: int) -> None:
        """Lay every level from ``row`` down, and the totals over all."""
        by_level: dict[str, list[str]] = {level: [] for level in self.files.plan.levels}
        for key, holder in self.budget.holders.items():
            by_level.setdefault(holder.level, []).append(key)
        level_rows = []
        for level, holders in by_level.items():
            if holders:
                level_rows.append(row)
                self._level(row, len(level_rows), level, holders)
                row += 1 + len(holders)
        self.cells.append(Cell(row, 0, Role.ROW_LABEL, M("Grand total"), columns=2))
        self._totals(row, level_rows, list(self.budget.holders), None)

    def _level(self, row: int, number: int, level: str, holders: list[str]) -> None:
        """Lay a level's row of totals, and under it its holders."""
        self.cells.append(Cell(row, 0, Role.ORDINAL, _roman(number), strong=True))
        self.cells.append(Cell(row, 1, Role.UNIT, self.texts.levels.get(level, level), strong=True))
        self._totals(row, range(row + 1, row + 1 + len(holders)), holders, level)
        self._holders(row + 1, holders)

    def _holders(self, top: int, holders: list[str]) -> None:
        """Lay a row a holder from ``top`` down, each with its total over the origins."""
        for number, holder in enumerate(holders, 1):
            row = top + number - 1
            self.cells.append(Cell(row, 0, Role.ORDINAL, number))
            self.cells.append(Cell(row, 1, Role.UNIT, self.budget.holders[holder].name))
            for column, origin in enumerate(self.budget.origins, 2):
                places = (self._amount(holder, origin), *self.stated[None, holder, origin])
                self.cells.append(Cell(row, column, Role.FIGURE, places=places, number=Number.MONEY))
            self._across(row, [holder], self.stated[None, holder, None])

    def _totals(self, row: int, rows: Iterable[int], holders: list[str], level: str | None) -> None:
        """Lay the totals of ``rows``, which hold all amounts of ``holders``."""
        for column, origin in enumerate(self.budget.origins, 2):
            parts = [self._amount(holder, origin) for holder in holders]
            summed = [cell_name(at, column) for at in rows]
            self._sum(row, column, summed, parts, self.stated[level, None, origin])
        self._across(row, holders, self.stated[level, None, None])

    def _across(self, row: int, holders: list[str], places: tuple[Place, ...]) -> None:
        parts = [self._amount(holder, origin) for holder in holders for origin in self.budget.origins]
        self._sum(row, self.width - 1, [cell_name(row, column) for column in range(2, self.width - 1)], parts, places)

    def _sum(self, row: int, column: int, summed: list[str], parts: list[Place], places: tuple[Place, ...]) -> None:
        formula = f"=SUM({','.join(summed)})" if summed else None
        cell = Cell(row, column, Role.TOTAL, formula=formula, parts=tuple(parts), places=places, number=Number.MONEY)
        self.cells.append(cell)

    def _amount(self, holder: str, origin: str) -> Place:
        return keys.of_amount(self.files.id, holder, origin)


def _roman(number: int) -> str:
    """Return a number in Roman numerals, as the levels of a budget are counted."""
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text
