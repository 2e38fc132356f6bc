"""Build the ledger from the records of a data folder."""

from __future__ import annotations

from collections import defaultdict

from d8plan.findings import Cited, Place
from d8plan.ledger import Figure, Kind, Ledger, NamedUnits, Source, Statement, cite, narrow, unit_order
from d8plan.message import M, Message
from d8plan.models.allocations import Allocation
from d8plan.models.base import Citation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.statements import Select, ValueStatement

Unprovable = frozenset[tuple[str, ...]]
"""What another finding shows to be incomplete: (plan, series) of figures, (file, key…) of entries.

A statement over such figures, or in such an entry, would only repeat that finding: it is left out.
"""


def build(dataset: Dataset, unprovable: Unprovable = frozenset()) -> Ledger:
    """Return the ledger of a data folder, without the statements that are ``unprovable``."""
    builder = _Builder(dataset)
    for files in dataset.plans.values():
        builder.add_figures(files)
    for files in dataset.plans.values():
        builder.add_statements(files, unprovable)
    return builder.ledger()


class _Builder:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.figures: list[Figure] = []
        self.series: dict[tuple[str, Kind, str], list[Figure]] = defaultdict(list)
        self.statements: list[Statement] = []
        self.named_units: list[NamedUnits] = []

    def ledger(self) -> Ledger:
        series = {key: tuple(figures) for key, figures in self.series.items()}
        return Ledger(tuple(self.figures), tuple(self.statements), tuple(self.named_units), series)

    def _figure(
        self, kind: Kind, plan: str, series: str, unit: str, level: str | None, value: int, measure: str, place: Place
    ) -> None:
        figure = Figure(len(self.figures), kind, plan, series, unit, level, value, measure, place)
        self.figures.append(figure)
        self.series[plan, kind, series].append(figure)

    def _measure(self, plan: PlanFiles, indicator: str) -> str:
        allocation = plan.allocations.indicators.get(indicator) if plan.allocations else None
        if allocation and allocation.unit_of_measure:
            return allocation.unit_of_measure
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        return known.unit_of_measure if known else ""

    def add_figures(self, files: PlanFiles) -> None:
        order = unit_order(files)
        for zone, described in (files.plan.zone or {}).items():
            for unit in order:
                value = files.plan.units[unit].zone.get(zone)
                if value is not None:
                    place = Place(files.file("plan.yaml"), ("units", unit, "zone", zone))
                    self._figure(Kind.ZONE, files.id, zone, unit, None, value, described.unit_of_measure, place)
        if files.allocations:
            name = files.file("allocations.yaml")
            for indicator, allocation in files.allocations.indicators.items():
                measure = self._measure(files, indicator)
                for unit in order:
                    keys = ("indicators", indicator, "units", unit)
                    given = allocation.units.get(unit)
                    by_level = given.items() if isinstance(given, dict) else [(None, given)]
                    for level, value in by_level:
                        if value is not None:
                            place = Place(name, keys if level is None else (*keys, level))
                            self._figure(Kind.INDICATOR, files.id, indicator, unit, level, value, measure, place)
        if files.budget:
            name = files.file("budget.yaml")
            for origin in files.budget.origins:
                for holder, held in files.budget.holders.items():
                    if amount := held.amounts.get(origin):
                        place = Place(name, ("holders", holder, "amounts", origin, "amount"))
                        self._figure(Kind.BUDGET, files.id, origin, holder, held.level, amount.amount, "đ", place)

    def add_statements(self, files: PlanFiles, unprovable: Unprovable) -> None:
        if files.allocations:
            for indicator, allocation in files.allocations.indicators.items():
                if (files.id, indicator) not in unprovable:
                    self._allocation(files, indicator, allocation)
        for zone, described in (files.plan.zone or {}).items():
            if (files.id, zone) not in unprovable:
                self._state(
                    Source.ZONE,
                    files,
                    M("{name}", name=described.name),
                    Place(files.file("plan.yaml"), ("zone", zone, "total")),
                    described.total,
                    self._series(files, Kind.ZONE, zone),
                    self._cite(described.source),
                )
        if files.budget:
            self._budget(files, unprovable)
        if files.statements:
            self._text(files, unprovable)

    def _series(self, files: PlanFiles, kind: Kind, series: str) -> tuple[Figure, ...]:
        return tuple(self.series.get((files.id, kind, series), ()))

    def _cite(self, citation: Citation) -> Cited:
        return cite(self.dataset, citation.document, citation.lines)

    def _state(
        self,
        source: Source,
        files: PlanFiles,
        label: Message,
        place: Place,
        stated: int,
        figures: tuple[Figure, ...],
        cited: Cited | None,
        *,
        indicator: str | None = None,
        level: str | None = None,
        measure: str | None = None,
        measure_place: Place | None = None,
        units: list[str] | None = None,
        counted: tuple[str, ...] | None = None,
    ) -> None:
        self.statements.append(
            Statement(
                source=source,
                plan=files.id,
                label=label,
                place=place,
                stated=stated,
                figures=figures,
                counted=counted,
                unit_of_measure="" if counted is not None or not figures else figures[0].unit_of_measure,
                indicator=indicator,
                unit=units[0] if units and len(units) == 1 else None,
                level=level,
                cited=cited,
                measure=measure,
                measure_place=measure_place,
            )
        )

    def _allocation(self, files: PlanFiles, indicator: str, allocation: Allocation) -> None:
        assert files.allocations is not None
        source = files.allocations.source
        name = files.file("allocations.yaml")
        figures = self._series(files, Kind.INDICATOR, indicator)
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        shown = known.short_name if known else indicator
        stated_levels = [("levels", allocation.levels), ("control", allocation.control)]
        for key, levels in stated_levels:
            for level, stated in (levels or {}).items():
                described = files.plan.levels.get(level)
                cited = cite(self.dataset, source.document, [source.levels]) if source.levels else None
                self._state(
                    Source.LEVEL,
                    files,
                    M("{name}, {level}", name=shown, level=described.name if described else level),
                    Place(name, ("indicators", indicator, key, level)),
                    stated,
                    tuple(figure for figure in figures if figure.level == level),
                    cited if key == "levels" else None,
                    indicator=indicator,
                    level=level,
                )
        self._state(
            Source.TARGET,
            files,
            M("{name}, target", name=shown),
            Place(name, ("indicators", indicator, "target")),
            allocation.target,
            figures,
            cite(self.dataset, source.document, [source.target]),
            indicator=indicator,
        )

    def _budget(self, files: PlanFiles, unprovable: Unprovable) -> None:
        budget = files.budget
        assert budget is not None
        ledger = self.ledger()
        file = files.file("budget.yaml")
        if (file, "totals") in unprovable:
            return
        for key, stated in budget.totals.items():
            if (file, "totals", key) in unprovable:
                continue
            names = [
                files.plan.levels[stated.level].name if stated.level in files.plan.levels else None,
                budget.holders[stated.holder].name if stated.holder in budget.holders else None,
                budget.origins[stated.origin].name if stated.origin in budget.origins else None,
            ]
            chosen = tuple(name for name in names if name)
            self._state(
                Source.BUDGET,
                files,
                M("Budget: {names}", names=chosen) if chosen else M("Budget: grand total"),
                Place(file, ("totals", key, "amount")),
                stated.amount,
                ledger.budget(files.id, level=stated.level, origin=stated.origin, holder=stated.holder),
                self._cite(stated.source) if stated.source else None,
                level=stated.level,
            )

    def _text(self, files: PlanFiles, unprovable: Unprovable) -> None:
        assert files.statements is not None
        name = files.file("statements.yaml")
        for key, value in files.statements.values.items():
            figures = self._select(files, value.select, unprovable)
            if figures is None or (name, "values", key) in unprovable:
                continue
            worded = Place(name, ("values", key, "unit_of_measure")) if value.unit_of_measure else None
            self._state(
                Source.TEXT,
                files,
                M("{name}", name=value.text),
                Place(name, ("values", key, "value")),
                value.value,
                figures,
                self._cite(value.source),
                indicator=value.select.indicator,
                level=value.select.level,
                measure=value.unit_of_measure,
                measure_place=worded,
                units=value.select.units,
                counted=self._counted(files, value, figures),
            )
        for key, named in (files.statements.named_units or {}).items():
            figures = self._select(files, named.select, unprovable)
            if figures is not None and (name, "named_units", key) not in unprovable:
                self.named_units.append(
                    NamedUnits(
                        plan=files.id,
                        label=M("{name}", name=named.text),
                        place=Place(name, ("named_units", key, "units")),
                        stated=tuple(named.units),
                        figures=figures,
                        indicator=named.select.indicator,
                        level=named.select.level,
                        cited=self._cite(named.source),
                    )
                )

    def _select(self, files: PlanFiles, select: Select, unprovable: Unprovable) -> tuple[Figure, ...] | None:
        """Return the figures selected; None where they cannot be known."""
        plan = self.dataset.plans.get(select.plan or files.id)
        if plan is None:
            return None
        if select.group:
            return ()
        series = select.indicator or select.zone
        if series is None or (plan.id, series) in unprovable or not self._has(plan, select):
            return None
        kind = Kind.INDICATOR if select.indicator else Kind.ZONE
        return narrow(self.series.get((plan.id, kind, series), []), select.level, select.units)

    def _has(self, plan: PlanFiles, select: Select) -> bool:
        """Tell whether a plan has the series selected; that it lacks one is a finding of its own."""
        if select.indicator:
            return plan.allocations is not None and select.indicator in plan.allocations.indicators
        return select.zone in (plan.plan.zone or {})

    def _counted(self, files: PlanFiles, value: ValueStatement, figures: tuple[Figure, ...]) -> tuple[str, ...] | None:
        if value.aggregate != "count":
            return None
        if group := (files.plan.groups or {}).get(value.select.group or ""):
            return tuple(group.units)
        return tuple(dict.fromkeys(figure.unit for figure in figures))
