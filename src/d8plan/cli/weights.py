"""Weights of units from a file: CSV, or a workbook's first sheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from d8plan.cli.data import choose
from d8plan.cli.errors import UNUSABLE, USAGE, CommandError
from d8plan.message import M
from d8plan.store import raw_text
from d8plan.text import nfc

_NUMBER = re.compile(r"[0-9]{1,15}([.,][0-9]{1,9})?")
Rows = list[list[str]]


def read(path: Path, column: str | None, spellings: Mapping[str, list[str]]) -> dict[str, Fraction]:
    """Return the weight of each unit that a file names: units in its first column, weights under a heading.

    ``column`` is the heading; without one it is the second column. Raises CommandError where the file cannot
    be read, or names a unit that is not among ``spellings``, one twice, or a weight that is no number.
    """
    rows = [row for row in (_workbook(path) if path.suffix.casefold() == ".xlsx" else _csv(path)) if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise _refused(path, M("it has no heading, or no row under it"))
    headings = {str(number): [text] for number, text in enumerate(rows[0]) if number and text}
    at = int(choose(M("column"), column, headings)) if column is not None else 1
    weights: dict[str, Fraction] = {}
    for number, row in enumerate(rows[1:], 2):
        typed = row[at] if at < len(row) else ""
        unit = choose(M("unit"), row[0], spellings)
        if unit in weights:
            raise _refused(path, M("row {row} names “{unit}” again", row=number, unit=row[0]))
        if typed and not _NUMBER.fullmatch(typed):
            raise _refused(path, M("“{text}” in row {row} is no weight", text=typed, row=number))
        weights[unit] = Fraction(typed.replace(",", ".") or 0)
    return weights


def _csv(path: Path) -> Rows:
    try:
        content = path.read_bytes()[: raw_text.MAX_BYTES + 1]
    except OSError as error:
        raise _refused(path, M("{reason}", reason=error.strerror or str(error))) from error
    text, refused = raw_text.decode(content)
    if refused:
        raise _refused(path, refused[0].message)
    lines = text.removeprefix(raw_text.BOM).splitlines()
    # Excel in Vietnamese separates with semicolons, for the comma is its decimal mark.
    delimiter = ";" if lines and ";" in lines[0] else "\t" if lines and "\t" in lines[0] else ","
    return [[nfc(cell).strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]


def _workbook(path: Path) -> Rows:
    from d8plan.workbook.guard import RefusedError
    from d8plan.workbook.reader import read as read_grids

    try:
        grids = read_grids(path)
    except RefusedError as error:
        raise CommandError(
            M("{path}: {reason}", path=str(path), reason=error.message), UNUSABLE, error.action
        ) from None
    cells = {at: str(raw.value) for at, raw in grids[0].cells.items() if raw.value is not None} if grids else {}
    width = max((column for _, column in cells), default=0) + 1
    return [
        [nfc(cells.get((row, column), "")).strip() for column in range(width)]
        for row in sorted({row for row, _ in cells})
    ]


def _refused(path: Path, why: object) -> CommandError:
    return CommandError(
        M("{path}: {reason}", path=str(path), reason=why),
        USAGE,
        M("Give a table with a heading: units in the first column, weights in the second"),
    )
