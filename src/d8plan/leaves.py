"""Records as plain values by their place: what is sealed, compared and amended."""

from __future__ import annotations

import re
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
            _take(record, f"{name}#", kept if name.startswith(_RECORD_FILES) else said, kept)
    if files.annex:  # the order of the columns is printed; that of other mappings says nothing
        said["annex.yaml#/groups"] = [key for group in files.annex.groups.values() for key in group.indicators]
    return said, kept


def of_registers(dataset: Dataset) -> Leaves:
    """Return the values of the files that plans share."""
    held = {name: getattr(dataset, name.removesuffix(".yaml")) for name in SHARED}
    said: Leaves = {}
    for name, record in held.items():
        if record is not None:
            _take(record, f"{name}#", said, said)
    return said


def place_of(pointer: str, plan: str | None) -> Place:
    """Return the place of a value of a plan's files, or of the shared ones."""
    name, _, path = pointer.partition("#")
    file = name if plan is None else f"{PLANS}/{plan}/{name}"
    if change := _CHANGE.fullmatch(path):
        return Place(file, ("changes", change["pointer"], change["side"]))
    return Place(file, tuple(path.split("/")[1:]))


def _take(value: Any, pointer: str, said: Leaves, kept: Leaves) -> None:
    """Put the plain value of every leaf below ``value``, by its pointer, into ``said`` or ``kept``.

    A null in a mapping counts, for it says that nothing is allotted; a key left out does not.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            _take(item, f"{pointer}/{key}", said, kept)
    elif hasattr(value, "__dict__"):
        if isinstance(value, BudgetTotal) and value.source is None:
            said = kept
        for key, item in value.__dict__.items():
            if item is not None or isinstance(value, Change):
                _take(item, f"{pointer}/{key}", kept if key in _RECORD_KEYS else said, kept)
    else:
        said[pointer] = plain(value)
