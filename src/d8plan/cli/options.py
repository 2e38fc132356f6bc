"""Options and arguments of several commands; imported once the language is set, for their help is said at import."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from d8plan.app.errors import CommandError
from d8plan.cli.arguments import text_of


def argument(metavar: str, help: str, **more: Any) -> Any:  # noqa: A002 - Typer's word
    """Return an argument that help shows without a default."""
    return typer.Argument(metavar=metavar, help=help, show_default=False, **more)


def option(*flags: str, metavar: str, help: str, **more: Any) -> Any:  # noqa: A002 - Typer's word
    """Return an option with a value that help shows without a default."""
    return typer.Option(*flags, metavar=metavar, help=help, show_default=False, **more)


def complete_units(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of units that ``incomplete`` may become; nothing where there is no data."""
    from d8plan.app.workspace import Workspace

    try:
        workspace = Workspace.open(tuple(map(Path, context.find_root().params.get("data") or ())), whole=False)
        spellings = workspace.names.units(workspace.plan().plan.units)
    except (CommandError, OSError):
        return []
    # Shells keep only what begins with what was typed: a name, or the id where it was typed without accents.
    begun = text_of(incomplete) or incomplete
    offered = (next((name for name in names if name.startswith(begun)), None) for names in spellings.values())
    return [name for name in offered if name]


PlanName = Annotated[str | None, argument("[PLAN]", _("The plan; the latest of a year where none is named."))]
NeededPlan = Annotated[str, argument("PLAN", _("The plan."))]
UnitName = Annotated[
    str | None,
    option(
        "--unit",
        "--district",
        metavar="NAME",
        help=_("What concerns a unit, in any spelling: bao lac."),
        autocompletion=complete_units,
    ),
]
AsOf = Annotated[str | None, option("--as-of", metavar="YYYY-MM-DD", help=_("The day to look from; else today."))]
Force = Annotated[bool, typer.Option("--force", help=_("Replace a file that exists."))]
PerDistrict = Annotated[bool, typer.Option("--per-district", help=_("One file for each unit of the plan."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show the change and write nothing."))]
Yes = Annotated[bool, typer.Option("--yes", help=_("Write without asking."))]
AllowFindings = Annotated[bool, typer.Option("--allow-findings", help=_("Write even where the change brings errors."))]
WithTotals = Annotated[
    bool, typer.Option("--with-totals", help=_("Let the totals that are stated follow, where they held before."))
]
AmendmentName = Annotated[str | None, option("--amendment", metavar="NAME", help=_("Amendment of a signed plan."))]
AmendmentDocument = Annotated[
    str | None, option("--document", metavar="NUMBER", help=_("Its document, where it is new."))
]
AmendmentReason = Annotated[str | None, option("--reason", metavar="TEXT", help=_("Why, where the amendment is new."))]
