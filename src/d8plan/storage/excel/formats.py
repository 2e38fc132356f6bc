"""What XlsxWriter is told of a cell's look: type, colours, number, lock."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from xlsxwriter import Workbook

from d8plan.models.findings import Severity
from d8plan.sheets.book import Cell, Number, Role
from d8plan.storage.excel.looks import LOOKS

NUMBERS = (Role.FIGURE, Role.TOTAL, Role.STATED, Role.COMPUTED)
# Vietnamese digits where a viewer heeds the language, as LibreOffice does; Excel follows its own.
_COUNT = "[$-42A]#,##0"
_DATE = "dd/mm/yyyy"
_PERCENT = "[$-42A]0.00%"
_CHANGED = {"bg_color": "#C6E0B4"}
_TO_FILL_IN = {"border": 1, "bg_color": "#FFF9E5"}
_FAULTY = {"font_color": "#C00000", "bg_color": "#FFF2CC", "bold": True}
COLOURS = {
    Severity.ERROR: {"font_color": "#9C0006", "bg_color": "#FFB3B3"},
    Severity.WARNING: {"font_color": "#7F4F00", "bg_color": "#FFE699"},
    Severity.INFO: {"font_color": "#1F3864", "bg_color": "#DDEBF7"},
}
"""Colours of findings, also of what conditions colour."""


def formats(workbook: Workbook) -> Callable[[Cell, float, bool], Any]:
    """Return what gives the format of a cell for a text size and a sheet that is locked or not.

    Equal looks share one format.
    """

    @cache
    def look(
        role: Role,
        number: Number,
        strong: bool,
        marks: tuple[bool, bool, bool, Severity | None],
        unlocked: bool,
        size: float,
    ) -> Any:
        told = LOOKS[role]
        asked, changed, faulty, severity = marks
        align = "right" if number is Number.MONEY and role in NUMBERS else told.align
        properties: dict[str, object] = {
            "font_size": told.size_in(size),
            "bold": told.bold or strong,
            "italic": told.italic,
            "align": align,
            "indent": int(align == "right" and role in (*NUMBERS, Role.FIELD_NAME)),
            "valign": "vcenter",
            "text_wrap": role not in NUMBERS,
            "num_format": _DATE if number is Number.DATE else _number_format(role, number, faulty=faulty),
            "border": int(told.size is None),
            "locked": not unlocked,
        }
        if asked:
            properties |= _TO_FILL_IN
        if changed:
            properties |= _CHANGED
        if faulty:
            properties |= _FAULTY
        if severity:
            properties |= COLOURS[severity]
        return workbook.add_format(properties)

    def of(cell: Cell, size: float, locked: bool) -> Any:
        marks = (cell.to_fill_in, cell.changed, cell.faulty, cell.severity)
        return look(cell.role, cell.number, cell.strong, marks, cell.is_input or not locked, size)

    return of


def _number_format(role: Role, number: Number, *, faulty: bool) -> str:
    """Return the number format; what is faulty ends in an asterisk."""
    if role in NUMBERS:
        return (_PERCENT if number is Number.PERCENT else _COUNT) + '"*"' * faulty
    return '@"*"' if faulty else "General"
