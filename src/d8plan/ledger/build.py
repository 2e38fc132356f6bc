"""Build the ledger from the models of a data folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from d8plan.ledger import keys
from d8plan.ledger.figures import SHARES, Figure, Kind, Rounding, percent, share, total
from d8plan.ledger.ledger import Ledger, UnreadKind, amended, latest
from d8plan.ledger.names import DONG, Names
from d8plan.ledger.plans import stated_levels, unit_order
from d8plan.ledger.statements import NamedUnits, Selector, Source, Statement, selector_of, units_with_some
from d8plan.models.allocations import Allocation
from d8plan.models.bounds import Bound, bound_of, number_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Cited
from d8plan.models.places import Place, plan_of
from d8plan.models.statements import Select, UnitsStatement, ValueStatement
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message

Unprovable = frozenset[tuple[str, ...]]
"""What another finding shows to be incomplete: (plan, series) of figures, (file, key…) of entries.

A statement over such figures, or in such an entry, would only repeat that finding: it is left out.
"""


def build(dataset: Dataset, unprovable: Unprovable = frozenset()) -> Ledger:
    """Return the ledger of a data folder, without the statements that are ``unprovable``."""
    builder = _Builder(dataset, unprovable)
    for files in dataset.plans.values():
        builder.add_figures(files)
    for files in dataset.plans.values():
        builder.add_statements(files)
    builder.add_lost()
    return builder.ledger()


class _Parts(NamedTuple):
    """What numerator and denominator of a rate come to; None where neither cell has a figure."""

    above: ExactNumber | None
    below: ExactNumber | None

    @property
    def are_given(self) -> bool:
        return self.above is not None and self.below is not None


class _Rate:
    """A rate's numerator and denominator, to be asked by unit and level; None takes all of them."""

    def __init__(
        self, measure: str, rounding: Rounding, above: Iterable[Figure], below: Iterable[Figure], spoilt: bool
    ) -> None:
        self.measure, self.rounding, self.spoilt = measure, rounding, spoilt
        self._above, self._below = _by_line(above, spoilt), _by_line(below, spoilt)

    def of(self, unit: str | None, level: str | None) -> _Parts:
        return _Parts(self._above.get((unit, level)), self._below.get((unit, level)))

    def proof(self, unit: str | None, level: str | None) -> dict[str, Any]:
        """Return what follows for a line or total, as arguments of a statement: 0 of nothing."""
        above, below = self.of(unit, level)
        return {"given": percent(above or 0, below, self.rounding) if below else 0, "counts_in": self.measure}


def _by_line(figures: Iterable[Figure], spoilt: bool) -> dict[tuple[str | None, str | None], ExactNumber]:
    """Return the sums of figures by unit and level; unless some are missing, of all units and of all levels too."""
    sums: dict[tuple[str | None, str | None], ExactNumber] = {}
    for figure in figures:
        wider = () if spoilt else (None,)
        for key in {(unit, level) for unit in (figure.unit, *wider) for level in (figure.level, *wider)}:
            sums[key] = sums.get(key, 0) + figure.value
    return sums


class _Builder:
    def __init__(self, dataset: Dataset, unprovable: Unprovable) -> None:
        self.dataset, self.unprovable, self.names = dataset, unprovable, Names(dataset)
        self.amended = amended(dataset)
        self.cells: list[Figure] = []
        self.empty: set[int] = set()
        self.cells_by_series: dict[tuple[str, Kind, str], list[Figure]] = defaultdict(list)
        self.lines: dict[tuple[str, Kind, str, str], list[Figure]] = defaultdict(list)
        """The cells of each series by their unit or holder."""
        self.statements: list[Statement] = []
        self.named_units: list[NamedUnits] = []
        self.unread: Counter[tuple[str, UnreadKind]] = Counter()

    def ledger(self) -> Ledger:
        return Ledger(
            figures=self._given(self.cells),
            cells=tuple(self.cells),
            statements=tuple(self.statements),
            named_units=tuple(self.named_units),
            series={key: self._given(cells) for key, cells in self.cells_by_series.items()},
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
        value: ExactNumber | None,
        measure: str,
        place: Place,
        *,
        adds: bool = True,
        owner: str | None = None,
    ) -> None:
        number = 0 if value is None else value
        cell = Figure(len(self.cells), kind, plan, series, unit, level, number, measure, place, adds, owner)
        self.cells.append(cell)
        self.cells_by_series[plan, kind, series].append(cell)
        self.lines[plan, kind, series, unit].append(cell)
        if value is None:
            self.empty.add(cell.number)

    def _aggregation(self, indicator: str) -> str:
        """Return how an indicator's figures are put together over units and levels."""
        how = self.names.indicator(indicator).aggregation.units
        # Half a rate is a finding, and nothing can be proven of it.
        return "" if how == "rate" and self.names.rate(indicator) is None else how

    def add_figures(self, files: PlanFiles) -> None:
        order, plan = unit_order(files), files.id
        for zone, described in files.plan.zone.items():
            for unit in order:
                value = files.plan.units[unit].zone.get(zone)
                place = keys.of_zone(plan, zone, unit)
                self._cell(Kind.ZONE, plan, zone, unit, None, value, described.unit_of_measure, place)
        for indicator, allocation in files.allocations.indicators.items():
            measure, adds = self.names.unit_of_measure(files, indicator), self._aggregation(indicator) == "sum"
            # A line whose unit plan.yaml lacks is a finding, but its figures are not lost.
            for unit in (*order, *(unit for unit in allocation.units if unit not in files.plan.units)):
                given = allocation.units.get(unit)
                for level, value in given.items() if isinstance(given, dict) else [(None, given)]:
                    place = keys.of_line(plan, indicator, unit, level)
                    self._cell(Kind.INDICATOR, plan, indicator, unit, level, value, measure, place, adds=adds)
        for origin in files.budget.origins:
            for holder, held in files.budget.holders.items():
                amount = held.amounts.get(origin)
                place = (
                    keys.of_amount(plan, holder, origin) if amount else keys.of_holder(plan, holder, "amounts").key()
                )
                value = amount.amount if amount else None
                self._cell(Kind.BUDGET, plan, origin, holder, held.level, value, DONG, place, owner=held.unit)

    def add_statements(self, files: PlanFiles) -> None:
        for indicator, allocation in files.allocations.indicators.items():
            if (files.id, indicator) not in self.unprovable:
                self._add_totals(files, indicator, allocation)
            elif self._aggregation(indicator) != "not-additive":
                self.unread[files.id, UnreadKind.STATEMENT] += 1 + len(allocation.levels)
                self.unread[files.id, UnreadKind.CONTROL] += len(allocation.control)
        for key, zone in files.plan.zone.items():
            if (files.id, key) in self.unprovable:
                self.unread[files.id, UnreadKind.STATEMENT] += 1
                continue
            self._add_statement(
                Source.ZONE,
                files,
                M("{name}", name=zone.name),
                keys.of_zone(files.id, key),
                zone.total,
                Selector(files.id, Kind.ZONE, key),
                self.names.cited(zone.source),
            )
        self._add_budget_totals(files)
        self._add_text_statements(files)

    def _add_statement(
        self,
        source: Source,
        files: PlanFiles,
        label: Message,
        place: Place,
        stated: ExactNumber | Bound,
        selector: Selector,
        cited: Cited | None,
        *,
        measure: str | None = None,
        measure_place: Place | None = None,
        counted: tuple[str, ...] | None = None,
        given: ExactNumber | None = None,
        counts_in: str | None = None,
        cells: tuple[Figure, ...] | None = None,
    ) -> None:
        """Add a statement; ``cells`` are those that it selects, where they are not all that are there."""
        spoken_of = self._selected(selector) if cells is None else cells
        self.statements.append(
            Statement(
                source=source,
                plan=files.id,
                label=label,
                place=place,
                stated=number_of(stated),
                bound=bound_of(stated),
                selector=selector,
                figures=self._given(spoken_of),
                cells=frozenset(cell.number for cell in spoken_of),
                counted=counted,
                unit_of_measure=(
                    counts_in
                    if counts_in is not None
                    else ""
                    if counted is not None or not spoken_of
                    else spoken_of[0].unit_of_measure
                ),
                cited=cited and latest(self.amended, cited, place),
                measure=measure,
                measure_place=measure_place,
                measure_cited=cited and measure_place and latest(self.amended, cited, measure_place),
                given=given,
            )
        )

    def _add_totals(self, files: PlanFiles, indicator: str, allocation: Allocation) -> None:
        source, shown = files.allocations.source, self.names.indicator(indicator).short_name
        whole = Selector(files.id, Kind.INDICATOR, indicator)
        how = self._aggregation(indicator)
        if not how:
            return
        rate = self._rate(files, indicator) if how == "rate" else None
        if rate:
            cells = self._selected(whole)
            given = self._given(cells)
            self._rates(files, cells if given else (), rate)
            if rate.spoilt or not (given or rate.of(None, None).below or not allocation.amount):
                return  # told: parts that cannot be used, or a target of which no unit has anything yet
        totals = [("levels", allocation.levels), ("control", allocation.control)]
        if how == "not-additive":
            del totals[0]  # each figure stands alone: a total is the document's word, but never a sum of ours
        for section, levels in totals:
            for level, stated in levels.items():
                lines = [source.levels] if source.levels else []
                self._add_statement(
                    Source.LEVEL,
                    files,
                    M("{name}, {level}", name=shown, level=self.names.level(files, level)),
                    keys.of_indicator(files.id, indicator, section, level),
                    stated,
                    whole._replace(level=level),
                    self.names.cite(source.document, lines, source.section) if section == "levels" else None,
                    **(rate.proof(None, level) if rate else {}),
                )
        if how != "not-additive":
            self._add_statement(
                Source.TARGET,
                files,
                M("{name}, target", name=shown),
                keys.of_target(files.id, indicator),
                allocation.target,
                whole,
                self.names.cite(source.document, [source.target] if source.target else [], source.section),
                **(rate.proof(None, None) if rate else {}),
            )

    def _rate(self, files: PlanFiles, indicator: str) -> _Rate | None:
        """Return what gives a rate: its numerator and denominator in the plan."""
        parts = self.names.rate(indicator)
        if parts is None:
            return None
        above, below = (self._given(self._selected(Selector(files.id, Kind.INDICATOR, part))) for part in parts)
        spoilt = any((files.id, part) in self.unprovable for part in parts)
        measure = self.names.indicator(indicator).unit_of_measure
        return _Rate(measure, self.names.rounding(indicator), above, below, spoilt)

    def _rates(self, files: PlanFiles, cells: tuple[Figure, ...], rate: _Rate) -> None:
        """State of each line of a rate what its parts give; where it is empty beside given parts, as of a 0."""
        for cell in cells:
            parts = rate.of(cell.unit, cell.level)
            wanted = parts.are_given if rate.spoilt or cell.number in self.empty else True
            if wanted and (cell.number not in self.empty or parts.below):
                label = self.names.figure(cell)
                if cell.number in self.empty:
                    label = M("{name}: empty, though its numerator and denominator are given", name=label)
                elif not parts.below:
                    label = M("{name}: its denominator is 0 or empty", name=label)
                self._add_statement(
                    Source.RATE,
                    files,
                    label,
                    cell.place,
                    cell.value,
                    Selector(files.id, Kind.INDICATOR, cell.series, cell.level, (cell.unit,)),
                    None,
                    cells=(cell,),
                    **rate.proof(cell.unit, cell.level),
                )

    def _add_budget_totals(self, files: PlanFiles) -> None:
        file = files.file("budget.yaml")
        if (file, "totals") in self.unprovable:
            return
        for key, stated in files.budget.totals.items():
            if (file, "totals", key) in self.unprovable:
                self.unread[files.id, UnreadKind.STATEMENT if stated.source else UnreadKind.CONTROL] += 1
                continue
            chosen = tuple(
                names[selected]
                for names, selected in (
                    ({key: level.name for key, level in files.plan.levels.items()}, stated.level),
                    ({key: holder.name for key, holder in files.budget.holders.items()}, stated.holder),
                    ({key: origin.name for key, origin in files.budget.origins.items()}, stated.origin),
                )
                if selected in names
            )
            holders = (stated.holder,) if stated.holder else None
            self._add_statement(
                Source.BUDGET,
                files,
                M("Budget: {names}", names=chosen) if chosen else M("Budget: grand total"),
                keys.of_budget_total(files.id, key),
                stated.amount,
                Selector(files.id, Kind.BUDGET, stated.origin, stated.level, holders),
                self.names.cited(stated.source) if stated.source else None,
            )

    def _add_text_statements(self, files: PlanFiles) -> None:
        name = files.file("statements.yaml")
        for key, value in files.statements.values.items():
            selector = self._followed(files, value.select)
            of = self._followed(files, value.of) if value.of else selector
            if selector is None or of is None or (name, "values", key) in self.unprovable:
                self.unread[files.id, UnreadKind.STATEMENT] += 1
                continue
            cells = self._selected(selector)
            if value.of:
                self._add_share(files, key, value, (selector, of), (cells, self._selected(of)))
                continue
            counted = _counted(selector, cells)
            self._add_statement(
                Source.TEXT,
                files,
                M("{name}", name=value.text),
                keys.of_statement(files.id, key),
                value.value,
                selector,
                self.names.cited(value.source),
                measure=value.unit_of_measure,
                measure_place=keys.of_statement(files.id, key, "unit_of_measure") if value.unit_of_measure else None,
                counted=counted if value.aggregate == "count" else None,
                given=self._stated_elsewhere(selector, value, cells),
                cells=cells,
            )
        for key, named in files.statements.named_units.items():
            selector, units = self._followed(files, named.select), named_units(files, named)
            if selector is not None and units and (name, "named_units", key) not in self.unprovable:
                at = ("parts", named.activity.part, "activities", named.activity.activity, "units")
                place = files.place("activities.yaml", *at)
                cells = self._selected(selector)
                self.named_units.append(
                    NamedUnits(
                        plan=files.id,
                        label=M("{name}", name=named.text),
                        place=place,
                        stated=units,
                        selector=selector,
                        figures=self._given(cells),
                        cells=cells,
                        cited=latest(self.amended, self.names.cited(named.source), place),
                    )
                )
            else:
                self.unread[files.id, UnreadKind.STATEMENT] += 1

    def _add_share(
        self,
        files: PlanFiles,
        key: str,
        value: ValueStatement,
        selectors: tuple[Selector, Selector],
        selected: tuple[tuple[Figure, ...], tuple[Figure, ...]],
    ) -> None:
        """State a share of what is selected; 0 of nothing, as a rate is."""
        counts = value.aggregate == "count"
        counted = tuple(_counted(*part) for part in zip(selectors, map(self._given, selected), strict=True))
        above, below = map(len, counted) if counts else (total(self._given(cells)) for cells in selected)
        may_be_made = counts or all(len(cells) < 2 or all(cell.adds for cell in cells) for cells in selected)
        factor = SHARES.get(value.unit_of_measure or "", 1)
        self._add_statement(
            Source.TEXT,
            files,
            M("{name}", name=value.text),
            keys.of_statement(files.id, key),
            value.value,
            selectors[0],
            self.names.cited(value.source),
            measure=value.unit_of_measure,
            counted=counted[0] if counts else None,
            given=(share(above, below, factor, value.value) if below else 0) if may_be_made else None,
            counts_in=value.unit_of_measure or "",
            cells=tuple(cell for cells in selected for cell in cells) if all(selected) else (),
        )

    def add_lost(self) -> None:
        """Count what stands in the files but could not be used."""
        lost = self.dataset.lost
        for file, *path in lost:
            place, plan = Place(file, tuple(path)), plan_of(file) or ""
            total = keys.total_at(place)
            if keys.coordinates(place):
                self.unread[plan, UnreadKind.FIGURE] += 1
            elif total and "control" in path[2:3]:
                self.unread[plan, UnreadKind.CONTROL] += 1
            elif total and total.kind is Kind.INDICATOR:
                self.unread[plan, UnreadKind.STATEMENT] += self._aggregation(total.series) != "not-additive"
            match file.rpartition("/")[2], *path:
                case ["budget.yaml", "totals", key, "amount"]:
                    cited = (file, "totals", key, "source", "document") in lost
                    self.unread[plan, UnreadKind.STATEMENT if cited else UnreadKind.CONTROL] += 1
                case (
                    ["plan.yaml", "zone", _, "total"]
                    | ["statements.yaml", "values", _, "value"]
                    | ["statements.yaml", "named_units", _, "text"]
                ):
                    self.unread[plan, UnreadKind.STATEMENT] += 1

    def _stated_elsewhere(
        self, selector: Selector, value: ValueStatement, cells: tuple[Figure, ...]
    ) -> ExactNumber | None:
        """Return the target or level total that a number of the text repeats, where no sum may be made."""
        summed = len(cells) < 2 or all(cell.adds for cell in cells)
        if summed or selector.among is not None or value.aggregate == "count":
            return None
        allocation = self.dataset.plans[selector.plan].allocations.indicators[selector.series or ""]
        return allocation.amount if selector.level is None else stated_levels(allocation).get(selector.level)

    def _followed(self, files: PlanFiles, select: Select) -> Selector | None:
        """Return what a statement selects; None where its figures cannot be known, which is a finding of its own."""
        selector = selector_of(self.dataset, files.id, select)
        if selector is None or selector.kind is None:
            return selector
        plan = self.dataset.plans[selector.plan]
        held = plan.allocations.indicators if selector.kind is Kind.INDICATOR else plan.plan.zone
        known = selector.series in held and (plan.id, selector.series) not in self.unprovable
        return selector if known else None

    def _selected(self, selector: Selector) -> tuple[Figure, ...]:
        """Return the cells that a selector speaks of; none for the units of a group alone."""
        plan, kind, among = selector.plan, selector.kind, selector.among
        if kind is None:
            return ()
        origins = self.dataset.plans[plan].budget.origins if kind is Kind.BUDGET else ()
        found: list[Figure] = []
        for series in [selector.series] if selector.series else origins:
            if among is None:
                found += self.cells_by_series.get((plan, kind, series), ())
            else:
                lines = (self.lines.get((plan, kind, series, unit), ()) for unit in dict.fromkeys(among))
                found += sorted((cell for line in lines for cell in line), key=lambda cell: cell.number)
        return tuple(cell for cell in found if selector.level in (None, cell.level))


def _counted(selector: Selector, figures: tuple[Figure, ...]) -> tuple[str, ...]:
    """Return the units that are counted: those with more than 0 in some figure, or all of a group alone."""
    return units_with_some(figures) if selector.kind else selector.among or ()


def named_units(files: PlanFiles, statement: UnitsStatement) -> tuple[str, ...]:
    """Return the units that a statement's activity names; none where there is no such activity."""
    part = files.activities.parts.get(statement.activity.part)
    activity = part.activities.get(statement.activity.activity) if part else None
    return tuple(activity.units or ()) if activity else ()
