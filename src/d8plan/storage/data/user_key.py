"""Tell what this program has put into a data folder from what came with the data.

Data folders are cloned, copied and unpacked, and digests prove nothing: whoever made up a file can make up its
digest. A key can be kept where no data lies, one for each user of a machine, and what it signs holds for one folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import sys
from pathlib import Path

from d8plan.storage.data import atomic
from d8plan.storage.data.tree import PREFIX

_BYTES = 32
_TAG = 16
"""Hexadecimal digits in the name of a temporary file."""


class Owner:
    """Signs for one user and one data folder."""

    def __init__(self, folder: Path, *, keep: bool) -> None:
        """Take the data folder; ``keep`` lets a key be made where there is none yet.

        Where none can be kept, what is signed is recognised by nobody later.
        """
        self._place = os.fsencode(os.path.realpath(folder))
        self._key = _kept(Path(os.path.realpath(folder)), make=keep) or secrets.token_bytes(_BYTES)

    def sign(self, content: bytes) -> str:
        """Return the signature of a content in this folder."""
        return hmac.new(self._key, self._place + b"\0" + content, hashlib.sha256).hexdigest()

    def has_signed(self, content: bytes, signature: str) -> bool:
        """Tell whether a signature of this content was made here."""
        return hmac.compare_digest(self.sign(content).encode(), signature.encode("utf-8", "replace"))

    @property
    def prefix(self) -> str:
        """What the names of temporary files in this folder begin with."""
        return f"{PREFIX}{self.sign(b'temporary')[:_TAG]}"


def _kept(folder: Path, *, make: bool) -> bytes | None:
    """Return this user's key; None where there is none, or others might know it."""
    with contextlib.suppress(OSError, RuntimeError):
        place = _state()
        if place is None or Path(os.path.realpath(place)).is_relative_to(folder):
            return None
        path = place / "key"
        if make and not os.path.lexists(path):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # another writer was faster
                atomic.write(path, secrets.token_bytes(_BYTES), replace=False, private=True)
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size == _BYTES and _is_private(status):
            return path.read_bytes()
    return None


def _is_private(status: os.stat_result) -> bool:
    """Tell whether a file is this user's alone; on Windows, the folder that it lies in is."""
    return sys.platform == "win32" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


def _state() -> Path | None:
    """Return where programs keep what they must remember of this user on this machine."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", ""))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME", ""))
        if not base.is_absolute():
            base = Path.home() / ".local" / "state"
    return base / "d8plan" if base.is_absolute() else None
