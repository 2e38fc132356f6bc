"""Ids that are used are known, and every allocation has a line for every unit (R).

One fault is told once: an unknown id in a list that lacks another id is that id misspelt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.allotments import Allotments
from d8plan.checks.ids import NOTHING_SELECTED, Register
from d8plan.ledger import keys
from d8plan.ledger.build import Unprovable
from d8plan.ledger.plans import is_split
from d8plan.models.activities import Cap
from d8plan.models.annex import AnnexFile
from d8plan.models.files import PER_PLAN, Dataset, Partly, PlanFiles
from d8plan.models.findings import Finding, Related, Rule
from d8plan.models.places import Place
from d8plan.models.references import Reference
from d8plan.models.registry import Aggregation, Unit
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


def follow(dataset: Dataset) -> References:
    """Check every id that the data uses, and that allocations are complete."""
    seen = dataset.partly.dataset if dataset.partly else dataset
    checker = _ReferenceChecker(seen)
    checker.shared_files()
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


class _ReferenceChecker(Allotments):
    def unread(self, files: PlanFiles, broken: Collection[tuple[str, ...]]) -> None:
        """Mark what entries that could not be used leave incomplete."""
        for file, *path in broken:
            match path:
                case ["indicators", indicator, *_] if file == files.file("allocations.yaml"):
                    self.unprovable.add((files.id, indicator))
                case ["units", *_] if file == files.file("plan.yaml"):
                    self.unprovable.update((files.id, zone) for zone in files.plan.zone)
                case ["zone", zone, *_] if file == files.file("plan.yaml"):
                    self.unprovable.add((files.id, zone))
                case ["holders", holder, *_] if file == files.file("budget.yaml"):
                    self._without(files, holder=holder)
                case ["origins", origin, *_] if file == files.file("budget.yaml"):
                    self._without(files, origin=origin)

    def _without(self, files: PlanFiles, **missing: str) -> None:
        """Mark the budget totals that may contain amounts of a holder or origin that is missing."""
        for key, stated in files.budget.totals.items():
            if all(getattr(stated, field) in (None, value) for field, value in missing.items()):
                self.unprovable.add((files.file("budget.yaml"), "totals", key))

    def shared_files(self) -> None:
        """Check what units and indicators refer to, that a name means one unit, and that rates are whole."""
        self.follow("units.yaml", self.dataset.units)
        self._unit_names()
        self.follow("indicators.yaml", self.dataset.indicators)
        for key, indicator in self.dataset.indicators.indicators.items():
            self._aggregation(key, indicator.aggregation)

    def _unit_names(self) -> None:
        """Tell names that two units of a kind have which exist at the same time."""
        units = self.dataset.units.units
        named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for key, unit in units.items():
            spelt = dict.fromkeys(unit.aliases or (), "aliases")
            spelt |= {unit.short_name: "short_name"} if unit.short_name else {}
            spelt[unit.name] = "name"
            for name, field in spelt.items():
                like = named[fold(self.names.unit_kind(key) or unit.kind), fold(name)]
                first = next((other for other in like if other != key and _together(units[other], unit)), None)
                if first is not None:
                    self.findings.append(
                        Finding(
                            rule=AMBIGUOUS_NAME,
                            message=M("“{name}” names two units: {units}", name=name, units=(first, key)),
                            place=Place("units.yaml", ("units", key, field)),
                            action=M("Give each unit names of its own"),
                            unit=key,
                            related=(Related(M("The other"), Place("units.yaml", ("units", first), of_key=True)),),
                        )
                    )
                like.append(key)

    def _aggregation(self, key: str, aggregation: Aggregation) -> None:
        """Check that a rate, and only a rate, says of what it is one."""
        place = Place("indicators.yaml", ("indicators", key, "aggregation"), of_key=True)
        parts = (aggregation.numerator, aggregation.denominator)
        self.made += 1
        if self.is_torn(place.file, *place.keys):
            return
        is_rate = aggregation.units == "rate"
        registered = self.dataset.indicators.indicators
        sums = all(self.names.adds(part) for part in parts if part in registered)
        whole = (all(parts) and sums) if is_rate else not any(parts)
        if not whole or is_rate != (aggregation.years == "rate"):
            self.findings.append(
                Finding(
                    rule=RATE_INCOMPLETE,
                    message=M("“{id}” is not wholly a rate", id=key),
                    place=place,
                    action=M("A rate has units: rate, years: rate, and a numerator and denominator that are sums"),
                    indicator=key,
                )
            )

    def _rates(self, files: PlanFiles) -> None:
        """Check that a plan has the parts of each rate that it has."""
        allotted, registered = files.allocations.indicators, self.dataset.indicators.indicators
        for key, allocation in allotted.items():
            of = self.names.indicator(key).aggregation
            if of.units != "rate" or (files.id, key) in self.unprovable:
                continue
            parts = [part for part in (of.numerator, of.denominator) if part in registered]
            lacking = [part for part in parts if part not in allotted]
            unsplit = [part for part in parts if part in allotted and not is_split(allotted[part])]
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
            if not any(
                self.is_torn(files.file("allocations.yaml"), "indicators", part) for part in (*lacking, *unsplit)
            ):
                action = M("Add what it is a rate of, split by level as it is; or declare it not-additive")
                self.add(RATE_INCOMPLETE, message, keys.of_indicator(files.id, key), action, files, indicator=key)

    def of_plan(self, files: PlanFiles) -> dict[str, Register]:
        """Return the registers that each plan has of its own."""
        plan, budget = files.plan, files.budget
        of_budget = files.file("budget.yaml")
        return {
            "level": self.register(plan.levels, files.file("plan.yaml"), "levels"),
            "zone": self.register(plan.zone, files.file("plan.yaml"), "zone"),
            "group": self.register(plan.groups, files.file("plan.yaml"), "groups"),
            "origin": self.register(budget.origins, of_budget, "origins"),
            "holder": self.register(budget.holders, of_budget, "holders"),
            "part": self.register(files.activities.parts, files.file("activities.yaml"), "parts"),
            "statement": self.register(files.statements.values, files.file("statements.yaml"), "values"),
        }

    def plan(self, files: PlanFiles) -> None:
        """Check the ids of a plan's files."""
        self.meant = {}
        self.known |= self.of_plan(files)
        unknown = {name: self.follow(files.file(name), files.model(name), files) for name in PER_PLAN}
        self.plan_units(files, [use.id for use in unknown["plan.yaml"] if use.of_key and use.keys[0] == "units"])
        for use in unknown["allocations.yaml"]:
            if use.keys[0] == "indicators" and use.register in ("indicator", "level") and use.of_key:
                self.unprovable.add((files.id, str(use.keys[1])))
        self.allocations(files)
        self._rates(files)
        for key, group in files.plan.groups.items():
            for index, unit in enumerate(group.units):
                self.elsewhere(files, files, unit, files.place("plan.yaml", "groups", key, "units", index))
        self._budget(files, unknown["budget.yaml"])
        self._caps(files)
        self._statements(files)
        if files.annex:
            self._annex(files, files.annex)
        self._results(files)
        for key, amendment in files.amendments.items():
            self.follow(files.file(f"amendments/{key}.yaml"), amendment, files)

    def _annex(self, files: PlanFiles, annex: AnnexFile) -> None:
        """Check that an annex has one heading for each thing that it shows."""
        name = files.file("annex.yaml")
        shown: set[str] = set()
        for group_key, heading in annex.groups.items():
            for key in heading.indicators:
                place = Place(name, ("groups", group_key, "indicators", key), of_key=True)
                if self.exists("indicator", key):
                    self._is_allotted(files, key, place, files)
                if key in shown:
                    self._heading(files, place, M("“{id}” has two headings", id=key))
                shown.add(key)
        allotted = files.allocations.indicators
        unknown = [key for key in shown if key not in (self.known["indicator"].ids or ())]
        for section, register, wanted, headed in (
            ("groups", "indicator", allotted, {*shown, *(near for key in unknown for near in nearest(key, allotted))}),
            ("zone", "zone", files.plan.zone, annex.zone),
            ("levels", "level", files.plan.levels, annex.levels),
        ):
            # Where a heading is unknown, that it is misspelt has been told.
            if self.is_torn(name, section):
                continue
            if section == "groups" or all(self.exists(register, key) for key in headed):
                for key in wanted:
                    if key not in headed and key in (self.known[register].ids or ()):
                        place = Place(name, (section,), of_key=True)
                        self._heading(files, place, M("“{id}” has no heading", id=key))

    def _heading(self, files: PlanFiles, place: Place, message: Message) -> None:
        self.add(ANNEX_INCOMPLETE, message, place, M("Give it one heading in annex.yaml"), files)

    def _budget(self, files: PlanFiles, unknown: Iterable[Reference]) -> None:
        """Mark what unknown ids of the budget leave unprovable."""
        name = files.file("budget.yaml")
        for use in unknown:
            if use.keys[0] == "holders" and use.register in ("level", "origin"):
                self._without(files, holder=str(use.keys[1]))
            elif use.keys[0] == "totals" and use.register != "document":
                self.unprovable.add((name, "totals", str(use.keys[1])))

    def _results(self, files: PlanFiles) -> None:
        """Check who reports, and of what: of indicators that the plan has."""
        own, allotted = self.known, files.allocations.indicators
        self.known = {**own, "indicator": self.register(allotted, files.file("allocations.yaml"), "indicators")}
        for period, reports in files.results.items():
            self.follow(files.file(f"results/{period}.yaml"), reports, files)
        self.known = own

    def _caps(self, files: PlanFiles) -> None:
        """Check what the caps of activities name."""
        name = files.file("activities.yaml")
        for part_key, part in files.activities.parts.items():
            for activity_key, activity in part.activities.items():
                for key, quantity in activity.quantities.items():
                    if quantity.cap:
                        at = ("parts", part_key, "activities", activity_key, "quantities", key, "cap")
                        self._cap(files, quantity.cap, Place(name, at))

    def _cap(self, files: PlanFiles, cap: Cap, place: Place) -> None:
        """Check what a cap names: the statement that says how many, and amounts of the budget."""
        self.use("statement", cap.times, place.below("times"), files.id)
        self.use("level", cap.level, place.below("level"), files.id)
        if files.budget.holders:
            self.use("origin", cap.origin, place.below("origin"), files.id)
            self.use("holder", cap.holder, place.below("holder"), files.id)

    def _statements(self, files: PlanFiles) -> None:
        name, statements = files.file("statements.yaml"), files.statements
        for key, value in statements.values.items():
            place = Place(name, ("values", key))
            counts = value.aggregate == "count"
            known = self._selects(files, value.select, place, counts=counts)
            if value.of:
                known &= self._selects(files, value.of, place, "of", counts=counts)
            if not known:
                self.unprovable.add((name, "values", key))
        for key, named in statements.named_units.items():
            place = Place(name, ("named_units", key))
            known = self._selects(files, named.select, place, counts=False)
            known &= self._activity(files, named.activity, place.below("activity"))
            if not known:
                self.unprovable.add((name, "named_units", key))

    def _activity(self, files: PlanFiles, named: ActivityRef, place: Place) -> bool:
        """Check an activity that a statement names, and that it names units."""
        parts = files.activities.parts
        if not self.use("part", named.part, place.below("part"), files.id):
            return False
        inside = parts[named.part].activities if named.part in parts else None
        self.known["activity"] = Register(inside, files.file("activities.yaml"))
        known = self.use("activity", named.activity, place.below("activity"), files.id)
        activity = (inside or {}).get(named.activity)
        if known and activity and not activity.units:
            action = M("Name an activity with units, or delete the statement")
            message = M("Activity “{id}” names no units", id=named.activity)
            self.add(NOTHING_SELECTED, message, place.below("activity"), action, files)
            return False
        # A unit that is unknown has been told; what its list then lacks would only repeat it.
        return known and (activity is None or all(self.exists("unit", unit) for unit in activity.units or ()))

    def _selects(
        self, files: PlanFiles, select: Select, statement: Place, key: str = "select", *, counts: bool
    ) -> bool:
        """Check what a statement selects under a key; return whether it can be followed."""
        place = statement.below(key)
        if not self.use("plan", select.plan, place.below("plan"), files.id):
            return False
        plan = self.dataset.plans.get(select.plan or files.id)
        own = self.known
        self.known = own | (self.of_plan(plan) if plan else {})
        known = True
        for register in ("group", "zone", "level", "indicator"):
            known &= self.use(register, getattr(select, register), place.below(register), files.id)
        self.known = own
        group = plan.plan.groups.get(select.group or "") if plan else None
        for index, unit in enumerate(select.units or ()):
            at = place.below("units", index)
            known &= self.use("unit", unit, at, files.id)
            if plan and self.elsewhere(files, plan, unit, at):
                known = False
            elif group and unit not in group.units and self.exists("unit", unit):
                message = M("“{unit}” is not in group “{group}”", unit=unit, group=select.group)
                action = M("Correct the unit or the group; or take one of the two out")
                self.add(NOTHING_SELECTED, message, at, action, files, unit=unit)
                known = False
        torn = (place.keys, (*statement.keys, "aggregate"))
        if any(self.is_torn(place.file, *path) for path in torn):
            return False
        if astray := _astray(select, counts):
            self.add(NOTHING_SELECTED, astray[0], place.key(), astray[1], files)
            return False
        if known and plan and select.indicator:
            self._is_allotted(plan, select.indicator, place.below("indicator"), files)
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
