"""Ids that are used are known, and every allocation has a line for every unit (R).

One fault is told once: an unknown id in a list that lacks another id is that id misspelt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.allotments import Allotments
from d8plan.checks.ids import NOTHING_SELECTED, Known
from d8plan.ledger.build import Unprovable
from d8plan.ledger.plans import is_split
from d8plan.models.activities import Cap
from d8plan.models.allocations import Allocation
from d8plan.models.annex import AnnexFile
from d8plan.models.files import Dataset, Partly, PlanFiles
from d8plan.models.findings import Finding, Related, Rule
from d8plan.models.places import Place
from d8plan.models.registry import Aggregation, Unit
from d8plan.models.results import ResultsFile
from d8plan.models.statements import ActivityRef, Select
from d8plan.text.message import M, Message
from d8plan.text.names import fold, nearest

ALLOCATION_MISSING = Rule("R026", "allocation-missing", M("indicator that is named but not allotted"))
"""Each indicator that a statement or the annex names has its figures in the plan's allocations.yaml.

Why: Figures that are gone cannot be proven; that something still speaks of them shows that they are missing.

Mend: Add the indicator with its figures to allocations.yaml. Where the plan allots nothing for it, take its name
out at the place shown.
"""

AMBIGUOUS_NAME = Rule("R028", "ambiguous-name", M("name that two units share"))
"""No name, short name or alias of units.yaml names two units of one kind that exist at the same time, accents and
capitals aside.

Why: “bao lac” typed at a terminal must mean one unit, or somebody gets the figures of another. A district that ended
and a commune that has its name since are told apart by their plans, a province and its city by their kinds.

Mend: Correct the name that was typed wrongly, take the shared alias out of one of the two, or give the days on which
one ended and the other began (`valid_to`, `valid_from`).
"""

ANNEX_INCOMPLETE = Rule("R029", "annex-incomplete", M("annex without a heading for what it shows"))
"""Each indicator that the plan allots, each zone figure and each level has exactly one heading in annex.yaml.

Why: What has no heading is left out of the printed annex; what has two is printed twice.

Mend: Give what is named one heading in annex.yaml, as the signed annex prints it.
"""

RATE_INCOMPLETE = Rule("R030", "rate-incomplete", M("rate that is not wholly one"))
"""An indicator that is a rate is one over units and over years, and names its numerator and denominator, which are
summed; no other indicator names them. A plan that has a rate has its numerator and denominator too, split by level
where the rate is.

Why: a rate is computed from two sums; sums of rates mean nothing, and a rate of what the plan lacks proves nothing.

Mend: write `{units: rate, years: rate, numerator: …, denominator: …}`, or sum, last or not-additive without them. Add
to allocations.yaml the indicator that the plan lacks; a rate that is stated without them is not-additive.
"""


def _together(one: Unit, other: Unit) -> bool:
    """Tell whether two units exist on a day together, as far as their first and last days are known."""
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Unit, other: Unit) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from <= other.valid_to


def _astray(select: Select, counts: bool) -> tuple[Message, Message] | None:
    """Return what is wrong with what a statement selects by, and what to do; None where it can be honoured."""
    if select.indicator and select.zone:
        action = M("Keep the one it speaks of")
        return M("The statement selects both an indicator and a zone figure"), action
    if select.indicator or select.zone:
        return None
    if not select.group:
        action = M("Add “{line}” with the id of the figures it speaks of", line="indicator: …")
        return M("The statement must select an indicator, a zone figure, or the count of a group"), action
    if not counts:
        action = M(
            "Add “{line}” with the id of its figures, or “{count}”", line="indicator: …", count="aggregate: count"
        )
        return M("The statement names a group, and neither figures of it nor the count of its units"), action
    if select.level:
        return M("A group without an indicator has no level"), M("Add the indicator, or leave out “level”")
    return None


class References(NamedTuple):
    """Findings about ids, and what cannot be proven because of them."""

    findings: list[Finding]
    unprovable: Unprovable
    made: int


def check(dataset: Dataset) -> References:
    """Check every id that the data uses, and that allocations are complete."""
    seen = dataset.partly.dataset if dataset.partly else dataset
    checker = _Checker(seen)
    checker.registers()
    for files in seen.plans.values():
        checker.unread(files, dataset.broken)
        checker.plan(files)
        checker.blame_registers()
    findings = checker.whole()
    if dataset.partly:
        findings = list(_as_written(findings, dataset.partly))
    return References(findings, frozenset(checker.unprovable), checker.made)


def _as_written(findings: Iterable[Finding], partly: Partly) -> Iterator[Finding]:
    """Yield findings at places as they were written, without those about what is left out or stands in."""

    def written(place: Place) -> Place:
        path = (place.file, *place.keys)
        keys = (partly.written.get(path[: depth + 2], key) for depth, key in enumerate(place.keys))
        return place._replace(keys=tuple(keys))

    for finding in findings:
        path = (finding.place.file, *map(str, finding.place.keys))
        if not any(path[: depth + 2] in partly.absent for depth in range(len(finding.place.keys))):
            related = tuple(item._replace(place=written(item.place)) for item in finding.related)
            yield finding._replace(place=written(finding.place), related=related)


class _Checker(Allotments):
    def unread(self, files: PlanFiles, broken: Collection[tuple[str, ...]]) -> None:
        """Mark what entries that could not be used leave incomplete."""
        allocations, budget = files.file("allocations.yaml"), files.file("budget.yaml")
        spoilt = {path[2] for path in broken if path[:2] == (allocations, "indicators") and len(path) > 2}
        if any(path[:2] == (files.file("plan.yaml"), "units") for path in broken):
            spoilt |= {*files.plan.zone}
        spoilt |= {path[2] for path in broken if path[:2] == (files.file("plan.yaml"), "zone") and len(path) > 2}
        self.unprovable.update((files.id, series) for series in spoilt)
        for section, field in (("holders", "holder"), ("origins", "origin")):
            for path in broken:
                if path[:2] == (budget, section):
                    self._without(files, **{field: path[2]})

    def _without(self, files: PlanFiles, **missing: str) -> None:
        """Mark the budget totals that may contain amounts of a holder or origin that is missing."""
        for key, stated in files.budget.totals.items():
            if all(getattr(stated, field) in (None, value) for field, value in missing.items()):
                self.unprovable.add((files.file("budget.yaml"), "totals", key))

    def registers(self) -> None:
        """Check what units and indicators refer to, and that a name means one unit."""
        if units := self.dataset.units:
            named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
            for key, unit in units.units.items():
                at = ("units", key)
                self.use("kind", unit.kind, Place("units.yaml", (*at, "kind")))
                self.use("unit", unit.parent, Place("units.yaml", (*at, "parent")))
                for index, successor in enumerate(unit.successors or ()):
                    self.use("unit", successor, Place("units.yaml", (*at, "successors", index)))
                kind = units.kinds.get(unit.kind)
                spelt = dict.fromkeys(unit.aliases or (), "aliases")
                spelt |= {unit.short_name: "short_name"} if unit.short_name else {}
                spelt[unit.name] = "name"
                for name, field in spelt.items():
                    like = named[fold(kind.name) if kind else unit.kind, fold(name)]
                    first = next((one for one in like if one != key and _together(units.units[one], unit)), None)
                    if first is not None:
                        self.findings.append(
                            Finding(
                                rule=AMBIGUOUS_NAME,
                                message=M("“{name}” names two units: {units}", name=name, units=(first, key)),
                                place=Place("units.yaml", (*at, field)),
                                action=M("Give each unit names of its own"),
                                unit=key,
                                related=(Related(M("The other"), Place("units.yaml", ("units", first), of_key=True)),),
                            )
                        )
                    like.append(key)
        if indicators := self.dataset.indicators:
            for key, indicator in indicators.indicators.items():
                self.use("content", indicator.content, Place("indicators.yaml", ("indicators", key, "content")))
                self.use("indicator", indicator.part_of, Place("indicators.yaml", ("indicators", key, "part_of")))
                self._aggregation(key, indicator.aggregation)

    def _aggregation(self, key: str, aggregation: Aggregation) -> None:
        """Check that a rate, and only a rate, says of what it is one."""
        at = ("indicators", key, "aggregation")
        of = (aggregation.numerator, aggregation.denominator)
        for field, used in zip(("numerator", "denominator"), of, strict=True):
            self.use("indicator", used, Place("indicators.yaml", (*at, field)), indicator=key)
        self.made += 1
        is_rate = aggregation.units == "rate"
        known = self.dataset.indicators.indicators
        sums = all(known[one].aggregation.units == "sum" for one in of if one in known)
        if self.is_torn("indicators.yaml", *at):
            return
        whole = (all(of) and sums) if is_rate else not any(of)
        if not whole or is_rate != (aggregation.years == "rate"):
            self.findings.append(
                Finding(
                    rule=RATE_INCOMPLETE,
                    message=M("“{id}” is not wholly a rate", id=key),
                    place=Place("indicators.yaml", at, of_key=True),
                    action=M("A rate has units: rate, years: rate, and a numerator and denominator that are sums"),
                    indicator=key,
                )
            )

    def _rates(self, files: PlanFiles, given: dict[str, Allocation]) -> None:
        """Check that a plan has the parts of each rate that it has."""
        known = self.dataset.indicators.indicators
        whole = files.file("allocations.yaml"), "indicators"
        broken = {path[2] for path in self.dataset.broken if path[:2] == whole and len(path) > 2}
        for key, allocation in given.items():
            of = known[key].aggregation if key in known else None
            if of is None or of.units != "rate" or (files.id, key) in self.unprovable:
                continue
            parts = [part for part in (of.numerator, of.denominator) if part in known]
            lacking = [part for part in parts if part not in given]
            unsplit = [part for part in parts if part in given and not is_split(given[part])]
            self.made += 1
            if lacking:
                message = M(
                    "Plan {plan} allots nothing for “{id}”, of which this is a rate", plan=files.id, id=lacking[0]
                )
            elif unsplit and is_split(allocation):
                message = M("It is split by level, “{id}”, of which it is a rate, is not", id=unsplit[0])
            else:
                continue
            self.unprovable.add((files.id, key))
            if not broken & {*lacking, *unsplit}:
                place = Place(files.file("allocations.yaml"), ("indicators", key), of_key=True)
                action = M("Add what it is a rate of, split by level as it is; or declare it not-additive")
                self.add(RATE_INCOMPLETE, message, place, action, files, indicator=key)

    def of_plan(self, files: PlanFiles) -> dict[str, Known]:
        """Return the registers that each plan has of its own."""
        plan, name = files.plan, files.file("plan.yaml")
        return {
            "level": self.register(plan.levels, name, "levels"),
            "zone": self.register(plan.zone, name, "zone"),
            "group": self.register(plan.groups, name, "groups"),
        }

    def plan(self, files: PlanFiles) -> None:
        """Check the ids of a plan's files."""
        plan, name = files.plan, files.file("plan.yaml")
        self.meant = {}
        self.known |= self.of_plan(files)
        self.use("document", plan.document, Place(name, ("document",)), files.id)
        self.use("plan", plan.phase, Place(name, ("phase",)), files.id)
        self.plan_units(files, name)
        for key, zone in plan.zone.items():
            self.citation(zone.source, name, ("zone", key, "source"), files.id)
            self.use("document", zone.basis, Place(name, ("zone", key, "basis")), files.id)
            self.use("document", zone.changed_by, Place(name, ("zone", key, "changed_by")), files.id)
        for key, citation in plan.legal_basis.items():
            self.use("document", key, Place(name, ("legal_basis", key), of_key=True), files.id)
            self.citation(citation, name, ("legal_basis", key), files.id)
        for key, group in plan.groups.items():
            self.citation(group.source, name, ("groups", key, "source"), files.id)
            self.each("unit", group.units, name, ("groups", key, "units"), files.id)
        self.notes(plan.notes, name, (), files.id)
        self.allocations(files)
        self._rates(files, files.allocations.indicators)
        for key, group in plan.groups.items():
            for index, unit in enumerate(group.units):
                self.elsewhere(files, files, unit, Place(name, ("groups", key, "units", index)))
        self._budget(files)
        self._activities(files)
        self._statements(files)
        name = files.file("exceptions.yaml")
        for key, entry in files.exceptions.exceptions.items():
            self.citation(entry.citation, name, ("exceptions", key, "citation"), files.id)
            self.use("agency", entry.owner, Place(name, ("exceptions", key, "owner")), files.id)
        if files.annex:
            self._annex(files, files.annex)
        for period, held in files.results.items():
            self._results(files, files.file(f"results/{period}.yaml"), held)
        for key, amendment in files.amendments.items():
            name = files.file(f"amendments/{key}.yaml")
            self.use("document", amendment.document, Place(name, ("document",)), files.id)

    def _annex(self, files: PlanFiles, annex: AnnexFile) -> None:
        """Check that an annex has one heading for each thing that it shows."""
        name = files.file("annex.yaml")
        shown: set[str] = set()
        for group_key, heading in annex.groups.items():
            self.each("content", heading.contents, name, ("groups", group_key, "contents"), files.id)
            for key in heading.indicators:
                place = Place(name, ("groups", group_key, "indicators", key), of_key=True)
                if self.use("indicator", key, place, files.id):
                    self._is_allotted(files, key, place, files)
                if key in shown:
                    self._heading(files, place, M("“{id}” has two headings", id=key))
                shown.add(key)
        for key in annex.zone:
            self.use("zone", key, Place(name, ("zone", key), of_key=True), files.id)
        for key in annex.levels:
            self.use("level", key, Place(name, ("levels", key), of_key=True), files.id)
        allotted = files.allocations.indicators
        unknown = [key for key in shown if key not in (self.known["indicator"].ids or ())]
        for section, wanted, given in (
            ("groups", allotted, {*shown, *(close for key in unknown for close in nearest(key, allotted))}),
            ("zone", files.plan.zone, annex.zone),
            ("levels", files.plan.levels, annex.levels),
        ):
            # Where a heading is unknown, that it is misspelt has been told.
            if self.is_torn(name, section):
                continue
            if section == "groups" or all(self.exists(section.removesuffix("s"), key) for key in given):
                for key in wanted:
                    register = "indicator" if section == "groups" else section.removesuffix("s")
                    if key not in given and key in (self.known[register].ids or ()):
                        place = Place(name, (section,), of_key=True)
                        self._heading(files, place, M("“{id}” has no heading", id=key))

    def _heading(self, files: PlanFiles, place: Place, message: Message) -> None:
        self.add(ANNEX_INCOMPLETE, message, place, M("Give it one heading in annex.yaml"), files)

    def _budget(self, files: PlanFiles) -> None:
        budget = files.budget
        name = files.file("budget.yaml")
        self.known["origin"] = self.register(budget.origins, name, "origins")
        self.known["holder"] = self.register(budget.holders, name, "holders")
        for key, holder in budget.holders.items():
            at = ("holders", key)
            self.use("unit", holder.unit, Place(name, (*at, "unit")), files.id)
            if not self.use("level", holder.level, Place(name, (*at, "level")), files.id):
                self._without(files, holder=key)
            for origin in holder.amounts:
                if not self.use("origin", origin, Place(name, (*at, "amounts", origin), of_key=True), files.id):
                    self._without(files, holder=key)
        for key, stated in budget.totals.items():
            at = ("totals", key)
            known = self.use("level", stated.level, Place(name, (*at, "level")), files.id)
            known &= self.use("origin", stated.origin, Place(name, (*at, "origin")), files.id)
            known &= self.use("holder", stated.holder, Place(name, (*at, "holder")), files.id)
            if not known:
                self.unprovable.add((name, *at))
            if stated.source:
                self.citation(stated.source, name, (*at, "source"), files.id)

    def _results(self, files: PlanFiles, name: str, held: ResultsFile) -> None:
        """Check who reports, and of what: of indicators and holders that the plan has."""
        own, allotted = self.known, files.allocations.indicators
        budget, file = files.budget, files.file("budget.yaml")
        self.known = {
            **own,
            "indicator": self.register(allotted, files.file("allocations.yaml"), "indicators"),
            "holder": self.register(budget.holders, file, "holders"),
            "origin": self.register(budget.origins, file, "origins"),
        }
        for reporter, report in held.reports.items():
            at = ("reports", reporter)
            self.use("unit", reporter, Place(name, at, of_key=True), files.id, unit=reporter)
            for kind, register, below in (("done", "indicator", "level"), ("spent", "holder", "origin")):
                for key, given in (getattr(report, kind) or {}).items():
                    self.use(register, key, Place(name, (*at, kind, key), of_key=True), files.id, unit=reporter)
                    for inner in given if isinstance(given, dict) else ():
                        place = Place(name, (*at, kind, key, inner), of_key=True)
                        self.use(below, inner, place, files.id, unit=reporter)
        self.known = own

    def _activities(self, files: PlanFiles) -> None:
        activities = files.activities
        name = files.file("activities.yaml")
        self.known["part"] = self.register(activities.parts, name, "parts")
        for key, part in activities.parts.items():
            at = ("parts", key)
            self.use("content", part.content, Place(name, (*at, "content")), files.id)
            self.each("indicator", part.indicators, name, (*at, "indicators"), files.id)
            if part.paused:
                self.citation(part.paused.source, name, (*at, "paused", "source"), files.id)
            for activity_key, activity in part.activities.items():
                inside = (*at, "activities", activity_key)
                self.each("unit", activity.units, name, (*inside, "units"), files.id)
                for quantity_key, quantity in activity.quantities.items():
                    place = Place(name, (*inside, "quantities", quantity_key, "basis"))
                    self.use("document", quantity.basis, place, files.id)
                    if quantity.cap:
                        at_cap = (*inside, "quantities", quantity_key, "cap")
                        self._cap(files, quantity.cap, name, at_cap)
        for key, agency in activities.agencies.items():
            at = ("agencies", key)
            self.use("agency", key, Place(name, at, of_key=True), files.id)
            self.each("content", agency.leads, name, (*at, "leads"), files.id)
            self.each("content", agency.supports, name, (*at, "supports"), files.id)
            self.each("part", agency.parts, name, (*at, "parts"), files.id)

    def _cap(self, files: PlanFiles, cap: Cap, name: str, at: tuple[str, ...]) -> None:
        """Check what a cap names: the statement that says how many, and amounts of the budget."""
        file = files.file("statements.yaml")
        values = files.statements.values
        self.known["statement"] = self.register(values, file, "values")
        self.use("statement", cap.times, Place(name, (*at, "times")), files.id)
        self.use("level", cap.level, Place(name, (*at, "level")), files.id)
        if files.budget.holders:
            self.use("origin", cap.origin, Place(name, (*at, "origin")), files.id)
            self.use("holder", cap.holder, Place(name, (*at, "holder")), files.id)

    def _statements(self, files: PlanFiles) -> None:
        statements = files.statements
        name = files.file("statements.yaml")
        for key, value in statements.values.items():
            self.citation(value.source, name, ("values", key, "source"), files.id)
            if not self._selects(files, value.select, name, ("values", key, "select"), value.aggregate == "count"):
                self.unprovable.add((name, "values", key))
        for key, named in (statements.named_units or {}).items():
            at = ("named_units", key)
            self.citation(named.source, name, (*at, "source"), files.id)
            known = self._selects(files, named.select, name, (*at, "select"), counts=False)
            known &= self._activity(files, named.activity, name, (*at, "activity"))
            if not known:
                self.unprovable.add((name, *at))

    def _activity(self, files: PlanFiles, named: ActivityRef, name: str, at: tuple[str, ...]) -> bool:
        """Check an activity that a statement names, and that it names units."""
        activities, file = files.activities, files.file("activities.yaml")
        self.known["part"] = self.register(activities.parts, file, "parts")
        if not self.use("part", named.part, Place(name, (*at, "part")), files.id):
            return False
        inside = activities.parts[named.part].activities if named.part in activities.parts else None
        self.known["activity"] = Known(inside, file)
        known = self.use("activity", named.activity, Place(name, (*at, "activity")), files.id)
        if known and inside and not inside[named.activity].units:
            action = M("Name an activity with units, or delete the statement")
            place = Place(name, (*at, "activity"))
            self.add(NOTHING_SELECTED, M("Activity “{id}” names no units", id=named.activity), place, action, files)
            return False
        # A unit that is unknown has been told; what its list then lacks would only repeat it.
        activity = (inside or {}).get(named.activity)
        return known and (activity is None or all(self.exists("unit", unit) for unit in activity.units or ()))

    def _selects(self, files: PlanFiles, select: Select, name: str, at: tuple[str, ...], counts: bool) -> bool:
        """Check what a statement selects; return whether it can be followed."""
        if not self.use("plan", select.plan, Place(name, (*at, "plan")), files.id):
            return False
        plan = self.dataset.plans.get(select.plan or files.id)
        own = self.known
        self.known = own | (self.of_plan(plan) if plan else {})
        known = self.use("group", select.group, Place(name, (*at, "group")), files.id)
        known &= self.use("zone", select.zone, Place(name, (*at, "zone")), files.id)
        known &= self.use("level", select.level, Place(name, (*at, "level")), files.id)
        known &= self.use("indicator", select.indicator, Place(name, (*at, "indicator")), files.id)
        self.known = own
        group = plan.plan.groups.get(select.group or "") if plan else None
        for index, unit in enumerate(select.units or ()):
            place = Place(name, (*at, "units", index))
            known &= self.use("unit", unit, place, files.id)
            if plan and self.elsewhere(files, plan, unit, place):
                known = False
            elif group and unit not in group.units and self.exists("unit", unit):
                message = M("“{unit}” is not in group “{group}”", unit=unit, group=select.group)
                action = M("Correct the unit or the group; or take one of the two out")
                self.add(NOTHING_SELECTED, message, place, action, files, unit=unit)
                known = False
        if self.is_torn(name, *at) or self.is_torn(name, *at[:-1], "aggregate"):
            return False
        if astray := _astray(select, counts):
            self.add(NOTHING_SELECTED, astray[0], Place(name, at, of_key=True), astray[1], files)
            return False
        if known and plan and select.indicator:
            self._is_allotted(plan, select.indicator, Place(name, (*at, "indicator")), files)
        return known

    def _is_allotted(self, plan: PlanFiles, indicator: str, place: Place, files: PlanFiles) -> None:
        """Tell, once, that ``plan`` lacks an indicator named at ``place``, unless another finding does."""
        if indicator in plan.allocations.indicators:
            return
        whole = plan.file("allocations.yaml"), "indicators"
        unread = any(path[:2] == whole[: len(path)] and len(path) <= 3 for path in self.dataset.broken)
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
