"""``d8plan schema``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import Options, find_folder
from d8plan.app.errors import FINDINGS, UNUSABLE, CommandError
from d8plan.app.files import save
from d8plan.text.language import language
from d8plan.text.message import M


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema", help=_("Write the schemas that editors check data files with."))(schema)


def schema(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help=_("Compare only; exit 1 where they differ."))] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="DIR", help=_("Folder; else schemas/ beside the data folder."), show_default=False
        ),
    ] = None,
) -> None:
    from d8plan.models.schemas import json_schemas

    options: Options = context.obj
    spoken = language(options.language)
    folder = output or find_folder(options.data).parent / "schemas"
    files = {folder / name: text.encode("utf-8") for name, text in json_schemas().items()}
    if not check:
        for path in filter(Path.is_symlink, files):
            raise CommandError(
                M("{path} is a link to another place", path=str(path)), UNUSABLE, M("Delete it, or name another folder")
            )
        save(files, force=True, spoken=spoken)
        return
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for path in stale:
        streams.error(
            spoken.say(
                M("{path} is not what the models give; run “{command}”", path=str(path), command="d8plan schema")
            )
        )
    raise typer.Exit(FINDINGS if stale else 0)
