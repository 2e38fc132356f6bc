"""``d8plan export-appendix``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.output import require_ending, save
from d8plan.app.workspace import Workspace
from d8plan.cli.arguments import Name
from d8plan.cli.options import Force, PerDistrict, PlanName, option
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.ledger.plans import unit_order
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M

if TYPE_CHECKING:
    from d8plan.models.files import PlanFiles
    from d8plan.sheets.annex.filling import Former
    from d8plan.sheets.book import Book

HELP = M("Write the annexes of a plan as an Excel workbook or a PDF file.")
EXAMPLE = "d8plan export-appendix 2024 --output phu-luc.xlsx"
ORDER = 8


class AnnexFormat(StrEnum):
    """Formats of an annex."""

    XLSX = "xlsx"
    PDF = "pdf"


def command(
    context: typer.Context,
    plan: PlanName = None,
    form: Annotated[
        AnnexFormat, typer.Option("--format", help=_("Form of the annexes; pdf needs LibreOffice."))
    ] = AnnexFormat.XLSX,
    output: Annotated[
        Path | None,
        option(
            "--output",
            metavar="PATH",
            help=_("The file, else phu-luc-PLAN.xlsx here; with --per-district the folder."),
        ),
    ] = None,
    district: Annotated[
        str | None,
        option("--unit", "--district", metavar="NAME", help=_("Only the row of one unit, in any spelling: bao lac.")),
    ] = None,
    per_district: PerDistrict = False,
    since: Annotated[
        Name | None,
        option(
            "--since",
            parser=Name,
            metavar="REV",
            help=_("Colour what has changed since a revision of git, a folder or a workbook."),
        ),
    ] = None,
    force: Force = False,
) -> None:
    from d8plan.sheets.annex import book

    if district is not None and per_district:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--per-district"), USAGE
        )
    terminal = terminal_of(context)
    workspace = Workspace.open(terminal.folders, terminal)
    files, report = workspace.plan(plan), workspace.report
    findings = [*report.findings, *report.covered]
    former = _former(workspace, since, terminal) if since is not None else None
    units = _targets(workspace, files, form, output, district, per_district)
    books = {
        path: book(
            workspace.dataset,
            report.ledger,
            files.id,
            findings,
            report.exceptions,
            unit=units[path],
            former=former,
        )
        for path in terminal.steps(units)
    }
    save(_contents(books, form), terminal, force=force)
    workspace.tell_findings()


def _former(workspace: Workspace, since: str, terminal: Terminal) -> Former:
    """Return what figures were in the version named, where they are others now."""
    from d8plan.app.versions import changed_since, name_of
    from d8plan.sheets.annex.filling import Former
    from d8plan.views.comparison.changes import Version

    values = changed_since(Version(workspace.dataset, workspace.report), since, terminal.folders)
    return Former(language(DEFAULT).say(name_of(since, terminal.folders)), values)


def _targets(
    workspace: Workspace,
    files: PlanFiles,
    form: AnnexFormat,
    output: Path | None,
    district: str | None,
    per_district: bool,
) -> dict[Path, str | None]:
    """Return each file to write and the unit that it is about."""
    name = f"phu-luc-{files.id}"
    if per_district:
        return {(output or Path()) / f"{name}-{unit}.{form}": unit for unit in unit_order(files)}
    unit = None
    if district is not None:
        # Units with figures or money of the plan.
        holders = [holder.unit for holder in files.budget.holders.values() if holder.unit]
        unit = workspace.unit(files, district, dict.fromkeys([*unit_order(files), *holders]))
    path = output or Path(f"{name}-{unit}.{form}" if unit else f"{name}.{form}")
    require_ending(path, f".{form}")
    return {path: unit}


def _contents(books: dict[Path, Book], form: AnnexFormat) -> dict[Path, bytes]:
    """Return what to write in each file."""
    from d8plan.storage.excel.writer import to_bytes

    # The annex is an official document: always in Vietnamese.
    official = language(DEFAULT)
    if form is AnnexFormat.XLSX:
        return {path: to_bytes(made, official) for path, made in books.items()}
    from d8plan.storage.excel.pdf import OfficeFailedError, OfficeMissingError, to_pdf

    # On paper nobody types, and LibreOffice sets numbers under a condition without their indent.
    printed = [
        made._replace(sheets=tuple(sheet._replace(conditions=()) for sheet in made.sheets if sheet.official))
        for made in books.values()
    ]
    try:
        contents = to_pdf([to_bytes(made, official) for made in printed])
    except OfficeMissingError as error:
        raise CommandError(
            M("LibreOffice, which makes the PDF file, is not installed"),
            UNUSABLE,
            M("Install it, or export the workbook and print it"),
        ) from error
    except OfficeFailedError as error:
        raise CommandError(
            M("LibreOffice could not make the PDF file"), UNUSABLE, M("Export the workbook and print it")
        ) from error
    return dict(zip(books, contents, strict=True))
