"""``d8plan report-form``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.choice import chosen_period
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.output import require_ending, save
from d8plan.app.workspace import Workspace
from d8plan.cli.options import Force, NeededPlan, PerDistrict, complete_units, option
from d8plan.cli.terminal import terminal_of
from d8plan.ledger.results import reporters
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M

HELP = M("Write the Excel form in which each unit reports its results.")
EXAMPLE = "d8plan report-form 2024 --period 2024-Q2 --per-district --output bieu"
ORDER = 5


def command(
    context: typer.Context,
    plan: NeededPlan,
    period: Annotated[str, option("--period", metavar="PERIOD", help=_("The period reported, such as 2024-Q2."))],
    output: Annotated[
        Path | None, option("--output", metavar="PATH", help=_("The file, or with --per-district the folder."))
    ] = None,
    per_district: PerDistrict = False,
    unit: Annotated[
        str | None,
        option("--district", "--unit", metavar="NAME", help=_("The form of one unit."), autocompletion=complete_units),
    ] = None,
    force: Force = False,
) -> None:
    from d8plan.sheets.forms import book, form
    from d8plan.storage.excel.writer import to_bytes

    terminal = terminal_of(context)
    if unit is not None and per_district:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--per-district"), USAGE
        )
    workspace = Workspace.open(terminal.folders, terminal)
    files = workspace.plan(plan)
    reported = chosen_period(files, period)
    assert reported is not None
    units = reporters(workspace.dataset, files)
    if unit is not None:
        units = [workspace.unit(files, unit, units)]
    name = f"bao-cao-{files.id}-{reported.name}"
    ledger = workspace.report.ledger
    made = [form(workspace.dataset, ledger, files, reported, str(key)) for key in terminal.steps([*map(Path, units)])]
    forms = [each for each in made if each.rows]
    if not forms:
        raise CommandError(M("The plan gives nothing to report on"), USAGE)
    if per_district:
        books = {(output or Path()) / f"{name}-{each.unit}.xlsx": book([each]) for each in forms}
    else:
        path = output or Path(f"{name}-{units[0]}.xlsx" if unit is not None else f"{name}.xlsx")
        require_ending(path, ".xlsx")
        books = {path: book(forms)}
    # What an office fills in is an official document: always in Vietnamese.
    contents = {path: to_bytes(workbook, language(DEFAULT)) for path, workbook in books.items()}
    save(contents, terminal, force=force)
    workspace.tell_findings()
