"""Write what a command was asked for, and say where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from d8plan.app import streams
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.storage.data import atomic
from d8plan.text.language import Language
from d8plan.text.message import M


def require_ending(path: Path, *endings: str) -> None:
    """Raise CommandError where a file's name ends in none of ``endings``; the first is the usual one."""
    if path.suffix.casefold() not in endings:
        raise CommandError(
            M("{path} is no name of a file of this form", path=str(path)),
            USAGE,
            M("Let it end in {ending}", ending=endings[0]),
        )


def save(
    contents: Mapping[Path, bytes],
    *,
    force: bool,
    spoken: Language,
    option: str = "--output",
    tell: Callable[[str], None] = streams.people,
) -> None:
    """Write files, each whole or not at all, and ``tell`` where; raise CommandError where one cannot be written.

    ``option`` is the one that names them.
    """
    for path in contents:
        if path.is_symlink() and not force:
            raise CommandError(
                M("{path} is a link to another place", path=str(path)),
                UNUSABLE,
                M("Replace what it leads to with --force, or name another with {option}", option=option),
            )
        if path.is_dir():
            raise CommandError(
                M("{path} is a folder", path=str(path)), UNUSABLE, M("Name a file with {option}", option=option)
            )
        if path.exists() and not path.is_file():
            raise CommandError(
                M("{path} is not a file", path=str(path)), UNUSABLE, M("Name a file with {option}", option=option)
            )
        if path.exists() and not force:
            raise CommandError(
                M("{path} exists", path=str(path)),
                UNUSABLE,
                M("Replace it with --force, or name another with {option}", option=option),
            )
    for path, content in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, content, replace=force)
        except PermissionError as error:
            raise CommandError(
                M("{path} cannot be written: {reason}", path=str(path), reason=error.strerror or "?"),
                UNUSABLE,
                M("Close it in Excel if it is open there, or name another place with {option}", option=option),
            ) from error
        except OSError as error:
            raise CommandError(
                M("{path} cannot be written: {reason}", path=str(path), reason=error.strerror or str(error)),
                UNUSABLE,
                M("Name another place with {option}", option=option),
            ) from error
        tell(spoken.say(M("Written: {path}", path=str(path))) + "\n")
