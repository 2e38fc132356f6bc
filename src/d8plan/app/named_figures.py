"""Find the figure or total that a command line names."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.app.choice import choose
from d8plan.app.errors import USAGE, CommandError
from d8plan.app.workspace import Workspace
from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.ledger.names import DONG
from d8plan.ledger.plans import is_split
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.bounds import bound_of
from d8plan.models.files import PlanFiles
from d8plan.models.places import Place
from d8plan.text.exact import is_exact
from d8plan.text.message import M
from d8plan.text.numbers import Measure


class TypedFigure(NamedTuple):
    """A figure or total as it was typed."""

    series: str
    """Indicator, zone figure or origin of money."""
    unit: str | None
    """Unit or holder; None for a total."""
    level: str | None


class FigurePlace(NamedTuple):
    """Where the value stands, and in what it is kept."""

    place: Place
    measure: Measure


def find(workspace: Workspace, files: PlanFiles, typed: TypedFigure) -> FigurePlace:
    """Return the place of what is named; raise CommandError where nothing or more than one thing is."""
    names = workspace.names
    of_kind = {
        Kind.INDICATOR: names.indicators_spelt(files),
        Kind.ZONE: names.zones(files),
        Kind.BUDGET: names.origins(files),
    }
    spellings = {f"{kind}/{key}": spelt for kind, of in of_kind.items() for key, spelt in of.items()}
    kind, _, key = choose(M("indicator"), typed.series, spellings).partition("/")
    level = None if typed.level is None else workspace.level(files, typed.level)
    match Kind(kind):
        case Kind.INDICATOR:
            return _of_indicator(workspace, files, key, typed, level)
        case Kind.ZONE:
            unit = typed.unit and choose(M("unit"), typed.unit, names.units(files.plan.units))
            zone = files.plan.zone[key]
            return FigurePlace(keys.of_zone(files.id, key, unit), Measure(zone.unit_of_measure, zone.decimals or 0))
        case Kind.BUDGET:
            return FigurePlace(_of_budget(workspace, files, key, typed, level), Measure(DONG))


def _of_indicator(
    workspace: Workspace, files: PlanFiles, key: str, typed: TypedFigure, level: str | None
) -> FigurePlace:
    allocation = files.allocations.indicators[key]
    measure = Measure(workspace.names.unit_of_measure(files, key), workspace.names.decimals(key))
    if typed.unit is None:
        return FigurePlace(keys.of_indicator(files.id, key, *_total_of(allocation, level)), measure)
    unit = choose(M("unit"), typed.unit, workspace.names.units([*files.plan.units, UNALLOTTED]))
    split = is_split(allocation) and not is_exact(allocation.units.get(unit))
    if split and level is None:
        raise CommandError(
            M("Figures of “{name}” are split by level", name=typed.series),
            USAGE,
            M("Name one of them with --level: {levels}", levels=tuple(files.plan.levels)),
        )
    if level and not split:
        raise CommandError(
            M("Figures of “{name}” are not split by level", name=typed.series), USAGE, M("Leave out --level")
        )
    return FigurePlace(keys.of_line(files.id, key, unit, level), measure)


def _total_of(allocation: Allocation, level: str | None) -> tuple[str, ...]:
    """Return the keys of a target, or of a level's total where the annex states it or we keep one."""
    if level is None:
        if bound := bound_of(allocation.target):
            raise CommandError(
                M("The target is stated as {bound}, not as one number", bound=bound.sign),
                USAGE,
                M("Change it in allocations.yaml"),
            )
        return ("target",)
    for section, totals in (("levels", allocation.levels), ("control", allocation.control)):
        if level in totals:
            return (section, level)
    raise CommandError(M("No total of this level is kept"), USAGE, M("Leave out --level for the target"))


def _of_budget(workspace: Workspace, files: PlanFiles, key: str, typed: TypedFigure, level: str | None) -> Place:
    if typed.unit is not None:
        return keys.of_amount(files.id, choose(M("holder"), typed.unit, workspace.names.holders(files)), key)
    totals = [
        total
        for total, stated in files.budget.totals.items()
        if (stated.origin, stated.level, stated.holder) == (key, level, None)
    ]
    if len(totals) != 1:
        raise CommandError(
            M("The budget keeps no such total of “{name}”", name=typed.series),
            USAGE,
            M("There are: {names}", names=tuple(files.budget.totals)),
        )
    return keys.of_budget_total(files.id, totals[0])
