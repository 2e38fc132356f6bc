"""Changes of a data folder that are cut short: by a crash, or by a system call that fails."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from support import DATA, copy_draft

CRASHED, RAISED = 77, 99
"""Exit codes of a child that was made to crash, and of one that an exception has left."""
CALLS = ("open", "replace", "fsync", "unlink", "chmod", "mkdir", "link")
"""System calls, as functions of ``os``, that writing is made of."""
DOCUMENT = "  kh-300-2024:\n    kind: Kế hoạch\n    number: 300/KH-BCD\n    date: 2024-07-15\n"
FIGURE = ("2024", "communication-teams", "bảo lạc", "--level", "district")


class Change(NamedTuple):
    """A command that changes a data folder, and how to make one for it."""

    folder: Callable[[Path], Path]
    arguments: tuple[str, ...]


def sealed(to: Path) -> Path:
    """Copy the shipped data with a further document registered, for a plan to be amended."""
    shutil.copytree(DATA, to)
    with (to / "documents.yaml").open("a", encoding="utf-8", newline="") as file:
        file.write(DOCUMENT)
    return to


SET_ONE = Change(copy_draft, ("set", *FIGURE, "6", "--allow-findings"))
SET_SEVERAL = Change(
    sealed,
    ("set", *FIGURE, "6", "--with-totals", "--amendment", "2024-07", "--document", "300/KH-BCD", "--reason", "Thêm tổ"),
)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by name, but those that d8plan keeps for itself."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and not one.name.startswith(".d8plan.")
    }


def left_over(folder: Path) -> list[str]:
    return [one.relative_to(folder).as_posix() for one in folder.rglob(".d8plan.*")]


def in_child(work: Callable[[], int]) -> int:
    """Do work in a child process that says nothing; return its exit code, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        leave(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def leave(work: Callable[[], int]) -> NoReturn:
    """Do work and end this process, saying nothing."""
    code = RAISED
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        code = work()
    finally:
        os._exit(code)


def at_call(number: int, act: Callable[[], None], *, persistent: bool = False, after: bool = False) -> None:
    """Let ``act`` happen at the call of that number, from 0, of those that writing is made of.

    It happens before the call is made or, where ``after`` is true, once it is made; with
    ``persistent`` at every later one too.
    """
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            mine, count = count, count + 1
            hit = mine == number or (persistent and mine > number)
            if hit and not after:
                act()
            try:
                return real(*arguments, **named)
            finally:  # a call that fails is made too
                if hit and after:
                    act()

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    tempfile.tempdir = tempfile.gettempdir()


def crash() -> None:
    os._exit(CRASHED)
