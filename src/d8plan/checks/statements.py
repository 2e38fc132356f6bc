"""Every total that a document states follows from the figures (A, Z, B, S)."""

from __future__ import annotations

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.checks.ids import NOTHING_SELECTED
from d8plan.findings import Finding, Rule
from d8plan.ledger import Figure, NamedUnits, Source, Statement
from d8plan.message import M, Message

PROVES = {
    Source.LEVEL: Rule("A001", "level-total", M("level total that does not follow from its units")),
    Source.TARGET: Rule("A002", "target", M("target that does not follow from its parts")),
    Source.ZONE: Rule("Z001", "zone-total", M("zone total that does not follow from its units")),
    Source.BUDGET: Rule("B001", "budget-total", M("budget total that does not follow from its parts")),
    Source.TEXT: Rule("S001", "stated-value", M("number of the text that the figures do not give")),
}
UNIT_OF_MEASURE = Rule("S002", "stated-measure", M("unit of measure that differs from the annex"))
AMOUNT_UNPROVEN = Rule("B002", "amount-unproven", M("amount that no total contains"))
NAMED_UNITS = Rule("S003", "stated-units", M("units named that are not those with an allotment"))

EXCEPTABLE = {rule.code: rule for rule in (*PROVES.values(), UNIT_OF_MEASURE, NAMED_UNITS)}
"""Rules that compare a stated value, so that an exception can pin both."""


def check(context: Context) -> Result:
    """Compare every statement with its figures, its unit of measure, and the units it names."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    for statement in context.ledger.statements:
        if not statement.cells and statement.counted is None:
            yield _nothing(statement)
            continue
        yield _value(statement)
        if statement.measure_place and statement.unit_of_measure:
            yield _measure(statement)
    for named in context.ledger.named_units:
        yield _units(named)
    if context.whole:
        contained = {number for statement in context.ledger.statements for number in statement.cells}
        for figure in context.ledger.figures:
            yield None if figure.number in contained else _unproven(figure)


def show_command(plan: str, indicator: str | None) -> Message:
    """Return the command that shows the figures concerned."""
    option = f"--indicator {indicator}" if indicator else "--budget"
    return M("Correct what is wrong; “{command}” shows the figures", command=f"d8plan summary {plan} {option}")


def _value(statement: Statement) -> Finding | None:
    if statement.computed == statement.stated:
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
        stated=statement.stated,
        computed=statement.computed,
        unit_of_measure=statement.unit_of_measure,
        cited=statement.cited,
        parts=statement.cells,
        summed=len(statement.figures) if statement.counted is None else None,
    )


def _nothing(statement: Statement) -> Finding:
    """Return the finding of a sum of no cells at all, which would prove any 0."""
    return Finding(
        rule=NOTHING_SELECTED,
        message=statement.label,
        place=statement.place,
        action=M("No cell is of this level and these units; correct what it selects"),
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
        unit=figure.unit,
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
        cited=statement.cited,
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
        action=show_command(named.plan, named.indicator),
        plan=named.plan,
        indicator=named.indicator,
        level=named.level,
        stated=", ".join(named.stated),
        computed=", ".join(computed),
        cited=named.cited,
        parts=parts,
    )
