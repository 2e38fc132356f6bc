"""Versions of a data folder as they are named: folders, workbooks, revisions of git."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.folders import FOLDER, find_folder, open_folder
from d8plan.app.voice import Voice
from d8plan.app.workspace import prove
from d8plan.models.places import PLANS, Place
from d8plan.storage.data.loader import Loaded, load
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message
from d8plan.views.comparison import Version, compare

LAST = "HEAD"
"""What changes are shown against where nothing is named: the last commit."""


def open_version(text: str, folders: Sequence[Path], voice: Voice | None = None) -> Loaded:
    """Load the version that ``text`` names: a data folder, a workbook, else a revision of git.

    A folder may hold data/ instead of being it; a revision may name its data folder: REV:path/to/data. Raises
    CommandError, with the exit code for wrong usage where nothing has that name.
    """
    if folder := _folder(text):
        return open_folder(folder)
    if _is_workbook(text):
        from d8plan.app.workbooks import as_version

        return as_version(folders, Path(text), voice)
    return open_revision(text, folders)


def name_of(text: str, folders: Sequence[Path]) -> Message:
    """Return what people call a version that could be opened: of a revision with its commit and day."""
    from d8plan.storage.data.revisions import commit_of

    if _folder(text) or _is_workbook(text):
        return M("{name}", name=text)
    found = commit_of(_start(folders), text.partition(":")[0])
    return M("{name} ({id}, {date})", name=text, id=found[0], date=found[1]) if found else M("{name}", name=text)


def _folder(text: str) -> Path | None:
    """Return the data folder that ``text`` names or that the folder it names holds."""
    path = Path(text)
    return next((one for one in (path, path / FOLDER) if (one / PLANS).is_dir()), None)


def _is_workbook(text: str) -> bool:
    return text.casefold().endswith(".xlsx") and Path(text).is_file()


def _start(folders: Sequence[Path]) -> Path:
    """Return a folder of the repository in which revisions are looked for."""
    return find_folder(folders) if folders else Path()


def open_revision(text: str, folders: Sequence[Path]) -> Loaded:
    """Load a revision's data folder: the one that lies where the data folder is now, or the one that REV:path names."""
    from d8plan.storage.data.revisions import RevisionError, UnknownRevisionError, read

    revision, named, path = text.partition(":")
    try:
        if named:
            return load(Path(path), read(_start(folders), revision, path))
        folder = find_folder(folders)
        return load(folder, read(folder, revision))
    except RevisionError as error:
        if isinstance(error, UnknownRevisionError):
            raise CommandError(
                M("“{name}” is no data folder, no workbook and no revision that git knows", name=text),
                USAGE,
                error.action,
            ) from error
        raise CommandError(error.message, UNUSABLE, error.action) from error


def version_of(loaded: Loaded, name: Message) -> Version:
    """Return a loaded version with all that checks find in it; refuse one that cannot be read wholly.

    ``name`` is what people call it.
    """
    if loaded.dataset.broken or not loaded.dataset.plans:
        told = loaded.findings[0] if loaded.findings else None
        reason = M("{place}: {reason}", place=told.place.file, reason=told.message) if told else M("There is no plan")
        raise CommandError(
            M("{version} cannot be read as a whole: {reason}", version=name, reason=reason),
            UNUSABLE,
            M("Mend it first, or compare with another version"),
        )
    report = prove(loaded)
    return Version(loaded.dataset, report._replace(findings=(*loaded.findings, *report.findings)), name)


def changed_since(now: Version, revision: str, folders: Sequence[Path]) -> dict[Place, ExactNumber | None]:
    """Return what figures were in a version, by their place, where they are others now; None where there was none."""
    then = version_of(open_version(revision, folders), name_of(revision, folders))
    return {change.cell.place: change.old for change in compare(then, now).figures}
