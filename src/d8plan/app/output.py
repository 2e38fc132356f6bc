"""Write what a command was asked for, and say where it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.voice import Voice
from d8plan.storage.data import atomic
from d8plan.text.message import M, Message


def require_ending(path: Path, *endings: str) -> None:
    """Raise CommandError where a file's name ends in none of ``endings``; the first is the usual one."""
    if path.suffix.casefold() not in endings:
        raise CommandError(
            M("{path} is no name of a file of this form", path=str(path)),
            USAGE,
            M("Let it end in {ending}", ending=endings[0]),
        )


def save(contents: Mapping[Path, bytes], voice: Voice, *, force: bool, option: str = "--output") -> None:
    """Write files, each whole or not at all, and tell where; raise CommandError where one cannot be written.

    ``option`` is the one that names them.
    """
    for path in contents:
        if refused := _refused(path, force=force, option=option):
            raise CommandError(refused[0], UNUSABLE, refused[1])
    for path, content in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, content, replace=force)
        except OSError as error:
            is_open = isinstance(error, PermissionError)
            raise CommandError(
                M("{path} cannot be written: {reason}", path=str(path), reason=error.strerror or str(error)),
                UNUSABLE,
                M("Close it in Excel if it is open there, or name another place with {option}", option=option)
                if is_open
                else M("Name another place with {option}", option=option),
            ) from error
        voice.say(M("Written: {path}", path=str(path)))


def _refused(path: Path, *, force: bool, option: str) -> tuple[Message, Message] | None:
    """Return why a file may not take the place of what is there, and what to do; None where it may."""
    replace = M("Replace it with --force, or name another with {option}", option=option)
    another = M("Name a file with {option}", option=option)
    if path.is_symlink() and not force:
        replace = M("Replace what it leads to with --force, or name another with {option}", option=option)
        return M("{path} is a link to another place", path=str(path)), replace
    if path.is_dir():
        return M("{path} is a folder", path=str(path)), another
    if path.exists() and not path.is_file():
        return M("{path} is not a file", path=str(path)), another
    return (M("{path} exists", path=str(path)), replace) if path.exists() and not force else None
