"""What a comparison's document says: the rows of its table, and the sentences under it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from d8plan.models.findings import Severity
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison import Comparison, FigureChange, TotalChange, Version
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.naming import parts_of, told
from d8plan.views.comparison.tables import concerned, plan_told

COLUMNS = (M("No."), M("What changes"), M("Unit"), M("Before"), M("After"), M("Change"))
MOST_NOTES = 8
"""Sentences of a kind under the table."""


class Weight(Enum):
    """What a row is."""

    SECTION = "section"
    GROUP = "group"
    DETAIL = "detail"


class Line(NamedTuple):
    """A row of the table."""

    weight: Weight
    number: str
    label: Message
    unit_of_measure: str = ""
    has_numbers: bool = False
    old: int | None = None
    new: int | None = None


def table_lines(comparison: Comparison, old: Version, new: Version) -> list[Line]:
    """Return the rows: figures under their indicators, then totals; by plan where there are several."""
    plans = concerned(comparison)
    lines: list[Line] = []
    for plan in plans:
        figures = [one for one in comparison.figures if one.cell.plan == plan]
        totals = [one for one in comparison.totals if one.statement.plan == plan]
        if len(plans) > 1 and (figures or totals):
            lines.append(Line(Weight.SECTION, "", M("Plan {plan}", plan=plan)))
        if figures:
            lines += [Line(Weight.SECTION, "I", M("Figures")), *_figures(figures, old, new)]
        if totals:
            lines += [
                Line(Weight.SECTION, "II" if figures else "I", M("Totals, computed from the figures")),
                *_totals(totals),
            ]
    return lines


def _figures(changes: list[FigureChange], old: Version, new: Version) -> Iterator[Line]:
    group, number = None, 0
    for one in changes:
        series, unit, level = parts_of(old, new, one.cell)
        if group != (one.cell.kind, one.cell.series):
            group, number = (one.cell.kind, one.cell.series), number + 1
            yield Line(Weight.GROUP, str(number), M("{name}", name=series))
        label = M("{name}, {level}", name=unit, level=level) if level else M("{name}", name=unit)
        yield Line(Weight.DETAIL, "", label, one.cell.unit_of_measure, True, one.old, one.new)


def _totals(changes: list[TotalChange]) -> Iterator[Line]:
    """Yield a row a total: what follows from the figures; what is stated stands beside the name where it differs."""
    for number, one in enumerate(changes, 1):
        label, measure = one.statement.label, one.statement.unit_of_measure
        if one.agreed:
            yield Line(Weight.DETAIL, str(number), label, measure, True, one.stated_old, one.stated_new)
            continue
        yield Line(Weight.DETAIL, str(number), _stated(one, label), measure, True, one.computed_old, one.computed_new)


def _stated(change: TotalChange, label: Message) -> Message:
    old, new = (
        M("{name}", name="–") if value is None else M("{name}", name=Amount(value))
        for value in (change.stated_old, change.stated_new)
    )
    if change.stated_old == change.stated_new:
        return M("{label} (stated {value})", label=label, value=new)
    return M("{label} (stated {old}, then {new})", label=label, old=old, new=new)


def notes(comparison: Comparison, old: Version, new: Version) -> Iterator[tuple[bool, Message]]:
    """Yield the sentences under the table: whether in bold, and what; of findings those that need doing something."""
    found = [
        (heading, [told(one) for one in findings if one.severity is not Severity.INFO or one.exception])
        for heading, findings in (
            (M("New findings"), comparison.new_findings),
            (M("Findings that are gone"), comparison.gone_findings),
        )
    ]
    others = [
        M("{label}: {reason}", label=M("Plan {plan}", plan=one.plan), reason=plan_told(one)) for one in comparison.plans
    ]
    others += [
        M(
            "{state}, {place}: before {old}; after {new}",
            state=one.state.label,
            place=one.place.full_pointer(),
            old=one.old if one.old is not None else "–",
            new=one.new if one.new is not None else "–",
        )
        for one in entries(comparison, old, new)
    ]
    for heading, sentences in (*found, (M("Other changes"), others)):
        if sentences:
            yield True, M("{name}:", name=heading)
            yield from ((False, M("- {name}", name=one)) for one in sentences[:MOST_NOTES])
            if len(sentences) > MOST_NOTES:
                yield False, M("- {name}", name=M("and {count} others", count=Amount(len(sentences) - MOST_NOTES)))
