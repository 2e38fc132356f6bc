"""Ids that are used are known, and every allocation has a line for every unit (R).

One fault is told once: an unknown id in a list that lacks another id is that id misspelt.
"""

from __future__ import annotations

from typing import NamedTuple

from d8plan.checks.allotments import Allotments
from d8plan.findings import Finding, Place, Rule
from d8plan.ledger.build import Unprovable
from d8plan.message import M
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.statements import Select

NOTHING_SELECTED = Rule("R025", "nothing-selected", M("statement that selects no figure"))
ALLOCATION_MISSING = Rule("R026", "allocation-missing", M("indicator that is named but not allotted"))


class References(NamedTuple):
    """Findings about ids, and what cannot be proven because of them."""

    findings: list[Finding]
    unprovable: Unprovable
    made: int


def check(dataset: Dataset) -> References:
    """Check every id that the data uses, and that allocations are complete."""
    checker = _Checker(dataset)
    checker.registers()
    for files in dataset.plans.values():
        checker.unread(files)
        checker.plan(files)
    return References(checker.findings, frozenset(checker.unprovable), checker.made)


class _Checker(Allotments):
    def unread(self, files: PlanFiles) -> None:
        """Mark what entries that could not be read leave incomplete."""
        broken = self.dataset.broken
        allocations, budget = files.file("allocations.yaml"), files.file("budget.yaml")
        indicators = files.allocations.indicators if files.allocations else self.known["indicator"].ids or ()
        spoilt = {path[2] for path in broken if path[:2] == (allocations, "indicators")}
        if (allocations,) in broken:
            spoilt |= set(indicators)
        if any(path[:2] == (files.file("plan.yaml"), "units") for path in broken):
            spoilt |= {*indicators, *(files.plan.zone or ())}
        spoilt |= {path[2] for path in broken if path[:2] == (files.file("plan.yaml"), "zone")}
        self.unprovable.update((files.id, series) for series in spoilt)
        if any(path[:2] in ((budget, "holders"), (budget, "origins")) for path in broken):
            self.unprovable.add((budget, "totals"))

    def registers(self) -> None:
        if units := self.dataset.units:
            for key, unit in units.units.items():
                at = ("units", key)
                self.use("kind", unit.kind, Place("units.yaml", (*at, "kind")))
                self.use("unit", unit.parent, Place("units.yaml", (*at, "parent")))
        if indicators := self.dataset.indicators:
            for key, content in indicators.contents.items():
                self.use("agency", content.lead, Place("indicators.yaml", ("contents", key, "lead")))
            for key, indicator in indicators.indicators.items():
                self.use("content", indicator.content, Place("indicators.yaml", ("indicators", key, "content")))

    def plan(self, files: PlanFiles) -> None:
        plan, name = files.plan, files.file("plan.yaml")
        self.meant = {}
        self.known |= {
            "level": self.register(plan.levels, name, "levels"),
            "zone": self.register(plan.zone or {}, name, "zone"),
            "group": self.register(plan.groups or {}, name, "groups"),
        }
        self.use("document", plan.document, Place(name, ("document",)), files.id)
        self.use("plan", plan.phase, Place(name, ("phase",)), files.id)
        self.plan_units(files, name)
        for key, zone in (plan.zone or {}).items():
            self.citation(zone.source, name, ("zone", key, "source"), files.id)
            self.use("document", zone.basis, Place(name, ("zone", key, "basis")), files.id)
        for key, citation in (plan.legal_basis or {}).items():
            self.use("document", key, Place(name, ("legal_basis", key), of_key=True), files.id)
            self.citation(citation, name, ("legal_basis", key), files.id)
        for key, group in (plan.groups or {}).items():
            self.citation(group.source, name, ("groups", key, "source"), files.id)
            self.each("unit", group.units, name, ("groups", key, "units"), files.id)
        self.notes(plan.notes, name, (), files.id)
        if files.allocations:
            self.allocations(files)
        if files.budget:
            self._budget(files)
        if files.activities:
            self._activities(files)
        if files.statements:
            self._statements(files)
        if files.exceptions:
            name = files.file("exceptions.yaml")
            for key, entry in files.exceptions.exceptions.items():
                self.citation(entry.citation, name, ("exceptions", key, "citation"), files.id)
                self.use("agency", entry.owner, Place(name, ("exceptions", key, "owner")), files.id)
        if files.annex:
            name = files.file("annex.yaml")
            for group_key, heading in files.annex.groups.items():
                for key in heading.indicators:
                    place = Place(name, ("groups", group_key, "indicators", key), of_key=True)
                    if self.use("indicator", key, place, files.id):
                        self._is_allotted(files, key, place, files)
            for key in files.annex.zone:
                self.use("zone", key, Place(name, ("zone", key), of_key=True), files.id)
            for key in files.annex.levels:
                self.use("level", key, Place(name, ("levels", key), of_key=True), files.id)

    def _budget(self, files: PlanFiles) -> None:
        budget = files.budget
        assert budget is not None
        name = files.file("budget.yaml")
        self.known["origin"] = self.register(budget.origins, name, "origins")
        self.known["holder"] = self.register(budget.holders, name, "holders")
        before = len(self.findings)
        for key, holder in budget.holders.items():
            at = ("holders", key)
            self.use("unit", holder.unit, Place(name, (*at, "unit")), files.id)
            self.use("level", holder.level, Place(name, (*at, "level")), files.id)
            for origin in holder.amounts:
                self.use("origin", origin, Place(name, (*at, "amounts", origin), of_key=True), files.id)
        if len(self.findings) > before:
            self.unprovable.add((name, "totals"))
        for key, stated in budget.totals.items():
            at = ("totals", key)
            before = len(self.findings)
            self.use("level", stated.level, Place(name, (*at, "level")), files.id)
            self.use("origin", stated.origin, Place(name, (*at, "origin")), files.id)
            self.use("holder", stated.holder, Place(name, (*at, "holder")), files.id)
            if len(self.findings) > before:
                self.unprovable.add((name, *at))
            if stated.source:
                self.citation(stated.source, name, (*at, "source"), files.id)

    def _activities(self, files: PlanFiles) -> None:
        activities = files.activities
        assert activities is not None
        name = files.file("activities.yaml")
        self.known["part"] = self.register(activities.parts, name, "parts")
        for key, part in activities.parts.items():
            at = ("parts", key)
            self.use("content", part.content, Place(name, (*at, "content")), files.id)
            self.each("indicator", part.indicators, name, (*at, "indicators"), files.id)
            if part.paused:
                self.citation(part.paused.source, name, (*at, "paused", "source"), files.id)
            for activity_key, activity in (part.activities or {}).items():
                inside = (*at, "activities", activity_key)
                self.each("unit", activity.units, name, (*inside, "units"), files.id)
                for quantity_key, quantity in (activity.quantities or {}).items():
                    place = Place(name, (*inside, "quantities", quantity_key, "basis"))
                    self.use("document", quantity.basis, place, files.id)
        for key, agency in activities.agencies.items():
            at = ("agencies", key)
            self.use("agency", key, Place(name, at, of_key=True), files.id)
            self.each("content", agency.contents, name, (*at, "contents"), files.id)
            self.each("part", agency.parts, name, (*at, "parts"), files.id)

    def _statements(self, files: PlanFiles) -> None:
        statements = files.statements
        assert statements is not None
        name = files.file("statements.yaml")
        for section, entries in (("values", statements.values), ("named_units", statements.named_units or {})):
            for key, entry in entries.items():
                self.citation(entry.source, name, (section, key, "source"), files.id)
                before = len(self.findings)
                self._select(files, entry.select, name, (section, key, "select"))
                if len(self.findings) > before:
                    self.unprovable.add((name, section, key))
            if section == "named_units":
                for key, named in (statements.named_units or {}).items():
                    self.each("unit", named.units, name, (section, key, "units"), files.id)

    def _select(self, files: PlanFiles, select: Select, name: str, at: tuple[str, ...]) -> None:
        """Check what a statement selects."""
        self.use("plan", select.plan, Place(name, (*at, "plan")), files.id)
        self.use("group", select.group, Place(name, (*at, "group")), files.id)
        self.use("zone", select.zone, Place(name, (*at, "zone")), files.id)
        self.use("level", select.level, Place(name, (*at, "level")), files.id)
        self.each("unit", select.units, name, (*at, "units"), files.id)
        if not (select.indicator or select.zone or select.group):
            self.add(
                NOTHING_SELECTED,
                M("The statement selects neither an indicator, a zone figure nor a group"),
                Place(name, at, of_key=True),
                M("Add “{line}” with the id of the figures it speaks of", line="indicator: …"),
                files,
            )
        plan = self.dataset.plans.get(select.plan or files.id)
        known = self.use("indicator", select.indicator, Place(name, (*at, "indicator")), files.id)
        if known and plan and select.indicator:
            self._is_allotted(plan, select.indicator, Place(name, (*at, "indicator")), files)

    def _is_allotted(self, plan: PlanFiles, indicator: str, place: Place, files: PlanFiles) -> None:
        """Tell, once, that ``plan`` lacks an indicator named at ``place``, unless another finding does."""
        if plan.allocations is None or indicator in plan.allocations.indicators:
            return
        unread = any(path[:2] == (plan.file("allocations.yaml"), "indicators") for path in self.dataset.broken)
        misspelt = not all(self.exists("indicator", given) for given in plan.allocations.indicators)
        if unread or misspelt or (plan.id, indicator) in self.unprovable:
            return
        self.unprovable.add((plan.id, indicator))
        self.add(
            ALLOCATION_MISSING,
            M("Plan {plan} allots nothing for “{id}”", plan=plan.id, id=indicator),
            place,
            M("Add it to allocations.yaml, or take its name out here"),
            files,
            indicator=indicator,
        )
