"""Propose how a total is shared out over the units of a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from d8plan.edits.apportion import ApportionedShare, Bounds, apportion
from d8plan.ledger import keys
from d8plan.ledger.figures import Kind, total
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.phase_remainders import Remainders
from d8plan.ledger.plans import is_split, stated_levels, unit_order
from d8plan.models.allocations import UNALLOTTED
from d8plan.models.bounds import bound_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message
from d8plan.views.table import Audience, Column, Exact, Fact, Table, Value, View

EQUAL, REMAINDER = "equal", "remainder"
"""Ways to weigh units that every plan has; the others are its zone figures, and weights given."""


class AllotmentRequest(NamedTuple):
    """How to share out."""

    by: str | None = None
    """``EQUAL``, ``REMAINDER`` or a zone figure; None for the phase's remainder where it has one, else equal."""
    weights: Mapping[str, Fraction] | None = None
    """Weights given, by unit, instead."""
    among: Collection[str] = ()
    """Units that take part; where none is named, those with a zone figure, all where the plan has none."""
    bounds: Mapping[str, Bounds] = {}
    """Minimum and maximum by unit, equal where its figure is fixed."""
    every: Bounds = Bounds()
    """Minimum and maximum of each unit that takes part, beside its own."""
    beyond_phase: bool = False
    """Whether a unit may get more than the phase leaves it."""


class ProposedLine(NamedTuple):
    """What is proposed for a unit."""

    unit: str
    weight: Fraction
    share: ApportionedShare
    today: ExactNumber | None
    """Its figure today; None where the cell is empty."""
    remainder: ExactNumber | None
    """What the phase leaves it; None where the phase says nothing."""


class SharedTotal(NamedTuple):
    """A total shared out."""

    indicator: str
    level: str | None
    total: ExactNumber
    lines: tuple[ProposedLine, ...]
    """In the plan's order."""
    rest: ExactNumber
    """What no unit may have: it stays in the line of what is not allotted."""


class Allocator:
    """Shares totals of one plan out, each proposal counting those before it."""

    def __init__(self, dataset: Dataset, ledger: Ledger, files: PlanFiles, ask: AllotmentRequest) -> None:
        """Take the plan and how to share out."""
        self.ledger, self.files, self.ask, self.names = ledger, files, ask, Names(dataset)
        self.remainders = Remainders(dataset, ledger, files.id, files.plan.phase)
        self.made: dict[tuple[str, str | None], dict[str, ExactNumber]] = {}

    def indicators(self) -> list[str]:
        """Return the indicators whose figures are summed, in the plan's order."""
        return [key for key in self.files.allocations.indicators if self.names.adds(key)]

    def stated(self, indicator: str) -> dict[str | None, ExactNumber]:
        """Return the totals to share out of an indicator: of each level, or its target where it is not split."""
        allocation = self.files.allocations.indicators[indicator]
        if is_split(allocation):
            totals = stated_levels(allocation)
            return {level: totals[level] for level in self.files.plan.levels if level in totals}
        return {None: allocation.amount}

    def propose(self, indicator: str, level: str | None, amount: ExactNumber) -> SharedTotal:
        """Return an amount shared out at a level; raises MinimaError where the minima come to more than it."""
        units = unit_order(self.files)
        left = {unit: self._remainder(indicator, level, unit) for unit in units}
        weights = self._weights(indicator, left)
        bounds = {unit: self._bounds(unit, left[unit], weights[unit]) for unit in units}
        shared = apportion(amount, weights, bounds, self.names.decimals(indicator))
        today = {
            figure.unit: figure.value
            for figure in self.ledger.of(self.files.id, Kind.INDICATOR, indicator, level=level)
        }
        lines = tuple(
            ProposedLine(unit, weights[unit], shared.shares[unit], today.get(unit), left[unit]) for unit in units
        )
        self.made[indicator, level] = {line.unit: line.share.value for line in lines}
        return SharedTotal(indicator, level, amount, lines, shared.rest)

    def _remainder(self, indicator: str, level: str | None, unit: str) -> ExactNumber | None:
        beside: ExactNumber = 0
        for other in self.files.plan.levels if level is not None else ():
            if (made := self.made.get((indicator, other))) is not None and other != level:
                beside += made[unit]
            elif other != level:
                beside += total(self.ledger.of(self.files.id, Kind.INDICATOR, indicator, level=other, units=[unit]))
        return self.remainders.of_unit(indicator, unit, level, beside)

    def _weights(self, indicator: str, left: Mapping[str, ExactNumber | None]) -> dict[str, Fraction]:
        by = self.ask.by or (REMAINDER if self.remainders.has(indicator) else EQUAL)
        taking = self.ask.among or self._with_zone()
        weights: dict[str, Fraction] = {}
        for unit in left:
            if self.ask.weights is not None:
                weight = self.ask.weights.get(unit, Fraction(0))
            elif by == EQUAL:
                weight = Fraction(1 if unit in taking else 0)
            elif by == REMAINDER:
                weight = Fraction(left[unit] or 0)
            else:
                weight = Fraction(self.files.plan.units[unit].zone.get(by) or 0)
            weights[unit] = weight if unit in taking or not self.ask.among else Fraction(0)
        return weights

    def _with_zone(self) -> set[str]:
        """Return the units that are territories: with a zone figure, where the plan has such figures at all."""
        units = self.files.plan.units
        found = {unit for unit in units if any(value is not None for value in units[unit].zone.values())}
        return found or set(units)

    def _bounds(self, unit: str, left: ExactNumber | None, weight: Fraction) -> Bounds:
        own = self.ask.bounds.get(unit, Bounds())
        # Who fixes a figure above the remainder, or below the common minimum, has told.
        if own.least == own.most:
            return own
        every = self.ask.every if weight else Bounds()
        least = max(own.least, every.least)
        within = [
            bound for bound in (own.most, every.most, None if self.ask.beyond_phase else left) if bound is not None
        ]
        return Bounds(least, max(min(within), least) if within else None)


def values(files: PlanFiles, proposals: Iterable[SharedTotal]) -> dict[Place, ExactNumber | None]:
    """Return the figures and stated totals that proposals change, by place.

    An empty cell of a unit that takes no part stays empty.
    """
    changed: dict[Place, ExactNumber | None] = {}
    totals: dict[str, dict[str, ExactNumber]] = {}
    for proposal in proposals:
        plan, indicator, level = files.id, proposal.indicator, proposal.level
        allocation = files.allocations.indicators[indicator]
        for line in proposal.lines:
            if line.today is not None or line.share.value or line.weight:
                changed[keys.of_line(plan, indicator, line.unit, level)] = line.share.value
        if proposal.rest or UNALLOTTED in allocation.units:
            changed[keys.of_line(plan, indicator, UNALLOTTED, level)] = proposal.rest
        if level is None:
            if bound_of(allocation.target) is None:
                changed[keys.of_target(plan, indicator)] = proposal.total
            continue
        section = "levels" if level in allocation.levels else "control"
        changed[keys.of_indicator(plan, indicator, section, level)] = proposal.total
        totals.setdefault(indicator, {**stated_levels(allocation)})[level] = proposal.total
    for indicator, by_level in totals.items():
        if bound_of(files.allocations.indicators[indicator].target) is None:
            changed[keys.of_target(files.id, indicator)] = sum(by_level.values())
    return changed


def view(dataset: Dataset, files: PlanFiles, proposals: Iterable[SharedTotal], source: str | None = None) -> View:
    """Return proposals for people: a table each with weight, exact quota, proposal, today's figure and remainder.

    ``source`` tells where weights that were given come from.
    """
    shown = list(proposals)
    tables = [_table(dataset, files, one) for one in shown]
    facts = [Fact("overview", M("Shared out"), M("{count} totals", count=Amount(len(shown))))] if len(shown) > 1 else []
    facts += [Fact("weights", M("Weights"), source)] if source else []
    return View(M("Proposal for plan {plan}", plan=files.id), tuple(facts), tuple(tables))


def flat(shown: View) -> View:
    """Return proposals for machines: one table, its rows named by indicator and level, without totals."""
    first, *_ = shown.tables
    rows = tuple(row for table in shown.tables for row in table.rows[: len(table.rows) - table.totals])
    return shown._replace(tables=(first._replace(rows=rows, totals=0),))


def _table(dataset: Dataset, files: PlanFiles, one: SharedTotal) -> Table:
    columns = [
        Column("indicator", numeric=False, audience=Audience.MACHINES),
        Column("level", numeric=False, audience=Audience.MACHINES),
        Column("unit", numeric=False, audience=Audience.MACHINES),
        Column("number", M("No."), audience=Audience.PEOPLE),
        Column("name", M("Territory or body"), numeric=False),
        Column("weight", M("Weight")),
        Column("quota", M("Exact share")),
        Column("quota_numerator", audience=Audience.MACHINES),
        Column("quota_denominator", audience=Audience.MACHINES),
        Column("proposed", M("Proposed")),
        Column("today", M("Today")),
        Column("change", M("Change")),
        Column("remainder", M("Left by the phase")),
    ]

    def row(unit: str | None, number: int | None, name: Value, numbers: list[Value], left: Value) -> tuple[Value, ...]:
        return (one.indicator, one.level, unit, number, name, *numbers, left)

    rows = []
    for line in one.lines:
        number = files.plan.units[line.unit].number
        change = line.share.value - (line.today or 0)
        numbers: list[Value] = [
            _weight(line.weight),
            Exact(line.share.quota),
            line.share.quota.numerator,
            line.share.quota.denominator,
            line.share.value,
            line.today,
            change or None,
        ]
        rows.append(row(line.unit, number, Names(dataset).unit(line.unit), numbers, line.remainder))
    given = sum(line.share.value for line in one.lines)
    today = sum(line.today or 0 for line in one.lines)
    left = sum(line.remainder or 0 for line in one.lines)
    rest: list[Value] = [None, None, None, None, one.rest, None, None]
    sums: list[Value] = [None, None, None, None, given + one.rest, today, None]
    if one.rest:
        rows.append(row(UNALLOTTED, None, Names(dataset).unit(UNALLOTTED), rest, None))
    rows.append(row(None, None, M("Total"), sums, left))
    return Table("proposal", _title(dataset, files, one), tuple(columns), tuple(rows), 1)


def _weight(weight: Fraction) -> Value:
    return weight.numerator if weight.denominator == 1 else Exact(weight)


def _title(dataset: Dataset, files: PlanFiles, one: SharedTotal) -> Message:
    known = Names(dataset).indicator(one.indicator)
    name, amount = known.short_name, Amount(one.total, known.unit_of_measure)
    if one.level is None:
        return M("{name}: {amount}", name=name, amount=amount)
    return M("{name}, {level}: {amount}", name=name, level=Names(dataset).level(files, one.level), amount=amount)
