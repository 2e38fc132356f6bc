"""What units report can be set beside the plan (T)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.periods import ReportingPeriod, period_in
from d8plan.ledger.plans import is_split
from d8plan.ledger.results import (
    Done,
    PeriodComparison,
    Remit,
    comparisons,
    corrected,
    counted,
    figures_of,
    file_of,
    results,
)
from d8plan.models.base import Allotment
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.models.results import Said, UnitReport
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message

PERIOD = Rule("T001", "result-period", M("file of results that is named after no period of the plan"))
"""Each file of results/ is named after a period in the plan's years: 2024-Q2, 2024-06, 2024-H1 or 2024.

Why: the name tells for which time the numbers are; those of no period, or of another year, count for nothing.

Mend: give the file the name of its period, or move it to the plan of that year.
"""
DATES = Rule("T003", "result-dates", M("report with dates that cannot be"), Severity.WARNING)
"""A report tells of days in or after its period, and came in no earlier than that, and not on a day to come; what a
correction replaced came in no later than the correction.

Why: the as-of date often differs from the period's end, but numbers of a time before the period are of another one.
What was known on a day is told by the day on which it came in.

Mend: correct `as_of` or `received`, or move the report to the file of its period.
"""
SPLIT = Rule("T004", "result-split", M("result that is not split as the plan is"))
"""A result is split by level where the plan splits the indicator, and is one number where it does not.

Why: without its level a result cannot be set beside the target of one.

Mend: write the result as the unit's line in allocations.yaml is written.
"""


PARTS = Rule("T005", "result-parts", M("report that differs from the reports of its parts"))
"""What a unit reports for a half year is what it reports for both its quarters, and so for every period and its parts.

Of a number that is summed over time the parts come to the whole; where a part has no report, to no more. Of a state,
such as how many there are, the last part says what the whole says.

Why: the longer report is the one that counts, so that nothing is counted twice. Where it differs from its parts, one of
them is wrong.

Mend: compare both with what the unit sent, and correct the one that is wrong.
"""
NOT_ITS_OWN = Rule("T006", "result-not-its-own", M("result that is not its reporter’s to report"))
"""Who reports takes part in the plan, or holds money of it; and reports of indicators and levels that the plan gives
it, and of money that it holds or that no single unit holds. A rate is computed, not reported.

Why: such a number has no target beside it. It would be counted in the whole plan, and nobody would miss a report.
So it is not counted at all.

Mend: move the number to the unit whose it is, or take it out. Where the plan does give it, add the unit's line to the
plan.
"""
BEYOND = Rule("T007", "result-beyond-plan", M("result ten times its plan or more"), Severity.WARNING)
"""What was done, in a report or since the plan began, is less than ten times what the plan gives, or than ten where it
gives 0.

Why: more than planned is often true. Ten times is more often a zero too many, thousands of đồng written as đồng, or a
number typed into the wrong row.

Mend: ask the unit. Nothing is wrong if it was really done.
"""

FAR = 10
"""Times the plan that is hardly true."""


def check(context: Context) -> Result:
    """Check every report of every plan."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    plans = context.dataset.plans.values()
    done = {files.id: results(context.dataset, files) if files.results else [] for files in plans}
    for files in plans:
        remit = Remit(context.dataset, files)
        for name, held in files.results.items():
            period = period_in(files, name)
            yield None if period else _misnamed(files, name)
            for reporter, report in held.reports.items():
                if period is not None:
                    yield from _dates(files, period, reporter, report, context.today)
                yield from _splits(context, files, name, reporter, report)
                yield from _remit(context, files, remit, name, reporter, report)
        years = [one for year in plans if year.plan.phase == files.id != year.id for one in done[year.id]]
        for compared in comparisons(context.dataset, (*done[files.id], *years)) if done[files.id] else ():
            if compared.whole.figure.plan == files.id:
                yield None if compared.holds else _differing(context, files, compared)
        yield from _beyond(context, files, done[files.id])


def _misnamed(files: PlanFiles, name: str) -> Finding:
    return Finding(
        rule=PERIOD,
        message=M("“{name}” is no period of plan {plan}", name=name, plan=files.id),
        place=Place(file_of(files, name)),
        action=M("Name it after its period, such as {example}", example=f"{files.plan.period.first}-Q1.yaml"),
        plan=files.id,
    )


def _dates(
    files: PlanFiles, period: ReportingPeriod, reporter: str, report: UnitReport, today: datetime.date
) -> Iterator[Finding | None]:
    said = _said(report)
    for position, (below, one) in enumerate(said):
        wrong: tuple[Message, str] | None = None
        if one.as_of < period.first:
            wrong = M("As of {date}, before the period begins", date=one.as_of), "as_of"
        elif one.received < one.as_of:
            wrong = M("Received on {date}, before the day that it tells of", date=one.received), "received"
        elif one.received > today:
            wrong = M("Received on {date}, which is yet to come", date=one.received), "received"
        elif position and one.received < said[position - 1][1].received:
            wrong = M("Received on {date}, before what it corrects", date=one.received), "received"
        yield (
            Finding(
                rule=DATES,
                message=wrong[0],
                place=Place(file_of(files, period.name), ("reports", reporter, *below, wrong[1])),
                action=M("Correct the date, or move the report to the file of its period"),
                plan=files.id,
                unit=reporter,
            )
            if wrong
            else None
        )


def _splits(
    context: Context, files: PlanFiles, name: str, reporter: str, report: UnitReport
) -> Iterator[Finding | None]:
    allocations = files.allocations.indicators
    for below, one in _said(report):
        for indicator, given in one.done.items():
            if indicator not in allocations or (files.id, indicator) in context.unprovable:
                continue
            fits = given is None or isinstance(given, dict) == is_split(allocations[indicator])
            at = ("reports", reporter, *below, "done", indicator)
            yield None if fits else _mixed(files, Place(file_of(files, name), at, of_key=True), given)


def _said(report: UnitReport) -> list[tuple[tuple[str, ...], Said]]:
    """Return what a report says and what it said before corrections, first to last, with the keys that lead to each."""
    return [*((("earlier", number), one) for number, one in corrected(report)), ((), report)]


def _mixed(files: PlanFiles, place: Place, given: Allotment) -> Finding:
    by_level = isinstance(given, dict)
    return Finding(
        rule=SPLIT,
        message=M("The result is split by level, the plan is not")
        if by_level
        else M("The plan is split by level, the result is not"),
        place=place,
        action=M("Write it as the unit’s line in allocations.yaml is written"),
        plan=files.id,
        indicator=str(place.keys[-1]),
        unit=str(place.keys[1]),
    )


def _remit(
    context: Context, files: PlanFiles, remit: Remit, name: str, reporter: str, report: UnitReport
) -> Iterator[Finding | None]:
    """Yield what is not its to report: of a body that has nothing to report that alone."""
    dataset, at = context.dataset, ("reports", reporter)
    unread = {path[:2] for path in dataset.broken}
    if reporter not in dataset.units.units or (files.file("plan.yaml"), "units") in unread:
        return
    if reporter not in remit.reporters:
        if not any(path[0] == files.file("budget.yaml") for path in dataset.broken):
            who = context.names.unit(reporter)
            told = M("{name} takes no part in plan {plan} and holds none of its money", name=who, plan=files.id)
            yield _not_its_own(files, Place(file_of(files, name), at, of_key=True), told, reporter)
        return
    allotted = files.allocations.indicators
    holders = files.budget.holders
    for below, one in _said(report):
        for keys, value in figures_of(one).items():
            section, series, *rest = keys
            # What the plan lacks altogether, or what could not be read, is told as that.
            exists = series in (holders if section == "spent" else allotted) and set(rest[: section == "done"]) <= {
                *files.plan.levels
            }
            if value is None or not exists or (files.id, series) in context.unprovable or remit.gives(reporter, keys):
                yield None
                continue
            told = _whose(context, files, remit, keys, reporter)
            place = Place(file_of(files, name), (*at, *below, *keys), of_key=True)
            yield _not_its_own(files, place, told, reporter, series if section == "done" else None)


def _whose(context: Context, files: PlanFiles, remit: Remit, keys: tuple[str, ...], reporter: str) -> Message:
    section, series, *rest = keys
    name = context.names.unit(reporter)
    if section == "spent":
        holder = files.budget.holders[series].name
        return M("The money of {holder} is not {name}’s to report", holder=holder, name=name)
    indicator = context.names.indicator(series).short_name
    if remit.is_rate(series):
        return M("{indicator} is a rate, which is computed and not reported", indicator=indicator)
    if rest and remit.gives(reporter, (section, series)):
        level = files.plan.levels[rest[0]].name
        return M("The plan gives {name} no {indicator}, {level}", name=name, indicator=indicator, level=level)
    return M("The plan gives {name} no {indicator}", name=name, indicator=indicator)


def _not_its_own(
    files: PlanFiles, place: Place, message: Message, reporter: str, indicator: str | None = None
) -> Finding:
    return Finding(
        rule=NOT_ITS_OWN,
        message=message,
        place=place,
        action=M("Move it to the unit whose it is, or take it out; it is not counted"),
        plan=files.id,
        indicator=indicator,
        unit=reporter,
    )


def _differing(context: Context, files: PlanFiles, one: PeriodComparison) -> Finding:
    whole = one.whole.figure
    periods = tuple(part.period.name for part in one.parts)
    return Finding(
        rule=PARTS,
        message=M(
            "{name}: {value} for {period}, {computed} for {parts}",
            name=context.names.figure(whole),
            value=Amount(whole.value),
            period=one.whole.period.name,
            computed=Amount(one.computed),
            parts=periods,
        ),
        place=whole.place,
        action=M("Compare both with what the unit sent, and correct the one that is wrong"),
        plan=files.id,
        indicator=whole.series if whole.kind is Kind.INDICATOR else None,
        unit=one.whole.reporter,
        level=whole.level if whole.kind is Kind.INDICATOR else None,
        stated=whole.value,
        computed=one.computed,
        unit_of_measure=whole.unit_of_measure,
        related=tuple(
            Related(
                M("{name}: {value}", name=part.period.label(), value=Amount(part.figure.value, whole.unit_of_measure)),
                part.figure.place,
            )
            for part in one.parts
        ),
    )


def _beyond(context: Context, files: PlanFiles, done: list[Done]) -> Outcomes:
    """Yield the first result of each figure that is far beyond its plan: alone, or with those before it."""
    planned: defaultdict[tuple[Kind, str, str, str | None], ExactNumber] = defaultdict(int)
    for (plan, kind, series), figures in context.ledger.series.items():
        for figure in figures if plan == files.id else ():
            planned[kind, series, figure.unit, figure.level] += figure.value
            if kind is Kind.INDICATOR and figure.level is not None:
                planned[kind, series, figure.unit, None] += figure.value
    given: defaultdict[tuple[Kind, str, str, str | None], list[Done]] = defaultdict(list)
    for one in done:
        given[one.figure.kind, one.figure.series, one.figure.unit, one.figure.level].append(one)
    for key, found in given.items():
        bound = FAR * max(1, planned[key])
        alone = next((one for one in found if one.figure.value >= bound), None)
        if alone is not None:
            yield _far(context, files, alone.figure, alone.figure.value, planned[key])
            continue
        last: Done | None = None
        so_far: ExactNumber = 0
        for one in counted(found) if context.names.is_summed(*key[:2]) else ():
            last, so_far = one, so_far + one.figure.value
            if so_far >= bound:
                break
        yield _far(context, files, last.figure, so_far, planned[key]) if last and so_far >= bound else None


def _far(context: Context, files: PlanFiles, figure: Figure, done: ExactNumber, planned: ExactNumber) -> Finding:
    told = {"name": context.names.figure(figure), "done": Amount(done), "planned": Amount(planned)}
    return Finding(
        rule=BEYOND,
        message=M("{name}: {done} done, {planned} planned", **told)
        if done == figure.value
        else M("{name}: {done} done so far, {planned} planned", **told),
        place=figure.place,
        action=M("Ask whether it is so: a zero too many, another unit of measure, another row"),
        plan=files.id,
        indicator=figure.series if figure.kind is Kind.INDICATOR else None,
        unit=figure.unit if figure.kind is Kind.INDICATOR else None,
        level=figure.level if figure.kind is Kind.INDICATOR else None,
        stated=planned,
        computed=done,
        unit_of_measure=figure.unit_of_measure,
    )
