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


class Tree(Protocol):
    """Files of a data folder by name, with slashes, relative to it."""

    def names(self, folder: str) -> list[str]:
        """Return the names of what a folder holds, in any order; raise OSError where it cannot be read."""

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, but those that begin with a dot; none where it is absent."""

    def content(self, name: str) -> bytes:
        """Return what a file holds, a little more than is allowed at most; raise OSError where it cannot be read."""


class Folder:
    """A data folder on disk."""

    def __init__(self, path: Path) -> None:
        """Take the folder's path."""
        self.path = path

    def names(self, folder: str) -> list[str]:
        """Return the names of what a folder holds."""
        return os.listdir(self.path / folder)

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder."""
        if not (self.path / folder).is_dir():
            return []
        return [one.name for one in os.scandir(self.path / folder) if one.is_dir() and not one.name.startswith(".")]

    def content(self, name: str) -> bytes:
        """Return what a file holds; never wait for a pipe."""
        path = self.path / name
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        with open(path, "rb") as file:
            return file.read(raw_text.MAX_BYTES + 1)


class Contents:
    """Files that are held in memory, as a former version is."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take contents by name."""
        self.files = files

    def names(self, folder: str) -> list[str]:
        """Return the names of what a folder holds."""
        above = f"{folder}/".lstrip("/") if folder else ""
        return list({name.removeprefix(above).split("/")[0]: None for name in self.files if name.startswith(above)})

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder."""
        held = self.names(folder)
        return [
            one
            for one in held
            if not one.startswith(".") and any(name.startswith(f"{folder}/{one}/".lstrip("/")) for name in self.files)
        ]

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

    def names(self, folder: str) -> list[str]:
        """Return the names of what a folder holds."""
        new = self.after.names(folder)
        try:
            return list(dict.fromkeys((*self.before.names(folder), *new)))
        except FileNotFoundError:
            if new:
                return new
            raise

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder."""
        return list(dict.fromkeys((*self.before.folders(folder), *self.after.folders(folder))))

    def content(self, name: str) -> bytes:
        """Return what a file will hold."""
        return self.after.content(name) if name in self.after.files else self.before.content(name)
