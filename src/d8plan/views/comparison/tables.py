"""A comparison as tables: every format shows columns of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from d8plan.ledger.figures import Kind
from d8plan.models.findings import Finding
from d8plan.text.message import Amount, M, Message
from d8plan.views.comparison.changes import TotalChange, ValueChange, ValueKind, VersionComparison, rise
from d8plan.views.comparison.entries import entries
from d8plan.views.comparison.naming import finding_told, names_of, plan_told, signed
from d8plan.views.table import Audience, Column, Fact, Table, Value, View

_NAME = partial(Column, numeric=False, audience=Audience.MACHINES)
_NUMBER = partial(Column, audience=Audience.MACHINES)
_LABEL = partial(Column, "label", numeric=False, audience=Audience.PEOPLE)
_FIGURES = (
    _NAME("state"),
    _NAME("plan", M("Plan")),
    _NAME("kind"),
    _NAME("series"),
    _NAME("unit"),
    _NAME("holder"),
    _NAME("level"),
    _NAME("series_name", M("Indicator")),
    _NAME("unit_name", M("Territory or body")),
    _NAME("level_name", M("Level")),
    _LABEL(M("Figure")),
    Column("unit_of_measure", M("Unit"), numeric=False),
    _NAME("place"),
    Column("old", M("Before")),
    Column("new", M("After")),
    _NUMBER("change", M("Change")),
    Column("signed", M("Change"), audience=Audience.PEOPLE),
)
_TOTALS = (
    _NAME("plan", M("Plan")),
    _NAME("source"),
    _NAME("label", M("Total")),
    _NAME("unit_of_measure", M("Unit")),
    _NAME("place"),
    _NUMBER("stated_old", M("Stated before")),
    _NUMBER("stated_new", M("Stated after")),
    _NUMBER("computed_old", M("Computed before")),
    _NUMBER("computed_new", M("Computed after")),
    _NUMBER("difference_old", M("Difference before")),
    _NUMBER("difference_new", M("Difference after")),
)
_TOTAL_LINES = (
    _NAME("plan"),
    _LABEL(M("Total")),
    Column("old", M("Before")),
    Column("new", M("After")),
    Column("change", M("Change")),
)
_FINDINGS = (
    Column("code", M("Code"), numeric=False),
    _NAME("severity"),
    _NAME("plan", M("Plan")),
    _NAME("message"),
    _LABEL(M("Finding")),
    _NAME("place"),
    _NUMBER("stated"),
    _NUMBER("computed"),
    _NAME("unit_of_measure"),
    _NAME("exception"),
)
_ENTRIES = (
    Column("state", M("State"), numeric=False),
    Column("place", M("Place"), numeric=False),
    Column("old", M("Before"), numeric=False),
    Column("new", M("After"), numeric=False),
)
_TITLES = {
    ValueKind.STATEMENT: M("Statements of the text"),
    ValueKind.EXCEPTION: M("Exceptions"),
    ValueKind.OTHER: M("Other values"),
}


def view(comparison: VersionComparison, title: Message) -> View:
    """Return what differs as tables for people; a table without rows is left out.

    A change reads under ``signed`` with its sign. Of each total there is a row for what is stated, one for what is
    computed and one for the difference, or one for both where what is stated follows before and after.
    """
    lines = tuple(line for change in comparison.totals for line in _total_lines(change))
    tables = [figures(comparison), Table("totals", M("Totals"), _TOTAL_LINES, lines), *findings(comparison)]
    if len(comparison.concerned) > 1:
        tables = list(map(_named_by_plan, tables))
    changed_entries = entries(comparison)
    tables += [entries_table(changed_entries, kind) for kind in ValueKind]
    facts = (
        Fact("counts", M("Changes"), _counts(comparison)),
        *(
            Fact(f"plan_{change.plan}", M("Plan {plan}", plan=change.plan), plan_told(change))
            for change in comparison.plans
        ),
    )
    return View(title, facts, tuple(table for table in tables if table.rows))


def figures(comparison: VersionComparison) -> Table:
    """Return the figures that differ, a row each."""
    rows: list[tuple[Value, ...]] = []
    for change in comparison.figures:
        cell, names = change.cell, names_of(comparison, change.cell)
        holder = cell.unit if cell.kind is Kind.BUDGET else None
        ids = (change.state, cell.plan, cell.kind, cell.series, cell.body, holder, cell.level)
        label = comparison.names(cell.plan).figure(cell)
        values = (change.old, change.new, change.change, signed(change.change))
        rows.append((*ids, *names, label, cell.unit_of_measure, cell.place.full_pointer(), *values))
    return Table("figures", M("Figures"), _FIGURES, tuple(rows))


def totals(comparison: VersionComparison) -> Table:
    """Return the stated totals of which a number differs, a row each."""
    rows: list[tuple[Value, ...]] = []
    for change in comparison.totals:
        statement, *values = change
        names = (statement.plan, statement.source, statement.label, statement.unit_of_measure)
        rows.append((*names, statement.place.full_pointer(), *values, *change.differences))
    return Table("totals", M("Totals"), _TOTALS, tuple(rows))


def findings(comparison: VersionComparison) -> tuple[Table, Table]:
    """Return the findings that are new, and those that are gone."""
    return (
        Table("new_findings", M("New findings"), _FINDINGS, tuple(map(_finding, comparison.new_findings))),
        Table("gone_findings", M("Findings that are gone"), _FINDINGS, tuple(map(_finding, comparison.gone_findings))),
    )


def entries_table(changed_entries: Iterable[ValueChange], kind: ValueKind | None = None) -> Table:
    """Return the entries that differ, a row each: those of a kind, or all where it is None."""
    rows = tuple(
        (entry.state.label, entry.place.full_pointer(), entry.old, entry.new)
        for entry in changed_entries
        if kind in (None, entry.kind)
    )
    return Table(f"{kind or ValueKind.OTHER}s", _TITLES[kind or ValueKind.OTHER], _ENTRIES, rows)


def _counts(comparison: VersionComparison) -> Message:
    """Return how much differs, in a sentence."""
    return M(
        "figures: {figures}, totals: {totals}, other values: {values}, findings: {new} new, {gone} gone",
        figures=Amount(len(comparison.figures)),
        totals=Amount(len(comparison.totals)),
        values=Amount(len(comparison.values)),
        new=Amount(len(comparison.new_findings)),
        gone=Amount(len(comparison.gone_findings)),
    )


def _total_lines(change: TotalChange) -> Iterator[tuple[Value, ...]]:
    """Yield the lines of a total: what it is, the number before and after, and the change."""
    stated = (change.stated_old, change.stated_new)
    lines = [(M("stated and computed"), stated)]
    if not change.agreed:
        computed = (change.computed_old, change.computed_new)
        lines = [(M("stated"), stated), (M("computed"), computed), (M("difference"), change.differences)]
    for index, (what, (old, new)) in enumerate(lines):
        # The name once, then what its other lines are: numbers need the width.
        label = M("· {name}", name=what) if index else M("{label}: {reason}", label=change.statement.label, reason=what)
        by = rise(old, new)
        yield None if index else change.statement.plan, label, old, new, None if by is None else signed(by)


def _finding(finding: Finding) -> tuple[Value, ...]:
    return (
        finding.rule.code,
        finding.severity,
        finding.plan,
        finding.message,
        finding_told(finding),
        finding.place.full_pointer(),
        finding.stated,
        finding.computed,
        finding.unit_of_measure or None,
        finding.exception,
    )


def _named_by_plan(table: Table) -> Table:
    """Return a table with the plan before each label, where a row has one."""
    keys = [column.key for column in table.columns]
    plan, label = keys.index("plan"), keys.index("label")
    return table._replace(
        rows=tuple(
            (*row[:label], M("{plan}: {name}", plan=row[plan], name=row[label]), *row[label + 1 :])
            if row[plan] is not None
            else row
            for row in table.rows
        )
    )
