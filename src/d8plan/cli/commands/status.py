"""``d8plan status``, and ``d8plan`` alone."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.workspace import Workspace
from d8plan.cli.terminal import terminal_of
from d8plan.cli.view_formats import ViewFormat, show
from d8plan.storage.data.locate import shown
from d8plan.text.message import M
from d8plan.views.status import status

HELP = M("Show where each plan stands; “d8plan” alone does the same.")
EXAMPLE = "d8plan"
ORDER = 1


def command(
    context: typer.Context,
    form: Annotated[ViewFormat, typer.Option("--format", help=_("Form of the summary."))] = ViewFormat.TABLE,
) -> None:
    terminal = terminal_of(context)
    workspace = Workspace.open(terminal.folders, terminal, whole=False)
    loaded, today = workspace.loaded, datetime.date.today()
    show(status(workspace.dataset, workspace.report, loaded.findings, today, shown(loaded.folder)), form, terminal)
    if form is ViewFormat.TABLE:
        terminal.say(
            M("“{first}” shows the findings, “{second}” every command", first="d8plan validate", second="d8plan --help")
        )
