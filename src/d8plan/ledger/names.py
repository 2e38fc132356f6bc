"""What a data folder calls things: names and spellings, units of measure, documents, and how figures add up.

Nobody else asks the registers for these. That an id is in no register is a finding; here it is its own name, and its
figures are counts that add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from d8plan.ledger.figures import PER_CENT, Figure, Kind, Rounding
from d8plan.models.allocations import UNALLOTTED, AllocationSource
from d8plan.models.base import Citation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Cited
from d8plan.models.registry import Aggregation, Document, Indicator
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M, Message

NOT_ALLOTTED = M("Not yet allotted")
"""Name of the line of what no unit has yet."""
DONG = "đ"
"""Unit of measure of money."""
COMPARED = frozenset({"sum", "last"})
"""How an indicator may be put together over years for years to be compared with their phase."""
_LAST = 1_000_000_000
"""Order of an indicator that is not registered: after all others."""

Spellings = dict[str, list[str]]
"""Every way to name each thing, by id; the official name first."""


class Names(NamedTuple):
    """The names of a data folder."""

    dataset: Dataset

    def indicator(self, key: str) -> Indicator:
        """Return an indicator; where none is registered under the id, one that is called by it."""
        return self.dataset.indicators.indicators.get(key) or Indicator.model_construct(
            name=key,
            short_name=key,
            unit_of_measure="",
            content="",
            order=_LAST,
            aggregation=Aggregation.model_construct(units="sum", years="sum"),
        )

    def unit(self, key: str) -> str | Message:
        """Return what people call a unit, or the line of what is not yet allotted."""
        return NOT_ALLOTTED if key == UNALLOTTED else self.unit_name(key)

    def unit_name(self, key: str) -> str:
        """Return the official name of a unit."""
        unit = self.dataset.units.units.get(key)
        return unit.name if unit else key

    def unit_kind(self, key: str) -> str:
        """Return the word for a unit's kind, such as huyện; empty where it is not known."""
        unit = self.dataset.units.units.get(key)
        kind = self.dataset.units.kinds.get(unit.kind) if unit else None
        return kind.name if kind else ""

    def level(self, files: PlanFiles, key: str | None) -> str:
        """Return what a plan calls a level; empty where there is none."""
        level = files.plan.levels.get(key or "")
        return level.name if level else key or ""

    def holder(self, files: PlanFiles, key: str) -> str:
        """Return what a plan calls a holder of money."""
        holder = files.budget.holders.get(key)
        return holder.name if holder else self.unit_name(key)

    def origin(self, files: PlanFiles, key: str) -> str:
        """Return what a plan calls an origin of money."""
        origin = files.budget.origins.get(key)
        return origin.name if origin else key

    def series(self, figure: Figure) -> str:
        """Return the name of a figure's indicator, zone figure or origin of money."""
        files = self.dataset.plans[figure.plan]
        if figure.kind is Kind.INDICATOR:
            return self.indicator(figure.series).short_name
        if figure.kind is Kind.ZONE:
            zone = files.plan.zone.get(figure.series)
            return zone.name if zone else figure.series
        return self.origin(files, figure.series)

    def figure(self, figure: Figure, *, level: bool = True) -> Message:
        """Return what people call a cell: Tổ truyền thông cộng đồng, Bảo Lạc, Cấp huyện; ``level`` where wanted."""
        files, of_money = self.dataset.plans[figure.plan], figure.kind is Kind.BUDGET
        parts = [self.series(figure), self.holder(files, figure.unit) if of_money else self.unit(figure.unit)]
        if level and not of_money and figure.level in files.plan.levels:
            parts.append(self.level(files, figure.level))
        return M("{parts}", parts=tuple(parts))

    def unit_of_measure(self, files: PlanFiles, indicator: str) -> str:
        """Return in what a plan counts an indicator."""
        allocation = files.allocations.indicators.get(indicator)
        return (allocation and allocation.unit_of_measure) or self.indicator(indicator).unit_of_measure

    def indicators(self, files: PlanFiles) -> list[str]:
        """Return the indicators that a plan allots, in the annex's order."""
        return sorted(files.allocations.indicators, key=lambda key: self.indicator(key).order)

    def rounding(self, indicator: str) -> Rounding:
        """Return how a rate follows from its numerator and denominator."""
        factor = self.indicator(indicator).aggregation.factor
        return Rounding(self.decimals(indicator), PER_CENT if factor is None else factor)

    def decimals(self, indicator: str) -> int:
        """Return how many places after its point a number of an indicator may have."""
        return self.indicator(indicator).decimals or 0

    def adds(self, indicator: str) -> bool:
        """Tell whether an indicator's figures may be summed over units and levels."""
        return self.indicator(indicator).aggregation.units == "sum"

    def rate(self, indicator: str) -> tuple[str, str] | None:
        """Return the numerator and denominator of a rate; None where the indicator is none, or half of one."""
        of = self.indicator(indicator).aggregation
        return (of.numerator, of.denominator) if of.units == "rate" and of.numerator and of.denominator else None

    def has_shares(self, indicator: str, *, of_phase: bool = False) -> bool:
        """Tell whether a share of an indicator's whole, or of its phase, means something: that of a rate does not."""
        of = self.indicator(indicator).aggregation
        return of.units == "sum" and (not of_phase or of.years in COMPARED)

    def is_summed(self, kind: Kind, series: str) -> bool:
        """Tell whether what was done in one period is added to that of another; else the last number counts."""
        return kind is not Kind.INDICATOR or self.indicator(series).aggregation.years == "sum"

    def document(self, key: str) -> Document | None:
        """Return a registered document; None where it is not registered."""
        return self.dataset.documents.documents.get(key)

    def cite(self, document: str, lines: Iterable[int] = (), section: str | None = None) -> Cited:
        """Return a citation with the document's number instead of its id."""
        known = self.document(document)
        return Cited((known.number or known.kind) if known else document, tuple(lines), section)

    def cited(self, citation: Citation) -> Cited:
        """Return where a citation says that something stands."""
        return self.cite(citation.document, citation.lines, citation.section)

    def cited_row(self, source: AllocationSource, *lines: int | None) -> Cited | None:
        """Return where an annex has a row, by the first line that is known; None where only the document is."""
        line = next(filter(None, lines), None)
        return self.cite(source.document, [line] if line else [], source.section) if line or source.section else None

    def amended_by(self, files: PlanFiles) -> tuple[str, ...]:
        """Return the numbers of the documents that amended a plan, in their order."""
        return tuple(dict.fromkeys(self.cite(amendment.document).document for _, amendment in files.amended_by))

    def names_of_unit(self, key: str) -> Iterator[str]:
        """Yield every name of a unit, each with the word for its kind before it too; the official one first."""
        unit = self.dataset.units.units.get(key)
        if unit is None:
            yield language(DEFAULT).say(NOT_ALLOTTED) if key == UNALLOTTED else key
            return
        kind = self.unit_kind(key)
        for name in (unit.name, *(unit.aliases or ()), *([unit.short_name] if unit.short_name else [])):
            yield name
            if kind:
                yield f"{kind} {name}"

    def units(self, among: Iterable[str]) -> Spellings:
        """Return how units may be typed: by id, or by any of their names."""
        return {key: [*self.names_of_unit(key), key] for key in among}

    def indicators_spelt(self, files: PlanFiles) -> Spellings:
        """Return how the indicators of a plan may be typed."""
        found = {}
        for key in files.allocations.indicators:
            known = self.indicator(key)
            found[key] = [known.short_name, known.name, key]
        return found

    def levels(self, files: PlanFiles) -> Spellings:
        """Return how the levels of a plan may be typed."""
        return {key: [level.name, key] for key, level in files.plan.levels.items()}

    def zones(self, files: PlanFiles) -> Spellings:
        """Return how the zone figures of a plan may be typed."""
        return {key: [zone.name, key] for key, zone in files.plan.zone.items()}

    def holders(self, files: PlanFiles) -> Spellings:
        """Return how the holders of a plan's money may be typed."""
        return {key: [holder.name, key] for key, holder in files.budget.holders.items()}

    def origins(self, files: PlanFiles) -> Spellings:
        """Return how the origins of a plan's money may be typed."""
        return {key: [origin.name, key] for key, origin in files.budget.origins.items()}

    def documents(self) -> Spellings:
        """Return how documents may be typed: by number, or id."""
        return {key: [document.number or key, key] for key, document in self.dataset.documents.documents.items()}
