"""Records as plain values by their place: what is sealed, compared and amended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from d8plan.findings import Place
from d8plan.models.amendments import Change
from d8plan.models.budget import BudgetTotal
from d8plan.models.files import PER_PLAN, PLANS, SHARED, Dataset, PlanFiles
from d8plan.models.seal import Leaves, plain

AMENDMENTS = "amendments/"
_RECORD_FILES = ("exceptions.yaml", AMENDMENTS)
_RECORD_KEYS = frozenset({"notes", "control", "severities", "reporting"})
"""What is kept about a plan but not said by its document."""
_CHANGE = re.compile(r"/changes/(?P<pointer>.*)/(?P<side>old|new)")


def of_plan(files: PlanFiles) -> tuple[Leaves, Leaves]:
    """Return the values of a plan's files: what its document says, and what is kept about it."""
    said: Leaves = {}
    kept: Leaves = {}
    held = {name: getattr(files, name.removesuffix(".yaml")) for name in PER_PLAN}
    held |= {f"{AMENDMENTS}{name}.yaml": amendment for name, amendment in files.amendments.items()}
    for name, record in held.items():
        if record is not None:
            for pointer, value, is_said in _leaves(record, f"{name}#", said=not name.startswith(_RECORD_FILES)):
                (said if is_said else kept)[pointer] = value
    if files.annex:  # the order of the columns is printed; that of other mappings says nothing
        said["annex.yaml#/groups"] = [key for group in files.annex.groups.values() for key in group.indicators]
    return said, kept


def of_registers(dataset: Dataset) -> Leaves:
    """Return the values of the files that plans share."""
    held = {name: getattr(dataset, name.removesuffix(".yaml")) for name in SHARED}
    return {
        pointer: value
        for name, record in held.items()
        if record is not None
        for pointer, value, _ in _leaves(record, f"{name}#", said=True)
    }


def place_of(pointer: str, plan: str | None) -> Place:
    """Return the place of a value of a plan's files, or of the shared ones."""
    name, _, path = pointer.partition("#")
    file = name if plan is None else f"{PLANS}/{plan}/{name}"
    if change := _CHANGE.fullmatch(path):
        return Place(file, ("changes", change["pointer"], change["side"]))
    return Place(file, tuple(path.split("/")[1:]))


def _leaves(value: Any, pointer: str, *, said: bool) -> Iterator[tuple[str, Any, bool]]:
    """Yield the pointer of every leaf below ``value``, its plain value, and whether the document says it.

    A null in a mapping counts, for it says that nothing is allotted; a key left out does not.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{pointer}/{key}", said=said)
    elif hasattr(value, "__dict__"):
        said = said and not (isinstance(value, BudgetTotal) and value.source is None)
        for key, item in value.__dict__.items():
            if item is not None or isinstance(value, Change):
                yield from _leaves(item, f"{pointer}/{key}", said=said and key not in _RECORD_KEYS)
    else:
        yield pointer, plain(value), said
