"""What documents state about figures."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from d8plan.ledger.figures import Figure, Kind, total
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.bounds import Bound
from d8plan.models.files import Dataset
from d8plan.models.findings import Cited
from d8plan.models.places import Place
from d8plan.models.statements import Select
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Message


class Source(StrEnum):
    """What states a total; also the order in which a fault is blamed."""

    RATE = "rate"
    LEVEL = "level"
    TARGET = "target"
    ZONE = "zone"
    BUDGET = "budget"
    TEXT = "text"


class Selector(NamedTuple):
    """Which figures of a plan are spoken of: all that fit every part of it; None lets everything pass."""

    plan: str
    kind: Kind | None
    """None where the units of a group alone are counted, not figures."""
    series: str | None = None
    """Indicator, zone figure, or origin of money."""
    level: str | None = None
    units: tuple[str, ...] | None = None
    """Units, or holders of money, that are named."""
    group: str | None = None
    members: tuple[str, ...] | None = None
    """Units of the group."""

    @property
    def among(self) -> tuple[str, ...] | None:
        """The units that fit both what is named and the group."""
        if self.members is None or self.units is None:
            return self.units if self.members is None else self.members
        return tuple(unit for unit in self.members if unit in self.units)

    def fits(self, kind: Kind, plan: str, series: str, unit: str, level: str | None) -> bool:
        """Tell whether a figure with these coordinates is among those that are spoken of."""
        among = self.among
        return (
            (kind, plan) == (self.kind, self.plan)
            and self.series in (None, series)
            and self.level in (None, level)
            and (among is None or unit in among)
        )


def selector_of(dataset: Dataset, own: str, select: Select) -> Selector | None:
    """Return what ``select`` of a statement of plan ``own`` speaks of.

    None where it cannot be followed, which is a finding: it names a plan or group that is not there.
    """
    files = dataset.plans.get(select.plan or own)
    group = files.plan.groups.get(select.group or "") if files else None
    if files is None or (select.group and group is None):
        return None
    kind = Kind.INDICATOR if select.indicator else Kind.ZONE if select.zone else None
    return Selector(
        files.id,
        kind,
        select.indicator or select.zone,
        select.level,
        None if select.units is None else tuple(select.units),
        select.group,
        tuple(group.units) if group else None,
    )


class Statement(NamedTuple):
    """A number that a document states about the sum, or the count of units, of some figures."""

    source: Source
    plan: str
    """The plan that states it."""
    label: Message
    place: Place
    stated: ExactNumber
    selector: Selector
    figures: tuple[Figure, ...]
    cells: frozenset[int]
    """Numbers of the cells it speaks of: its figures and the empty cells among them."""
    counted: tuple[str, ...] | None
    """The units counted, where the statement counts units; else the figures are summed."""
    unit_of_measure: str
    cited: Cited | None
    """None for a control total."""
    measure: str | None = None
    """Unit of measure as the statement words it, where it does."""
    measure_place: Place | None = None
    measure_cited: Cited | None = None
    """What states the unit of measure; another document than ``cited`` where an amendment changed one of both."""
    bound: Bound | None = None
    """The bounds, where the number is not stated exactly; ``stated`` is the one that they name."""
    given: ExactNumber | None = None
    """What follows otherwise than by a sum or a count: a rate of two sums, or a number stated elsewhere."""

    @property
    def indicator(self) -> str | None:
        """The indicator that it speaks of, if it is one."""
        return self.selector.series if self.selector.kind is Kind.INDICATOR else None

    @property
    def unit(self) -> str | None:
        """The unit that it speaks of, where it is a single one."""
        among = self.selector.among
        return among[0] if among and len(among) == 1 and self.selector.kind is not Kind.BUDGET else None

    @property
    def level(self) -> str | None:
        """The level that it speaks of, where it is a single one."""
        return self.selector.level

    @property
    def computed(self) -> ExactNumber:
        """What follows from the figures."""
        if self.given is not None:
            return self.given
        return total(self.figures) if self.counted is None else len(self.counted)

    @property
    def said(self) -> ExactNumber | str:
        """What is stated: a number, or bounds in signs."""
        return self.stated if self.bound is None else self.bound.sign

    @property
    def holds(self) -> bool:
        """Whether what is stated follows from the figures."""
        return self.stated == self.computed if self.bound is None else self.bound.holds(self.computed)

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
    selector: Selector
    figures: tuple[Figure, ...]
    cells: tuple[Figure, ...]
    """Its figures and the empty cells among them."""
    cited: Cited

    @property
    def computed(self) -> tuple[str, ...]:
        """Units that have more than 0, in the plan's order."""
        return units_with_some(self.figures)


def units_with_some(figures: tuple[Figure, ...]) -> tuple[str, ...]:
    """Return the units that have more than 0 in some of the figures, in their order."""
    return tuple(dict.fromkeys(figure.unit for figure in figures if figure.value > 0 and figure.unit != UNALLOTTED))
