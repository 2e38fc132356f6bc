"""Find other programs: where the system has them, never in the folder one is in."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def find(name: str) -> str | None:
    """Return the full path of a program of PATH; None where there is none of that name.

    Entries of PATH that are relative or empty lead to the current folder, which may be a folder of data that somebody
    sent, so they are passed over; Windows would look there even without being told.
    """
    endings = os.environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if sys.platform == "win32" else [""]
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        folder = Path(entry.strip('"'))
        if not folder.is_absolute():
            continue
        for ending in endings:
            path = folder / f"{name}{ending}"
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
    return None
