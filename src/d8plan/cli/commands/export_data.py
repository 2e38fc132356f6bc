"""``d8plan export-data``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.output import save
from d8plan.app.workspace import Workspace
from d8plan.cli import streams
from d8plan.cli.options import option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M
from d8plan.views.long_form import tables
from d8plan.views.table import View

HELP = M("Write every figure in long form, with its file and line.")
EXAMPLE = "d8plan export-data --format csv --output so-lieu --excel"
ORDER = 17


class DataFormat(StrEnum):
    """Formats of the data."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class DataTable(StrEnum):
    """Tables of the data."""

    FIGURES = "figures"
    BUDGET = "budget"


def command(
    context: typer.Context,
    form: Annotated[
        DataFormat,
        typer.Option("--format", help=_("Form of the data; parquet is a dataset of one or more data folders.")),
    ] = DataFormat.CSV,
    output: Annotated[
        Path | None,
        option(
            "--output",
            metavar="DIR",
            help=_("Folder for figures and budget, or for the dataset; else standard output."),
        ),
    ] = None,
    table: Annotated[
        DataTable, typer.Option("--table", help=_("Table that CSV writes to standard output."))
    ] = DataTable.FIGURES,
    excel: Annotated[bool, typer.Option("--excel", help=_("Begin CSV files with the mark that Excel needs."))] = False,
    force: Annotated[bool, typer.Option("--force", help=_("Replace files that exist."))] = False,
) -> None:
    terminal = terminal_of(context)
    if form is DataFormat.PARQUET:
        from d8plan.app.dataset import export_dataset

        export_dataset(terminal.folders, output, terminal, force=force)
        return
    from d8plan.render import views

    workspace = Workspace.open(terminal.folders, terminal)
    both = tables(workspace.report.ledger, workspace.where)
    workspace.tell_findings()
    if form is DataFormat.JSON:
        texts = {"data": views.as_json(View(M("{name}", name="d8plan"), (), both), terminal.language)}
        encoding, shown = "utf-8", "data"
    else:
        texts = {each.key: views.as_csv(View(each.title, (), (each,)), terminal.language) for each in both}
        encoding, shown = "utf-8-sig" if excel else "utf-8", table.value
    if output is None:
        streams.machines(texts[shown])
        return
    contents = {output / f"{key}.{form}": text.encode(encoding) for key, text in texts.items()}
    save(contents, terminal, force=force)
