"""The page that shows a plan to people: its sections, with their tables, heat maps and charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from d8plan.checks import Report
from d8plan.ledger.names import Names
from d8plan.ledger.plans import unit_order
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Severity, citation, difference
from d8plan.text.exact import ExactNumber, ratio
from d8plan.text.message import Amount, M, Message
from d8plan.views.remarks import Remarks
from d8plan.views.summary import Summary
from d8plan.views.table import Audience, Column, Doubted, Fact, Table, Value, View

SHADES = 8
"""Shades of a heat map; a share of nothing has none."""
_STEPS = (1, 2, 3, 5, 10, 15)
"""Widths that a shade may stand for, in per cent."""
_COUNTS = {
    Severity.ERROR: M("errors: {count}"),
    Severity.WARNING: M("warnings: {count}"),
    Severity.INFO: M("information: {count}"),
}
_KNOWN = M("known exceptions: {count}")
_EXCEPTION_COLUMNS = (
    Column("code", M("Code"), numeric=False),
    Column("what", M("What is stated"), numeric=False),
    Column("stated", M("Stated"), numeric=False),
    Column("computed", M("Computed"), numeric=False),
    Column("difference", M("Difference"), numeric=False),
    Column("reason", M("Reason"), numeric=False),
    Column("source", M("Source"), numeric=False),
    Column("owner", M("Owner"), numeric=False),
)
_FINDING_COLUMNS = (
    Column("unit", numeric=False, audience=Audience.MACHINES),
    Column("code", M("Code"), numeric=False),
    Column("severity", M("Severity"), numeric=False),
    Column("rule", M("Rule"), numeric=False),
    Column("finding", M("What was found"), numeric=False),
    Column("source", M("Source"), numeric=False),
)


class HeatCell(NamedTuple):
    """A cell of a heat map."""

    value: Value
    share: Fraction | None = None
    """What the shade tells, 0 to 1; None leaves the cell without one."""
    words: Message = Message("")
    """What the share is of, said after it to those who do not see the shade."""


class HeatRow(NamedTuple):
    """A row of a heat map: a unit by its id and name."""

    unit: str
    name: str | Message
    cells: tuple[HeatCell, ...]


class Heat(NamedTuple):
    """A table of indicators by units whose cells are shaded by a share."""

    key: str
    title: Message
    meaning: Message
    """What the shade tells, for the legend."""
    corner: Message
    """Heading of the column of names."""
    columns: tuple[Message, ...]
    rows: tuple[HeatRow, ...]
    totals: int = 0
    """How many of the last rows are totals; they have no unit."""

    @property
    def step(self) -> Fraction:
        """The share that one shade stands for: the smallest round one with which the shades reach every share."""
        most = max((cell.share or Fraction(0) for row in self.rows for cell in row.cells), default=Fraction(0))
        return next(
            Fraction(step, 100) for step in _STEPS if step == _STEPS[-1] or SHADES * Fraction(step, 100) >= most
        )

    def shade(self, cell: HeatCell) -> int:
        """Return the shade of a cell, from 1 to ``SHADES``; 0 where it has none."""
        return min(math.ceil(cell.share / self.step), SHADES) if cell.share else 0


class Series(NamedTuple):
    """Values of a chart that belong together, one a bar."""

    name: Message
    values: tuple[int | Amount | Fraction | None, ...]


class ChartForm(Enum):
    """Forms of a chart."""

    BARS = "bars"
    STACKED = "stacked"


class Chart(NamedTuple):
    """A chart of horizontal bars."""

    key: str
    form: ChartForm
    title: Message
    alternative: Message
    """What the chart shows, for those who do not see it; the values are told after it."""
    labels: tuple[str | Message, ...]
    """Names of the bars."""
    series: tuple[Series, ...]
    """One, or several that are stacked."""
    ends: tuple[Value, ...]
    """What is written at the end of each bar."""
    reference: tuple[Message, Fraction] | None = None
    """A line to compare with: its name, and where it stands."""


class Section(NamedTuple):
    """A section of the page."""

    key: str
    """Its anchor."""
    heading: Message
    view: View | None = None
    """Facts, tables and remarks; its title is not shown."""
    heat: Heat | None = None
    charts: tuple[Chart, ...] = ()
    unit: str | None = None
    """The unit that it is about, where it is about one."""
    introduction: tuple[Message, ...] = ()
    """Sentences under the heading."""


class Page(NamedTuple):
    """The page."""

    title: Message
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    units: tuple[tuple[str, str | Message], ...]
    """Units that have a section, in the plan's order: id and name."""


def page(dataset: Dataset, report: Report, files: PlanFiles, extra: Sequence[Section] = ()) -> Page:
    """Return the page of a plan; ``extra`` sections stand after the budget, those of a unit in the unit's own."""
    summary = Summary(dataset, report, files)
    overview = summary.overview()
    sections = [_targets(summary), _allotments(summary)]
    if files.budget.holders:
        sections.append(_budget(summary))
    sections += [*(section for section in extra if section.unit is None), _found(dataset, report, files)]
    units = tuple((unit, Names(dataset).unit(unit)) for unit in unit_order(files))
    for unit, _ in units:
        view = summary.unit(unit)
        own = [table for section in extra if section.unit == unit and section.view for table in section.view.tables]
        view = view._replace(tables=(*view.tables, *own))
        sections.append(Section(f"unit-{unit}", view.title, view, unit=unit))
    facts = (*overview.facts, Fact("found", M("Checks made"), _counted(files, report)))
    return Page(overview.title, facts, tuple(sections), units)


def cells(table: Table, key: str) -> list[Value]:
    """Return the values of a table's column."""
    index = [column.key for column in table.columns].index(key)
    return [row[index] for row in table.rows]


def _targets(summary: Summary) -> Section:
    table = summary.indicators()
    charts: tuple[Chart, ...] = ()
    if summary.phase:
        shares = [
            (name, share)
            for name, share in zip(_names(table), cells(table, "phase_share_percent"), strict=True)
            if isinstance(share, Fraction)
        ]
        if shares:
            values = tuple(share for _, share in shares)
            charts = (
                Chart(
                    "targets-of-phase",
                    ChartForm.BARS,
                    M("The plan’s targets as a share of the phase"),
                    M("Bar chart: of each indicator, which share of the phase’s target this plan allots."),
                    tuple(name for name, _ in shares),
                    (Series(M("of phase"), values),),
                    values,
                    (M("the phase’s target"), Fraction(1)),
                ),
            )
    return Section("targets", M("Targets"), View(M("Targets"), (), (table,)), charts=charts)


def _names(table: Table) -> list[str | Message]:
    return [name for name in cells(table, "label") if isinstance(name, str | Message)]


def _allotments(summary: Summary) -> Section:
    """Return the heat map of a plan's allotments: a row a unit, a column an indicator."""
    targets = summary.indicators()
    columns, tables = [], []
    names = zip(cells(targets, "indicator"), _names(targets), cells(targets, "unit_of_measure"), strict=True)
    for indicator, name, measure in names:
        columns.append(M("{name} ({measure})", name=name, measure=measure))
        tables.append((summary.indicator(str(indicator)).tables[0], summary.names.has_shares(str(indicator))))
    rows: list[HeatRow] = []
    if tables:
        of_indicators = [_shares(table, shared) for table, shared in tables]
        units, labels = cells(tables[0][0], "unit"), _names(tables[0][0])
        for position, (unit, label) in enumerate(zip(units, labels, strict=True)):
            rows.append(HeatRow(str(unit or ""), label, tuple(column[position] for column in of_indicators)))
    heat = Heat(
        "allotted",
        M("Allotments by unit and indicator"),
        M("Share of the indicator’s total that the unit has"),
        M("Territory or body"),
        tuple(columns),
        tuple(rows),
        tables[0][0].totals if tables else 0,
    )
    told = (
        M("Numbers are what is allotted; the darker a cell, the larger the unit’s share of the indicator’s total."),
    )
    return Section("allotments", M("Allotments by unit"), heat=heat, introduction=told)


def _shares(table: Table, shared: bool) -> list[HeatCell]:
    """Return the cells of an indicator, each with its share of the total, which is the last row, where it has one."""
    *parts, whole = cells(table, "value")
    of = M("of the indicator’s total")
    made = [
        HeatCell(part, ratio(part, whole), of)
        if shared and isinstance(part, ExactNumber) and isinstance(whole, ExactNumber) and whole
        else HeatCell(part)
        for part in parts
    ]
    return [*made, HeatCell(whole)]


def _budget(summary: Summary) -> Section:
    table = summary.budget()
    split = len(table.rows) - table.totals
    first = [column.key for column in table.columns].index("level") + 1
    origins = table.columns[first:-1]

    def amounts(key: str) -> tuple[Amount | None, ...]:
        return tuple(_amount(value) for value in cells(table, key)[:split])

    chart = Chart(
        "budget-by-holder",
        ChartForm.STACKED,
        M("Budget by holder and origin"),
        M("Stacked bar chart: the money of each holder, by origin."),
        tuple(_names(table)[:split]),
        tuple(Series(column.heading, amounts(column.key)) for column in origins),
        amounts("total"),
    )
    doubted = any(isinstance(value, Doubted) for row in table.rows for value in row)
    told = (M("* The document states another amount: see “{name}”.", name=M("Known exceptions")),) if doubted else ()
    view = View(M("Budget (đồng)"), (), (table,))
    return Section("budget", M("Budget by holder and origin"), view, charts=(chart,), introduction=told)


def _amount(value: Value) -> Amount | None:
    """Return an amount without its mark of doubt."""
    if isinstance(value, Doubted):
        return value.amount
    return value if isinstance(value, Amount) else None


def _counted(files: PlanFiles, report: Report) -> Message:
    """Return how many findings of each severity a plan has, and how many are known."""
    severities = [finding.severity for finding in _standing(files, report)]
    counts = [
        told._replace(values=(("count", Amount(severities.count(severity))),))
        for severity, told in _COUNTS.items()
        if severity in severities or severity is Severity.ERROR
    ]
    known = sum(1 for _ in _covered(files, report))
    counts += [_KNOWN._replace(values=(("count", Amount(known)),))] if known else []
    return M("{counts}", counts=tuple(counts))


def _standing(files: PlanFiles, report: Report) -> Iterator[Finding]:
    """Yield the findings of a plan, and those of what all plans share."""
    return (finding for finding in report.findings if finding.plan in (files.id, None))


def _covered(files: PlanFiles, report: Report) -> Iterator[Finding]:
    return (finding for finding in report.covered if finding.plan == files.id)


def _found(dataset: Dataset, report: Report, files: PlanFiles) -> Section:
    """Return what was found, what is known to be wrong, and the notes beside the data."""
    findings = Table("findings", M("Findings"), _FINDING_COLUMNS, tuple(map(_finding, _standing(files, report))))
    rows = tuple(_exception(dataset, report, finding) for finding in _covered(files, report))
    known = Table("exceptions", M("Known exceptions"), _EXCEPTION_COLUMNS, rows)
    tables = tuple(table for table in (findings, known) if table.rows)
    notes = tuple(Remarks(dataset, report, files).notes(None))
    heading = M("Findings and known exceptions")
    told = () if tables else (M("Nothing was found."),)
    return Section("findings", heading, View(heading, (), tables, notes), introduction=told)


def _finding(finding: Finding) -> tuple[Value, ...]:
    where = citation(finding.cited) if finding.cited else M("{place}", place=finding.place.pointer())
    severity = finding.severity.label
    return finding.unit, finding.rule.code, severity, finding.rule.title, finding.message, where


def _exception(dataset: Dataset, report: Report, finding: Finding) -> tuple[Value, ...]:
    values = [
        Amount(value, finding.unit_of_measure) if isinstance(value, ExactNumber) else value
        for value in (finding.stated, finding.computed)
    ]
    off = difference(finding) if finding.difference is not None else None
    entry = report.exceptions.get((finding.plan or "", finding.exception or ""))
    if entry is None:
        return finding.rule.code, finding.message, *values, off, None, None, None
    cited = citation(Names(dataset).cited(entry.citation))
    return finding.rule.code, finding.message, *values, off, entry.reason, cited, Names(dataset).unit(entry.owner)
