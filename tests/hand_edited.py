"""Workbooks as people send them back: the exported book, changed as one changes it in a spreadsheet."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from support import TODAY

from d8plan.checks import run
from d8plan.models.places import Place
from d8plan.sheets.annex import book
from d8plan.sheets.book import Book, Cell, Role, Sheet
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.excel.writer import to_bytes
from d8plan.text.language import language

Change = Callable[[Sheet], Sheet]


def exported(folder: Path, plan: str, unit: str | None = None) -> tuple[Loaded, Book]:
    """Return a data folder and the workbook of one of its plans."""
    loaded = load(folder)
    report = run(loaded.dataset, TODAY)
    found = [*report.findings, *report.covered]
    return loaded, book(loaded.dataset, report.ledger, plan, found, report.exceptions, unit=unit)


def content(made: Book) -> bytes:
    return to_bytes(made, language("vi"))


def edited(made: Book, change: Change, *, of: int | None = None) -> Book:
    """Change every sheet that people fill in, or the one of that number."""
    shown = [number for number, sheet in enumerate(made.sheets) if any(cell.is_input for cell in sheet.cells)]
    chosen = shown if of is None else [of]
    sheets = [change(sheet) if number in chosen else sheet for number, sheet in enumerate(made.sheets)]
    return made._replace(sheets=tuple(sheets))


def inputs(made: Book) -> dict[Place, Cell]:
    return {cell.places[0]: cell for sheet in made.sheets for cell in sheet.cells if cell.is_input}


def typed(values: Mapping[Place, int | str | None]) -> Change:
    """Type values into the cells of figures."""

    def change(sheet: Sheet) -> Sheet:
        cells = [
            cell._replace(value=values[cell.places[0]]) if cell.is_input and cell.places[0] in values else cell
            for cell in sheet.cells
        ]
        # A spreadsheet adds up what are numbers, and passes over text.
        numbers = {cell.places[0]: cell.value for cell in cells if cell.is_input and isinstance(cell.value, int)}
        cells = [
            cell._replace(value=sum(numbers.get(part, 0) for part in cell.parts))
            if cell.formula and cell.parts
            else cell
            for cell in cells
        ]
        return sheet._replace(cells=tuple(cells))

    return change


def over(label: str, value: int) -> Change:
    """Overwrite the first total whose row has that label."""

    def change(sheet: Sheet) -> Sheet:
        rows = [cell.row for cell in sheet.cells if cell.value == label]
        total = next(cell for cell in sheet.cells if cell.row in rows and cell.role is Role.TOTAL and cell.parts)
        cells = [cell._replace(value=value, formula=None) if cell is total else cell for cell in sheet.cells]
        return sheet._replace(cells=tuple(cells))

    return change


def pasted_values(sheet: Sheet) -> Sheet:
    """Leave no formula, as after pasting values."""
    return sheet._replace(cells=tuple(cell._replace(formula=None) for cell in sheet.cells), conditions=())


def inserted_row(sheet: Sheet) -> Sheet:
    """Put a title row on top."""
    moved = [cell._replace(row=cell.row + 1) for cell in pasted_values(sheet).cells]
    first, last = sheet.header
    title = Cell(0, 0, Role.LABEL, "Đã sửa theo ý kiến các phòng")
    freeze = (sheet.freeze[0] + 1, sheet.freeze[1])
    return sheet._replace(cells=(title, *moved), header=(first + 1, last + 1), freeze=freeze, conditions=())


def inserted_column(at: int) -> Change:
    """Put an empty column before the one of that number; a merged heading over it grows."""

    def change(sheet: Sheet) -> Sheet:
        cells = []
        for cell in pasted_values(sheet).cells:
            if cell.column >= at:
                cells.append(cell._replace(column=cell.column + 1))
            elif cell.column + cell.columns > at:
                cells.append(cell._replace(columns=cell.columns + 1))
            else:
                cells.append(cell)
        return sheet._replace(cells=tuple(cells))

    return change


def noted_column(sheet: Sheet) -> Sheet:
    """Add a column of notes on the right."""
    width = max(cell.column + cell.columns for cell in sheet.cells)
    rows = {cell.row for cell in sheet.cells if cell.is_input}
    notes = [Cell(row, width, Role.WORD, "đã thống nhất") for row in rows]
    return sheet._replace(cells=(*sheet.cells, Cell(sheet.header[0], width, Role.HEADING, "Ghi chú"), *notes))


def reordered(rng: random.Random) -> Change:
    """Sort the rows of units otherwise."""

    def change(sheet: Sheet) -> Sheet:
        rows = sorted({cell.row for cell in sheet.cells if cell.is_input})
        to = dict(zip(rows, rng.sample(rows, len(rows)), strict=True))
        cells = [cell._replace(row=to.get(cell.row, cell.row)) for cell in pasted_values(sheet).cells]
        return sheet._replace(cells=tuple(cells), conditions=())

    return change


def unmerged(sheet: Sheet) -> Sheet:
    """Split every merged range; its text stays in the first cell."""
    return sheet._replace(cells=tuple(cell._replace(rows=1, columns=1) for cell in sheet.cells))


def renamed(name: str) -> Change:
    return lambda sheet: pasted_values(sheet)._replace(name=name)


def respelt(spell: Callable[[str], str]) -> Change:
    """Spell the names of units otherwise."""

    def change(sheet: Sheet) -> Sheet:
        cells = [
            cell._replace(value=spell(cell.value)) if cell.role is Role.UNIT and isinstance(cell.value, str) else cell
            for cell in sheet.cells
        ]
        return sheet._replace(cells=tuple(cells))

    return change


def without(keep: Callable[[Cell], bool]) -> Change:
    return lambda sheet: pasted_values(sheet)._replace(cells=tuple(cell for cell in sheet.cells if keep(cell)))


def unmarked(made: Book) -> Book:
    """Leave out the marks, as in a workbook typed by hand."""
    return made._replace(sheets=tuple(sheet for sheet in made.sheets if not sheet.hidden))
