"""Options of several commands that show or write a plan; imported once the language is set, as their help is."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.data import choose_plan, find_folder, unit_spellings
from d8plan.app.errors import CommandError
from d8plan.cli.arguments import text_of


def complete_units(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of units that ``incomplete`` may become; nothing where there is no data."""
    from d8plan.storage.data.loader import load

    try:
        given = context.find_root().params.get("data")
        loaded = load(find_folder(tuple(map(Path, given or ()))))
        units = choose_plan(loaded, None).plan.units
    except (CommandError, OSError):
        return []
    # Shells keep only what begins with what was typed: a name, or the id where it was typed without accents.
    begun = text_of(incomplete) or incomplete
    offered = (
        next((name for name in names if name.startswith(begun)), None)
        for names in unit_spellings(loaded, units).values()
    )
    return [name for name in offered if name]


PlanName = Annotated[
    str | None,
    typer.Argument(metavar="[PLAN]", help=_("The plan; the latest of a year where none is named."), show_default=False),
]
UnitName = Annotated[
    str | None,
    typer.Option(
        "--unit",
        "--district",
        metavar="NAME",
        help=_("What concerns a unit, in any spelling: bao lac."),
        autocompletion=complete_units,
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help=_("The day to look from; else today."), show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help=_("Replace a file that exists."))]
