"""Collect report forms that were filled in: which files they are, what they say, what becomes of the data."""

from __future__ import annotations

import datetime
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from d8plan.app.choice import chosen_day, chosen_period
from d8plan.app.editing import as_if
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.voice import Voice
from d8plan.app.workspace import Workspace, prove
from d8plan.checks.results import BEYOND
from d8plan.edits.figures import new_errors
from d8plan.ledger.results import file_of
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding
from d8plan.sheets.forms import form
from d8plan.sheets.forms.corrections import Taken, refusals, take
from d8plan.sheets.forms.reading import Filled, find_marks, read
from d8plan.sheets.reading import find_marks as find_annex
from d8plan.sheets.reading import lines
from d8plan.storage.data import splice, strict_yaml
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.storage.excel.guard import RefusedWorkbookError
from d8plan.storage.excel.reader import read as read_grids
from d8plan.text.message import M, Message
from d8plan.text.names import printable

if TYPE_CHECKING:
    from d8plan.text.cells import Grid

_COMMENT = "What units report; written by “d8plan import-report”, which keeps what was corrected under “earlier”."
"""Head of a new file of results."""
_LOCK = "~$"
"""How the names of files begin that Excel keeps beside a workbook while it is open."""
_LOCKS = M("Lock files of workbooks that are open")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".xlt", ".ods", ".fods", ".ots")
"""Endings of what somebody may have filled a form in with; what is not read of them is refused by its kind."""


class ReportRequest(NamedTuple):
    """What is to be collected, as it was typed."""

    paths: tuple[Path, ...]
    """Forms, or folders of them."""
    plan: str | None = None
    period: str | None = None
    received: str | None = None
    """The day on which they came in; today where None."""
    partial: bool = False
    """Whether rows may be missing."""
    skip_refused: bool = False
    """Whether forms that cannot be read are left out."""
    older: bool = False
    """Whether forms are taken that are older than the report that is there."""


class Collected(NamedTuple):
    """What forms come to."""

    plan: PlanFiles
    taken: Taken
    files: dict[str, bytes]
    """Content of each file of results that changes, by name; empty where nothing changes."""
    warnings: list[Finding]
    """Results far beyond the plan that they bring."""
    errors: list[Finding]
    """Errors that they bring."""


class _Forms(NamedTuple):
    """What was read of the files."""

    plan: PlanFiles
    forms: list[tuple[Path, Filled]]
    faults: dict[Path, list[Message]]


def collect(workspace: Workspace, request: ReportRequest) -> Collected:
    """Return what the forms named change; raise CommandError where some cannot be taken, unless they are skipped.

    Each file that is not read, and each fault, is told to the workspace's voice.
    """
    received = _day_received(request.received)
    forms = _read_all(workspace, _workbooks(request.paths, workspace.voice), request, received)
    reasons = refusals(workspace.dataset, forms.plan, [form for _, form in forms.forms], received, older=request.older)
    for (path, filled), reason in zip(forms.forms, reasons, strict=True):
        if reason is not None:
            told = M("{place}: {told}", place=f"{filled.where.sheet}!{filled.where.cell}", told=reason)
            forms.faults.setdefault(path, []).append(told)
    _tell_faults(forms.faults, workspace.voice, skip_refused=request.skip_refused)
    taken = take(forms.plan, [filled for path, filled in forms.forms if path not in forms.faults], received)
    if not taken.reports:
        return Collected(forms.plan, taken, {}, [], [])
    files = _written(workspace, forms.plan, taken.reports)
    cells = {
        place: f"{path.name}: {at.sheet}!{at.cell}"
        for path, filled in forms.forms
        for place, at in filled.cells.items()
    }
    after = as_if(workspace.loaded, files, cells)
    before, proposed = workspace.findings, (*after.findings, *prove(after).findings)
    # What a form corrects is kept as it was said: a fault of it is not the form's.
    errors = [finding for finding in new_errors(before, proposed) if "earlier" not in finding.place.keys[2:3]]
    known = {finding.place for finding in before if finding.rule is BEYOND}
    warnings = [finding for finding in proposed if finding.rule is BEYOND and finding.place not in known]
    return Collected(forms.plan, taken, files, warnings, errors)


def _day_received(typed: str | None) -> datetime.date:
    """Return the day on which forms came in, which is not to come yet."""
    day = chosen_day(typed)
    if day > datetime.date.today():
        raise CommandError(M("{date} is still to come", date=day), USAGE, M("Leave out --received, or correct it"))
    return day


def _workbooks(paths: tuple[Path, ...], voice: Voice) -> list[Path]:
    """Return the workbooks named and those in folders, whatever their kind; tell of each other file why it is not read.

    One that is named is no workbook only where it is a lock file, which a pattern such as ``*.xlsx`` names as well.
    """
    workbooks: list[Path] = []
    passed: dict[Message, list[str]] = {}
    for path in paths:
        if not path.is_dir():
            if path.name.startswith(_LOCK):
                passed.setdefault(_LOCKS, []).append(path.name)
            else:
                workbooks.append(path)
            continue
        for below in _below(path):
            why = _why_not(path, below)
            if why is None:
                workbooks.append(path / below)
            else:
                passed.setdefault(why, []).append(below.as_posix())
    for why, names in passed.items():
        voice.warn(M("{why}, not read: {names}", why=why, names=tuple(names)))
    return workbooks


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


def _read_all(workspace: Workspace, paths: list[Path], request: ReportRequest, received: datetime.date) -> _Forms:
    """Read every file; all are forms of one plan: the one named, else of the first that says, else the latest."""
    if not paths:
        raise CommandError(M("There is no workbook to read"), USAGE, M("Name forms, .xlsx, or a folder of them"))
    dataset, voice = workspace.dataset, workspace.voice
    named = workspace.plan(request.plan) if request.plan else None
    opened: dict[Path, tuple[Grid, ...]] = {}
    result: list[tuple[Path, Filled]] = []
    faults: dict[Path, list[Message]] = {}
    for path in voice.steps(paths):
        try:
            opened[path] = read_grids(path)
        except RefusedWorkbookError as error:
            faults[path] = [error.message]
    said = [marks.plan for grids in opened.values() if (marks := find_marks(grids)) is not None]
    known = [dataset.plans[plan] for plan in said if plan in dataset.plans]
    files = named or (known or [workspace.plan()])[0]
    only = chosen_period(files, request.period)
    form_of = functools.partial(form, dataset, workspace.report.ledger, files)
    for path, grids in opened.items():
        marks = find_marks(grids)
        if marks is None and find_annex(grids) is not None:
            command = "d8plan import-appendix"
            faults[path] = [M("This is an annex, not a report: “{command}” takes it", command=command)]
            continue
        if marks is not None and marks.plan != files.id:
            faults[path] = [M("It is a form of plan {plan}, not of {other}", plan=marks.plan, other=files.id)]
            continue
        reading = read(dataset, files, grids, form_of, only=only, received=received, partial=request.partial)
        for line in lines(reading.notes):
            voice.say(M("{path}: {reason}", path=printable(path.name), reason=line))
        if reading.faults:
            faults[path] = lines(reading.faults)
        else:
            result += [(path, filled) for filled in reading.forms]
    return _Forms(files, result, faults)


def _tell_faults(faults: dict[Path, list[Message]], voice: Voice, *, skip_refused: bool) -> None:
    """Tell every file with a fault, and raise, unless these are left out."""
    for path, reasons in faults.items():
        for reason in reasons:
            voice.warn(M("{path}: {reason}", path=printable(path.name), reason=reason))
    if not faults:
        return
    count = M("Forms that cannot be taken: {count}", count=len(faults))
    if skip_refused:
        voice.warn(M("{told}; they are left out", told=count))
        return
    raise CommandError(
        M("{told}. Nothing was written", told=count),
        UNUSABLE,
        M("Correct them and import all again, or take the others with --skip-refused"),
    )


def _written(workspace: Workspace, files: PlanFiles, reports: dict[str, dict[str, dict[str, Any]]]) -> dict[str, bytes]:
    """Return the content of each file of results that changes."""
    made = {}
    for period, held in reports.items():
        name = file_of(files, period)
        try:
            content = workspace.loaded.contents.get(name)
            if content is None:
                made[name] = new_file("results", 4, _COMMENT, {"reports": held})
            else:
                changes = splice.differences((), strict_yaml.read(content).data, {"reports": held})
                made[name] = splice.splice(content, changes)
        except EditError as error:
            raise CommandError(M("{path}: {reason}", path=name, reason=error.message), UNUSABLE) from None
    return made
