"""``d8plan status``, and ``d8plan`` alone."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import Options, open_data, prove
from d8plan.cli.summary import Format, show
from d8plan.storage.data.locate import shown
from d8plan.text.language import language
from d8plan.text.message import M
from d8plan.views.status import status as found


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status", help=_("Show where each plan stands; “d8plan” alone does the same."))(status)


def status(
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the summary."))] = Format.TABLE,
) -> None:
    options: Options = context.obj
    loaded = open_data(options)
    view = found(loaded.dataset, prove(loaded), loaded.findings, datetime.date.today(), shown(loaded.folder))
    show(view, form, options.language)
    if form is Format.TABLE:
        told = M(
            "“{first}” shows the findings, “{second}” every command", first="d8plan validate", second="d8plan --help"
        )
        streams.people(language(options.language).say(told) + "\n")
