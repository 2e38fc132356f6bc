"""A comparison as a workbook: what changed, a sheet each for figures, totals, findings and other values."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from d8plan.sheets.book import Book, Cell, Role, Sheet, Text, sheet_names
from d8plan.text.language import Language
from d8plan.text.message import M, Message
from d8plan.views.comparison.changes import Comparison, Version
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.letterhead import Head, head, heading
from d8plan.views.comparison.naming import parts_of, told
from d8plan.views.comparison.tables import differing

Row = tuple[int | Text | None, ...]


def book(
    comparison: Comparison, old: Version, new: Version, names: tuple[Message, Message], language: Language
) -> Book:
    """Return the workbook of a comparison; ``names`` are what people call the older and the newer version.

    Sheets without rows are left out; the names of sheets are in ``language``.
    """
    shown = head(comparison, old, new)
    wanted: list[tuple[Message, tuple[Message, ...], list[Row]]] = [
        (
            M("Figures"),
            (M("Plan"), M("Indicator"), M("Territory or body"), M("Level"), M("Unit"), *_CHANGE),
            [
                (one.cell.plan, *parts_of(old, new, one.cell), one.cell.unit_of_measure, one.old, one.new, one.change)
                for one in comparison.figures
            ],
        ),
        (
            M("Totals"),
            (
                M("Plan"),
                M("Total"),
                M("Unit"),
                M("Stated before"),
                M("Stated after"),
                M("Computed before"),
                M("Computed after"),
                M("Difference before"),
                M("Difference after"),
            ),
            [
                (
                    one.statement.plan,
                    one.statement.label,
                    one.statement.unit_of_measure,
                    one.stated_old,
                    one.stated_new,
                    one.computed_old,
                    one.computed_new,
                    differing(one.stated_old, one.computed_old),
                    differing(one.stated_new, one.computed_new),
                )
                for one in comparison.totals
            ],
        ),
        (
            M("Findings"),
            (M("State"), M("Plan"), M("Code"), M("Finding")),
            [
                (state, one.plan, one.rule.code, told(one))
                for state, found in ((M("new"), comparison.new_findings), (M("gone"), comparison.gone_findings))
                for one in found
            ],
        ),
        (
            M("Other values"),
            (M("State"), M("Place"), M("Before"), M("After")),
            [(one.state.label, one.place.full_pointer(), one.old, one.new) for one in entries(comparison, old, new)],
        ),
    ]
    held = [one for one in wanted if one[2]] or wanted[:1]
    titles = sheet_names(language.say(name) for name, _, _ in held)
    sheets = tuple(
        _sheet(title, shown, names, columns, rows) for title, (_, columns, rows) in zip(titles, held, strict=True)
    )
    created = shown.day or datetime.date(2000, 1, 1)
    return Book(language.say(heading(shown)[0]), shown.number, shown.issuer, created, sheets)


_CHANGE = (M("Before"), M("After"), M("Change"))


def _sheet(
    name: str, shown: Head, names: tuple[Message, Message], columns: tuple[Message, ...], rows: Iterable[Row]
) -> Sheet:
    title, of = heading(shown)
    width = len(columns) + 1
    above: list[tuple[Role, Text]] = [
        (Role.ISSUER, shown.issuer),
        (Role.TITLE, title),
        (Role.TITLE, of),
        (Role.REFERENCE, M("Before: {old}; after: {new}", old=names[0], new=names[1])),
    ]
    above = [(role, text) for role, text in above if text]
    cells = [Cell(row, 0, role, text, columns=width) for row, (role, text) in enumerate(above)]
    top = len(cells)
    cells += [Cell(top, column, Role.HEADING, text) for column, text in enumerate((M("No."), *columns))]
    for number, values in enumerate(rows, 1):
        cells.append(Cell(top + number, 0, Role.ORDINAL, number))
        cells += [
            Cell(top + number, column, Role.STATED if numeric else Role.TEXT, value)
            for column, (value, numeric) in enumerate(zip(values, _numeric(columns), strict=True), 1)
        ]
    return Sheet(name, tuple(cells), header=(top, top), freeze=(top + 1, 1), locked=False)


def _numeric(columns: tuple[Message, ...]) -> list[bool]:
    """Tell which columns hold numbers: those after the unit of measure, where there is one."""
    first = columns.index(M("Unit")) + 1 if M("Unit") in columns else len(columns)
    return [index >= first for index in range(len(columns))]
