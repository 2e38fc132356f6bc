"""Read a data folder as it is in a revision of its git repository. Runs ``git``, which must be installed.

Objects are read as they are stored: no filter, line end or attribute of the working tree applies, no hook runs,
nothing is fetched, and neither the index nor the working tree is looked at.
"""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from d8plan.models.files import SEAL
from d8plan.storage import programs
from d8plan.storage.data.raw_text import MAX_BYTES
from d8plan.storage.data.tree import Tree
from d8plan.text.message import M, ToldError

MAX_FILES = 5_000
MAX_TOTAL = 64_000_000
"""Bytes of all files of a revision's data folder together."""
_SHORT = 8
_FILES = ("100644", "100755")
_READ = (".yaml", ".yml", SEAL)
"""How the names end of the files that a data folder is read from."""
_CONFIG = ("-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=")


class RevisionError(ToldError):
    """A revision that cannot be read."""


class UnknownRevisionError(RevisionError):
    """There is no such revision at all."""


class _Object(NamedTuple):
    """A file of a revision."""

    name: str
    """Relative to the data folder, with slashes."""
    id: str
    size: int


def read(start: Path, revision: str, path: str | None = None) -> Tree:
    """Return the files of a data folder as they are in a revision of the repository that ``start`` lies in.

    The folder is ``path``, from the top of the repository, or ``start`` itself. Raises RevisionError where git is not
    installed, ``start`` lies in no repository, git does not know the revision, the revision lacks the folder, or
    something in the folder is no plain file.
    """
    prefix = _prefix(start)
    folder = prefix if path is None else path
    tree = _resolve(start, f"{revision}^{{tree}}")
    if tree is None:
        raise UnknownRevisionError(
            M("git knows no revision “{name}”", name=revision),
            M("Name a branch, a tag or a commit; a shallow clone may lack it"),
        )
    below = "/".join(piece for piece in folder.replace(os.sep, "/").split("/") if piece not in ("", "."))
    subtree = _resolve(start, f"{tree}:{below}") if below else tree
    if subtree is None:
        raise RevisionError(
            M("Revision “{name}” has no folder {path}", name=revision, path=below),
            M("Name the folder as it was: {example}", example=f"{revision}:FOLDER"),
        )
    objects = _list(start, subtree, revision)
    names = [entry.name for entry in objects]
    return Tree(None, dict(zip(names, _contents(start, objects, revision), strict=True)))


def commit_of(start: Path, revision: str) -> tuple[str, datetime.date] | None:
    """Return the short id of the commit that a revision names and the day of the commit; None where it names none."""
    commit = _resolve(start, f"{revision}^{{commit}}")
    written = _git(start, "cat-file", "commit", commit).stdout if commit else b""
    committed = re.search(rb"^committer .*> (\d+) ([+-])(\d\d)(\d\d)$", written, re.MULTILINE)
    if commit is None or committed is None:
        return None
    seconds, sign, hours, minutes = committed.groups()
    offset = datetime.timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.UTC) + offset
    return commit[:_SHORT], moment.date()


def _prefix(folder: Path) -> str:
    """Return the path of a folder within its repository."""
    ran = _git(folder, "rev-parse", "--show-prefix")
    if ran.returncode:
        if b"not a git repository" in ran.stderr:
            raise RevisionError(
                M("{path} does not lie in a git repository", path=str(folder)),
                M("Name two folders or workbooks to compare"),
            )
        raise _failed(folder, ran)
    return os.fsdecode(ran.stdout.removesuffix(b"\n"))


def _resolve(start: Path, name: str) -> str | None:
    """Return the id of an object; None where there is none of that name."""
    if "\0" in name:
        return None
    ran = _git(start, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    lines = ran.stdout.decode("ascii", "replace").split()
    return lines[-1] if ran.returncode == 0 and lines else None


def _list(start: Path, tree: str, revision: str) -> list[_Object]:
    """Return the files of a tree that data is read from; refuse what is no plain file, and what is too much."""
    ran = _git(start, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    if ran.returncode:
        raise _failed(start, ran)
    objects = []
    for entry in filter(None, ran.stdout.split(b"\0")):
        described, _, raw = entry.partition(b"\t")
        mode, _, identity, size = described.decode("ascii").split()
        name = os.fsdecode(raw)
        if mode not in _FILES:
            raise RevisionError(
                M("Revision “{name}” has a link in place of {path}", name=revision, path=name),
                M("Replace it by the file itself; d8plan follows no links within git"),
            )
        if name.endswith(_READ):
            if not size.isdigit():
                raise _lacking(name, revision)
            if int(size) > MAX_BYTES:
                raise _too_much(revision)
            objects.append(_Object(name, identity, int(size)))
    if len(objects) > MAX_FILES or sum(entry.size for entry in objects) > MAX_TOTAL:
        raise _too_much(revision)
    return objects


def _contents(start: Path, objects: Iterable[_Object], revision: str) -> list[bytes]:
    """Return what files hold, in their order."""
    asked = "".join(f"{entry.id}\n" for entry in objects).encode("ascii")
    ran = _git(start, "cat-file", "--batch", given=asked)
    contents, at = [], 0
    for entry in objects:
        header, _, _ = ran.stdout[at : at + 200].partition(b"\n")
        if header != f"{entry.id} blob {entry.size}".encode("ascii"):
            raise _lacking(entry.name, revision)
        at += len(header) + 1
        contents.append(ran.stdout[at : at + entry.size])
        at += entry.size + 1
    return contents


def _git(start: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, unmoved by the variables that git sets for hooks and other programs."""
    program = programs.find("git")
    if program is None:
        raise RevisionError(M("git is not installed"), M("Install it, or name two folders or workbooks to compare"))
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith("GIT_")}
    told = {"LC_ALL": "C", "LANGUAGE": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(  # noqa: S603 - no shell, and names follow --end-of-options
            [program, *_CONFIG, "-C", str(start), *arguments],
            input=given,
            env=kept | told,
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError) as error:
        raise RevisionError(M("git cannot be run: {reason}", reason=str(error)), M("Check that git works")) from error


def _failed(folder: Path, ran: subprocess.CompletedProcess[bytes]) -> RevisionError:
    lines = ran.stderr.decode("utf-8", "replace").splitlines()
    reason = lines[0].removeprefix("fatal: ") if lines else str(ran.returncode)
    return RevisionError(
        M("git cannot read {path}: {reason}", path=str(folder), reason=reason), M("Check that git works")
    )


def _lacking(name: str, revision: str) -> RevisionError:
    return RevisionError(
        M("git lacks {path} of revision “{name}”", path=name, name=revision),
        M("Fetch it: a partial or damaged clone may lack what files held"),
    )


def _too_much(revision: str) -> RevisionError:
    return RevisionError(
        M("The data folder of revision “{name}” is too large", name=revision),
        M("A file may have 2 MB, all together 64 MB"),
    )
