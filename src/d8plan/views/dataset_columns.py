"""The tables of a dataset of many provinces, and what their columns hold."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Type(StrEnum):
    """What a column holds; the values are the types of Table Schema."""

    TEXT = "string"
    WHOLE = "integer"
    DECIMAL = "number"
    """Exact, with up to six places."""
    YES_NO = "boolean"


class DatasetColumn(NamedTuple):
    """A column of a table."""

    name: str
    type: Type
    meaning: str
    required: bool = True
    """Whether each row has a value."""


class DatasetTable(NamedTuple):
    """A table: its name, what a row of it is, and its columns."""

    name: str
    meaning: str
    columns: tuple[DatasetColumn, ...]


def _text(name: str, meaning: str, *, required: bool = True) -> DatasetColumn:
    return DatasetColumn(name, Type.TEXT, meaning, required)


def _whole(name: str, meaning: str) -> DatasetColumn:
    return DatasetColumn(name, Type.WHOLE, meaning)


def _decimal(name: str, meaning: str) -> DatasetColumn:
    return DatasetColumn(name, Type.DECIMAL, meaning)


def _selector(name: str, meaning: str) -> DatasetColumn:
    return DatasetColumn(
        name, Type.TEXT, f"Selector: {meaning}; null where the statement does not narrow by it.", False
    )


_PLAN = _text("plan", "Id of the plan.")
_LAST = _whole("last", "Last year of the plan's period; later than the partition's year for a phase.")
_FILE = _text("file", "File of the data folder, with forward slashes.")
_LINE = _whole("line", "Line of the file, from 1.")
_POINTER = _text("pointer", "Symbolic place in the plan's folder; names the statement within its province and plan.")
_MEASURE = _text("unit_of_measure", "Unit of measure; đ for money, null for a count of units.", required=False)

PLANS = DatasetTable(
    "plans",
    "Plans of a year or of a phase.",
    (
        _PLAN,
        _LAST,
        _text("title", "Title of the plan, shortened."),
        _whole("first", "First year of the plan's period, as the partition."),
        _text("phase", "Id of the phase plan that it belongs to.", required=False),
        _text("state", "draft, issued or amended."),
        _text("province_name", "Official name of the province."),
    ),
)
FIGURES = DatasetTable(
    "figures",
    "Figures of indicators and zones; an empty cell has no row, a printed 0 has one.",
    (
        _PLAN,
        _LAST,
        _text("kind", "indicator or zone."),
        _text("indicator", "Id of the indicator or zone figure."),
        _text("unit", "Id of the unit; “unallotted” for what no unit has yet."),
        _text("level", "Level that carries it out; null where the plan does not split by level.", required=False),
        _decimal("value", "The figure."),
        _MEASURE,
        DatasetColumn("adds", Type.YES_NO, "Whether it may be summed with the figures of other units and levels."),
        _FILE,
        _LINE,
    ),
)
BUDGET = DatasetTable(
    "budget",
    "Amounts of money.",
    (
        _PLAN,
        _LAST,
        _text("holder", "Who holds the amount."),
        _text("unit", "The unit that the holder is; null where it is no single unit.", required=False),
        _text("level", "Level of the holder."),
        _text("origin", "Where the money comes from."),
        _whole("amount", "Whole đồng."),
        _FILE,
        _LINE,
    ),
)
TARGETS = DatasetTable(
    "targets",
    "Targets of indicators and their totals by level, as the annex states them: what a text may repeat.",
    (
        _PLAN,
        _LAST,
        _text("indicator", "Id of the indicator."),
        _text("level", "Level; null for the target of the whole indicator.", required=False),
        _decimal("stated", "The number stated; of a bound the one that it names, of two the lower."),
        _text(
            "bound",
            "at_least, more_than, at_most, less_than, between or about; null of an exact number.",
            required=False,
        ),
        DatasetColumn("control", Type.YES_NO, "Whether it is a control total, which no document states."),
    ),
)
GROUPS = DatasetTable(
    "groups",
    "Units of the groups that plans name.",
    (_PLAN, _LAST, _text("unit_group", "Id of the group."), _text("unit", "Id of the unit.")),
)
TOTALS = DatasetTable(
    "totals",
    "Statements: every number that a document states about figures, with what it selects and how it follows.",
    (
        _PLAN,
        _LAST,
        _text("source", "rate, level, target, zone, budget or text: what states it."),
        _text("code", "Code of the rule that proves it."),
        _text("proof", "sum, count, rate or repeated: how it follows from what it selects."),
        _text("of_plan", "Plan whose figures are selected; mostly its own."),
        _text("kind", "indicator, zone, budget or group: what it selects."),
        _selector("indicator", "id of the indicator or zone figure"),
        _selector("unit_group", "id of the group whose units are counted, or alone have the figures"),
        _selector("unit", "the one unit of a rate; the units of a text are in selected_units"),
        _selector("level", "level"),
        _selector("holder", "holder of money"),
        _selector("origin", "origin of money"),
        _text("numerator", "Indicator above the line of a rate.", required=False),
        _text("denominator", "Indicator below the line of a rate.", required=False),
        _decimal("stated", "The number stated."),
        _whole("decimals", "Places after the point that a rate is rounded to; 0 of what is no rate."),
        _decimal("factor", "What the share of a rate is multiplied by, 100 for per cent; 0 of what is no rate."),
        _MEASURE,
        _FILE,
        _LINE,
        _POINTER,
    ),
)
SELECTED_UNITS = DatasetTable(
    "selected_units",
    "Units that a statement of the text selects; a statement without a row here selects all.",
    (_PLAN, _LAST, _POINTER, _text("unit", "Id of the unit.")),
)

TABLES = (PLANS, FIGURES, BUDGET, TARGETS, GROUPS, TOTALS, SELECTED_UNITS)
"""Every table, partitioned by province and by the first year of the plan."""
