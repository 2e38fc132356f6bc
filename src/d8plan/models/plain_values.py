"""Records as plain values by their place: what is sealed, compared and amended."""

from __future__ import annotations

import datetime
from typing import Any

from d8plan.models.amendments import Change
from d8plan.models.base import StrictModel
from d8plan.models.budget import BudgetTotal
from d8plan.models.files import EMPTY, PER_PLAN, SHARED, Dataset, PlanFiles
from d8plan.models.seal import PlainValues, Seal

AMENDMENTS = "amendments/"
_RECORD_FILES = ("exceptions.yaml", AMENDMENTS)
_RECORD_KEYS = frozenset({"notes", "control", "severities", "reporting", "sealed"})
"""What is kept about a plan but not said by its document."""
COLUMNS, _LEVELS = "annex.yaml#/groups", "plan.yaml#/levels"


def of_plan(files: PlanFiles) -> tuple[PlainValues, PlainValues]:
    """Return the values of a plan's files: what its document says, and what is kept about it."""
    said: PlainValues = {}
    kept: PlainValues = {}
    records = {name: files.model(name) for name in PER_PLAN}
    records |= {f"{AMENDMENTS}{name}.yaml": amendment for name, amendment in files.amendments.items()}
    for name, record in records.items():
        if record is not None and record is not EMPTY.get(name):
            _take(record, f"{name}#", kept if name.startswith(_RECORD_FILES) else said, kept)
    return said | orders(files), kept


def orders(files: PlanFiles) -> PlainValues:
    """Return, by the place of each mapping whose order is printed, its keys in that order.

    Rows of units follow their numbers, indicators have their columns by annex.yaml, and holders stand under their
    level: how the mappings of units and of allocations are turned, and how levels mix among holders, is not printed.
    """
    plan, annex, budget = files.plan, files.annex, files.budget
    allotted = list(files.allocations.indicators)
    keys_by_place: PlainValues = {}
    if annex:
        keys_by_place[COLUMNS] = [key for group in annex.groups.values() for key in group.indicators]
        keys_by_place["annex.yaml#/zone"] = list(annex.zone)
        headed = frozenset(keys_by_place[COLUMNS])
        allotted = [key for key in allotted if key not in headed]
    keys_by_place[_LEVELS] = list(plan.levels)
    keys_by_place["plan.yaml#/zone"] = list(plan.zone)
    keys_by_place["plan.yaml#/groups"] = list(plan.groups)
    keys_by_place["allocations.yaml#/indicators"] = allotted
    keys_by_place["budget.yaml#/origins"] = list(budget.origins)
    keys_by_place["budget.yaml#/holders"] = sorted(budget.holders, key=lambda key: budget.holders[key].level)
    keys_by_place["activities.yaml#/parts"] = list(files.activities.parts)
    for key, part in files.activities.parts.items():
        keys_by_place[f"activities.yaml#/parts/{key}/activities"] = list(part.activities)
    return {at: keys for at, keys in keys_by_place.items() if keys or at in (COLUMNS, _LEVELS)}


def knows_orders(seal: Seal) -> bool:
    """Tell whether a seal was made since seals hold the order of all that is printed, not of columns alone."""
    return _LEVELS in seal.plan


def of_registers(dataset: Dataset) -> PlainValues:
    """Return the values of the files that plans share."""
    records = {name: getattr(dataset, name.removesuffix(".yaml")) for name in SHARED}
    said: PlainValues = {}
    for name, record in records.items():
        _take(record, f"{name}#", said, said)
    return said


def plain(value: object) -> Any:
    """Return a value as JSON keeps it: a date as YYYY-MM-DD."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def _take(value: Any, pointer: str, said: PlainValues, kept: PlainValues) -> None:
    """Put the plain value of every leaf below ``value``, by its pointer, into ``said`` or ``kept``.

    A null in a mapping counts, for it says that nothing is allotted; a key left out does not.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            _take(item, f"{pointer}/{key}", said, kept)
    elif isinstance(value, StrictModel):
        if isinstance(value, BudgetTotal) and value.source is None:
            said = kept
        for key, item in value:
            if item is not None or isinstance(value, Change):
                _take(item, f"{pointer}/{key}", kept if key in _RECORD_KEYS else said, kept)
    else:
        said[pointer] = plain(value)
