"""Read a workbook file, in a child process: no crash, hang or greed of a library reaches the user."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

from d8plan.storage.excel.child import grids_or_refusal
from d8plan.storage.excel.guard import MAX_FILE, RefusedWorkbookError
from d8plan.text.cells import Grid
from d8plan.text.message import M

READ_TIMEOUT = 20
"""After these the child is ended."""
# The child imports from where this process does, and from nowhere else: not from the folder it runs in, and
# not from what the environment names. The interpreter's own folders come first by themselves.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from d8plan.storage.excel.child import main; main(sys.argv[2])"
)


def read(path: Path, *, seconds: float = READ_TIMEOUT) -> tuple[Grid, ...]:
    """Return the sheets of a workbook in their order, charts left out.

    Raises RefusedWorkbookError where the file is missing, cannot be read, or is no workbook that is read.
    """
    content = _content(path)
    folders = json.dumps([os.path.abspath(folder) for folder in sys.path])
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-c", _CHILD, folders, _argument(path)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return grids_or_refusal(child.stdout)
    except (subprocess.SubprocessError, OSError, ValueError, LookupError, TypeError) as error:
        # Ended by its limits, or by a fault in a library: which of the two does not help the user.
        raise RefusedWorkbookError(
            M("The workbook cannot be read"), M("Copy the annex alone into a new workbook and save that")
        ) from error


def _argument(path: Path) -> str:
    """Return the file's name as an argument may hold it; only its ending matters."""
    return path.name.encode("ascii", "replace").decode("ascii")


def _content(path: Path) -> bytes:
    """Return what an ordinary file holds, of one that is too large a byte more than is read."""
    # Without O_NONBLOCK, opening a pipe would wait for whoever writes to it.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_dir():  # which Windows cannot open
            raise _no_file(path)
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _no_file(path)
            return file.read(MAX_FILE + 1)
    except FileNotFoundError as error:
        raise RefusedWorkbookError(M("The file is missing"), M("Check its name and folder")) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        reason = getattr(error, "strerror", None) or str(error)
        message = M("The file cannot be read: {reason}", reason=reason)
        raise RefusedWorkbookError(message, M("Check that it is a file that you may read")) from error


def _no_file(path: Path) -> RefusedWorkbookError:
    return RefusedWorkbookError(M("{path} is not a file", path=str(path)), M("Name the workbook of the annex"))
