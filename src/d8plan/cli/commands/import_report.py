"""``d8plan import-report``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.errors import FINDINGS, CommandError
from d8plan.app.workspace import Workspace
from d8plan.cli.options import DryRun, Yes, argument, option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M

HELP = M("Collect report forms that were filled in, however many.")
EXAMPLE = "d8plan import-report bieu/*.xlsx"
ORDER = 6


def command(
    context: typer.Context,
    paths: Annotated[list[Path], argument("FILE...", _("Forms, .xlsx, or folders of them."))],
    plan: Annotated[
        str | None, option("--plan", metavar="PLAN", help=_("The plan, where the forms do not say."))
    ] = None,
    period: Annotated[
        str | None, option("--period", metavar="PERIOD", help=_("The only period that is taken."))
    ] = None,
    received: Annotated[
        str | None, option("--received", metavar="YYYY-MM-DD", help=_("When they came in; else today."))
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help=_("Let rows be missing; they are not reported."))] = False,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help=_("Take the forms that can be read, and leave the others out."))
    ] = False,
    older: Annotated[
        bool, typer.Option("--older", help=_("Take forms that are older than the report that is there."))
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    from d8plan.app.reports import ReportRequest, collect
    from d8plan.app.write_lock import holding
    from d8plan.sheets.forms.corrections import view

    terminal = terminal_of(context)
    workspace = Workspace.settled(terminal.folders, terminal, look=dry_run)
    request = ReportRequest(tuple(paths), plan, period, received, partial, skip_refused, older)
    collected = collect(workspace, request)
    if not collected.files:
        terminal.say(M("Nothing changes"))
        return
    terminal.show(view(workspace.dataset, collected.plan, collected.taken))
    for finding in (*collected.warnings, *collected.errors):
        terminal.warn(M("{code}: {message}", code=finding.rule.code, message=finding.message))
    if collected.errors:
        raise CommandError(
            M("The reports would bring errors: {count}. Nothing was written", count=len(collected.errors)), FINDINGS
        )
    if not dry_run and (yes or terminal.agreed()):
        with holding(workspace.loaded.folder):
            workspace.write(collected.files)
