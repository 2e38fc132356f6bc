"""The ledger: every figure once, and every total that a document states about them.

All sums of d8plan are made here: a view asks for a selection of figures and for its total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Cited
from d8plan.models.places import Place
from d8plan.models.statements import Select
from d8plan.text.message import M, Message

NOT_ALLOTTED = M("Not yet allotted")
"""Name of the line of what no unit has yet."""


class Kind(StrEnum):
    """What a figure measures."""

    INDICATOR = "indicator"
    ZONE = "zone"
    BUDGET = "budget"


class Figure(NamedTuple):
    """One number of a plan: a count of an indicator or zone, or an amount in đồng."""

    number: int
    """Its number among the cells of the ledger."""
    kind: Kind
    plan: str
    series: str
    """Id of the indicator, of the zone figure, or of the origin of money."""
    unit: str
    """Id of the unit, or of the holder of money."""
    level: str | None
    """None where the source does not split by level."""
    value: int
    unit_of_measure: str
    place: Place
    adds: bool = True
    """Whether it may be summed with the figures of other units and levels."""
    owner: str | None = None
    """Of money, the unit that its holder is; None where it is no single unit."""

    @property
    def body(self) -> str | None:
        """The unit that it belongs to, whatever the id of a holder."""
        return self.owner if self.kind is Kind.BUDGET else self.unit


class Source(StrEnum):
    """What states a total; also the order in which a fault is blamed."""

    RATE = "rate"
    LEVEL = "level"
    TARGET = "target"
    ZONE = "zone"
    BUDGET = "budget"
    TEXT = "text"


class Statement(NamedTuple):
    """A number that a document states about the sum, or the count of units, of some figures."""

    source: Source
    plan: str
    label: Message
    place: Place
    stated: int
    figures: tuple[Figure, ...]
    cells: frozenset[int]
    """Numbers of the cells it speaks of: its figures and the empty cells among them."""
    counted: tuple[str, ...] | None
    """The units counted, where the statement counts units; else the figures are summed."""
    unit_of_measure: str
    indicator: str | None
    unit: str | None
    level: str | None
    cited: Cited | None
    """None for a control total."""
    measure: str | None = None
    """Unit of measure as the statement words it, where it does."""
    measure_place: Place | None = None
    measure_cited: Cited | None = None
    """What states the unit of measure; another document than ``cited`` where an amendment changed one of both."""
    given: int | None = None
    """What follows otherwise than by a sum or a count: a rate of two sums, or a number stated elsewhere."""

    @property
    def computed(self) -> int:
        """What follows from the figures."""
        if self.given is not None:
            return self.given
        return total(self.figures) if self.counted is None else len(self.counted)

    @property
    def is_sum(self) -> bool:
        """Whether it is proven by adding figures up."""
        return self.counted is None and self.given is None

    @property
    def is_empty(self) -> bool:
        """Whether it selects neither cell nor unit: the sum of none would prove any 0."""
        return not self.cells and not self.counted

    @property
    def may_be_summed(self) -> bool:
        """Whether it sums nothing that must not be: more than one figure that does not add."""
        return not self.is_sum or len(self.figures) <= 1 or all(figure.adds for figure in self.figures)


class NamedUnits(NamedTuple):
    """Units that a document names as those with more than 0 in some figures."""

    plan: str
    label: Message
    place: Place
    stated: tuple[str, ...]
    figures: tuple[Figure, ...]
    cells: tuple[Figure, ...]
    """Its figures and the empty cells among them."""
    indicator: str | None
    level: str | None
    cited: Cited

    @property
    def computed(self) -> tuple[str, ...]:
        """Units that have more than 0, in the plan's order."""
        return tuple(
            dict.fromkeys(figure.unit for figure in self.figures if figure.value > 0 and figure.unit != UNALLOTTED)
        )


class Unread(StrEnum):
    """What the files have and the ledger has not."""

    FIGURE = "figure"
    STATEMENT = "statement"
    CONTROL = "control"


class Ledger(NamedTuple):
    """Figures and statements of a data folder."""

    figures: tuple[Figure, ...]
    cells: tuple[Figure, ...]
    """Figures and empty cells by number; an empty cell has the value 0 here, and is no figure."""
    statements: tuple[Statement, ...]
    named_units: tuple[NamedUnits, ...]
    series: dict[tuple[str, Kind, str], tuple[Figure, ...]]
    """Figures by plan, kind and series, units in the plan's order."""
    unread: Mapping[tuple[str, Unread], int]
    """By plan, how many figures and statements the files have beyond these: another finding says why."""
    amended: dict[Place, Cited]
    """The document that each amended value has now."""

    def cited(self, stated: Cited, place: Place) -> Cited:
        """Return where the value at a place is stated: as ``stated``, or by the last document that amended it."""
        return latest(self.amended, stated, place)

    def of(
        self,
        plan: str,
        kind: Kind,
        series: str,
        *,
        level: str | None = None,
        units: Iterable[str] | None = None,
    ) -> tuple[Figure, ...]:
        """Return figures of a series; ``level`` and ``units`` narrow them where given."""
        return narrow(self.series.get((plan, kind, series), ()), level, units)

    def budget(
        self, plan: str, *, level: str | None = None, origin: str | None = None, holder: str | None = None
    ) -> tuple[Figure, ...]:
        """Return the amounts of a plan that fit every selector given, in đồng."""
        return amounts(self.series, plan, level=level, origin=origin, holder=holder)


def amounts(
    series: Mapping[tuple[str, Kind, str], Sequence[Figure]],
    plan: str,
    *,
    level: str | None,
    origin: str | None,
    holder: str | None,
) -> tuple[Figure, ...]:
    """Return the amounts among ``series`` that fit every selector given."""
    return tuple(
        figure
        for (of_plan, kind, of_origin), figures in series.items()
        if of_plan == plan and kind is Kind.BUDGET and origin in (None, of_origin)
        for figure in figures
        if level in (None, figure.level) and holder in (None, figure.unit)
    )


def narrow(figures: Iterable[Figure], level: str | None, units: Iterable[str] | None) -> tuple[Figure, ...]:
    """Return the figures of a level and of units, each where given."""
    if level is None and units is None:
        return tuple(figures)
    wanted = None if units is None else frozenset(units)
    return tuple(
        figure for figure in figures if level in (None, figure.level) and (wanted is None or figure.unit in wanted)
    )


class Selection(NamedTuple):
    """Which figures of a plan a statement speaks of; None lets everything pass."""

    plan: str
    kind: Kind | None
    """None where it speaks of the units of a group alone, not of figures."""
    series: str | None
    level: str | None = None
    units: tuple[str, ...] | None = None


def selection(dataset: Dataset, own: str, select: Select) -> Selection | None:
    """Return what ``select`` of a statement of plan ``own`` speaks of: all that fits every selector.

    None where it cannot be followed, which is a finding: it names a plan or group that is not there.
    """
    plan = dataset.plans.get(select.plan or own)
    group = (plan.plan.groups or {}).get(select.group or "") if plan else None
    if plan is None or (select.group and group is None):
        return None
    units = select.units
    if group:
        units = [unit for unit in group.units if units is None or unit in units]
    kind = Kind.INDICATOR if select.indicator else Kind.ZONE if select.zone else None
    return Selection(
        plan.id, kind, select.indicator or select.zone, select.level, None if units is None else tuple(units)
    )


def total(figures: Iterable[Figure]) -> int:
    """Return the sum of the figures' values."""
    return sum([figure.value for figure in figures])  # a list: the ledger's busiest loop


def together(figures: Iterable[Figure]) -> int | None:
    """Return what figures come to for a reader; None where there are none, or they may not be summed."""
    chosen = list(figures)
    if not chosen or (len(chosen) > 1 and not all(figure.adds for figure in chosen)):
        return None
    return total(chosen)


def has_shares(dataset: Dataset, indicator: str, *, of_phase: bool = False) -> bool:
    """Tell whether a share of an indicator's whole, or of its phase, means something: a share of a rate does not."""
    known = dataset.indicators.indicators.get(indicator) if dataset.indicators else None
    of = known.aggregation if known else None
    return of is None or (of.units == "sum" and (not of_phase or of.years in COMPARED))


COMPARED = frozenset({"sum", "last"})
"""How an indicator may be put together over years for years to be compared with their phase."""


def over_years(years: Iterable[PlanFiles], indicator: str, how: str) -> tuple[tuple[PlanFiles, ...], int]:
    """Return the years that count for an indicator, and what their targets come to.

    ``how`` is how it is put together over years: ``sum`` counts all, ``last`` the latest that has it.
    """
    given = [files for files in years if files.allocations and indicator in files.allocations.indicators]
    counted = given if how == "sum" else given[-1:]
    targets = (files.allocations.indicators[indicator].target for files in counted if files.allocations)
    return tuple(counted), sum(targets)


def percent(numerator: int, denominator: int) -> int:
    """Return a rate in whole per cent, rounded half up; the denominator is above 0."""
    return (200 * numerator + denominator) // (2 * denominator)


def reached(numerator: int, denominator: int) -> int:
    """Return a rate of what was done in whole per cent: 100 only where all is done, 0 only where nothing is."""
    rounded = percent(numerator, denominator)
    if numerator < denominator:
        return min(max(rounded, int(numerator > 0)), 99)
    return rounded if numerator == denominator else max(rounded, 101)


def is_split(allocation: Allocation) -> bool:
    """Tell whether an allocation is split by level: it names level totals, or most of its lines are split."""
    if allocation.levels or allocation.control:
        return True
    given = [value for value in allocation.units.values() if value is not None]
    return 2 * sum(isinstance(value, dict) for value in given) > len(given)


def unit_order(files: PlanFiles) -> list[str]:
    """Return the plan's units in its official order."""
    units = files.plan.units
    return sorted(units, key=lambda unit: units[unit].number)


def line_order(files: PlanFiles) -> list[str]:
    """Return the lines of a plan's allocations: its units in official order, then what is not yet allotted, if any."""
    given = files.allocations.indicators.values() if files.allocations else ()
    rest = any(allocation.units.get(UNALLOTTED) is not None for allocation in given)
    return [*unit_order(files), *([UNALLOTTED] if rest else [])]


def unit_name(dataset: Dataset, unit: str) -> str | Message:
    """Return what people call a unit, or the line of what is not yet allotted."""
    if unit == UNALLOTTED:
        return NOT_ALLOTTED
    known = dataset.units.units.get(unit) if dataset.units else None
    return known.name if known else unit


def name_of(dataset: Dataset, figure: Figure, *, level: bool = True) -> Message:
    """Return what people call a cell: Tổ truyền thông cộng đồng, Bảo Lạc, Cấp huyện; ``level`` where wanted."""
    files = dataset.plans[figure.plan]
    holders = files.budget.holders if files.budget and figure.kind is Kind.BUDGET else {}
    names: list[str | Message] = [series_name(dataset, figure)]
    holder = holders.get(figure.unit)
    names.append(holder.name if holder else unit_name(dataset, figure.unit))
    if level and not holders and figure.level in files.plan.levels:
        names.append(files.plan.levels[figure.level].name)
    return M("{parts}", parts=tuple(names))


def series_name(dataset: Dataset, figure: Figure) -> str:
    """Return the name of a cell's indicator, zone figure or origin of money."""
    files = dataset.plans[figure.plan]
    if figure.kind is Kind.INDICATOR:
        known = dataset.indicators.indicators.get(figure.series) if dataset.indicators else None
        return known.short_name if known else figure.series
    if figure.kind is Kind.ZONE:
        zone = (files.plan.zone or {}).get(figure.series)
        return zone.name if zone else figure.series
    origin = files.budget.origins.get(figure.series) if files.budget else None
    return origin.name if origin else figure.series


def amended(dataset: Dataset) -> dict[Place, Cited]:
    """Return the document of the last amendment of each amended value."""
    return {
        Place.parse(pointer, files.id): cite(dataset, amendment.document, ())
        for files in dataset.plans.values()
        for _, amendment in files.amended_by
        for pointer in amendment.changes
    }


def latest(amendments: Mapping[Place, Cited], stated: Cited, place: Place) -> Cited:
    """Return the document that amended the value at a place; ``stated`` where none did, or where it names that one.

    The lines are those of the document that stated the value before, so that none are cited of the amendment, unless
    it changed the value's source as well.
    """
    now = amendments.get(place)
    return stated if now is None or now.document == stated.document else now


def amended_by(dataset: Dataset, files: PlanFiles) -> tuple[str, ...]:
    """Return the numbers of the documents that amended a plan, in their order."""
    return tuple(dict.fromkeys(cite(dataset, one.document, ()).document for _, one in files.amended_by))


def cite(dataset: Dataset, document: str, lines: Iterable[int]) -> Cited:
    """Return a citation with the document's number instead of its id."""
    known = dataset.documents.documents.get(document) if dataset.documents else None
    return Cited((known.number or known.kind) if known else document, tuple(lines))
