"""``d8plan import-report``."""

from __future__ import annotations

import datetime
import functools
import os
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from d8plan.app import streams
from d8plan.app.data import Options, choose_plan, day, find_folder, prove, require_whole
from d8plan.app.editing import as_if
from d8plan.app.errors import FINDINGS, UNUSABLE, USAGE, CommandError
from d8plan.app.progress_line import Progress
from d8plan.checks.results import BEYOND
from d8plan.cli.editing_options import DryRun
from d8plan.cli.import_appendix import agreed
from d8plan.cli.progress import chosen_period
from d8plan.edits.figures import new_errors
from d8plan.ledger.periods import file_of
from d8plan.models.files import PlanFiles
from d8plan.models.places import Place
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.yaml_text import EditError
from d8plan.text.language import Language, language
from d8plan.text.message import M, Message
from d8plan.text.names import inert, printable

if TYPE_CHECKING:
    from d8plan.sheets.forms.reading import Filled
    from d8plan.text.cells import Grid

_COMMENT = "What units report; written by “d8plan import-report”, which keeps what was corrected under “earlier”."
"""Head of a new file of results."""
_LOCK = "~$"
"""How the names of files begin that Excel keeps beside a workbook while it is open."""
_LOCKS = M("Lock files of workbooks that are open")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".xlt", ".ods", ".fods", ".ots")
"""Endings of what somebody may have filled a form in with; what is not read of them is refused by its kind."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import-report", help=_("Collect report forms that were filled in, however many."))(import_report)


class _Read(NamedTuple):
    """What came of the files."""

    files: PlanFiles
    forms: list[tuple[Path, Filled]]
    faults: dict[Path, list[str]]


def import_report(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help=_("Forms, .xlsx, or folders of them."), show_default=False)
    ],
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="PLAN", help=_("The plan, where the forms do not say."), show_default=False),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="PERIOD", help=_("The only period that is taken."), show_default=False),
    ] = None,
    received: Annotated[
        str | None,
        typer.Option("--received", metavar="YYYY-MM-DD", help=_("When they came in; else today."), show_default=False),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help=_("Let rows be missing; they are not reported."))] = False,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help=_("Take the forms that can be read, and leave the others out."))
    ] = False,
    older: Annotated[
        bool, typer.Option("--older", help=_("Take forms that are older than the report that is there."))
    ] = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Write without asking."))] = False,
) -> None:
    from d8plan.app.preview import show_view
    from d8plan.app.write_lock import holding, open_settled, write
    from d8plan.sheets.forms.corrections import refusals, take, view

    options: Options = context.obj
    spoken = language(options.language)
    folder = find_folder(options.data)
    loaded = open_settled(folder, look=dry_run)
    require_whole(loaded)
    came_in = _day_received(received)
    read = _read_all(loaded, _files(paths, spoken), plan, period, came_in, partial=partial, spoken=spoken)
    forms = [form for _, form in read.forms]
    reasons = refusals(loaded.dataset, read.files, forms, came_in, older=older)
    for (path, form), reason in zip(read.forms, reasons, strict=True):
        if reason is not None:
            told = f"{form.where.sheet}!{form.where.cell}: {spoken.say(reason)}"
            read.faults.setdefault(path, []).append(told)
    _tell_faults(read.faults, skip_refused=skip_refused, spoken=spoken)
    taken = take(read.files, [form for path, form in read.forms if path not in read.faults], came_in)
    if not taken.reports:
        streams.people(spoken.say(M("Nothing changes")) + "\n")
        return
    files = _written(loaded, read.files, taken.reports)
    after = as_if(loaded, files, _cells(read.forms))
    show_view(view(loaded.dataset, read.files, taken), spoken)
    before = (*loaded.findings, *prove(loaded).findings)
    proposed = (*after.findings, *prove(after).findings)
    # What a form corrects is kept as it was said: a fault of it is not the form's.
    errors = [one for one in new_errors(before, proposed) if "earlier" not in one.place.keys[2:3]]
    known = {one.place for one in before if one.rule is BEYOND}
    for one in proposed:
        if one.rule is BEYOND and one.place not in known:
            streams.error(spoken.say(M("{code}: {message}", code=one.rule.code, message=one.message)))
    if errors:
        for one in errors:
            streams.error(spoken.say(M("{code}: {message}", code=one.rule.code, message=one.message)))
        raise CommandError(
            M("The reports would bring errors: {count}. Nothing was written", count=len(errors)), FINDINGS
        )
    if not dry_run and (yes or agreed(spoken)):
        with holding(folder):
            write(loaded, files, spoken)


def _cells(forms: list[tuple[Path, Filled]]) -> dict[Place, str]:
    """Return where each figure stands that forms report."""
    return {place: f"{path.name}: {at.sheet}!{at.cell}" for path, form in forms for place, at in form.cells.items()}


def _day_received(typed: str | None) -> datetime.date:
    """Return the day on which forms came in, which is not to come yet."""
    found = day(typed)
    if found > datetime.date.today():
        raise CommandError(M("{date} is still to come", date=found), USAGE, M("Leave out --received, or correct it"))
    return found


def _files(paths: list[Path], spoken: Language) -> list[Path]:
    """Return the workbooks named and those in folders, whatever their kind; tell of each other file why it is not read.

    One that is named is no workbook only where it is a lock file, which a pattern such as ``*.xlsx`` names as well.
    """
    found: list[Path] = []
    passed: dict[Message, list[str]] = {}
    for path in paths:
        if not path.is_dir():
            if path.name.startswith(_LOCK):
                passed.setdefault(_LOCKS, []).append(path.name)
            else:
                found.append(path)
            continue
        for one in _below(path):
            why = _why_not(path, one)
            if why is None:
                found.append(path / one)
            else:
                passed.setdefault(why, []).append(one.as_posix())
    for why, names in passed.items():
        told = M("{why}, not read: {names}", why=why, names=tuple(names))
        streams.error(inert(spoken.say(told)))
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Yield what a folder and those in it hold, relative to it: files, and links to folders, which are not followed."""

    def fail(error: OSError) -> None:
        raise error

    for held, folders, files in os.walk(folder, onerror=fail):
        folders.sort()
        links = [name for name in folders if (Path(held) / name).is_symlink()]
        yield from (Path(held, name).relative_to(folder) for name in sorted([*files, *links]))


def _why_not(folder: Path, path: Path) -> Message | None:
    """Return why a file in a folder is not looked into; None where it is a workbook by its name."""
    if path.name.startswith(_LOCK):
        return _LOCKS
    if any(part.startswith(".") for part in path.parts):
        return M("Hidden files")
    if (folder / path).is_dir():
        return M("Links to folders")
    return None if path.suffix.casefold() in _WORKBOOKS else M("No workbooks")


def _read_all(
    loaded: Loaded,
    paths: list[Path],
    plan: str | None,
    period: str | None,
    received: datetime.date,
    *,
    partial: bool,
    spoken: Language,
) -> _Read:
    """Read every file; all are forms of one plan: the one named, else of the first that says, else the latest."""
    from d8plan.sheets.forms import form
    from d8plan.sheets.forms.reading import find_marks, read
    from d8plan.sheets.reading import find_marks as find_annex
    from d8plan.sheets.reading import lines
    from d8plan.storage.excel.guard import RefusedError
    from d8plan.storage.excel.reader import read as read_grids

    if not paths:
        raise CommandError(M("There is no workbook to read"), USAGE, M("Name forms, .xlsx, or a folder of them"))
    named = choose_plan(loaded, plan) if plan else None
    opened: dict[Path, tuple[Grid, ...]] = {}
    forms: list[tuple[Path, Filled]] = []
    faults: dict[Path, list[str]] = {}
    progress = Progress(len(paths))
    for number, path in enumerate(paths, 1):
        progress.show(number, path)
        try:
            opened[path] = read_grids(path)
        except RefusedError as error:
            faults[path] = [spoken.say(error.message)]
    progress.erase()
    said = [marks.plan for grids in opened.values() if (marks := find_marks(grids)) is not None]
    known = [loaded.dataset.plans[one] for one in said if one in loaded.dataset.plans]
    files = named or (known or [choose_plan(loaded, None)])[0]
    only = chosen_period(files, period)
    form_of = functools.partial(form, loaded.dataset, prove(loaded).ledger, files)
    for path, grids in opened.items():
        marks = find_marks(grids)
        if marks is None and find_annex(grids) is not None:
            told = M("This is an annex, not a report: “{command}” takes it", command="d8plan import-appendix")
            faults[path] = [spoken.say(told)]
            continue
        if marks is not None and marks.plan != files.id:
            told = M("It is a form of plan {plan}, not of {other}", plan=marks.plan, other=files.id)
            faults[path] = [spoken.say(told)]
            continue
        found = read(loaded.dataset, files, grids, form_of, only=only, received=received, partial=partial)
        for line in lines(found.notes):
            streams.people(inert(f"{printable(path.name)}: {spoken.say(line)}") + "\n")
        if found.faults:
            faults[path] = [spoken.say(line) for line in lines(found.faults)]
        forms += [(path, one) for one in found.forms] if not found.faults else []
    return _Read(files, forms, faults)


def _tell_faults(faults: dict[Path, list[str]], *, skip_refused: bool, spoken: Language) -> None:
    """Tell every file with a fault, and raise, unless these are left out."""
    for path, told in faults.items():
        for one in told:
            streams.error(inert(f"{printable(path.name)}: {one}"))
    if not faults:
        return
    count = M("Forms that cannot be taken: {count}", count=len(faults))
    if skip_refused:
        streams.error(spoken.say(M("{told}; they are left out", told=count)))
        return
    raise CommandError(
        M("{told}. Nothing was written", told=count),
        UNUSABLE,
        M("Correct them and import all again, or take the others with --skip-refused"),
    )


def _written(loaded: Loaded, files: PlanFiles, reports: dict[str, dict[str, dict[str, Any]]]) -> dict[str, bytes]:
    """Return the content of each file of results that changes."""
    from d8plan.storage.data import splice, strict_yaml
    from d8plan.storage.data.yaml_text import new_file

    made = {}
    for period, held in reports.items():
        name = file_of(files, period)
        try:
            content = loaded.contents.get(name)
            if content is None:
                made[name] = new_file("results", 4, _COMMENT, {"reports": held})
            else:
                changes = splice.differences((), strict_yaml.read(content).data, {"reports": held})
                made[name] = splice.splice(content, changes)
        except EditError as error:
            raise CommandError(M("{path}: {reason}", path=name, reason=error.message), UNUSABLE) from None
    return made
