"""``d8plan seal``."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import Options, choose_plan, find_folder, prove, require_whole
from d8plan.app.editing import as_if
from d8plan.app.errors import FINDINGS, USAGE, CommandError
from d8plan.app.write_lock import holding, write
from d8plan.checks import Report, sealed
from d8plan.checks.unfinished import UNFINISHED
from d8plan.models.base import parse_date
from d8plan.models.files import SEAL, Dataset, PlanFiles
from d8plan.models.findings import Severity
from d8plan.models.registry import Document
from d8plan.models.seal import Seal, digest
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.seals import written
from d8plan.text.language import Language, language
from d8plan.text.message import Amount, M
from d8plan.text.names import find_names

TAKEN_OVER = frozenset({one.code for one in (sealed.RECORD_CHANGED, sealed.ADDED, sealed.LOST, sealed.UNSEALED)})
"""Findings that sealing again settles."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("seal", help=_("Seal a plan as it was signed, or take over what is kept about a sealed one."))(seal)


def seal(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help=_("The plan to seal."), show_default=False)],
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="NUMBER", help=_("Number of the signed document."), show_default=False),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help=_("Its date."), show_default=False)
    ] = None,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    folder = find_folder(options.data)
    with holding(folder):
        loaded = load(folder)
        made, contents = _made(loaded, plan, document, date, spoken)
        write(loaded, contents, spoken)
    told = M("Sealed: plan {plan}, {count} values", plan=plan, count=Amount(len(made.plan) + len(made.record)))
    streams.people(spoken.say(told) + "\n")


def _made(
    loaded: Loaded, plan: str, document: str | None, date: str | None, spoken: Language
) -> tuple[Seal, dict[str, bytes]]:
    """Return the seal of a plan, and the content of each file that changes with it."""
    from d8plan.edits import sealing

    require_whole(loaded)
    files = choose_plan(loaded, plan)
    if files.seal is None:
        made = sealing.seal_plan(files, *_signed(loaded.dataset, files, document, date, spoken))
    elif document or date:
        raise CommandError(
            M("Plan {plan} is sealed already", plan=files.id),
            USAGE,
            M("List what a later document changes in a file of amendments/"),
        )
    else:
        made = sealing.renew(files.seal, files)
    _refuse_faults(prove(loaded), files, made, loaded.dataset)
    top = sealing.seal_registers(loaded.dataset, made, files.id)
    contents = {files.file(SEAL): written(made), SEAL: written(top)}
    as_if(loaded, contents)
    return made, contents


def _signed(
    dataset: Dataset, files: PlanFiles, document: str | None, date: str | None, spoken: Language
) -> tuple[str, datetime.date]:
    """Return the id of the plan's document and its date; raise where what is given is not the plan's own."""
    known = dataset.documents.documents
    own = known.get(files.plan.document)
    if own is None or own.number is None or own.date is None:
        raise CommandError(
            M("The document of plan {plan} has no number or date", plan=files.id),
            FINDINGS,
            M("Write both in documents.yaml"),
        )
    if document is None or date is None:
        raise CommandError(
            M("Plan {plan} is a draft: to seal it, name the document that was signed and its date", plan=files.id),
            USAGE,
            M("“{command}”", command=f'd8plan seal {files.id} --document "{own.number}" --date {own.date}'),
        )
    if files.plan.document not in find_names(document, _spellings(known)):
        raise CommandError(
            M("Plan {plan} is document {number}, not “{given}”", plan=files.id, number=own.number, given=document),
            USAGE,
        )
    try:
        given = parse_date(date)
    except ValueError:
        raise CommandError(M("“{value}” is not a date", value=date), USAGE, M("Write a date as YYYY-MM-DD")) from None
    if given != own.date:
        raise CommandError(
            M("Document {number} is of {date} in documents.yaml", number=own.number, date=spoken.date(own.date)),
            USAGE,
            M("Correct the date here or there"),
        )
    return files.plan.document, own.date


def _spellings(known: dict[str, Document]) -> dict[str, list[str]]:
    return {key: [document.number or key, key] for key, document in known.items()}


def _refuse_faults(report: Report, files: PlanFiles, made: Seal, dataset: Dataset) -> None:
    """Raise where the plan has errors, or another seal of it was known: neither is to be sealed over."""
    before = dataset.seal.plans.get(files.id) if dataset.seal else None
    if before not in (None, digest((files.seal or made).said())):
        raise CommandError(
            M("Plan {plan} was sealed before, with another seal", plan=files.id),
            FINDINGS,
            M("Restore it from git"),
        )
    others = any(other.seal for other in dataset.plans.values() if other.id != files.id)
    if dataset.seal is None and others:
        raise CommandError(
            M("Plans are sealed, and the seal of the shared files is missing"), FINDINGS, M("Restore it from git")
        )
    unfinished = [one for one in report.findings if one.plan == files.id and one.rule.code in UNFINISHED]
    if unfinished:
        raise CommandError(
            M("Plan {plan} still has something to allot or to fill in: {count}", plan=files.id, count=len(unfinished)),
            FINDINGS,
            M("“{command}” shows it", command=f"d8plan validate {files.id} --select {','.join(sorted(UNFINISHED))}"),
        )
    errors = [
        finding
        for finding in report.findings
        if Severity.ERROR in (finding.severity, finding.rule.severity)  # what a plan makes matter less fails still
        and finding.plan in (None, files.id)
        and finding.rule.code not in TAKEN_OVER
    ]
    if errors:
        raise CommandError(
            M("Plan {plan} has errors, and what is wrong is not sealed", plan=files.id),
            FINDINGS,
            M(
                "“{command}” shows them; record what the signed text gets wrong as exceptions",
                command="d8plan validate",
            ),
        )
