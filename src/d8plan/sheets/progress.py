"""The consolidated workbook: the tables of a plan's progress, a sheet each."""

from __future__ import annotations

import datetime

from d8plan.sheets.annex.texts import preamble, reference_of, workbook_of
from d8plan.sheets.book import Book, Cell, Role
from d8plan.sheets.table import lines_above, sheets, width_of
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M
from d8plan.views.progress import Progress
from d8plan.views.progress_tables import Views
from d8plan.views.table import Table


def book(views: Views) -> Book:
    """Return the workbook of a plan's progress, for the period and day that it is shown of."""
    progress = views.progress
    laid = sheets(views.consolidated(), lambda table: _above(progress, table))
    return workbook_of(
        progress.dataset,
        progress.files,
        progress.files.plan.title,
        (sheet._replace(locked=False) for sheet in laid),
        created=min(progress.as_of, datetime.date(9999, 1, 1)),
    )


def _above(progress: Progress, table: Table) -> list[Cell]:
    """Return the lines above a table: its title, the period, the plan's document, and what the numbers tell of."""
    reference = reference_of(progress.dataset, progress.files)
    lines = preamble(None, None, None, language(DEFAULT).say(table.title), progress.period.label())
    lines += [(Role.REFERENCE, M("({document})", document=reference))] if reference else []
    told = M("Numbers as of {date}, as known on {day}", date=progress.last_day, day=progress.as_of)
    nothing = M("No report had come in by {date}", date=progress.as_of)
    lines.append((Role.MEASURE, told if progress.last_day else nothing))
    return lines_above(lines, width_of(table))
