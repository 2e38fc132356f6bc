"""Numbers, comments, marks and the signature in sheets that are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from d8plan.ledger.figures import Figure, total
from d8plan.models.places import Place
from d8plan.models.plan import Signature
from d8plan.sheets.annex.comments import Explanation
from d8plan.sheets.book import Cell, Number, Role, Sheet
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message

_ROWS_TO_SIGN = 5
"""Rows from the post down to the name."""


class Former(NamedTuple):
    """An earlier revision of the data, as far as its figures were others."""

    revision: str
    """What people call it."""
    values: Mapping[Place, ExactNumber | None]
    """What stood at each place whose number has changed since; None where it was empty."""


class Filling(NamedTuple):
    """What goes into cells, by the place they show."""

    figures: Mapping[Place, Figure]
    notes: Mapping[Place, list[Message]]
    faults: Mapping[Place, Explanation]
    former: Former | None


def filled(sheet: Sheet, filling: Filling) -> Sheet:
    """Return the sheet with its numbers, comments and marks, and lines under the table that explain the marks."""
    cells: list[Cell] = []
    footnotes: list[Message] = []
    for cell in sheet.cells:
        wrong = [filling.faults[place] for place in cell.places if place in filling.faults]
        lines = [line for fault in wrong for line in fault.note]
        lines += [note for place in cell.places for note in filling.notes.get(place, ())]
        counted = cell.role in (Role.FIGURE, Role.TOTAL) and cell.value is None
        full = cell._replace(value=_number(cell, filling.figures)) if counted else cell
        former = _former(full, filling)
        # A bound is text, and not compared with what it was.
        changed = cell.role in (Role.FIGURE, Role.TOTAL) and not isinstance(full.value, str) and former != full.value
        lines += [_told(former, cell.number)] if changed else []
        cells.append(full._replace(note=tuple(lines), faulty=bool(wrong), changed=changed))
        footnotes += [footnote for fault in wrong for footnote in fault.footnotes]
    if filling.former and any(cell.changed for cell in cells):
        footnotes.append(M("Coloured: numbers that have changed since {revision}.", revision=filling.former.revision))
    return with_footnotes(sheet._replace(cells=tuple(cells)), footnotes)


def with_footnotes(sheet: Sheet, footnotes: Iterable[Message]) -> Sheet:
    """Return the sheet with lines of text under its table."""
    width, below = _size(sheet.cells)
    added = [Cell(row, 0, Role.FOOTNOTE, text, columns=width) for row, text in enumerate(footnotes, below)]
    return sheet._replace(cells=(*sheet.cells, *added))


def _number(cell: Cell, figures: Mapping[Place, Figure]) -> ExactNumber | None:
    shown = [figures[place] for place in (cell.parts or cell.places) if place in figures]
    return total(shown) if shown or cell.role is Role.TOTAL else None


def _former(cell: Cell, filling: Filling) -> ExactNumber | None:
    """Return what a cell's number was at the former revision."""
    values: Mapping[Place, ExactNumber | None] = filling.former.values if filling.former else {}
    sources = cell.parts or cell.places[:1]
    if not any(place in values for place in sources):
        return cell.value if isinstance(cell.value, ExactNumber) else None
    given = [values[place] if place in values else _value(filling.figures.get(place)) for place in sources]
    return sum(value or 0 for value in given) if cell.parts else given[0]


def _value(figure: Figure | None) -> ExactNumber | None:
    return figure.value if figure else None


def _told(former: ExactNumber | None, number: Number) -> Message:
    measure = "đ" if number is Number.MONEY else ""
    return M("Before: empty") if former is None else M("Before: {value}", value=Amount(former, measure))


def signed(sheet: Sheet, signature: Signature | None) -> Sheet:
    """Return the sheet with who signs in its right half."""
    if signature is None:
        return sheet
    width, below = _size(sheet.cells)
    left = width // 2
    post = Cell(below + 1, left, Role.POST, signature.post.upper(), columns=width - left)
    name = Cell(below + 1 + _ROWS_TO_SIGN, left, Role.NAME, signature.name, columns=width - left)
    return sheet._replace(cells=(*sheet.cells, post, name))


def _size(cells: Iterable[Cell]) -> tuple[int, int]:
    """Return how many columns cells take, and the first row under them."""
    return max(cell.column + cell.columns for cell in cells), max(cell.row + cell.rows for cell in cells)
