"""Make the data folder of a province's first plan."""

from __future__ import annotations

import os
from pathlib import Path

from d8plan.app.editing import as_if, require_text
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.folders import FOLDER
from d8plan.app.output import save
from d8plan.app.voice import Voice
from d8plan.app.workspace import Workspace
from d8plan.app.write_lock import holding
from d8plan.edits.drafting.first import First, RefusedNameError, begin
from d8plan.models.places import PLANS
from d8plan.models.schemas import json_schemas
from d8plan.storage.data.loader import load
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.text.message import M


def _schemas(folder: Path) -> dict[Path, bytes]:
    return {folder / "schemas" / name: text.encode("utf-8") for name, text in json_schemas().items()}


def require_free(folder: Path) -> None:
    """Raise where something stands where ``data/`` or the schemas are to be made."""
    for path in (folder / FOLDER, *_schemas(folder)):
        if os.path.lexists(path):
            raise CommandError(M("{path} exists", path=str(path)), UNUSABLE, M("Name an empty or new folder"))


def make(folder: Path, first: First, voice: Voice) -> str:
    """Make the data folder and its schemas in a folder, all or none; return the plan's id."""
    typed = {
        "--province": first.province,
        "--kind": first.kind,
        "--units": ",".join(first.units),
        "--indicator": "\n".join(first.indicators),
        "--levels": first.levels or "",
    }
    for option, text in typed.items():
        require_text(option, text)
    try:
        made = begin(first)
        files = {
            name: new_file(Path(name).stem, 3 if name.startswith(PLANS) else 1, made.comments[name], content)
            for name, content in made.files.items()
        }
    except (RefusedNameError, EditError) as error:
        raise CommandError(error.message, USAGE, error.action) from None
    _write(folder / FOLDER, files, voice)
    save(_schemas(folder), voice, force=False)
    return made.plan


def _write(data: Path, files: dict[str, bytes], voice: Voice) -> None:
    """Write the files of a new data folder, all or none; folders that were made for them go where none is."""
    made = [path for path in (data / PLANS, data, *data.parents) if not path.exists()]
    try:
        (data / PLANS).mkdir(parents=True)
    except OSError as error:
        raise CommandError(
            M("{path} cannot be written: {reason}", path=str(data), reason=error.strerror or str(error)),
            UNUSABLE,
            M("Name an empty or new folder"),
        ) from error
    try:
        with holding(data):
            workspace = Workspace(load(data), voice)
            as_if(workspace.loaded, files)
            workspace.write(files)
    except CommandError:
        for path in (*(data / PLANS).glob("*"), *made):
            if not any(path.iterdir()):
                path.rmdir()
        raise
