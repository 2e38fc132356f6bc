"""``d8plan allocate``."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from d8plan.app import streams, weights
from d8plan.app.data import (
    Options,
    choose,
    choose_plan,
    find_folder,
    open_folder,
    prove,
    require_whole,
    unit_spellings,
)
from d8plan.app.editing import as_if, propose, refuse_faults, spliced
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.preview import show as show_change
from d8plan.app.write_lock import holding, write
from d8plan.cli.arguments import Name, text_of
from d8plan.cli.editing_options import (
    AllowFindings,
    AmendmentDocument,
    AmendmentName,
    AmendmentReason,
    named_amendment,
)
from d8plan.cli.summary import Format, show
from d8plan.edits.allocate import EQUAL, REMAINDER, Allocator, Ask, Proposal, flat, values, view
from d8plan.edits.apportion import Bounds, MinimaError
from d8plan.ledger.plans import is_split
from d8plan.models.files import PlanFiles
from d8plan.storage.data.loader import Loaded, load
from d8plan.text.language import Language, language
from d8plan.text.message import Amount, M, Message
from d8plan.text.numbers import read_text

_EVERY = ""
"""Stands for every unit that takes part; no id is empty."""
_MOST = 999_999_999
"""Figures are no larger."""
_FILES = (".csv", ".tsv", ".txt", ".xlsx")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "allocate",
        help=_("Propose how a target is shared out over the units, in whole numbers that sum to it exactly."),
    )(allocate)


class _Asked(NamedTuple):
    """What is to be shared out, as it was typed."""

    plan: str
    indicator: str | None
    total: int | None
    level: str | None
    by: str | None
    column: str | None
    among: list[str]
    least: list[str]
    most: list[str]
    fixed: list[str]
    beyond_phase: bool


def allocate(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help=_("The plan."), show_default=False)],
    indicator: Annotated[
        str | None,
        typer.Argument(metavar="[INDICATOR]", help=_("Indicator, by id or name; or --all."), show_default=False),
    ] = None,
    total: Annotated[
        str | None,
        typer.Option("--total", metavar="N", help=_("The total; else the one stated today."), show_default=False),
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", metavar="LEVEL", help=_("Level; else each of them."), show_default=False)
    ] = None,
    by: Annotated[
        Name | None,
        typer.Option(
            "--by",
            parser=Name,
            metavar="WEIGHTS",
            help=_(
                "remainder (of the phase), equal, a zone figure such as villages, or a file with weights (.csv, .xlsx)."
            ),
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option("--column", metavar="HEADING", help=_("Column of the file; else its second."), show_default=False),
    ] = None,
    among: Annotated[
        list[str] | None,
        typer.Option("--among", metavar="UNIT", help=_("A unit that takes part; may be repeated."), show_default=False),
    ] = None,
    least: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="[UNIT=]N", help=_("Minimum of a unit, or of each."), show_default=False),
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option("--max", metavar="[UNIT=]N", help=_("Maximum of a unit, or of each."), show_default=False),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="UNIT=N", help=_("What a unit gets in any case."), show_default=False),
    ] = None,
    beyond_phase: Annotated[
        bool, typer.Option("--beyond-phase", help=_("Let units get more than the phase leaves them."))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=_("All indicators of the plan, each to its stated total."))
    ] = False,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the proposal."))] = Format.TABLE,
    do_write: Annotated[bool, typer.Option("--write", help=_("Write the proposal into the data."))] = False,
    allow_findings: AllowFindings = False,
    amendment: AmendmentName = None,
    document: AmendmentDocument = None,
    reason: AmendmentReason = None,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    if (indicator is None) != everything or (everything and (total is not None or level is not None)):
        raise CommandError(
            M("Name an indicator, or give --all without --total and --level"),
            USAGE,
            M("“{command}” shows how", command="d8plan allocate --help"),
        )
    amount = None if total is None else _number(total, M("Write it as {example}", example="--total 60"))
    asked = _Asked(
        plan, indicator, amount, level, by, column, among or [], least or [], most or [], fixed or [], beyond_phase
    )
    amended = named_amendment(amendment, document, reason)
    folder = find_folder(options.data)
    if not do_write:
        loaded = open_folder(folder)
        files, proposals, source = _proposals(loaded, asked, spoken)
        as_if(loaded, spliced(loaded, values(files, proposals)))
        shown = view(loaded.dataset, files, proposals, source)
        show(shown if form in (Format.TABLE, Format.MARKDOWN) else flat(shown), form, options.language)
        return
    with holding(folder):
        loaded = load(folder)
        files, proposals, _source = _proposals(loaded, asked, spoken)
        change = propose(loaded, values(files, proposals), with_totals=True, amendment=amended)
        show_change(change, spoken)
        refuse_faults(change, allow_findings=allow_findings)
        write(loaded, change.files, spoken)


def _proposals(loaded: Loaded, asked: _Asked, spoken: Language) -> tuple[PlanFiles, list[Proposal], str | None]:
    """Return the plan, what is proposed for it, and where weights come from that a file gives."""
    require_whole(loaded)
    files = choose_plan(loaded, asked.plan)
    if not files.allocations.indicators:
        raise CommandError(M("Plan {plan} has no allocations", plan=files.id), USAGE)
    ask, source = _ask(loaded, files, asked, spoken)
    allocator = Allocator(loaded.dataset, prove(loaded).ledger, files, ask)
    if asked.indicator is None:
        wanted = [
            (key, level, total) for key in allocator.indicators() for level, total in allocator.stated(key).items()
        ]
    else:
        wanted = _wanted(loaded, files, asked, asked.indicator, allocator)
    try:
        return files, [allocator.propose(*one) for one in wanted], source
    except MinimaError as error:
        raise CommandError(
            M("The minima come to {least}, more than the total", least=Amount(error.least)),
            USAGE,
            M("Lower --min or --fix, or raise --total"),
        ) from None


def _wanted(
    loaded: Loaded, files: PlanFiles, asked: _Asked, named: str, allocator: Allocator
) -> list[tuple[str, str | None, int]]:
    """Return what is to be shared out of the indicator named: level and total."""
    known = loaded.dataset.indicators.indicators
    spellings = {
        key: [key, *((known[key].short_name, known[key].name) if key in known else ())]
        for key in files.allocations.indicators
    }
    indicator = choose(M("indicator"), named, spellings)
    if not allocator.names.adds(indicator):
        raise CommandError(M("Figures of “{name}” are not summed, so no total is shared out", name=named), USAGE)
    stated = allocator.stated(indicator)
    if not is_split(files.allocations.indicators[indicator]):
        if asked.level is not None:
            raise CommandError(
                M("Figures of “{name}” are not split by level", name=named), USAGE, M("Leave out --level")
            )
        return [(indicator, None, stated[None] if asked.total is None else asked.total)]
    if asked.level is not None:
        level = choose(M("level"), asked.level, {key: [one.name, key] for key, one in files.plan.levels.items()})
        if level not in stated:
            raise CommandError(M("No total of this level is kept"), USAGE, M("Leave out --level for the target"))
        return [(indicator, level, stated[level] if asked.total is None else asked.total)]
    if asked.total is not None:
        raise CommandError(
            M("Figures of “{name}” are split by level", name=named),
            USAGE,
            M("Name one of them with --level: {levels}", levels=tuple(files.plan.levels)),
        )
    return [(indicator, level, total) for level, total in stated.items()]


def _ask(loaded: Loaded, files: PlanFiles, asked: _Asked, spoken: Language) -> tuple[Ask, str | None]:
    spellings = unit_spellings(loaded, files.plan.units)
    given, source = None, None
    by = asked.by
    if by is not None and by.casefold().endswith(_FILES):
        read = weights.read(Path(by), asked.column, spellings)
        given, source, by = read.by_unit, read.source, None
        if read.doubt:
            streams.error(spoken.say(read.doubt))
    elif asked.column is not None:
        raise CommandError(M("--column goes with --by FILE"), USAGE)
    elif by is not None:
        zones = {key: [key, zone.name] for key, zone in files.plan.zone.items()}
        ways = {EQUAL: [EQUAL, "chia đều"], REMAINDER: [REMAINDER, "còn lại"], **zones}
        by = choose(M("way to weigh"), text_of(by) or by, ways)
    among = {choose(M("unit"), name, spellings) for name in asked.among}
    bounds: dict[str, Bounds] = {}
    for option, typed in (("--min", asked.least), ("--max", asked.most), ("--fix", asked.fixed)):
        for one in typed:
            unit, number = _bound(option, one, spellings)
            bounds[unit] = _narrowed(option, bounds.get(unit, Bounds()), number)
    wrong = [unit for unit, bound in bounds.items() if bound.most is not None and bound.least > bound.most]
    if wrong:
        raise CommandError(
            M("The minimum of “{unit}” is above its maximum", unit=(spellings.get(wrong[0]) or [""])[0]),
            USAGE,
            M("Lower --min, or raise --max"),
        )
    every = bounds.pop(_EVERY, Bounds())
    return Ask(by, given, among, bounds, every, asked.beyond_phase), source


def _narrowed(option: str, bound: Bounds, number: int) -> Bounds:
    match option:
        case "--min":
            return bound._replace(least=number)
        case "--max":
            return bound._replace(most=number)
        case _:
            return Bounds(number, number)


def _bound(option: str, typed: str, spellings: dict[str, list[str]]) -> tuple[str, int]:
    """Return the unit and the number of a bound such as ``Name=3``; of a number alone, ``_EVERY``."""
    name, separator, number = typed.rpartition("=")
    example = M("Write it as {example}", example=f'{option} "Mường La=3"')
    if option == "--fix" and not separator:
        raise CommandError(M("“{value}” is no bound", value=typed), USAGE, example)
    return choose(M("unit"), name, spellings) if separator else _EVERY, _number(number, example)


def _number(typed: str, example: Message) -> int:
    """Return the whole number of an option."""
    read = read_text(typed, "")
    if read.refused or read.value is None or read.value > _MOST:
        why = read.refused or M("“{value}” is no number from 0 to {most}", value=typed, most=Amount(_MOST))
        raise CommandError(why, USAGE, example)
    return read.value
