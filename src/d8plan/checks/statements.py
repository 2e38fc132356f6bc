"""Every total that a document states follows from the figures (A, Z, B, S)."""

from __future__ import annotations

from fractions import Fraction

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.checks.ids import NOTHING_SELECTED
from d8plan.ledger.figures import Figure
from d8plan.ledger.statements import NamedUnits, Source, Statement
from d8plan.models.findings import Finding, Rule, Severity
from d8plan.text.message import Amount, M, Message

LEVEL_TOTAL = Rule("A001", "level-total", M("level total that does not follow from its units"), exceptable=True)
"""The total that an annex states for a level of an indicator is the sum of the units' figures at that level.
So is a control total, which no document states.

Why: A district carries out its own figure, the province answers for the total. Where they differ, nobody knows
how much is to be done.

Mend: Compare each unit's figure and the total with the signed annex, and correct the one that was typed wrongly.
Where the signed annex itself adds up wrongly, correct nothing and record an exception.
"""

TARGET = Rule("A002", "target", M("target that does not follow from its parts"), exceptable=True)
"""The target of an indicator is the sum of its figures over all units and levels.

Why: The target is the number that is reported. It can be met only if what the units are given adds up to it.

Mend: Where the level totals hold, the target itself is wrong; where one fails with it, begin there. Compare with
the signed annex. Where the signed target itself is wrong, correct nothing and record an exception.
"""

ZONE_TOTAL = Rule("Z001", "zone-total", M("zone total that does not follow from its units"), exceptable=True)
"""The total that a plan states for a zone figure, such as the communes of region III, is the sum of the units'
figures.

Why: Zone figures are the ground on which targets are shared out. A wrong one makes the shares unjust, and each
later plan copies it.

Mend: Compare the figures under “units” of plan.yaml and the total under “zone” with the annex and with the
decision that fixes them, and correct the one that is wrong.
"""

BUDGET_TOTAL = Rule("B001", "budget-total", M("budget total that does not follow from its parts"), exceptable=True)
"""Each total of budget.yaml, stated or control total, is the sum of the amounts of its level, holder and origin,
to the đồng.

Why: Money is drawn and settled by these totals. A difference of some đồng that nobody explains stops the
settlement of the whole sum.

Mend: The totals that fail together contain the wrong amount; those that hold clear the amounts that they contain.
Correct the amount or the total. Where the signed text itself adds up wrongly, correct nothing and record an
exception.
"""

STATED_VALUE = Rule("S001", "stated-value", M("number of the text that the figures do not give"), exceptable=True)
"""Each number that the text states about the figures is what the figures give: a sum, a count of units, or
a share `of` other figures, to the places that it is written with.

Why: A plan says the same thing in its text and in its annex. Whoever carries it out may read only one of them.

Mend: Compare the sentence with the figures that the statement selects. Correct the number, the figures, or what
the statement selects. Where the signed text contradicts its own annex, record an exception.
"""

RATE = Rule("A003", "rate", M("rate that does not follow from its numerator and denominator"), exceptable=True)
"""A figure of an indicator that is a rate is its numerator in per cent of its denominator, or times another `factor`,
rounded half up to its `decimals`: for each unit and level, and for totals from the sums of both. A rate of nothing,
whose denominator is 0 or empty, is empty or 0; where numerator and denominator are given, an empty rate counts as 0.

Why: A mean of rates is not the rate of the whole; where a rate is typed in, it soon differs from what it is one of.

Mend: Correct the rate, or the figures of its numerator or denominator; indicators.yaml says which they are.
"""

NOT_ADDITIVE = Rule("A004", "not-additive", M("sum of figures that may not be summed"))
"""No number of the text is a sum over units or levels of an indicator that declares it may not be summed.

Why: The sum of rates, or of numbers that count the same people twice, means nothing, even where it agrees.

Mend: Select one unit, or the indicator without units, which is compared with its target; or correct how
indicators.yaml says it is put together.
"""

PROVES = {
    Source.RATE: RATE,
    Source.LEVEL: LEVEL_TOTAL,
    Source.TARGET: TARGET,
    Source.ZONE: ZONE_TOTAL,
    Source.BUDGET: BUDGET_TOTAL,
    Source.TEXT: STATED_VALUE,
}

UNIT_OF_MEASURE = Rule("S002", "stated-measure", M("unit of measure that differs from the annex"), exceptable=True)
"""The text gives a number in the unit of measure that the indicator has in the annex.

Why: Five classes are not five meetings. Where text and annex count different things, a report can satisfy one and
fail the other.

Mend: Use the unit of measure of indicators.yaml where it was only typed wrongly. Where the signed text differs from
its annex, record an exception and ask the issuer to settle it.
"""

AMOUNT_UNPROVEN = Rule("B002", "amount-unproven", M("amount that no total contains"))
"""Each amount of budget.yaml is part of at least one total.

Why: An amount that no total contains could change without anything noticing.

Mend: Add a total of the amount's holder, origin or level to budget.yaml: the one that the text states, with its
source, or a control total without one.
"""

FAR_BOUND = Rule("A009", "far-bound", M("bound that says much less than the figures"), Severity.INFO)
"""What a document says of a number that it does not give exactly, such as “more than 355 km”, is within a hundredth of
what the figures come to.

Why: 364,95 km are more than 355, and the sentence is true; but who reads it alone does not know how much is meant.

Mend: nothing, where the document words it so; else write the number that the figures give.
"""

NAMED_UNITS = Rule("S003", "stated-units", M("units named that are not those with an allotment"), exceptable=True)
"""The units that the text names for an activity are exactly those to which the annex allots something for it.

Why: A unit that is named without an allotment has work and no number; one with an allotment that is not named has
a number and no work.

Mend: Compare the units that are stated with those that are computed. Correct the list in activities.yaml or the
units' figures. Where the signed text and its annex differ, record an exception.
"""


def check(context: Context) -> Result:
    """Compare every statement with its figures, its unit of measure, and the units it names."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    for statement in context.ledger.statements:
        if statement.is_empty:
            action = M("No cell is of this level and these units; correct what it selects")
            yield _unusable(NOTHING_SELECTED, statement, action)
            continue
        if not statement.may_be_summed:
            action = M("Select one unit, or the whole indicator; or correct its aggregation in indicators.yaml")
            yield _unusable(NOT_ADDITIVE, statement, action)
            continue
        yield _value(statement)
        if statement.bound and statement.holds:
            yield _far(statement)
        if statement.measure_place and statement.unit_of_measure:
            yield _measure(statement)
    for named in context.ledger.named_units:
        yield _units(named)
    if context.whole:
        contained = {number for statement in context.ledger.statements for number in statement.cells}
        for figure in context.ledger.figures:
            yield None if figure.number in contained or not figure.adds else _unproven(figure)


def show_command(plan: str, indicator: str | None) -> Message:
    """Return the command that shows the figures concerned."""
    option = f"--indicator {indicator}" if indicator else "--budget"
    return M("Correct what is wrong; “{command}” shows the figures", command=f"d8plan summary {plan} {option}")


def _value(statement: Statement) -> Finding | None:
    if statement.holds:
        return None
    if statement.counted is not None:
        action = M("Correct the number stated, or the units concerned")
    elif statement.source is Source.ZONE:
        action = M("Correct the total or a unit's figure under “units” of plan.yaml")
    else:
        action = show_command(statement.plan, statement.indicator)
    return Finding(
        rule=PROVES[statement.source],
        message=statement.label,
        place=statement.place,
        action=action,
        plan=statement.plan,
        indicator=statement.indicator,
        unit=statement.unit,
        level=statement.level,
        stated=statement.said,
        computed=statement.computed,
        unit_of_measure=statement.unit_of_measure,
        cited=statement.cited,
        parts=statement.cells,
        summed=len(statement.figures) if statement.is_sum else None,
    )


def _far(statement: Statement) -> Finding | None:
    """Return the finding of a bound that holds, and is off by more than a hundredth of what it says."""
    bound = statement.bound
    assert bound is not None
    off = abs(Fraction(statement.computed) - Fraction(bound.number))
    if bound.kind in ("between", "about") or off * HUNDREDTHS <= Fraction(bound.number):
        return None
    measure = statement.unit_of_measure
    return Finding(
        rule=FAR_BOUND,
        message=M(
            "{name}: {stated}, the figures come to {computed}",
            name=statement.label,
            stated=bound.sign,
            computed=Amount(statement.computed, measure),
        ),
        place=statement.place,
        action=M("Nothing is wrong; the exact number says more"),
        plan=statement.plan,
        indicator=statement.indicator,
        unit=statement.unit,
        level=statement.level,
        cited=statement.cited,
    )


HUNDREDTHS = 100
"""A bound may be off by one in so many before the exact number is told."""


def _unusable(rule: Rule, statement: Statement, action: Message) -> Finding:
    """Return the finding of a statement that selects what cannot prove it."""
    return Finding(
        rule=rule,
        message=statement.label,
        place=statement.place,
        action=action,
        plan=statement.plan,
        indicator=statement.indicator,
        level=statement.level,
    )


def _unproven(figure: Figure) -> Finding:
    """Return the finding of an amount that could change without anything noticing."""
    return Finding(
        rule=AMOUNT_UNPROVEN,
        message=M("No total contains this amount"),
        place=figure.place,
        action=M("Add a total of its holder, origin or level to budget.yaml"),
        plan=figure.plan,
        unit=figure.body,
        level=figure.level,
    )


def _measure(statement: Statement) -> Finding | None:
    if statement.measure == statement.unit_of_measure:
        return None
    assert statement.measure_place is not None
    return Finding(
        rule=UNIT_OF_MEASURE,
        message=statement.label,
        place=statement.measure_place,
        action=M("Use one unit of measure, or record the difference in exceptions.yaml"),
        plan=statement.plan,
        indicator=statement.indicator,
        stated=statement.measure,
        computed=statement.unit_of_measure,
        cited=statement.measure_cited,
    )


def _units(named: NamedUnits) -> Finding | None:
    stated, computed = set(named.stated), named.computed
    if stated == set(computed):
        return None
    differ = stated.symmetric_difference(computed)
    parts = frozenset(cell.number for cell in named.cells if cell.unit in differ)
    return Finding(
        rule=NAMED_UNITS,
        message=named.label,
        place=named.place,
        action=show_command(named.plan, named.selector.series),
        plan=named.plan,
        indicator=named.selector.series,
        level=named.selector.level,
        stated=", ".join(named.stated),
        computed=", ".join(computed),
        cited=named.cited,
        parts=parts,
    )
