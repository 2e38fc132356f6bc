"""Keep other writers out of a data folder, and tell people what is in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from d8plan.cli import streams
from d8plan.cli.errors import UNUSABLE, CommandError
from d8plan.language import Language
from d8plan.message import M
from d8plan.store import transaction
from d8plan.store.loader import Loaded
from d8plan.store.locate import shown
from d8plan.store.tree import JOURNAL


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep other writers out of a data folder; raise CommandError where it cannot be written."""
    with contextlib.ExitStack() as held:
        with _told(folder):
            held.enter_context(transaction.writing(folder))
        yield


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Raise a CommandError for whatever keeps a change from being written."""
    try:
        yield
    except transaction.BusyError:
        raise CommandError(
            M("Another program is editing {path}", path=str(folder)), UNUSABLE, M("Try again when it is done")
        ) from None
    except transaction.TornError as error:
        raise CommandError(
            M("A change that was interrupted cannot be finished: {file} was changed since", file=error.name),
            UNUSABLE,
            M("Restore the files from git and delete {journal}", journal=str(folder / JOURNAL)),
        ) from None
    except transaction.ChangedError as error:
        raise CommandError(
            M("{file} was changed by another program since it was read, so nothing was written", file=error.name),
            UNUSABLE,
            M("Run the command again"),
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
    with _told(loaded.folder):
        transaction.commit(loaded.folder, loaded.contents, files)
    try:
        for name in sorted(files):
            streams.people(spoken.say(M("Written: {path}", path=f"{shown(loaded.folder)}/{name}")) + "\n")
        streams.finish()
    except OSError as error:
        streams.silence()
        reason = error.strerror or str(error)
        streams.error(spoken.say(M("The change is written, but could not be shown: {reason}", reason=reason)))
