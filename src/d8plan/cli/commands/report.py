"""``d8plan report``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.choice import chosen_day
from d8plan.app.output import require_ending, save
from d8plan.app.workspace import Workspace
from d8plan.cli.options import AsOf, Force, PlanName, option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M

HELP = M("Write a plan as one page for a browser, to read, print or pass on.")
EXAMPLE = "d8plan report 2024 --output ke-hoach-2024.html"
ORDER = 7
ENDINGS = (".html", ".htm")


def command(
    context: typer.Context,
    plan: PlanName = None,
    output: Annotated[
        Path | None, option("--output", metavar="PATH", help=_("The file, else bao-cao-PLAN.html here."))
    ] = None,
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    terminal = terminal_of(context)
    workspace = Workspace.open(terminal.folders, terminal)
    files = workspace.plan(plan)
    path = output or Path(f"bao-cao-{files.id}.html")
    require_ending(path, *ENDINGS)
    from d8plan.render.page_html import as_html
    from d8plan.views.page import page
    from d8plan.views.page_results import sections
    from d8plan.views.progress import Progress

    progress = Progress(workspace.dataset, workspace.report.ledger, files, chosen_day(as_of))
    made = page(workspace.dataset, workspace.report, files, sections(progress))
    save({path: as_html(made, terminal.language).encode()}, terminal, force=force)
    workspace.tell_findings()
