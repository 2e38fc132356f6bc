"""``d8plan allocate``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.allocating import WEIGHT_FILES, SharingRequest, share_out
from d8plan.app.editing import as_if, named_amendment, propose, spliced
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.cli.arguments import Name, text_of
from d8plan.cli.options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    NeededPlan,
    argument,
    option,
)
from d8plan.cli.terminal import terminal_of
from d8plan.cli.view_formats import ViewFormat, show
from d8plan.edits.allocate import flat, values, view
from d8plan.text.message import M

HELP = M("Propose how a target is shared out over the units, in numbers that sum to it exactly.")
EXAMPLE = "d8plan allocate 2025 training-classes --level district --total 60 --by villages"
ORDER = 11


def command(
    context: typer.Context,
    plan: NeededPlan,
    indicator: Annotated[str | None, argument("[INDICATOR]", _("Indicator, by id or name; or --all."))] = None,
    total: Annotated[
        str | None, option("--total", metavar="N", help=_("The total; else the one stated today."))
    ] = None,
    level: Annotated[str | None, option("--level", metavar="LEVEL", help=_("Level; else each of them."))] = None,
    by: Annotated[
        Name | None,
        option(
            "--by",
            parser=Name,
            metavar="WEIGHTS",
            help=_(
                "remainder (of the phase), equal, a zone figure such as villages, or a file with weights (.csv, .xlsx)."
            ),
        ),
    ] = None,
    column: Annotated[
        str | None, option("--column", metavar="HEADING", help=_("Column of the file; else its second."))
    ] = None,
    among: Annotated[
        list[str] | None, option("--among", metavar="UNIT", help=_("A unit that takes part; may be repeated."))
    ] = None,
    least: Annotated[
        list[str] | None, option("--min", metavar="[UNIT=]N", help=_("Minimum of a unit, or of each."))
    ] = None,
    most: Annotated[
        list[str] | None, option("--max", metavar="[UNIT=]N", help=_("Maximum of a unit, or of each."))
    ] = None,
    fixed: Annotated[
        list[str] | None, option("--fix", metavar="UNIT=N", help=_("What a unit gets in any case."))
    ] = None,
    beyond_phase: Annotated[
        bool, typer.Option("--beyond-phase", help=_("Let units get more than the phase leaves them."))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=_("All indicators of the plan, each to its stated total."))
    ] = False,
    form: Annotated[ViewFormat, typer.Option("--format", help=_("Form of the proposal."))] = ViewFormat.TABLE,
    do_write: Annotated[bool, typer.Option("--write", help=_("Write the proposal into the data."))] = False,
    allow_findings: AllowFindings = False,
    amendment: AmendmentName = None,
    document: AmendmentDocument = None,
    reason: AmendmentReason = None,
) -> None:
    terminal = terminal_of(context)
    if (indicator is None) != everything or (everything and (total is not None or level is not None)):
        raise CommandError(
            M("Name an indicator, or give --all without --total and --level"),
            USAGE,
            M("“{command}” shows how", command="d8plan allocate --help"),
        )
    request = SharingRequest(
        plan,
        indicator,
        total,
        level,
        by if by is None or by.casefold().endswith(WEIGHT_FILES) else text_of(by) or by,
        column,
        tuple(among or ()),
        tuple(least or ()),
        tuple(most or ()),
        tuple(fixed or ()),
        beyond_phase,
    )
    amended = named_amendment(amendment, document, reason)
    with Workspace.editing(terminal.folders, terminal, look=not do_write) as workspace:
        shared = share_out(workspace, request)
        changes = values(shared.files, shared.proposals)
        if do_write:
            proposal = propose(workspace, changes, with_totals=True, amendment=amended)
            terminal.apply(workspace, proposal, allow_findings=allow_findings, look=False)
            return
        as_if(workspace.loaded, spliced(workspace.loaded, changes))
        proposed = view(workspace.dataset, shared.files, shared.proposals, shared.source)
        of_people = form in (ViewFormat.TABLE, ViewFormat.MARKDOWN)
        show(proposed if of_people else flat(proposed), form, terminal)
