"""``d8plan export-data``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import Options, open_data, prove, require_whole, tell_findings
from d8plan.app.files import save
from d8plan.models.places import Place
from d8plan.text.language import language
from d8plan.text.message import M
from d8plan.views.long_form import tables
from d8plan.views.table import View


class Format(StrEnum):
    """Formats of the data."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Which(StrEnum):
    """Tables of the data."""

    FIGURES = "figures"
    BUDGET = "budget"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export-data", help=_("Write every figure in long form, with its file and line."))(export_data)


def export_data(
    context: typer.Context,
    form: Annotated[
        Format, typer.Option("--format", help=_("Form of the data; parquet is a dataset of one or more data folders."))
    ] = Format.CSV,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="DIR",
            help=_("Folder for figures and budget, or for the dataset; else standard output."),
            show_default=False,
        ),
    ] = None,
    table: Annotated[
        Which, typer.Option("--table", help=_("Table that CSV writes to standard output."))
    ] = Which.FIGURES,
    excel: Annotated[bool, typer.Option("--excel", help=_("Begin CSV files with the mark that Excel needs."))] = False,
    force: Annotated[bool, typer.Option("--force", help=_("Replace files that exist."))] = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    if form is Format.PARQUET:
        from d8plan.app.dataset import export_dataset

        export_dataset(options, output, force=force, spoken=spoken)
        return
    from d8plan.render import views

    loaded = open_data(options)
    require_whole(loaded)

    def where(place: Place) -> tuple[str, int]:
        return place.file, loaded.mark(place).line

    report = prove(loaded)
    both = tables(report.ledger, where)
    tell_findings(loaded, report, spoken)
    if form is Format.JSON:
        title = M("{name}", name="d8plan")
        text = views.as_json(View(title, (), both), spoken)
        if output is None:
            streams.machines(text)
        else:
            save({output / "data.json": text.encode("utf-8")}, force=force, spoken=spoken)
        return
    texts = {item.key: views.as_csv(View(item.title, (), (item,)), spoken) for item in both}
    if output is None:
        streams.machines(texts[table])
        return
    encoding = "utf-8-sig" if excel else "utf-8"
    save({output / f"{key}.csv": text.encode(encoding) for key, text in texts.items()}, force=force, spoken=spoken)
