"""A data folder as rows of the dataset's tables, by the first year of each plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.statements import PROVES
from d8plan.ledger.figures import Figure, Kind, Rounding
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Source, Statement
from d8plan.models.bounds import bound_of
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber
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

DatasetRow = tuple[str | ExactNumber | bool | None, ...]
FileAndLine = Callable[[Place], tuple[str, int]]
"""Tells the file and the line of a place."""


class Partition(NamedTuple):
    """What the plans of a province that begin in a year have in each table."""

    year: int
    rows: dict[str, list[DatasetRow]]
    """Rows by the name of the table, in its order of columns; empty where there are none."""


def roots(dataset: Dataset) -> list[str]:
    """Return the units that others lie under and that lie under none: the province alone, in order."""
    units = dataset.units.units
    parents = {unit.parent for unit in units.values()}
    return [key for key, unit in units.items() if unit.parent is None and key in parents]


def sources(dataset: Dataset, province: str) -> list[str]:
    """Return the documents that the plans of a province are, and that amended them, in the order of the plans."""
    names = Names(dataset)
    documents = (
        names.document(document)
        for files in dataset.plans.values()
        for document in (files.plan.document, *(amendment.document for _, amendment in files.amended_by))
    )
    cited = (" ".join(word for word in (document.kind, document.number) if word) for document in documents if document)
    return [f"{names.unit_name(province)}: {document}" for document in dict.fromkeys(cited)]


def partitions(dataset: Dataset, ledger: Ledger, province: str, where: FileAndLine) -> list[Partition]:
    """Return the rows of a data folder by the first year of their plan; ``province`` is its root.

    A statement that cannot be proven is left out, as validate tells why in other words: what it
    speaks of is incomplete, it selects nothing, or it sums what may not be summed.
    """
    by_year: dict[int, Partition] = {}
    for files in dataset.plans.values():
        year = files.plan.period.first
        partition = by_year.setdefault(year, Partition(year, {table.name: [] for table in TABLES}))
        for table, rows in _of_plan(Names(dataset), ledger, files, province, where):
            partition.rows[table] += rows
    return [by_year[year] for year in sorted(by_year)]


def _of_plan(
    names: Names, ledger: Ledger, files: PlanFiles, province: str, where: FileAndLine
) -> Iterator[tuple[str, list[DatasetRow]]]:
    """Yield the rows of a plan, table by table."""
    plan, head = files.plan, (files.id, files.plan.period.last)
    described = (plan.title, plan.period.first, plan.phase, str(files.state), names.unit_name(province))
    yield PLANS.name, [(*head, *described)]
    figures = [figure for figure in ledger.figures if figure.plan == files.id]
    money = [figure for figure in figures if figure.kind is Kind.BUDGET]
    counts = [figure for figure in figures if figure.kind is not Kind.BUDGET]
    yield FIGURES.name, [(*head, *_figure(figure), *where(figure.place)) for figure in counts]
    yield BUDGET.name, [(*head, *_amount(figure), *where(figure.place)) for figure in money]
    yield TARGETS.name, [(*head, *target) for target in _targets(files)]
    yield GROUPS.name, [(*head, key, unit) for key, group in plan.groups.items() for unit in group.units]
    # What validate compares with what follows from the figures.
    stated = [
        statement
        for statement in ledger.statements
        if statement.plan == files.id and statement.may_be_summed and not statement.is_empty and statement.bound is None
    ]
    yield TOTALS.name, [(*head, *_total(names, statement, where)) for statement in stated]
    texts = [statement for statement in stated if statement.source is Source.TEXT]
    yield (
        SELECTED_UNITS.name,
        [(*head, text.place.pointer(), unit) for text in texts for unit in text.selector.units or ()],
    )


def _figure(figure: Figure) -> DatasetRow:
    coordinates = (str(figure.kind), figure.series, figure.unit, figure.level)
    return (*coordinates, figure.value, figure.unit_of_measure or None, figure.adds)


def _amount(figure: Figure) -> DatasetRow:
    return (figure.unit, figure.body, figure.level, figure.series, figure.value)


def _targets(files: PlanFiles) -> Iterable[DatasetRow]:
    for indicator, allocation in files.allocations.indicators.items():
        bound = bound_of(allocation.target)
        yield (indicator, None, allocation.amount, bound.kind if bound else None, False)
        for is_control, levels in ((False, allocation.levels), (True, allocation.control)):
            for level, stated in levels.items():
                yield (indicator, level, stated, None, is_control)


def _total(names: Names, statement: Statement, where: FileAndLine) -> DatasetRow:
    proof = (str(statement.source), PROVES[statement.source].code, _proof(statement))
    at = (*where(statement.place), statement.place.pointer())
    how = names.rounding(statement.indicator or "") if proof[-1] == "rate" else Rounding(0, 0)
    return (*proof, *_selected(names, statement), statement.stated, *how, statement.unit_of_measure or None, *at)


def _proof(statement: Statement) -> str:
    if statement.counted is not None:
        return "count"
    if statement.is_sum:
        return "sum"
    return "repeated" if statement.source is Source.TEXT else "rate"


def _selected(names: Names, statement: Statement) -> DatasetRow:
    """Return what a statement selects, by the columns of the table of totals from of_plan on."""
    selector = statement.selector
    of_money = selector.kind is Kind.BUDGET
    rate = None
    if statement.source in (Source.RATE, Source.LEVEL, Source.TARGET) and not statement.is_sum:
        rate = names.rate(selector.series or "")
    return (
        selector.plan,
        str(selector.kind or "group"),
        None if of_money else selector.series,
        selector.group,
        selector.units[0] if selector.units and statement.source is Source.RATE else None,
        selector.level,
        selector.units[0] if selector.units and of_money else None,
        selector.series if of_money else None,
        *(rate or (None, None)),
    )
