"""Fill report forms in as people do: with openpyxl, cell by cell, by what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

LABEL, PLAN, INPUT = 2, 4, 6
"""Columns of the form, counted from 1."""


def table(sheet: Any) -> dict[str, int]:
    """Return the row of each label of a form's table."""
    top = next(row for row in range(1, 30) if sheet.cell(row, LABEL).value == "Chỉ tiêu")
    rows: dict[str, int] = {}
    row = top + 1
    while sheet.cell(row, LABEL).value:
        rows[str(sheet.cell(row, LABEL).value)] = row
        row += 1
    return rows


def fill(path: Path, values: Mapping[str, object] | Callable[[str, object], object], **fields: object) -> None:
    """Type values into a form's table by label, and into its fields by name."""
    book = openpyxl.load_workbook(path)
    sheet: Any
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for label, row in table(sheet).items():
            given = values(label, sheet.cell(row, PLAN).value) if callable(values) else values.get(label)
            if given is not None:
                sheet.cell(row, INPUT).value = given
        for row in range(1, 12):
            name = str(sheet.cell(row, 1).value).replace(" ", "_")
            if name in fields:
                sheet.cell(row, 3).value = fields[name]
    book.save(path)
