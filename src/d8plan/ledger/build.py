"""Build the ledger from the records of a data folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from d8plan.ledger import (
    Figure,
    Kind,
    Ledger,
    NamedUnits,
    Selection,
    Source,
    Statement,
    Unread,
    amended,
    amounts,
    cite,
    latest,
    name_of,
    narrow,
    percent,
    selection,
    unit_order,
)
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.base import Citation
from d8plan.models.budget import BudgetTotal
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Cited
from d8plan.models.places import Place, plan_of
from d8plan.models.statements import UnitsStatement, ValueStatement
from d8plan.text.message import M, Message

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
    builder.add_lost()
    return builder.ledger()


class _Parts(NamedTuple):
    """What numerator and denominator of a rate come to; None where neither cell has a figure."""

    above: int | None
    below: int | None

    @property
    def are_given(self) -> bool:
        return self.above is not None and self.below is not None


class _Rate:
    """A rate's numerator and denominator, to be asked by unit and level; None takes all of them."""

    def __init__(self, measure: str, above: Iterable[Figure], below: Iterable[Figure], spoilt: bool) -> None:
        self.measure, self.spoilt = measure, spoilt
        self._above, self._below = _by_line(above, spoilt), _by_line(below, spoilt)

    def of(self, unit: str | None, level: str | None) -> _Parts:
        return _Parts(self._above.get((unit, level)), self._below.get((unit, level)))

    def proof(self, unit: str | None, level: str | None) -> dict[str, Any]:
        """Return what follows for a line or total, as arguments of a statement: 0 of nothing."""
        above, below = self.of(unit, level)
        return {"given": percent(above or 0, below) if below else 0, "counts_in": self.measure}


def _by_line(figures: Iterable[Figure], spoilt: bool) -> dict[tuple[str | None, str | None], int]:
    """Return the sums of figures by unit and level; unless some are missing, of all units and of all levels too."""
    sums: dict[tuple[str | None, str | None], int] = {}
    for figure in figures:
        wider = () if spoilt else (None,)
        for key in {(unit, level) for unit in (figure.unit, *wider) for level in (figure.level, *wider)}:
            sums[key] = sums.get(key, 0) + figure.value
    return sums


class _Builder:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.amended = amended(dataset)
        self.cells: list[Figure] = []
        self.empty: set[int] = set()
        self.grid: dict[tuple[str, Kind, str], list[Figure]] = defaultdict(list)
        self.lines: dict[tuple[str, Kind, str, str], list[Figure]] = defaultdict(list)
        """The cells of each series by their unit or holder."""
        self.statements: list[Statement] = []
        self.named_units: list[NamedUnits] = []
        self.unread: Counter[tuple[str, Unread]] = Counter()

    def ledger(self) -> Ledger:
        return Ledger(
            figures=self._given(self.cells),
            cells=tuple(self.cells),
            statements=tuple(self.statements),
            named_units=tuple(self.named_units),
            series={key: self._given(cells) for key, cells in self.grid.items()},
            amended=self.amended,
            unread=self.unread,
        )

    def _given(self, cells: Iterable[Figure]) -> tuple[Figure, ...]:
        """Return the cells that hold a figure."""
        if not self.empty:
            return tuple(cells)
        return tuple(cell for cell in cells if cell.number not in self.empty)

    def _cell(
        self,
        kind: Kind,
        plan: str,
        series: str,
        unit: str,
        level: str | None,
        value: int | None,
        measure: str,
        place: Place,
        *,
        adds: bool = True,
        owner: str | None = None,
    ) -> None:
        cell = Figure(len(self.cells), kind, plan, series, unit, level, value or 0, measure, place, adds, owner)
        self.cells.append(cell)
        self.grid[plan, kind, series].append(cell)
        self.lines[plan, kind, series, unit].append(cell)
        if value is None:
            self.empty.add(cell.number)

    def _aggregation(self, indicator: str) -> str:
        """Return how an indicator's figures are put together over units and levels."""
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        if known is None:
            return "sum"
        of = known.aggregation
        # Half a rate is a finding, and nothing can be proven of it.
        return "" if of.units == "rate" and not (of.numerator and of.denominator) else of.units

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
                place = Place(files.file("plan.yaml"), ("units", unit, "zone", zone))
                self._cell(Kind.ZONE, files.id, zone, unit, None, value, described.unit_of_measure, place)
        if files.allocations:
            name = files.file("allocations.yaml")
            for indicator, allocation in files.allocations.indicators.items():
                measure, adds = self._measure(files, indicator), self._aggregation(indicator) == "sum"
                # A line whose unit plan.yaml lacks is a finding, but its figures are not lost.
                for unit in (*order, *(unit for unit in allocation.units if unit not in files.plan.units)):
                    keys = ("indicators", indicator, "units", unit)
                    given = allocation.units.get(unit)
                    by_level = given.items() if isinstance(given, dict) else [(None, given)]
                    for level, value in by_level:
                        place = Place(name, keys if level is None else (*keys, level))
                        self._cell(Kind.INDICATOR, files.id, indicator, unit, level, value, measure, place, adds=adds)
        if files.budget:
            name = files.file("budget.yaml")
            for origin in files.budget.origins:
                for holder, held in files.budget.holders.items():
                    held_at = ("holders", holder, "amounts")
                    amount = held.amounts.get(origin)
                    at = Place(name, (*held_at, origin, "amount")) if amount else Place(name, held_at, of_key=True)
                    value = amount.amount if amount else None
                    self._cell(Kind.BUDGET, files.id, origin, holder, held.level, value, "đ", at, owner=held.unit)

    def add_statements(self, files: PlanFiles, unprovable: Unprovable) -> None:
        if files.allocations:
            for indicator, allocation in files.allocations.indicators.items():
                if (files.id, indicator) not in unprovable:
                    self._allocation(files, indicator, allocation, unprovable)
                elif self._aggregation(indicator) != "not-additive":
                    self.unread[files.id, Unread.STATEMENT] += 1 + len(allocation.levels or ())
                    self.unread[files.id, Unread.CONTROL] += len(allocation.control or ())
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
            else:
                self.unread[files.id, Unread.STATEMENT] += 1
        if files.budget:
            self._budget(files, unprovable)
        if files.statements:
            self._text(files, unprovable)

    def _series(self, files: PlanFiles, kind: Kind, series: str) -> tuple[Figure, ...]:
        return tuple(self.grid.get((files.id, kind, series), ()))

    def _cite(self, citation: Citation) -> Cited:
        return cite(self.dataset, citation.document, citation.lines)

    def _state(
        self,
        source: Source,
        files: PlanFiles,
        label: Message,
        place: Place,
        stated: int,
        cells: tuple[Figure, ...],
        cited: Cited | None,
        *,
        indicator: str | None = None,
        level: str | None = None,
        measure: str | None = None,
        measure_place: Place | None = None,
        units: list[str] | None = None,
        counted: tuple[str, ...] | None = None,
        given: int | None = None,
        counts_in: str | None = None,
    ) -> None:
        self.statements.append(
            Statement(
                source=source,
                plan=files.id,
                label=label,
                place=place,
                stated=stated,
                figures=self._given(cells),
                cells=frozenset(cell.number for cell in cells),
                counted=counted,
                unit_of_measure=counts_in or ("" if counted is not None or not cells else cells[0].unit_of_measure),
                indicator=indicator,
                unit=units[0] if units and len(units) == 1 else None,
                level=level,
                cited=cited and latest(self.amended, cited, place),
                measure=measure,
                measure_place=measure_place,
                measure_cited=cited and measure_place and latest(self.amended, cited, measure_place),
                given=given,
            )
        )

    def _allocation(self, files: PlanFiles, indicator: str, allocation: Allocation, unprovable: Unprovable) -> None:
        assert files.allocations is not None
        source = files.allocations.source
        name = files.file("allocations.yaml")
        figures = self._series(files, Kind.INDICATOR, indicator)
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        shown = known.short_name if known else indicator
        how = self._aggregation(indicator)
        if not how:
            return
        rate = self._rate(files, indicator, unprovable) if how == "rate" else None
        if rate:
            given = self._given(figures)
            self._rates(files, indicator, figures if given else (), rate)
            if rate.spoilt or not (given or rate.of(None, None).below or not allocation.target):
                return  # told: parts that cannot be used, or a target of which no unit has anything yet
        stated_levels = [("levels", allocation.levels), ("control", allocation.control)]
        if how == "not-additive":
            del stated_levels[0]  # each figure stands alone: a total is the document's word, but never a sum of ours
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
                    **(rate.proof(None, level) if rate else {}),
                )
        if how == "not-additive":
            return
        self._state(
            Source.TARGET,
            files,
            M("{name}, target", name=shown),
            Place(name, ("indicators", indicator, "target")),
            allocation.target,
            figures,
            cite(self.dataset, source.document, [source.target] if source.target else []),
            indicator=indicator,
            **(rate.proof(None, None) if rate else {}),
        )

    def _rate(self, files: PlanFiles, indicator: str, unprovable: Unprovable) -> _Rate | None:
        """Return what gives a rate: its numerator and denominator in the plan."""
        known = self.dataset.indicators.indicators.get(indicator) if self.dataset.indicators else None
        of = known.aggregation if known else None
        if known is None or of is None or not of.numerator or not of.denominator:
            return None
        above, below = (
            self._given(self._series(files, Kind.INDICATOR, part)) for part in (of.numerator, of.denominator)
        )
        spoilt = any((files.id, part) in unprovable for part in (of.numerator, of.denominator))
        return _Rate(known.unit_of_measure, above, below, spoilt)

    def _rates(self, files: PlanFiles, indicator: str, cells: tuple[Figure, ...], rate: _Rate) -> None:
        """State of each line of a rate what its parts give; where it is empty beside given parts, as of a 0."""
        for cell in cells:
            parts = rate.of(cell.unit, cell.level)
            wanted = parts.are_given if rate.spoilt or cell.number in self.empty else True
            if wanted and (cell.number not in self.empty or parts.below):
                label = name_of(self.dataset, cell)
                if cell.number in self.empty:
                    label = M("{name}: empty, though its numerator and denominator are given", name=label)
                elif not parts.below:
                    label = M("{name}: its denominator is 0 or empty", name=label)
                self._state(
                    Source.RATE,
                    files,
                    label,
                    cell.place,
                    cell.value,
                    (cell,),
                    None,
                    indicator=indicator,
                    level=cell.level,
                    units=[cell.unit],
                    **rate.proof(cell.unit, cell.level),
                )

    def _budget(self, files: PlanFiles, unprovable: Unprovable) -> None:
        budget = files.budget
        assert budget is not None
        file = files.file("budget.yaml")
        if (file, "totals") in unprovable:
            return
        for key, stated in budget.totals.items():
            if (file, "totals", key) in unprovable:
                self.unread[files.id, Unread.STATEMENT if stated.source else Unread.CONTROL] += 1
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
                self._amounts(files, stated),
                self._cite(stated.source) if stated.source else None,
                level=stated.level,
            )

    def _text(self, files: PlanFiles, unprovable: Unprovable) -> None:
        assert files.statements is not None
        name = files.file("statements.yaml")
        for key, value in files.statements.values.items():
            chosen = selection(self.dataset, files.id, value.select)
            figures = self._selected(chosen, unprovable)
            if chosen is None or figures is None or (name, "values", key) in unprovable:
                self.unread[files.id, Unread.STATEMENT] += 1
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
                units=list(chosen.units) if chosen.units else None,
                counted=self._counted(chosen, figures) if value.aggregate == "count" else None,
                given=self._stated_elsewhere(chosen, value, figures),
            )
        for key, named in (files.statements.named_units or {}).items():
            figures = self._selected(selection(self.dataset, files.id, named.select), unprovable)
            units = named_units(files, named)
            if figures is not None and units and (name, "named_units", key) not in unprovable:
                keys = ("parts", named.activity.part, "activities", named.activity.activity, "units")
                place = Place(files.file("activities.yaml"), keys)
                self.named_units.append(
                    NamedUnits(
                        plan=files.id,
                        label=M("{name}", name=named.text),
                        place=place,
                        stated=units,
                        figures=self._given(figures),
                        cells=figures,
                        indicator=named.select.indicator,
                        level=named.select.level,
                        cited=latest(self.amended, self._cite(named.source), place),
                    )
                )
            else:
                self.unread[files.id, Unread.STATEMENT] += 1

    def add_lost(self) -> None:
        """Count what stands in the files but could not be used."""
        lost = self.dataset.lost
        for path in lost:
            plan = plan_of(path[0]) or ""
            match path[0].rpartition("/")[2], *path[1:]:
                case (
                    ["allocations.yaml", "indicators", _, "units", _, *_]
                    | ["plan.yaml", "units", _, "zone", _]
                    | ["budget.yaml", "holders", _, "amounts", _, "amount"]
                ):
                    self.unread[plan, Unread.FIGURE] += 1
                case ["allocations.yaml", "indicators", _, "control", _]:
                    self.unread[plan, Unread.CONTROL] += 1
                case ["allocations.yaml", "indicators", indicator, "target"] | [
                    "allocations.yaml",
                    "indicators",
                    indicator,
                    "levels",
                    _,
                ]:
                    self.unread[plan, Unread.STATEMENT] += self._aggregation(indicator) != "not-additive"
                case ["budget.yaml", "totals", total_key, "amount"]:
                    cited = (path[0], "totals", total_key, "source", "document") in lost
                    self.unread[plan, Unread.STATEMENT if cited else Unread.CONTROL] += 1
                case ["plan.yaml", "zone", _, "total"] | ["statements.yaml", "values", _, "value"]:
                    self.unread[plan, Unread.STATEMENT] += 1
                case ["statements.yaml", "named_units", _, "text"]:
                    self.unread[plan, Unread.STATEMENT] += 1

    def _stated_elsewhere(self, chosen: Selection, value: ValueStatement, figures: tuple[Figure, ...]) -> int | None:
        """Return the target or level total that a number of the text repeats, where no sum may be made."""
        allocations = self.dataset.plans[chosen.plan].allocations
        summed = len(figures) < 2 or all(figure.adds for figure in figures)
        if summed or chosen.units is not None or value.aggregate == "count" or allocations is None:
            return None
        allocation = allocations.indicators[chosen.series or ""]
        if chosen.level is None:
            return allocation.target
        return {**(allocation.control or {}), **(allocation.levels or {})}.get(chosen.level)

    def _selected(self, chosen: Selection | None, unprovable: Unprovable) -> tuple[Figure, ...] | None:
        """Return the cells selected, none for a group alone; None where they cannot be known."""
        if chosen is None or chosen.kind is None:
            return None if chosen is None else ()
        plan = self.dataset.plans[chosen.plan]
        has = plan.allocations.indicators if plan.allocations else {}
        # That the plan lacks the series is a finding of its own.
        if (plan.id, chosen.series) in unprovable or chosen.series not in (
            has if chosen.kind is Kind.INDICATOR else plan.plan.zone or {}
        ):
            return None
        column = (plan.id, chosen.kind, chosen.series or "")
        if chosen.units is None:
            return narrow(self.grid.get(column, ()), chosen.level, None)
        lines = (cell for unit in dict.fromkeys(chosen.units) for cell in self.lines.get((*column, unit), ()))
        return narrow(sorted(lines, key=lambda cell: cell.number), chosen.level, None)

    def _amounts(self, files: PlanFiles, stated: BudgetTotal) -> tuple[Figure, ...]:
        """Return the amounts that a total of the budget is about."""
        if stated.holder is None:
            return amounts(self.grid, files.id, level=stated.level, origin=stated.origin, holder=None)
        origins = files.budget.origins if files.budget else ()
        lines = (
            (files.id, Kind.BUDGET, origin, stated.holder) for origin in origins if stated.origin in (None, origin)
        )
        return narrow([cell for line in lines for cell in self.lines.get(line, ())], stated.level, None)

    def _counted(self, chosen: Selection, figures: tuple[Figure, ...]) -> tuple[str, ...]:
        """Return the units with more than 0, of a group alone its units."""
        if chosen.kind is None:
            return chosen.units or ()
        return tuple(dict.fromkeys(one.unit for one in figures if one.value > 0 and one.unit != UNALLOTTED))


def named_units(files: PlanFiles, statement: UnitsStatement) -> tuple[str, ...]:
    """Return the units that a statement's activity names; none where there is no such activity."""
    parts = files.activities.parts if files.activities else {}
    part = parts.get(statement.activity.part)
    activity = (part.activities or {}).get(statement.activity.activity) if part else None
    return tuple(activity.units or ()) if activity else ()
