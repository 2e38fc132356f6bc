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
    Comparison,
    FigureChange,
    PlanChange,
    TotalChange,
    ValueChange,
    ValueKind,
    Version,
    state_of,
)

K = TypeVar("K", bound=Hashable)
Values = dict[Place, Any]
_KINDS = {"statements.yaml": ValueKind.STATEMENT, "exceptions.yaml": ValueKind.EXCEPTION}


def compare(old: Version, new: Version) -> Comparison:
    """Return all that differs between two versions.

    A figure is matched by what it measures and of whom, wherever it stands; all other values by their place. What
    differs and is neither shown as a figure nor as a stated total is among the values, so that nothing is lost.
    """
    before, after = values_of(old.dataset), values_of(new.dataset)
    figures = tuple(_figures(old.report.ledger, new.report.ledger))
    totals = tuple(_totals(old.report.ledger, new.report.ledger, before, after))
    known, found = _findings(old), _findings(new)
    return Comparison(
        figures,
        totals,
        tuple(_values(before, after, figures, totals)),
        tuple(_beyond(known, found)),
        tuple(_beyond(found, known)),
        tuple(_plans(old.dataset, new.dataset)),
    )


def values_of(dataset: Dataset) -> Values:
    """Return every value of a data folder by its place, seals apart."""
    found = {Place.parse(pointer): value for pointer, value in of_registers(dataset).items()}
    for plan, files in dataset.plans.items():
        for leaves in of_plan(files):
            found |= {Place.parse(pointer, plan): value for pointer, value in leaves.items()}
    return found


def merged(old: Iterable[K], new: Iterable[K]) -> list[K]:
    """Return the keys of both in the order of the newer; what it lacks stands where it stood in the older."""
    known = list(new)
    among, followers, last = frozenset(known), defaultdict[K | None, list[K]](list), None
    for key in old:
        if key in among:
            last = key
        else:
            followers[last].append(key)
    return [*followers[None], *(one for key in known for one in (key, *followers[key]))]


def _identity(cell: Figure) -> tuple[str, str, str, str, str | None]:
    """Return what a figure is of; the level of money is its holder's and may be changed like any value."""
    level = None if cell.kind is Kind.BUDGET else cell.level
    return cell.plan, cell.kind, cell.series, cell.unit, level


def _figures(old: Ledger, new: Ledger) -> Iterator[FigureChange]:
    given = [{_identity(figure): figure.value for figure in ledger.figures} for ledger in (old, new)]
    before, after = ({_identity(cell): cell for cell in ledger.cells} for ledger in (old, new))
    for key in merged(before, after):
        was, now = (figures.get(key) for figures in given)
        if was != now:
            yield FigureChange(state_of(was, now), before[key] if now is None else after[key], was, now)


def _totals(old: Ledger, new: Ledger, before: Values, after: Values) -> Iterator[TotalChange]:
    were, are = ({(one.source, one.place): one for one in ledger.statements} for ledger in (old, new))
    for key in merged(were, are):
        was, now = were.get(key), are.get(key)
        # A total over figures that cannot be proven is still stated.
        stated = [one.stated if one else values.get(key[1]) for one, values in ((was, before), (now, after))]
        computed = [one.computed if one else None for one in (was, now)]
        statement = now or was
        if statement and (stated[0] != stated[1] or computed[0] != computed[1]):
            yield TotalChange(statement, *stated, *computed)


def _values(
    before: Values, after: Values, figures: Iterable[FigureChange], totals: Iterable[TotalChange]
) -> Iterator[ValueChange]:
    shown = {one.statement.place: (one.stated_old, one.stated_new) for one in totals}
    shown |= {one.cell.place: (one.old, one.new) for one in figures}
    above = {one.cell.place._replace(keys=one.cell.place.keys[:-1]) for one in figures}
    for place in merged(before, after):
        old, new = before.get(place), after.get(place)
        if (place in before, old) == (place in after, new) or shown.get(place) == (old, new):
            continue
        if old is new is None and place in above:
            continue  # an empty line that is now split by level, or was: its figures are shown
        state = (
            ChangeState.ADDED
            if place not in before
            else ChangeState.REMOVED
            if place not in after
            else ChangeState.CHANGED
        )
        yield ValueChange(state, _kind(place), plan_of(place), place, old, new)


def plan_of(place: Place) -> str | None:
    """Return the plan that a place belongs to; None for what all plans share."""
    return place.plan


def _kind(place: Place) -> ValueKind:
    return _KINDS.get(place.file.rsplit("/", 1)[-1], ValueKind.OTHER)


def _findings(version: Version) -> tuple[Finding, ...]:
    return (*version.report.findings, *version.report.covered)


def _beyond(known: Iterable[Finding], found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what is found beyond what is known; two alike count twice."""
    left = Counter(map(_sameness, known))
    for finding in found:
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
        states = [files.state if files else None for files in (was, now)]
        seals = [files.seal if files else None for files in (was, now)]
        resealed = None not in seals and seals[0] != seals[1]
        if states[0] != states[1] or resealed:
            yield PlanChange(plan, states[0], states[1], resealed)
