"""What goes to the terminal and to pipes."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import typer

LEAST_WIDTH, MOST_WIDTH, PIPE_WIDTH = 60, 100, 80
_PLAIN = {
    "đ": "d",
    "Đ": "D",
    "“": '"',
    "”": '"',
    "’": "'",
    "–": "-",
    "…": "...",
    "→": "->",
    "·": "-",
    "─": "-",
    "│": "|",
}


def _without_accents(error: UnicodeError) -> tuple[str, int]:
    """Write what a code page lacks without accents: legible, and never a traceback."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    chars = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(char) or unicodedata.normalize("NFD", char)[0] for char in chars)
    return plain.encode("ascii", "replace").decode("ascii"), error.end


codecs.register_error("d8plan", _without_accents)


def prepare() -> None:
    """Make the standard streams accept any text."""
    # A stream that was closed before the start is None.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open to the end
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="d8plan")


def encoding() -> str:
    """Return the encoding of standard output."""
    return sys.stdout.encoding or "ascii"


def people(text: str) -> None:
    """Write text for people to standard output."""
    sys.stdout.write(text)


def machines(text: str) -> None:
    """Write text for machines to standard output: always UTF-8, whatever the terminal."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    buffer.write(text.encode("utf-8", "d8plan"))


def error(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(text + "\n")


def coloured() -> bool:
    """Tell whether to colour: on a terminal that can, and never with NO_COLOR."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    # The classic Windows console prints colour codes as text.
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("ANSICON"))


def width() -> int:
    """Return the columns to write in: the terminal's within bounds, 80 in a pipe."""
    if not sys.stdout.isatty():
        return PIPE_WIDTH
    return min(max(shutil.get_terminal_size().columns, LEAST_WIDTH), MOST_WIDTH)


def finish() -> None:
    """Flush, so that a fault of standard output is noticed while it can be told."""
    sys.stdout.flush()


def silence() -> None:
    """Send what is still buffered nowhere: the reader has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def paint() -> Callable[[str, str], str]:
    """Return what puts text into a colour: nothing off a terminal."""
    if not coloured():
        return lambda text, _colour: text

    def painted(text: str, colour: str) -> str:
        return typer.style(text, bold=True) if colour == "bold" else typer.style(text, fg=colour)

    return painted
