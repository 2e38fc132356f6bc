"""``d8plan recover``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.editing import ChangeProposal, as_if
from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.app.folders import find_folder
from d8plan.app.workspace import prove
from d8plan.app.write_lock import told
from d8plan.cli.options import DryRun
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.storage.data import journal as journals
from d8plan.storage.data import transaction
from d8plan.storage.data.journal import Journal, TornError
from d8plan.storage.data.loader import load
from d8plan.storage.data.locate import shown
from d8plan.storage.data.tree import JOURNAL
from d8plan.text.message import M, Message

HELP = M("Show a change of the data that was interrupted, and finish or discard it.")
EXAMPLE = "d8plan recover --dry-run"
ORDER = 16


def command(
    context: typer.Context,
    discard: Annotated[
        bool, typer.Option("--discard", help=_("Discard it; files that it has replaced already stay as they are."))
    ] = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Do it without asking."))] = False,
) -> None:
    terminal = terminal_of(context)
    folder = find_folder(terminal.folders)
    if not os.path.lexists(folder / JOURNAL):
        terminal.say(M("No change was interrupted"))
        return
    journal = _read(folder, discard=discard)
    for said in _said(folder, journal):
        terminal.say(said)
    if journal is not None and not discard:
        _show_figures(folder, journal, terminal)
    question = M("Discard the list of this change? (y/n)") if discard else M("Finish this change? (y/n)")
    if dry_run or not (yes or terminal.agreed(question)):
        return
    with told(folder), transaction.locked(folder):
        if _read(folder, discard=discard) != journal:
            raise transaction.changed(JOURNAL)
        if journal is None or discard:
            transaction.discard(folder, journal)
        else:
            transaction.finish(folder, journal)
    terminal.say(
        M("The list is deleted. Compare the files with git, as some may have been replaced before")
        if discard
        else M("The change is finished")
    )


def _read(folder: Path, *, discard: bool) -> Journal | None:
    """Return the change that was interrupted; None where what lists it cannot be read and is to be discarded."""
    try:
        return journals.read(folder)
    except TornError:
        if discard:
            return None
        raise CommandError(
            M("{path} does not list a change as d8plan does", path=str(folder / JOURNAL)),
            UNUSABLE,
            M("“{command}” deletes it and leaves the data as it is", command="d8plan recover --discard"),
        ) from None


def _said(folder: Path, journal: Journal | None) -> Iterator[Message]:
    """Yield what is known of a change: whose it is, and what it does to each file."""
    if journal is None:
        yield M("{path} does not list a change as d8plan does", path=str(folder / JOURNAL))
        return
    if journal.own:
        yield M("You began this change in this folder:")
    else:
        yield M("Nobody knows who began this change: it may have come with the data, or from another machine:")
    for step in journal.steps:
        file = f"{shown(folder)}/{step.name}"
        try:
            left = transaction.is_open(folder, step)
        except (TornError, transaction.OutsideError, OSError):
            yield M("  {file}: cannot be finished, for it is not as it was then", file=file)
            continue
        if not left:
            yield M("  {file}: done already", file=file)
        elif step.temporary:
            yield M("  {file}: still to be replaced", file=file)
        else:
            yield M("  {file}: still to be deleted", file=file)


def _show_figures(folder: Path, journal: Journal, terminal: Terminal) -> None:
    """Show what finishing a change does to the plans; raise CommandError where it cannot be done or read again."""
    with told(folder):
        left = [step for step in journal.steps if transaction.is_open(folder, step)]
        files = {step.name: transaction.prepared_content(folder, step) for step in left if step.temporary}
    before = load(folder)
    after = as_if(before, {name: content for name, content in files.items() if content is not None})
    if after.dataset.broken == {(JOURNAL,)} == before.dataset.broken:
        terminal.preview(ChangeProposal(before, after, prove(before), prove(after), {}, [], []))
