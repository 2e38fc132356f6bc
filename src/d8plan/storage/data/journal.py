"""The list of a change of several files: what a crash leaves for the next writer, and whose it is.

A journal may as well have come with somebody's data: only what this user's own key has signed for this very
folder is finished unasked, and none names anything but data files of the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SEAL, SHARED
from d8plan.models.places import PLANS
from d8plan.storage.data import atomic
from d8plan.storage.data.raw_text import MAX_BYTES
from d8plan.storage.data.tree import JOURNAL, is_prepared, read_file
from d8plan.storage.data.user_key import Owner
from d8plan.text.message import M, ToldError

_FORMAT = 2
_DATA_FILE = re.compile(
    rf"{'|'.join(map(re.escape, (*SHARED, SEAL)))}"
    rf"|{PLANS}/[^/.][^/]*/({'|'.join(map(re.escape, (*PER_PLAN, SEAL)))}|({'|'.join(PER_PLAN_FOLDERS)})/[^/]+\.yaml)"
)
"""Names of the files that data folders hold."""


class WriteError(ToldError):
    """Why files of a data folder cannot be written, and what to do."""


class TornError(WriteError):
    """An interrupted change cannot be finished, for one of its files was changed since."""

    def __init__(self, name: str) -> None:
        """Take the file's name, relative to the data folder."""
        super().__init__(
            M("A change that was interrupted cannot be finished: {file} is not as it was then", file=name),
            M(
                "Restore the files from git and delete what is left with “{command}”",
                command="d8plan recover --discard",
            ),
        )


class Step(NamedTuple):
    """A file to be replaced, or deleted."""

    name: str
    temporary: str
    """Name of the new content's file, which lies beside the target; of a file to be deleted, empty."""
    old: str | None
    """Digest of the content before; None where there is no such file."""
    new: str | None

    def is_sound(self) -> bool:
        """Tell whether it names a data file of the folder and nothing else."""
        texts = (self.name, self.temporary, *(digest for digest in (self.old, self.new) if digest is not None))
        return (
            all(isinstance(text, str) for text in texts)
            and _DATA_FILE.fullmatch(self.name) is not None
            and all(map(_is_name, self.name.split("/")))
            and bool(self.temporary) == (self.new is not None)
            and (not self.temporary or (_is_name(self.temporary) and is_prepared(self.temporary)))
        )


class Journal(NamedTuple):
    """A change that was interrupted."""

    steps: tuple[Step, ...]
    own: bool
    """Whether this user has begun it, in this folder."""


def write(folder: Path, owner: Owner, steps: Sequence[Step]) -> None:
    """Write the journal: from here on the change is made, whatever happens."""
    listed = [step._asdict() for step in steps]
    content = json.dumps({"format": _FORMAT, "steps": listed, "signature": owner.sign(_signed(steps))})
    atomic.write(folder / JOURNAL, content.encode("ascii"), replace=True, prefix=owner.prefix)


def read(folder: Path) -> Journal | None:
    """Return the change that a journal lists; None where there is no journal.

    Raises TornError for one that no writer of ours made, whoever has run it.
    """
    if not os.path.lexists(folder / JOURNAL):
        return None
    try:
        content = read_file(folder / JOURNAL, links=False)
        file = json.loads(content)
        steps = tuple(Step(**step) for step in file["steps"])
        sound = len(content) <= MAX_BYTES and file["format"] == _FORMAT and isinstance(file["signature"], str)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise TornError(JOURNAL) from None
    if not sound or not all(step.is_sound() for step in steps):
        raise TornError(JOURNAL)
    return Journal(steps, Owner(folder, keep=False).has_signed(_signed(steps), file["signature"]))


def forget(folder: Path) -> None:
    """Delete the journal, if there is one."""
    if os.path.lexists(folder / JOURNAL):
        os.unlink(folder / JOURNAL)
        atomic.sync_folder(folder)


def digest(content: bytes | None) -> str | None:
    """Return the digest by which a step knows a content; None of no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def _signed(steps: Sequence[Step]) -> bytes:
    """Return what is signed of a change."""
    return json.dumps(list(steps)).encode("ascii")


def _is_name(part: str) -> bool:
    """Tell what names an entry of a folder, and leads nowhere else."""
    return part not in ("", ".", "..") and "\0" not in part and PurePath(part).name == part
