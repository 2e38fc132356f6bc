"""``d8plan export-appendix``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d8plan.app.data import (
    Options,
    choose_plan,
    choose_unit,
    open_data,
    prove,
    require_whole,
    tell_findings,
)
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.files import require_ending, save
from d8plan.app.progress_line import Progress
from d8plan.cli.arguments import Name
from d8plan.cli.common_options import Force, PlanName
from d8plan.ledger.plans import unit_order
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M

if TYPE_CHECKING:
    from d8plan.checks import Report
    from d8plan.models.files import PlanFiles
    from d8plan.sheets.annex.filling import Former
    from d8plan.sheets.book import Book
    from d8plan.storage.data.loader import Loaded


class Format(StrEnum):
    """Formats of an annex."""

    XLSX = "xlsx"
    PDF = "pdf"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export-appendix", help=_("Write the annexes of a plan as an Excel workbook or a PDF file."))(
        export_appendix
    )


def export_appendix(
    context: typer.Context,
    plan: PlanName = None,
    form: Annotated[
        Format, typer.Option("--format", help=_("Form of the annexes; pdf needs LibreOffice."))
    ] = Format.XLSX,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="PATH",
            help=_("The file, else phu-luc-PLAN.xlsx here; with --per-district the folder."),
            show_default=False,
        ),
    ] = None,
    district: Annotated[
        str | None,
        typer.Option(
            "--unit",
            "--district",
            metavar="NAME",
            help=_("Only the row of one unit, in any spelling: bao lac."),
            show_default=False,
        ),
    ] = None,
    per_district: Annotated[
        bool, typer.Option("--per-district", help=_("One file for each unit of the plan."))
    ] = False,
    since: Annotated[
        Name | None,
        typer.Option(
            "--since",
            parser=Name,
            metavar="REV",
            help=_("Colour what has changed since a revision of git, a folder or a workbook."),
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    from d8plan.sheets.annex import book

    if district is not None and per_district:
        raise CommandError(
            M("{first} and {second} exclude each other", first="--district", second="--per-district"), USAGE
        )
    options: Options = context.obj
    spoken = language(options.language)
    loaded = open_data(options)
    files = choose_plan(loaded, plan)
    require_whole(loaded)
    report = prove(loaded)
    found = [*report.findings, *report.covered]
    former = _former(loaded, report, since, options) if since is not None else None
    progress = Progress(len(files.plan.units) if per_district else 1)
    books: dict[Path, Book] = {}
    for number, (path, unit) in enumerate(_targets(loaded, files, form, output, district, per_district).items(), 1):
        progress.show(number, path)
        books[path] = book(loaded.dataset, report.ledger, files.id, found, report.exceptions, unit=unit, former=former)
    progress.erase()
    save(_contents(books, form), force=force, spoken=spoken)
    tell_findings(loaded, report, spoken)


def _former(loaded: Loaded, report: Report, since: str, options: Options) -> Former:
    """Return what figures were in the version named, where they are others now."""
    from d8plan.app.versions import changed_since, name_of
    from d8plan.sheets.annex.filling import Former
    from d8plan.views.comparison import Version

    values = changed_since(Version(loaded.dataset, report), since, options)
    return Former(language(DEFAULT).say(name_of(since, options)), values)


def _targets(
    loaded: Loaded, files: PlanFiles, form: Format, output: Path | None, district: str | None, per_district: bool
) -> dict[Path, str | None]:
    """Return each file to write and the unit that it is about."""
    name = f"phu-luc-{files.id}"
    if per_district:
        return {(output or Path()) / f"{name}-{unit}.{form}": unit for unit in unit_order(files)}
    unit = _unit(loaded, files, district) if district is not None else None
    path = output or Path(f"{name}-{unit}.{form}" if unit else f"{name}.{form}")
    require_ending(path, f".{form}")
    return {path: unit}


def _unit(loaded: Loaded, files: PlanFiles, wanted: str) -> str:
    """Return the unit of a name, among those with figures or money of the plan."""
    holders = files.budget.holders.values()
    among = dict.fromkeys([*unit_order(files), *(holder.unit for holder in holders if holder.unit)])
    return choose_unit(loaded, files, wanted, among)


def _contents(books: dict[Path, Book], form: Format) -> dict[Path, bytes]:
    """Return what to write in each file."""
    from d8plan.storage.excel.writer import to_bytes

    # The annex is an official document: always in Vietnamese.
    official = language(DEFAULT)
    if form is Format.XLSX:
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
