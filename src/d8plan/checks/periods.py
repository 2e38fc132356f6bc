"""Years lie where they can: a period runs forward, a year within its phase, a window within its plan (P)."""

from __future__ import annotations

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.models.findings import Finding, Rule
from d8plan.text.message import M

REVERSED = Rule("P001", "period-reversed", M("period that ends before it begins"))
"""The first year of a plan's period is not after its last.

Why: A period that runs backwards holds no year: no phase could hold the plan, no window could lie in it.

Mend: Write the first year first.
"""

OUTSIDE_PHASE = Rule("P002", "outside-phase", M("plan that does not lie within its phase"))
"""The years of a plan lie within those of the phase plan that it names, which is not the plan itself.

Why: A year's figures are shown as shares of its phase. Shares of a phase that does not hold the year mean nothing.

Mend: Name under “phase” the plan whose years hold this plan's, or correct the period.
"""

WINDOW_OUTSIDE = Rule("P003", "window-outside", M("completion window outside the plan's years"))
"""Each year in which an indicator is to be completed is a year of its plan.

Why: A plan cannot ask for something in a year that it does not cover.

Mend: Compare “window” with the annex's column for the time of completion, and write years of the plan.
"""


def check(context: Context) -> Result:
    """Check the period of every plan and the completion windows of its indicators."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    for files in context.dataset.plans.values():
        period = files.plan.period
        if period.first > period.last:
            yield Finding(
                rule=REVERSED,
                message=M("The period is {first} to {last}", first=period.first, last=period.last),
                place=files.place("plan.yaml", "period", of_key=True),
                action=M("Write the first year first"),
                plan=files.id,
            )
            continue
        yield None
        phase = context.dataset.plans.get(files.plan.phase or "")
        if phase and phase.plan.period.first <= phase.plan.period.last:
            yield (
                None
                if phase.id != files.id and period.lies_in(phase.plan.period)
                else Finding(
                    rule=OUTSIDE_PHASE,
                    message=M("Plan {plan} does not lie within {phase}", plan=files.id, phase=phase.id),
                    place=files.place("plan.yaml", "phase"),
                    action=M("Name the phase whose years hold this plan's, or correct the period"),
                    plan=files.id,
                )
            )
        for key, allocation in (files.allocations.indicators).items():
            outside = [year for year in allocation.window or () if year not in period.years()]
            yield (
                None
                if not outside
                else Finding(
                    rule=WINDOW_OUTSIDE,
                    message=M("{year} is not a year of plan {plan}", year=outside[0], plan=files.id),
                    place=keys.of_indicator(files.id, key, "window"),
                    action=M("Write years from {first} to {last}", first=period.first, last=period.last),
                    plan=files.id,
                    indicator=key,
                )
            )
