"""The folder of a dataset: made beside its place, then renamed, so that none is ever half there."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from d8plan.storage.parquet.package import NAME, files_of

_PREFIX = ".d8plan."


class FolderContents(Enum):
    """What is where a dataset is to be."""

    NOTHING = "nothing"
    """No folder, or an empty one."""
    DATASET = "dataset"
    """The files that a dataset of d8plan names, and no others; or an empty folder that a link leads to."""
    CURRENT = "current"
    """The folder that the program runs in, or one above it."""
    OTHER = "other"


def held(folder: Path) -> FolderContents:
    """Tell what is where a dataset is to be; raise OSError where it cannot be read."""
    if not os.path.lexists(folder):
        return FolderContents.NOTHING
    if not folder.is_dir():
        return FolderContents.OTHER
    if Path.cwd().is_relative_to(os.path.realpath(folder)):
        return FolderContents.CURRENT
    if not any(folder.iterdir()):
        return FolderContents.DATASET if folder.is_symlink() else FolderContents.NOTHING
    try:
        named = files_of((folder / NAME).read_bytes())
    except FileNotFoundError:
        return FolderContents.OTHER
    present = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    return FolderContents.DATASET if present <= named else FolderContents.OTHER


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into, which takes the place of ``folder`` when all went well.

    Raises OSError where it cannot; what was there is there still. Where the machine stops between the
    two renames, the old dataset is beside its place, under a name that begins with ``.d8plan.``.
    """
    target = Path(os.path.realpath(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target.parent))
    new, old = work / "new", work / "old"
    try:
        new.mkdir()
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)  # where that fails as well, it stays beside its place
        shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)
