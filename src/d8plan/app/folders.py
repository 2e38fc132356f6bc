"""Find data folders and load them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.models.places import PLANS
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.rules import INTERRUPTED, LEFT_OVER
from d8plan.storage.data.tree import LOCK
from d8plan.text.message import M

FOLDER = "data"
PATIENCE = 2.0
"""Seconds to wait for a writer that is at work."""
_TRIES = 5
"""Times at least to load a folder that somebody else is changing."""
_PAUSE = 0.02


def find_folder(named: Sequence[Path]) -> Path:
    """Return the data folder: the one named, or ``data/`` here or in a folder above."""
    if len(named) > 1:
        raise CommandError(
            M("This command works on one data folder, and {count} are named", count=len(named)),
            USAGE,
            M(
                "Name one with --data; these take several: {commands}",
                commands=("d8plan validate", "d8plan export-data --format parquet"),
            ),
        )
    if named:
        if not named[0].is_dir():
            raise CommandError(
                M("There is no folder {path}", path=str(named[0])), UNUSABLE, M("Name the data folder with --data")
            )
        return named[0]
    if (above := folder_above()) is not None:
        return above
    raise CommandError(
        M("There is no data folder here or above"),
        UNUSABLE,
        M("Go to the folder that holds data/, or name it with --data"),
    )


def folder_above() -> Path | None:
    """Return the data folder here or in a folder above; None where there is none."""
    here = Path.cwd()
    return next((folder / FOLDER for folder in (here, *here.parents) if (folder / FOLDER / PLANS).is_dir()), None)


def chosen_folders(named: Sequence[Path]) -> list[Path]:
    """Return the data folders to work on, where there may be several; one named twice counts once."""
    if not named:
        return [find_folder(())]
    folders: dict[str, Path] = {}
    for path in named:
        folders.setdefault(os.path.normcase(os.path.realpath(path)), path)
    return list(folders.values())


def open_folder(folder: Path) -> Loaded:
    """Load a data folder and change nothing in it, never in the middle of a change of several files.

    Where a writer is at work it is waited for; a change that was interrupted is a finding of what is loaded.
    """
    until = time.monotonic() + PATIENCE
    tries = 0
    while True:
        # A journal comes and goes with each such change, which the folder's own time tells.
        before = folder.stat().st_mtime_ns
        loaded = load(folder)
        steady = folder.stat().st_mtime_ns == before
        unfinished = any(finding.rule in (INTERRUPTED, LEFT_OVER) for finding in loaded.findings)
        tries += 1
        over = time.monotonic() > until and tries > _TRIES
        if steady and (over or not unfinished or not os.path.lexists(folder / LOCK)):
            return loaded
        if over:
            raise CommandError(
                M("Another program is editing {path}", path=str(folder)), UNUSABLE, M("Try again when it is done")
            )
        time.sleep(_PAUSE if unfinished else 0)
