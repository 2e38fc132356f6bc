"""Indicators keep to each other: parts to wholes, some to the most that others allow, sums to their parts (A007…)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure, Kind, total
from d8plan.models.bounds import bound_of
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.models.registry import Indicator
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message

ABOVE_WHOLE = Rule("A007", "part-above-whole", M("part that is more than its whole"), exceptable=True)
"""An indicator that is `part_of` another has no more than that: in each unit and level, level total and target.

Why: nine women among eight cadres are a slip, and every sum may hold all the same.

Mend: correct the part or the whole; or take `part_of` out of indicators.yaml where it is no part.
"""
ABOVE_LIMIT = Rule("A011", "above-limit", M("indicator that is more than another allows"), exceptable=True)
"""An indicator that is `not_more_than` another, or than a zone figure, has no more than that: in each unit, in each
level that both are split by, and in total.

Why: more clubs than there are communes to have one are a slip, and every sum may hold all the same.

Mend: correct the one or the other; or take `not_more_than` out of indicators.yaml where it does not hold.
"""
NOT_THE_SUM = Rule("A012", "not-the-sum", M("indicator that is not the sum of its parts"), exceptable=True)
"""An indicator that is `sum_of` others is exactly what they come to: in each unit, in each level that all are split by,
and in total. An empty cell counts nothing.

Why: men and women are all cadres; where the three columns disagree, nobody knows which of them is wrong.

Mend: correct the sum or its parts; or take `sum_of` out of indicators.yaml where there are others besides.
"""
ABOVE_HUNDRED = Rule("A010", "rate-above-hundred", M("rate above 100 %"), Severity.WARNING)
"""A rate whose numerator and denominator have one unit of measure is not above 100.

Why: of what is counted alike, the numerator is mostly a part of the denominator. Growth, or what is done of a plan,
may well be above 100.

Mend: correct the figures. Where the numerator is a part, say so with `part_of` in indicators.yaml: then each line of it
is proven (A007). The warning may stay where it is none.
"""


class _Relation(NamedTuple):
    """What an indicator is declared to be beside others."""

    rule: Rule
    field: str
    """Where it is declared, in indicators.yaml."""
    others: tuple[str, ...]
    """Indicators, or one zone figure."""
    holds: Callable[[ExactNumber, ExactNumber], bool]
    message: str
    """Template of what is wrong, with the ``name`` of a figure and what the ``others`` are called."""


class _Stated(NamedTuple):
    """A total, and its place."""

    value: ExactNumber
    place: Place


def check(context: Context) -> Result:
    """Compare indicators that are declared to keep to others, in every plan."""
    plans = context.dataset.plans.values()
    # A rate that does not follow from its parts is told as that.
    right = {one.place for one in context.ledger.statements if one.holds and one.stated > HUNDRED}
    return collect(outcome for files in plans for outcome in _Plan(context, files, right).outcomes())


def _relations(described: Indicator) -> Iterator[_Relation]:
    if described.part_of:
        told = M("{name}: more than {others}, of which it is a part")
        yield _Relation(ABOVE_WHOLE, "part_of", (described.part_of,), _is_within, told.template)
    if described.not_more_than:
        told = M("{name}: more than {others} allows")
        yield _Relation(ABOVE_LIMIT, "not_more_than", (described.not_more_than,), _is_within, told.template)
    if described.sum_of:
        told = M("{name}: not what {others} come to")
        yield _Relation(NOT_THE_SUM, "sum_of", tuple(described.sum_of), _is_equal, told.template)


def _is_within(number: ExactNumber, other: ExactNumber) -> bool:
    return number <= other


def _is_equal(number: ExactNumber, other: ExactNumber) -> bool:
    return number == other


class _Plan:
    def __init__(self, context: Context, files: PlanFiles, right: Collection[Place]) -> None:
        self.context, self.files, self.right = context, files, right
        self.known = context.dataset.indicators.indicators
        self.given = files.allocations.indicators

    def outcomes(self) -> Outcomes:
        for key in self.given:
            described = self.known.get(key)
            if described is None:
                continue
            for relation in _relations(described):
                if self._are_whole(key, *relation.others):
                    lines = [self._line(relation, *pair) for pair in self._lines(key, relation.others)]
                    yield from lines
                    if not any(lines):
                        yield from self._totals(relation, key)
            of = described.aggregation
            if of.units == "rate" and of.factor is None and of.numerator in self.known and of.denominator in self.known:
                above, below = self.known[of.numerator], self.known[of.denominator]
                if above.unit_of_measure == below.unit_of_measure and above.part_of != of.denominator:
                    yield self._hundred(key)

    def _are_whole(self, *series: str) -> bool:
        """Tell whether the plan has indicators or zone figures, and nothing else spoils their figures."""
        held = {*self.given, *self.files.plan.zone}
        return all(key in held and (self.files.id, key) not in self.context.unprovable for key in series)

    def _lines(self, key: str, others: tuple[str, ...]) -> Iterator[tuple[list[Figure], list[Figure]]]:
        """Yield the figures of an indicator and of others, unit by unit, level by level where all are split.

        What a unit lacks a zone figure for is compared with nothing.
        """
        mine = self._by_unit(key)
        theirs = [self._by_unit(other) for other in others]
        units = dict.fromkeys([*mine, *(unit for of in theirs for unit in of)] if len(others) > 1 else mine)
        for unit in units:
            figures, compared = mine.get(unit, []), [figure for of in theirs for figure in of.get(unit, ())]
            if others[0] in self.files.plan.zone and not compared:
                continue
            if any(one.level is None for one in (*figures, *compared)):
                yield figures, compared
                continue
            for level in dict.fromkeys(one.level for one in (*figures, *(compared if len(others) > 1 else ()))):
                yield (
                    [one for one in figures if one.level == level],
                    [one for one in compared if one.level == level],
                )

    def _by_unit(self, series: str) -> dict[str, list[Figure]]:
        kind = Kind.ZONE if series in self.files.plan.zone and series not in self.given else Kind.INDICATOR
        found: dict[str, list[Figure]] = {}
        for figure in self.context.ledger.of(self.files.id, kind, series):
            found.setdefault(figure.unit, []).append(figure)
        return found

    def _line(self, relation: _Relation, mine: list[Figure], theirs: list[Figure]) -> Finding | None:
        number, other = total(mine), total(theirs)
        if relation.holds(number, other):
            return None
        first, alone = (mine or theirs)[0], len(mine) <= 1
        finding = self._finding(
            relation,
            first.series if mine else self._declaring(relation),
            self.context.names.figure(first, level=alone),
            _Stated(number, first.place if alone else keys.line_of(first.place)),
            _Stated(other, theirs[0].place if theirs else self._place(relation.others[0])),
            theirs if len(relation.others) > 1 else (),
        )
        parts = frozenset(one.number for one in (*mine, *theirs))
        return finding._replace(unit=first.unit, level=first.level if alone else None, parts=parts)

    def _declaring(self, relation: _Relation) -> str:
        """Return the indicator of which a relation is declared."""
        return next(key for key in self.given if key in self.known and relation in _relations(self.known[key]))

    def _place(self, series: str) -> Place:
        if series in self.given:
            return keys.of_indicator(self.files.id, series)
        return keys.of_zone(self.files.id, series)

    def _totals(self, relation: _Relation, key: str) -> Outcomes:
        """Yield the target, and each level total that all have, where it does not keep to the others'."""
        mine, theirs = self._stated(key), [self._stated(other) for other in relation.others]
        for level, stated in mine.items():
            if not all(level in of for of in theirs):
                continue
            others = [of[level] for of in theirs]
            other = _Stated(sum((one.value for one in others), 0), others[0].place)
            names = [self.known[key].short_name, *([self.files.plan.levels[level].name] if level else [])]
            message = M("{parts}", parts=tuple(names))
            yield (
                None
                if relation.holds(stated.value, other.value)
                else self._finding(relation, key, message, stated, other, ())
            )

    def _stated(self, series: str) -> dict[str | None, _Stated]:
        """Return an indicator's target and level totals, the target under None; of a zone figure its total."""
        if series not in self.given:
            return {None: _Stated(self.files.plan.zone[series].total, keys.of_zone(self.files.id, series))}
        allocation = self.given[series]
        found: dict[str | None, _Stated] = {}
        if bound_of(allocation.target) is None:
            found[None] = _Stated(allocation.amount, keys.of_indicator(self.files.id, series, "target"))
        for field, held in (("control", allocation.control), ("levels", allocation.levels)):
            for level, stated in held.items():
                found[level] = _Stated(stated, keys.of_indicator(self.files.id, series, field, level))
        return found

    def _finding(
        self,
        relation: _Relation,
        key: str,
        name: Message,
        number: _Stated,
        other: _Stated,
        compared: Collection[Figure],
    ) -> Finding:
        names = tuple(self._called(one) for one in relation.others)
        declared = Place("indicators.yaml", ("indicators", key, relation.field))
        beside = [Related(M("The whole: {value}", value=Amount(other.value)), other.place)]
        if compared:
            beside = [
                Related(M("{name}: {value}", name=self.context.names.figure(one), value=Amount(one.value)), one.place)
                for one in compared
            ]
        elif relation.rule is not ABOVE_WHOLE:
            beside = [Related(M("{name}: {value}", name=names, value=Amount(other.value)), other.place)]
        told = M("It is declared a part here") if relation.rule is ABOVE_WHOLE else M("It is declared here")
        return Finding(
            rule=relation.rule,
            message=Message(relation.message, (("name", name), ("others", names))),
            place=number.place,
            action=M(
                "Correct the one or the other; or take “{field}” out of indicators.yaml",
                field=relation.field,
            )
            if relation.rule is not ABOVE_WHOLE
            else M("Correct the part or the whole; or take “part_of” out of indicators.yaml"),
            plan=self.files.id,
            indicator=key,
            stated=number.value,
            computed=other.value,
            unit_of_measure=self.context.names.unit_of_measure(self.files, key),
            related=(*beside, Related(told, declared)),
        )

    def _called(self, series: str) -> str:
        if series in self.known:
            return self.known[series].short_name
        return self.files.plan.zone[series].name

    def _hundred(self, indicator: str) -> Finding | None:
        """Return one finding of all lines and totals of a rate that are above 100."""
        figures = self.context.ledger.of(self.files.id, Kind.INDICATOR, indicator)
        above = [(one.value, one.place) for one in figures]
        above += list(self._stated(indicator).values())
        above = [(value, place) for value, place in above if place in self.right]
        if not above:
            return None
        (value, place), *others = above
        known = self.known[indicator]
        return Finding(
            rule=ABOVE_HUNDRED,
            message=M("{name}: {value}", name=known.short_name, value=Amount(value, known.unit_of_measure)),
            place=place,
            action=M("Correct it; or say with “part_of” in indicators.yaml whether its numerator is a part"),
            plan=self.files.id,
            indicator=indicator,
            related=tuple(Related(M("Also here: {value}", value=Amount(one)), at) for one, at in others),
        )


HUNDRED = 100
