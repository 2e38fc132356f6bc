"""Every figure, total and row of the shipped data is proven: a change of one is told as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from faults_made import (
    BUDGET,
    PHASE,
    STATEMENTS,
    TODAY,
    YEAR,
    at,
    only,
    words,
)
from support import DATA, beyond_known, new_findings, replace_once, unsealed

from d8plan.checks import Report, run
from d8plan.models.files import PER_PLAN, Dataset
from d8plan.models.findings import Finding
from d8plan.storage.data.loader import load
from d8plan.storage.data.salvage import validate

# --- Every figure is proven: a change of one is found, and told as what it is.


class Change(NamedTuple):
    file: str
    keys: tuple[str, ...]
    by: int


LOADED = load(DATA)


def numbers(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield every whole number below a place, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, (*keys, key))
    elif isinstance(value, int):
        yield keys, value


def changes(file: str, wanted: Callable[[tuple[str, ...]], bool]) -> Iterator[Change]:
    for keys, value in numbers(LOADED.sources[file].data, ()):
        if wanted(keys):
            yield Change(file, keys, 1)
            if value > 0:
                yield Change(file, keys, -1)


def changed(value: Any, keys: tuple[str, ...], by: int) -> Any:
    if not keys:
        return value + by
    return {**value, keys[0]: changed(value[keys[0]], keys[1:], by)}


def run_changed(change: Change) -> Report:
    """Make all checks with one number changed; only its file is validated again."""
    _, plan, name = change.file.split("/")
    valid, faults = validate(PER_PLAN[name], changed(LOADED.sources[change.file].data, change.keys, change.by))
    assert valid is not None, faults
    replaced: dict[str, Any] = {name.removesuffix(".yaml"): valid}
    files = LOADED.dataset.plans[plan]._replace(**replaced)
    dataset: Dataset = LOADED.dataset._replace(plans={**LOADED.dataset.plans, plan: files})
    return run(unsealed(dataset), TODAY)


def sole(change: Change) -> tuple[Finding, Report]:
    report = run_changed(change)
    found = beyond_known(report.findings)
    assert len(found) == 1, (change, [(f.rule.code, f.place, f.message) for f in found])
    finding = found[0]
    assert finding.plan == change.file.split("/")[1], change
    return finding, report


def suspects(finding: Finding, report: Report) -> set[tuple[str, tuple[str | int, ...]]]:
    """Return the figures summed by the finding's total."""
    places = [report.ledger.cells[number].place for number in finding.parts]
    return {(place.file, place.keys) for place in places}


@pytest.mark.parametrize("folder", [PHASE, YEAR])
def test_every_figure_changed_by_one_is_told_as_itself(folder: str) -> None:
    file = f"{folder}/allocations.yaml"
    found = 0
    for change in changes(file, lambda keys: keys[0] == "indicators" and keys[2:3] == ("units",)):
        finding, report = sole(change)
        assert finding.rule.code in ("A001", "A002", "S001"), change
        assert finding.indicator == change.keys[1], change
        assert finding.level == (change.keys[4] if len(change.keys) > 4 else None), change
        assert (file, change.keys) in suspects(finding, report), change
        assert finding.difference == change.by, change
        found += 1
    assert found > 250


@pytest.mark.parametrize("folder", [PHASE, YEAR])
def test_every_total_of_an_annex_changed_by_one_is_told_as_itself(folder: str) -> None:
    file = f"{folder}/allocations.yaml"
    for change in changes(file, lambda keys: keys[0] == "indicators" and keys[2] in ("target", "levels", "control")):
        finding, _ = sole(change)
        assert finding.rule.code == ("A002" if change.keys[2] == "target" else "A001"), change
        assert (finding.place.file, finding.place.keys) == (file, change.keys)
        assert finding.difference == -change.by, change


@pytest.mark.parametrize("folder", [PHASE, YEAR])
def test_every_zone_figure_changed_by_one_is_told(folder: str) -> None:
    file = f"{folder}/plan.yaml"
    found = 0
    for change in changes(file, lambda keys: keys[0] == "units" and keys[2:3] == ("zone",)):
        finding, report = sole(change)
        assert finding.rule.code == "Z001", change
        assert finding.place.keys[:2] in (("zone", change.keys[3]), change.keys[:2]), change
        assert (file, change.keys) in suspects(finding, report), change
        assert finding.difference == change.by, change
        found += 1
    assert found == 2 * 2 * 9


@pytest.mark.parametrize("folder", [PHASE, YEAR])
def test_every_zone_total_changed_by_one_is_told(folder: str) -> None:
    file = f"{folder}/plan.yaml"
    found = [sole(change)[0] for change in changes(file, lambda keys: keys[0] == "zone" and keys[2:] == ("total",))]
    assert [finding.place.keys for finding in found] == [
        ("zone", zone, "total") for zone in ("communes", "villages") for _ in "+-"
    ]


def test_every_budget_amount_changed_by_one_is_told_as_itself() -> None:
    """Each amount is in the total of its holder and in the total of its origin: together they name it."""
    found = 0
    for change in changes(BUDGET, lambda keys: keys[0] == "holders" and keys[-1] == "amount"):
        finding, report = sole(change)
        assert finding.rule.code in ("B001", "X003"), change
        assert (finding.place.file, finding.place.keys) == (BUDGET, change.keys), change
        assert finding.level == at(LOADED.sources[BUDGET].data, ("holders", change.keys[1], "level")), change
        assert (BUDGET, change.keys) in suspects(finding, report), change
        found += 1
    assert found == 2 * 6


def test_every_budget_total_changed_by_one_is_told_as_itself() -> None:
    for change in changes(BUDGET, lambda keys: keys[0] == "totals" and keys[-1] == "amount"):
        finding, _ = sole(change)
        assert finding.rule.code == ("X003" if change.keys[1] == "province-granted" else "B001"), change
        assert finding.place.keys == change.keys, change


def test_every_number_of_the_text_changed_by_one_is_told_as_itself() -> None:
    for change in changes(STATEMENTS, lambda keys: keys[0] == "values" and keys[-1] == "value"):
        finding, _ = sole(change)
        assert finding.rule.code == "S001", change
        assert finding.place.keys == change.keys, change
        assert finding.difference == -change.by, change


def rows(folder: str) -> Iterator[tuple[str, str, int, str]]:
    """Yield the indicator, unit, 1-based line and text of every unit's row of a plan."""
    file = f"{folder}/allocations.yaml"
    source = LOADED.sources[file]
    lines = source.lines
    indicators: Any = at(source.data, ("indicators",))
    for indicator, allocation in indicators.items():
        for unit in allocation["units"]:
            line = source.locate(("indicators", indicator, "units", unit), of_key=True).line
            yield indicator, unit, line, lines[line - 1]


def write_lines(folder: Path, file: str, lines: list[str]) -> None:
    (folder / file).write_text("\n".join(lines), encoding="utf-8", newline="")


SAMPLE = [(folder, *row) for folder in (PHASE, YEAR) for row in list(rows(folder))[::7]]
rows_sampled = pytest.mark.parametrize(
    ("folder", "indicator", "unit", "line", "text"), SAMPLE, ids=[f"{row[0][6:]}-{row[1]}-{row[2]}" for row in SAMPLE]
)


@rows_sampled
def test_a_dropped_row(folder: str, indicator: str, unit: str, line: int, text: str, data: Path) -> None:
    file = f"{folder}/allocations.yaml"
    lines = LOADED.sources[file].lines
    write_lines(data, file, [*lines[: line - 1], *lines[line:]])
    found, finding = only(data)
    heading = LOADED.sources[file].locate(("indicators", indicator, "units"), of_key=True)
    assert found == ("R020", file, heading.line, 5)
    assert (finding.indicator, finding.unit) == (indicator, unit)
    assert f"{unit}: null" in words(finding.action)


@rows_sampled
def test_a_doubled_row(folder: str, indicator: str, unit: str, line: int, text: str, data: Path) -> None:
    file = f"{folder}/allocations.yaml"
    lines = LOADED.sources[file].lines
    write_lines(data, file, [*lines[:line], text, *lines[line:]])
    found, finding = only(data)
    assert found == ("Y003", file, line + 1, 7)
    assert str(line) in words(finding.message)


@rows_sampled
def test_a_misspelt_unit(folder: str, indicator: str, unit: str, line: int, text: str, data: Path) -> None:
    file = f"{folder}/allocations.yaml"
    lines = LOADED.sources[file].lines
    misspelt = unit[:3] + unit[4:]
    write_lines(data, file, [*lines[: line - 1], text.replace(unit, misspelt), *lines[line:]])
    found, finding = only(data)
    assert found == ("R001", file, line, 7)
    assert f"“{unit}”" in words(finding.action)


@rows_sampled
def test_a_misspelt_level(folder: str, indicator: str, unit: str, line: int, text: str, data: Path) -> None:
    if "district:" not in text:
        pytest.skip("not split by level")
    file = f"{folder}/allocations.yaml"
    lines = LOADED.sources[file].lines
    write_lines(data, file, [*lines[: line - 1], text.replace("district:", "districts:"), *lines[line:]])
    found, finding = only(data)
    assert found == ("R003", file, line, text.index("district:") + 1)
    assert "“district”" in words(finding.action)


EVERY_INDICATOR = [
    (folder, indicator)
    for folder in (PHASE, YEAR)
    for indicator in at(LOADED.sources[f"{folder}/allocations.yaml"].data, ("indicators",))
]


@pytest.mark.parametrize(("folder", "indicator"), EVERY_INDICATOR)
def test_a_misspelt_indicator(folder: str, indicator: str, data: Path) -> None:
    file = f"{folder}/allocations.yaml"
    line = replace_once(data / file, f"  {indicator}:\n", f"  {indicator[:2]}{indicator[3:]}:\n")
    found, finding = only(data)
    assert found == ("R002", file, line, 3)
    assert f"“{indicator}”" in words(finding.action)


@pytest.mark.parametrize(("folder", "indicator"), EVERY_INDICATOR)
def test_a_dropped_indicator_is_noticed(folder: str, indicator: str, data: Path) -> None:
    """Its column stands in annex.yaml: without its figures the plan must not be told as proven."""
    file = f"{folder}/allocations.yaml"
    source = LOADED.sources[file]
    starts = [source.locate(("indicators", key), of_key=True).line for key in at(source.data, ("indicators",))]
    first = source.locate(("indicators", indicator), of_key=True).line
    lines = source.lines
    after = next((start for start in starts if start > first), len(lines) + 1)
    write_lines(data, file, [*lines[: first - 1], *lines[after - 1 :]])
    _, findings = new_findings(data)
    assert findings
    assert {finding.indicator for finding in findings} == {indicator}
