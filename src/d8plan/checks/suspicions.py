"""What a careful reader would ask about, though no sum fails (Q)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.checks.culprits import FACTORS
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure, Kind, total
from d8plan.ledger.statements import Source
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Cited, Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber, ratio
from d8plan.text.message import Amount, M
from d8plan.text.names import fold

EQUAL_LEVELS = Rule("Q001", "equal-levels", M("two levels with the same figures"), Severity.INFO)
"""Two levels of an indicator do not have the same figure in nearly every unit. At least three units with more than 0
must agree, and at most one unit in eight, or one, may differ.

Why: one number may have been typed twice, into both columns, where it was to be split between them.

Mend: ask whoever set the figures; nothing is wrong if the split is really even.
"""
ROUND_SHARE = Rule("Q002", "round-share", M("the same share of the phase in every unit"), Severity.INFO)
"""A year's figures are not one and the same simple share of the phase's in every unit: a half, a third, a quarter…

Why: figures computed from the phase by one rule were perhaps never agreed with the units; or another number of the
text, such as 37 communes, is really this share.

Mend: ask whoever set the figures; nothing is wrong if the share was decided.
"""
SHARED_TAIL = Rule("Q003", "shared-tail", M("amount that ends with another amount’s digits"), Severity.INFO)
"""A round amount does not end in the odd digits of another amount in the same table: 3.449.000.260 beside
2.231.452.260.

Why: when a cell is typed over another one, its last digits may stay. That is how 260 đ got into a budget.

Mend: compare both amounts with the signed document.
"""
OUT_OF_SCALE = Rule("Q004", "out-of-scale", M("figure ten or a thousand times its neighbours’"), Severity.INFO)
"""A figure is of the size of those beside it: no figure is out of their range where a tenth, a thousandth, ten times
or a thousand times of it would be inside.

Why: a zero too many, or thousands of đồng written as đồng, may be balanced by a total with the same slip.

Mend: compare it with the signed document.
"""

TWO_SPELLINGS = Rule("Q005", "two-spellings", M("unit that documents spell in two ways"), Severity.INFO)
"""A unit is written in one way: none of its aliases is its own name with other accents, tone marks or case.

Why: a name with its tone mark on another letter is one unit to a reader, and two to a spreadsheet that looks rows up
by name.

Mend: nothing in the data; what d8plan writes is the official spelling, and it reads both. Ask the issuer to keep to
one.
"""

EQUAL_AT_LEAST = 3
"""Units with the same figure above 0 that are no chance."""
ROWS_A_DIFFERENCE = 8
"""One unit in so many may differ between levels that are nearly equal."""
MOST_LEVELS = 12
"""Levels of an indicator that are compared with each other; no plan is known to have more than four."""
LARGEST_DENOMINATOR = 5
"""Shares up to fifths are simple."""
TAIL, ROUND = 1_000, 1_000_000
"""A tail is what is left of an amount below a thousand; a round amount has nothing between it and a million."""
MOST_ALIKE = 50
"""Amounts with one tail that are named."""
FAR = 5
"""Times the largest or smallest neighbour that is out of scale."""
ALIKE = 3
"""The largest neighbour in terms of the smallest, for a size to be expected at all."""
LEAST_NEIGHBOURS = 2


def check(context: Context) -> Result:
    """Look for coincidences in every plan."""
    series: defaultdict[str, list[tuple[Kind, str, tuple[Figure, ...]]]] = defaultdict(list)
    for (plan, kind, key), figures in context.ledger.series.items():
        if (plan, key) not in context.unprovable:
            series[plan].append((kind, key, figures))
    plans = context.dataset.plans.values()
    by_plan = (outcome for files in plans for outcome in _plan(context, files, series[files.id]))
    return collect((*by_plan, *_spellings(context)))


def _plan(context: Context, files: PlanFiles, series: Iterable[tuple[Kind, str, tuple[Figure, ...]]]) -> Outcomes:
    budget: list[Figure] = []
    for kind, _, figures in series:
        columns: defaultdict[str | None, list[Figure]] = defaultdict(list)
        for figure in figures:
            columns[figure.level if kind is Kind.INDICATOR else None].append(figure)
        for column in columns.values():
            yield from _scale(context, column)
        if kind is Kind.INDICATOR:
            # To compare all levels with all takes the square of their number.
            for one, other in combinations(islice(columns.values(), MOST_LEVELS), 2):
                yield _equal(context, one, other)
            yield from _share(context, files, columns)
        elif kind is Kind.BUDGET:
            budget += figures
    yield from _tails(context, budget)


def _spellings(context: Context) -> Outcomes:
    registered = context.dataset.units.units
    for key, unit in registered.items():
        for index, alias in enumerate(unit.aliases or ()):
            if fold(alias) != fold(unit.name):
                yield None
                continue
            yield Finding(
                rule=TWO_SPELLINGS,
                message=M("“{alias}” and “{name}” are one unit", alias=alias, name=unit.name),
                place=Place("units.yaml", ("units", key, "aliases", index)),
                action=M("Ask for one spelling; d8plan reads both and writes “{name}”", name=unit.name),
                unit=key,
            )


def _equal(context: Context, one: Sequence[Figure], other: Sequence[Figure]) -> Finding | None:
    others = {figure.unit: figure for figure in other}
    rows = [(figure, others[figure.unit]) for figure in one if figure.unit in others]
    same = [(left, right) for left, right in rows if left.value == right.value]
    differing = len(rows) - len(same)
    above = [left for left, _ in same if left.value > 0]
    if len(above) < EQUAL_AT_LEAST or differing > max(1, len(rows) // ROWS_A_DIFFERENCE):
        return None
    levels = context.dataset.plans[one[0].plan].plan.levels
    names = tuple(levels[f.level].name for f in (one[0], other[0]) if f.level in levels)
    return Finding(
        rule=EQUAL_LEVELS,
        message=M(
            "{name}: the same for {levels} in {same} of {rows} units",
            name=context.names.series(one[0]),
            levels=names,
            same=len(same),
            rows=len(rows),
        ),
        place=keys.indicator_of(above[0].place),
        action=M("Ask whether one number was typed into both columns"),
        plan=one[0].plan,
        indicator=one[0].series,
        cited=_annex(context, one[0].plan, one[0].series),
        related=tuple(
            Related(M("{name}: {value}", name=context.names.figure(f, level=False), value=Amount(f.value)), f.place)
            for f in above
        ),
    )


def _share(context: Context, files: PlanFiles, columns: dict[str | None, list[Figure]]) -> Iterator[Finding | None]:
    phase = files.plan.phase
    if phase is None or phase not in context.dataset.plans or phase == files.id:
        return
    for level, column in columns.items():
        if not column[0].adds:
            continue
        whole = {
            f.unit: f.value
            for f in context.ledger.of(phase, Kind.INDICATOR, column[0].series)
            if f.level == level and f.value
        }
        pairs = [(f, whole[f.unit]) for f in column if f.unit in whole]
        shares = {ratio(f.value, of) for f, of in pairs}
        share = next(iter(shares)) if len(shares) == 1 else Fraction(0)
        simple = 0 < share < 1 and share.denominator <= LARGEST_DENOMINATOR
        varied = len({f.value for f, _ in pairs}) > 1
        if len(pairs) < EQUAL_AT_LEAST or len(pairs) < len(whole) or not simple or not varied:
            yield None
            continue
        levels = files.plan.levels
        name = context.names.series(column[0])
        yield Finding(
            rule=ROUND_SHARE,
            message=M(
                "{name}: {share} of phase {phase} in each of {count} units, {total} in all",
                name=f"{name}, {levels[level].name}" if level in levels else name,
                share=str(share),
                phase=phase,
                count=len(pairs),
                total=Amount(total(f for f, _ in pairs), column[0].unit_of_measure),
            ),
            place=_of_level(context, column[0]),
            action=M("Ask whether the figures were agreed, or only computed from the phase"),
            plan=files.id,
            indicator=column[0].series,
            level=level,
            cited=_annex(context, files.id, column[0].series),
            related=tuple(
                Related(M("The text: {label}", label=one.label), one.place)
                for one in context.ledger.statements
                if one.source is Source.TEXT and one.is_sum and one.cells == frozenset(f.number for f in column)
            ),
        )


def _annex(context: Context, plan: str, indicator: str) -> Cited | None:
    """Return where the annex of a plan prints its row of totals; None where the indicator's numbers were amended."""
    files = context.dataset.plans[plan]
    if any(keys.indicator_of(place) == keys.of_indicator(plan, indicator) for place in context.ledger.amended):
        return None
    source = files.allocations.source
    return context.names.cited_row(source, source.levels, source.target)


def _amounts_cited(context: Context, figures: Sequence[Figure]) -> Cited | None:
    """Return the lines of the plan that state amounts."""
    files = context.dataset.plans[figures[0].plan]
    holders = files.budget.holders
    amended = context.ledger.amended
    lines = [line for f in figures if f.place not in amended and (line := holders[f.unit].amounts[f.series].line)]
    stated = context.names.cite(files.plan.document, lines)
    return context.ledger.cited(stated, figures[0].place) if lines or figures[0].place in amended else None


def _of_level(context: Context, figure: Figure) -> Place:
    """Return the place of the total that a figure's column has, else of its indicator."""
    for statement in context.ledger.statements:
        same = (statement.plan, statement.indicator) == (figure.plan, figure.series)
        if same and statement.source is Source.LEVEL and statement.level == figure.level:
            return statement.place
    return keys.indicator_of(figure.place)


def _tails(context: Context, budget: Sequence[Figure]) -> Iterator[Finding | None]:
    by_tail: defaultdict[ExactNumber, list[Figure]] = defaultdict(list)
    for figure in budget:
        by_tail[figure.value % TAIL].append(figure)
    for figure in budget:
        tail = figure.value % TAIL
        rest = figure.value - tail
        alike = by_tail[tail]
        if not tail or not rest or rest % ROUND or len(alike) < 2:
            yield None
            continue
        like = [one for one in islice(alike, MOST_ALIKE + 1) if one is not figure][:MOST_ALIKE]
        yield Finding(
            rule=SHARED_TAIL,
            message=M(
                "{name}: {amount} ends in {tail}, as {other} does",
                name=context.names.figure(figure),
                amount=Amount(figure.value, figure.unit_of_measure),
                tail=f"{tail:03d}",
                other=Amount(like[0].value, like[0].unit_of_measure),
            ),
            place=figure.place,
            action=M("Compare both amounts with the signed document"),
            plan=figure.plan,
            unit=figure.body,
            level=figure.level,
            cited=_amounts_cited(context, [figure, *like]),
            related=tuple(Related(M("{name}", name=context.names.figure(f)), f.place) for f in like),
        )


def _scale(context: Context, column: Sequence[Figure]) -> Iterator[Finding | None]:
    given = [figure for figure in column if figure.value]
    values = sorted(figure.value for figure in given)
    if len(values) <= LEAST_NEIGHBOURS:
        return
    for figure in given:
        # The smallest and the largest of the others.
        least = values[1] if figure.value == values[0] else values[0]
        most = values[-2] if figure.value == values[-1] else values[-1]
        if most > ALIKE * least:
            continue
        factor = next((by for by in FACTORS if _slipped(figure.value, by, least, most)), None)
        if factor is None:
            yield None
            continue
        yield Finding(
            rule=OUT_OF_SCALE,
            message=M(
                "{name}: {value} beside {least} to {most}",
                name=context.names.figure(figure),
                value=Amount(figure.value, figure.unit_of_measure),
                least=Amount(least),
                most=Amount(most),
            ),
            place=figure.place,
            action=M(
                "Compare it with the signed document: it may be off by a factor of {factor}", factor=Amount(factor)
            ),
            plan=figure.plan,
            indicator=figure.series if figure.kind is Kind.INDICATOR else None,
            unit=figure.body,
            level=figure.level,
        )


def _slipped(value: ExactNumber, factor: int, least: ExactNumber, most: ExactNumber) -> bool:
    """Tell whether a value lies far outside its neighbours, and inside when divided or multiplied."""
    if value > FAR * most:
        return value % factor == 0 and least * factor <= value <= most * factor
    return value * FAR < least and least <= value * factor <= most
