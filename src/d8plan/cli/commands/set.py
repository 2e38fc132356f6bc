"""``d8plan set``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.editing import named_amendment, propose
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.named_figures import TypedFigure, find
from d8plan.app.workspace import Workspace
from d8plan.cli.options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    DryRun,
    NeededPlan,
    WithTotals,
    argument,
    option,
)
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M
from d8plan.text.names import fold
from d8plan.text.numbers import Typed, read_text

HELP = M("Change one figure, or a stated total; every other byte of the data stays.")
EXAMPLE = 'd8plan set 2024 "lớp tập huấn" "Mường La" --level district 9 --with-totals'
ORDER = 10
_NOTHING = frozenset({"null", "none", "trong"})
"""Words for an empty cell, as ``fold`` gives them."""


def command(
    context: typer.Context,
    plan: NeededPlan,
    series: Annotated[str, argument("INDICATOR", _("Indicator, zone figure or origin of money, by id or name."))],
    words: Annotated[
        list[str],
        argument(
            "[UNIT] VALUE",
            _("Unit or holder, and the number; null for an empty cell. A total has no unit."),
        ),
    ],
    level: Annotated[str | None, option("--level", metavar="LEVEL", help=_("Level, where figures are split."))] = None,
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
    terminal = terminal_of(context)
    *unit, value = words
    if len(unit) != (0 if total else 1):
        raise CommandError(
            M("A figure is named by its unit, a total by --total alone"),
            USAGE,
            M("“{command}” shows how", command="d8plan set --help"),
        )
    amended = named_amendment(amendment, document, reason)
    with Workspace.editing(terminal.folders, terminal, look=dry_run) as workspace:
        figure = find(workspace, workspace.plan(plan), TypedFigure(series, unit[0] if unit else None, level))
        typed = Typed(None) if fold(value) in _NOTHING else read_text(value, figure.measure)
        if typed.refused:
            raise CommandError(typed.refused, USAGE, M("Write a number, or null for an empty cell"))
        proposal = propose(workspace, {figure.place: typed.value}, with_totals=with_totals, amendment=amended)
        terminal.apply(workspace, proposal, allow_findings=allow_findings, look=dry_run)
