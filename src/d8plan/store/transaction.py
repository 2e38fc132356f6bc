"""Change files of a data folder together: after a crash at any instant, all of them or none.

One writer at a time holds the lock. Every new content is on disk beside its target before the journal
is, and the journal before the first target is replaced; whoever comes next finishes what it lists, and
deletes what was prepared without one. A file that somebody else changed meanwhile is never overwritten.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from d8plan.models.files import PLANS
from d8plan.store import atomic
from d8plan.store.tree import JOURNAL

LOCK = ".d8plan.lock"
PATIENCE = 20.0
"""Seconds to wait for another writer."""
_FORMAT = 1
# A journal may come with files of others: it names nothing but data files of this folder.
_STEP = re.compile(r"([\w-]+/)*[\w-][\w.-]*\.(yaml|json)\|(\.d8plan\.\w+\.tmp)?")


class BusyError(Exception):
    """Another program is editing the folder."""


class ChangedError(Exception):
    """A file is not the one that was read."""

    def __init__(self, name: str) -> None:
        """Take the file's name, relative to the data folder."""
        super().__init__(name)
        self.name = name


class TornError(ChangedError):
    """An interrupted change cannot be finished, for one of its files was changed since."""


class LinkedError(Exception):
    """A file has a second name, a hard link, which would keep the old content."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        super().__init__(str(path))
        self.path = path


class PendingError(Exception):
    """A change is recorded, but could be neither finished nor undone now; the next writer finishes it."""


class _Step(NamedTuple):
    """A file to be replaced, or deleted."""

    name: str
    temporary: str
    """Name of the new content's file, which lies beside the target; of a file to be deleted, empty."""
    old: str | None
    """Digest of the content before; None where there is no such file."""
    new: str | None


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, with what was interrupted finished and cleaned up.

    Raises BusyError where another keeps it for long, TornError, PendingError, or OSError.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise BusyError from None
    try:
        _finish(folder)
        _clean(folder)
        yield
    finally:
        # Whoever waits for a lock file that is gone takes a new one, so none need lie about; Windows deletes its own.
        with contextlib.suppress(OSError):
            os.unlink(folder / LOCK)
        lock.release()


def commit(folder: Path, read: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    """Write ``files`` by name, all or none; only while the folder is held by ``writing``.

    ``read`` is every file as it was read: ChangedError is raised where one is not the same any more, or
    one to be written exists that was not read. Raises LinkedError, PendingError where the next writer has
    to finish, or OSError where nothing was changed.
    """
    new = {name: content for name, content in files.items() if read.get(name) != content}
    steps: list[_Step] = []
    try:
        for name, content in new.items():
            steps.append(_prepare(folder, name, read.get(name), content))
        # Not before: to put the new contents on disk takes a while, and editors know no lock.
        for name in {**read, **new}:
            if _content(folder / name) != read.get(name):
                raise ChangedError(name)
        if len(steps) > 1:
            _record(folder, steps)
    except BaseException:
        # The journal first: it needs what it lists.
        with _pending():
            _forget(folder)
        _discard(folder, steps)
        raise
    _carry_out(folder, steps, read)


def _prepare(folder: Path, name: str, old: bytes | None, content: bytes) -> _Step:
    target = atomic.resolved(folder / name)
    if target.exists():
        if target.stat().st_nlink > 1:
            raise LinkedError(target)
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    elif not target.parent.exists():
        target.parent.mkdir()
        atomic.sync_folder(target.parent.parent)
    temporary = atomic.prepare(target, content)
    return _Step(name, temporary.name, _digest(old), _digest(content))


def _record(folder: Path, steps: list[_Step]) -> None:
    """Write the journal: from here on the change is made, whatever happens."""
    for parent in {_target(folder, step).parent for step in steps}:
        atomic.sync_folder(parent)
    content = json.dumps({"format": _FORMAT, "steps": [step._asdict() for step in steps]}, ensure_ascii=False)
    atomic.write(folder / JOURNAL, content.encode("utf-8"), replace=True)


def _carry_out(folder: Path, steps: list[_Step], read: Mapping[str, bytes]) -> None:
    """Replace every target; where one cannot be, as Windows keeps open files, undo what was done."""
    try:
        for step in steps:
            _place(folder, step)
    except OSError:
        if len(steps) > 1:
            with _pending():
                _undo(folder, steps, read)
        _discard(folder, steps)
        raise
    with _pending():
        _forget(folder)


@contextlib.contextmanager
def _pending() -> Iterator[None]:
    """Say of what a journal lists that the next writer has to finish it, where it cannot be done now."""
    try:
        yield
    except OSError as error:
        raise PendingError from error


def _undo(folder: Path, steps: list[_Step], read: Mapping[str, bytes]) -> None:
    """Put back what was replaced, by a journal of its own: a crash here leaves the old or the new too."""
    back = []
    for step in steps:
        if _digest(_content(_target(folder, step))) == step.new:
            old = read.get(step.name)
            temporary = "" if old is None else atomic.prepare(_target(folder, step), old).name
            back.append(_Step(step.name, temporary, step.new, step.old))
    if back:
        _record(folder, back)
    for step in back:
        _place(folder, step)
    _forget(folder)


def _place(folder: Path, step: _Step) -> None:
    target = _target(folder, step)
    if step.temporary:
        os.replace(target.parent / step.temporary, target)
    else:
        os.unlink(target)
    atomic.sync_folder(target.parent)


def _target(folder: Path, step: _Step) -> Path:
    return atomic.resolved(folder / step.name)


def _forget(folder: Path) -> None:
    if (folder / JOURNAL).exists():
        os.unlink(folder / JOURNAL)
        atomic.sync_folder(folder)


def _discard(folder: Path, steps: list[_Step]) -> None:
    for step in steps:
        atomic.discard(_target(folder, step).parent / step.temporary)


def _finish(folder: Path) -> None:
    """Finish the change that a journal lists."""
    content = _content(folder / JOURNAL)
    if content is None:
        return
    steps = _steps(content)
    open_steps = []
    for step in steps:
        target = _target(folder, step)
        now = _digest(_content(target))
        if now == step.new:
            continue
        prepared = not step.temporary or _digest(_content(target.parent / step.temporary)) == step.new
        if now != step.old or not prepared:
            raise TornError(step.name)
        open_steps.append(step)
    with _pending():
        for step in open_steps:
            _place(folder, step)
        _forget(folder)


def _steps(content: bytes) -> list[_Step]:
    """Return what a journal lists; raise TornError for one that no writer of ours made."""
    try:
        found = json.loads(content)
        steps = [_Step(**step) for step in found["steps"]]
        sound = found["format"] == _FORMAT and all(_STEP.fullmatch(f"{step.name}|{step.temporary}") for step in steps)
    except (ValueError, TypeError, KeyError, RecursionError):
        sound = False
    if not sound:
        raise TornError(JOURNAL)
    return steps


def _clean(folder: Path) -> None:
    """Delete what a writer that was killed had prepared."""
    for place in _places(folder):
        for left in place.glob(f"{atomic.PREFIX}*{atomic.SUFFIX}"):
            atomic.discard(left)


def _places(folder: Path) -> set[Path]:
    """Return every folder in which data files are, also where symbolic links lead to them."""
    found = {folder}
    for level in ("*", f"{PLANS}/*", f"{PLANS}/*/*", f"{PLANS}/*/*/*"):
        for one in folder.glob(level):
            found.add(one.parent)
            if one.is_symlink() and one.suffix in (".yaml", ".json"):
                found.add(Path(os.path.realpath(one)).parent)
    return found


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
