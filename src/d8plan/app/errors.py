"""Errors that end a command, each with its exit code and one clear line."""

from __future__ import annotations

from d8plan.text.message import Message

OK, FINDINGS, USAGE, UNUSABLE = 0, 1, 2, 3
"""Exit codes: nothing wrong, findings, wrong usage, input or output that could not be used."""


class CommandError(Exception):
    """A message for the user and the exit code that goes with it."""

    def __init__(self, message: Message, code: int, action: Message | None = None) -> None:
        """Take what is wrong, the exit code, and what to do."""
        super().__init__(message, code, action)  # whole, for one that another process raised
        self.message, self.code, self.action = message, code, action
