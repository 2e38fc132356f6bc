"""Change files of a data folder together: after a crash at any instant, all of them or none.

One writer at a time holds the lock. Every new content is on disk beside its target before the journal
is, and the journal before the first target is replaced; the next writer finishes what it lists, and
deletes what was prepared without one. A file that somebody else changed meanwhile is never overwritten.

A journal may as well have come with somebody's data: only what this user's own key has signed for this very
folder is finished unasked, and no file is written or deleted that lies outside the folder.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from filelock import FileLock, Timeout

from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SEAL, SHARED
from d8plan.models.places import PLANS
from d8plan.storage.data import atomic
from d8plan.storage.data.raw_text import MAX_BYTES
from d8plan.storage.data.tree import JOURNAL, LOCK, SUFFIX, is_prepared
from d8plan.storage.data.user_key import Owner

PATIENCE = 20.0
"""Seconds to wait for another writer."""
_FORMAT = 2


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


class ForeignError(Exception):
    """An interrupted change that is not this user's own in this folder: nobody knows who wrote it."""


class LinkedError(Exception):
    """A file has a second name, a hard link, which would keep the old content."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        super().__init__(str(path))
        self.path = path


class OutsideError(LinkedError):
    """A symbolic link leads out of the folder."""


class PendingError(Exception):
    """A change is recorded, but could be neither finished nor undone now; the next writer finishes it."""


class Step(NamedTuple):
    """A file to be replaced, or deleted."""

    name: str
    temporary: str
    """Name of the new content's file, which lies beside the target; of a file to be deleted, empty."""
    old: str | None
    """Digest of the content before; None where there is no such file."""
    new: str | None


class Journal(NamedTuple):
    """A change that was interrupted."""

    steps: tuple[Step, ...]
    own: bool
    """Whether this user has begun it, in this folder."""


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, with its own interrupted change finished and cleaned up.

    Raises BusyError where another keeps it for long, ForeignError, TornError, PendingError, OutsideError, or OSError.
    """
    with locked(folder):
        found = interrupted(folder)
        if found is not None:
            if not found.own:
                raise ForeignError
            finish(folder, found)
        _clean(folder)
        yield


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer, as it is; raise BusyError where another keeps it for long, or OSError."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise BusyError from None
    try:
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
    owner = Owner(folder, keep=True)
    new = {name: content for name, content in files.items() if read.get(name) != content}
    steps: list[Step] = []
    try:
        for name, content in new.items():
            steps.append(_prepare(folder, owner, name, read.get(name), content))
        # Not before: to put the new contents on disk takes a while, and editors know no lock.
        for name in {**read, **new}:
            if _content(folder / name) != read.get(name):
                raise ChangedError(name)
        if len(steps) > 1:
            _record(folder, owner, steps)
    except BaseException:
        # The journal first: it needs what it lists.
        with _pending():
            _forget(folder)
        _discard(folder, steps)
        raise
    _carry_out(folder, owner, steps, read)


def interrupted(folder: Path) -> Journal | None:
    """Return the change that a journal lists; None where there is no journal.

    Raises TornError for one that no writer of ours made, whoever has run it.
    """
    content = _journal(folder)
    if content is None:
        return None
    try:
        found = json.loads(content)
        steps = tuple(Step(**step) for step in found["steps"])
        sound = found["format"] == _FORMAT and isinstance(found["signature"], str) and all(map(_is_sound, steps))
    except (ValueError, TypeError, KeyError, RecursionError):
        sound = False
    if not sound:
        raise TornError(JOURNAL)
    return Journal(steps, Owner(folder, keep=False).has_signed(_listed(steps), found["signature"]))


def finish(folder: Path, journal: Journal) -> None:
    """Make the rest of a change; raise TornError where a file of it is neither as before nor as after."""
    left = [step for step in journal.steps if is_open(folder, step)]
    with _pending():
        for step in left:
            _place(folder, step)
        _forget(folder)


def is_open(folder: Path, step: Step) -> bool:
    """Tell whether a file is still to be replaced; raise TornError where it cannot be."""
    target = _target(folder, step.name)
    try:
        now = _digest(_content(target))
        if now == step.new:
            return False
        prepared = not step.temporary or _digest(prepared_content(folder, step)) == step.new
    except OSError:
        raise TornError(step.name) from None
    if now != step.old or not prepared:
        raise TornError(step.name)
    return True


def prepared_content(folder: Path, step: Step) -> bytes | None:
    """Return the new content that lies beside a file; None where there is none."""
    return _content(_target(folder, step.name).parent / step.temporary, links=False)


def discard(folder: Path, journal: Journal | None) -> None:
    """Delete a journal, and what lies prepared for it; what was replaced already stays so.

    None is a journal that cannot be read.
    """
    _forget(folder)
    if journal is not None:
        _discard(folder, journal.steps)


def _prepare(folder: Path, owner: Owner, name: str, old: bytes | None, content: bytes) -> Step:
    target = _target(folder, name)
    if target.exists():
        if target.stat().st_nlink > 1:
            raise LinkedError(target)
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    elif not target.parent.exists():
        target.parent.mkdir()
        atomic.sync_folder(target.parent.parent)
    temporary = atomic.prepare(target, content, prefix=owner.prefix)
    return Step(name, temporary.name, _digest(old), _digest(content))


def _record(folder: Path, owner: Owner, steps: list[Step]) -> None:
    """Write the journal: from here on the change is made, whatever happens."""
    for parent in {_target(folder, step.name).parent for step in steps}:
        atomic.sync_folder(parent)
    listed = [step._asdict() for step in steps]
    content = json.dumps({"format": _FORMAT, "steps": listed, "signature": owner.sign(_listed(steps))})
    atomic.write(folder / JOURNAL, content.encode("ascii"), replace=True, prefix=owner.prefix)


def _listed(steps: Sequence[Step]) -> bytes:
    """Return what is signed of a change."""
    return json.dumps(steps).encode("ascii")


def _carry_out(folder: Path, owner: Owner, steps: list[Step], read: Mapping[str, bytes]) -> None:
    """Replace every target; where one cannot be, as Windows keeps open files, undo what was done."""
    try:
        for step in steps:
            _place(folder, step)
    except OSError:
        if len(steps) > 1:
            with _pending():
                _undo(folder, owner, steps, read)
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


def _undo(folder: Path, owner: Owner, steps: list[Step], read: Mapping[str, bytes]) -> None:
    """Put back what was replaced, by a journal of its own: a crash here leaves the old or the new too."""
    back = []
    for step in steps:
        target = _target(folder, step.name)
        if _digest(_content(target)) == step.new:
            old = read.get(step.name)
            temporary = "" if old is None else atomic.prepare(target, old, prefix=owner.prefix).name
            back.append(Step(step.name, temporary, step.new, step.old))
    if back:
        _record(folder, owner, back)
    for step in back:
        _place(folder, step)
    _forget(folder)


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


def _forget(folder: Path) -> None:
    if os.path.lexists(folder / JOURNAL):
        os.unlink(folder / JOURNAL)
        atomic.sync_folder(folder)


def _discard(folder: Path, steps: Sequence[Step]) -> None:
    for step in steps:
        with contextlib.suppress(OutsideError):
            _delete(_target(folder, step.name).parent / step.temporary)


def _delete(temporary: Path) -> None:
    """Delete a temporary file; what is none, but has the name of one, stays."""
    with contextlib.suppress(OSError):
        if stat.S_ISREG(os.lstat(temporary).st_mode):
            atomic.discard(temporary)


def _is_sound(step: Step) -> bool:
    """Tell whether a step names a data file of this folder and nothing else."""
    if not all(isinstance(one, str) for one in (step.name, step.temporary)):
        return False
    if not all(one is None or isinstance(one, str) for one in (step.old, step.new)):
        return False
    if any(not _is_name(part) for part in step.name.split("/")) or bool(step.temporary) != (step.new is not None):
        return False
    if step.temporary and not (_is_name(step.temporary) and is_prepared(step.temporary)):
        return False
    match step.name.split("/"):
        case [name]:
            return name in SHARED or name == SEAL
        case [top, plan, name]:
            return top == PLANS and not plan.startswith(".") and (name in PER_PLAN or name == SEAL)
        case [top, plan, inner, name]:
            return top == PLANS and not plan.startswith(".") and inner in PER_PLAN_FOLDERS and name.endswith(".yaml")
    return False


def _is_name(part: str) -> bool:
    """Tell what names an entry of a folder, and leads nowhere else."""
    return part not in ("", ".", "..") and "\0" not in part and PurePath(part).name == part


def _clean(folder: Path) -> None:
    """Delete what a writer of this user that was killed had prepared."""
    prefix = Owner(folder, keep=False).prefix
    for place in _places(folder):
        for left in place.iterdir():
            if left.name.startswith(prefix) and is_prepared(left.name):
                _delete(left)


def _places(folder: Path) -> set[Path]:
    """Return every folder within the data folder in which data files are, also where links lead to them."""
    found = {Path(os.path.realpath(folder))}
    for level in ("*.*", f"{PLANS}/*/*.*", f"{PLANS}/*/*/*.*"):
        for one in folder.glob(level):
            if one.suffix in (".yaml", ".json", SUFFIX):
                with contextlib.suppress(OSError, OutsideError):
                    found.add(_target(folder, one.relative_to(folder).with_name("x.yaml").as_posix()).parent)
                    found.add(_target(folder, one.relative_to(folder).as_posix()).parent)
    return found


def _journal(folder: Path) -> bytes | None:
    """Return what a journal holds; raise TornError for what is no file, or too large for a journal."""
    if not os.path.lexists(folder / JOURNAL):
        return None
    try:
        content = _content(folder / JOURNAL, links=False)
    except OSError:
        raise TornError(JOURNAL) from None
    if content is not None and len(content) > MAX_BYTES:
        raise TornError(JOURNAL)
    return content


def _content(path: Path, *, links: bool = True) -> bytes | None:
    """Return what a file holds, a little more than data files may at most; None where there is none.

    Raises OSError for what is no file, which a link is without ``links``.
    """
    try:
        if not stat.S_ISREG(path.stat(follow_symlinks=links).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
