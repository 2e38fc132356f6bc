"""Periods of reporting, and the results that units reported, as figures.

A period is named as its file is: 2024-Q2, 2024-06, 2024-H1, 2024.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from d8plan.findings import Place
from d8plan.ledger import Figure, Kind
from d8plan.message import M, Message
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.results import UnitReport

FOLDER = "results"
_NAME = re.compile(r"(?P<year>[0-9]{4})(-(?P<kind>[QH]?)(?P<number>[0-9]{1,2}))?")
_MONTHS = {"": 1, "Q": 3, "H": 6, None: 12}
"""Months of a period by its kind."""
_EVERY = {"month": "", "quarter": "Q", "half": "H", "year": None}
_ROMAN = ("I", "II", "III", "IV")


class Period(NamedTuple):
    """A period for which units report."""

    name: str
    first: datetime.date
    last: datetime.date

    def overlaps(self, other: Period) -> bool:
        """Tell whether both have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def label(self) -> Message:
        """Return what people call it: quý II năm 2024."""
        found = _NAME.fullmatch(self.name)
        assert found is not None
        number, year = int(found["number"] or 1), self.first.year
        match found["kind"]:
            case "Q":
                return M("quarter {number} of {year}", number=_ROMAN[number - 1], year=year)
            case "H":
                return M("first half of {year}", year=year) if number == 1 else M("second half of {year}", year=year)
            case "":
                return M("month {month} of {year}", month=f"{number:02d}", year=year)
            case _:
                return M("year {year}", year=year)


class Done(NamedTuple):
    """A figure that a unit reported."""

    period: Period
    as_of: datetime.date
    figure: Figure
    """What was done: of an indicator, or of money by origin and holder. Its number says nothing."""
    reporter: str
    """The unit, or office, that reported it."""


def parse(name: str) -> Period | None:
    """Return the period of a name; None where it is none."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    year, months = int(found["year"]), _MONTHS[found["kind"]]
    number = int(found["number"] or 1)
    if not 1 <= year < datetime.MAXYEAR or not 1 <= number <= 12 // months:
        return None
    if found["number"] and found["number"] != (f"{number:02d}" if months == 1 else str(number)):
        return None
    return _period(name, year, months, number)


def _period(name: str, year: int, months: int, number: int) -> Period:
    last = number * months
    end = datetime.date(year, last, calendar.monthrange(year, last)[1])
    return Period(name, datetime.date(year, last - months + 1, 1), end)


def schedule(files: PlanFiles) -> Iterator[Period]:
    """Yield the periods for which a plan's results are reported, in order: quarters unless plan.yaml says otherwise."""
    kind = _EVERY[files.plan.reporting.every if files.plan.reporting else "quarter"]
    months = _MONTHS[kind]
    for year in range(files.plan.period.first, files.plan.period.last + 1):
        for number in range(1, 12 // months + 1):
            shown = f"{number:02d}" if months == 1 else str(number)
            yield _period(str(year) if kind is None else f"{year}-{kind}{shown}", year, months, number)


def due(files: PlanFiles, period: Period) -> datetime.date:
    """Return the day on which the reports of a period are due."""
    return period.last + datetime.timedelta(days=files.plan.reporting.days if files.plan.reporting else 0)


def reporters(dataset: Dataset, files: PlanFiles) -> list[str]:
    """Return who reports: the plan's units in official order, then offices that hold money."""
    units = sorted(files.plan.units, key=lambda unit: files.plan.units[unit].number)
    holders = files.budget.holders.values() if files.budget else ()
    return list(dict.fromkeys([*units, *(holder.unit for holder in holders if holder.unit)]))


def holders_of(files: PlanFiles, reporter: str) -> list[str]:
    """Return the holders whose money a unit reports on: its own, else those that are no single unit."""
    holders = files.budget.holders if files.budget else {}
    own = [key for key, holder in holders.items() if holder.unit == reporter]
    return own or [key for key, holder in holders.items() if holder.unit is None]


def file_of(files: PlanFiles, period: str) -> str:
    """Return the file of a period's reports, relative to the data folder."""
    return files.file(f"{FOLDER}/{period}.yaml")


def results(dataset: Dataset, files: PlanFiles) -> list[Done]:
    """Return every figure that was reported of a plan, in the order of its periods."""
    found: list[Done] = []
    periods = [(period, held) for name, held in files.results.items() if (period := parse(name)) is not None]
    for period, held in sorted(periods, key=lambda one: (one[0].first, one[0].last)):
        for reporter, report in held.reports.items():
            found += _done(dataset, files, period, reporter, report)
    return found


def _done(dataset: Dataset, files: PlanFiles, period: Period, reporter: str, report: UnitReport) -> Iterator[Done]:
    file = file_of(files, period.name)
    known = dataset.indicators.indicators if dataset.indicators else {}
    for indicator, given in (report.done or {}).items():
        adds = indicator not in known or known[indicator].aggregation.units == "sum"
        allocation = files.allocations.indicators.get(indicator) if files.allocations else None
        measure = (allocation and allocation.unit_of_measure) or (
            known[indicator].unit_of_measure if indicator in known else ""
        )
        for level, value in given.items() if isinstance(given, dict) else [(None, given)]:
            if value is not None:
                keys = ("reports", reporter, "done", indicator, *([level] if level else []))
                figure = Figure(
                    -1, Kind.INDICATOR, files.id, indicator, reporter, level, value, measure, Place(file, keys), adds
                )
                yield Done(period, report.as_of, figure, reporter)
    for holder, origins in (report.spent or {}).items():
        level = files.budget.holders[holder].level if files.budget and holder in files.budget.holders else None
        for origin, amount in origins.items():
            place = Place(file, ("reports", reporter, "spent", holder, origin))
            figure = Figure(-1, Kind.BUDGET, files.id, origin, holder, level, amount, "đ", place)
            yield Done(period, report.as_of, figure, reporter)
