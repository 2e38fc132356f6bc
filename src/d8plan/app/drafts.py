"""Start the draft of the next plan from an earlier one."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.app.editing import as_if, require_text
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.workspace import Workspace, prove, unread_plans
from d8plan.checks.unfinished import UNFINISHED
from d8plan.edits.drafting import Draft, DraftRequest, draft
from d8plan.edits.drafting.first import RefusedNameError, levels_typed
from d8plan.edits.drafting.periods import period_named
from d8plan.edits.figures import new_errors
from d8plan.models.files import PlanFiles
from d8plan.models.places import PLANS
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.splice import splice
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.text.message import M, Message
from d8plan.views.table import Audience, Column, Table, View


class Drafted(NamedTuple):
    """A draft that holds as far as it goes."""

    files: dict[str, bytes]
    """What is to be written, by name."""
    targets: View
    """The proposed targets, and what they follow from."""
    notes: list[Message]
    """Who is gone, and what is still to be filled in."""


def start_plan(workspace: Workspace, plan: str, source: str | None, title: str | None, levels: str | None) -> Drafted:
    """Return the draft of a plan started from another; raise CommandError where it cannot be started as asked."""
    ask = _ask(plan, title, levels)
    plans = workspace.dataset.plans
    if plan in plans or plan in unread_plans(workspace.loaded):
        raise CommandError(M("Plan {plan} exists", plan=plan), USAGE, M("Name another, or delete its folder first"))
    if source is None:
        raise CommandError(
            M("Name the plan to start from with --from"), USAGE, M("There are: {names}", names=tuple(plans))
        )
    old = workspace.plan(source)
    made = draft(workspace.dataset, workspace.report.ledger, old, ask)
    if not made.files["plan.yaml"]["units"]:
        raise CommandError(
            M("No unit of plan {plan} exists in {year}", plan=old.id, year=ask.span.first),
            UNUSABLE,
            M("Name their successors in units.yaml"),
        )
    files = _files(workspace, old, ask, made)
    after = as_if(workspace.loaded, files)
    findings = prove(after).findings
    # What is drafted holds as far as it goes.
    if errors := new_errors(workspace.findings, (*after.findings, *findings)):
        raise CommandError(
            M("The draft would not hold: {code} {message}", code=errors[0].rule.code, message=errors[0].message),
            UNUSABLE,
            M("Nothing was written. Correct the plan it is started from; if nothing is wrong there, report this"),
        )
    unfinished = [finding for finding in findings if finding.plan == plan and finding.rule.code in UNFINISHED]
    return Drafted(files, _view(workspace, old, made, plan), _notes(workspace, made, plan, len(unfinished)))


def _ask(plan: str, title: str | None, levels: str | None) -> DraftRequest:
    span = period_named(plan)
    if span is None:
        raise CommandError(
            M("“{name}” names no years", name=plan), USAGE, M("Name the plan by its years: 2025, or 2026-2030")
        )
    if title is not None and not title.strip():
        raise CommandError(M("The title is empty"), USAGE)
    for option, text in (("--title", title), ("--levels", levels)):
        require_text(option, text or "")
    try:
        return DraftRequest(plan, span, title, None if levels is None else levels_typed(levels))
    except RefusedNameError as error:
        raise CommandError(error.message, USAGE, error.action) from None


def _files(workspace: Workspace, old: PlanFiles, ask: DraftRequest, made: Draft) -> dict[str, bytes]:
    """Return the content of each file of the draft, and documents.yaml with its document."""
    loaded = workspace.loaded
    since = workspace.names.cite(old.plan.document).document
    comment = (
        f"Draft of {ask.plan}, started from plan {old.id} ({since}). “d8plan validate” lists what is to be filled in."
    )
    document, entry = made.document
    try:
        drafted = {
            f"{PLANS}/{ask.plan}/{name}": new_file(name.removesuffix(".yaml"), _depth(loaded, old), comment, data)
            for name, data in made.files.items()
        }
        registered = splice(loaded.contents["documents.yaml"], {("documents", document): entry})
    except EditError as error:
        raise CommandError(error.message, UNUSABLE) from None
    return {**drafted, "documents.yaml": registered}


def _depth(loaded: Loaded, old: PlanFiles) -> int:
    """Return how many folders above a plan's the schemas are, as the old plan's own file says."""
    head = loaded.line(f"{PLANS}/{old.id}/plan.yaml", 1)
    return head.count("../") or 3


def _notes(workspace: Workspace, made: Draft, plan: str, unfinished: int) -> list[Message]:
    names = workspace.names
    notes: list[Message] = [
        M("{unit} no longer exists; in its place: {names}", unit=before, names=now) for before, now in made.levels
    ]
    for unit, heirs in made.gone:
        name, successors = names.unit(unit), tuple(names.unit(heir) for heir in heirs)
        gone = M("{unit} no longer exists and was left out", unit=name)
        in_its_place = M("{unit} no longer exists; in its place: {names}", unit=name, names=successors)
        notes.append(in_its_place if successors else gone)
    if made.unplanned:
        years = tuple(map(str, made.unplanned))
        notes.append(
            M("Years of the phase without a plan here, so their targets are not taken out: {years}", years=years)
        )
    if made.to_come:
        years = tuple(map(str, made.to_come))
        notes.append(M("What is proposed is for years of the phase to come too: {years}", years=years))
    notes.append(M("Still to allot or to fill in: {count}", count=unfinished))
    commands = {"first": f"d8plan allocate {plan} --all", "second": f"d8plan validate {plan}"}
    notes.append(M("Next: “{first}” proposes allotments, “{second}” lists what is missing", **commands))
    return notes


def _view(workspace: Workspace, old: PlanFiles, made: Draft, plan: str) -> View:
    before, names = old.allocations.indicators, workspace.names
    columns = (
        Column("indicator", numeric=False, audience=Audience.MACHINES),
        Column("name", M("Indicator"), numeric=False),
        Column("unit_of_measure", M("Unit"), numeric=False),
        Column("old", M("Plan {plan}", plan=old.id)),
        Column("target", M("Proposed")),
        Column("follows", M("Follows from"), numeric=False),
    )
    rows = tuple(
        (
            target.indicator,
            names.indicator(target.indicator).short_name,
            names.indicator(target.indicator).unit_of_measure,
            before[target.indicator].amount,
            target.value,
            target.reason,
        )
        for target in made.targets
    )
    return View(M("Draft of plan {plan}", plan=plan), (), (Table("targets", M("Targets"), columns, rows),))
