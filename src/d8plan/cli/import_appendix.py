"""``d8plan import-appendix``."""

from __future__ import annotations

import sys
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import Options, find_folder, require_whole
from d8plan.app.errors import FINDINGS, USAGE, CommandError
from d8plan.cli.arguments import line
from d8plan.cli.editing_options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    DryRun,
    WithTotals,
    named_amendment,
)
from d8plan.text.language import Language, language
from d8plan.text.message import M, Message

_WRITE = M("Write these changes? (y/n)")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import-appendix", help=_("Take over the figures of an annex that was edited in a spreadsheet."))(
        import_appendix
    )


def import_appendix(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The workbook, .xlsx."), show_default=False)],
    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN]",
            help=_("The plan; the one the workbook was made for where none is named."),
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Write without asking."))] = False,
    allow_findings: AllowFindings = False,
    with_totals: WithTotals = False,
    partial: Annotated[
        bool, typer.Option("--partial", help=_("Let rows and columns be missing; their figures stay as they are."))
    ] = False,
    amendment: AmendmentName = None,
    document: AmendmentDocument = None,
    reason: AmendmentReason = None,
) -> None:
    from d8plan.app import editing, workbooks
    from d8plan.app.preview import show
    from d8plan.app.write_lock import holding, open_settled, write
    from d8plan.sheets.reading import merge

    options: Options = context.obj
    spoken = language(options.language)
    amended = named_amendment(amendment, document, reason)
    folder = find_folder(options.data)
    loaded = open_settled(folder, look=dry_run)
    require_whole(loaded)
    held = workbooks.returned(loaded, file, plan, partial=partial)
    workbooks.refuse_faults(file, held.reading, spoken)
    workbooks.tell_notes(held, spoken)
    merged = merge(held.reading.figures, held.data, held.marks)
    if merged.conflicts or merged.moved:
        workbooks.show_three_ways(loaded, held, merged, spoken)
    if merged.conflicts:
        raise CommandError(
            M(
                "The workbook and the data changed the same figures: {count}. Nothing was written",
                count=len(merged.conflicts),
            ),
            FINDINGS,
            M("Settle them in the workbook or with “{command}”, and import again", command="d8plan set"),
        )
    cells = {place: f"{at.sheet}!{at.cell}" for place, at in held.reading.cells.items()}
    proposal = editing.propose(loaded, merged.values, with_totals=with_totals, amendment=amended, told=cells)
    show(proposal, spoken)
    if not proposal.files:
        return
    editing.refuse_faults(proposal, allow_findings=allow_findings)
    if not dry_run and (yes or agreed(spoken)):
        with holding(folder):
            write(loaded, proposal.files, spoken)


def agreed(spoken: Language, question: Message = _WRITE) -> bool:
    """Ask whether to go on; raise CommandError where nobody is there to answer."""
    if not sys.stdin.isatty():
        raise CommandError(
            M("Nobody can be asked here, so nothing was written"), USAGE, M("Write with --yes, or look with --dry-run")
        )
    streams.people(spoken.say(question) + " ")
    streams.finish()
    answer = (line() or "").strip().casefold()
    # Yes in English, có in Vietnamese.
    if answer[:1] in {"y", "c"}:
        return True
    streams.people(spoken.say(M("Nothing was written")) + "\n")
    return False
