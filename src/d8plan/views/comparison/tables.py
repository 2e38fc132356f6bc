"""The view of a comparison: tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from d8plan.ledger.figures import Kind
from d8plan.models.findings import Finding
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import Comparison, PlanChange, TotalChange, ValueKind, Version
from d8plan.views.comparison.entries import Entry, entries
from d8plan.views.comparison.naming import (
    figure_name,
    parts_of,
    signed,
    told,
)
from d8plan.views.table import Audience, Column, Fact, Table, Value, View

_FIGURES = (
    Column("plan", numeric=False, audience=Audience.MACHINES),
    Column("kind", numeric=False, audience=Audience.MACHINES),
    Column("series", numeric=False, audience=Audience.MACHINES),
    Column("unit", numeric=False, audience=Audience.MACHINES),
    Column("holder", numeric=False, audience=Audience.MACHINES),
    Column("level", numeric=False, audience=Audience.MACHINES),
    Column("indicator_name", numeric=False, audience=Audience.MACHINES),
    Column("unit_name", numeric=False, audience=Audience.MACHINES),
    Column("level_name", numeric=False, audience=Audience.MACHINES),
    Column("label", M("Figure"), numeric=False, audience=Audience.PEOPLE),
    Column("unit_of_measure", M("Unit"), numeric=False),
    Column("old", M("Before")),
    Column("new", M("After")),
    Column("change", M("Change")),
)
_TOTALS = (
    Column("plan", numeric=False, audience=Audience.MACHINES),
    Column("total", numeric=False, audience=Audience.MACHINES),
    Column("what", numeric=False, audience=Audience.MACHINES),
    Column("label", M("Total"), numeric=False, audience=Audience.PEOPLE),
    Column("old", M("Before")),
    Column("new", M("After")),
    Column("change", M("Change")),
)
_FINDINGS = (
    Column("code", M("Code"), numeric=False),
    Column("plan", numeric=False, audience=Audience.MACHINES),
    Column("text", M("Finding"), numeric=False),
    Column("place", numeric=False, audience=Audience.MACHINES),
    Column("exception", numeric=False, audience=Audience.MACHINES),
)
_VALUES = (
    Column("state", M("State"), numeric=False),
    Column("plan", numeric=False, audience=Audience.MACHINES),
    Column("place", M("Place"), numeric=False),
    Column("old", M("Before"), numeric=False),
    Column("new", M("After"), numeric=False),
)
_TITLES = {
    ValueKind.STATEMENT: M("Statements of the text"),
    ValueKind.EXCEPTION: M("Exceptions"),
    ValueKind.OTHER: M("Other values"),
}


def view(comparison: Comparison, old: Version, new: Version, title: Message) -> View:
    """Return what differs as tables for people; a table without rows is left out.

    A change reads under ``change`` with its sign. Of each total there is a row for what is stated, one for what is
    computed and one for the difference, or one for both where what is stated follows before and after.
    """
    several = len(concerned(comparison)) > 1
    of_plan: Callable[[Message, str | None], Message] = (
        (lambda name, plan: M("{plan}: {name}", plan=plan, name=name)) if several else (lambda name, _plan: name)
    )
    tables = [
        Table("figures", M("Figures"), _FIGURES, tuple(_figure_rows(comparison, old, new, of_plan))),
        Table("totals", M("Totals"), _TOTALS, tuple(_total_rows(comparison.totals, of_plan))),
        Table("new_findings", M("New findings"), _FINDINGS, _finding_rows(comparison.new_findings, of_plan)),
        Table(
            "gone_findings", M("Findings that are gone"), _FINDINGS, _finding_rows(comparison.gone_findings, of_plan)
        ),
    ]
    told_entries = entries(comparison, old, new)
    tables += [
        Table(f"{kind}s", heading, _VALUES, _value_rows(told_entries, kind)) for kind, heading in _TITLES.items()
    ]
    facts = (
        Fact("counts", M("Changes"), counts(comparison)),
        *(Fact(f"plan_{one.plan}", M("Plan {plan}", plan=one.plan), plan_told(one)) for one in comparison.plans),
    )
    return View(title, facts, tuple(table for table in tables if table.rows))


def counts(comparison: Comparison) -> Message:
    """Return how much differs, in a sentence."""
    return M(
        "figures: {figures}, totals: {totals}, other values: {values}, findings: {new} new, {gone} gone",
        figures=Amount(len(comparison.figures)),
        totals=Amount(len(comparison.totals)),
        values=Amount(len(comparison.values)),
        new=Amount(len(comparison.new_findings)),
        gone=Amount(len(comparison.gone_findings)),
    )


def concerned(comparison: Comparison) -> tuple[str, ...]:
    """Return the plans in which something but their seals differs, in order."""
    named = (
        *(one.cell.plan for one in comparison.figures),
        *(one.statement.plan for one in comparison.totals),
        *(one.plan for one in (*comparison.new_findings, *comparison.gone_findings)),
        *(one.plan for one in comparison.values),
    )
    return tuple(dict.fromkeys(plan for plan in named if plan is not None))


def plan_told(change: PlanChange) -> Message:
    """Return what became of a plan: added, removed, or of which state it was and is."""
    if change.old is None or change.new is None:
        return M("added as a whole") if change.old is None else M("removed as a whole")
    if change.old is change.new:
        return M("sealed anew")
    return M("{old} → {new}", old=change.old.label, new=change.new.label)


def _figure_rows(
    comparison: Comparison, old: Version, new: Version, of_plan: Callable[[Message, str | None], Message]
) -> Iterator[tuple[Value, ...]]:
    for one in comparison.figures:
        cell = one.cell
        label = of_plan(figure_name(old, new, cell), cell.plan)
        holder = cell.unit if cell.kind is Kind.BUDGET else None
        ids = (cell.plan, cell.kind.value, cell.series, cell.body, holder, cell.level)
        names = parts_of(old, new, cell)
        yield (*ids, *names, label, cell.unit_of_measure, one.old, one.new, signed(one.change))


def _total_rows(
    totals: Iterable[TotalChange], of_plan: Callable[[Message, str | None], Message]
) -> Iterator[tuple[Value, ...]]:
    for one in totals:
        named = of_plan(one.statement.label, one.statement.plan)
        for index, (what, was, now) in enumerate(total_lines(one)):
            # The name once, then what its other lines are: numbers need the width.
            label = M("· {name}", name=what) if index else M("{label}: {reason}", label=named, reason=what)
            change = signed(now - was) if was is not None and now is not None else None
            yield one.statement.plan, named, what, label, was, now, change


def total_lines(total: TotalChange) -> Iterator[tuple[Message, int | None, int | None]]:
    """Yield the lines of a total: its name, the number before and after."""
    if total.agreed:
        yield M("stated and computed"), total.stated_old, total.stated_new
        return
    yield M("stated"), total.stated_old, total.stated_new
    yield M("computed"), total.computed_old, total.computed_new
    yield (
        M("difference"),
        differing(total.stated_old, total.computed_old),
        differing(total.stated_new, total.computed_new),
    )


def differing(stated: int | None, computed: int | None) -> int | None:
    """Return computed less stated; None where either is missing."""
    return None if stated is None or computed is None else computed - stated


def _finding_rows(
    findings: Iterable[Finding], of_plan: Callable[[Message, str | None], Message]
) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        (one.rule.code, one.plan, of_plan(told(one), one.plan), one.place.full_pointer(), one.exception)
        for one in findings
    )


def _value_rows(found: Iterable[Entry], kind: ValueKind) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        (one.state.label, one.plan, one.place.full_pointer(), one.old, one.new) for one in found if one.kind is kind
    )
