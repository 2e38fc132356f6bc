"""Where the files of a data folder come from: a folder, a former version, or either with changes to come."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

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


class Tree:
    """Files of a data folder by name, with slashes, relative to it: on disk, in memory, or both."""

    def __init__(self, path: Path | None, files: Mapping[str, bytes] | None = None) -> None:
        """Take the folder, if there is one, and what is held in memory, which stands in place of what is on disk."""
        self.path, self.files = path, files or {}

    def changed(self, files: Mapping[str, bytes]) -> Tree:
        """Return the tree as it will be once some files are written."""
        return Tree(self.path, {**self.files, **files})

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names of what a folder holds, each with whether it is a folder; raise OSError without one."""
        above = f"{folder}/" if folder else ""
        below = [file.removeprefix(above).partition("/") for file in self.files if file.startswith(above)]
        in_memory = {name: bool(slash) for name, slash, _ in below}
        try:
            return {path.name: path.is_dir() for path in self._on_disk(folder).iterdir()} | in_memory
        except FileNotFoundError:
            if not in_memory:
                raise
            return in_memory

    def content(self, name: str) -> bytes:
        """Return what a file holds, a little more than is allowed at most; raise OSError where it cannot be read."""
        if name in self.files:
            return self.files[name][: raw_text.MAX_BYTES + 1]
        return read_file(self._on_disk(name))

    def _on_disk(self, name: str) -> Path:
        if self.path is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return self.path / name
