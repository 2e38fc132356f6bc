"""Share totals out over units, as it was asked for in words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from d8plan.app import weights
from d8plan.app.choice import choose
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.edits.allocate import EQUAL, REMAINDER, Allocator, AllotmentRequest, SharedTotal
from d8plan.edits.apportion import Bounds, MinimaError
from d8plan.ledger.names import Spellings
from d8plan.ledger.plans import is_split
from d8plan.models.files import PlanFiles
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import nfc
from d8plan.text.numbers import Measure, read_text

_EVERY = ""
"""Stands for every unit that takes part; no id is empty."""
_MOST = 999_999_999_999_999
"""Figures are no larger."""
WEIGHT_FILES = (".csv", ".tsv", ".txt", ".xlsx")


class SharingRequest(NamedTuple):
    """What is to be shared out, and how, as it was typed."""

    plan: str
    indicator: str | None = None
    """None for every indicator of the plan, each to its stated total."""
    total: str | None = None
    level: str | None = None
    by: str | None = None
    """A way to weigh, a zone figure, or a file with weights."""
    column: str | None = None
    among: tuple[str, ...] = ()
    least: tuple[str, ...] = ()
    most: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    beyond_phase: bool = False


class SharedOut(NamedTuple):
    """What is proposed for a plan."""

    files: PlanFiles
    proposals: list[SharedTotal]
    source: str | None
    """Where weights come from that a file gives."""


def share_out(workspace: Workspace, request: SharingRequest) -> SharedOut:
    """Return what is proposed; raise CommandError where what was typed names nothing, or the minima do not fit."""
    files = workspace.plan(request.plan)
    if not files.allocations.indicators:
        raise CommandError(M("Plan {plan} has no allocations", plan=files.id), USAGE)
    decimals = _decimals(workspace, files, request)
    example = M("Write it as {example}", example="--total 60")
    total = None if request.total is None else _number(request.total, decimals, example)
    ask, source = _ask(workspace, files, request, decimals)
    allocator = Allocator(workspace.dataset, workspace.report.ledger, files, ask)
    if request.indicator is None:
        wanted = [
            (key, level, stated) for key in allocator.indicators() for level, stated in allocator.stated(key).items()
        ]
    else:
        wanted = _wanted(workspace, files, request, request.indicator, total, allocator)
    try:
        return SharedOut(files, [allocator.propose(*each) for each in wanted], source)
    except MinimaError as error:
        raise CommandError(
            M("The minima come to {least}, more than the total", least=Amount(error.least)),
            USAGE,
            M("Lower --min or --fix, or raise --total"),
        ) from None


def _wanted(
    workspace: Workspace,
    files: PlanFiles,
    request: SharingRequest,
    typed: str,
    total: ExactNumber | None,
    allocator: Allocator,
) -> list[tuple[str, str | None, ExactNumber]]:
    """Return what is to be shared out of the indicator named: level and total."""
    indicator = workspace.indicator(files, typed)
    if not workspace.names.adds(indicator):
        raise CommandError(M("Figures of “{name}” are not summed, so no total is shared out", name=typed), USAGE)
    stated = allocator.stated(indicator)
    if not is_split(files.allocations.indicators[indicator]):
        if request.level is not None:
            raise CommandError(
                M("Figures of “{name}” are not split by level", name=typed), USAGE, M("Leave out --level")
            )
        return [(indicator, None, stated[None] if total is None else total)]
    if request.level is not None:
        level = workspace.level(files, request.level)
        if level not in stated:
            raise CommandError(M("No total of this level is kept"), USAGE, M("Leave out --level for the target"))
        return [(indicator, level, stated[level] if total is None else total)]
    if total is not None:
        raise CommandError(
            M("Figures of “{name}” are split by level", name=typed),
            USAGE,
            M("Name one of them with --level: {levels}", levels=tuple(files.plan.levels)),
        )
    return [(indicator, level, of_level) for level, of_level in stated.items()]


def _decimals(workspace: Workspace, files: PlanFiles, request: SharingRequest) -> int:
    """Return how many decimals numbers may have that are typed for the indicator named, or for any of the plan."""
    named = request.indicator
    indicators = files.allocations.indicators if named is None else [workspace.indicator(files, named)]
    return max(workspace.names.decimals(indicator) for indicator in indicators)


def _ask(
    workspace: Workspace, files: PlanFiles, request: SharingRequest, decimals: int
) -> tuple[AllotmentRequest, str | None]:
    units = workspace.names.units(files.plan.units)
    by_unit, source, by = None, None, request.by
    if by is not None and by.casefold().endswith(WEIGHT_FILES):
        read = weights.read(Path(by), request.column, units)
        by_unit, source, by = read.by_unit, read.source, None
        if read.doubt:
            workspace.voice.warn(read.doubt)
    elif request.column is not None:
        raise CommandError(M("--column goes with --by FILE"), USAGE)
    elif by is not None:
        # A zone figure has a long name, and is told by its id.
        zones = {key: [key, zone.name] for key, zone in files.plan.zone.items()}
        ways = {EQUAL: [EQUAL, "chia đều"], REMAINDER: [REMAINDER, "còn lại"], **zones}
        by = choose(M("way to weigh"), nfc(by), ways)
    among = {choose(M("unit"), name, units) for name in request.among}
    bounds = _bounds(request, units, decimals)
    every = bounds.pop(_EVERY, Bounds())
    return AllotmentRequest(by, by_unit, among, bounds, every, request.beyond_phase), source


def _bounds(request: SharingRequest, units: Spellings, decimals: int) -> dict[str, Bounds]:
    """Return the bounds of each unit that was named with one, and of every unit under ``_EVERY``."""
    bounds: dict[str, Bounds] = {}
    for option, pieces in (("--min", request.least), ("--max", request.most), ("--fix", request.fixed)):
        for piece in pieces:
            unit, number = _bound(option, piece, units, decimals)
            bound = bounds.get(unit, Bounds())
            narrowed = {"--min": bound._replace(least=number), "--max": bound._replace(most=number)}
            bounds[unit] = narrowed.get(option, Bounds(number, number))
    for unit, bound in bounds.items():
        if bound.most is not None and bound.least > bound.most:
            raise CommandError(
                M("The minimum of “{unit}” is above its maximum", unit=(units.get(unit) or [""])[0]),
                USAGE,
                M("Lower --min, or raise --max"),
            )
    return bounds


def _bound(option: str, typed: str, units: Spellings, decimals: int) -> tuple[str, ExactNumber]:
    """Return the unit and the number of a bound such as ``Name=3``; of a number alone, ``_EVERY``."""
    name, separator, number = typed.rpartition("=")
    example = M("Write it as {example}", example=f'{option} "Mường La=3"')
    if option == "--fix" and not separator:
        raise CommandError(M("“{value}” is no bound", value=typed), USAGE, example)
    return choose(M("unit"), name, units) if separator else _EVERY, _number(number, decimals, example)


def _number(typed: str, decimals: int, example: Message) -> ExactNumber:
    """Return the number of an option."""
    read = read_text(typed, Measure("", decimals))
    if read.refused or read.value is None or read.value > _MOST:
        why = read.refused or M("“{value}” is no number from 0 to {most}", value=typed, most=Amount(_MOST))
        raise CommandError(why, USAGE, example)
    return read.value
