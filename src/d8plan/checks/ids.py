"""Follow ids: is each known, and has a mapping the keys it should have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.base import StrictModel
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Related, Rule
from d8plan.models.places import KeyPath, Place, plan_of
from d8plan.models.references import Reference, references
from d8plan.text.message import M, Message
from d8plan.text.names import NearNames, Patience

UNKNOWN = {
    "unit": Rule("R001", "unknown-unit", M("unknown unit")),
    "indicator": Rule("R002", "unknown-indicator", M("unknown indicator")),
    "level": Rule("R003", "unknown-level", M("unknown level")),
    "plan": Rule("R004", "unknown-plan", M("unknown plan")),
    "agency": Rule("R005", "unknown-agency", M("unknown agency")),
    "document": Rule("R006", "unknown-document", M("unknown document")),
    "zone": Rule("R007", "unknown-zone", M("unknown zone figure")),
    "content": Rule("R008", "unknown-content", M("unknown content")),
    "part": Rule("R009", "unknown-part", M("unknown part")),
    "origin": Rule("R010", "unknown-origin", M("unknown origin of money")),
    "holder": Rule("R011", "unknown-holder", M("unknown holder")),
    "kind": Rule("R012", "unknown-kind", M("unknown kind of unit")),
    "group": Rule("R013", "unknown-group", M("unknown group")),
    "activity": Rule("R014", "unknown-activity", M("unknown activity")),
    "statement": Rule("R015", "unknown-statement", M("unknown statement")),
}
"""Every id that a file uses is in its register: units, agencies and kinds of units in units.yaml, indicators and
contents in indicators.yaml, documents in documents.yaml. Plans are folders of plans/; levels, zone figures and
groups stand in the plan's plan.yaml, holders and origins of money in its budget.yaml, parts and activities in its
activities.yaml, statements in its statements.yaml.

Why: A misspelt id names nothing. Its figures would belong to no unit or indicator, and totals would lack them.

Mend: Write the id that the arrow suggests. Where the id is right and new, add it to its register with its official
name. An id that is wrong in many places is told once; where the register itself misspells it, it is told there.
"""

NOTHING_SELECTED = Rule("R025", "nothing-selected", M("statement that selects no figure"))
"""Each statement selects figures: an indicator or a zone figure, at a level, of a group and of units for which there
are figures; or it counts the units of a group. All that it selects by holds together: units are of the group, and a
group without an indicator has no level. An activity whose units are compared names units.

Why: A sum of nothing is 0, and would prove any 0 that the text states. What is selected by and has no effect is not
what the sentence says.

Mend: Correct “select” so that it names what the sentence speaks of. Leave “level” out where the indicator is not
split by level.
"""


class Register(NamedTuple):
    """The ids of a register; None where it could not be read, and then nothing is unknown."""

    ids: Collection[str] | None
    file: str
    keys: tuple[str, ...] = ()
    broken: Collection[str] = ()


class Ids:
    """Collects findings about ids, and what they leave unprovable."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the data folder whose registers are asked."""
        self.dataset, self.names = dataset, Names(dataset)
        self.findings: list[Finding] = []
        self.broken_in: dict[tuple[str, ...], list[str]] = {}
        """The keys below each place whose values could not be used."""
        self.torn: set[tuple[str, ...]] = set()
        for path in dataset.broken:
            self.broken_in.setdefault(path[:-1], []).append(path[-1])
            self.torn.update(path[:depth] for depth in range(1, len(path) + 1))
        self.unprovable: set[tuple[str, ...]] = set()
        self.made = 0
        units, indicators = dataset.units, dataset.indicators
        self.known = {
            "unit": self.register(units.units, "units.yaml", "units"),
            "kind": self.register(units.kinds, "units.yaml", "kinds"),
            "document": self.register(dataset.documents.documents, "documents.yaml", "documents"),
            "indicator": self.register(indicators.indicators, "indicators.yaml", "indicators"),
            "content": self.register(indicators.contents, "indicators.yaml", "contents"),
            "plan": Register(dataset.plans, "plans/", (), _broken_plans(dataset)),
        }
        self.known["agency"] = self.known["unit"]
        zones = {zone for files in dataset.plans.values() for zone in files.plan.zone}
        self.known["counted"] = self.register({*indicators.indicators, *zones}, "indicators.yaml", "indicators")
        self.used: set[tuple[str, str]] = set()
        """(file, id) of ids that something uses."""
        self.told: dict[tuple[str, ...], int] = {}
        """Findings that may be met again, by what they say: another place joins the first."""
        self.also: dict[int, list[Related]] = {}
        """By the number of a finding, the other places where it was met."""
        self.blamed: set[int] = set()
        """Findings that blame the register."""
        self.patience = Patience()
        self.near: dict[int, tuple[Collection[str], NearNames]] = {}

    def register(self, ids: Collection[str], file: str, *keys: str) -> Register:
        """Return the ids of the mapping at ``keys`` of a file; None as ids where it was not read."""
        if not self.dataset.broken.isdisjoint(((file,), (file, *keys))):
            return Register(None, file, keys)
        return Register(ids, file, keys, self.broken_in.get((file, *keys), ()))

    def is_torn(self, file: str, *keys: str | int) -> bool:
        """Tell whether something is left out, or stands in, at a place or inside it."""
        return (file, *map(str, keys)) in self.torn

    def use(self, register: str, used: str | None, place: Place, plan: str | None = None, **about: str | None) -> bool:
        """Check one use of an id; return whether it is one, as far as can be told, or none is given."""
        if not used:
            return True
        self.made += 1
        known = self.known[register]
        self.used.add((known.file, used))
        if self.exists(register, used):
            return True
        what = ("unknown", register, known.file, used)
        if what in self.told:
            self._again(what, place)
            return False
        close = self._names(known.ids or ()).nearest(used)
        action = M("Add it to {where}, or use an id that is there", where=known.file)
        self.once(
            what,
            Finding(
                rule=UNKNOWN["indicator" if register == "counted" else register],
                message=M("“{id}” is not in {where}", id=used, where=known.file),
                place=place,
                action=M("Did you mean “{id}”?", id=close) if close else action,
                plan=plan,
                **about,  # type: ignore[arg-type]
            ),
        )
        return False

    def once(self, what: tuple[str, ...], finding: Finding) -> None:
        """Add a finding; where the same was found before, add its place to the first."""
        if what in self.told:
            self._again(what, finding.place)
        else:
            self.told[what] = len(self.findings)
            self.findings.append(finding)

    def _again(self, what: tuple[str, ...], place: Place) -> None:
        """Add a place to what has been told."""
        self.also.setdefault(self.told[what], []).append(Related(M("Also here"), place))

    def whole(self) -> list[Finding]:
        """Return the findings, each with all its places."""
        return [
            one._replace(related=(*one.related, *self.also[number])) if number in self.also else one
            for number, one in enumerate(self.findings)
        ]

    def _names(self, ids: Collection[str]) -> NearNames:
        """Return the names of a register to look for slips among, made once."""
        held = self.near.get(id(ids))
        if held is None or held[0] is not ids:
            held = self.near[id(ids)] = ids, NearNames(ids, self.patience)
        return held[1]

    def blame_registers(self) -> None:
        """Where an id that many places use is unknown and a near one is used nowhere, that one is the slip."""
        idle: dict[str, NearNames] = {}
        for what, number in self.told.items():
            finding = self.findings[number]
            if what[0] != "unknown" or number not in self.also or number in self.blamed:
                continue
            _, register, file, used = what
            known = self.known.get(register)
            if known is None or known.file != file or known.ids is None:
                continue
            if register not in idle:
                unused = (key for key in known.ids if (file, key) not in self.used)
                idle[register] = NearNames(unused, self.patience)
            if meant := idle[register].nearest(used):
                self.blamed.add(number)
                self.findings[number] = finding._replace(
                    message=M("“{id}” is used nowhere, “{used}” in many places", id=meant, used=used),
                    place=Place(file, (*known.keys, meant), of_key=True),
                    action=M("Did you mean “{id}”?", id=used),
                    related=(Related(M("Used here"), finding.place), *finding.related),
                )

    def exists(self, register: str, used: str) -> bool:
        """Tell whether an id is known, or may be: its register or entry could not be read."""
        known = self.known[register]
        if known.ids is None or used in known.ids:
            return True
        return bool(known.broken) and (used in known.broken or self._names(known.broken).nearest(used) is not None)

    def follow(self, file: str, model: StrictModel | None, files: PlanFiles | None = None) -> list[Reference]:
        """Check each id that the model of a file declares; return those that are unknown."""
        plan = files.id if files else None
        return [
            use
            for use in (references(model) if model else ())
            if not self.use(use.register, use.id, Place(file, use.keys, use.of_key), plan, **_about(file, use))
        ]

    def keys(
        self,
        register: str,
        given: Collection[str],
        wanted: Iterable[str],
        name: str,
        above: KeyPath,
        files: PlanFiles,
        series: Iterable[str],
        **about: str | None,
    ) -> Iterator[str]:
        """Check the keys of a mapping; yield those missing that no misspelt key explains.

        An unknown key leaves the figures of ``series`` incomplete; a known one that does not
        belong here, which the caller tells, explains a missing one too.
        """
        wanted = list(wanted)
        ids, file, *_ = self.known[register]
        if ids is not None and set(given) == set(wanted) and all(key in ids for key in wanted):
            # As in nearly every mapping there is nothing to tell, which is worth telling quickly.
            self.made += len(given)
            self.used.update((file, key) for key in given)
            return
        belonging, lines = set(wanted), set(given)
        missing = {key: None for key in wanted if key not in lines}
        near = NearNames(missing, self.patience)
        for key in self.broken_in.get((name, *map(str, above)), ()):
            # A line that could not be used has been told: it is not missing as well.
            if close := key if key in missing else near.nearest(key):
                del missing[close]
                near.discard(close)
        for key in given:
            known = self.use(register, key, Place(name, (*above, key), of_key=True), files.id, **about)
            if not known:
                self.unprovable.update((files.id, spoilt) for spoilt in series)
            if missing and (not known or key not in belonging):
                explained = near.nearest(key) or next(iter(missing))
                del missing[explained]
                near.discard(explained)
        yield from missing

    def add(
        self, rule: Rule, message: Message, place: Place, action: Message, files: PlanFiles, **about: str | None
    ) -> None:
        """Add a finding of a plan."""
        self.findings.append(
            Finding(rule=rule, message=message, place=place, action=action, plan=files.id, **about)  # type: ignore[arg-type]
        )


def _about(file: str, use: Reference) -> dict[str, str | None]:
    """Return what a finding about an id is of: the indicator or unit in whose entry it stands."""
    section, *entry = map(str, use.keys)
    if plan_of(file) and section == "indicators":
        return {"indicator": entry[0]}
    if plan_of(file) and section in ("units", "reports"):
        return {"unit": entry[0]}
    return {"indicator": entry[0]} if "aggregation" in entry else {}


def _broken_plans(dataset: Dataset) -> list[str]:
    """Return the ids of plans that have a broken file."""
    broken = {plan for path in dataset.broken if (plan := plan_of(path[0]))}
    return sorted(broken - dataset.plans.keys())
