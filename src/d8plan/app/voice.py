"""What is said to people while something is done."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path

from d8plan.text.message import Message


class Voice:
    """Says nothing, as to a caller in Python; the command line has one that speaks."""

    def say(self, message: Message) -> None:
        """Tell what was done."""

    def warn(self, message: Message) -> None:
        """Tell what is to be minded."""

    def steps(self, paths: Collection[Path]) -> Iterator[Path]:
        """Yield paths that are worked on one after the other, telling how far one has come."""
        yield from paths

    @contextlib.contextmanager
    def after_the_fact(self) -> Iterator[None]:
        """Let what is told within not undo what was done: that it could not be told is no failure."""
        yield
