"""No part is more than its whole (A007, A010)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure, Kind, total
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message

ABOVE_WHOLE = Rule("A007", "part-above-whole", M("part that is more than its whole"), exceptable=True)
"""An indicator that is `part_of` another has no more than that: in each unit and level, level total and target.

Why: nine women among eight cadres are a slip, and every sum may hold all the same.

Mend: correct the part or the whole; or take `part_of` out of indicators.yaml where it is no part.
"""
ABOVE_HUNDRED = Rule("A010", "rate-above-hundred", M("rate above 100 %"), Severity.WARNING)
"""A rate whose numerator and denominator have one unit of measure is not above 100.

Why: of what is counted alike, the numerator is mostly a part of the denominator. Growth, or what is done of a plan,
may well be above 100.

Mend: correct the figures. Where the numerator is a part, say so with `part_of` in indicators.yaml: then each line of it
is proven (A007). The warning may stay where it is none.
"""


def check(context: Context) -> Result:
    """Compare parts with their wholes in every plan."""
    plans = context.dataset.plans.values()
    # A rate that does not follow from its parts is told as that.
    right = {one.place for one in context.ledger.statements if one.holds and one.stated > HUNDRED}
    return collect(outcome for files in plans for outcome in _Plan(context, files, right).outcomes())


class _Plan:
    def __init__(self, context: Context, files: PlanFiles, right: Collection[Place]) -> None:
        self.context, self.files, self.right = context, files, right
        self.known = context.dataset.indicators.indicators
        self.given = files.allocations.indicators

    def outcomes(self) -> Outcomes:
        for key in self.given:
            of = self.known[key].aggregation if key in self.known else None
            whole = self.known[key].part_of if of else None
            if whole and self._are_whole(key, whole):
                lines = [self._above(*pair) for pair in self._lines(key, whole)]
                yield from lines
                if not any(lines):
                    yield from self._totals(key, whole)
            if of and of.units == "rate" and of.numerator in self.known and of.denominator in self.known:
                above, below = self.known[of.numerator], self.known[of.denominator]
                if above.unit_of_measure == below.unit_of_measure and above.part_of != of.denominator:
                    yield self._hundred(key)

    def _are_whole(self, *indicators: str) -> bool:
        """Tell whether the plan has indicators, and nothing else spoils their figures."""
        return all(key in self.given and (self.files.id, key) not in self.context.unprovable for key in indicators)

    def _lines(self, part: str, whole: str) -> Iterator[tuple[list[Figure], list[Figure]]]:
        """Yield the figures of a part and of its whole, unit by unit, level by level where both are split."""
        mine, theirs = (self._by_unit(key) for key in (part, whole))
        for unit, figures in mine.items():
            wholes = theirs.get(unit, [])
            if any(one.level is None for one in (*figures, *wholes)):
                yield figures, wholes
                continue
            for figure in figures:
                yield [figure], [one for one in wholes if one.level == figure.level]

    def _by_unit(self, indicator: str) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.context.ledger.of(self.files.id, Kind.INDICATOR, indicator):
            found.setdefault(figure.unit, []).append(figure)
        return found

    def _above(self, mine: list[Figure], wholes: list[Figure]) -> Finding | None:
        part, whole, first = total(mine), total(wholes), mine[0]
        if part <= whole:
            return None
        finding = self._finding(
            first.series,
            self.context.names.figure(first, level=len(mine) == 1),
            first.place if len(mine) == 1 else keys.line_of(first.place),
            (part, whole),
            wholes[0].place if wholes else keys.of_indicator(self.files.id, self.known[first.series].part_of or ""),
        )
        parts = frozenset(one.number for one in (*mine, *wholes))
        return finding._replace(unit=first.unit, level=first.level if len(mine) == 1 else None, parts=parts)

    def _totals(self, part: str, whole: str) -> Outcomes:
        """Yield the target, and each level total that both have, where the part's is above the whole's."""
        mine, theirs = (self._stated(key) for key in (part, whole))
        for level, (stated, own) in mine.items():
            limit, at = theirs.get(level, (stated, own))
            names = [self.known[part].short_name, *([self.files.plan.levels[level].name] if level else [])]
            yield (
                self._finding(
                    part,
                    M("{parts}", parts=tuple(names)),
                    keys.of_indicator(self.files.id, part, *own),
                    (stated, limit),
                    keys.of_indicator(self.files.id, whole, *at),
                )
                if stated > limit
                else None
            )

    def _stated(self, indicator: str) -> dict[str | None, tuple[ExactNumber, tuple[str, ...]]]:
        """Return an indicator's target and level totals, each with its keys; the target under None."""
        allocation = self.given[indicator]
        found: dict[str | None, tuple[ExactNumber, tuple[str, ...]]] = {None: (allocation.target, ("target",))}
        for field, held in (("control", allocation.control), ("levels", allocation.levels)):
            found |= {level: (stated, (field, level)) for level, stated in (held or {}).items()}
        return found

    def _finding(
        self, indicator: str, name: Message, place: Place, values: tuple[ExactNumber, ExactNumber], whole: Place
    ) -> Finding:
        of = self.known[self.known[indicator].part_of or ""]
        declared = Place("indicators.yaml", ("indicators", indicator, "part_of"))
        return Finding(
            rule=ABOVE_WHOLE,
            message=M("{name}: more than {whole}, of which it is a part", name=name, whole=of.short_name),
            place=place,
            action=M("Correct the part or the whole; or take “part_of” out of indicators.yaml"),
            plan=self.files.id,
            indicator=indicator,
            stated=values[0],
            computed=values[1],
            unit_of_measure=self.context.names.unit_of_measure(self.files, indicator),
            related=(
                Related(M("The whole: {value}", value=Amount(values[1])), whole),
                Related(M("It is declared a part here"), declared),
            ),
        )

    def _hundred(self, indicator: str) -> Finding | None:
        """Return one finding of all lines and totals of a rate that are above 100."""
        figures = self.context.ledger.of(self.files.id, Kind.INDICATOR, indicator)
        above = [(one.value, one.place) for one in figures]
        above += [
            (stated, keys.of_indicator(self.files.id, indicator, *own))
            for stated, own in self._stated(indicator).values()
        ]
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
