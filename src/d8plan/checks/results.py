"""What units report can be set beside the plan (T)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.findings import Finding, Place, Rule, Severity
from d8plan.ledger import is_split
from d8plan.message import M, Message
from d8plan.models.base import Allotment
from d8plan.models.files import PlanFiles
from d8plan.models.results import UnitReport
from d8plan.reporting import Period, file_of, parse

PERIOD = Rule("T001", "result-period", M("file of results that is named after no period of the plan"))
"""Each file of results/ is named after a period in the plan's years: 2024-Q2, 2024-06, 2024-H1 or 2024.

Why: the name tells for which time the numbers are; those of no period, or of another year, count for nothing.

Mend: give the file the name of its period, or move it to the plan of that year.
"""
OVERLAP = Rule("T002", "result-overlap", M("unit that reports the same days twice"))
"""The periods for which a unit reports have no day in common.

Why: what was done in a quarter is part of the half year too. Adding both counts it twice.

Mend: report by quarters or by half years. Take out the report that repeats the other.
"""
DATES = Rule("T003", "result-dates", M("report with dates that cannot be"), Severity.WARNING)
"""A report tells of days in or after its period, and came in no earlier than that.

Why: the as-of date often differs from the period's end, but numbers of a time before the period are of another one.

Mend: correct `as_of` or `received`, or move the report to the file of its period.
"""
SPLIT = Rule("T004", "result-split", M("result that is not split as the plan is"))
"""A result is split by level where the plan splits the indicator, and is one number where it does not.

Why: without its level a result cannot be set beside the target of one.

Mend: write the result as the unit's line in allocations.yaml is written.
"""


def check(context: Context) -> Result:
    """Check every report of every plan."""
    return collect(_outcomes(context))


def _outcomes(context: Context) -> Outcomes:
    for files in context.dataset.plans.values():
        periods: defaultdict[str, list[Period]] = defaultdict(list)
        for name, held in files.results.items():
            period = parse(name)
            within = period is not None and files.plan.period.first <= period.first.year <= files.plan.period.last
            yield None if within else _misnamed(files, name)
            for reporter, report in held.reports.items():
                if period is not None and within:
                    periods[reporter].append(period)
                    yield from _dates(files, period, reporter, report)
                yield from _splits(context, files, name, reporter, report)
        for reporter, reported in periods.items():
            for first, second in itertools.combinations(sorted(reported, key=lambda one: (one.first, one.last)), 2):
                yield _overlap(files, reporter, first, second) if first.overlaps(second) else None


def _misnamed(files: PlanFiles, name: str) -> Finding:
    return Finding(
        rule=PERIOD,
        message=M("“{name}” is no period of plan {plan}", name=name, plan=files.id),
        place=Place(file_of(files, name)),
        action=M("Name it after its period, such as {example}", example=f"{files.plan.period.first}-Q1.yaml"),
        plan=files.id,
    )


def _overlap(files: PlanFiles, reporter: str, first: Period, second: Period) -> Finding:
    return Finding(
        rule=OVERLAP,
        message=M("“{unit}” reports for {first} and for {second}", unit=reporter, first=first.name, second=second.name),
        place=Place(file_of(files, second.name), ("reports", reporter), of_key=True),
        action=M("Take out the report that repeats the other"),
        plan=files.id,
        unit=reporter,
    )


def _dates(files: PlanFiles, period: Period, reporter: str, report: UnitReport) -> Iterator[Finding | None]:
    wrong: tuple[Message, str] | None = None
    if report.as_of < period.first:
        wrong = M("As of {date}, before the period begins", date=report.as_of), "as_of"
    elif report.received < report.as_of:
        wrong = M("Received on {date}, before the day that it tells of", date=report.received), "received"
    yield (
        Finding(
            rule=DATES,
            message=wrong[0],
            place=Place(file_of(files, period.name), ("reports", reporter, wrong[1])),
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
    allocations = files.allocations.indicators if files.allocations else {}
    for indicator, given in (report.done or {}).items():
        if indicator not in allocations or (files.id, indicator) in context.unprovable:
            continue
        split = is_split(allocations[indicator])
        yield (
            None
            if given is None or isinstance(given, dict) == split
            else _mixed(files, name, reporter, indicator, given)
        )


def _mixed(files: PlanFiles, name: str, reporter: str, indicator: str, given: Allotment) -> Finding:
    by_level = isinstance(given, dict)
    return Finding(
        rule=SPLIT,
        message=M("The result is split by level, the plan is not")
        if by_level
        else M("The plan is split by level, the result is not"),
        place=Place(file_of(files, name), ("reports", reporter, "done", indicator), of_key=True),
        action=M("Write it as the unit’s line in allocations.yaml is written"),
        plan=files.id,
        indicator=indicator,
        unit=reporter,
    )
