"""Who takes part, and the zone that is counted for it: a year as its phase and the year before (P007-P009)."""

from __future__ import annotations

from collections import defaultdict

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.checks.phases import Pair, pairs
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.names import Names
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.text.exact import magnitude
from d8plan.text.message import Amount, M

ZONE_DIFFERS = Rule(
    "P007", "zone-differs", M("zone figure that differs between plans"), Severity.WARNING, exceptable=True
)
"""A zone figure of a unit, such as its communes of region III, is the same in a year and in its phase, unless
`changed_by` in plan.yaml names the decision that changed it: not the one that the phase rests on, nor either plan.

Why: the zone decides who may be allotted anything. Two plans that count it differently rest on different lists.

Mend: correct the figure; or name under the zone figure, as `changed_by`, the document that explains the difference.
"""
UNIT_GONE = Rule("P008", "unit-gone", M("unit that took part before and is missing"), Severity.WARNING)
"""Units that take part in the phase, or in the year before, take part in the year, unless they no longer exist then
(`valid_to` in units.yaml).

Why: a row that was left out takes the unit's targets with it, and no sum need notice.

Mend: add the unit's line, with null where nothing is allotted; or give its last day in units.yaml.
"""
UNIT_NEW = Rule("P009", "unit-outside-phase", M("unit with allotments that the phase does not have"), Severity.WARNING)
"""Units to which a year allots something take part in the phase.

Why: what the phase does not allot to a unit cannot be counted against its phase target.

Mend: add the unit to the phase, or correct the year. A warning may stay where the phase is kept as it was printed.
"""
UNIT_OUTSIDE_DATES = Rule("P014", "unit-outside-dates", M("unit that does not exist in the plan's years"))
"""Each unit that takes part in a plan, or holds money of it, exists on some day of the plan's years, and each that is
allotted some of an indicator on some day of its completion window: units.yaml gives its first and last day
(`valid_from`, `valid_to`).

Why: what is allotted to a unit that has ended, or is still to come, nobody does.

Mend: allot it to the unit that is there, or correct the unit's days in units.yaml.
"""
INDICATOR_NEW = Rule("P015", "indicator-outside-phase", M("indicator that the phase does not have"), Severity.WARNING)
"""Indicators of which a year allots something are indicators of its phase.

Why: what the phase does not ask for cannot be counted for any target of it, and is compared with nothing.

Mend: add the indicator to the phase, or correct the year. A warning may stay where the signed plans differ.
"""


def check(context: Context) -> Result:
    """Compare the units and zone figures of every year with those of its phase."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    last: defaultdict[str, PlanFiles | None] = defaultdict(lambda: None)
    for files in context.dataset.plans.values():
        yield from _dates(context, files)
    for pair in pairs(context.dataset):
        yield from _indicators(context, pair)
        for zone in pair.year.plan.zone:
            yield _zone(context, pair, zone)
        spoilt = any(
            path[:2] == (files.file("plan.yaml"), "units") for path in context.dataset.broken for files in pair
        )
        if not spoilt:
            yield from _gone(context, pair, last[pair.phase.id])
            yield from _new(context, pair)
        last[pair.phase.id] = pair.year


def _zone(context: Context, pair: Pair, zone: str) -> Finding | None:
    """Return the finding of a zone figure that differs and that no decision explains."""
    dataset, (year, phase) = context.dataset, pair
    described, theirs = year.plan.zone[zone], phase.plan.zone.get(zone)
    if theirs is None or {(year.id, zone), (phase.id, zone)} & context.unprovable:
        return None
    # What the phase rests on already, and the plan itself, explain no difference.
    if described.changed_by not in (None, theirs.basis, year.plan.document, phase.plan.document):
        return None
    mine, whole = (
        {f.unit: f for f in context.ledger.cells if (f.plan, f.kind, f.series) == (files.id, Kind.ZONE, zone)}
        for files in pair
    )
    differ = [f for unit, f in mine.items() if unit in whole and whole[unit].value != f.value]
    if not differ:
        return None
    mine_by, theirs_by = (
        Names(dataset).cite(one.basis, ()).document if one.basis else "" for one in (described, theirs)
    )
    message = M("{name}", name=described.name)
    if mine_by and theirs_by:
        message = M(
            "{name}: by {mine} here, by {theirs} in the phase", name=described.name, mine=mine_by, theirs=theirs_by
        )
    related = []
    for figure in differ:
        values = {"value": Amount(figure.value), "whole": Amount(whole[figure.unit].value)}
        text = M("{name}: {value} here, {whole} in the phase", name=Names(dataset).figure(figure), **values)
        related.append(Related(text, figure.place))
    return Finding(
        rule=ZONE_DIFFERS,
        message=message,
        place=keys.of_zone(year.id, zone),
        action=M("Correct the figures, or name as “changed_by” the decision that explains them"),
        plan=year.id,
        stated=theirs.total,
        computed=described.total,
        unit_of_measure=described.unit_of_measure,
        cited=context.ledger.cited(
            Names(dataset).cited(theirs.source),
            keys.of_zone(phase.id, zone),
        ),
        excess=magnitude(differ[0].value - whole[differ[0].unit].value) if len(differ) == 1 else None,
        parts=frozenset(one.number for f in differ for one in (f, whole[f.unit])),
        related=tuple(related),
    )


def _gone(context: Context, pair: Pair, before: PlanFiles | None) -> Outcomes:
    """Yield each unit of the phase or of the year before that is missing."""
    registered = context.dataset.units.units
    year = pair.year
    allocations = year.allocations.indicators.values()
    # A unit with lines of figures that plan.yaml lacks is told as that.
    present = {*year.plan.units, *(unit for allocation in allocations for unit in allocation.units)}
    for unit in dict.fromkeys((*pair.phase.plan.units, *(before.plan.units if before else ()))):
        known = registered.get(unit)
        ended = known is not None and known.valid_to is not None and known.valid_to.year < year.plan.period.first
        if unit in present or known is None or ended:
            yield None
            continue
        yield Finding(
            rule=UNIT_GONE,
            message=M("{name} took part before", name=known.name),
            place=year.place("plan.yaml", "units", of_key=True),
            action=M("Add its line, or give its last day (valid_to) in units.yaml"),
            plan=year.id,
            unit=unit,
        )


def _new(context: Context, pair: Pair) -> Outcomes:
    """Yield each unit with allotments that the phase does not have."""
    registered = context.dataset.units.units
    year, phase = pair
    strangers = year.plan.units.keys() - phase.plan.units.keys()
    allotted: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in context.ledger.figures if strangers else ():
        if figure.plan == year.id and figure.kind is Kind.INDICATOR and figure.value:
            allotted[figure.unit].append(figure)
    for unit, described in year.plan.units.items():
        figures = allotted[unit]
        if unit not in strangers or unit not in registered or not figures:
            yield None
            continue
        yield Finding(
            rule=UNIT_NEW,
            message=M("{name} takes no part in phase {phase}", name=registered[unit].name, phase=phase.id),
            place=year.place("plan.yaml", "units", unit, of_key=True),
            action=M("Add it to the phase, or correct the year’s allotments"),
            plan=year.id,
            unit=unit,
            cited=context.names.cite(year.plan.document, [described.line]) if described.line else None,
            related=tuple(
                Related(
                    M(
                        "{name}: {value}",
                        name=context.names.series(f),
                        value=Amount(f.value, f.unit_of_measure),
                    ),
                    f.place,
                )
                for f in figures
            ),
        )


def _dates(context: Context, files: PlanFiles) -> Outcomes:
    """Yield each unit of a plan, or that holds money of it, that does not exist in its years."""
    units, period = context.dataset.units.units, files.plan.period
    if period.first > period.last:
        return
    all_years = (period.first, period.last)
    places = {unit: files.place("plan.yaml", "units", unit, of_key=True) for unit in files.plan.units}
    for key, holder in (files.budget.holders).items():
        if holder.unit:
            places.setdefault(holder.unit, keys.of_holder(files.id, key, "unit"))
    given = [(unit, place, all_years) for unit, place in places.items()]
    for key, allocation in (files.allocations.indicators).items():
        figures = context.ledger.of(files.id, Kind.INDICATOR, key) if allocation.window else ()
        for unit in dict.fromkeys(one.unit for one in figures if one.value):
            place = keys.of_line(files.id, key, unit).key()
            given.append((unit, place, (min(allocation.window or all_years), max(allocation.window or all_years))))
    told = set()
    for unit, place, (first, last) in given:
        known = units.get(unit)
        if known is None or unit in told:
            continue
        ended = known.valid_to is not None and known.valid_to.year < first
        to_come = known.valid_from is not None and known.valid_from.year > last
        if not ended and not to_come:
            yield None
            continue
        told.add(unit)
        day = known.valid_to if ended else known.valid_from
        message = M("{name} exists until {date} alone", name=known.name, date=day)
        if to_come:
            message = M("{name} exists from {date} on alone", name=known.name, date=day)
        field = "valid_to" if ended else "valid_from"
        yield Finding(
            rule=UNIT_OUTSIDE_DATES,
            message=message,
            place=place,
            action=M("Allot to the unit that is there, or correct its days in units.yaml"),
            plan=files.id,
            unit=unit,
            related=(Related(M("Its day"), Place("units.yaml", ("units", unit, field))),),
        )


def _indicators(context: Context, pair: Pair) -> Outcomes:
    """Yield each indicator of which a year allots something, and that its phase does not have."""
    known = context.dataset.indicators.indicators
    (year, phase), theirs = pair, pair.phase.allocations
    file = phase.file("allocations.yaml")
    # An indicator of the phase that cannot be read, or is misspelt, is told as that.
    spoilt = any(path[0] == file for path in context.dataset.broken)
    if spoilt or not all(key in known for key in theirs.indicators):
        return
    for key, allocation in year.allocations.indicators.items():
        some = allocation.amount or any(one.value for one in context.ledger.of(year.id, Kind.INDICATOR, key))
        if key in theirs.indicators or key not in known or not some:
            yield None
            continue
        yield Finding(
            rule=INDICATOR_NEW,
            message=M("{name} is no indicator of phase {phase}", name=known[key].short_name, phase=phase.id),
            place=keys.of_indicator(year.id, key),
            action=M("Add it to the phase, or correct the year’s allotments"),
            plan=year.id,
            indicator=key,
            related=(Related(M("The phase"), phase.place("allocations.yaml", "indicators", of_key=True)),),
        )
