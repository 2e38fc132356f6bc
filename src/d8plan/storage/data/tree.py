"""Where the files of a data folder come from: a folder, a former version, or either with changes to come."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from d8plan.storage.data import raw_text

JOURNAL = ".d8plan.journal"
"""File at the top of a data folder that lists a change of several files which is not finished."""
LOCK = ".d8plan.lock"
"""File at the top of a data folder that is there while a writer is at work; one that was killed leaves it."""
PREFIX, SUFFIX = ".d8plan.", ".tmp"
"""What names of temporary files begin and end with."""


def is_prepared(name: str) -> bool:
    """Tell names of files that a writer puts beside those which they are to replace."""
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def read_file(path: Path, *, links: bool = True) -> bytes:
    """Return what a file holds, a little more than is allowed at most; never wait for a pipe.

    Raises OSError where it cannot be read, or is no file, which a link is without ``links``.
    """
    if not stat.S_ISREG(path.stat(follow_symlinks=links).st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    with open(path, "rb") as file:
        return file.read(raw_text.MAX_BYTES + 1)


class Tree(Protocol):
    """Files of a data folder by name, with slashes, relative to it."""

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names of what a folder holds, each with whether it is a folder; raise OSError without one."""

    def content(self, name: str) -> bytes:
        """Return what a file holds, a little more than is allowed at most; raise OSError where it cannot be read."""


class Folder:
    """A data folder on disk."""

    def __init__(self, path: Path) -> None:
        """Take the folder's path."""
        self.path = path

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names of what a folder holds, each with whether it is a folder."""
        return {path.name: path.is_dir() for path in (self.path / folder).iterdir()}

    def content(self, name: str) -> bytes:
        """Return what a file holds."""
        return read_file(self.path / name)


class Contents:
    """Files that are held in memory, as a former version is."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take contents by name."""
        self.files = files

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names of what a folder holds, each with whether it is a folder."""
        above = f"{folder}/" if folder else ""
        entries: dict[str, bool] = {}
        for file in self.files:
            if file.startswith(above):
                name, below, _ = file.removeprefix(above).partition("/")
                entries[name] = bool(below)
        if not entries:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), folder)
        return entries

    def content(self, name: str) -> bytes:
        """Return what a file holds."""
        if name not in self.files:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return self.files[name][: raw_text.MAX_BYTES + 1]


class Changed:
    """A tree as it will be once some files are written."""

    def __init__(self, before: Tree, files: Mapping[str, bytes]) -> None:
        """Take the tree as it is, and the new contents by name."""
        self.before, self.after = before, Contents(files)

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names of what a folder holds, each with whether it is a folder."""
        try:
            new = self.after.entries(folder)
        except FileNotFoundError:
            return self.before.entries(folder)
        try:
            return self.before.entries(folder) | new
        except FileNotFoundError:
            return new

    def content(self, name: str) -> bytes:
        """Return what a file will hold."""
        return self.after.content(name) if name in self.after.files else self.before.content(name)
