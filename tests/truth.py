"""Which of the stated numbers of a data folder are false: sums made anew, from plain data, apart from the program's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pieces import Keys

from d8plan.models.allocations import UNALLOTTED
from d8plan.models.places import PLANS

ALL = 100
"""Per cent."""

Data = dict[str, Any]
Cell = tuple[str, str | None]
"""Unit and level of a figure; level is None where it is not split."""
Column = dict[Cell, int | None]
Placed = tuple[str, Keys]
"""File and keys."""


def at(data: Any, keys: Iterable[str | int]) -> Any:
    """Return the value at some keys."""
    for key in keys:
        data = data[key]
    return data


def replaced(data: Any, keys: Keys, new: Any) -> Any:
    """Return data with another value at some keys; nothing else is copied."""
    return {**data, keys[0]: replaced(data[keys[0]], keys[1:], new)} if keys else new


def percent(part: int, whole: int) -> int:
    """Return a rate in whole per cent, a half rounded up."""
    return (200 * part + whole) // (2 * whole)


def cells(units: Data) -> Column:
    """Return the figures of an indicator by unit and level."""
    return {
        (unit, level): value
        for unit, given in units.items()
        for level, value in (given.items() if isinstance(given, dict) else [(None, given)])
    }


def rates(files: Mapping[str, Data]) -> dict[str, tuple[str, str]]:
    """Return the numerator and denominator of each rate that names both."""
    held = {key: one["aggregation"] for key, one in files["indicators.yaml"]["indicators"].items()}
    both = {"numerator", "denominator"}
    return {
        key: (one["numerator"], one["denominator"])
        for key, one in held.items()
        if one["units"] == "rate" and both <= one.keys()
    }


def cited(files: Mapping[str, Data], plan: str) -> set[str]:
    """Return the other plans that a plan's text speaks of."""
    statements = files.get(f"{PLANS}/{plan}/statements.yaml", {})
    held = [*statements.get("values", {}).values(), *statements.get("named_units", {}).values()]
    return {one["select"]["plan"] for one in held if "plan" in one["select"]}


def caps(activities: Data) -> Iterator[tuple[Keys, Data]]:
    """Yield each cap with the keys that lead to it, and the quantity that it is of."""
    for part, held in activities.get("parts", {}).items():
        for activity, one in (held.get("activities") or {}).items():
            for key, quantity in (one.get("quantities") or {}).items():
                if "cap" in quantity:
                    yield ("parts", part, "activities", activity, "quantities", key, "cap"), quantity


def false(files: Mapping[str, Data], plans: Iterable[str]) -> set[Placed]:
    """Return where a number is stated that does not follow, or that follows from nothing."""
    folder = _Folder(files)
    return {(f"{PLANS}/{plan}/{name}", keys) for plan in plans for name, keys in folder.of_plan(plan)}


class _Folder:
    def __init__(self, files: Mapping[str, Data]) -> None:
        self.files = files
        self.how = {key: one["aggregation"]["units"] for key, one in files["indicators.yaml"]["indicators"].items()}
        self.rates = rates(files)
        self.columns: dict[tuple[str, str], Column] = {}

    def file(self, plan: str, name: str) -> Data:
        """Return a file of a plan; nothing where it has none."""
        return self.files.get(f"{PLANS}/{plan}/{name}", {})

    def of_plan(self, plan: str) -> Iterator[Placed]:
        """Yield what is false in a plan, by its file and keys."""
        for indicator, one in self.file(plan, "allocations.yaml").get("indicators", {}).items():
            for keys in self._allocation(plan, indicator, one):
                yield "allocations.yaml", ("indicators", indicator, *keys)
        for zone, one in self.file(plan, "plan.yaml").get("zone", {}).items():
            if one["total"] != self.computed(plan, {"zone": zone}):
                yield "plan.yaml", ("zone", zone, "total")
        budget = self.file(plan, "budget.yaml")
        for key, one in budget.get("totals", {}).items():
            if one["amount"] != _amounts(budget, one):
                yield "budget.yaml", ("totals", key)
        statements = self.file(plan, "statements.yaml")
        for key, one in statements.get("values", {}).items():
            if one["value"] != self.computed(plan, one["select"], counted=one.get("aggregate") == "count"):
                yield "statements.yaml", ("values", key)
        activities = self.file(plan, "activities.yaml")
        for key, one in statements.get("named_units", {}).items():
            where = one["activity"]
            parts = activities.get("parts", {}).get(where["part"], {}).get("activities") or {}
            if set(parts.get(where["activity"], {}).get("units", [])) != self.units_of(plan, one["select"]):
                yield "statements.yaml", ("named_units", key)
                if where["activity"] in parts:
                    yield "activities.yaml", ("parts", where["part"], "activities", where["activity"])
        for keys, quantity in caps(activities):
            cap = quantity["cap"]
            times = statements.get("values", {}).get(cap.get("times"), {}).get("value")
            budgeted = _amounts(budget, cap)
            if times is None or budgeted is None or quantity["value"] * times > budgeted:
                yield "activities.yaml", keys

    def _allocation(self, plan: str, indicator: str, one: Data) -> Iterator[Keys]:
        if self.how[indicator] == "not-additive":
            return
        if self.how[indicator] == "rate" and indicator not in self.rates:
            yield ("target",)
            return
        if indicator in self.rates:
            yield from (("units", unit, *([level] if level else [])) for unit, level in self._lines(plan, indicator))
        if one["target"] != self.computed(plan, {"indicator": indicator}, stands=False):
            yield ("target",)
        for key in ("levels", "control"):
            for level, stated in one.get(key, {}).items():
                if stated != self.computed(plan, {"indicator": indicator, "level": level}, stands=False):
                    yield (key, level)

    def _lines(self, plan: str, rate: str) -> Iterator[Cell]:
        """Yield the lines of a rate that are not what their parts give."""
        above, below = (self.column(plan, {"indicator": name}) for name in self.rates[rate])
        for cell, given in self.column(plan, {"indicator": rate}).items():
            part, whole = above.get(cell), below.get(cell)
            if given != (percent(part or 0, whole) if whole else None) or (part or 0) > (whole or 0):
                yield cell

    def column(self, plan: str, select: Data) -> Column:
        """Return the figures that are selected."""
        plan = select.get("plan", plan)
        held = self.file(plan, "plan.yaml")
        column: Column = {}
        if "indicator" in select:
            allocated = self.file(plan, "allocations.yaml").get("indicators", {}).get(select["indicator"])
            column = self._cells(plan, select["indicator"], allocated["units"]) if allocated else {}
        elif "zone" in select and select["zone"] in held.get("zone", {}):
            column = {(unit, None): row["zone"].get(select["zone"]) for unit, row in held["units"].items()}
        chosen = [set(select["units"])] if "units" in select else []
        if "group" in select:
            chosen.append(set(held.get("groups", {}).get(select["group"], {}).get("units", [])))
        level = select.get("level")
        if level is not None:
            column = {cell: value for cell, value in column.items() if cell[1] == level}
        for units in chosen:
            column = {cell: value for cell, value in column.items() if cell[0] in units}
        return column

    def _cells(self, plan: str, indicator: str, units: Data) -> Column:
        if (plan, indicator) not in self.columns:
            self.columns[plan, indicator] = cells(units)
        return self.columns[plan, indicator]

    def units_of(self, plan: str, select: Data) -> set[str]:
        """Return the units that have more than 0 of what is selected."""
        return {unit for (unit, _), value in self.column(plan, select).items() if value and unit != UNALLOTTED}

    def computed(self, plan: str, select: Data, *, counted: bool = False, stands: bool = True) -> int | None:
        """Return what selected figures come to; None where nothing can be said.

        ``stands`` tells whether a number that is no sum may repeat a target or level total.
        """
        if {"indicator", "zone"} <= select.keys():
            return None
        if counted and "indicator" not in select and "zone" not in select:
            groups = self.file(select.get("plan", plan), "plan.yaml").get("groups", {})
            if "level" in select or select.get("group") not in groups:
                return None
            members = groups[select["group"]]["units"]
            units = select.get("units", members)
            return len(units) if set(units) <= set(members) else None
        column = self.column(plan, select)
        if not column:
            return None
        if counted:
            return len(self.units_of(plan, select))
        indicator = select.get("indicator")
        if indicator in self.rates:
            above, below = (
                sum(value or 0 for value in self.column(plan, {**select, "indicator": name}).values())
                for name in self.rates[indicator]
            )
            return percent(above, below) if below else None
        values = [value for value in column.values() if value is not None]
        if self.how.get(indicator or "", "sum") == "sum" or len(values) < 2:
            return sum(values)
        if not stands or {"units", "group"} & select.keys():
            return None
        one = self.file(select.get("plan", plan), "allocations.yaml")["indicators"][indicator]
        by_level = {None: one["target"], **one.get("control", {}), **one.get("levels", {})}
        return by_level.get(select.get("level"))


def _amounts(budget: Data, select: Data) -> int | None:
    """Return the amounts that fit every selector given; None where there are none."""
    amounts = [
        amount["amount"]
        for holder, held in budget.get("holders", {}).items()
        for origin, amount in held["amounts"].items()
        if select.get("holder") in (None, holder)
        and select.get("origin") in (None, origin)
        and select.get("level") in (None, held["level"])
    ]
    return sum(amounts) if amounts else None
