"""``d8plan rules``."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.catalogue import catalogue
from d8plan.cli.terminal import terminal_of
from d8plan.cli.view_formats import ViewFormat, show
from d8plan.text.message import M
from d8plan.views.table import Audience, Column, Table, View

HELP = M("List the rules that findings name.")
EXAMPLE = "d8plan rules --format json"
ORDER = 19
_COLUMNS = (
    Column("code", M("Code"), numeric=False),
    Column("name", M("Name"), numeric=False),
    Column("severity", numeric=False, audience=Audience.MACHINES),
    Column("severity_name", M("Severity"), numeric=False, audience=Audience.PEOPLE),
    Column("title", M("What it finds"), numeric=False),
    Column("exceptable", numeric=False, audience=Audience.MACHINES),
    Column("exceptable_mark", M("Exception"), numeric=False, audience=Audience.PEOPLE),
)


def command(
    context: typer.Context,
    form: Annotated[ViewFormat, typer.Option("--format", help=_("Form of the list."))] = ViewFormat.TABLE,
) -> None:
    rows = tuple(
        (
            rule.code,
            rule.name,
            rule.severity.value,
            rule.severity.label,
            rule.title,
            rule.exceptable,
            M("possible") if rule.exceptable else None,
        )
        for rule in catalogue().values()
    )
    table = Table("rules", M("“{command}” tells one in full", command="d8plan explain A001"), _COLUMNS, rows)
    show(View(M("Rules"), (), (table,)), form, terminal_of(context))
