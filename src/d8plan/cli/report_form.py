"""``d8plan report-form``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.data import (
    Options,
    choose_plan,
    choose_unit,
    open_data,
    prove,
    require_whole,
    tell_findings,
)
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.files import require_ending, save
from d8plan.app.progress_line import Progress
from d8plan.cli.common_options import Force, complete_units
from d8plan.cli.progress import chosen_period
from d8plan.ledger.periods import reporters
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report-form", help=_("Write the Excel form in which each unit reports its results."))(report_form)


def report_form(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help=_("The plan."), show_default=False)],
    period: Annotated[
        str,
        typer.Option("--period", metavar="PERIOD", help=_("The period reported, such as 2024-Q2."), show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="PATH", help=_("The file, or with --per-district the folder."), show_default=False
        ),
    ] = None,
    per_district: Annotated[
        bool, typer.Option("--per-district", help=_("One file for each unit of the plan."))
    ] = False,
    unit: Annotated[
        str | None,
        typer.Option(
            "--district",
            "--unit",
            metavar="NAME",
            help=_("The form of one unit."),
            autocompletion=complete_units,
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    from d8plan.sheets.forms import book, form
    from d8plan.storage.excel.writer import to_bytes

    options: Options = context.obj
    if unit is not None and per_district:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--per-district"), USAGE
        )
    loaded = open_data(options)
    files = choose_plan(loaded, plan)
    require_whole(loaded)
    found = chosen_period(files, period)
    assert found is not None
    report = prove(loaded)
    units = reporters(loaded.dataset, files)
    if unit is not None:
        units = [choose_unit(loaded, files, unit, units)]
    name = f"bao-cao-{files.id}-{found.name}"
    progress = Progress(len(units))
    forms = []
    for number, key in enumerate(units, 1):
        progress.show(number, Path(key))
        made = form(loaded.dataset, report.ledger, files, found, key)
        forms += [made] if made.rows else []
    progress.erase()
    if not forms:
        raise CommandError(M("The plan gives nothing to report on"), USAGE)
    # What an office fills in is an official document: always in Vietnamese.
    spoken = language(DEFAULT)
    if per_district:
        books = {(output or Path()) / f"{name}-{one.unit}.xlsx": book([one]) for one in forms}
    else:
        path = output or Path(f"{name}-{units[0]}.xlsx" if unit is not None else f"{name}.xlsx")
        require_ending(path, ".xlsx")
        books = {path: book(forms)}
    save({path: to_bytes(one, spoken) for path, one in books.items()}, force=force, spoken=language(options.language))
    tell_findings(loaded, report, language(options.language))
