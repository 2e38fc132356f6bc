"""Keep other writers out of a data folder, and tell people what is in the way."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from d8plan.app import streams
from d8plan.app.data import open_folder
from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.storage.data import transaction
from d8plan.storage.data.journal import WriteError
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.locate import shown
from d8plan.storage.data.tree import JOURNAL
from d8plan.text.language import Language
from d8plan.text.message import M


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep other writers out of a data folder; raise CommandError where it cannot be written."""
    with contextlib.ExitStack() as held:
        with told(folder):
            held.enter_context(transaction.writing(folder))
        yield


def open_settled(folder: Path, *, look: bool) -> Loaded:
    """Load a data folder that is to be written later, its own interrupted change finished first.

    With ``look`` nothing will be written, and nothing is.
    """
    if not look and os.path.lexists(folder / JOURNAL):
        with holding(folder):
            pass
    return open_folder(folder)


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Raise a CommandError for whatever keeps a change from being written."""
    try:
        yield
    except WriteError as error:
        raise CommandError(error.message, UNUSABLE, error.action) from None
    except OSError as error:
        where = str(error.filename or folder)
        raise CommandError(
            M("{path} cannot be written: {reason}", path=where, reason=error.strerror or str(error)),
            UNUSABLE,
            M("Nothing was changed; close programs that have the files open, or see that there is room and permission"),
        ) from error


def write(loaded: Loaded, files: Mapping[str, bytes], spoken: Language) -> None:
    """Write files of a data folder by name, all or none, while it is held; say which were written.

    Refused where a file of the folder is not what was loaded. What was written is not told as a failure
    where standard output cannot take the news.
    """
    with told(loaded.folder):
        transaction.commit(loaded.folder, loaded.contents, files)
    try:
        for name in sorted(files):
            streams.people(spoken.say(M("Written: {path}", path=f"{shown(loaded.folder)}/{name}")) + "\n")
        streams.finish()
    except OSError as error:
        streams.silence()
        reason = error.strerror or str(error)
        streams.error(spoken.say(M("The change is written, but could not be shown: {reason}", reason=reason)))
