"""Who speaks to people at a terminal: messages in their language, tables, questions, how far a command has come."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from d8plan.app.errors import USAGE, CommandError
from d8plan.app.voice import Voice
from d8plan.cli import streams
from d8plan.cli.arguments import line
from d8plan.text.language import Language
from d8plan.text.message import M, Message
from d8plan.text.names import inert, printable

if TYPE_CHECKING:
    from d8plan.app.editing import ChangeProposal
    from d8plan.app.workspace import Workspace
    from d8plan.views.table import View

_WRITE = M("Write these changes? (y/n)")


class Terminal(Voice):
    """What a command has from the options that stand before it, and what it says."""

    def __init__(self, folders: Sequence[Path], language: Language) -> None:
        """Take the data folders named, none where they are to be looked for, and the language."""
        self.folders, self.language = folders, language
        self._progress = _ProgressLine(0)

    def text(self, message: Message) -> str:
        """Return a message on one line that no build service takes for a command of its own."""
        return inert(self.language.say(message))

    def say(self, message: Message) -> None:
        """Write a message to standard output."""
        self.clear()
        streams.people(self.text(message) + "\n")

    def warn(self, message: Message) -> None:
        """Write a message to standard error."""
        self.clear()
        streams.error(self.text(message))

    @contextlib.contextmanager
    def after_the_fact(self) -> Iterator[None]:
        """Let what is told within not undo what was done: that it could not be told is told on standard error."""
        try:
            yield
            streams.finish()
        except OSError as error:
            streams.silence()
            reason = error.strerror or str(error)
            self.warn(M("The change is written, but could not be shown: {reason}", reason=reason))

    def steps(self, paths: Collection[Path]) -> Iterator[Path]:
        """Yield paths, the one under way in a line on standard error that is overwritten in place."""
        self._progress = _ProgressLine(len(paths))
        try:
            for number, path in enumerate(paths, 1):
                self._progress.show(number, path)
                yield path
        finally:
            self.clear()

    def clear(self) -> None:
        """Take away the line that tells how far one has come, before something else is written."""
        self._progress.erase()

    def table(self, view: View) -> str:
        """Return a view as tables for this terminal."""
        from d8plan.render.views import as_table

        unicode = "utf" in streams.encoding().casefold()
        return as_table(view, self.language, width=streams.width(), colour=streams.coloured(), unicode=unicode)

    def show(self, view: View) -> None:
        """Write tables to standard output, and a line that sets them off."""
        streams.people(self.table(view) + "\n")

    def preview(self, proposal: ChangeProposal) -> None:
        """Show the figures that would change, and what becomes of totals and findings."""
        from d8plan.views.comparison import view
        from d8plan.views.comparison.changes import Version
        from d8plan.views.comparison.matching import compare

        old = Version(proposal.before.dataset, proposal.old)
        comparison = compare(old, Version(proposal.after.dataset, proposal.new))
        if comparison.same:
            self.say(M("Nothing changes"))
        else:
            self.show(view(comparison, M("This would change")))

    def apply(self, workspace: Workspace, proposal: ChangeProposal, *, allow_findings: bool, look: bool) -> None:
        """Show a proposal and write it, unless it brings errors or is only to be looked at."""
        from d8plan.app.editing import refuse_faults

        self.preview(proposal)
        refuse_faults(proposal, allow_findings=allow_findings)
        if not look:
            workspace.write(proposal.files)

    def agreed(self, question: Message = _WRITE) -> bool:
        """Ask whether to go on; raise CommandError where nobody is there to answer."""
        if not sys.stdin.isatty():
            raise CommandError(
                M("Nobody can be asked here, so nothing was written"),
                USAGE,
                M("Write with --yes, or look with --dry-run"),
            )
        streams.people(self.text(question) + " ")
        streams.finish()
        answer = (line() or "").strip().casefold()
        # Yes in English, có in Vietnamese.
        if answer[:1] in {"y", "c"}:
            return True
        self.say(M("Nothing was written"))
        return False


class _ProgressLine:
    """One line on standard error; nothing where that is no terminal, or where there is but one step."""

    def __init__(self, total: int) -> None:
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


def terminal_of(context: typer.Context) -> Terminal:
    """Return what the options before a command have set up."""
    terminal = context.obj
    assert isinstance(terminal, Terminal)
    return terminal
