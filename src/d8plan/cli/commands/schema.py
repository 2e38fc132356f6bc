"""``d8plan schema``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.errors import FINDINGS, UNUSABLE, CommandError
from d8plan.app.folders import find_folder
from d8plan.app.output import save
from d8plan.cli.options import option
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M

HELP = M("Write the schemas that editors check data files with.")
EXAMPLE = "d8plan schema --check"
ORDER = 20


def command(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help=_("Compare only; exit 1 where they differ."))] = False,
    output: Annotated[
        Path | None, option("--output", metavar="DIR", help=_("Folder; else schemas/ beside the data folder."))
    ] = None,
) -> None:
    from d8plan.models.schemas import json_schemas

    terminal = terminal_of(context)
    folder = output or find_folder(terminal.folders).parent / "schemas"
    files = {folder / name: text.encode("utf-8") for name, text in json_schemas().items()}
    if not check:
        for path in filter(Path.is_symlink, files):
            raise CommandError(
                M("{path} is a link to another place", path=str(path)), UNUSABLE, M("Delete it, or name another folder")
            )
        save(files, terminal, force=True)
        return
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for path in stale:
        terminal.warn(M("{path} is not what the models give; run “{command}”", path=str(path), command="d8plan schema"))
    raise typer.Exit(FINDINGS if stale else 0)
