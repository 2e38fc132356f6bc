"""Seal a plan as it was signed, or take over what is kept about a sealed one."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from d8plan.app.editing import as_if
from d8plan.app.errors import FINDINGS, USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.checks import sealed
from d8plan.checks.unfinished import UNFINISHED
from d8plan.edits import sealing
from d8plan.models.base import parse_date
from d8plan.models.files import SEAL, PlanFiles
from d8plan.models.findings import Severity
from d8plan.models.seal import Seal, digest
from d8plan.storage.data.seals import written
from d8plan.text.message import M
from d8plan.text.names import find_names

TAKEN_OVER = frozenset({rule.code for rule in (sealed.RECORD_CHANGED, sealed.ADDED, sealed.LOST, sealed.UNSEALED)})
"""Findings that sealing again settles."""


class Sealed(NamedTuple):
    """A plan's new seal."""

    plan: str
    seal: Seal
    files: dict[str, bytes]
    """Content of each file that changes with it, by name."""


def seal(workspace: Workspace, plan: str, document: str | None, date: str | None) -> Sealed:
    """Return the seal of a plan; ``document`` and ``date`` are those signed, of a draft.

    Raises CommandError where the plan has errors or something unfinished, or the document is not its own.
    """
    dataset, files = workspace.dataset, workspace.plan(plan)
    if files.seal is None:
        made = sealing.seal_plan(files, *_signed(workspace, files, document, date))
    elif document or date:
        raise CommandError(
            M("Plan {plan} is sealed already", plan=files.id),
            USAGE,
            M("List what a later document changes in a file of amendments/"),
        )
    else:
        made = sealing.renew(files.seal, files)
    _refuse_lost_seals(workspace, files, made)
    _refuse_faults(workspace, files)
    top = sealing.seal_registers(dataset, made, files.id)
    contents = {files.file(SEAL): written(made), SEAL: written(top)}
    as_if(workspace.loaded, contents)
    return Sealed(files.id, made, contents)


def _signed(
    workspace: Workspace, files: PlanFiles, document: str | None, date: str | None
) -> tuple[str, datetime.date]:
    """Return the id of the plan's document and its date; raise where what is given is not the plan's own."""
    own = workspace.names.document(files.plan.document)
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
    if files.plan.document not in find_names(document, workspace.names.documents()):
        raise CommandError(
            M("Plan {plan} is document {number}, not “{given}”", plan=files.id, number=own.number, given=document),
            USAGE,
        )
    try:
        typed = parse_date(date)
    except ValueError:
        raise CommandError(M("“{value}” is not a date", value=date), USAGE, M("Write a date as YYYY-MM-DD")) from None
    if typed != own.date:
        raise CommandError(
            M("Document {number} is of {date} in documents.yaml", number=own.number, date=own.date),
            USAGE,
            M("Correct the date here or there"),
        )
    return files.plan.document, own.date


def _refuse_lost_seals(workspace: Workspace, files: PlanFiles, made: Seal) -> None:
    """Raise where another seal of the plan was known, or that of the shared files is gone."""
    top, plans = workspace.dataset.seal, workspace.dataset.plans.values()
    known = top.plans.get(files.id) if top else None
    if known not in (None, digest((files.seal or made).said())):
        raise CommandError(
            M("Plan {plan} was sealed before, with another seal", plan=files.id), FINDINGS, M("Restore it from git")
        )
    if top is None and any(other.seal for other in plans if other.id != files.id):
        raise CommandError(
            M("Plans are sealed, and the seal of the shared files is missing"), FINDINGS, M("Restore it from git")
        )


def _refuse_faults(workspace: Workspace, files: PlanFiles) -> None:
    """Raise where the plan has errors, or lacks something: neither is to be sealed over."""
    findings = [finding for finding in workspace.report.findings if finding.plan in (None, files.id)]
    unfinished = [finding for finding in findings if finding.plan and finding.rule.code in UNFINISHED]
    if unfinished:
        raise CommandError(
            M("Plan {plan} still has something to allot or to fill in: {count}", plan=files.id, count=len(unfinished)),
            FINDINGS,
            M("“{command}” shows it", command=f"d8plan validate {files.id} --select {','.join(sorted(UNFINISHED))}"),
        )
    errors = [
        finding
        for finding in findings
        if Severity.ERROR in (finding.severity, finding.rule.severity)  # what a plan makes matter less fails still
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
