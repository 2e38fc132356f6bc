"""Match what two versions of a data folder hold, and keep what differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeVar

from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.ledger import Ledger
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding
from d8plan.models.places import Place
from d8plan.models.plain_values import of_plan, of_registers
from d8plan.views.comparison.changes import (
    ChangeState,
    FigureChange,
    PlanChange,
    TotalChange,
    ValueChange,
    ValueKind,
    Version,
    VersionComparison,
)

K = TypeVar("K", bound=Hashable)
Values = dict[Place, Any]
_KINDS = {"statements.yaml": ValueKind.STATEMENT, "exceptions.yaml": ValueKind.EXCEPTION}


def compare(old: Version, new: Version) -> VersionComparison:
    """Return all that differs between two versions.

    A figure is matched by what it measures and of whom, wherever it stands; all other values by their place. What
    differs and is neither shown as a figure nor as a stated total is among the values, so that nothing is lost.
    """
    before, after = values_of(old.dataset), values_of(new.dataset)
    figures = tuple(_figures(old.report.ledger, new.report.ledger))
    totals = tuple(_totals(old.report.ledger, new.report.ledger, before, after))
    findings_before, findings_after = ((*version.report.findings, *version.report.covered) for version in (old, new))
    return VersionComparison(
        old,
        new,
        figures,
        totals,
        tuple(_values(before, after, figures, totals)),
        tuple(_beyond(findings_before, findings_after)),
        tuple(_beyond(findings_after, findings_before)),
        tuple(_plans(old.dataset, new.dataset)),
    )


def values_of(dataset: Dataset) -> Values:
    """Return every value of a data folder by its place, seals apart."""
    values = {Place.parse(pointer): value for pointer, value in of_registers(dataset).items()}
    for plan, files in dataset.plans.items():
        for leaves in of_plan(files):
            values |= {Place.parse(pointer, plan): value for pointer, value in leaves.items()}
    return values


def merged(old: Iterable[K], new: Iterable[K]) -> list[K]:
    """Return the keys of both in the order of the newer; what it lacks stands where it stood in the older."""
    kept = list(new)
    kept_keys, followers, last = frozenset(kept), defaultdict[K | None, list[K]](list), None
    for key in old:
        if key in kept_keys:
            last = key
        else:
            followers[last].append(key)
    return [*followers[None], *(key for before in kept for key in (before, *followers[before]))]


def _identity(cell: Figure) -> tuple[str, str, str, str, str | None]:
    """Return what a figure is of; the level of money is its holder's and may be changed like any value."""
    level = None if cell.kind is Kind.BUDGET else cell.level
    return cell.plan, cell.kind, cell.series, cell.unit, level


def _figures(old: Ledger, new: Ledger) -> Iterator[FigureChange]:
    old_values, new_values = ({_identity(cell): cell.value for cell in ledger.figures} for ledger in (old, new))
    old_cells, new_cells = ({_identity(cell): cell for cell in ledger.cells} for ledger in (old, new))
    for key in merged(old_cells, new_cells):
        was, now = old_values.get(key), new_values.get(key)
        if was != now:
            state = ChangeState.of(was_there=was is not None, is_there=now is not None)
            yield FigureChange(state, old_cells[key] if now is None else new_cells[key], was, now)


def _totals(old: Ledger, new: Ledger, before: Values, after: Values) -> Iterator[TotalChange]:
    old_statements, new_statements = (
        {(statement.source, statement.place): statement for statement in ledger.statements} for ledger in (old, new)
    )
    for key in merged(old_statements, new_statements):
        was, now = old_statements.get(key), new_statements.get(key)
        statement = now or was
        assert statement
        # A total over figures that cannot be proven is still stated.
        stated = (was.stated if was else before.get(key[1]), now.stated if now else after.get(key[1]))
        computed = (was.computed if was else None, now.computed if now else None)
        if stated[0] != stated[1] or computed[0] != computed[1]:
            yield TotalChange(statement, *stated, *computed)


def _values(
    before: Values, after: Values, figures: Iterable[FigureChange], totals: Iterable[TotalChange]
) -> Iterator[ValueChange]:
    told = {change.statement.place: (change.stated_old, change.stated_new) for change in totals}
    told |= {change.cell.place: (change.old, change.new) for change in figures}
    lines = {change.cell.place._replace(keys=change.cell.place.keys[:-1]) for change in figures}
    for place in merged(before, after):
        was_there, is_there = place in before, place in after
        old, new = before.get(place), after.get(place)
        if (was_there, old) == (is_there, new) or told.get(place) == (old, new):
            continue
        if old is new is None and place in lines:
            continue  # an empty line that is now split by level, or was: its figures are told
        kind = _KINDS.get(place.file.rpartition("/")[2], ValueKind.OTHER)
        yield ValueChange(ChangeState.of(was_there=was_there, is_there=is_there), kind, place.plan, place, old, new)


def _beyond(some: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the others that are not among some findings; two alike count twice."""
    left = Counter(map(_sameness, some))
    for finding in others:
        if left[_sameness(finding)]:
            left[_sameness(finding)] -= 1
        else:
            yield finding


def _sameness(finding: Finding) -> tuple[object, ...]:
    """Return what two findings must share to be the same one."""
    return (
        finding.rule.code,
        finding.plan,
        finding.place,
        finding.stated,
        finding.computed,
        finding.message,
        finding.exception,
    )


def _plans(old: Dataset, new: Dataset) -> Iterator[PlanChange]:
    for plan in merged(old.plans, new.plans):
        was, now = old.plans.get(plan), new.plans.get(plan)
        old_state, new_state = was.state if was else None, now.state if now else None
        resealed = bool(was and now and was.seal and now.seal and was.seal != now.seal)
        if old_state != new_state or resealed:
            yield PlanChange(plan, old_state, new_state, resealed)
