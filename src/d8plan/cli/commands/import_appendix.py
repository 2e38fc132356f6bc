"""``d8plan import-appendix``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.editing import named_amendment, propose, refuse_faults
from d8plan.app.errors import FINDINGS, CommandError
from d8plan.app.workspace import Workspace
from d8plan.cli.options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    DryRun,
    WithTotals,
    Yes,
    argument,
)
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M

HELP = M("Take over the figures of an annex that was edited in a spreadsheet.")
EXAMPLE = "d8plan import-appendix phu-luc.xlsx --dry-run"
ORDER = 9


def command(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", _("The workbook, .xlsx."))],
    plan: Annotated[
        str | None, argument("[PLAN]", _("The plan; the one the workbook was made for where none is named."))
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    allow_findings: AllowFindings = False,
    with_totals: WithTotals = False,
    partial: Annotated[
        bool, typer.Option("--partial", help=_("Let rows and columns be missing; their figures stay as they are."))
    ] = False,
    amendment: AmendmentName = None,
    document: AmendmentDocument = None,
    reason: AmendmentReason = None,
) -> None:
    from d8plan.app import workbooks
    from d8plan.app.write_lock import holding
    from d8plan.sheets.reading import merge

    terminal = terminal_of(context)
    amended = named_amendment(amendment, document, reason)
    workspace = Workspace.settled(terminal.folders, terminal, look=dry_run)
    workbook = workbooks.returned(workspace, file, plan, partial=partial)
    workbook.refuse(terminal)
    for note in workbook.notes():
        terminal.say(note)
    merged = merge(workbook.reading.figures, workbook.data, workbook.marks)
    if merged.conflicts or merged.moved:
        terminal.show(workbooks.three_ways(workspace, workbook, merged))
    if merged.conflicts:
        raise CommandError(
            M(
                "The workbook and the data changed the same figures: {count}. Nothing was written",
                count=len(merged.conflicts),
            ),
            FINDINGS,
            M("Settle them in the workbook or with “{command}”, and import again", command="d8plan set"),
        )
    cells = {place: f"{at.sheet}!{at.cell}" for place, at in workbook.reading.cells.items()}
    proposal = propose(workspace, merged.values, with_totals=with_totals, amendment=amended, told=cells)
    terminal.preview(proposal)
    if not proposal.files:
        return
    refuse_faults(proposal, allow_findings=allow_findings)
    if not dry_run and (yes or terminal.agreed()):
        with holding(workspace.loaded.folder):
            workspace.write(proposal.files)
