"""Numbers that are not whole: where they may stand, and with how many places after their point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.models.bounds import Bound
from d8plan.models.places import PLANS, KeyPath, Place
from d8plan.models.registry import Indicator
from d8plan.storage.data import rules
from d8plan.storage.data.raw_text import Problem
from d8plan.storage.data.strict_yaml import YamlSource, doubtful_number
from d8plan.text.exact import places, plain
from d8plan.text.message import Amount, M
from d8plan.text.numbers import Measure, beyond


class _Counted(NamedTuple):
    """What a number counts."""

    name: str
    measure: Measure
    file: str
    """Where its decimals are declared."""


class Registers(NamedTuple):
    """What declares how many places numbers have."""

    indicators: Mapping[str, Indicator]
    zones: Mapping[str, Any]
    """Zone figures of the file's plan, as plain data."""


def problems(name: str, source: YamlSource, registers: Registers) -> Iterator[Problem]:
    """Yield what is wrong with the decimals of a file: where no number of a plan stands, or more than are declared."""
    for path, number in source.decimals:
        try:
            counted = _counted(name, path, source.data, registers)
        except LookupError:
            yield doubtful_number(plain(number), source.locate(path), path)
            continue
        given = places(number)
        if counted and given > counted.measure.decimals:
            whole = plain(number).replace(".", "").lstrip("0")
            action = M(
                "Give “{name}” in {file} “decimals: {places}”, or write {whole} where that is meant",
                name=counted.name,
                file=counted.file,
                places=given,
                whole=whole,
            )
            message = beyond(Amount(number), given, counted.measure)
            yield Problem(rules.WRONG_VALUE, message, action, source.locate(path), path)


def _counted(name: str, path: KeyPath, data: Any, registers: Registers) -> _Counted | None:
    """Return what a number at a path of a file counts; None where that is told elsewhere, or any number may stand.

    Raises LookupError where none of a plan's numbers stands there.
    """
    within = {*Bound.model_fields}.intersection(map(str, path[3:]))
    # A bound stands one key deeper, and its two ends one more.
    path = path[: next(at for at, key in enumerate(path) if at > 2 and key in within)] if within else path
    place = Place(name, path)
    of_plan = name.startswith(f"{PLANS}/")
    if (name, *map(str, path[2:])) == ("indicators.yaml", "aggregation", "factor"):
        return None
    if at := keys.coordinates(place) or keys.total_at(place):
        if at.kind is Kind.BUDGET:
            raise LookupError(path)
        return _zone(at.series, registers) if at.kind is Kind.ZONE else _indicator(at.series, registers)
    match [*name.split("/")[2:], *map(str, path)] if of_plan else []:
        case ["results", _, "reports", _, "done", indicator, *_]:
            return _indicator(indicator, registers)
        case ["results", _, "reports", _, "earlier", _, "done", indicator, *_]:
            return _indicator(indicator, registers)
        case ["statements.yaml", "values", key, "value"]:
            return _selected(data["values"][key], registers)
        case ["exceptions.yaml", "exceptions", _, "stated" | "computed"]:
            return None
        case ["amendments", _, "changes", _, "old" | "new"]:
            return None
    raise LookupError(path)


def _selected(statement: Mapping[str, Any], registers: Registers) -> _Counted | None:
    """Return what a number of the text counts, as far as what it selects can be read."""
    select = statement.get("select")
    # A share has the places that the text gives it.
    if not isinstance(select, dict) or "of" in statement:
        return None
    if statement.get("aggregate") == "count":
        raise LookupError("count")
    if "zone" in select:
        return _zone(str(select["zone"]), registers)
    return _indicator(str(select.get("indicator")), registers)


def _indicator(key: str, registers: Registers) -> _Counted | None:
    known = registers.indicators.get(key)
    if known is None:
        return None
    return _Counted(known.short_name, Measure(known.unit_of_measure, known.decimals or 0), "indicators.yaml")


def _zone(key: str, registers: Registers) -> _Counted | None:
    zone = registers.zones.get(key)
    if not isinstance(zone, dict):
        return None
    decimals = zone.get("decimals")
    measure = Measure(str(zone.get("unit_of_measure")), decimals if isinstance(decimals, int) else 0)
    return _Counted(str(zone.get("name")), measure, "plan.yaml")
