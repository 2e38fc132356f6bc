"""``d8plan validate``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.checks import Report
from d8plan.checks.proof import count
from d8plan.cli import streams
from d8plan.cli.data import Options, choose_plan, open_data, prove, unread_plans
from d8plan.cli.errors import FINDINGS, OK
from d8plan.findings import Finding, Located, Place
from d8plan.language import language
from d8plan.ledger import cite
from d8plan.models.files import PLANS
from d8plan.render.outcome import Accepted, Outcome, PlanLine
from d8plan.store.loader import Loaded
from d8plan.store.locate import locate


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate", help=_("Prove every total that the plans state from its parts."))(validate)


def validate(
    context: typer.Context,
    plans: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN]...", help=_("Plans to report on; all where none is named."), show_default=False),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the report."))] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help=_("Let no exception pass."))] = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    loaded = open_data(options)
    unread = unread_plans(loaded)
    chosen = list(dict.fromkeys(plan if plan in unread else choose_plan(loaded, plan).id for plan in plans or ()))
    report = prove(loaded, strict=strict)
    outcome = outcome_of(loaded, report, chosen, strict=strict)
    match form:
        case Format.JSON:
            from d8plan.render import validation_json

            streams.machines(validation_json.render(outcome, spoken))
        case Format.GITHUB:
            from d8plan.render import validation_github

            streams.machines(validation_github.render(outcome, spoken))
        case Format.TEXT:
            from d8plan.render import validation_text

            streams.people(validation_text.render(outcome, spoken, streams.paint(), streams.width()))
    raise typer.Exit(OK if outcome.ok else FINDINGS)


def outcome_of(loaded: Loaded, report: Report, chosen: list[str], *, strict: bool) -> Outcome:
    """Return what to tell of the plans chosen; all where none is."""
    found = [item for item in (*loaded.findings, *report.findings) if _concerns(item, chosen)]
    covered = [item for item in report.covered if _concerns(item, chosen)]
    cells = _cells(loaded, found)
    lines = []
    for files in loaded.dataset.plans.values():
        if not chosen or files.id in chosen:
            document = cite(loaded.dataset, files.plan.document, ()).document
            lines.append(PlanLine(files.id, files.plan.title, document, count(report.ledger, [files.id])))
    return Outcome(
        strict=strict,
        checks=report.checks,
        proof=count(report.ledger, chosen or list(loaded.dataset.plans)),
        plans=tuple(lines),
        findings=tuple(locate(loaded, found, cells)),
        accepted=tuple(_accepted(loaded, report, item) for item in locate(loaded, covered, cells)),
    )


def _cells(loaded: Loaded, findings: list[Finding]) -> dict[Place, tuple[str, str]]:
    """Return the annex's sheet and cell of each place, for the plans that have findings."""
    plans = dict.fromkeys(item.plan for item in findings if item.plan in loaded.dataset.plans)
    if not plans:
        return {}
    from d8plan.annex_layout import addresses

    return {place: cell for plan in plans if plan for place, cell in addresses(loaded.dataset, plan).items()}


def _concerns(finding: Finding, plans: list[str]) -> bool:
    """Tell whether a finding belongs to one of ``plans`` or to what all plans share."""
    if not plans or not finding.place.file.startswith(f"{PLANS}/"):
        return True
    return finding.plan in plans or finding.place.file.split("/")[1] in plans


def _accepted(loaded: Loaded, report: Report, item: Located) -> Accepted:
    entry = report.exceptions[item.finding.plan or "", item.finding.exception or ""]
    units = loaded.dataset.units
    owner = units.units.get(entry.owner) if units else None
    cited = cite(loaded.dataset, entry.citation.document, entry.citation.lines)
    return Accepted(item, entry.reason, cited, owner.name if owner else entry.owner)
