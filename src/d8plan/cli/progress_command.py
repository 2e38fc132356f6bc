"""``d8plan progress``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.cli import summary
from d8plan.cli.data import (
    Options,
    choose,
    choose_plan,
    day,
    open_data,
    prove,
    require_whole,
    tell_findings,
    unit_spellings,
)
from d8plan.cli.errors import USAGE, CommandError
from d8plan.cli.summary import complete_units
from d8plan.language import language
from d8plan.message import M
from d8plan.models.files import PlanFiles
from d8plan.progress import Progress
from d8plan.progress.views import Views
from d8plan.reporting import Period, parse, reporters, schedule


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
    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN]", help=_("The plan; the latest of a year where none is named."), show_default=False
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD", help=_("The day to look from; else today."), show_default=False),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="PERIOD",
            help=_("The period shown, such as 2024-Q2; else the last."),
            show_default=False,
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit",
            "--district",
            metavar="NAME",
            help=_("What concerns a unit, in any spelling: bao lac."),
            autocompletion=complete_units,
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help=_("Form of the progress; xlsx is the workbook."))
    ] = Format.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help=_("The workbook, where the form is xlsx."), show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Replace a file that exists."))] = False,
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
        from d8plan.cli.files import save
        from d8plan.language import DEFAULT
        from d8plan.progress.layout import book
        from d8plan.workbook.writer import to_bytes

        path = output or Path(f"tong-hop-{files.id}-{found.period.name}.xlsx")
        save({path: to_bytes(book(views), language(DEFAULT))}, force=force, spoken=spoken)
    elif unit is None:
        summary.show(views.overview(), summary.Format(form.value), options.language)
    else:
        among = unit_spellings(loaded, reporters(loaded.dataset, files))
        chosen = choose(M("unit of plan {plan}", plan=files.id), unit, among)
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
