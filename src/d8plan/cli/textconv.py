"""What ``d8plan diff --textconv`` writes: a file as git compares it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from d8plan.app.errors import CommandError
from d8plan.app.folders import find_folder
from d8plan.cli.terminal import Terminal
from d8plan.models.files import Dataset
from d8plan.storage.data import raw_text, strict_yaml
from d8plan.storage.data.loader import load
from d8plan.text.message import M
from d8plan.text.names import printable

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


def text_of(path: Path, terminal: Terminal) -> str:
    """Return a file as lines of text; of one that cannot be read why not, and what tells it from another.

    Raises nothing for it: git gives up a whole ``git diff`` where this fails.
    """
    lines = _workbook(path, terminal) if path.suffix.casefold() in _WORKBOOKS else _data(path, terminal)
    return "".join(f"{line}\n" for line in lines)


def _workbook(path: Path, terminal: Terminal) -> list[str]:
    from d8plan.render.textconv import sheet_lines
    from d8plan.storage.excel.guard import RefusedWorkbookError
    from d8plan.storage.excel.reader import read

    try:
        return list(sheet_lines(read(path)))
    except RefusedWorkbookError as error:
        reason = terminal.language.say(error.message)
    try:
        return [f"# {reason}", f"# sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"]
    except OSError:
        return [f"# {reason}"]


def _data(path: Path, terminal: Terminal) -> list[str]:
    from d8plan.render.textconv import KeyNames, data_lines

    spoken = terminal.language
    try:
        with path.open("rb") as file:
            content = file.read(raw_text.MAX_BYTES + 1)
    except OSError as error:
        refused = M("The file cannot be read: {reason}", reason=error.strerror or str(error))
        return [f"# {spoken.say(refused)}"]
    if not content.strip():
        return []
    source = strict_yaml.read(content)
    if source.problems or not source.readable:
        # As it stands, so that what changed in it is seen all the same.
        told = [f"# {problem.mark.line}: {spoken.say(problem.message)}" for problem in source.problems]
        return [*told, *map(printable, content.decode("utf-8", "replace").splitlines())]
    return list(data_lines(source.data, KeyNames(_registers(terminal))))


def _registers(terminal: Terminal) -> Dataset | None:
    """Return the data folder whose names are used; None where there is none."""
    try:
        return load(find_folder(terminal.folders)).dataset
    except (CommandError, OSError):
        return None
