"""Load a data folder: every file that can be used, and a finding for everything that cannot."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from d8plan.findings import Finding, Mark, Place, Rule
from d8plan.message import M, Message
from d8plan.models.base import Record
from d8plan.models.files import PER_PLAN, PLANS, REQUIRED_PER_PLAN, SHARED, Dataset, PlanFiles
from d8plan.models.validation import Fault, validate
from d8plan.store import rules, strict_yaml
from d8plan.store.strict_yaml import Source
from d8plan.text import nearest

R = TypeVar("R", bound=Record)
_UNREAD = Source("", None, None, (), readable=False)
ENTRY_DEPTH = 2
"""Keys that lead to an entry of a file: what is left out when something in it is wrong."""


class Loaded(NamedTuple):
    """A data folder: what could be used, what is wrong, and the text it came from."""

    folder: Path
    dataset: Dataset
    findings: tuple[Finding, ...]
    sources: dict[str, Source]

    def mark(self, place: Place) -> Mark:
        """Return the line and column of a place."""
        return self.sources.get(place.file, _UNREAD).locate(place.keys, of_key=place.of_key)

    def line(self, file: str, number: int) -> str:
        """Return a line of a file as it was typed; empty where there is none."""
        lines = self.sources.get(file, _UNREAD).lines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def has(self, place: Place) -> bool:
        """Tell whether the data holds anything at a place."""
        node = self.sources.get(place.file, _UNREAD).root
        for key in place.keys:
            node = node.children.get(key) if node else None
        return node is not None


def load(folder: Path) -> Loaded:
    """Read every file of a data folder; raises OSError only where the folder itself cannot be read."""
    loader = _Loader(folder)
    shared = {name: loader.file(name, record) for name, record in SHARED.items()}
    plans = []
    for entry in _folders(folder / PLANS):
        plan = loader.plan(entry)
        if plan is not None:
            plans.append(plan)
    loader.unknown("", os.listdir(folder), SHARED)
    plans.sort(key=lambda plan: (plan.plan.period.first, -plan.plan.period.last, plan.id))
    dataset = Dataset(
        units=shared["units.yaml"],  # type: ignore[arg-type]
        documents=shared["documents.yaml"],  # type: ignore[arg-type]
        indicators=shared["indicators.yaml"],  # type: ignore[arg-type]
        plans={plan.id: plan for plan in plans},
        broken=frozenset(loader.broken),
    )
    return Loaded(folder, dataset, tuple(loader.findings), loader.sources)


def _folders(parent: Path) -> list[str]:
    if not parent.is_dir():
        return []
    return sorted(entry.name for entry in os.scandir(parent) if entry.is_dir() and not entry.name.startswith("."))


class _Loader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.sources: dict[str, Source] = {}
        self.broken: set[tuple[str, ...]] = set()

    def plan(self, plan: str) -> PlanFiles | None:
        files: dict[str, Any] = {}
        names = os.listdir(self.folder / PLANS / plan)
        self.unknown(f"{PLANS}/{plan}/", names, PER_PLAN)
        for name, record in PER_PLAN.items():
            present = name in names or name in REQUIRED_PER_PLAN
            files[name.removesuffix(".yaml")] = self.file(f"{PLANS}/{plan}/{name}", record, plan) if present else None
        if files["plan"] is None:
            return None
        return PlanFiles(id=plan, **files)

    def unknown(self, above: str, names: Iterable[str], known: Iterable[str]) -> None:
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")) and name not in known:
                close = nearest(name, known)
                action = M("Did you mean “{id}”?", id=close[0]) if close else M("Move it out of the data folder")
                self._add(rules.UNKNOWN_FILE, M("d8plan does not read this file"), Place(above + name), action)

    def file(self, name: str, record: type[R], plan: str | None = None) -> R | None:
        try:
            with open(self.folder / name, "rb") as file:
                content = file.read(strict_yaml.MAX_BYTES + 1)
        except FileNotFoundError:
            self.broken.add((name,))
            action = M("Restore it from git, or start it from the file of another plan")
            self._add(rules.MISSING_FILE, M("The file is missing"), Place(name), action, plan)
            return None
        except OSError as error:
            self.broken.add((name,))
            message = M("The file cannot be read: {reason}", reason=error.strerror or str(error))
            self._add(rules.UNREADABLE, message, Place(name), M("Check that it is a file that you may read"), plan)
            return None
        source = self.sources[name] = strict_yaml.read(content)
        for problem in source.problems:
            self.findings.append(
                Finding(
                    rule=problem.rule,
                    message=problem.message,
                    place=Place(name, problem.path),
                    action=problem.action,
                    mark=problem.mark,
                    plan=plan,
                    **_about(Place(name, problem.path)),
                )
            )
        if not source.readable:
            self.broken.add((name,))
            return None
        return self._record(name, record, source, plan)

    def _record(self, name: str, record: type[R], source: Source, plan: str | None) -> R | None:
        """Validate a file's data; leave out entries with faults so that the rest can be used."""
        valid, faults = validate(record, source.data)
        if valid is not None and not source.problems:
            return valid
        # What the reader refused is told already.
        told = {problem.path for problem in source.problems}
        self._faults(name, record, [fault for fault in faults if fault.path not in told], plan)
        data = source.data
        for path in (*told, *(fault.path for fault in faults)):
            data = self._without(name, data, path)
        valid, _ = validate(record, data)
        if valid is None:
            self.broken.add((name,))
        return valid

    def _without(self, name: str, data: object, path: tuple[str | int, ...]) -> object:
        """Return ``data`` less the entry that ``path`` leads into."""
        if len(path) < ENTRY_DEPTH or not isinstance(data, dict) or not isinstance(data.get(path[0]), dict):
            return data
        self.broken.add((name, *map(str, path[:ENTRY_DEPTH])))
        entries = {key: value for key, value in data[path[0]].items() if key != path[1]}
        return {**data, path[0]: entries}

    def _faults(self, name: str, record: type[Record], faults: list[Fault], plan: str | None) -> None:
        missing = [fault for fault in faults if fault.type == "missing"]
        for fault in faults:
            if fault.type == "unexpected_keyword_argument":
                # A misspelt key is also a missing one: tell it once.
                siblings = [other for other in missing if other.path[:-1] == fault.path[:-1]]
                known = [str(other.path[-1]) for other in siblings] or _fields(record, fault.path[:-1])
                close = nearest(str(fault.path[-1]), known)
                if close and siblings:
                    missing.remove(next(other for other in siblings if other.path[-1] == close[0]))
                action = (
                    M("Did you mean “{id}”?", id=close[0]) if close else M("Known here: {keys}", keys=", ".join(known))
                )
                message = M("“{key}” is not a key of this place", key=fault.path[-1])
                self._add(rules.UNKNOWN_KEY, message, Place(name, fault.path, of_key=True), action, plan)
            elif fault.type != "missing":
                message, action = _explain(fault)
                self._add(rules.WRONG_VALUE, message, Place(name, fault.path, of_key=fault.of_key), action, plan)
        for fault in missing:
            message = M("“{key}” is missing", key=fault.path[-1])
            action = M("Add “{line}”", line=f"{fault.path[-1]}: …")
            self._add(rules.MISSING_KEY, message, Place(name, fault.path[:-1], of_key=True), action, plan)

    def _add(self, rule: Rule, message: Message, place: Place, action: Message, plan: str | None = None) -> None:
        self.findings.append(Finding(rule, message, place, action, plan=plan, **_about(place)))


def _about(place: Place) -> dict[str, Any]:
    """Return the indicator, unit and level of a place in allocations.yaml."""
    if not place.file.endswith("/allocations.yaml") or place.keys[:1] != ("indicators",):
        return {}
    of_unit = place.keys[2:3] == ("units",)
    fields = {"indicator": place.keys[1:2], "unit": place.keys[3:4] if of_unit else (), "level": place.keys[4:5]}
    return {field: str(keys[0]) for field, keys in fields.items() if keys and (field != "level" or of_unit)}


def _fields(record: type[Record], path: tuple[str | int, ...]) -> list[str]:
    """Return the keys of the record at ``path`` below ``record``; none where there is no record."""
    found: Any = record
    for key in path:
        if isinstance(found, type) and issubclass(found, Record):
            found = _required(get_type_hints(found).get(str(key)))
        else:
            found = get_args(found)[-1] if get_args(found) else None
    return list(get_type_hints(found)) if isinstance(found, type) and issubclass(found, Record) else []


def _required(hint: Any) -> Any:
    """Return what an optional type hint is when it is given."""
    arms = [arm for arm in get_args(hint) if arm is not type(None)]
    return arms[0] if type(None) in get_args(hint) else hint


def _explain(fault: Fault) -> tuple[Message, Message]:
    """Return what is wrong with a value and what to write instead."""
    given = M("{value}", value=str(fault.input)) if isinstance(fault.input, (str, int)) else M("a group of values")
    if fault.input is None:
        given = M("null")
    message = M("“{value}” does not belong here", value=given)
    context = fault.context
    if fault.type in ("int_type", "int_parsing"):
        return message, M("Write a whole number with digits alone, without a unit of measure")
    if fault.type in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        if fault.type == "greater_than_equal":
            return message, M("Write a whole number from {least} up", least=bound)
        return message, M("Write a whole number of at most {most}", most=bound)
    if fault.type in ("string_type", "string_too_short"):
        return message, M("Write text; in quotes where it could be read as a number")
    if fault.type == "string_pattern_mismatch":
        if "|" in context["pattern"]:
            return message, M("Write one of: {values}", values=context["pattern"].strip("^()$").replace("|", ", "))
        return message, M("Write it in the form {pattern}", pattern=context["pattern"])
    if fault.type == "value_error":
        return message, M("Write a date as YYYY-MM-DD")
    if fault.type == "list_type":
        return message, M("Write a list: {example}", example="[…, …]")
    return message, M("Write a mapping: {example}", example="{key: value}")
