"""Fields above the table of a form: their names, and what is typed beside them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from d8plan.ledger.periods import ReportingPeriod, parse
from d8plan.models.files import PlanFiles
from d8plan.sheets.book import printed
from d8plan.sheets.forms.form_rows import AS_OF, BY, NOTE, PERIOD, UNIT
from d8plan.sheets.reading.expected import bare
from d8plan.text.cells import Grid, Holds, Raw
from d8plan.text.message import Message
from d8plan.text.names import unshowable

_DATE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})|(?P<iso>\d{4}-\d{2}-\d{2})")


class FormField(NamedTuple):
    """What stands beside a field's name."""

    at: tuple[int, int]
    raw: Raw | None


def fields_of(grid: Grid) -> dict[Message, FormField]:
    """Return the fields of a sheet by their name: what stands in the next filled cell of the row."""
    names = {bare(printed(name)): name for name in (UNIT, PERIOD, AS_OF, BY, NOTE)}
    found: dict[Message, FormField] = {}
    for (row, column), raw in sorted(grid.cells.items()):
        name = names.get(bare(str(raw.value))) if raw.holds is Holds.TEXT else None
        if name is not None and name not in found:
            beside = sorted(at for at in grid.cells if at[0] == row and at[1] > column)
            found[name] = FormField(beside[0], grid.cells[beside[0]]) if beside else FormField((row, column), None)
    return found


def date_of(raw: Raw) -> datetime.date | None:
    """Return a date, typed as one or as day, month and year."""
    if isinstance(raw.value, datetime.datetime):
        return raw.value.date()
    if isinstance(raw.value, datetime.date):
        return raw.value
    found = _DATE.fullmatch(str(raw.value).strip()) if raw.holds is Holds.TEXT else None
    try:
        if found and found["iso"]:
            return datetime.date.fromisoformat(found["iso"])
        return datetime.date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def said(field: FormField | None) -> str | None:
    """Return the text of a field on one line, without what cannot be seen, which comes along when one copies."""
    value = field.raw.value if field and field.raw else None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str("" if value is None else value)
    return "".join(char for char in " ".join(text.split()) if not unshowable(char)) or None


def periods_of(files: PlanFiles) -> Iterator[ReportingPeriod]:
    """Yield every period in a plan's years, of whatever length."""
    kinds = ["", "-H1", "-H2", *(f"-Q{number}" for number in range(1, 5)), *(f"-{month:02d}" for month in range(1, 13))]
    for year in range(files.plan.period.first, files.plan.period.last + 1):
        for kind in kinds:
            if (period := parse(f"{year}{kind}")) is not None:
                yield period
