"""Change files of a data folder together: after a crash at any instant, all of them or none.

One writer at a time holds the lock. Every new content is on disk beside its target before the journal
is, and the journal before the first target is replaced; the next writer finishes what it lists, and
deletes what was prepared without one. A file that somebody else changed meanwhile is never overwritten,
and none is written or deleted that lies outside the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from d8plan.storage.data import atomic, journal
from d8plan.storage.data.journal import Journal, Step, TornError, WriteError, digest
from d8plan.storage.data.tree import LOCK, is_prepared, read_file
from d8plan.storage.data.user_key import Owner
from d8plan.text.message import M

PATIENCE = 20.0
"""Seconds to wait for another writer."""


class OutsideError(WriteError):
    """A symbolic link leads out of the folder."""

    def __init__(self, path: Path) -> None:
        """Take the link."""
        super().__init__(
            M("{path} is a link that leads out of the data folder, and nothing is written there", path=str(path)),
            M("Put the file itself into the data folder"),
        )


def changed(name: str) -> WriteError:
    """Return the error of a file, named from the data folder, that is not the one that was read."""
    return WriteError(
        M("{file} was changed by another program since it was read, so nothing was written", file=name),
        M("Run the command again"),
    )


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, with its own interrupted change finished and cleaned up.

    Raises WriteError where that cannot be done, or OSError.
    """
    with locked(folder):
        interrupted = journal.read(folder)
        if interrupted is not None:
            if not interrupted.own:
                raise WriteError(
                    M("A change of {path} was interrupted that you did not begin in this folder", path=str(folder)),
                    M("“{command}” shows it, and finishes or discards it", command="d8plan recover"),
                )
            finish(folder, interrupted)
        _clean(folder)
        yield


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, as it is; raise WriteError where another keeps it for long, or OSError."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise WriteError(
            M("Another program is editing {path}", path=str(folder)), M("Try again when it is done")
        ) from None
    try:
        yield
    finally:
        # Whoever waits for a lock file that is gone takes a new one, so none need lie about; Windows deletes its own.
        with contextlib.suppress(OSError):
            os.unlink(folder / LOCK)
        lock.release()


def commit(folder: Path, read: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    """Write ``files`` by name, all or none; only while the folder is held by ``writing``.

    ``read`` is every file as it was read: WriteError is raised where one is not the same any more, or one to be
    written exists that was not read, has a second name, or leads out of the folder; and where the next writer has to
    finish. OSError is raised where nothing was changed.
    """
    owner = Owner(folder, keep=True)
    new = {name: content for name, content in files.items() if read.get(name) != content}
    steps: list[Step] = []
    try:
        for name, content in new.items():
            steps.append(_prepare(folder, owner, name, read.get(name), content))
        # Not before: to put the new contents on disk takes a while, and editors know no lock.
        for name in {**read, **new}:
            if _content(folder / name) != read.get(name):
                raise changed(name)
        if len(steps) > 1:
            _record(folder, owner, steps)
    except BaseException:
        # The journal first: it needs what it lists.
        with _pending():
            journal.forget(folder)
        _discard(folder, steps)
        raise
    try:
        for step in steps:
            _place(folder, step)
    except OSError:  # as Windows keeps files that are open
        if len(steps) > 1:
            with _pending():
                _undo(folder, owner, steps, read)
        _discard(folder, steps)
        raise
    with _pending():
        journal.forget(folder)


def finish(folder: Path, interrupted: Journal) -> None:
    """Make the rest of a change; raise TornError where a file of it is neither as before nor as after."""
    left = [step for step in interrupted.steps if is_open(folder, step)]
    with _pending():
        for step in left:
            _place(folder, step)
        journal.forget(folder)


def discard(folder: Path, interrupted: Journal | None) -> None:
    """Delete a journal, and what lies prepared for it; what was replaced already stays so.

    None is a journal that cannot be read.
    """
    journal.forget(folder)
    if interrupted is not None:
        _discard(folder, interrupted.steps)


def is_open(folder: Path, step: Step) -> bool:
    """Tell whether a file is still to be replaced; raise TornError where it cannot be."""
    target = _target(folder, step.name)
    try:
        now = digest(_content(target))
        if now == step.new:
            return False
        prepared = not step.temporary or digest(prepared_content(folder, step)) == step.new
    except OSError:
        raise TornError(step.name) from None
    if now != step.old or not prepared:
        raise TornError(step.name)
    return True


def prepared_content(folder: Path, step: Step) -> bytes | None:
    """Return the new content that lies beside a file; None where there is none."""
    return _content(_target(folder, step.name).parent / step.temporary, links=False)


def _prepare(folder: Path, owner: Owner, name: str, old: bytes | None, content: bytes) -> Step:
    target = _target(folder, name)
    if target.exists():
        if target.stat().st_nlink > 1:
            raise WriteError(
                M("{path} has a second name, a hard link, which would keep the old content", path=str(target)),
                M("Make a copy of its own of one of them"),
            )
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    elif not target.parent.exists():
        target.parent.mkdir()
        atomic.sync_folder(target.parent.parent)
    temporary = atomic.prepare(target, content, prefix=owner.prefix)
    return Step(name=name, temporary=temporary.name, old=digest(old), new=digest(content))


def _record(folder: Path, owner: Owner, steps: Sequence[Step]) -> None:
    for parent in {_target(folder, step.name).parent for step in steps}:
        atomic.sync_folder(parent)
    journal.write(folder, owner, steps)


@contextlib.contextmanager
def _pending() -> Iterator[None]:
    """Say of what a journal lists that the next writer has to finish it, where it cannot be done now."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            M("The change is recorded but could not be finished now"),
            M("The next command finishes it; close programs that have the files open"),
        ) from error


def _undo(folder: Path, owner: Owner, steps: Sequence[Step], read: Mapping[str, bytes]) -> None:
    """Put back what was replaced, by a journal of its own: a crash here leaves the old or the new too."""
    back = []
    for step in steps:
        target = _target(folder, step.name)
        if digest(_content(target)) == step.new:
            old = read.get(step.name)
            temporary = "" if old is None else atomic.prepare(target, old, prefix=owner.prefix).name
            back.append(Step(name=step.name, temporary=temporary, old=step.new, new=step.old))
    if back:
        _record(folder, owner, back)
    for step in back:
        _place(folder, step)
    journal.forget(folder)


def _place(folder: Path, step: Step) -> None:
    target = _target(folder, step.name)
    if step.temporary:
        os.replace(target.parent / step.temporary, target)
    else:
        os.unlink(target)
    atomic.sync_folder(target.parent)


def _target(folder: Path, name: str) -> Path:
    """Return the file that a name leads to, through symbolic links within the folder; raise OutsideError for others."""
    top, target = Path(os.path.realpath(folder)), atomic.resolved(folder / name)
    if not target.is_relative_to(top) or any(part.startswith(".") for part in target.relative_to(top).parts):
        raise OutsideError(folder / name)
    return target


def _discard(folder: Path, steps: Sequence[Step]) -> None:
    for step in steps:
        with contextlib.suppress(OutsideError):
            _delete(_target(folder, step.name).parent / step.temporary)


def _delete(temporary: Path) -> None:
    """Delete a temporary file; what is none, but has the name of one, stays."""
    with contextlib.suppress(OSError):
        if stat.S_ISREG(os.lstat(temporary).st_mode):
            atomic.discard(temporary)


def _clean(folder: Path) -> None:
    """Delete what a writer of this user that was killed had prepared; links within the folder lead to what is here."""
    prefix = Owner(folder, keep=False).prefix
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith(prefix) and is_prepared(name):
                _delete(Path(place, name))


def _content(path: Path, *, links: bool = True) -> bytes | None:
    """Return what a file holds, None where there is none; raise OSError for what is no file."""
    try:
        return read_file(path, links=links)
    except FileNotFoundError:
        return None
