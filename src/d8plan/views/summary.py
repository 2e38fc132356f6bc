"""Summaries of a plan: the whole, one unit, one indicator, the budget."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fractions import Fraction

from d8plan.checks import Report
from d8plan.ledger.figures import Figure, Kind, together, total
from d8plan.ledger.names import DONG, Names
from d8plan.ledger.plans import is_split, line_order, paused
from d8plan.ledger.statements import Statement
from d8plan.models.bounds import bound_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import citation
from d8plan.text.exact import ExactNumber, ratio
from d8plan.text.message import Amount, M, Message
from d8plan.views.remarks import Remarks
from d8plan.views.table import Audience, Bounded, Column, Doubted, Fact, Table, Value, View


def _label(key: str, heading: Message) -> tuple[Column, Column, Column]:
    """Return the columns that name a row: an id and a name for machines, a label for people."""
    return (
        Column(key, numeric=False, audience=Audience.MACHINES),
        Column("name", numeric=False, audience=Audience.MACHINES),
        Column("label", heading, numeric=False, audience=Audience.PEOPLE),
    )


class Summary:
    """Views of one plan, all drawn from its ledger."""

    def __init__(self, dataset: Dataset, report: Report, files: PlanFiles) -> None:
        """Take a plan's files, and what checks found, with the ledger."""
        self.ledger, self.files, self.names = report.ledger, files, Names(dataset)
        self.paused = paused(files)
        self.phase = dataset.plans.get(files.plan.phase or "")
        self._remarks = Remarks(dataset, report, files)
        self._amended_by = self.names.amended_by(files)

    def overview(self) -> View:
        """Return the plan at a glance: indicators, budget, what to mind."""
        tables = [self.indicators(), *([self.budget()] if self.files.budget.holders else [])]
        remarks = (*self._remarks.exceptions(None), *self._remarks.warnings(), *self._remarks.notes(None))
        return View(self._title(), self._facts(), tuple(tables), remarks)

    def budget_view(self) -> View:
        """Return the budget alone."""

        def concerns(statement: Statement) -> bool:
            return any(figure.kind is Kind.BUDGET for figure in statement.figures)

        return View(self._title(), (), (self.budget(),), tuple(self._remarks.exceptions(concerns)))

    def indicators(self) -> Table:
        """Return a row an indicator: target, its parts by level, and its share of the phase."""
        levels = self.files.plan.levels
        columns = [
            *_label("indicator", M("Indicator")),
            Column("unit_of_measure", M("Unit"), numeric=False),
            Column("target", M("Target")),
            *(Column(key, M("{name}", name=level.name)) for key, level in levels.items()),
            Column("paused", numeric=False, audience=Audience.MACHINES),
        ]
        if self.phase:
            columns += [Column("phase_target", M("Phase")), Column("phase_share_percent", M("of phase"))]
        rows = []
        for indicator in self.names.indicators(self.files):
            figures = self._figures(indicator)
            target = self._target(self.files, indicator)
            row = [*self._named(indicator), self._measure(indicator), target]
            row += [self._at(figures, level) for level in levels]
            row.append(indicator in self.paused)
            if self.phase:
                of_phase = self._target(self.phase, indicator)
                amounts = (self._amount(files, indicator) for files in (self.files, self.phase))
                row += [of_phase, self._share(indicator, *amounts, of_phase=True)]
            rows.append(tuple(row))
        return Table("indicators", M("Targets"), tuple(columns), tuple(rows))

    def budget(self) -> Table:
        """Return a row a holder, in đồng, a column an origin, with totals by level and in all."""
        budget = self.files.budget
        plan = self.files.id
        columns = (
            *_label("holder", M("Holder")),
            Column("level", numeric=False, audience=Audience.MACHINES),
            *(Column(key, M("{name}", name=origin.name)) for key, origin in budget.origins.items()),
            Column("total", M("Total")),
        )

        origins = (*budget.origins, None)
        differing = {one.cells for one in self.ledger.statements if not one.holds}

        def row(label: Value, level: str | None, holder: str | None) -> tuple[Value, ...]:
            cells: list[Value] = [holder, label, label, level]
            for origin in origins:
                figures = self.ledger.budget(plan, level=level, origin=origin, holder=holder)
                amount = Amount(total(figures), DONG)
                doubted = frozenset(figure.number for figure in figures) in differing
                cells.append(None if not figures else Doubted(amount) if doubted else amount)
            return tuple(cells)

        rows, totals = [], []
        for level, described in self.files.plan.levels.items():
            holders = [key for key, holder in budget.holders.items() if holder.level == level]
            rows += [row(budget.holders[key].name, level, key) for key in holders]
            if holders:
                totals.append(row(M("Total of {level}", level=described.name), level, None))
        totals.append(row(M("Grand total"), None, None))
        return Table("budget", M("Budget (đồng)"), columns, (*rows, *totals), len(totals))

    def unit(self, unit: str) -> View:
        """Return what is allotted to a unit, the activities that name it, what to mind."""
        plan = self.files.plan
        facts = []
        for key, zone in plan.zone.items():
            value = total(self.ledger.of(self.files.id, Kind.ZONE, key, units=[unit]))
            if plan.units[unit].zone.get(key) is not None:
                facts.append(Fact(key, M("{name}", name=zone.name), Amount(value, zone.unit_of_measure)))
        name, kind = self.names.unit_name(unit), self.names.unit_kind(unit)
        title = M("{kind} {name} in plan {plan}", kind=kind.capitalize(), name=name, plan=self.files.id)
        if name.casefold().startswith(kind.casefold()):
            title = M("{name} in plan {plan}", name=name, plan=self.files.id)
        tables = [self._allotments(unit)]
        activities = self._activities(unit)
        if activities.rows:
            tables.append(activities)
        holds = [figure for figure in self.ledger.budget(self.files.id) if figure.body == unit]
        facts += [
            self._held(origin, [figure for figure in holds if figure.series == origin])
            for origin in dict.fromkeys(figure.series for figure in holds)
        ]

        def concerns(statement: Statement) -> bool:
            return any(figure.body == unit and figure.value for figure in statement.figures)

        remarks = (*self._remarks.exceptions(concerns), *self._remarks.warnings(unit), *self._remarks.notes(unit))
        return View(title, tuple(facts), tuple(tables), remarks)

    def indicator(self, indicator: str) -> View:
        """Return a row a unit for one indicator, by level, with its phase allotment."""
        levels = self._levels(indicator)
        figures = self._figures(indicator)
        columns = [
            Column("number", M("No.")),
            *_label("unit", M("Territory or body")),
            *(Column(level, M("{name}", name=self.files.plan.levels[level].name)) for level in levels),
            Column("value", M("Total")),
        ]
        if self.phase:
            columns += [Column("phase_value", M("Phase")), Column("phase_share_percent", M("of phase"))]
        rows = []
        for line in line_order(self.files):
            of_line = [figure for figure in figures if figure.unit == line]
            name, unit = self.names.unit(line), self.files.plan.units.get(line)
            row: list[Value] = [unit.number if unit else None, line, name, name]
            rows.append(tuple(row + self._amounts(of_line, levels) + self._of_phase(indicator, of_line, [line])))
        sums: list[Value] = [None, None, M("Total"), M("Total")]
        rows.append(tuple(sums + self._amounts(figures, levels) + self._of_phase(indicator, figures, None)))
        table = Table("units", M("Allotments"), tuple(columns), tuple(rows), 1)
        target = self._target(self.files, indicator)
        facts = [Fact("unit_of_measure", M("Unit of measure"), self._measure(indicator))]
        if target is not None:
            facts.append(Fact("target", M("Target stated"), target))
        title = M("{name} in plan {plan}", name=self.names.indicator(indicator).short_name, plan=self.files.id)
        if indicator in self.paused:
            facts.append(Fact("paused", M("State"), M("paused")))

        def concerns(statement: Statement) -> bool:
            return statement.indicator == indicator

        notes = (*self._remarks.warnings(None, indicator), *self._remarks.notes(None, indicator))
        return View(title, tuple(facts), (table,), (*self._remarks.exceptions(concerns), *notes))

    def _title(self) -> Message:
        if self._amended_by:
            return M(
                "{title}, plan {plan}, as amended by {documents}",
                title=self.files.plan.title,
                plan=self.files.id,
                documents=self._amended_by,
            )
        return M("{title}, plan {plan}", title=self.files.plan.title, plan=self.files.id)

    def _facts(self) -> tuple[Fact, ...]:
        plan, facts = self.files.plan, []
        if document := self.names.document(plan.document):
            issued = [document.number or document.kind]
            issued += [document.issuer] if document.issuer else []
            facts.append(Fact("document", M("Document"), ", ".join(issued)))
        if self._amended_by:
            facts.append(Fact("amended_by", M("Amended by"), ", ".join(self._amended_by)))
        facts.append(Fact("state", M("State"), self._state()))
        for key, zone in plan.zone.items():
            counted = total(self.ledger.of(self.files.id, Kind.ZONE, key))
            facts.append(Fact(key, M("{name}", name=zone.name), Amount(counted, zone.unit_of_measure)))
        return tuple(facts)

    def _state(self) -> Message:
        seal = self.files.seal
        if seal is None:
            return M("draft")
        issued = datetime.date.fromisoformat(seal.date)
        amended = max((amendment.date for amendment in self.files.amendments.values()), default=None)
        if amended:
            return M("issued {date}, amended {last}", date=issued, last=amended)
        return M("issued {date}", date=issued)

    def _levels(self, indicator: str) -> list[str]:
        allocation = self.files.allocations.indicators.get(indicator)
        return list(self.files.plan.levels) if allocation and is_split(allocation) else []

    def _figures(self, indicator: str) -> tuple[Figure, ...]:
        return self.ledger.of(self.files.id, Kind.INDICATOR, indicator)

    def _amount(self, files: PlanFiles, indicator: str) -> ExactNumber | None:
        allocation = files.allocations.indicators.get(indicator)
        return allocation.amount if allocation else None

    def _target(self, files: PlanFiles, indicator: str) -> Value:
        allocation = files.allocations.indicators.get(indicator)
        if allocation is None:
            return None
        bound = bound_of(allocation.target)
        return allocation.amount if bound is None else Bounded(bound)

    def _named(self, indicator: str) -> list[Value]:
        """Return the cells of the columns that ``_label`` gives."""
        name = self.names.indicator(indicator).short_name
        return [indicator, name, M("{name} (paused)", name=name) if indicator in self.paused else name]

    def _measure(self, indicator: str) -> str:
        return self.names.unit_of_measure(self.files, indicator)

    def _at(self, figures: Iterable[Figure], level: str) -> ExactNumber | None:
        """Return the sum at a level; None where nothing is allotted there."""
        return together(figure for figure in figures if figure.level == level)

    def _amounts(self, figures: Iterable[Figure], levels: list[str]) -> list[Value]:
        chosen = list(figures)
        return [*(self._at(chosen, level) for level in levels), together(chosen)]

    def _share(
        self, indicator: str, part: ExactNumber | None, whole: ExactNumber | None, *, of_phase: bool = False
    ) -> Fraction | None:
        """Return which share of a whole a part is; None where there is nothing, or no share of the indicator."""
        if part is None or not whole or not self.names.has_shares(indicator, of_phase=of_phase):
            return None
        return ratio(part, whole)

    def _of_phase(self, indicator: str, figures: Iterable[Figure], units: list[str] | None) -> list[Value]:
        """Return the phase's allotment to ``units`` and which share of it ``figures`` are."""
        if self.phase is None:
            return []
        allotted = self.ledger.of(self.phase.id, Kind.INDICATOR, indicator, units=units)
        here = list(figures)
        whole = together(allotted)
        return [whole, self._share(indicator, together(here), whole, of_phase=True)]

    def _allotments(self, unit: str) -> Table:
        levels = self.files.plan.levels
        columns = [
            *_label("indicator", M("Indicator")),
            Column("unit_of_measure", M("Unit"), numeric=False),
            *(Column(key, M("{name}", name=level.name)) for key, level in levels.items()),
            Column("value", M("Total")),
            Column("paused", numeric=False, audience=Audience.MACHINES),
            Column("share_percent", M("of province")),
        ]
        if self.phase:
            columns += [Column("phase_value", M("Phase")), Column("phase_share_percent", M("of phase"))]
        rows = []
        for indicator in self.names.indicators(self.files):
            figures = self._figures(indicator)
            mine = [figure for figure in figures if figure.unit == unit]
            row = [*self._named(indicator), self._measure(indicator)]
            row += self._amounts(mine, list(levels))
            row.append(indicator in self.paused)
            row.append(self._share(indicator, together(mine), together(figures)))
            rows.append(tuple(row + self._of_phase(indicator, mine, [unit])))
        return Table("allotments", M("Allotments"), tuple(columns), tuple(rows))

    def _activities(self, unit: str) -> Table:
        columns = (
            Column("part", M("Part"), numeric=False),
            Column("activity", M("Activity that names it"), numeric=False),
            Column("source", M("Source"), numeric=False),
        )
        rows = []
        for part_key, part in self.files.activities.parts.items():
            for activity_key, activity in part.activities.items():
                if unit in (activity.units or ()):
                    place = self.files.place("activities.yaml", "parts", part_key, "activities", activity_key, "units")
                    cited = self.ledger.cited(self.names.cite(self.files.plan.document, activity.lines), place)
                    rows.append((part.number, activity.title, citation(cited)))
        for key, group in self.files.plan.groups.items():
            if unit in group.units:
                stated = self.names.cited(group.source)
                cited = self.ledger.cited(stated, self.files.place("plan.yaml", "groups", key, "units"))
                rows.append((group.source.section or key, group.name, citation(cited)))
        return Table("activities", M("Activities"), columns, tuple(rows))

    def _held(self, origin: str, figures: Iterable[Figure]) -> Fact:
        """Return what a unit holds of an origin of money, as whatever holders it does."""
        return Fact(origin, M("{name}", name=self.names.origin(self.files, origin)), Amount(total(figures), DONG))
