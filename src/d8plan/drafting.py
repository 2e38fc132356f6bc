"""Start the next plan from an earlier one: its units and indicators, and what the phase leaves as targets."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from d8plan.ledger import Ledger, is_split, unit_order
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.base import Record
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.registry import Unit
from d8plan.models.seal import plain
from d8plan.remainders import Remainders, stated_levels

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
Plain = dict[str, Any]


class Ask(NamedTuple):
    """What is to be started."""

    plan: str
    """Id of the new plan."""
    first: int
    last: int
    title: str | None = None
    levels: Mapping[str, str] | None = None
    """Its levels by id and name; those of the earlier plan where None."""


class Target(NamedTuple):
    """A target proposed."""

    indicator: str
    value: int
    of_phase: bool
    """Whether it is what the phase leaves; else it is the earlier plan's."""


class Draft(NamedTuple):
    """The files of a new plan as plain data, and what is to be known about them."""

    files: dict[str, Plain]
    """By name, without the folder."""
    document: tuple[str, Plain]
    """Id and entry for documents.yaml."""
    phase: str | None
    targets: tuple[Target, ...]
    gone: tuple[tuple[str, tuple[str, ...]], ...]
    """Units that do not exist any more, each with those that succeed it."""
    unplanned: tuple[int, ...]
    """Years of the phase that have no plan here, so that their targets are not taken out."""


def draft(dataset: Dataset, ledger: Ledger, old: PlanFiles, ask: Ask) -> Draft:
    """Return the draft of a plan started from ``old``."""
    return _Drafting(dataset, ledger, old, ask).draft()


class _Drafting:
    def __init__(self, dataset: Dataset, ledger: Ledger, old: PlanFiles, ask: Ask) -> None:
        self.dataset, self.old, self.ask = dataset, old, ask
        self.phase = self._phase()
        self.remainders = Remainders(dataset, ledger, ask.plan, self.phase)
        self.levels = dict(ask.levels or {key: level.name for key, level in old.plan.levels.items()})
        self.units, self.gone = self._units()
        self.document = self._free(f"kh-{ask.plan}")

    def draft(self) -> Draft:
        targets = self._targets()
        files = {"plan.yaml": self._plan(), "allocations.yaml": self._allocations(targets)}
        if self.old.budget:
            files["budget.yaml"] = self._budget()
        if self.old.annex and not self.ask.levels:
            files["annex.yaml"] = self._moved(self.old.annex)
        return Draft(
            files, (self.document, self._entry()), self.phase, tuple(targets.values()), self.gone, self._unplanned()
        )

    def _phase(self) -> str | None:
        """Return the phase that holds the new years: the old plan's, or another."""
        own = self.dataset.plans.get(self.old.plan.phase or "")
        for files in [*([own] if own else []), *self.dataset.plans.values()]:
            first, last = files.plan.period.first, files.plan.period.last
            if files.plan.phase is None and first <= self.ask.first and self.ask.last <= last and first < last:
                return files.id
        return None

    def _free(self, wanted: str) -> str:
        known = self.dataset.documents.documents if self.dataset.documents else {}
        number, candidate = 1, wanted
        while candidate in known:
            number += 1
            candidate = f"{wanted}-{number}"
        return candidate

    def _units(self) -> tuple[list[str], tuple[tuple[str, tuple[str, ...]], ...]]:
        """Return the units that exist in the new years, and those that do not with their successors."""
        known = self.dataset.units.units if self.dataset.units else {}
        begins = datetime.date(self.ask.first, 1, 1)
        kept: list[str] = []
        gone: list[tuple[str, tuple[str, ...]]] = []
        succeeding: list[str] = []
        for key in unit_order(self.old):
            if key in known and not _exists(known[key], begins):
                heirs = tuple(
                    one for one in known[key].successors or () if one in known and _exists(known[one], begins)
                )
                gone.append((key, heirs))
                succeeding += heirs
            else:
                kept.append(key)
        heirs_in_order = sorted(dict.fromkeys(succeeding), key=lambda key: known[key].order)
        return [*(key for key in heirs_in_order if key not in kept), *kept], tuple(gone)

    def _later(self, text: str) -> str:
        """Return text with its years moved on from the old plan's to the new one's."""
        by = self.ask.first - self.old.plan.period.first
        return _YEAR.sub(lambda found: str(int(found[0]) + by), text)

    def _moved(self, record: Record) -> Plain:
        """Return a record as plain data, years in its texts moved on."""
        moved: Plain = _plain(record, self._later)
        return moved

    def _entry(self) -> Plain:
        known = self.dataset.documents.documents if self.dataset.documents else {}
        old = known.get(self.old.plan.document)
        entry: Plain = {"kind": old.kind if old else "Kế hoạch"}
        if old and old.issuer:
            entry["issuer"] = old.issuer
        return {**entry, "title": self.ask.title or self._later((old and old.title) or self.old.plan.title)}

    def _plan(self) -> Plain:
        old = self.old.plan
        plan: Plain = {
            "title": self.ask.title or self._later(old.title),
            "document": self.document,
            "period": {"first": self.ask.first, "last": self.ask.last},
        }
        plan |= {"phase": self.phase} if self.phase else {}
        for key, kept in (("signature", old.signature), ("reporting", old.reporting)):
            plan |= {key: _plain(kept)} if kept else {}
        plan["levels"] = {key: {"name": name} for key, name in self.levels.items()}
        zones = {key: _plain(zone) for key, zone in (old.zone or {}).items()}
        figures: dict[str, dict[str, int | None]] = {}
        for unit in self.units:
            known = old.units[unit].zone if unit in old.units else {}
            figures[unit] = {key: known.get(key) for key in zones}
        for key, zone in zones.items():
            zone["total"] = sum(of_unit[key] or 0 for of_unit in figures.values())
        lines = {unit: {"number": number, "zone": figures[unit]} for number, unit in enumerate(self.units, 1)}
        plan |= {"zone": zones} if zones else {}
        return {**plan, "units": lines}

    def _targets(self) -> dict[str, Target]:
        found = {}
        for indicator, allocation in (self.old.allocations.indicators if self.old.allocations else {}).items():
            left = self.remainders.target(indicator)
            value = allocation.target if left is None else left
            found[indicator] = Target(indicator, value, left is not None)
        return found

    def _allocations(self, targets: Mapping[str, Target]) -> Plain:
        indicators: Plain = {}
        for indicator, allocation in (self.old.allocations.indicators if self.old.allocations else {}).items():
            target = targets[indicator]
            line: Plain = {"target": target.value}
            rest: int | Plain | None = target.value
            empty: Plain | None = None
            if is_split(allocation):
                totals = self._by_level(indicator, allocation, target)
                line |= {"levels" if allocation.levels else "control": totals}
                line["target"] = sum(totals.values()) if self._sums(indicator) else target.value
                rest, empty = totals, dict.fromkeys(totals)
            if allocation.unit_of_measure:
                line["unit_of_measure"] = allocation.unit_of_measure
            units: Plain = {unit: empty and {**empty} for unit in self.units}
            if line["target"] and self._sums(indicator):
                units[UNALLOTTED] = rest
            indicators[indicator] = {**line, "units": units}
        return {"source": {"document": self.document}, "indicators": indicators}

    def _by_level(self, indicator: str, allocation: Allocation, target: Target) -> dict[str, int]:
        """Return a target by level: what the phase leaves of each; else in the first level, to be divided."""
        old = {level: value for level, value in stated_levels(allocation).items() if level in self.levels}
        if target.of_phase:
            left = {level: self.remainders.target(indicator, level) for level in self.levels}
            known = {level: value for level, value in left.items() if value is not None}
            if known and sum(known.values()) == target.value:
                return {level: known.get(level, 0) for level in self.levels if level in known or level in old}
        elif old and len(old) == len(stated_levels(allocation)):
            return old
        first, *others = list(old) or list(self.levels)
        return {first: target.value, **dict.fromkeys(others, 0)}

    def _sums(self, indicator: str) -> bool:
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        return known is None or known.aggregation.units == "sum"

    def _budget(self) -> Plain:
        budget = self.old.budget
        assert budget is not None
        by = self.ask.first - self.old.plan.period.first
        origins = {
            key: {"name": self._later(origin.name), "years": [year + by for year in origin.years]}
            for key, origin in budget.origins.items()
        }
        holders: Plain = {}
        for key, holder in budget.holders.items():
            held: Plain = {"name": holder.name, **({"unit": holder.unit} if holder.unit else {})}
            level = holder.level if holder.level in self.levels else list(self.levels)[-1]
            holders[key] = {**held, "level": level, "amounts": {}}
        return {"origins": origins, "holders": holders, "totals": {}}

    def _unplanned(self) -> tuple[int, ...]:
        phase = self.dataset.plans.get(self.phase or "")
        if phase is None:
            return ()
        planned = {
            year
            for other in self.remainders.others
            for year in range(other.plan.period.first, other.plan.period.last + 1)
        }
        return tuple(year for year in range(phase.plan.period.first, self.ask.first) if year not in planned)


def _exists(unit: Unit, day: datetime.date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)


def _plain(value: Any, text: Any = lambda one: one) -> Any:
    """Return a record as plain data without what is absent; ``text`` is applied to every text but keys."""
    if isinstance(value, dict):
        return {key: _plain(one, text) for key, one in value.items()}
    if isinstance(value, Record):
        return {key: _plain(one, text) for key, one in value.__dict__.items() if one is not None}
    if isinstance(value, list):
        return [_plain(one, text) for one in value]
    return text(value) if isinstance(value, str) else plain(value)
