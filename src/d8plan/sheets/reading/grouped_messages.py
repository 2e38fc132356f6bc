"""What is to be known of many cells for one reason, in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from d8plan.sheets.book import Address, areas
from d8plan.text.message import M, Message

_FEW = 3
"""As many cells with one reason and different contents are told one by one."""
_MOST_AREAS = 12
_CELL = re.compile(r"([A-Z]+)([0-9]+)")


class CellNote(NamedTuple):
    """Something to know about a workbook, and where."""

    where: Address | None
    text: Message


def lines(notes: Iterable[CellNote]) -> list[Message]:
    """Return a line for each reason: of many cells the first with its contents, then how many there are and which."""
    reasons: dict[tuple[str | None, str], list[CellNote]] = {}
    for note in notes:
        reasons.setdefault((note.where and note.where.sheet, note.text.template), []).append(note)
    found: list[Message] = []
    for alike in reasons.values():
        cells = list(dict.fromkeys(note.where.cell for note in alike if note.where))
        same = len({note.text for note in alike}) == 1
        if len(cells) > 1 and (same or len(alike) > _FEW):
            found.append(
                M("{told} ({count} cells: {cells})", told=_line(alike[0]), count=len(cells), cells=_named(cells))
            )
        elif len(cells) == 1 and len(alike) > _FEW and (names := _differing(alike)):
            told = M("{told} ({count} of these: {names})", told=_line(alike[0]), count=len(names), names=names)
            found.append(told)
        else:
            found += dict.fromkeys(map(_line, alike))
    return found


def _line(note: CellNote) -> Message:
    if note.where is None:
        return note.text
    return M("{place}: {told}", place=f"{note.where.sheet}!{note.where.cell}", told=note.text)


def _differing(alike: Iterable[CellNote]) -> tuple[object, ...]:
    """Return what differs between reasons that are told of one cell; nothing where that is more than one value."""
    values = list(zip(*(note.text.values for note in alike), strict=True))
    differing = [each for each in values if len(set(each)) > 1]
    return tuple(dict.fromkeys(value for _, value in differing[0])) if len(differing) == 1 else ()


def _named(cells: Iterable[str]) -> tuple[str, ...]:
    """Return cells by few areas."""
    named = [area.name() for area in areas(map(_position, cells))]
    return tuple(named if len(named) <= _MOST_AREAS else [*named[:_MOST_AREAS], "…"])


def _position(cell: str) -> tuple[int, int]:
    found = _CELL.fullmatch(cell)
    assert found
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
