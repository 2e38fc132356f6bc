"""The folder of a dataset: made beside its place, then renamed, so that none is ever half there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from d8plan.export.columns import TABLES
from d8plan.parquet.package import MARK, NAME, PROOFS, SCHEMAS

_PREFIX = ".d8plan."
_OURS = frozenset((NAME, PROOFS, SCHEMAS, *(table.name for table in TABLES)))


class Held(Enum):
    """What is where a dataset is to be."""

    NOTHING = "nothing"
    """No folder, or an empty one."""
    DATASET = "dataset"
    """A dataset of d8plan, and nothing else."""
    OTHER = "other"


def held(folder: Path) -> Held:
    """Tell what is where a dataset is to be; raise OSError where it cannot be read."""
    if not os.path.lexists(folder):
        return Held.NOTHING
    if not folder.is_dir():
        return Held.OTHER
    names = {path.name for path in folder.iterdir()}
    if not names:
        return Held.NOTHING
    return Held.DATASET if names <= _OURS and _is_marked(folder / NAME) else Held.OTHER


def _is_marked(descriptor: Path) -> bool:
    try:
        content = json.loads(descriptor.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and MARK in content


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into, which takes the place of ``folder`` when all went well.

    Raises OSError where it cannot; what was there is there still. Where the machine stops between the
    two renames, the old dataset is beside its place, under a name that begins with ``.d8plan.``.
    """
    target = Path(os.path.realpath(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target.parent))
    new, old = work / "new", work / "old"
    try:
        new.mkdir()
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)  # where that fails as well, it stays beside its place
        shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)
