"""Formats whose library is installed only where it is asked for."""

from __future__ import annotations

import importlib

from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.text.message import M


def require_extra(output: str, library: str, extra: str) -> None:
    """Raise, saying what to install, where the library that writes a kind of output cannot be imported."""
    try:
        importlib.import_module(library)
    except ImportError as error:
        raise CommandError(
            M("{format} needs a library that is not installed: {name}", format=output, name=library),
            UNUSABLE,
            M("Install it: {command}", command=f'pip install "d8plan[{extra}]"'),
        ) from error
