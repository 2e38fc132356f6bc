"""Every unit that takes part has its line, split as the others are (R020 and on)."""

from __future__ import annotations

from collections.abc import Iterable

from d8plan.checks.ids import Ids
from d8plan.ledger import keys
from d8plan.ledger.plans import is_split, unit_order
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Related, Rule
from d8plan.models.places import Place
from d8plan.text.message import M, Message
from d8plan.text.names import NearNames

UNIT_MISSING = Rule("R020", "unit-missing", M("unit missing from an allocation"))
"""Each unit of plan.yaml has a line in every allocation, and a value for every zone figure.

Why: A line that is not there may be forgotten or may mean that nothing is allotted. null says the one, 0 says that
the annex prints a 0; a gap says neither.

Mend: Add the line with the unit's figures; null where the annex is empty.
"""

UNIT_OUTSIDE = Rule("R021", "unit-not-in-plan", M("unit that takes no part in the plan"))
"""Each unit that has a line in an allocation is one of the units of plan.yaml.

Why: A unit outside the plan has no row in the annex: its figure would count in the totals and be printed nowhere.

Mend: Where the unit takes part, add it to plan.yaml with its row number; else delete its line.
"""

UNIT_ELSEWHERE = Rule("R034", "unit-named-not-in-plan", M("unit that is named and takes no part in the plan"))
"""The units of a group, and those that a statement selects, are units of the plan that they are of.

Why: A unit outside the plan has no figures there: a count of the group would be too high, a sum would pass it over.

Mend: Correct the unit, or add it to the units of plan.yaml with its row; else take it out.
"""

LEVEL_MISSING = Rule("R022", "level-missing", M("level missing from a unit's line"))
"""Each line of an allocation that is split by level has a figure or null for each of its levels.

Why: A level that is left out may be forgotten or may mean that nothing is allotted; the level's total would be
computed without it.

Mend: Add the level with its figure; null where the annex is empty.
"""

MIXED_SPLIT = Rule("R023", "mixed-split", M("split and unsplit figures in one allocation"))
"""In an allocation either every unit's figure is split by level, or none is.

Why: A single number among split ones belongs to no level, so no level total would prove it.

Mend: Split the number as the annex does. Where the annex does not split the indicator, write one number for every
unit.
"""

TOTALS_MISSING = Rule("R027", "level-totals-missing", M("level without a stated or control total"))
"""Each level by which an allocation is split has a total: the one that the annex states, or a control total.

Why: Without it a figure could move from one level to the other while the target still holds.

Mend: Add the annex's total under “levels”. Where the annex prints none, add the sum of the figures under “control”.
"""

NUMBER_TWICE = Rule("R024", "row-number-twice", M("row number given twice"))
"""No two units of plan.yaml have the same row number.

Why: The row number is the plan's official order, in which the annex is printed and read out.

Mend: Give each unit the number of its row in the signed annex.
"""


class Allotments(Ids):
    """Checks the units of a plan and their lines in its allocations."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the data folder whose registers are asked."""
        super().__init__(dataset)
        self.meant: dict[str, str] = {}
        """Units of the plan that is checked which plan.yaml misspells, and what they must be."""
        self.sound: dict[str, bool] = {}
        """Of each plan asked for, whether all its units are known and could be read."""
        self.free: NearNames | None = None
        """Units that plan.yaml does not name."""

    def plan_units(self, files: PlanFiles, unknown: Iterable[str]) -> None:
        """Check the units of plan.yaml and their zone figures; some are ``unknown``."""
        self.free = None
        name = files.file("plan.yaml")
        for misspelt in unknown:
            self._misspelt(files, misspelt)
        zones = files.plan.zone
        numbers: dict[int, str] = {}
        for key, unit in files.plan.units.items():
            at = ("units", key)
            if unit.number in numbers:
                self.add(
                    NUMBER_TWICE,
                    M(
                        "Row {number} is given to “{first}” and “{second}”",
                        number=unit.number,
                        first=numbers[unit.number],
                        second=key,
                    ),
                    Place(name, (*at, "number")),
                    M("Give each unit a row of its own: it is the plan's official order"),
                    files,
                    unit=key,
                )
            numbers.setdefault(unit.number, key)
            for zone in self.keys("zone", unit.zone, zones, name, (*at, "zone"), files, zones):
                self.add(
                    UNIT_MISSING,
                    M("“{unit}” has no figure for “{id}”", unit=key, id=zone),
                    Place(name, (*at, "zone"), of_key=True),
                    M("Add “{line}”; null where the annex is empty", line=f"{zone}: null"),
                    files,
                    unit=key,
                )
                self.unprovable.add((files.id, zone))

    def _misspelt(self, files: PlanFiles, unit: str) -> None:
        """Let a unit that plan.yaml misspells be the one it must be in the plan's other files."""
        if self.free is None:
            free = (known for known in self.known["unit"].ids or () if known not in files.plan.units)
            self.free = NearNames(free, self.patience)
        if close := self.free.nearest(unit):
            self.meant[unit] = close

    def allocations(self, files: PlanFiles) -> None:
        """Check the lines of allocations.yaml."""
        for key, allocation in files.allocations.indicators.items():
            self._allotments(files, key, allocation, keys.of_indicator(files.id, key, "units"))

    def _allotments(self, files: PlanFiles, key: str, allocation: Allocation, units: Place) -> None:
        """Check that an allocation has one line for each unit, split as the others are."""
        wanted = [self.meant.get(unit, unit) for unit in unit_order(files)]
        given = [unit for unit in allocation.units if unit != UNALLOTTED]
        for unit in self.keys("unit", given, wanted, units.file, units.keys, files, [key], indicator=key):
            self.unprovable.add((files.id, key))
            self.add(
                UNIT_MISSING,
                M("“{unit}” has no line for “{id}”", unit=unit, id=key),
                units._replace(of_key=True),
                M("Add “{line}” with its figures; null where the annex is empty", line=f"{unit}: null"),
                files,
                indicator=key,
                unit=unit,
            )
        levels = self._split(files, key, allocation, units)
        self.used.update((self.known["level"].file, level) for level in levels)
        rows = {*wanted, UNALLOTTED}
        for unit, allotment in allocation.units.items():
            self.made += 1
            if levels and unit in rows and isinstance(allotment, dict) and list(allotment) == levels:
                self.made += len(levels)
                continue
            place = units._replace(keys=(*units.keys, unit))
            if unit not in rows:
                self._outside(files, key, unit, place)
            elif isinstance(allotment, dict) and not levels:
                self._mixed(files, place, M("“{unit}” is split by level where the others are not", unit=unit), "…")
            elif isinstance(allotment, dict):
                self._levels(
                    files,
                    key,
                    unit,
                    place,
                    self.keys(
                        "level", allotment, levels, place.file, place.keys, files, [key], indicator=key, unit=unit
                    ),
                )
            elif allotment is not None and levels:
                self._mixed(
                    files,
                    place,
                    M("“{unit}” has one number where the others are split by level", unit=unit),
                    f"{{{', '.join(f'{level}: …' for level in levels)}}}",
                )

    def _outside(self, files: PlanFiles, key: str, unit: str, place: Place) -> None:
        """Tell a unit that takes no part, where its line in plan.yaml could be read and it is no slip."""
        if (files.file("plan.yaml"), "units", unit) in self.dataset.broken or not self.exists("unit", unit):
            return
        self.unprovable.update((files.id, series) for series in (key, *files.plan.zone))
        self.once(
            ("outside", files.id, unit),
            Finding(
                rule=UNIT_OUTSIDE,
                message=M("“{unit}” takes no part in plan {plan}", unit=unit, plan=files.id),
                place=place._replace(of_key=True),
                action=M("Add it to the units of plan.yaml, or delete the line"),
                plan=files.id,
                indicator=key,
                unit=unit,
            ),
        )

    def elsewhere(self, files: PlanFiles, plan: PlanFiles, unit: str, place: Place) -> bool:
        """Tell, unless it has been told, that a unit named at a place takes no part in ``plan``; return whether so."""
        units = plan.plan.units
        if unit in units or not self.exists("unit", unit):
            return False
        if (sound := self.sound.get(plan.id)) is None:
            torn = self.is_torn(plan.file("plan.yaml"), "units")
            sound = self.sound[plan.id] = not torn and all(self.exists("unit", known) for known in units)
        if sound:
            self.once(
                ("outside", plan.id, unit),
                Finding(
                    rule=UNIT_ELSEWHERE,
                    message=M("“{unit}” takes no part in plan {plan}", unit=unit, plan=plan.id),
                    place=place,
                    action=M("Correct it, or add it to the units of plan.yaml"),
                    plan=files.id,
                    unit=unit,
                    related=(Related(M("The plan’s units"), Place(plan.file("plan.yaml"), ("units",), of_key=True)),),
                ),
            )
        return True

    def _split(self, files: PlanFiles, key: str, allocation: Allocation, units: Place) -> list[str]:
        """Return the levels by which an allocation is split, none where it is not; each needs a total."""
        if not is_split(allocation):
            return []
        totals = {*allocation.levels, *allocation.control}
        used = {level for value in allocation.units.values() if isinstance(value, dict) for level in value}
        absent = [level for level in files.plan.levels if level in used and level not in totals]
        if any(self.is_torn(units.file, *units.keys[:-1], section) for section in ("levels", "control")):
            absent = []
        # A total under a misspelt level is the one that is missing, and is told as that.
        if self.names.indicator(key).aggregation.units == "not-additive":
            absent = []  # its figures have no totals
        if absent and all(level in files.plan.levels for level in totals):
            self.add(
                TOTALS_MISSING,
                M("“{id}” has no total for level “{level}”", id=key, level=absent[0]),
                Place(units.file, units.keys[:-1], of_key=True),
                M("Add “{line}” with the annex's total, or under control the sum of its figures", line="levels: {…}"),
                files,
                indicator=key,
                level=absent[0],
            )
        return [level for level in files.plan.levels if level in totals | used]

    def _mixed(self, files: PlanFiles, place: Place, message: Message, form: str) -> None:
        """Tell a line that is not split as the others are."""
        indicator, unit = str(place.keys[1]), str(place.keys[3])
        self.unprovable.add((files.id, indicator))
        action = M("Write “{line}”", line=f"{unit}: {form}")
        self.add(MIXED_SPLIT, message, place, action, files, indicator=indicator, unit=unit)

    def _levels(self, files: PlanFiles, key: str, unit: str, place: Place, missing: Iterable[str]) -> None:
        """Tell the levels that a unit's line lacks."""
        for level in missing:
            self.unprovable.add((files.id, key))
            self.add(
                LEVEL_MISSING,
                M("“{unit}” has no figure for level “{level}”", unit=unit, level=level),
                place._replace(of_key=True),
                M("Add “{line}”; null where the annex is empty", line=f"{level}: null"),
                files,
                indicator=key,
                unit=unit,
                level=level,
            )
