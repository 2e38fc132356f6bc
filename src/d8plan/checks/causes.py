"""One fault, one finding: totals that fail for one reason are told together.

A wrong figure makes its level total, its target and each sentence about it fail by the same
difference. Where the sums that fail by one difference share figures, the fault is among those
figures; the narrowest sum tells it, the others are named as consequences. Where a wider sum fails
by exactly what narrower ones within it add up to, it is their consequence too. A value that is not
the sealed one is the cause of all that fails by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from d8plan.checks.exceptions import MISMATCHED
from d8plan.checks.sealed import CHANGED, RECORD_CHANGED
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.statements import Statement
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.findings import Finding, Related, Severity
from d8plan.models.places import KeyPath, Place
from d8plan.text.exact import ExactNumber, magnitude
from d8plan.text.message import Amount, M

Exceptions = Mapping[tuple[str, str], ExceptionEntry]
"""Every exception by plan and id."""


@dataclass
class _Cause:
    """Failing sums with one difference, narrowest first, and the figures they all contain."""

    number: int
    shift: ExactNumber
    suspects: frozenset[int]
    findings: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """Return how much the narrowest of its findings matters."""
        return self.findings[0].severity


class _Group:
    """Causes of one severity that suspect the same figures: their numbers by their difference."""

    def __init__(self) -> None:
        self.total: ExactNumber = 0
        self.by_shift: dict[ExactNumber, set[int]] = {}

    def add(self, cause: _Cause) -> None:
        """Take a cause in."""
        self.total += cause.shift
        self.by_shift.setdefault(cause.shift, set()).add(cause.number)

    def remove(self, cause: _Cause) -> None:
        """Let a cause go."""
        self.total -= cause.shift
        self.by_shift[cause.shift].remove(cause.number)


class _Causes:
    """The causes found so far, looked up by the cells that they suspect."""

    def __init__(self, proven: set[int]) -> None:
        self.proven = proven
        self.all: list[_Cause] = []
        self.groups: dict[tuple[Severity, frozenset[int]], _Group] = {}
        self.by_cell: defaultdict[int | None, dict[tuple[Severity, frozenset[int]], _Group]] = defaultdict(dict)
        """Groups by each cell that they suspect; those that suspect none under None."""

    def take(self, finding: Finding, shift: ExactNumber) -> None:
        """Give a finding to the cause that explains it, else make it one."""
        near: dict[tuple[Severity, frozenset[int]], _Group] = dict(self.by_cell[None])
        for number in finding.parts:
            near.update(self.by_cell.get(number, ()))
        # What matters less must not stand for what matters more.
        able = [(key, group) for key, group in near.items() if key[0].rank <= finding.severity.rank]
        # A cell that a holding sum contains is right: it cannot be what two failing sums share.
        open_parts = finding.parts - self.proven
        alike = [
            min(held)
            for (_, suspects), group in able
            if not suspects.isdisjoint(open_parts) and (held := group.by_shift.get(shift))
        ]
        if alike:
            cause = self.all[min(alike)]
            self._move(cause, cause.suspects & finding.parts)
            cause.findings.append(finding)
            return
        inside = [group for (_, suspects), group in able if suspects <= finding.parts]
        others = [held for group in inside for of, held in group.by_shift.items() if held and of != shift]
        total = sum(group.total - shift * len(group.by_shift.get(shift, ())) for group in inside)
        if total == shift and sum(map(len, others)) > 1:
            self.all[min(map(min, others))].findings.append(finding)
            return
        cause = _Cause(len(self.all), shift, finding.parts, [finding])
        self.all.append(cause)
        self._put(cause)

    def _put(self, cause: _Cause) -> None:
        key = cause.severity, cause.suspects
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = _Group()
            for number in cause.suspects or (None,):
                self.by_cell[number][key] = group
        group.add(cause)

    def _move(self, cause: _Cause, suspects: frozenset[int]) -> None:
        """Let a cause suspect other cells than before."""
        if suspects != cause.suspects:
            self.groups[cause.severity, cause.suspects].remove(cause)
            cause.suspects = suspects
            self._put(cause)


def join(ledger: Ledger, findings: list[Finding], exceptions: Exceptions) -> list[Finding]:
    """Return ``findings`` with each cascade of failing sums joined into one finding.

    ``exceptions`` holds every exception by plan and id: what a moved one accounts for is not new.
    """
    proven = {
        number
        for statement in sums_without_exception(ledger, exceptions)
        if statement.holds and statement.bound is None
        for number in statement.cells
    }
    sums = [finding for finding in findings if finding.summed is not None]
    held = _Causes(proven)
    for finding in sorted(sums, key=lambda finding: len(finding.parts)):
        held.take(finding, shift_of(finding, exceptions))
    causes = held.all
    by_cell: defaultdict[int, list[_Cause]] = defaultdict(list)
    for one in causes:
        for number in one.suspects:
            by_cell[number].append(one)
    joined = [_told(ledger, cause) for cause in causes]
    also: defaultdict[int, list[Related]] = defaultdict(list)
    for finding in findings:
        if finding.summed is not None:
            continue
        near = {one.number: one for number in finding.parts for one in by_cell.get(number, ())}
        explaining = (number for number, one in sorted(near.items()) if _explains(one, finding, exceptions))
        cause = next(explaining, None)
        if cause is None:
            joined.append(finding)
        else:
            also[cause].append(_consequence(finding))
    for number, related in also.items():
        joined[number] = joined[number]._replace(related=(*joined[number].related, *related))
    return joined


def _explains(cause: _Cause, finding: Finding, exceptions: Exceptions) -> bool:
    """Tell whether the fault of failing sums can be that of a finding that compares no sum."""
    if cause.findings[0].severity.rank > finding.severity.rank:
        return False
    excess = magnitude(shift_of(finding, exceptions)) if finding.rule is MISMATCHED else finding.excess or 0
    off = 0 < excess <= magnitude(cause.shift) and bool(finding.parts & cause.suspects)
    return off or bool(finding.parts and finding.parts <= cause.suspects)


def sums_without_exception(ledger: Ledger, exceptions: Exceptions) -> list[Statement]:
    """Return the statements of sums; what an exception is about proves and accuses nothing."""
    doubted = {(plan, entry.place) for (plan, _), entry in exceptions.items()}
    exact = (one for one in ledger.statements if one.is_sum and one.bound is None)
    return [one for one in exact if (one.plan, one.place.pointer()) not in doubted]


def shift_of(finding: Finding, exceptions: Exceptions) -> ExactNumber:
    """Return by how much a sum is off, beyond what its exception accounts for."""
    shift = finding.difference or 0
    known = exceptions.get((finding.plan or "", finding.exception or ""))
    if (
        finding.rule is MISMATCHED
        and known
        and isinstance(known.stated, ExactNumber)
        and isinstance(known.computed, ExactNumber)
    ):
        shift -= known.computed - known.stated
    return shift


def _told(ledger: Ledger, cause: _Cause) -> Finding:
    """Return the narrowest finding; with one suspect figure, at that figure."""
    first, *others = cause.findings
    related = list(first.related)
    if others and len(cause.suspects) == 1:
        figure = ledger.cells[next(iter(cause.suspects))]
        related.append(Related(M("States {value}", value=Amount(first.stated, first.unit_of_measure)), first.place))  # type: ignore[arg-type]
        first = first._replace(place=figure.place, unit=figure.body, level=figure.level)
    related += [_consequence(other) for other in others]
    return first._replace(related=tuple(related))


def _consequence(finding: Finding) -> Related:
    return Related(M("{code} fails with it: {label}", code=finding.rule.code, label=finding.message), finding.place)


def join_changes(findings: Iterable[Finding], ledger: Ledger) -> list[Finding]:
    """Return all findings; what a changed value has brought about is told with it, once.

    An id that is wrong is the cause of what then differs from the seal; a value that was changed
    is the cause of every sum that fails by it.
    """
    found = list(findings)
    changes = _Changes([finding for finding in found if finding.rule in (CHANGED, RECORD_CHANGED)], ledger)
    kept = []
    for finding in found:
        if finding.rule in (CHANGED, RECORD_CHANGED):
            continue
        if finding.rule.code[0] == "R":
            related = tuple(
                Related(M("It differs from the seal: {label}", label=one.message), one.place)
                for one in changes.take_slips_of(finding.place)
            )
            kept.append(finding._replace(related=(*finding.related, *related)))
        elif finding.severity is not Severity.ERROR or finding.rule.code[0] == "L" or not changes.explain(finding):
            kept.append(finding)
    return [*kept, *changes.told()]


class _Changes:
    """Values that are not the sealed ones, looked up by their places."""

    def __init__(self, causes: list[Finding], ledger: Ledger) -> None:
        self.causes = causes
        self.also: defaultdict[int, list[Related]] = defaultdict(list)
        self.at: defaultdict[tuple[str, KeyPath], list[int]] = defaultdict(list)
        self.below: defaultdict[tuple[str, KeyPath], list[int]] = defaultdict(list)
        """By every place that they are inside of."""
        self.beside: defaultdict[tuple[str, KeyPath], list[int]] = defaultdict(list)
        """Of keys alone: by the mapping that the key is of."""
        self.by_cell: defaultdict[int, list[int]] = defaultdict(list)
        by_place = {cell.place: cell.number for cell in ledger.cells} if causes else {}
        for number, cause in enumerate(causes):
            file, keys, of_key = cause.place
            self.at[file, keys].append(number)
            for depth in range(1, len(keys)):
                self.below[file, keys[:depth]].append(number)
            if of_key:
                self.beside[file, keys[:-1]].append(number)
            if (cell := by_place.get(cause.place)) is not None:
                self.by_cell[cell].append(number)
        self.gone: set[int] = set()

    def take_slips_of(self, wrong: Place) -> list[Finding]:
        """Return the changes that an id explains which is wrong at a place: one gone, one new."""
        file, keys, _ = wrong
        slips = {*self.at.get((file, keys), ()), *self.beside.pop((file, keys[:-1]), ())}
        touched = [number for depth in range(1, len(keys)) for number in self.at.get((file, keys[:depth]), ())]
        if keys and (inside := self.below.get((file, keys))):
            touched += inside
            # What is told with this id is told once, and need not be looked at again.
            self.below[file, keys] = [number for number in inside if not self.causes[number].place.of_key]
        slips.update(number for number in touched if self.causes[number].place.of_key)
        new = sorted(slips - self.gone)
        self.gone.update(new)
        return [self.causes[number] for number in new]

    def explain(self, finding: Finding) -> bool:
        """Tell a finding with the first change that has brought it about, if one has; return whether so."""
        file, keys, _ = finding.place
        above = (self._first(self.at, (file, keys[:depth])) for depth in range(1, len(keys) + 1))
        below = self._first(self.below, (file, keys)) if keys else None
        near = [number for number in (*above, below) if number is not None]
        if not near:
            cells = (self._first(self.by_cell, part) for part in finding.parts)
            near = [number for number in cells if number is not None]
        if not near:
            return False
        number = min(near)
        cause = self.causes[number]
        self.also[number] += (_consequence(finding), *finding.related)
        self.causes[number] = cause._replace(
            indicator=cause.indicator or finding.indicator, level=cause.level or finding.level
        )
        return True

    def _first(self, index: Mapping[Any, list[int]], key: Any) -> int | None:
        return next((number for number in index.get(key, ()) if number not in self.gone), None)

    def told(self) -> Iterator[Finding]:
        """Yield the changes that nothing else explains, each with what it has brought about."""
        for number, cause in enumerate(self.causes):
            if number not in self.gone:
                yield cause._replace(related=(*cause.related, *self.also[number]))
