"""``d8plan export-appendix``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.cli.data import Options, choose_plan, open_data, prove, require_whole, tell_findings
from d8plan.cli.errors import USAGE, CommandError
from d8plan.cli.files import save
from d8plan.language import DEFAULT, language
from d8plan.message import M


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export-appendix", help=_("Write the annexes of a plan as an Excel workbook."))(export_appendix)


def export_appendix(
    context: typer.Context,
    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN]", help=_("The plan; the latest of a year where none is named."), show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="PATH", help=_("The workbook; else phu-luc-PLAN.xlsx here."), show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Replace a file that exists."))] = False,
) -> None:
    from d8plan.annex_layout import book
    from d8plan.workbook.writer import to_bytes

    options: Options = context.obj
    loaded = open_data(options)
    files = choose_plan(loaded, plan)
    require_whole(loaded)
    report = prove(loaded)
    target = output or Path(f"phu-luc-{files.id}.xlsx")
    if target.suffix.casefold() != ".xlsx":
        raise CommandError(M("{path} is no name of a workbook", path=str(target)), USAGE, M("Let it end in .xlsx"))
    # The annex is an official document: always in Vietnamese.
    annex = book(loaded.dataset, report.ledger, files.id, [*report.findings, *report.covered], report.exceptions)
    content = to_bytes(annex, language(DEFAULT))
    spoken = language(options.language)
    save({target: content}, force=force, spoken=spoken)
    tell_findings(loaded, report, spoken)
