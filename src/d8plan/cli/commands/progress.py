"""``d8plan progress``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.choice import chosen_day, chosen_period
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.cli.options import AsOf, Force, PlanName, UnitName, option
from d8plan.cli.terminal import terminal_of
from d8plan.cli.view_formats import ViewFormat, show
from d8plan.ledger.results import reporters
from d8plan.text.message import M
from d8plan.views.progress import Progress
from d8plan.views.progress_tables import Views

HELP = M("Set results beside the plan: done in a period, cumulative, per cent, who has not reported or is behind.")
EXAMPLE = 'd8plan progress 2024 --as-of 2024-06-30 --district "Mường La"'
ORDER = 4


class ProgressFormat(StrEnum):
    """Formats of progress: those of a view, and the consolidated workbook."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    XLSX = "xlsx"


def command(
    context: typer.Context,
    plan: PlanName = None,
    as_of: AsOf = None,
    period: Annotated[
        str | None, option("--period", metavar="PERIOD", help=_("The period shown, such as 2024-Q2; else the last."))
    ] = None,
    unit: UnitName = None,
    form: Annotated[
        ProgressFormat, typer.Option("--format", help=_("Form of the progress; xlsx is the workbook."))
    ] = ProgressFormat.TABLE,
    output: Annotated[
        Path | None, option("--output", metavar="PATH", help=_("The workbook, where the form is xlsx."))
    ] = None,
    force: Force = False,
) -> None:
    terminal = terminal_of(context)
    if output is not None and form is not ProgressFormat.XLSX:
        raise CommandError(M("--output goes with --format xlsx"), USAGE)
    if unit is not None and form is ProgressFormat.XLSX:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--format xlsx"), USAGE
        )
    workspace = Workspace.open(terminal.folders, terminal)
    files = workspace.plan(plan)
    progress = Progress(
        workspace.dataset, workspace.report.ledger, files, chosen_day(as_of), chosen_period(files, period)
    )
    views = Views(progress)
    if form is ProgressFormat.XLSX:
        from d8plan.app.output import save
        from d8plan.sheets.progress import book
        from d8plan.storage.excel.writer import to_bytes
        from d8plan.text.language import DEFAULT, language

        path = output or Path(f"tong-hop-{files.id}-{progress.period.name}.xlsx")
        save({path: to_bytes(book(views), language(DEFAULT))}, terminal, force=force)
    elif unit is None:
        show(views.overview(), ViewFormat(form.value), terminal)
    else:
        chosen = workspace.unit(files, unit, reporters(workspace.dataset, files))
        show(views.unit(chosen), ViewFormat(form.value), terminal)
    workspace.tell_findings()
