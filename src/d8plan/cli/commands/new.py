"""``d8plan new``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.drafts import start_plan
from d8plan.app.workspace import Workspace
from d8plan.cli.options import DryRun, argument, option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M

HELP = M("Start the draft of the next plan from an earlier one.")
EXAMPLE = "d8plan new 2025 --from 2024"
ORDER = 12


def command(
    context: typer.Context,
    plan: Annotated[str, argument("PLAN", _("The new plan: 2025, or 2026-2030."))],
    source: Annotated[str | None, option("--from", metavar="PLAN", help=_("The plan to start from."))] = None,
    title: Annotated[str | None, option("--title", metavar="TEXT", help=_("Title; else the old one’s."))] = None,
    levels: Annotated[
        str | None,
        option("--levels", metavar="ID=NAME,…", help=_("Other levels: province=Cấp tỉnh,commune=Cấp xã.")),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    terminal = terminal_of(context)
    with Workspace.editing(terminal.folders, terminal, look=dry_run) as workspace:
        drafted = start_plan(workspace, plan, source, title, levels)
        terminal.show(drafted.targets)
        for note in drafted.notes:
            terminal.say(note)
        if not dry_run:
            workspace.write(drafted.files)
