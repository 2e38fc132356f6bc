"""Where plans stand: state, open findings, what is still to allot, the next report."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from d8plan.checks import Report
from d8plan.checks.unfinished import UNFINISHED
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.text.message import Amount, M, Message
from d8plan.views.progress import Progress
from d8plan.views.table import Audience, Column, Table, Value, View


def status(dataset: Dataset, report: Report, unread: Iterable[Finding], today: datetime.date, folder: str) -> View:
    """Return a row a plan; ``unread`` are findings about files that could not be read."""
    found = (*unread, *report.findings)
    columns = (
        Column("plan", M("Plan"), numeric=False),
        Column("title", numeric=False, audience=Audience.MACHINES),
        Column("document", M("Document"), numeric=False),
        Column("state", M("State"), numeric=False),
        Column("errors", M("Errors")),
        Column("warnings", M("Warnings")),
        Column("unfinished", M("To allot or fill in")),
        Column("next_report", M("Next report due"), numeric=False),
    )
    phases = {files.plan.phase for files in dataset.plans.values()}
    rows = tuple(
        _row(dataset, report, files, found, today, is_phase=files.id in phases) for files in dataset.plans.values()
    )
    return View(M("Where the plans stand: {folder}", folder=folder), (), (Table("plans", M("Plans"), columns, rows),))


def _row(
    dataset: Dataset,
    report: Report,
    files: PlanFiles,
    found: Iterable[Finding],
    today: datetime.date,
    *,
    is_phase: bool,
) -> tuple[Value, ...]:
    mine = [one for one in found if one.plan in (files.id, None)]
    unfinished = sum(one.rule.code in UNFINISHED for one in mine)
    errors, warnings = (
        sum(one.severity is severity for one in mine) for severity in (Severity.ERROR, Severity.WARNING)
    )
    return (
        files.id,
        files.plan.title,
        Names(dataset).cite(files.plan.document, ()).document,
        files.state.label,
        errors,
        warnings,
        unfinished,
        None if is_phase else _next_report(Progress(dataset, report.ledger, files, today), today),
    )


def _next_report(progress: Progress, today: datetime.date) -> Message | None:
    """Return the period whose report is awaited next, its due day, and how many have not reported."""
    awaited = progress.next_due()
    if awaited is None:
        return None
    period, due, absent = awaited
    told = M("{period}, due {date}, not yet: {count}", period=period.name, date=due, count=Amount(len(absent)))
    return M("{report} (overdue)", report=told) if due < today else told
