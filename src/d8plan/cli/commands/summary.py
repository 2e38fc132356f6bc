"""``d8plan summary``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.errors import USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.cli.options import PlanName, UnitName, option
from d8plan.cli.terminal import terminal_of
from d8plan.cli.view_formats import ViewFormat, show
from d8plan.text.message import M
from d8plan.views.summary import Summary

HELP = M("Show a plan, or what concerns one unit or indicator.")
EXAMPLE = 'd8plan summary 2024 --district "Mường La"'
ORDER = 3


def command(
    context: typer.Context,
    plan: PlanName = None,
    unit: UnitName = None,
    indicator: Annotated[
        str | None, option("--indicator", metavar="ID", help=_("The units' table of an indicator."))
    ] = None,
    budget: Annotated[bool, typer.Option("--budget", help=_("The budget alone."))] = False,
    form: Annotated[ViewFormat, typer.Option("--format", help=_("Form of the summary."))] = ViewFormat.TABLE,
) -> None:
    terminal = terminal_of(context)
    if sum((unit is not None, indicator is not None, budget)) > 1:
        raise CommandError(M("--unit, --indicator and --budget exclude each other"), USAGE, M("Give one of them"))
    workspace = Workspace.open(terminal.folders, terminal)
    files = workspace.plan(plan)
    summary = Summary(workspace.dataset, workspace.report, files)
    if unit is not None:
        view = summary.unit(workspace.unit(files, unit))
    elif indicator is not None:
        view = summary.indicator(workspace.indicator(files, indicator))
    elif budget and not files.budget.holders:
        raise CommandError(M("Plan {plan} has no budget", plan=files.id), USAGE)
    else:
        view = summary.budget_view() if budget else summary.overview()
    show(view, form, terminal)
    workspace.tell_findings()
