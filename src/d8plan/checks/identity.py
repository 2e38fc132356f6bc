"""An id or a name means one thing, and nothing contains or follows itself (R031, R033, R035)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Related, Rule
from d8plan.models.places import Place
from d8plan.text.message import M, Message
from d8plan.text.names import fold

TWO_MEANINGS = Rule("R031", "two-meanings", M("id or name with two meanings"))
"""An id names one thing: units, indicators, zone figures, groups and levels of a plan and its origins of money share
none, and none of them is a word of our own formats, such as target or total. A holder has the id of a unit only where
it is that unit. Indicators share no name or short name, nor do the levels, zone figures, groups, holders or origins
of a plan among themselves, accents and capitals aside.

Why: ids are columns and keys of what is exported, printed and typed. Of two that are one, a number is taken for the
other's, or lost.

Mend: give one of the two another id or name, everywhere it is used.
"""
CIRCLE = Rule("R033", "circle", M("what contains or follows itself"))
"""No unit is, by way of others or not, its own parent or successor, and no indicator a part of itself.

Why: what lies under itself is counted never or without end.

Mend: correct the `parent`, `successors`, `part_of` or `sum_of` that was typed wrongly.
"""
ENDS_FIRST = Rule("R035", "unit-ends-first", M("unit that ends before it begins"))
"""The last day of a unit is not before its first.

Why: a unit that never is could have no part in any plan.

Mend: correct `valid_from` or `valid_to` in units.yaml.
"""
WORDS = frozenset(
    {
        *("adds", "amount", "amounts", "control", "document", "file", "figures", "found", "group", "groups", "holder"),
        *("holders", "indicator", "indicators", "kind", "label", "level", "levels", "line", "name", "notes", "number"),
        *("origin", "origins", "paused", "percent", "period", "phase", "place", "plan", "planned", "select", "series"),
        *("source", "state", "stated", "target", "targets", "title", "total", "totals", "unallotted", "unit", "units"),
        *("value", "window", "zone", "zones"),
    }
)
"""Words of our formats: keys of files, columns of tables."""

_KINDS = {
    "unit": M("a unit"),
    "indicator": M("an indicator"),
    "level": M("a level"),
    "zone": M("a zone figure"),
    "group": M("a group"),
    "origin": M("an origin of money"),
    "holder": M("a holder of money"),
}


class _Id(NamedTuple):
    kind: str
    id: str
    place: Place
    plan: str | None = None


def check(context: Context) -> Result:
    """Check the ids and names of the registers and of every plan."""
    return collect(_outcomes(context.dataset))


def _outcomes(dataset: Dataset) -> Outcomes:
    units = dataset.units.units
    indicators = dataset.indicators.indicators
    shared: dict[str, _Id] = {}
    for file, kind, held in (("units.yaml", "unit", units), ("indicators.yaml", "indicator", indicators)):
        yield from _ids(shared, (_Id(kind, key, _key(file, f"{kind}s", key)) for key in held))
    yield from _names(
        "indicator",
        "indicators.yaml",
        "indicators",
        {key: {"name": one.name, "short_name": one.short_name} for key, one in indicators.items()},
    )
    for key, unit in units.items():
        reversed_ = unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from
        yield _ends_first(key) if reversed_ else None
    parents = {key: [unit.parent] for key, unit in units.items() if unit.parent}
    yield from _circles(M("its own parent"), "units.yaml", "units", "parent", parents)
    successors = {key: unit.successors for key, unit in units.items() if unit.successors}
    yield from _circles(M("its own successor"), "units.yaml", "units", "successors", successors)
    wholes = {key: [one.part_of] for key, one in indicators.items() if one.part_of}
    yield from _circles(M("a part of itself"), "indicators.yaml", "indicators", "part_of", wholes)
    sums = {key: one.sum_of for key, one in indicators.items() if one.sum_of}
    yield from _circles(M("a part of itself"), "indicators.yaml", "indicators", "sum_of", sums) if sums else ()
    for files in dataset.plans.values():
        yield from _of_plan(files, shared)


def _of_plan(files: PlanFiles, shared: dict[str, _Id]) -> Outcomes:
    plan, budget = files.file("plan.yaml"), files.file("budget.yaml")
    holders = files.budget.holders
    registers: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
        ("level", plan, "levels", {key: one.name for key, one in files.plan.levels.items()}),
        ("zone", plan, "zone", {key: one.name for key, one in files.plan.zone.items()}),
        ("group", plan, "groups", {key: one.name for key, one in files.plan.groups.items()}),
        (
            "origin",
            budget,
            "origins",
            {key: one.name for key, one in files.budget.origins.items()},
        ),
        ("holder", budget, "holders", {key: one.name for key, one in holders.items()}),
    )
    seen: dict[str, _Id] = {}
    for kind, file, section, held in registers:
        yield from _names(kind, file, section, {key: {"name": name} for key, name in held.items()}, files.id)
        if kind != "holder":
            yield from _ids(seen, (_Id(kind, key, _key(file, section, key), files.id) for key in held), shared)
    for key, holder in holders.items():
        other = shared.get(key)
        mine = _Id("holder", key, _key(budget, "holders", key), files.id)
        yield _two(mine, other) if other and other.kind == "unit" and holder.unit != key else None


def _key(file: str, *keys: str) -> Place:
    return Place(file, keys, of_key=True)


def _ids(seen: dict[str, _Id], given: Iterable[_Id], shared: Mapping[str, _Id] | None = None) -> Outcomes:
    """Yield each id that is a word of ours, or that something else has; all are ``seen`` then."""
    for one in given:
        other = seen.get(one.id) or (shared or {}).get(one.id)
        yield _two(one, other) if other else _word(one) if one.id in WORDS else None
        seen.setdefault(one.id, one)


def _two(one: _Id, other: _Id) -> Finding:
    return _finding(
        one,
        M("“{id}” is {one} and {other}", id=one.id, one=_KINDS[one.kind], other=_KINDS[other.kind]),
        M("Give one of the two another id, everywhere it is used"),
        (Related(M("The other"), other.place),),
    )


def _word(one: _Id) -> Finding:
    return _finding(
        one,
        M("“{id}” is {one} and a word of d8plan’s own files", id=one.id, one=_KINDS[one.kind]),
        M("Give it another id, everywhere it is used"),
    )


def _finding(one: _Id, message: Message, action: Message, related: tuple[Related, ...] = ()) -> Finding:
    return Finding(
        rule=TWO_MEANINGS,
        message=message,
        place=one.place,
        action=action,
        plan=one.plan,
        indicator=one.id if one.kind == "indicator" else None,
        unit=one.id if one.kind == "unit" else None,
        level=one.id if one.kind == "level" else None,
        related=related,
    )


def _names(
    kind: str, file: str, section: str, held: Mapping[str, Mapping[str, str]], plan: str | None = None
) -> Outcomes:
    """Yield each name that something of the same kind has already."""
    first: dict[str, tuple[str, Place]] = {}
    for key, names in held.items():
        told = False
        for field, name in names.items():
            place = Place(file, (section, key, field))
            owner, at = first.setdefault(fold(name), (key, place))
            if owner != key and not told:
                told = True
                yield _finding(
                    _Id(kind, key, place, plan),
                    M("“{name}” names two: {ids}", name=name, ids=(owner, key)),
                    M("Give each a name of its own"),
                    (Related(M("The other"), at),),
                )
        if not told:
            yield None


def _ends_first(unit: str) -> Finding:
    return Finding(
        rule=ENDS_FIRST,
        message=M("“{unit}” ends before it begins", unit=unit),
        place=Place("units.yaml", ("units", unit, "valid_to")),
        action=M("Correct one of the two days"),
        unit=unit,
        related=(Related(M("Its first day"), Place("units.yaml", ("units", unit, "valid_from"))),),
    )


def _circles(what: Message, file: str, section: str, field: str, edges: Mapping[str, list[str]]) -> Outcomes:
    """Yield one finding for each circle of ``edges``, with all that are in it."""
    for circle in _strongly_connected(edges):
        first, *others = circle
        yield Finding(
            rule=CIRCLE,
            message=M("“{id}” is {what}: {ids}", id=first, what=what, ids=(*circle, first)),
            place=Place(file, (section, first, field)),
            action=M("Correct the one that was typed wrongly"),
            unit=first if section == "units" else None,
            indicator=first if section == "indicators" else None,
            related=tuple(Related(M("Also here"), Place(file, (section, one, field))) for one in others),
        )
    yield None


def _strongly_connected(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield the ids of each circle, or of circles that share some, in the order of ``edges`` (Kosaraju)."""
    finished: list[str] = []
    visited: set[str] = set()
    for start in edges:
        waiting = [] if start in visited else [(start, iter(edges[start]))]
        visited.add(start)
        while waiting:
            node, rest = waiting[-1]
            following = next((one for one in rest if one in edges and one not in visited), None)
            if following is None:
                finished.append(node)
                waiting.pop()
            else:
                visited.add(following)
                waiting.append((following, iter(edges[following])))
    back: defaultdict[str, list[str]] = defaultdict(list)
    for one, targets in edges.items():
        for target in targets:
            back[target].append(one)
    order = {key: number for number, key in enumerate(edges)}
    taken: set[str] = set()
    for start in reversed(finished):
        found, open_ = [], [start] if start not in taken else []
        taken.add(start)
        while open_:
            node = open_.pop()
            found.append(node)
            fresh = [one for one in back[node] if one not in taken]
            taken.update(fresh)
            open_ += fresh
        if len(found) > 1 or (found and found[0] in edges[found[0]]):
            yield sorted(found, key=order.__getitem__)
