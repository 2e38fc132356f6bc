"""``d8plan progress``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.data import (
    Options,
    choose_plan,
    choose_unit,
    day,
    open_data,
    prove,
    require_whole,
    tell_findings,
)
from d8plan.app.errors import USAGE, CommandError
from d8plan.cli import summary
from d8plan.cli.common_options import AsOf, Force, PlanName, UnitName
from d8plan.ledger.periods import Period, parse, reporters, schedule
from d8plan.models.files import PlanFiles
from d8plan.text.language import language
from d8plan.text.message import M
from d8plan.views.progress import Progress
from d8plan.views.progress_tables import Views


class Format(StrEnum):
    """Formats of progress: those of a summary, and the consolidated workbook."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    XLSX = "xlsx"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "progress",
        help=_(
            "Set results beside the plan: done in a period, cumulative, per cent, who has not reported or is behind."
        ),
    )(progress)


def progress(
    context: typer.Context,
    plan: PlanName = None,
    as_of: AsOf = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="PERIOD",
            help=_("The period shown, such as 2024-Q2; else the last."),
            show_default=False,
        ),
    ] = None,
    unit: UnitName = None,
    form: Annotated[
        Format, typer.Option("--format", help=_("Form of the progress; xlsx is the workbook."))
    ] = Format.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help=_("The workbook, where the form is xlsx."), show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    if output is not None and form is not Format.XLSX:
        raise CommandError(M("--output goes with --format xlsx"), USAGE)
    if unit is not None and form is Format.XLSX:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--format xlsx"), USAGE
        )
    loaded = open_data(options)
    require_whole(loaded)
    files = choose_plan(loaded, plan)
    proven = prove(loaded)
    found = Progress(loaded.dataset, proven.ledger, files, day(as_of), chosen_period(files, period))
    views = Views(found)
    if form is Format.XLSX:
        from d8plan.app.files import save
        from d8plan.sheets.progress import book
        from d8plan.storage.excel.writer import to_bytes
        from d8plan.text.language import DEFAULT

        path = output or Path(f"tong-hop-{files.id}-{found.period.name}.xlsx")
        save({path: to_bytes(book(views), language(DEFAULT))}, force=force, spoken=spoken)
    elif unit is None:
        summary.show(views.overview(), summary.Format(form.value), options.language)
    else:
        chosen = choose_unit(loaded, files, unit, reporters(loaded.dataset, files))
        summary.show(views.unit(chosen), summary.Format(form.value), options.language)
    tell_findings(loaded, proven, spoken)


def chosen_period(files: PlanFiles, typed: str | None) -> Period | None:
    """Return the period that was typed, one in the plan's years."""
    if typed is None:
        return None
    found = parse(typed.strip().upper())
    if found is None or not files.plan.period.first <= found.first.year <= files.plan.period.last:
        raise CommandError(
            M("“{name}” is no period of plan {plan}", name=typed, plan=files.id),
            USAGE,
            M("There are: {names}", names=tuple(one.name for one in schedule(files))),
        )
    return found
