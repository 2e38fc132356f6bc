"""The workbook of forms: a sheet a unit, its table under the fields that are filled in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from d8plan.ledger.names import Names
from d8plan.sheets.annex.texts import reference_of, workbook_of
from d8plan.sheets.book import Book, Cell, Role, Sheet, Text, printed, sheet_names
from d8plan.sheets.forms.form_rows import INPUT, TITLE, Form
from d8plan.sheets.marks import FORMS, FormMarks, form_marks_sheet
from d8plan.sheets.table import lay, lines_above, width_of
from d8plan.text.message import M
from d8plan.views.table import Column, Number


def book(forms: Iterable[Form]) -> Book:
    """Return the workbook of forms of one plan and period, a sheet a unit."""
    of_units = list(forms)
    first = of_units[0]
    units = [printed(Names(form.dataset).unit(form.unit)) for form in of_units]
    *names, name_of_marks = sheet_names([*units, FORMS.name])
    by_sheet = dict(zip(names, of_units, strict=True))
    marks = FormMarks(first.files.id, first.period.name, {name: form.unit for name, form in by_sheet.items()})
    return workbook_of(
        first.dataset,
        first.files,
        f"{printed(TITLE)}: {first.files.plan.title}",
        (*(_sheet(form, name) for name, form in by_sheet.items()), form_marks_sheet(name_of_marks, marks)),
        created=first.period.first,
        unit=first.unit if len(of_units) == 1 else None,
    )


def _sheet(form: Form, name: str) -> Sheet:
    width = width_of(form.table)
    reference = reference_of(form.dataset, form.files)
    lines: list[tuple[Role, Text]] = [(Role.TITLE, TITLE), (Role.TITLE, form.files.plan.title.upper())]
    lines += [(Role.REFERENCE, M("({document})", document=reference))] if reference else []
    above = lines_above(lines, width)
    for row, (label, value, place) in enumerate(form.fields, len(lines)):
        number = Number.DATE if isinstance(value, datetime.date) else Number.COUNT
        field = Cell(row, 2, Role.FIELD, value, columns=width - 2, number=number, to_fill_in=bool(place))
        above += [
            Cell(row, 0, Role.FIELD_NAME, label, columns=2),
            field._replace(places=(place,) if place else ()),
        ]

    def refine(index: int, column: Column, cell: Cell) -> Cell:
        """Give a cell the kind of number of its row, and the one that is filled in its place."""
        row = form.rows[index]
        if column.key == INPUT:
            cell = cell._replace(places=(row.place,), to_fill_in=True)
        counted = cell.role is Role.FIGURE and column.number is Number.COUNT
        waits = column.key == INPUT or column.formula is not None
        kind, decimals = (row.number, row.decimals) if counted else (cell.number, 0)
        return cell._replace(number=kind, decimals=decimals, waits=waits)

    return lay(form.table, name, above, top=len(lines) + len(form.fields) + 1, refine=refine).sheet
