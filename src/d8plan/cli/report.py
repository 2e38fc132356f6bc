"""``d8plan report``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.data import Options, choose_plan, day, open_data, prove, require_whole, tell_findings
from d8plan.app.files import require_ending, save
from d8plan.cli.common_options import AsOf, Force, PlanName
from d8plan.text.language import language

ENDINGS = (".html", ".htm")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", help=_("Write a plan as one page for a browser, to read, print or pass on."))(report)


def report(
    context: typer.Context,
    plan: PlanName = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help=_("The file, else bao-cao-PLAN.html here."), show_default=False),
    ] = None,
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    loaded = open_data(options)
    require_whole(loaded)
    files = choose_plan(loaded, plan)
    path = output or Path(f"bao-cao-{files.id}.html")
    require_ending(path, *ENDINGS)
    from d8plan.render.page_html import as_html
    from d8plan.views.page import page
    from d8plan.views.page_results import sections
    from d8plan.views.progress import Progress

    proven = prove(loaded)
    progress = Progress(loaded.dataset, proven.ledger, files, day(as_of))
    made = page(loaded.dataset, proven, files, sections(progress))
    save({path: as_html(made, spoken).encode()}, force=force, spoken=spoken)
    tell_findings(loaded, proven, spoken)
