"""How far a command has come, for somebody who watches."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from d8plan.text.names import printable


class Progress:
    """One line on standard error, overwritten in place.

    Nothing is shown where standard error is no terminal, or where there is but one step.
    """

    def __init__(self, total: int) -> None:
        """Take how many steps there are."""
        self.total = total
        self.shown = total > 1 and sys.stderr.isatty()
        self.width = 0

    def show(self, number: int, path: Path) -> None:
        """Tell which step is under way."""
        if not self.shown:
            return
        self.erase()
        # A line as wide as the terminal would wrap, and could not be overwritten.
        line = f"[{number}/{self.total}] {printable(str(path))}"[: shutil.get_terminal_size().columns - 1]
        self.width = len(line)
        sys.stderr.write(line)
        sys.stderr.flush()

    def erase(self) -> None:
        """Leave the line as it was found, so that what is written next begins it."""
        if self.width:
            # Spaces: the classic Windows console shows control sequences as text.
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()
            self.width = 0
