"""How each cell looks: type, size and alignment as Decree 30/2020/NĐ-CP and offices have it, colours, number, lock."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.models.findings import Severity
from d8plan.sheets.book import Cell, Number, Role
from d8plan.text.exact import ExactNumber, places

NUMBERS = (Role.FIGURE, Role.TOTAL, Role.STATED, Role.COMPUTED)
# Vietnamese digits where a viewer heeds the language, as LibreOffice does; Excel follows its own.
_COUNT = "[$-42A]#,##0"
_DATE = "dd/mm/yyyy"
_PERCENT = "[$-42A]0.00%"
_GROUPED = 1_000
"""Numbers from this one on are grouped."""
_CHANGED = {"bg_color": "#C6E0B4"}
_TO_FILL_IN = {"border": 1, "bg_color": "#FFF9E5"}
_FAULTY = {"font_color": "#C00000", "bg_color": "#FFF2CC", "bold": True}
COLOURS = {
    Severity.ERROR: {"font_color": "#9C0006", "bg_color": "#FFB3B3"},
    Severity.WARNING: {"font_color": "#7F4F00", "bg_color": "#FFE699"},
    Severity.INFO: {"font_color": "#1F3864", "bg_color": "#DDEBF7"},
}
"""Colours of findings, also of what conditions colour."""


class Look(NamedTuple):
    """How text of a role is set."""

    size: float | None
    """None for text of the table, which is as large as the page allows."""
    bold: bool = False
    italic: bool = False
    align: str = "center"
    less: float = 0
    """By how much text of the table is smaller than its figures."""

    def size_in(self, table: float) -> float:
        """Return the size of the text in a table whose figures have the size ``table``."""
        return table - self.less if self.size is None else self.size


LOOKS = {
    Role.ISSUER: Look(13, bold=True, align="left"),
    Role.LABEL: Look(14, bold=True),
    Role.TITLE: Look(14, bold=True),
    Role.REFERENCE: Look(13, italic=True),
    Role.MEASURE: Look(12, italic=True, align="right"),
    Role.HEADING: Look(None, bold=True, less=1),
    Role.ROW_LABEL: Look(None, bold=True, align="left"),
    Role.WINDOW: Look(None, italic=True, less=1),
    Role.LEVEL: Look(None, italic=True, less=1),
    Role.ORDINAL: Look(None),
    Role.UNIT: Look(None, align="left"),
    Role.FIGURE: Look(None),
    Role.TOTAL: Look(None, bold=True),
    Role.FOOTNOTE: Look(11, italic=True, align="left"),
    Role.POST: Look(13, bold=True),
    Role.NAME: Look(13, bold=True),
    Role.SUMMARY: Look(12, bold=True, align="left"),
    Role.TEXT: Look(None, align="left"),
    Role.WORD: Look(None),
    Role.STATED: Look(None, align="right"),
    Role.COMPUTED: Look(None, align="right"),
    Role.FIELD: Look(12, align="left"),
    Role.FIELD_NAME: Look(12, align="right"),
}


def properties(cell: Cell, size: float, *, locked: bool) -> dict[str, object]:
    """Return what XlsxWriter is told of a cell's look, in a table of a text size and a sheet that is locked or not."""
    look = LOOKS[cell.role]
    align = "right" if cell.number is Number.MONEY and cell.role in NUMBERS else look.align
    told: dict[str, object] = {
        "font_size": look.size_in(size),
        "bold": look.bold or cell.strong,
        "italic": look.italic,
        "align": align,
        "indent": int(align == "right" and cell.role in (*NUMBERS, Role.FIELD_NAME)),
        "valign": "vcenter",
        "text_wrap": cell.role not in NUMBERS,
        "num_format": _number_format(cell),
        "border": int(look.size is None),
        "locked": locked and not cell.is_input,
    }
    if cell.to_fill_in:
        told |= _TO_FILL_IN
    if cell.changed:
        told |= _CHANGED
    if cell.faulty:
        told |= _FAULTY
    return told | COLOURS[cell.severity] if cell.severity else told


def _count(cell: Cell) -> str:
    """Return the format of a number: the places that it is written with, and more where somebody types them."""
    given = places(cell.value) if isinstance(cell.value, ExactNumber) else 0
    more = max(cell.decimals - given, 0)
    if not given and more:
        # A format with places that may be empty would show a point after a whole number.
        return _COUNT if isinstance(cell.value, ExactNumber) and cell.value >= _GROUPED else "General"
    return _COUNT + (f".{'0' * given}{'#' * more}" if given else "")


def _number_format(cell: Cell) -> str:
    """Return the number format; what is faulty ends in an asterisk."""
    if cell.number is Number.DATE:
        return _DATE
    if cell.role in NUMBERS and not isinstance(cell.value, str):
        return (_PERCENT if cell.number is Number.PERCENT else _count(cell)) + '"*"' * cell.faulty
    return '@"*"' if cell.faulty else "General"
