"""``d8plan diff``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d8plan.app.errors import FINDINGS
from d8plan.app.extras import require_extra
from d8plan.app.files import require_ending, save
from d8plan.app.folders import find_folder, open_folder
from d8plan.cli import streams
from d8plan.cli.arguments import Name
from d8plan.cli.options import Force, argument, option
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.text.language import DEFAULT, Language, language
from d8plan.text.message import M, Message

if TYPE_CHECKING:
    from d8plan.views.comparison.changes import Comparison, Version


class ComparisonFormat(StrEnum):
    """Formats of a comparison."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    XLSX = "xlsx"
    DOCX = "docx"


HELP = M("Show what changed between two versions of the data.")
EXAMPLE = "d8plan diff HEAD~1 --format markdown"
ORDER = 14
FILES = {ComparisonFormat.XLSX: "so-sanh.xlsx", ComparisonFormat.DOCX: "so-sanh.docx"}
"""Formats that are always written to a file, and its name where none is given."""


def command(
    context: typer.Context,
    old: Annotated[
        Name | None,
        argument(
            "[OLD]",
            _("A revision of git, a folder or a workbook; the last commit where none is named."),
            parser=Name,
        ),
    ] = None,
    new: Annotated[
        Name | None,
        argument("[NEW]", _("In the same way; the data folder as it is where none is named."), parser=Name),
    ] = None,
    form: Annotated[
        ComparisonFormat, typer.Option("--format", help=_("Form of the comparison."))
    ] = ComparisonFormat.TEXT,
    output: Annotated[
        Path | None,
        option(
            "--output",
            metavar="PATH",
            help=_("The file; else standard output, or so-sanh.xlsx or so-sanh.docx here."),
        ),
    ] = None,
    force: Force = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help=_("Exit 1 where something differs."))] = False,
    textconv: Annotated[
        Path | None,
        option(
            "--textconv",
            metavar="FILE",
            help=_("Only write a file of data or a workbook as lines of text, for git diff."),
        ),
    ] = None,
) -> int:
    terminal = terminal_of(context)
    if textconv is not None:
        from d8plan.cli.textconv import text_of

        streams.machines(text_of(textconv, terminal))
        return 0
    if output is not None and form in FILES:
        require_ending(output, f".{form}")
    if form is ComparisonFormat.DOCX:
        require_extra("DOCX", "docx", "docx")
    from d8plan.app.versions import LAST, name_of, open_version, version_of
    from d8plan.views.comparison import compare

    older = LAST if old is None else old
    folders = terminal.folders
    before = open_version(older, folders, terminal)
    after = open_folder(find_folder(folders)) if new is None else open_version(new, folders, terminal)
    names = name_of(older, folders), M("the data as it is now") if new is None else name_of(new, folders)
    then, now = version_of(before, names[0]), version_of(after, names[1])
    comparison = compare(then, now)
    _show(comparison, (then, now), names, form, output, force=force, terminal=terminal)
    return FINDINGS if exit_code and not comparison.same else 0


def _show(
    comparison: Comparison,
    versions: tuple[Version, Version],
    names: tuple[Message, Message],
    form: ComparisonFormat,
    output: Path | None,
    *,
    force: bool,
    terminal: Terminal,
) -> None:
    """Write a comparison in its form; where nothing differs only JSON is more than a line."""
    if comparison.same and form is not ComparisonFormat.JSON:
        terminal.say(M("Nothing differs between {old} and {new}.", old=names[0], new=names[1]))
        return
    if form in FILES:
        content = _official(comparison, versions, names, form)
        save({output or Path(FILES[form]): content}, terminal, force=force)
        return
    width = streams.PIPE_WIDTH if output else streams.width()
    text = _text(comparison, versions, names, form, terminal.language, width=width, plain=output is not None)
    if output is not None:
        save({output: text.encode("utf-8")}, terminal, force=force)
    elif form is ComparisonFormat.TEXT:
        streams.people(text)
    else:
        streams.machines(text)


def _official(
    comparison: Comparison, versions: tuple[Version, Version], names: tuple[Message, Message], form: ComparisonFormat
) -> bytes:
    """Return a comparison for the file: official, so always in Vietnamese."""
    official = language(DEFAULT)
    if form is ComparisonFormat.DOCX:
        from d8plan.render.document import to_bytes as document

        return document(comparison, *versions, names, official)
    from d8plan.sheets.comparison import book
    from d8plan.storage.excel.writer import to_bytes

    return to_bytes(book(comparison, *versions, names, official), official)


def _text(
    comparison: Comparison,
    versions: tuple[Version, Version],
    names: tuple[Message, Message],
    form: ComparisonFormat,
    spoken: Language,
    *,
    width: int,
    plain: bool,
) -> str:
    from d8plan.render import comparison_json, views
    from d8plan.views.comparison import view

    if form is ComparisonFormat.JSON:
        return comparison_json.as_json(comparison, *versions, names, spoken)
    shown = view(comparison, *versions, M("From {old} to {new}", old=names[0], new=names[1]))
    if form is ComparisonFormat.MARKDOWN:
        return views.as_markdown(shown, spoken, folded=True)
    unicode = plain or streams.encoding().lower().startswith("utf")
    return views.as_table(shown, spoken, width=width, colour=not plain and streams.coloured(), unicode=unicode)
