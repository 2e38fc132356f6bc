"""What a sheet does while somebody types: what it takes, what it refuses, what turns red."""

from __future__ import annotations

import datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from d8plan.sheets.book import Cell, Formula, Number, Role, Sheet, areas
from d8plan.storage.excel.formats import COLOURS
from d8plan.text.language import Language
from d8plan.text.message import Amount, M
from d8plan.text.names import printable

MOST = {Number.COUNT: 999_999_999, Number.MONEY: 999_999_999_999_999}
"""The largest figure that data files take."""
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True, "objects": True}
"""What a locked sheet lets everybody do: widen a column, write a note."""


def guard(page: Worksheet, sheet: Sheet, language: Language) -> None:
    """Lock all of a sheet but its figures, without a password, and let those be whole numbers or empty."""
    if sheet.locked:
        page.protect("", _ALLOWED)
    for number, most in MOST.items():
        inputs = [
            (cell.row, cell.column)
            for cell in sheet.cells
            if cell.is_input and cell.role is Role.FIGURE and cell.number is number
        ]
        found = [list(area) for area in areas(inputs)]
        if found:
            told = M("A whole number from 0 to {most} goes here, or nothing; no text, no decimals.", most=Amount(most))
            rule = {
                "validate": "integer",
                "criteria": "between",
                "minimum": 0,
                "maximum": most,
                "ignore_blank": True,
                "error_title": language.say(M("Not a figure of the plan")),
                "error_message": language.say(told),
                "other_cells": found[1:],
            }
            page.data_validation(*found[0], rule)
    for cell in sheet.cells:
        if cell.is_input and cell.number is Number.DATE:
            page.data_validation(cell.row, cell.column, cell.row, cell.column, _a_date(cell, language))


def _a_date(cell: Cell, language: Language) -> dict[str, Any]:
    """Return the rule that a cell holds a date of this century."""
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": datetime.date(2000, 1, 1),
        "maximum": datetime.date(2100, 12, 31),
        "ignore_blank": True,
        "error_title": language.say(M("Not a date")),
        "error_message": language.say(M("A date goes here, such as {date}.", date=cell.value or "")),
    }


def watch(workbook: Workbook, page: Worksheet, sheet: Sheet, language: Language) -> None:
    """Set the sheet's conditions."""
    looks: dict[Any, Any] = {
        severity: workbook.add_format({**look, "bold": True}) for severity, look in COLOURS.items()
    }
    for condition in sheet.conditions:
        rule = {
            "type": "formula",
            "criteria": formula_text(condition.formula, language),
            "format": looks[condition.severity],
            "stop_if_true": True,
        }
        page.conditional_format(*condition.area, rule)


def formula_text(formula: Formula, language: Language) -> str:
    """Return a formula as a workbook holds it, its messages as quoted text."""
    if isinstance(formula, str):
        return formula
    return "".join(piece if isinstance(piece, str) else _quoted(language.say(piece)) for piece in formula)


def _quoted(text: str) -> str:
    quoted = printable(text).replace('"', '""')
    return f'"{quoted}"'
