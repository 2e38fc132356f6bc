"""Where figures and stated totals stand in the data files, and which figure stands at a place."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.ledger.figures import Kind
from d8plan.models.places import PLANS, Place


class Coordinates(NamedTuple):
    """What a figure, or a total of figures, is of."""

    plan: str
    kind: Kind
    series: str
    """Id of the indicator, of the zone figure, or of the origin of money."""
    unit: str | None = None
    """Id of the unit or holder of money; None of a total over all."""
    level: str | None = None


def of_indicator(plan: str, indicator: str, *below: str) -> Place:
    """Return the place of an indicator's allocation, or of a value below it."""
    return Place(f"{PLANS}/{plan}/allocations.yaml", ("indicators", indicator, *below), of_key=not below)


def of_line(plan: str, indicator: str, unit: str, level: str | None = None) -> Place:
    """Return the place of what an indicator allots to a unit, or of one level of it."""
    return of_indicator(plan, indicator, "units", unit, *([level] if level is not None else []))


def of_target(plan: str, indicator: str) -> Place:
    """Return the place of an indicator's target."""
    return of_indicator(plan, indicator, "target")


def of_zone(plan: str, zone: str, unit: str | None = None) -> Place:
    """Return the place of a unit's zone figure, or of the total that the plan states."""
    keys = ("zone", zone, "total") if unit is None else ("units", unit, "zone", zone)
    return Place(f"{PLANS}/{plan}/plan.yaml", keys)


def of_amount(plan: str, holder: str, origin: str) -> Place:
    """Return the place of an amount of money."""
    return Place(f"{PLANS}/{plan}/budget.yaml", ("holders", holder, "amounts", origin, "amount"))


def of_holder(plan: str, holder: str, *below: str) -> Place:
    """Return the place of a holder of money, or of a value below it."""
    return Place(f"{PLANS}/{plan}/budget.yaml", ("holders", holder, *below), of_key=not below)


def of_budget_total(plan: str, key: str) -> Place:
    """Return the place of a total of the budget."""
    return Place(f"{PLANS}/{plan}/budget.yaml", ("totals", key, "amount"))


def of_statement(plan: str, key: str, field: str = "value") -> Place:
    """Return the place of a number that the text states."""
    return Place(f"{PLANS}/{plan}/statements.yaml", ("values", key, field))


def coordinates(place: Place) -> Coordinates | None:
    """Return what figure stands at a place; None where none can."""
    plan = place.plan or ""
    match [place.file.rpartition("/")[2], *map(str, place.keys)]:
        case ["allocations.yaml", "indicators", indicator, "units", unit, *level] if len(level) <= 1:
            return Coordinates(plan, Kind.INDICATOR, indicator, unit, level[0] if level else None)
        case ["plan.yaml", "units", unit, "zone", zone]:
            return Coordinates(plan, Kind.ZONE, zone, unit)
        case ["budget.yaml", "holders", holder, "amounts", origin, "amount"]:
            return Coordinates(plan, Kind.BUDGET, origin, holder)
    return None


def total_at(place: Place) -> Coordinates | None:
    """Return what total of figures the annex states, or we keep, at a place; None where none can stand there."""
    plan = place.plan or ""
    match [place.file.rpartition("/")[2], *map(str, place.keys)]:
        case ["allocations.yaml", "indicators", indicator, "target"]:
            return Coordinates(plan, Kind.INDICATOR, indicator)
        case ["allocations.yaml", "indicators", indicator, "levels" | "control", level]:
            return Coordinates(plan, Kind.INDICATOR, indicator, None, level)
        case ["plan.yaml", "zone", zone, "total"]:
            return Coordinates(plan, Kind.ZONE, zone)
    return None


def line_of(place: Place) -> Place:
    """Return the place of the whole line of a unit, of a figure of one of its levels."""
    return place._replace(keys=place.keys[:4])


def indicator_of(place: Place) -> Place:
    """Return the place of the indicator whose allocation a figure or total is in."""
    return place._replace(keys=place.keys[:2], of_key=True)
