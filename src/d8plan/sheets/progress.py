"""The consolidated workbook: results of the province, of each unit, disbursement, and who has reported."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.ledger.plans import unit_order
from d8plan.sheets.annex.texts import document_of, preamble, reference_of
from d8plan.sheets.book import (
    Address,
    Area,
    Book,
    Cell,
    Formula,
    Number,
    Role,
    Sheet,
    Text,
    cell_name,
    share_formula,
)
from d8plan.text.language import DEFAULT, language, telling
from d8plan.text.message import M, Message
from d8plan.views.progress import Standing, Which
from d8plan.views.progress_tables import Views

_NUMBERS = (M("Plan of the year"), M("Done in the period"), M("Cumulative"), M("of plan"))
_PHASE = (M("Plan of the phase"), M("Done in the phase"), M("of phase"), M("No data of"))


class _Block(NamedTuple):
    """Where the units' rows of an indicator stand in the sheet of units."""

    first: int
    last: int


def book(views: Views) -> Book:
    """Return the workbook of a plan's progress, for the period and day that it is shown of."""
    progress = views.progress
    document = document_of(progress.dataset, progress.files.plan.document)
    names = [language(DEFAULT).say(name) for name in (M("Consolidated"), M("By unit"), M("Disbursed"), M("Reports"))]
    by_unit, blocks = _by_unit(views, names[1])
    sheets = [_whole(views, names[0], by_unit.name, blocks), by_unit]
    sheets += [_disbursement(views, names[2])] if progress.files.budget.holders else []
    return Book(
        title=progress.files.plan.title,
        subject=(document.number or "") if document else "",
        author=(document.issuer or "") if document else "",
        created=min(progress.as_of, datetime.date(9999, 1, 1)),
        sheets=(*sheets, _reports(views, names[3])),
    )


class _Writer:
    """Lays a table under its title lines."""

    def __init__(self, views: Views, title: Message, headings: Sequence[Text]) -> None:
        progress = views.progress
        reference = reference_of(progress.dataset, progress.files)
        width = len(headings)
        lines = preamble(None, None, None, title, progress.period.label())
        lines += [(Role.REFERENCE, M("({document})", document=reference))] if reference else []
        told = M("Numbers as of {date}, as known on {day}", date=progress.last_day, day=progress.as_of)
        nothing = M("No report had come in by {date}", date=progress.as_of)
        lines.append((Role.MEASURE, told if progress.last_day else nothing))
        self.cells = [Cell(row, 0, role, text, columns=width) for row, (role, text) in enumerate(lines)]
        self.top = len(lines)
        self.cells += [Cell(self.top, column, Role.HEADING, text) for column, text in enumerate(headings)]
        self.row, self.width = self.top + 1, width

    def add(self, *cells: tuple[Role, int | Fraction | Text | None]) -> None:
        """Add the first cells of a row, which stays the current one."""
        self.cells += [Cell(self.row, column, role, value) for column, (role, value) in enumerate(cells)]

    def numbers(self, at: int, standing: Standing, number: Number, formulas: Sequence[Formula | None] = ()) -> None:
        """Add plan, done in the period, cumulative and their share from column ``at`` on."""
        given = (standing.planned, standing.in_period, standing.cumulative)
        for column, value in enumerate(given):
            formula = formulas[column] if column < len(formulas) else None
            self.cells.append(Cell(self.row, at + column, Role.FIGURE, value, formula=formula, number=number))
        self.share(at, at + 2, standing)

    def share(self, planned: int, done: int, standing: Standing) -> None:
        """Add the share of one column in another, after the latter."""
        formula = share_formula(cell_name(self.row, done), cell_name(self.row, planned))
        shared = formula if standing.has_share else None
        value = None if standing.share is None else telling(standing.share)
        self.cells.append(Cell(self.row, done + 1, Role.FIGURE, value, formula=shared, number=Number.PERCENT))

    def sheet(self, name: str) -> Sheet:
        """Return the sheet."""
        return Sheet(name, tuple(self.cells), header=(self.top, self.top), freeze=(self.top + 1, 2), locked=False)


def _whole(views: Views, name: str, unit_sheet: str, blocks: dict[str, _Block]) -> Sheet:
    progress = views.progress
    phase = _PHASE if progress.phase else ()
    headings = (M("No."), M("Indicator"), M("Unit of measure"), *_NUMBERS, *phase)
    writer = _Writer(views, M("CONSOLIDATED RESULTS OF THE PLAN"), headings)
    for number, indicator in enumerate(views.listed(), 1):
        shown, measure = views.named(indicator)
        writer.add((Role.ORDINAL, number), (Role.TEXT, shown), (Role.WORD, measure))
        writer.numbers(3, progress.standing(Which(indicator)), Number.COUNT, _sums(unit_sheet, blocks.get(indicator)))
        if progress.phase:
            of_phase = progress.in_phase(indicator)
            for column, value in ((7, of_phase.planned), (8, of_phase.cumulative)):
                writer.cells.append(Cell(writer.row, column, Role.FIGURE, value))
            writer.share(7, 8, of_phase)
            writer.cells.append(Cell(writer.row, 10, Role.WORD, views.years_without(indicator)))
        writer.row += 1
    return writer.sheet(name)


def _sums(sheet: str, block: _Block | None) -> tuple[Formula | None, ...]:
    """Return the formulas that sum what the units did; the plan is the stated target. None for what is not summed."""
    if block is None:
        return ()
    areas = (Area(block.first, column, block.last, column).name() for column in (3, 4))
    references = [Address(sheet, area).reference() for area in areas]
    return (None, *(f'=IF(COUNT({one})=0,"",SUM({one}))' for one in references))


def _by_unit(views: Views, name: str) -> tuple[Sheet, dict[str, _Block]]:
    progress = views.progress
    writer = _Writer(views, M("RESULTS BY UNIT"), (M("No."), M("Name of unit"), *_NUMBERS))
    blocks: dict[str, _Block] = {}
    for indicator in views.listed():
        shown, measure = views.named(indicator)
        label = M("{name} ({measure})", name=shown, measure=measure)
        writer.cells.append(Cell(writer.row, 0, Role.ROW_LABEL, label, columns=writer.width))
        writer.row += 1
        first = writer.row
        for unit in unit_order(progress.files):
            standing = progress.standing(Which(indicator, unit))
            if not standing.is_empty:
                number = progress.files.plan.units[unit].number
                writer.add((Role.ORDINAL, number), (Role.UNIT, Names(progress.dataset).unit(unit)))
                writer.numbers(2, standing, Number.COUNT)
                writer.row += 1
        if progress.sums(indicator) and writer.row > first:
            blocks[indicator] = _Block(first, writer.row - 1)
    return writer.sheet(name), blocks


def _disbursement(views: Views, name: str) -> Sheet:
    progress, budget = views.progress, views.progress.files.budget
    headings = (M("No."), M("Holder"), M("Origin of money"), *_NUMBERS)
    writer = _Writer(views, M("DISBURSEMENT (ĐỒNG)"), headings)
    first = writer.row
    lines = [(holder, origin) for holder in budget.holders for origin in budget.origins]
    for number, (holder, origin) in enumerate(lines, 1):
        names = (Role.TEXT, budget.holders[holder].name), (Role.TEXT, budget.origins[origin].name)
        writer.add((Role.ORDINAL, number), *names)
        writer.numbers(3, progress.spent(holder, origin), Number.MONEY)
        writer.row += 1
    sums = [f"=SUM({Area(first, column, writer.row - 1, column).name()})" for column in (3, 4, 5)] if lines else []
    writer.cells.append(Cell(writer.row, 0, Role.ROW_LABEL, M("Grand total"), columns=3))
    standing = progress.spent(None, None)
    whole = Standing(standing.planned or 0, standing.in_period or 0, standing.cumulative or 0)
    writer.numbers(3, whole, Number.MONEY, sums)
    return writer.sheet(name)


def _reports(views: Views, name: str) -> Sheet:
    table = views.units()
    shown: Iterable[int] = [index for index, column in enumerate(table.columns) if column.key != "unit"]
    headings = [table.columns[index].heading for index in shown]
    writer = _Writer(views, M("WHO HAS REPORTED"), headings)
    roles = {"number": Role.ORDINAL, "name": Role.UNIT, "by": Role.TEXT}
    for values in table.rows:
        for column, index in enumerate(shown):
            value = values[index]
            held = value if isinstance(value, int | str | Message) else None
            writer.cells.append(Cell(writer.row, column, roles.get(table.columns[index].key, Role.WORD), held))
        writer.row += 1
    return writer.sheet(name)
