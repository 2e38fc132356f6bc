"""``d8plan new``."""

from __future__ import annotations

import re
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.checks.unfinished import UNFINISHED
from d8plan.cli import streams
from d8plan.cli.data import Options, choose_plan, find_folder, prove, require_whole, unread_plans
from d8plan.cli.editing import as_if
from d8plan.cli.editing_options import DryRun
from d8plan.cli.errors import UNUSABLE, USAGE, CommandError
from d8plan.cli.holding import holding, write
from d8plan.cli.proposals import show_view
from d8plan.drafting import Ask, Draft, draft
from d8plan.language import Language, language
from d8plan.ledger import cite, unit_name
from d8plan.message import M, Message
from d8plan.models.files import PLANS, Dataset, PlanFiles
from d8plan.store.loader import Loaded, load
from d8plan.store.new_files import new_file
from d8plan.store.splice import EditError, splice
from d8plan.view import Audience, Column, Table, View

_PERIOD = re.compile(r"(?P<first>(?:19|20)[0-9]{2})(-(?P<last>(?:19|20)[0-9]{2}))?")
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
        str, typer.Option("--from", metavar="PLAN", help=_("The plan to start from."), show_default=False)
    ],
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
    with holding(folder):
        loaded = load(folder)
        require_whole(loaded)
        if plan in loaded.dataset.plans or plan in unread_plans(loaded):
            raise CommandError(M("Plan {plan} exists", plan=plan), USAGE, M("Name another, or delete its folder first"))
        old = choose_plan(loaded, source)
        made = draft(loaded.dataset, prove(loaded).ledger, old, ask)
        files = _files(loaded, old, ask, made)
        after = as_if(loaded, files)
        _tell(loaded, after, old, made, spoken, plan)
        if not dry_run:
            write(loaded, files, spoken)


def _ask(plan: str, title: str | None, levels: str | None) -> Ask:
    found = _PERIOD.fullmatch(plan)
    first = int(found["first"]) if found else 0
    last = int(found["last"] or first) if found else -1
    if last < first or plan == f"{first}-{first}":
        raise CommandError(
            M("“{name}” names no years", name=plan), USAGE, M("Name the plan by its years: 2025, or 2026-2030")
        )
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
    return Ask(plan, first, last, title, named)


def _files(loaded: Loaded, old: PlanFiles, ask: Ask, made: Draft) -> dict[str, bytes]:
    """Return the content of each file of the draft, and documents.yaml with its document."""
    since = cite(loaded.dataset, old.plan.document, ()).document
    comment = (
        f"Draft of {ask.plan}, started from plan {old.id} ({since}). “d8plan validate” lists what is to be filled in."
    )
    held = {
        f"{PLANS}/{ask.plan}/{name}": new_file(name.removesuffix(".yaml"), 3, comment, data)
        for name, data in made.files.items()
    }
    document, entry = made.document
    try:
        registered = splice(loaded.contents["documents.yaml"], {("documents", document): entry})
    except EditError as error:
        raise CommandError(error.message, UNUSABLE) from None
    return {**held, "documents.yaml": registered}


def _tell(loaded: Loaded, after: Loaded, old: PlanFiles, made: Draft, spoken: Language, plan: str) -> None:
    """Show the proposed targets, what they follow from, who is gone, and what is still to be filled in."""
    show_view(_view(loaded.dataset, old, made, plan), spoken)

    told: list[Message] = []
    for unit, heirs in made.gone:
        name = unit_name(loaded.dataset, unit)
        names = tuple(unit_name(loaded.dataset, one) for one in heirs)
        gone = M("{unit} no longer exists and was left out", unit=name)
        told.append(M("{unit} no longer exists; in its place: {names}", unit=name, names=names) if names else gone)
    if made.unplanned:
        years = tuple(str(year) for year in made.unplanned)
        told.append(
            M("Years of the phase without a plan here, so their targets are not taken out: {years}", years=years)
        )
    unfinished = [one for one in prove(after).findings if one.plan == plan and one.rule.code in UNFINISHED]
    told.append(M("Still to allot or to fill in: {count}", count=len(unfinished)))
    commands = {"first": f"d8plan allocate {plan} --all", "second": f"d8plan validate {plan}"}
    told.append(M("Next: “{first}” proposes allotments, “{second}” lists what is missing", **commands))
    streams.people("".join(f"{spoken.say(one)}\n" for one in told))


def _view(dataset: Dataset, old: PlanFiles, made: Draft, plan: str) -> View:
    known = dataset.indicators.indicators if dataset.indicators else {}
    before = old.allocations.indicators if old.allocations else {}
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
            M("what phase {phase} leaves", phase=made.phase or "") if one.of_phase else M("the earlier plan"),
        )
        for one in made.targets
    )
    return View(M("Draft of plan {plan}", plan=plan), (), (Table("targets", M("Targets"), columns, rows),))
