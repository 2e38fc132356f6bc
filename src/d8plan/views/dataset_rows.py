"""A data folder as rows of the dataset's tables, by the first year of each plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.statements import PROVES
from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Source, Statement
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.models.registry import UnitsFile
from d8plan.models.statements import Select
from d8plan.views.dataset_columns import (
    BUDGET,
    FIGURES,
    GROUPS,
    PLANS,
    SELECTED_UNITS,
    TABLES,
    TARGETS,
    TOTALS,
)

Row = tuple[str | int | bool | None, ...]
Where = Callable[[Place], tuple[str, int]]
"""Tells the file and the line of a place."""


class Partition(NamedTuple):
    """What the plans of a province that begin in a year have in each table."""

    year: int
    rows: dict[str, list[Row]]
    """Rows by the name of the table, in its order of columns; empty where there are none."""


class Selected(NamedTuple):
    """What a statement selects, by the columns of the table of totals."""

    of_plan: str
    kind: str
    indicator: str | None = None
    unit_group: str | None = None
    unit: str | None = None
    level: str | None = None
    holder: str | None = None
    origin: str | None = None
    numerator: str | None = None
    denominator: str | None = None


def roots(units: UnitsFile | None) -> list[str]:
    """Return the units that others lie under and that lie under none: the province alone, in order."""
    known = units.units if units else {}
    parents = {unit.parent for unit in known.values()}
    return [key for key, unit in known.items() if unit.parent is None and key in parents]


def sources(dataset: Dataset, province: str) -> list[str]:
    """Return the documents that the plans of a province are, and that amended them, in the order of the plans."""
    known = dataset.documents.documents
    documents = (
        known.get(document)
        for files in dataset.plans.values()
        for document in (files.plan.document, *(amendment.document for _, amendment in files.amended_by))
    )
    named = (" ".join(word for word in (one.kind, one.number) if word) for one in documents if one)
    return [f"{_name(dataset, province)}: {name}" for name in dict.fromkeys(named)]


def _name(dataset: Dataset, province: str) -> str:
    return Names(dataset).unit_name(province)


def partitions(dataset: Dataset, ledger: Ledger, province: str, where: Where) -> list[Partition]:
    """Return the rows of a data folder by the first year of their plan; ``province`` is its root.

    A statement that cannot be proven is left out, as validate tells why in other words: what it
    speaks of is incomplete, it selects nothing, or it sums what may not be summed.
    """
    found: dict[int, Partition] = {}
    for files in dataset.plans.values():
        year = files.plan.period.first
        held = found.setdefault(year, Partition(year, {table.name: [] for table in TABLES}))
        for name, rows in _of_plan(dataset, ledger, files, province, where):
            held.rows[name] += rows
    return [found[year] for year in sorted(found)]


def _of_plan(
    dataset: Dataset, ledger: Ledger, files: PlanFiles, province: str, where: Where
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of a plan, table by table."""
    plan, head = files.plan, (files.id, files.plan.period.last)
    said = (plan.title, plan.period.first, plan.phase, str(files.state), _name(dataset, province))
    yield PLANS.name, [(*head, *said)]
    mine = [figure for figure in ledger.figures if figure.plan == files.id]
    yield FIGURES.name, [(*head, *_figure(one), *where(one.place)) for one in mine if one.kind is not Kind.BUDGET]
    yield BUDGET.name, [(*head, *_amount(one), *where(one.place)) for one in mine if one.kind is Kind.BUDGET]
    yield TARGETS.name, [(*head, *target) for target in _targets(files)]
    groups = plan.groups
    yield GROUPS.name, [(*head, key, unit) for key, group in groups.items() for unit in group.units]
    # What validate compares with what follows from the figures.
    stated = [one for one in ledger.statements if one.plan == files.id and one.may_be_summed and not one.is_empty]
    yield TOTALS.name, [(*head, *_total(dataset, files, one, where)) for one in stated]
    yield SELECTED_UNITS.name, [(*head, one.place.pointer(), unit) for one in stated for unit in _units(files, one)]


def _figure(figure: Figure) -> Row:
    said = (str(figure.kind), figure.series, figure.unit, figure.level, figure.value)
    return (*said, figure.unit_of_measure or None, figure.adds)


def _amount(figure: Figure) -> Row:
    return (figure.unit, figure.body, figure.level, figure.series, figure.value)


def _targets(files: PlanFiles) -> Iterable[Row]:
    for indicator, allocation in files.allocations.indicators.items():
        yield (indicator, None, allocation.target, False)
        for control, levels in ((False, allocation.levels), (True, allocation.control)):
            for level, stated in (levels or {}).items():
                yield (indicator, level, stated, control)


def _total(dataset: Dataset, files: PlanFiles, statement: Statement, where: Where) -> Row:
    said = (str(statement.source), PROVES[statement.source].code, _proof(statement))
    at = (*where(statement.place), statement.place.pointer())
    return (*said, *_selected(dataset, files, statement), statement.stated, statement.unit_of_measure or None, *at)


def _proof(statement: Statement) -> str:
    if statement.counted is not None:
        return "count"
    if statement.is_sum:
        return "sum"
    return "repeated" if statement.source is Source.TEXT else "rate"


def _selected(dataset: Dataset, files: PlanFiles, statement: Statement) -> Selected:
    """Return the selectors of a statement, from the record that states it."""
    match statement.source:
        case Source.ZONE:
            return Selected(files.id, str(Kind.ZONE), indicator=str(statement.place.keys[1]))
        case Source.BUDGET:
            assert files.budget is not None
            total = files.budget.totals[str(statement.place.keys[1])]
            of = Selected(files.id, str(Kind.BUDGET))
            return of._replace(level=total.level, holder=total.holder, origin=total.origin)
        case Source.TEXT:
            select = _select(files, statement)
            kind = (
                str(Kind.INDICATOR if select.indicator else Kind.ZONE) if select.indicator or select.zone else "group"
            )
            of = Selected(select.plan or files.id, kind, select.indicator or select.zone, select.group)
            return of._replace(level=select.level)
        case Source.RATE | Source.LEVEL | Source.TARGET:
            of = Selected(files.id, str(Kind.INDICATOR), statement.indicator)
            known = dataset.indicators.indicators.get(statement.indicator or "")
            if known and not statement.is_sum:
                of = of._replace(numerator=known.aggregation.numerator, denominator=known.aggregation.denominator)
            return of._replace(unit=statement.unit, level=statement.level)


def _select(files: PlanFiles, statement: Statement) -> Select:
    assert files.statements is not None
    return files.statements.values[str(statement.place.keys[1])].select


def _units(files: PlanFiles, statement: Statement) -> list[str]:
    """Return the units that a statement of the text selects; none where it does not narrow by unit."""
    return (_select(files, statement).units or []) if statement.source is Source.TEXT else []
