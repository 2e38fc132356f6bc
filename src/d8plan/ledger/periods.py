"""Periods of reporting.

A period is named as its file is: 2024-Q2, 2024-06, 2024-H1, 2024. Periods nest: a year is its halves, a half its
quarters, a quarter its months, so of two that share a day one always holds the other.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from d8plan.models.files import PlanFiles
from d8plan.text.message import M, Message

_NAME = re.compile(r"(?P<year>[0-9]{4})(-(?P<kind>[QH]?)(?P<number>[0-9]{1,2}))?")
_MONTHS = {"": 1, "Q": 3, "H": 6, None: 12}
"""Months of a period by its kind."""
_EVERY = {"month": "", "quarter": "Q", "half": "H", "year": None}
_ROMAN = ("I", "II", "III", "IV")


class ReportingPeriod(NamedTuple):
    """A period for which units report."""

    name: str
    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def holds(self, other: ReportingPeriod) -> bool:
        """Tell whether the other is a part of this one, and shorter."""
        return self.first <= other.first and other.last <= self.last and self.days > other.days

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


def parse(name: str) -> ReportingPeriod | None:
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


def _period(name: str, year: int, months: int, number: int) -> ReportingPeriod:
    last = number * months
    end = datetime.date(year, last, calendar.monthrange(year, last)[1])
    return ReportingPeriod(name, datetime.date(year, last - months + 1, 1), end)


def parts_of(period: ReportingPeriod) -> Iterator[ReportingPeriod]:
    """Yield the periods directly below one: the halves of a year, the quarters of a half, the months of a quarter."""
    kind, months = {12: ("H", 6), 6: ("Q", 3), 3: ("", 1)}.get(period.last.month - period.first.month + 1, ("", 0))
    for last in range(period.first.month + months - 1, period.last.month + 1, months) if months else ():
        number = last // months
        shown = f"{kind}{number}" if kind else f"{number:02d}"
        yield _period(f"{period.name[:4]}-{shown}", period.first.year, months, number)


def is_reported(period: ReportingPeriod, reported: Set[str]) -> bool:
    """Tell whether a period is among those that were ``reported``, or all its parts are."""
    if period.name in reported:
        return True
    parts = list(parts_of(period))
    return bool(parts) and all(is_reported(part, reported) for part in parts)


def period_in(files: PlanFiles, name: str) -> ReportingPeriod | None:
    """Return the period of a name, one in the plan's years; None where it is none."""
    found = parse(name)
    within = found and files.plan.period.first <= found.first.year <= files.plan.period.last
    return found if within else None


def schedule(files: PlanFiles) -> Iterator[ReportingPeriod]:
    """Yield the periods for which a plan's results are reported, in order: quarters unless plan.yaml says otherwise."""
    kind = _EVERY[files.plan.reporting.every if files.plan.reporting else "quarter"]
    months = _MONTHS[kind]
    for year in range(files.plan.period.first, files.plan.period.last + 1):
        for number in range(1, 12 // months + 1):
            shown = f"{number:02d}" if months == 1 else str(number)
            yield _period(str(year) if kind is None else f"{year}-{kind}{shown}", year, months, number)


def due(files: PlanFiles, period: ReportingPeriod) -> datetime.date:
    """Return the day on which the reports of a period are due."""
    return period.last + datetime.timedelta(days=files.plan.reporting.days if files.plan.reporting else 0)
