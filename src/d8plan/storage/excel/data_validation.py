"""What a sheet does while somebody types: what it takes, what it refuses, what turns red."""

from __future__ import annotations

import datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from d8plan.sheets.book import Formula, Number, Role, Sheet, areas
from d8plan.storage.excel.cell_styles import COLOURS
from d8plan.text.language import Language
from d8plan.text.message import Amount, M
from d8plan.text.names import printable

MOST = 999_999_999_999_999
"""The largest figure that data files take."""
CENTURY = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)
"""Days that a date can be."""
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True, "objects": True}
"""What a locked sheet lets everybody do: widen a column, write a note."""


def guard(page: Worksheet, sheet: Sheet, language: Language) -> None:
    """Lock all of a sheet but its figures, without a password, and let those be numbers or empty."""
    if sheet.locked:
        page.protect("", _ALLOWED)
    inputs: dict[tuple[Number, int], list[tuple[int, int]]] = {}
    for cell in sheet.cells:
        if cell.is_input and cell.role is Role.FIGURE:
            inputs.setdefault((cell.number, cell.decimals), []).append((cell.row, cell.column))
    for (_, decimals), cells in sorted(inputs.items()):
        found = [list(area) for area in areas(cells)]
        title = language.say(M("Not a figure of the plan"))
        told = M("A whole number from 0 to {most} goes here, or nothing; no text, no decimals.", most=Amount(MOST))
        if decimals:
            told = M(
                "A number from 0 to {most} goes here, or nothing; no text, decimal places up to {places}.",
                most=Amount(MOST),
                places=decimals,
            )
        rule = _between("decimal" if decimals else "integer", 0, MOST, title, language.say(told))
        page.data_validation(*found[0], rule | {"other_cells": found[1:]})
    for cell in sheet.cells:
        if cell.is_input and cell.number is Number.DATE:
            told = M("A date goes here, such as {date}.", date=cell.value or "")
            rule = _between("date", *CENTURY, language.say(M("Not a date")), language.say(told))
            page.data_validation(cell.row, cell.column, cell.row, cell.column, rule)


def _between(kind: str, least: object, most: object, title: str, message: str) -> dict[str, object]:
    """Return the rule that a cell holds a value between two or nothing, and what is said of any other."""
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_title": title,
        "error_message": message,
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
