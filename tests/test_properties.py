"""Properties of the sums, over made-up plans: what holds for any figures."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support import plan_files

from d8plan.checks import Report, run
from d8plan.ledger.figures import Kind, total
from d8plan.models.allocations import AllocationsFile
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Severity
from d8plan.models.plan import Plan
from d8plan.models.registry import DocumentsFile, IndicatorsFile, UnitsFile
from d8plan.storage.data.salvage import validate

TODAY = datetime.date(2026, 11, 23)
LEVELS = ("province", "district")
figures = st.lists(st.tuples(*(st.none() | st.integers(0, 10_000) for _ in LEVELS)), min_size=1, max_size=12)


def made(record: Any, data: object) -> Any:
    """Return a record from plain data that must be valid."""
    valid, faults = validate(record, data)
    assert not faults, [(fault.path, fault.type) for fault in faults]
    return valid


def dataset(rows: list[tuple[int | None, ...]], change: tuple[str, int] | None = None) -> Dataset:
    """Return a made-up province with one split indicator; ``change`` shifts one stated total."""
    units = [f"unit-{number}" for number in range(len(rows))]
    totals = {level: sum(row[index] or 0 for row in rows) for index, level in enumerate(LEVELS)}
    stated = {**totals, "target": sum(totals.values())}
    if change:
        stated[change[0]] += change[1]
    source = {"document": "plan", "lines": [1]}
    plan = made(
        Plan,
        {
            "title": "Plan",
            "document": "plan",
            "period": {"first": 2030, "last": 2030},
            "levels": {level: {"name": level} for level in LEVELS},
            "units": {unit: {"number": number, "zone": {"area": 1}} for number, unit in enumerate(units)},
            "zone": {"area": {"name": "area", "unit_of_measure": "xã", "total": len(rows), "source": source}},
        },
    )
    allocations = made(
        AllocationsFile,
        {
            "source": {"document": "plan", "target": 1, "levels": 2},
            "indicators": {
                "teams": {
                    "target": stated["target"],
                    "levels": {level: stated[level] for level in LEVELS},
                    "units": {unit: dict(zip(LEVELS, row, strict=True)) for unit, row in zip(units, rows, strict=True)},
                }
            },
        },
    )
    described = {unit: {"name": unit, "kind": "commune", "order": 1} for unit in units}
    indicator = {
        "name": "x",
        "short_name": "x",
        "unit_of_measure": "tổ",
        "content": "c",
        "order": 1,
        "aggregation": {"units": "sum", "years": "sum"},
    }
    content = {"number": "1", "name": "x", "lines": [1]}
    return Dataset(
        units=made(UnitsFile, {"kinds": {"commune": {"name": "xã"}}, "units": described}),
        documents=made(DocumentsFile, {"documents": {"plan": {"kind": "Kế hoạch"}}}),
        indicators=made(IndicatorsFile, {"contents": {"c": content}, "indicators": {"teams": indicator}}),
        plans={"2030": plan_files("2030", plan, allocations)},
        unread_exceptions=frozenset(),
        seal=None,
        broken=frozenset(),
    )


def told(report: Report) -> list[Finding]:
    """Return the findings but for coincidences, which random numbers have too."""
    return [finding for finding in report.findings if finding.severity is not Severity.INFO]


@given(figures)
def test_a_plan_whose_totals_are_the_sums_has_no_finding(rows: list[tuple[int | None, ...]]) -> None:
    report = run(dataset(rows), TODAY)
    assert told(report) == []
    allotted = report.ledger.of("2030", Kind.INDICATOR, "teams")
    assert total(allotted) == sum(value or 0 for row in rows for value in row)
    # Nothing allotted is no figure; a 0 is one.
    assert len(allotted) == sum(value is not None for row in rows for value in row)


@given(figures, st.sampled_from(["province", "district", "target"]), st.integers(1, 10_000))
def test_a_total_off_by_any_amount_is_one_finding_with_that_difference(
    rows: list[tuple[int | None, ...]], which: str, shift: int
) -> None:
    report = run(dataset(rows, (which, shift)), TODAY)
    (finding,) = told(report)
    assert finding.difference == -shift
    assert finding.indicator == "teams"
    assert finding.level == (None if which == "target" else which)
    assert finding.place.keys[-1] == which


@given(figures)
def test_levels_partition_the_whole(rows: list[tuple[int | None, ...]]) -> None:
    ledger = run(dataset(rows), TODAY).ledger
    by_level = [total(ledger.of("2030", Kind.INDICATOR, "teams", level=level)) for level in LEVELS]
    by_unit = [
        total(ledger.of("2030", Kind.INDICATOR, "teams", units=[f"unit-{number}"])) for number in range(len(rows))
    ]
    assert sum(by_level) == sum(by_unit) == total(ledger.of("2030", Kind.INDICATOR, "teams"))
