"""Keep other writers out of a data folder, and tell what is in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.storage.data import transaction
from d8plan.storage.data.journal import WriteError
from d8plan.text.message import M


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep other writers out of a data folder; raise CommandError where it cannot be written."""
    with contextlib.ExitStack() as held:
        with told(folder):
            held.enter_context(transaction.writing(folder))
        yield


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
