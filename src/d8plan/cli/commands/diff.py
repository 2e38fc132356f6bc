"""``d8plan diff``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d8plan.app.errors import FINDINGS
from d8plan.app.extras import require_extra
from d8plan.app.folders import find_folder, open_folder
from d8plan.app.output import require_ending, save
from d8plan.cli import streams
from d8plan.cli.arguments import Name
from d8plan.cli.options import Force, argument, option
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M

if TYPE_CHECKING:
    from d8plan.views.comparison.changes import VersionComparison


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

    folders = terminal.folders
    older = LAST if old is None else old
    before, before_name = open_version(older, folders, terminal), name_of(older, folders)
    if new is None:
        after, after_name = open_folder(find_folder(folders)), M("the data as it is now")
    else:
        after, after_name = open_version(new, folders, terminal), name_of(new, folders)
    comparison = compare(version_of(before, before_name), version_of(after, after_name))
    if comparison.same and form is not ComparisonFormat.JSON:
        terminal.say(M("Nothing differs between {old} and {new}.", old=before_name, new=after_name))
    elif form in FILES:
        save({output or Path(FILES[form]): _file(comparison, form)}, terminal, force=force)
    elif output is not None:
        save({output: _text(comparison, form, terminal, to_file=True).encode("utf-8")}, terminal, force=force)
    else:
        write = streams.people if form is ComparisonFormat.TEXT else streams.machines
        write(_text(comparison, form, terminal, to_file=False))
    return FINDINGS if exit_code and not comparison.same else 0


def _file(comparison: VersionComparison, form: ComparisonFormat) -> bytes:
    """Return a comparison for the file: official, so always in Vietnamese."""
    official = language(DEFAULT)
    if form is ComparisonFormat.DOCX:
        from d8plan.render.document import to_bytes as document

        return document(comparison, official)
    from d8plan.sheets.comparison import book
    from d8plan.storage.excel.writer import to_bytes

    return to_bytes(book(comparison, official), official)


def _text(comparison: VersionComparison, form: ComparisonFormat, terminal: Terminal, *, to_file: bool) -> str:
    from d8plan.render import comparison_json, views
    from d8plan.views.comparison import view

    if form is ComparisonFormat.JSON:
        return comparison_json.as_json(comparison, terminal.language)
    changes = view(comparison, M("From {old} to {new}", old=comparison.old.name, new=comparison.new.name))
    if form is ComparisonFormat.MARKDOWN:
        return views.as_markdown(changes, terminal.language, folded=True)
    if to_file:
        return views.as_table(changes, terminal.language, width=streams.PIPE_WIDTH, colour=False, unicode=True)
    return terminal.table(changes)
