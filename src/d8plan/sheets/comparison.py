"""A comparison as a workbook: what changed, a sheet each for figures, totals, findings and other values."""

from __future__ import annotations

from d8plan.sheets.book import Book, Role, Sheet, Text, sheet_names
from d8plan.sheets.table import lay, lines_above, width_of
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.views.comparison.changes import VersionComparison
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.letterhead import TITLE, Letterhead, letterhead
from d8plan.views.comparison.tables import entries_table, figures, findings, totals
from d8plan.views.table import Audience, Column, Table

_SHEETS = {
    "figures": ("plan", "series_name", "unit_name", "level_name", "unit_of_measure", "old", "new", "change"),
    "totals": (
        "plan",
        "label",
        "unit_of_measure",
        "stated_old",
        "stated_new",
        "computed_old",
        "computed_new",
        "difference_old",
        "difference_new",
    ),
    "findings": ("state", "plan", "code", "label"),
    "others": ("state", "place", "old", "new"),
}
"""The sheets, by the keys of their tables, and the columns that each shows."""


def book(comparison: VersionComparison, language: Language) -> Book:
    """Return the workbook of a comparison; sheets without rows are left out, and their names are in ``language``."""
    head = letterhead(comparison)
    listed = (
        figures(comparison),
        totals(comparison),
        _findings(comparison),
        entries_table(entries(comparison)),
    )
    tables = [table for table in listed if table.rows] or listed[:1]
    names = sheet_names(language.say(table.title) for table in tables)
    sheets = tuple(_sheet(name, head, table) for name, table in zip(names, tables, strict=True))
    return Book(language.say(TITLE), head.number, head.issuer, head.created, sheets)


def _findings(comparison: VersionComparison) -> Table:
    """Return the findings that are new, then those that are gone, each with its state."""
    new, gone = findings(comparison)
    columns = (Column("state", M("State"), numeric=False), *new.columns)
    rows = [(M("new"), *row) for row in new.rows] + [(M("gone"), *row) for row in gone.rows]
    return Table("findings", M("Findings"), columns, tuple(rows))


def _sheet(name: str, head: Letterhead, table: Table) -> Sheet:
    titles: list[tuple[Role, Text]] = [
        (Role.ISSUER, head.issuer),
        (Role.TITLE, TITLE),
        (Role.TITLE, head.subject),
        (Role.REFERENCE, head.versions),
    ]
    shown = _narrowed(table, _SHEETS[table.key])
    above = lines_above([(role, text) for role, text in titles if text], width_of(shown))
    sheet = lay(shown, name, above, top=len(above), numbers=Role.STATED).sheet
    return sheet._replace(freeze=(len(above) + 1, 1), locked=False)


def _narrowed(table: Table, keys: tuple[str, ...]) -> Table:
    """Return a table with some of its columns, in their order."""
    by_key = {column.key: index for index, column in enumerate(table.columns)}
    indices = [by_key[key] for key in keys]
    columns = tuple(table.columns[index]._replace(audience=Audience.ALL) for index in indices)
    return table._replace(columns=columns, rows=tuple(tuple(row[index] for index in indices) for row in table.rows))
