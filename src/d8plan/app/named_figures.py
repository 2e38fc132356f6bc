"""Find the figure or total that a command line names."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.app.data import choose, unit_spellings
from d8plan.app.errors import USAGE, CommandError
from d8plan.ledger.figures import Kind
from d8plan.ledger.names import NOT_ALLOTTED
from d8plan.ledger.plans import is_split
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.files import PlanFiles
from d8plan.models.places import Place
from d8plan.storage.data.loader import Loaded
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M


class Named(NamedTuple):
    """A figure or total as it was typed."""

    series: str
    """Indicator, zone figure or origin of money."""
    unit: str | None
    """Unit or holder; None for a total."""
    level: str | None


class Found(NamedTuple):
    """Where the value stands, and what it measures."""

    place: Place
    unit_of_measure: str


def find(loaded: Loaded, files: PlanFiles, named: Named) -> Found:
    """Return the place of what is named; raise CommandError where nothing or more than one thing is."""
    series = _spellings(loaded, files)
    kind, key = _split(choose(M("indicator"), named.series, series))
    level = _level(files, named.level)
    match kind:
        case Kind.INDICATOR:
            return _of_indicator(loaded, files, key, named, level)
        case Kind.ZONE:
            return _of_zone(loaded, files, key, named)
        case _:
            return _of_budget(files, key, named, level)


def _spellings(loaded: Loaded, files: PlanFiles) -> dict[str, list[str]]:
    """Return every way to name what a plan has figures of, by kind and id."""
    known = loaded.dataset.indicators.indicators
    found = {}
    for key in files.allocations.indicators:
        names = [known[key].short_name, known[key].name] if key in known else []
        found[f"{Kind.INDICATOR}/{key}"] = [*names, key]
    for key, zone in files.plan.zone.items():
        found[f"{Kind.ZONE}/{key}"] = [zone.name, key]
    for key, origin in (files.budget.origins).items():
        found[f"{Kind.BUDGET}/{key}"] = [origin.name, key]
    return found


def _split(chosen: str) -> tuple[Kind, str]:
    kind, _, key = chosen.partition("/")
    return Kind(kind), key


def _level(files: PlanFiles, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    return choose(M("level"), wanted, {key: [level.name, key] for key, level in files.plan.levels.items()})


def _of_indicator(loaded: Loaded, files: PlanFiles, key: str, named: Named, level: str | None) -> Found:
    allocation = files.allocations.indicators[key]
    known = loaded.dataset.indicators.indicators.get(key)
    measure = allocation.unit_of_measure or (known.unit_of_measure if known else "")
    above: tuple[str, ...] = ("indicators", key)
    if named.unit is None:
        return Found(Place(files.file("allocations.yaml"), (*above, *_total_of(allocation, level))), measure)
    lines = {**unit_spellings(loaded, files.plan.units), UNALLOTTED: [UNALLOTTED, language(DEFAULT).say(NOT_ALLOTTED)]}
    unit = choose(M("unit"), named.unit, lines)
    split = is_split(allocation) and not isinstance(allocation.units.get(unit), int)
    if split and level is None:
        raise CommandError(
            M("Figures of “{name}” are split by level", name=named.series),
            USAGE,
            M("Name one of them with --level: {levels}", levels=tuple(files.plan.levels)),
        )
    if level and not split:
        raise CommandError(
            M("Figures of “{name}” are not split by level", name=named.series), USAGE, M("Leave out --level")
        )
    return Found(Place(files.file("allocations.yaml"), (*above, "units", unit, *([level] if level else []))), measure)


def _total_of(allocation: Allocation, level: str | None) -> tuple[str, ...]:
    """Return the keys of a target, or of a level's total where the annex states it or we keep one."""
    if level is None:
        return ("target",)
    for section, held in (("levels", allocation.levels), ("control", allocation.control)):
        if level in (held or {}):
            return (section, level)
    raise CommandError(M("No total of this level is kept"), USAGE, M("Leave out --level for the target"))


def _of_zone(loaded: Loaded, files: PlanFiles, key: str, named: Named) -> Found:
    zone = files.plan.zone[key]
    if named.unit is None:
        return Found(Place(files.file("plan.yaml"), ("zone", key, "total")), zone.unit_of_measure)
    unit = choose(M("unit"), named.unit, unit_spellings(loaded, files.plan.units))
    return Found(Place(files.file("plan.yaml"), ("units", unit, "zone", key)), zone.unit_of_measure)


def _of_budget(files: PlanFiles, key: str, named: Named, level: str | None) -> Found:
    if named.unit is not None:
        holders = {holder: [one.name, holder] for holder, one in files.budget.holders.items()}
        holder = choose(M("holder"), named.unit, holders)
        return Found(Place(files.file("budget.yaml"), ("holders", holder, "amounts", key, "amount")), "đ")
    found = [
        total for total, one in files.budget.totals.items() if (one.origin, one.level, one.holder) == (key, level, None)
    ]
    if len(found) != 1:
        raise CommandError(
            M("The budget keeps no such total of “{name}”", name=named.series),
            USAGE,
            M("There are: {names}", names=tuple(files.budget.totals)),
        )
    return Found(Place(files.file("budget.yaml"), ("totals", found[0], "amount")), "đ")
