"""What a comparison's document says: the rows of its table, and the sentences under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from d8plan.models.findings import Finding, Severity
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import FigureChange, TotalChange, VersionComparison
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.naming import finding_told, names_of, plan_told

COLUMNS = (M("No."), M("What changes"), M("Unit"), M("Before"), M("After"), M("Change"))
MOST_NOTES = 8
"""Sentences of a kind under the table."""
NOTHING = M("{name}", name="–")


class DocumentRow(NamedTuple):
    """A row of the table."""

    number: str
    label: Message
    unit_of_measure: str = ""
    numbers: tuple[ExactNumber | None, ExactNumber | None] | None = None
    """Before and after; None of a heading, under which other rows stand."""


def table_rows(comparison: VersionComparison) -> Iterator[DocumentRow]:
    """Yield the rows: figures under their indicators, then totals; by plan where there are several."""
    plans = comparison.concerned
    for plan in plans:
        figures = [change for change in comparison.figures if change.cell.plan == plan]
        totals = [change for change in comparison.totals if change.statement.plan == plan]
        if len(plans) > 1 and (figures or totals):
            yield DocumentRow("", M("Plan {plan}", plan=plan))
        if figures:
            yield DocumentRow("I", M("Figures"))
            yield from _figures(figures, comparison)
        if totals:
            yield DocumentRow("II" if figures else "I", M("Totals, computed from the figures"))
            yield from map(_total, range(1, len(totals) + 1), totals)


def _figures(changes: list[FigureChange], comparison: VersionComparison) -> Iterator[DocumentRow]:
    groups = groupby(changes, key=lambda change: (change.cell.kind, change.cell.series))
    for number, (_, of_series) in enumerate(groups, 1):
        for index, change in enumerate(of_series):
            series, unit, level = names_of(comparison, change.cell)
            if index == 0:
                yield DocumentRow(str(number), M("{name}", name=series))
            label = M("{name}, {level}", name=unit, level=level) if level else M("{name}", name=unit)
            yield DocumentRow("", label, change.cell.unit_of_measure, (change.old, change.new))


def _total(number: int, change: TotalChange) -> DocumentRow:
    """Return the row of what follows from the figures; what is stated stands beside the name where it differs."""
    label = change.statement.label
    if not change.agreed:
        old, new = (
            NOTHING if stated is None else M("{name}", name=Amount(stated))
            for stated in (change.stated_old, change.stated_new)
        )
        if change.stated_old == change.stated_new:
            label = M("{label} (stated {value})", label=label, value=new)
        else:
            label = M("{label} (stated {old}, then {new})", label=label, old=old, new=new)
    computed = (change.computed_old, change.computed_new)
    return DocumentRow(str(number), label, change.statement.unit_of_measure, computed)


def notes(comparison: VersionComparison) -> Iterator[tuple[bool, Message]]:
    """Yield the sentences under the table: whether in bold, and what; of findings those that need doing something."""
    yield from _notes(M("New findings"), map(finding_told, filter(_needs_doing, comparison.new_findings)))
    yield from _notes(M("Findings that are gone"), map(finding_told, filter(_needs_doing, comparison.gone_findings)))
    plans = (
        M("{label}: {reason}", label=M("Plan {plan}", plan=change.plan), reason=plan_told(change))
        for change in comparison.plans
    )
    others = (
        M(
            "{state}, {place}: before {old}; after {new}",
            state=entry.state.label,
            place=entry.place.full_pointer(),
            old=NOTHING if entry.old is None else entry.old,
            new=NOTHING if entry.new is None else entry.new,
        )
        for entry in entries(comparison)
    )
    yield from _notes(M("Other changes"), (*plans, *others))


def _needs_doing(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO or finding.exception is not None


def _notes(heading: Message, sentences: Iterable[Message]) -> Iterator[tuple[bool, Message]]:
    notes = list(sentences)
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [M("and {count} others", count=Amount(len(notes) - MOST_NOTES))]
    if notes:
        yield True, M("{name}:", name=heading)
        yield from ((False, M("- {name}", name=note)) for note in notes)
