"""The formats in which commands show views."""

from __future__ import annotations

from enum import StrEnum

from d8plan.cli import streams
from d8plan.cli.terminal import Terminal
from d8plan.views.table import View


class ViewFormat(StrEnum):
    """Formats of a view."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def show(view: View, form: ViewFormat, terminal: Terminal) -> None:
    """Write a view in a format to standard output."""
    from d8plan.render import views

    match form:
        case ViewFormat.JSON:
            streams.machines(views.as_json(view, terminal.language))
        case ViewFormat.CSV:
            streams.machines(views.as_csv(view, terminal.language))
        case ViewFormat.MARKDOWN:
            streams.machines(views.as_markdown(view, terminal.language))
        case ViewFormat.TABLE:
            streams.people(terminal.table(view))
