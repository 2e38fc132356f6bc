"""The table of an annex: which indicator and level stands in which column."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

from d8plan.ledger import keys
from d8plan.ledger.names import Names
from d8plan.ledger.plans import line_order, stated_levels
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.bounds import bound_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.sheets.annex.texts import extract_title, preamble, reference_of, texts_of
from d8plan.sheets.book import Cell, Role, Sheet, Text, cell_name
from d8plan.sheets.table import lines_above
from d8plan.text.exact import ExactNumber, is_exact
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M, Message
from d8plan.views.progress_tables import levels_of_indicator


class _FigureColumn(NamedTuple):
    """A column of figures of an indicator; level is None where it is not split."""

    indicator: str
    level: str | None


class AnnexTable:
    """Lays out an annex's table, row by row.

    Of one unit it has that unit's row alone, and no totals: they would be taken for the unit's.
    """

    def __init__(self, dataset: Dataset, files: PlanFiles, unit: str | None = None) -> None:
        self.dataset, self.files, self.unit, self.names = dataset, files, unit, Names(dataset)
        self.allocations = files.allocations.indicators
        self.texts = texts_of(dataset, files)
        self.lines = line_order(files) if unit is None else [unit]
        self.columns = {
            indicator: [_FigureColumn(indicator, level) for level in levels_of_indicator(files, indicator)]
            for _, indicators in self.texts.groups
            for indicator in indicators
        }
        self.first: dict[str, int] = {}
        """First column of each indicator."""
        column = self.left = 2 + len(self.texts.zones)
        for indicator, columns in self.columns.items():
            self.first[indicator] = column
            column += len(columns)
        self.width = column
        self.cells: list[Cell] = []

    def sheet(self) -> Sheet:
        """Return the annex without numbers."""
        texts, reference = self.texts, reference_of(self.dataset, self.files)
        extract = extract_title(self.dataset, self.unit) if self.unit else None
        lines = preamble(reference, texts.issuer, texts.label, texts.title, extract)
        self.cells = lines_above(lines, self.width)
        top = len(lines) + 1
        rows = count(self._headings(top))
        split = any(column.level is not None for columns in self.columns.values() for column in columns)
        stated = split and any(self.allocations[indicator].levels for indicator in self.columns)
        target = next(rows) if self.unit is None else None
        window = next(rows) if texts.window else None
        names = next(rows) if split else None
        totals = next(rows) if stated and self.unit is None else None
        body = next(rows)
        if target is not None:
            self._target_row(target, totals, body)
        if window is not None:
            self._window_row(window)
        if names is not None:
            self._level_rows(names, totals, body)
        for row, line in enumerate(self.lines, body):
            self._line(row, line)
        return Sheet(texts.sheet, tuple(self.cells), header=(top, body - 1 - (totals is not None)), freeze=(body, 2))

    def _add(self, row: int, column: int, role: Role, value: ExactNumber | Text | None = None, **more: object) -> None:
        self.cells.append(Cell(row, column, role, value, **more))  # type: ignore[arg-type]

    def _headings(self, top: int) -> int:
        """Lay the headings from row ``top`` down; return the row under them."""
        texts = self.texts
        grouped = any(name for name, _ in texts.groups)
        indicators = top + 1 + grouped
        for column, text in enumerate((texts.number, texts.unit, *texts.zones.values())):
            self._add(top, column, Role.HEADING, text, rows=indicators - top + 1)
        if self.columns:
            self._add(top, self.left, Role.HEADING, texts.content, columns=self.width - self.left)
        for name, headings in texts.groups:
            if grouped:
                width = sum(len(self.columns[indicator]) for indicator in headings)
                self._add(top + 1, self.first[next(iter(headings))], Role.HEADING, name, columns=width)
            for indicator, text in headings.items():
                width = len(self.columns[indicator])
                self._add(indicators, self.first[indicator], Role.HEADING, text, columns=width)
        return indicators + 1

    def _target_row(self, row: int, totals: int | None, body: int) -> None:
        self._add(row, 0, Role.ROW_LABEL, self.texts.target, columns=2)
        for column, zone in enumerate(self.texts.zones, 2):
            parts = [keys.of_zone(self.files.id, zone, line) for line in self.lines if line != UNALLOTTED]
            decimals = self.files.plan.zone[zone].decimals or 0
            self._sum(row, column, body, 1, (keys.of_zone(self.files.id, zone),), parts, decimals=decimals)
        for indicator, columns in self.columns.items():
            place = keys.of_target(self.files.id, indicator)
            parts = [part for figures in columns for part in self._places(figures)]
            allocation = self.allocations[indicator]
            bound = bound_of(allocation.target)
            stated: ExactNumber | str | None = None if self.names.adds(indicator) else allocation.amount
            if bound:
                stated = bound.printed(language(DEFAULT).number)
            self._sum(
                row,
                self.first[indicator],
                body,
                len(columns),
                (place,),
                parts,
                of_row=totals,
                stated=stated,
                decimals=self.names.decimals(indicator),
            )

    def _window_row(self, row: int) -> None:
        self._add(row, 0, Role.ROW_LABEL, self.texts.window, columns=2)
        self._blanks(row)
        for indicator, columns in self.columns.items():
            text = _window(self.allocations[indicator].window or [])
            self._add(row, self.first[indicator], Role.WINDOW, text, columns=len(columns))

    def _level_rows(self, row: int, totals: int | None, body: int) -> None:
        for label_row, text in ((row, self.texts.split), (totals, None)):
            if label_row:
                self._add(label_row, 0, Role.ROW_LABEL, text, columns=2)
                self._blanks(label_row)
        for indicator, columns in self.columns.items():
            for number, column in enumerate(columns, self.first[indicator]):
                text = self.texts.levels.get(column.level, column.level) if column.level else None
                self._add(row, number, Role.LEVEL, text)
                if totals:
                    self._level_total(totals, number, body, column)

    def _level_total(self, row: int, number: int, body: int, column: _FigureColumn) -> None:
        """Add the total of a level: a sum, or of what does not add up the number that is stated."""
        level, allocation = str(column.level), self.allocations[column.indicator]
        place = keys.of_indicator(self.files.id, column.indicator, "levels", level)
        adds = self.names.adds(column.indicator)
        stated = None if adds else stated_levels(allocation).get(level)
        if adds or stated is not None:
            places = (place,) if level in allocation.levels else ()
            decimals = self.names.decimals(column.indicator)
            self._sum(row, number, body, 1, places, self._places(column), stated=stated, decimals=decimals)

    def _blanks(self, row: int) -> None:
        for column in range(2, self.left):
            self._add(row, column, Role.FIGURE)

    def _line(self, row: int, line: str) -> None:
        unit = self.files.plan.units.get(line)
        self._add(row, 0, Role.ORDINAL, unit.number if unit else None)
        self._add(row, 1, Role.UNIT, self.names.unit(line))
        for column, zone in enumerate(self.texts.zones, 2):
            places = (keys.of_zone(self.files.id, zone, line),) if unit else ()
            self._add(row, column, Role.FIGURE, places=places, decimals=self.files.plan.zone[zone].decimals or 0)
        for indicator, columns in self.columns.items():
            for number, figures in enumerate(columns, self.first[indicator]):
                decimals = self.names.decimals(indicator)
                self._add(row, number, Role.FIGURE, places=(self._place(figures, line),), decimals=decimals)

    def _sum(
        self,
        row: int,
        column: int,
        body: int,
        columns: int,
        places: tuple[Place, ...],
        parts: Iterable[Place],
        *,
        of_row: int | None = None,
        stated: ExactNumber | str | None = None,
        decimals: int,
    ) -> None:
        """Add a total of the unit rows under it, or of the totals in ``of_row``; or a number ``stated`` instead."""
        if stated is not None:
            self._add(row, column, Role.TOTAL, stated, columns=columns, places=places, decimals=decimals)
            return
        last = (body + len(self.lines) - 1) if of_row is None else of_row
        area = f"{cell_name(body if of_row is None else of_row, column)}:{cell_name(last, column + columns - 1)}"
        formula = f"=SUM({area})" if self.lines else None
        given, total = tuple(parts), Role.TOTAL
        self._add(row, column, total, columns=columns, formula=formula, parts=given, places=places, decimals=decimals)

    def _places(self, column: _FigureColumn) -> list[Place]:
        return [self._place(column, line) for line in self.lines]

    def _place(self, column: _FigureColumn, unit: str) -> Place:
        # A line with one number where the others are split is a finding, but its number is not lost.
        whole = is_exact(self.allocations[column.indicator].units.get(unit))
        if whole and column == self.columns[column.indicator][0]:
            return keys.of_line(self.files.id, column.indicator, unit)
        return keys.of_line(self.files.id, column.indicator, unit, column.level)


def _window(years: list[int]) -> Message | None:
    """Return years as an annex prints them: 2022 - 2024; 2023 và 2025."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    texts = tuple(f"{run[0]} - {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    if len(texts) < 2:
        return M("{years}", years=texts) if texts else None
    return M("{years} and {last}", years=texts[:-1], last=texts[-1])
