"""What is to be written into the data files where figures or stated totals change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from d8plan.checks import Report
from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.ledger.plans import is_split, levels_of
from d8plan.ledger.statements import Statement
from d8plan.models import plain_values
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.models.places import KeyPath, Place, plan_of
from d8plan.text.exact import ExactNumber, magnitude
from d8plan.text.message import M, ToldError

_ABSENT = object()


class RefusedEditError(ToldError):
    """A value that the data cannot hold at its place."""


def by_file(dataset: Dataset, values: Mapping[Place, ExactNumber | None]) -> dict[str, dict[KeyPath, Any]]:
    """Return what to write, by file and path of each value, so that every place has its new value.

    A unit's line that is null, or is not there, becomes a mapping of all levels of its indicator. An amount
    that is not there is put in with its key. Raises RefusedEditError where the data cannot hold a value.
    """
    found: defaultdict[str, dict[KeyPath, Any]] = defaultdict(dict)
    for place, value in values.items():
        files = dataset.plans[place.plan or ""]
        path, written = _line(files, place, value)
        line = found[place.file].get(path)
        if isinstance(line, dict) and isinstance(written, dict):
            written = line | {level: figure for level, figure in written.items() if figure is not None}
        found[place.file][path] = written
    return dict(found)


def _line(files: PlanFiles, place: Place, value: ExactNumber | None) -> tuple[KeyPath, Any]:
    """Return the path to write at and what to write there."""
    at = keys.coordinates(place)
    if at is None or at.unit is None or at.kind is Kind.ZONE:
        return place.keys, value
    if at.kind is Kind.BUDGET:
        if value is None:
            raise RefusedEditError(M("An amount is never empty: write 0 where there is none"))
        is_there = at.series in files.budget.holders[at.unit].amounts
        return (place.keys, value) if is_there else (place.keys[:-1], {"amount": value})
    allocation = files.allocations.indicators[at.series]
    line = allocation.units.get(at.unit)
    if at.level is None:
        if isinstance(line, dict) or (line is None and value is not None and is_split(allocation)):
            raise RefusedEditError(M("{indicator} is split by level: name one", indicator=at.series))
        return place.keys, value
    if isinstance(line, ExactNumber):
        raise RefusedEditError(
            M("{unit} has one number for all levels of {indicator}", unit=at.unit, indicator=at.series)
        )
    if line is None:
        levels = [level for level in levels_of(files, allocation) if level in files.plan.levels]
        return keys.line_of(place).keys, dict.fromkeys(levels) | {at.level: value}
    return place.keys, value


def following_totals(before: Report, after: Report, changed: Collection[Place]) -> dict[Place, ExactNumber]:
    """Return the stated totals that followed from the figures before and do not any more.

    They come with the number that follows now, whatever states them: annex, budget or text. A total moves only
    with figures under it that are among those ``changed``. What was wrong before is left alone, and what follows
    from more than sums and counts.
    """
    held = {one.place: one for one in before.ledger.statements if one.holds}
    return {
        one.place: one.computed
        for one in after.ledger.statements
        if one.given is None
        and one.bound is None
        and one.place in held
        and not one.holds
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
    apart: dict[tuple[object, ...], ExactNumber] = {}
    for one in before:
        if one.difference is not None:
            at = (one.rule.code, one.plan, one.place)
            apart[at] = max(magnitude(one.difference), apart.get(at, 0))
    return [
        one
        for one in after
        if one.severity is Severity.ERROR
        and _identity(one) not in known
        and (one.difference is None or magnitude(one.difference) > apart.get((one.rule.code, one.plan, one.place), -1))
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
