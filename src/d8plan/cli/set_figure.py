"""``d8plan set``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, NamedTuple

import typer

from d8plan.app.data import Options, choose_plan, find_folder, open_folder, require_whole
from d8plan.app.editing import Amendment, Proposal, propose, refuse_faults
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.named_figures import Named, find
from d8plan.app.preview import show
from d8plan.app.write_lock import holding, write
from d8plan.cli.editing_options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    DryRun,
    WithTotals,
    named_amendment,
)
from d8plan.storage.data.loader import Loaded, load
from d8plan.text.language import language
from d8plan.text.message import M
from d8plan.text.names import fold
from d8plan.text.numbers import Typed, read_text

_NOTHING = frozenset({"null", "none", "trong"})
"""Words for an empty cell, as ``fold`` gives them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("set", help=_("Change one figure, or a stated total; every other byte of the data stays."))(set_figure)


class _Asked(NamedTuple):
    """What is to be changed, as it was typed."""

    plan: str
    named: Named
    value: str
    with_totals: bool
    amendment: Amendment | None


def set_figure(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help=_("The plan."), show_default=False)],
    series: Annotated[
        str,
        typer.Argument(
            metavar="INDICATOR", help=_("Indicator, zone figure or origin of money, by id or name."), show_default=False
        ),
    ],
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[UNIT] VALUE",
            help=_("Unit or holder, and the whole number; null for an empty cell. A total has no unit."),
            show_default=False,
        ),
    ],
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="LEVEL", help=_("Level, where figures are split."), show_default=False),
    ] = None,
    total: Annotated[
        bool, typer.Option("--total", help=_("Change the total that the plan states, with --level that of a level."))
    ] = False,
    with_totals: WithTotals = False,
    amendment: AmendmentName = None,
    document: AmendmentDocument = None,
    reason: AmendmentReason = None,
    dry_run: DryRun = False,
    allow_findings: AllowFindings = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    *unit, value = words
    if len(unit) != (0 if total else 1):
        raise CommandError(
            M("A figure is named by its unit, a total by --total alone"),
            USAGE,
            M("“{command}” shows how", command="d8plan set --help"),
        )
    named = Named(series, unit[0] if unit else None, level)
    asked = _Asked(plan, named, value, with_totals, named_amendment(amendment, document, reason))
    folder = find_folder(options.data)
    if dry_run:
        proposal = _propose(open_folder(folder), asked)
        show(proposal, spoken)
        refuse_faults(proposal, allow_findings=allow_findings)
        return
    with holding(folder):
        proposal = _propose(load(folder), asked)
        show(proposal, spoken)
        refuse_faults(proposal, allow_findings=allow_findings)
        write(proposal.before, proposal.files, spoken)


def _propose(folder: Loaded, asked: _Asked) -> Proposal:
    """Return what becomes of the folder with the figure that is named."""
    require_whole(folder)
    files = choose_plan(folder, asked.plan)
    found = find(folder, files, asked.named)
    typed = Typed(None) if fold(asked.value) in _NOTHING else read_text(asked.value, found.unit_of_measure)
    if typed.refused:
        raise CommandError(typed.refused, USAGE, M("Write a whole number, or null for an empty cell"))
    return propose(folder, {found.place: typed.value}, with_totals=asked.with_totals, amendment=asked.amendment)
