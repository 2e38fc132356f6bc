"""Start the next plan from an earlier one: its units and indicators, and what the phase leaves as targets."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from d8plan.edits.drafting.periods import moved, restated
from d8plan.edits.drafting.targets import Target, matched_levels, proposed
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.phase_remainders import Remainders
from d8plan.ledger.plans import unit_order
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.annex import AnnexFile
from d8plan.models.base import StrictModel
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.plain_values import plain
from d8plan.models.plan import Period
from d8plan.models.registry import Unit
from d8plan.text.exact import ExactNumber

Plain = dict[str, Any]


class DraftRequest(NamedTuple):
    """What is to be started."""

    plan: str
    """Id of the new plan."""
    span: Period
    title: str | None = None
    levels: Mapping[str, str] | None = None
    """Its levels by id and name; those of the earlier plan where None."""


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
    """Earlier years of the phase that have no plan here, so that their targets are not taken out."""
    to_come: tuple[int, ...]
    """Later years of the phase that have no plan here, for which too is what is proposed."""
    levels: tuple[tuple[str, str], ...]
    """Levels that go on from one of another id: the name of the old one and of the new one."""


def draft(dataset: Dataset, ledger: Ledger, old: PlanFiles, ask: DraftRequest) -> Draft:
    """Return the draft of a plan started from ``old``."""
    return _Drafting(dataset, ledger, old, ask).draft()


class _Drafting:
    def __init__(self, dataset: Dataset, ledger: Ledger, old: PlanFiles, ask: DraftRequest) -> None:
        self.dataset, self.old, self.ask = dataset, old, ask
        self.span = old.plan.period
        self.begins = datetime.date(ask.span.first, 1, 1)
        self.phase = self._phase()
        self.remainders = Remainders(dataset, ledger, ask.plan, self.phase)
        self.levels = dict(ask.levels or {key: level.name for key, level in old.plan.levels.items()})
        self.before = matched_levels(list(old.plan.levels), list(self.levels))
        self.units, self.gone = self._units()
        self.document = self._free(f"kh-{ask.plan}")

    def draft(self) -> Draft:
        targets = proposed(self.dataset, self.old, self.remainders, self.before)
        files = {"plan.yaml": self._plan(), "allocations.yaml": self._allocations(targets)}
        if self.old.budget.holders:
            files["budget.yaml"] = self._budget()
        if self.old.annex:
            files["annex.yaml"] = self._annex(self.old.annex)
        free = self._unplanned()
        return Draft(
            files=files,
            document=(self.document, self._entry()),
            phase=self.phase,
            targets=targets,
            gone=self.gone,
            unplanned=tuple(year for year in free if year < self.ask.span.first),
            to_come=tuple(year for year in free if year > self.ask.span.last),
            levels=tuple(
                (self.old.plan.levels[before].name, self.levels[now])
                for now, before in self.before.items()
                if now != before
            ),
        )

    def _phase(self) -> str | None:
        """Return the phase that holds the new years: the old plan's, or another."""
        own = self.dataset.plans.get(self.old.plan.phase or "")
        for files in [*([own] if own else []), *self.dataset.plans.values()]:
            period = files.plan.period
            if files.plan.phase is None and self.ask.span.lies_in(period) and period != self.ask.span:
                return files.id
        return None

    def _free(self, wanted: str) -> str:
        known = self.dataset.documents.documents
        number, candidate = 1, wanted
        while candidate in known:
            number += 1
            candidate = f"{wanted}-{number}"
        return candidate

    def _units(self) -> tuple[list[str], tuple[tuple[str, tuple[str, ...]], ...]]:
        """Return the units that exist in the new years, and those that do not with their successors.

        Successors stand together, in administrative order, where the first of the units before them stood.
        """
        known = self.dataset.units.units
        kept: list[str] = []
        gone: list[tuple[str, tuple[str, ...]]] = []
        succeeding: list[str] = []
        at: int | None = None
        for key in unit_order(self.old):
            if not self._exists(key):
                heirs = self._heirs(known[key], frozenset([key]))
                gone.append((key, heirs))
                at = len(kept) if heirs and at is None else at
                succeeding += heirs
            else:
                kept.append(key)
        new = [key for key in self._ordered(succeeding) if key not in kept]
        return [*kept[: at or 0], *new, *kept[at or 0 :]], tuple(gone)

    def _heirs(self, unit: Unit, seen: frozenset[str]) -> tuple[str, ...]:
        """Return who has a unit's territory in the new years; for a successor that has ended too, its own."""
        known = self.dataset.units.units
        found: list[str] = []
        for key in unit.successors or ():
            if key in known and key not in seen:
                found += [key] if self._exists(key) else self._heirs(known[key], seen | {key})
        return self._ordered(found)

    def _ordered(self, units: list[str]) -> tuple[str, ...]:
        known = self.dataset.units.units
        return tuple(sorted(dict.fromkeys(units), key=lambda key: known[key].order))

    def _exists(self, key: str) -> bool:
        """Tell whether a unit exists on the first day of the new years, as far as is known."""
        unit = self.dataset.units.units.get(key)
        return unit is None or (unit.valid_from or self.begins) <= self.begins <= (unit.valid_to or self.begins)

    def _later(self, text: str) -> str:
        """Return text with the new years where the old plan's stand."""
        return restated(text, self.span, self.ask.span)

    def _annex(self, annex: AnnexFile) -> Plain:
        """Return the headings of the annex; that of windows, which a draft has none of, is left out."""
        data: Plain = _plain(annex, self._later)
        data["rows"].pop("window", None)
        return data | ({"levels": self.levels} if self.ask.levels else {})

    def _entry(self) -> Plain:
        known = self.dataset.documents.documents
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
            "period": self.ask.span.model_dump(),
        }
        plan |= {"phase": self.phase} if self.phase else {}
        for key, kept in (("signature", old.signature), ("reporting", old.reporting)):
            plan |= {key: _plain(kept)} if kept else {}
        plan["levels"] = {key: {"name": name} for key, name in self.levels.items()}
        zones = {key: _plain(zone) for key, zone in old.zone.items()}
        figures: dict[str, dict[str, ExactNumber | None]] = {}
        for unit in self.units:
            known = old.units[unit].zone if unit in old.units else {}
            figures[unit] = {key: known.get(key) for key in zones}
        for key, zone in zones.items():
            zone["total"] = sum(of_unit[key] or 0 for of_unit in figures.values())
        lines = {unit: {"number": number, "zone": figures[unit]} for number, unit in enumerate(self.units, 1)}
        plan |= {"zone": zones} if zones else {}
        return {**plan, "units": lines}

    def _allocations(self, targets: tuple[Target, ...]) -> Plain:
        given = self.old.allocations.indicators
        indicators: Plain = {}
        for one in targets:
            old = given[one.indicator]
            line: Plain = {"target": one.value}
            if one.levels:
                line["levels" if old.levels or not one.sums else "control"] = one.levels
            if old.unit_of_measure:
                line["unit_of_measure"] = old.unit_of_measure
            units: Plain = {unit: dict.fromkeys(one.levels) or None for unit in self.units}
            if one.value and one.sums:
                units[UNALLOTTED] = one.levels or one.value
            indicators[one.indicator] = {**line, "units": units}
        return {"source": {"document": self.document}, "indicators": indicators}

    def _budget(self) -> Plain:
        budget = self.old.budget
        by = self.ask.span.first - self.span.first
        origins = {
            key: {
                "name": moved(origin.name, {*origin.years, *self.span.years()}, by),
                "years": [year + by for year in origin.years],
            }
            for key, origin in budget.origins.items()
        }
        now = {before: level for level, before in self.before.items()}
        holders: Plain = {}
        for key, holder in budget.holders.items():
            if holder.unit and not self._exists(holder.unit):
                continue
            held: Plain = {"name": holder.name, **({"unit": holder.unit} if holder.unit else {})}
            level = now.get(holder.level, list(self.levels)[-1])
            holders[key] = {**held, "level": level, "amounts": {}}
        return {"origins": origins, "holders": holders, "totals": {}}

    def _unplanned(self) -> list[int]:
        """Return the years of the phase that neither this plan nor another one here is of."""
        phase = self.dataset.plans.get(self.phase or "")
        if phase is None:
            return []
        planned = {year for other in self.remainders.others for year in other.plan.period.years()}
        return [year for year in phase.plan.period.years() if year not in planned and year not in self.ask.span.years()]


def _plain(value: Any, text: Callable[[str], str] = str) -> Any:
    """Return a record as plain data without what is absent; ``text`` is applied to every text but keys."""
    if isinstance(value, dict):
        return {key: _plain(one, text) for key, one in value.items()}
    if isinstance(value, StrictModel):
        return {key: _plain(one, text) for key, one in value if one is not None}
    if isinstance(value, list):
        return [_plain(one, text) for one in value]
    return text(value) if isinstance(value, str) else plain(value)
