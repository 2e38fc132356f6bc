"""What a draft still lacks: figures to allot (A005), amounts to fill in (B003)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.ledger.figures import Kind
from d8plan.models.allocations import UNALLOTTED, Allocation
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Rule, Severity
from d8plan.text.message import Amount, M, Message

NOT_ALLOTTED = Rule("A005", "not-allotted", M("target that is not yet allotted to units"), Severity.WARNING)
"""Each target is allotted to units: nothing is left in the line `unallotted`, and the figures of an indicator that is
not summed are filled in.

Why: what no unit has, nobody does. The line keeps the sums true while the plan is written; a plan with any of it is
not sealed.

Mend: allot it: `d8plan allocate` proposes figures that sum to the total exactly, `d8plan set` writes one.
"""
AMOUNT_MISSING = Rule("B003", "amount-missing", M("holder without an amount"), Severity.WARNING)
"""Each holder of budget.yaml has an amount of each origin of money; 0 where there is none.

Why: an amount that is left out may be forgotten or may mean that there is none. A plan that lacks any is not sealed.

Mend: write the amount, in whole đồng, or 0.
"""
UNFINISHED = frozenset({NOT_ALLOTTED.code, AMOUNT_MISSING.code})
"""Rules whose findings keep a plan from being sealed, however much the plan says that they matter."""


def check(context: Context) -> Result:
    """Tell what is not yet allotted or filled in."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    # An amount whose total fails for want of it is told as that.
    failing = {cell for one in context.ledger.statements if not one.holds for cell in one.cells}
    told = {
        (one.plan, one.unit, one.series)
        for one in context.ledger.cells
        if one.kind is Kind.BUDGET and one.number in failing
    }
    for files in context.dataset.plans.values():
        for indicator, allocation in (files.allocations.indicators).items():
            if (files.id, indicator) not in context.unprovable:
                yield _allotted(context, files, indicator, allocation)
        yield from _amounts(files, told)


def _allotted(context: Context, files: PlanFiles, indicator: str, allocation: Allocation) -> Finding | None:
    figures = context.ledger.of(files.id, Kind.INDICATOR, indicator)
    rest = [figure for figure in figures if figure.unit == UNALLOTTED and figure.value]
    empty = not figures and allocation.amount > 0 and not context.names.adds(indicator)
    if not rest and not empty:
        return None
    levels = files.plan.levels
    parts: list[Message] = [
        M("{name} {amount}", name=levels[one.level].name, amount=Amount(one.value, one.unit_of_measure))
        if one.level in levels
        else M("{amount}", amount=Amount(one.value, one.unit_of_measure))
        for one in rest
    ]
    name = context.names.indicator(indicator).short_name
    place = keys.of_indicator(files.id, indicator, "units", *([UNALLOTTED] if rest else [])).key()
    return Finding(
        rule=NOT_ALLOTTED,
        message=M("{name}: {parts}", name=name, parts=tuple(parts))
        if rest
        else M("{name}: no unit has a figure", name=name),
        place=place,
        action=M("Allot it: “{command}”", command=f"d8plan allocate {files.id} {indicator}")
        if rest
        else M("Fill in the figures of the units"),
        plan=files.id,
        indicator=indicator,
    )


def _amounts(files: PlanFiles, told: Collection[tuple[str, str, str]]) -> Iterator[Finding | None]:
    """Yield the holders without an amount of each origin; ``told`` are the amounts that a total fails for."""
    origins = files.budget.origins
    for key, holder in (files.budget.holders).items():
        # An amount under an unknown origin is told as that.
        known = all(origin in origins for origin in holder.amounts)
        missing = [
            one.name
            for origin, one in origins.items()
            if known and origin not in holder.amounts and (files.id, key, origin) not in told
        ]
        yield (
            Finding(
                rule=AMOUNT_MISSING,
                message=M("{holder}: {origins}", holder=holder.name, origins=tuple(missing)),
                place=keys.of_holder(files.id, key, "amounts").key(),
                action=M("Write the amount, or 0 where there is none"),
                plan=files.id,
            )
            if missing
            else None
        )
