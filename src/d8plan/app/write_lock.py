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
    except transaction.BusyError:
        raise CommandError(
            M("Another program is editing {path}", path=str(folder)), UNUSABLE, M("Try again when it is done")
        ) from None
    except transaction.ForeignError:
        raise CommandError(
            M("A change of {path} was interrupted that you did not begin in this folder", path=str(folder)),
            UNUSABLE,
            M("“{command}” shows it, and finishes or discards it", command="d8plan recover"),
        ) from None
    except transaction.TornError as error:
        raise CommandError(
            M("A change that was interrupted cannot be finished: {file} is not as it was then", file=error.name),
            UNUSABLE,
            M(
                "Restore the files from git and delete what is left with “{command}”",
                command="d8plan recover --discard",
            ),
        ) from None
    except transaction.ChangedError as error:
        raise CommandError(
            M("{file} was changed by another program since it was read, so nothing was written", file=error.name),
            UNUSABLE,
            M("Run the command again"),
        ) from None
    except transaction.OutsideError as error:
        raise CommandError(
            M("{path} is a link that leads out of the data folder, and nothing is written there", path=str(error.path)),
            UNUSABLE,
            M("Put the file itself into the data folder"),
        ) from None
    except transaction.LinkedError as error:
        raise CommandError(
            M("{path} has a second name, a hard link, which would keep the old content", path=str(error.path)),
            UNUSABLE,
            M("Make a copy of its own of one of them"),
        ) from None
    except transaction.PendingError:
        raise CommandError(
            M("The change is recorded but could not be finished now"),
            UNUSABLE,
            M("The next command finishes it; close programs that have the files open"),
        ) from None
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
