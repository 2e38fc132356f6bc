"""What is to be written into the data files where figures or stated totals change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from d8plan.checks import Report
from d8plan.ledger.plans import is_split
from d8plan.ledger.statements import Statement
from d8plan.models import plain_values
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.models.places import KeyPath, Place, plan_of
from d8plan.text.message import M, ToldError

_ABSENT = object()


class RefusedEditError(ToldError):
    """A value that the data cannot hold at its place."""


def by_file(dataset: Dataset, values: Mapping[Place, int | None]) -> dict[str, dict[KeyPath, Any]]:
    """Return what to write, by file and path of each value, so that every place has its new value.

    A unit's line that is null, or is not there, becomes a mapping of all levels of its indicator. An amount
    that is not there is put in with its key. Raises RefusedEditError where the data cannot hold a value.
    """
    found: defaultdict[str, dict[KeyPath, Any]] = defaultdict(dict)
    for place, value in values.items():
        files = dataset.plans[place.plan or ""]
        keys, written = _line(files, place, value)
        line = found[place.file].get(keys)
        if isinstance(line, dict) and isinstance(written, dict):
            written = line | {key: one for key, one in written.items() if one is not None}
        found[place.file][keys] = written
    return dict(found)


def _line(files: PlanFiles, place: Place, value: int | None) -> tuple[KeyPath, Any]:
    """Return the path to write at and what to write there."""
    keys = place.keys
    match keys:
        case ("indicators", str(indicator), "units", str(unit), str(level)):
            allocation = files.allocations.indicators[indicator]
            line = allocation.units.get(unit)
            if isinstance(line, int):
                raise RefusedEditError(
                    M("{unit} has one number for all levels of {indicator}", unit=unit, indicator=indicator)
                )
            if line is None:
                levels = [key for key in files.plan.levels if key in _levels(files, indicator)]
                return keys[:-1], dict.fromkeys(levels) | {level: value}
        case ("indicators", str(indicator), "units", str(unit)):
            allocation = files.allocations.indicators[indicator]
            line = allocation.units.get(unit)
            if isinstance(line, dict) or (line is None and value is not None and is_split(allocation)):
                raise RefusedEditError(M("{indicator} is split by level: name one", indicator=indicator))
        case ("holders", str(holder), "amounts", str(origin), "amount"):
            if value is None:
                raise RefusedEditError(M("An amount is never empty: write 0 where there is none"))
            if origin not in files.budget.holders[holder].amounts:
                return keys[:-1], {"amount": value}
    return keys, value


def _levels(files: PlanFiles, indicator: str) -> set[str]:
    allocation = files.allocations.indicators[indicator]
    given = {*allocation.levels, *allocation.control}
    for line in allocation.units.values():
        given.update(line if isinstance(line, dict) else ())
    return given


def following_totals(before: Report, after: Report, changed: Collection[Place]) -> dict[Place, int]:
    """Return the stated totals that followed from the figures before and do not any more.

    They come with the number that follows now, whatever states them: annex, budget or text. A total moves only
    with figures under it that are among those ``changed``. What was wrong before is left alone, and what follows
    from more than sums and counts.
    """
    held = {one.place: one for one in before.ledger.statements if one.stated == one.computed}
    return {
        one.place: one.computed
        for one in after.ledger.statements
        if one.given is None
        and one.place in held
        and one.stated != one.computed
        and _moved(held[one.place], one) & frozenset(changed)
    }


def _moved(before: Statement, after: Statement) -> set[Place]:
    """Return the places of the figures under a statement that differ."""
    old, new = ({figure.place: figure.value for figure in one.figures} for one in (before, after))
    return {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}


def new_errors(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Return the errors among the findings after a change that it brings: new ones, and sums further apart than before.

    So that what is wrong can be mended one figure at a time.
    """
    before = tuple(before)
    known = {_identity(finding) for finding in before}
    apart: dict[tuple[object, ...], int] = {}
    for one in before:
        if one.difference is not None:
            at = (one.rule.code, one.plan, one.place)
            apart[at] = max(abs(one.difference), apart.get(at, 0))
    return [
        one
        for one in after
        if one.severity is Severity.ERROR
        and _identity(one) not in known
        and (one.difference is None or abs(one.difference) > apart.get((one.rule.code, one.plan, one.place), -1))
    ]


def _identity(finding: Finding) -> tuple[object, ...]:
    return finding.rule.code, finding.plan, finding.place, finding.stated, finding.computed, finding.message


def changed_by_document(old: PlanFiles, new: PlanFiles) -> dict[str, tuple[Any, Any]]:
    """Return what an amendment must list of a change: every value that the document says, old and new, by place."""
    before, after = plain_values.of_plan(old)[0], plain_values.of_plan(new)[0]
    listed = {}
    for pointer in dict.fromkeys((*before, *after)):
        if before.get(pointer, _ABSENT) == after.get(pointer, _ABSENT):
            continue
        below = f"{pointer}/"
        filled_in = pointer not in after and before[pointer] is None and any(key.startswith(below) for key in after)
        if not filled_in:
            listed[pointer] = (before.get(pointer), after.get(pointer))
    return listed


def touched(files: Iterable[str]) -> list[str]:
    """Return the plans to which data files belong."""
    return list(dict.fromkeys(plan for name in files if (plan := plan_of(name))))
