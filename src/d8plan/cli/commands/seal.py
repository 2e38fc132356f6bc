"""``d8plan seal``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.sealing import seal
from d8plan.app.workspace import Workspace
from d8plan.cli.options import argument, option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import Amount, M

HELP = M("Seal a plan as it was signed, or take over what is kept about a sealed one.")
EXAMPLE = "d8plan seal 2024 --document 15/KH-UBND --date 2024-02-01"
ORDER = 15


def command(
    context: typer.Context,
    plan: Annotated[str, argument("PLAN", _("The plan to seal."))],
    document: Annotated[
        str | None, option("--document", metavar="NUMBER", help=_("Number of the signed document."))
    ] = None,
    date: Annotated[str | None, option("--date", metavar="YYYY-MM-DD", help=_("Its date."))] = None,
) -> None:
    terminal = terminal_of(context)
    with Workspace.editing(terminal.folders, terminal) as workspace:
        made = seal(workspace, plan, document, date)
        workspace.write(made.files)
    count = len(made.seal.plan) + len(made.seal.record)
    terminal.say(M("Sealed: plan {plan}, {count} values", plan=plan, count=Amount(count)))
