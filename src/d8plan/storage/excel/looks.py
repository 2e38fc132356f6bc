"""How each cell is set: type, size, alignment, as Decree 30/2020/NĐ-CP and offices have it."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.sheets.book import Role


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
