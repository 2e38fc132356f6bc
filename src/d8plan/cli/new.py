"""``d8plan new``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import (
    Options,
    choose_plan,
    find_folder,
    open_folder,
    prove,
    require_whole,
    unread_plans,
)
from d8plan.app.editing import as_if
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.preview import show_view
from d8plan.app.write_lock import holding, write
from d8plan.checks.unfinished import UNFINISHED
from d8plan.cli.editing_options import DryRun, require_text
from d8plan.edits import figures as edits
from d8plan.edits.drafting import Ask, Draft, draft
from d8plan.edits.drafting.periods import period_named
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding
from d8plan.models.places import PLANS
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.splice import splice
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.text.language import Language, language
from d8plan.text.message import M, Message
from d8plan.views.table import Audience, Column, Table, View

_LEVEL = re.compile(r"\s*(?P<id>[a-z0-9]+(-[a-z0-9]+)*)\s*=\s*(?P<name>[^=,]*[^=,\s])\s*")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new", help=_("Start the draft of the next plan from an earlier one."))(new)


def new(
    context: typer.Context,
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help=_("The new plan: 2025, or 2026-2030."), show_default=False)
    ],
    source: Annotated[
        str | None, typer.Option("--from", metavar="PLAN", help=_("The plan to start from."), show_default=False)
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help=_("Title; else the old one’s."), show_default=False)
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            "--levels",
            metavar="ID=NAME,…",
            help=_("Other levels: province=Cấp tỉnh,commune=Cấp xã."),
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    ask = _ask(plan, title, levels)
    folder = find_folder(options.data)
    if dry_run:
        _drafted(open_folder(folder), ask, source, spoken)
        return
    with holding(folder):
        loaded = load(folder)
        write(loaded, _drafted(loaded, ask, source, spoken), spoken)


def _drafted(loaded: Loaded, ask: Ask, source: str | None, spoken: Language) -> dict[str, bytes]:
    """Show the draft; return what is to be written."""
    require_whole(loaded)
    plans = loaded.dataset.plans
    if ask.plan in plans or ask.plan in unread_plans(loaded):
        raise CommandError(M("Plan {plan} exists", plan=ask.plan), USAGE, M("Name another, or delete its folder first"))
    if source is None:
        raise CommandError(
            M("Name the plan to start from with --from"), USAGE, M("There are: {names}", names=tuple(plans))
        )
    old = choose_plan(loaded, source)
    report = prove(loaded)
    made = draft(loaded.dataset, report.ledger, old, ask)
    if not made.files["plan.yaml"]["units"]:
        raise CommandError(
            M("No unit of plan {plan} exists in {year}", plan=old.id, year=ask.span.first),
            UNUSABLE,
            M("Name their successors in units.yaml"),
        )
    files = _files(loaded, old, ask, made)
    after = as_if(loaded, files)
    _refuse_errors((*loaded.findings, *report.findings), (*after.findings, *prove(after).findings))
    _tell(loaded, after, old, made, spoken, ask.plan)
    return files


def _ask(plan: str, title: str | None, levels: str | None) -> Ask:
    span = period_named(plan)
    if span is None:
        raise CommandError(
            M("“{name}” names no years", name=plan), USAGE, M("Name the plan by its years: 2025, or 2026-2030")
        )
    if title is not None and not title.strip():
        raise CommandError(M("The title is empty"), USAGE)
    for option, text in (("--title", title), ("--levels", levels)):
        require_text(option, text or "")
    named = None
    if levels is not None:
        pieces = [_LEVEL.fullmatch(piece) for piece in levels.split(",")]
        named = {one["id"]: one["name"] for one in pieces if one}
        if len(named) < len(pieces):
            raise CommandError(
                M("“{value}” names no levels", value=levels),
                USAGE,
                M("Write it as {example}", example='--levels "province=Cấp tỉnh,commune=Cấp xã"'),
            )
    return Ask(plan, span, title, named)


def _files(loaded: Loaded, old: PlanFiles, ask: Ask, made: Draft) -> dict[str, bytes]:
    """Return the content of each file of the draft, and documents.yaml with its document."""
    since = Names(loaded.dataset).cite(old.plan.document, ()).document
    comment = (
        f"Draft of {ask.plan}, started from plan {old.id} ({since}). “d8plan validate” lists what is to be filled in."
    )
    document, entry = made.document
    try:
        held = {
            f"{PLANS}/{ask.plan}/{name}": new_file(name.removesuffix(".yaml"), _depth(loaded, old), comment, data)
            for name, data in made.files.items()
        }
        registered = splice(loaded.contents["documents.yaml"], {("documents", document): entry})
    except EditError as error:
        raise CommandError(error.message, UNUSABLE) from None
    return {**held, "documents.yaml": registered}


def _depth(loaded: Loaded, old: PlanFiles) -> int:
    """Return how many folders above a plan's the schemas are, as the old plan's own file says."""
    head = loaded.line(f"{PLANS}/{old.id}/plan.yaml", 1)
    return head.count("../") or 3


def _refuse_errors(before: Iterable[Finding], after: Iterable[Finding]) -> None:
    """Raise where a draft would bring an error: what is drafted holds as far as it goes."""
    if errors := edits.new_errors(before, after):
        raise CommandError(
            M("The draft would not hold: {code} {message}", code=errors[0].rule.code, message=errors[0].message),
            UNUSABLE,
            M("Nothing was written. Correct the plan it is started from; if nothing is wrong there, report this"),
        )


def _tell(loaded: Loaded, after: Loaded, old: PlanFiles, made: Draft, spoken: Language, plan: str) -> None:
    """Show the proposed targets, what they follow from, who is gone, and what is still to be filled in."""
    show_view(_view(loaded.dataset, old, made, plan), spoken)

    told: list[Message] = [
        M("{unit} no longer exists; in its place: {names}", unit=before, names=now) for before, now in made.levels
    ]
    for unit, heirs in made.gone:
        name = Names(loaded.dataset).unit(unit)
        names = tuple(Names(loaded.dataset).unit(one) for one in heirs)
        gone = M("{unit} no longer exists and was left out", unit=name)
        told.append(M("{unit} no longer exists; in its place: {names}", unit=name, names=names) if names else gone)
    if made.unplanned:
        years = tuple(str(year) for year in made.unplanned)
        told.append(
            M("Years of the phase without a plan here, so their targets are not taken out: {years}", years=years)
        )
    if made.to_come:
        years = tuple(str(year) for year in made.to_come)
        told.append(M("What is proposed is for years of the phase to come too: {years}", years=years))
    unfinished = [one for one in prove(after).findings if one.plan == plan and one.rule.code in UNFINISHED]
    told.append(M("Still to allot or to fill in: {count}", count=len(unfinished)))
    commands = {"first": f"d8plan allocate {plan} --all", "second": f"d8plan validate {plan}"}
    told.append(M("Next: “{first}” proposes allotments, “{second}” lists what is missing", **commands))
    streams.people("".join(f"{spoken.say(one)}\n" for one in told))


def _view(dataset: Dataset, old: PlanFiles, made: Draft, plan: str) -> View:
    known = dataset.indicators.indicators
    before = old.allocations.indicators
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
            one.indicator,
            known[one.indicator].short_name if one.indicator in known else one.indicator,
            known[one.indicator].unit_of_measure if one.indicator in known else "",
            before[one.indicator].target,
            one.value,
            one.reason,
        )
        for one in made.targets
    )
    return View(M("Draft of plan {plan}", plan=plan), (), (Table("targets", M("Targets"), columns, rows),))
