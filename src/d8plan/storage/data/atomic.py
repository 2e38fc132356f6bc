"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from d8plan.storage.data.tree import PREFIX, SUFFIX


def write(path: Path, content: bytes, *, replace: bool, prefix: str = PREFIX, private: bool = False) -> None:
    """Write ``content`` to ``path``: after a crash the file is the old one or the new one.

    Raises FileExistsError where it exists and ``replace`` is false, OSError where it cannot be
    written; nothing is left behind then. With ``replace`` a symbolic link stays one, and its target is
    replaced; without, a link is something that exists, wherever it leads. ``private`` lets nobody else
    read the file.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(f"{path}")
    target = resolved(path)
    temporary = prepare(target, content, prefix=prefix, private=private)
    try:
        if replace:
            os.replace(temporary, target)
        else:
            _place_new(temporary, target)
    except BaseException:
        discard(temporary)
        raise
    sync_folder(target.parent)


def resolved(path: Path) -> Path:
    """Return the file that a path leads to, through symbolic links; raise OSError where they go round."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def prepare(target: Path, content: bytes, *, prefix: str = PREFIX, private: bool = False) -> Path:
    """Return a file beside ``target`` that may take its place: same mode and owner, on disk to the last byte.

    Its name begins with ``prefix``; where it is ``private``, nobody else may read it.
    """
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=SUFFIX, dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            _take_after(temporary, target)
    except BaseException:
        discard(temporary)
        raise
    return temporary


def discard(temporary: Path) -> None:
    """Delete a temporary file, if it can be."""
    with contextlib.suppress(OSError):
        os.chmod(temporary, 0o600)  # Windows keeps what is read-only
        os.unlink(temporary)


def _take_after(temporary: Path, target: Path) -> None:
    """Give the file the owner and mode of the old one, or the mode that a new one gets here."""
    if not target.exists():
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        return
    old = target.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give a file away
            os.chown(temporary, old.st_uid, old.st_gid)
    os.chmod(temporary, old.st_mode & 0o7777)


def _place_new(temporary: Path, target: Path) -> None:
    """Give the file its name unless another program was faster."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.replace(temporary, target)
        return
    with contextlib.suppress(OSError):
        os.unlink(temporary)


def sync_folder(folder: Path) -> None:
    """Make new names durable; the files themselves are written, so a failure here is not told."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
