"""Numbers with decimals are exact from the data files to every output and back."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import hand_edited as hand
import pytest
from filled_forms import fill
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import DATA, TODAY, UNITS, copy_draft, d8plan, replace_once

from d8plan.app.workbooks import figures_of
from d8plan.checks import run
from d8plan.edits.apportion import Bounds, apportion
from d8plan.ledger.figures import Rounding, percent
from d8plan.sheets.reading import read
from d8plan.storage.data.loader import load
from d8plan.storage.excel.parse import parse
from d8plan.text.exact import plain
from d8plan.text.language import language
from d8plan.text.numbers import Measure, read_text

ALLOCATIONS = "plans/2024/allocations.yaml"
TEAMS = "communication-teams"
LEVELS = ("province", "district")
SLOW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def written(count: int, places: int) -> str:
    """Return so many of the smallest parts as YAML has them: 5.25 of 525 hundredths."""
    digits = str(count).zfill(places + 1)
    return digits if not places else f"{digits[:-places]}.{digits[-places:]}"


class Figures:
    """Decimals of an indicator that was split by level, a line a unit, and what they come to."""

    def __init__(self, decimals: int, counts: list[tuple[int, int]]) -> None:
        self.decimals = decimals
        self.lines = dict(zip(UNITS, counts, strict=True))

    def text(self, unit: str, level: str) -> str:
        return written(self.lines[unit][LEVELS.index(level)], self.decimals)

    def total(self, *levels: str) -> str:
        chosen = [LEVELS.index(level) for level in levels or LEVELS]
        return written(sum(line[at] for line in self.lines.values() for at in chosen), self.decimals)

    def put(self, folder: Path) -> Path:
        """Write them into the plan of 2024 instead of its teams."""
        declare(folder, self.decimals)
        path = folder / ALLOCATIONS
        text = path.read_text(encoding="utf-8")
        start, end = text.index(f"  {TEAMS}:\n"), text.index("\n  savings-groups:")
        rows = "".join(
            f"      {unit}: {{{', '.join(f'{level}: {self.text(unit, level)}' for level in LEVELS)}}}\n"
            for unit in UNITS
        )
        levels = ", ".join(f"{level}: {self.total(level)}" for level in LEVELS)
        made = f"  {TEAMS}:\n    target: {self.total()}\n    levels: {{{levels}}}\n    units:\n{rows}"
        path.write_text(f"{text[:start]}{made}      labour-department: null\n{text[end:]}", encoding="utf-8")
        return folder


def declare(folder: Path, decimals: int) -> None:
    replace_once(folder / "indicators.yaml", f"  {TEAMS}:\n", f"  {TEAMS}:\n    decimals: {decimals}\n")


figures = st.integers(1, 6).flatmap(
    lambda decimals: st.builds(
        Figures,
        st.just(decimals),
        st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=9, max_size=9),
    )
)


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[Figures], Path]:
    """Return what puts figures into a draft of the shipped plan."""

    def made(given: Figures) -> Path:
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        return given.put(copy_draft(tmp_path / "data"))

    return made


def codes(folder: Path) -> list[tuple[str, object]]:
    """Return what fails of the teams' own totals, with its difference."""
    loaded = load(folder)
    assert loaded.findings == ()
    found = run(loaded.dataset, TODAY).findings
    return [(one.rule.code, one.difference) for one in found if one.rule.code in ("A001", "A002")]


@SLOW
@given(given=figures)
def test_sums_of_decimals_are_exact(fresh: Callable[[Figures], Path], given: Figures) -> None:
    folder = fresh(given)
    assert codes(folder) == []
    before, after = given.text("bao-lac", "district"), written(given.lines["bao-lac"][1] + 1, given.decimals)
    path = folder / ALLOCATIONS
    text = path.read_text(encoding="utf-8")
    row = re.search(r"      bao-lac: .*", text)
    assert row
    changed = row[0].replace(f"district: {before}}}", f"district: {after}}}")
    path.write_text(text.replace(row[0], changed, 1), encoding="utf-8")
    smallest = Decimal(1).scaleb(-given.decimals)
    assert [difference for _, difference in codes(folder)] == [smallest], "told once, off by the smallest part"


@SLOW
@given(given=figures)
def test_decimals_come_back_from_a_workbook_as_they_went(fresh: Callable[[Figures], Path], given: Figures) -> None:
    loaded, book = hand.exported(fresh(given), "2024")
    grids = parse(hand.content(book), "annex.xlsx")
    data = figures_of(loaded.dataset)
    found = read(loaded.dataset, "2024", grids, unit=None, partial=False, data=data)
    assert not found.faults
    assert {place: value for place, value in found.figures.items() if value is not None} == {
        place: value for place, value in data.items() if place in found.figures
    }
    of_teams = [place for place in found.figures if (place.file, place.keys[1:2]) == (ALLOCATIONS, (TEAMS,))]
    assert len(of_teams) == 2 * (len(UNITS) + 1), "those of the department too"


@SLOW
@given(given=figures)
def test_decimals_are_themselves_in_machine_formats(fresh: Callable[[Figures], Path], given: Figures) -> None:
    folder = fresh(given)
    shown = d8plan("--data", str(folder), "export-data", "--format", "json").stdout
    rows = json.loads(shown, parse_float=str, parse_int=str)["figures"]
    of_json = {(row["unit"], row["level"]): row["value"] for row in rows if (row["plan"], row["indicator"]) == HERE}
    table = csv.DictReader(io.StringIO(d8plan("--data", str(folder), "export-data", "--table", "figures").stdout))
    of_csv = {(row["unit"], row["level"]): row["value"] for row in table if (row["plan"], row["indicator"]) == HERE}
    assert of_json == of_csv == {(unit, level): given.text(unit, level) for unit in UNITS for level in LEVELS}


HERE = ("2024", TEAMS)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(given=figures)
def test_decimals_are_themselves_in_a_dataset(fresh: Callable[[Figures], Path], tmp_path: Path, given: Figures) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder, dataset = fresh(given), tmp_path / "dataset"
    exported = d8plan("--data", str(folder), "export-data", "--format", "parquet", "--output", str(dataset), "--force")
    assert exported.returncode == 0, exported.stderr
    files = f"{dataset}/figures/*/*/*.parquet"
    rows = duckdb.execute(
        f"SELECT unit, level, value FROM read_parquet('{files}') WHERE plan = '2024' AND indicator = '{TEAMS}'"
    ).fetchall()
    assert {(unit, level): value for unit, level, value in rows} == {
        (unit, level): Decimal(given.text(unit, level)) for unit in UNITS for level in LEVELS
    }


@given(
    st.integers(0, 10**9),
    st.integers(1, 6),
    st.dictionaries(st.sampled_from(UNITS), st.fractions(0, 50, max_denominator=20), min_size=1),
)
def test_shares_have_the_decimals_declared_and_sum_exactly(
    count: int, decimals: int, weights: dict[str, Fraction]
) -> None:
    total = Decimal(written(count, decimals))
    shares, rest = apportion(total, weights, {UNITS[0]: Bounds(0, total)}, decimals)
    assert sum(share.value for share in shares.values()) + rest == total
    for share in shares.values():
        assert Fraction(share.value) * 10**decimals % 1 == 0
        assert abs(Fraction(share.value) - share.quota) < Fraction(1, 10**decimals)


@given(
    st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 6), st.sampled_from([10, 100, 1000, Decimal("0.5")])
)
def test_a_rate_is_rounded_half_up_to_its_decimals(
    above: int, below: int, decimals: int, factor: int | Decimal
) -> None:
    rate = percent(Decimal(above).scaleb(-2), Decimal(below).scaleb(-2), Rounding(decimals, factor))
    apart = Fraction(rate) - Fraction(factor) * Fraction(above, below)
    half = Fraction(1, 2 * 10**decimals)
    assert -half < apart <= half


@pytest.mark.parametrize("code", ["vi", "en"])
@given(st.integers(0, 10**14), st.integers(1, 6))
def test_what_is_shown_is_read_as_it_was_unless_it_has_two_readings(code: str, count: int, decimals: int) -> None:
    number = Decimal(written(count, decimals))
    shown = language(code).number(number)
    typed = read_text(shown, Measure("tấn", decimals))
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", shown):  # thousands, or thousandths
        assert "more than one number" in language("en").say(typed.refused or pytest.fail("it was read"))
    else:
        assert typed.value == number


@pytest.mark.parametrize(
    ("typed", "decimals", "value"),
    [
        ("1.444,59 tấn", 2, "1444.59"),
        ("1,444.59", 2, "1444.59"),
        ("1 444,59", 2, "1444.59"),
        ("112,6", 1, "112.6"),
        ("112.6", 2, "112.6"),
        ("6", 2, "6"),
        ("89,0", 1, "89.0"),
        ("416,3850", 3, "416.385"),
        ("0,5", 1, "0.5"),
    ],
)
def test_text_in_both_notations(typed: str, decimals: int, value: str) -> None:
    read = read_text(typed, Measure("tấn", decimals)).value
    assert read is not None
    assert plain(read) == value


@pytest.mark.parametrize(
    ("typed", "decimals", "told"),
    [
        ("112,65", 1, "at most 1"),
        ("112.6", 0, "not one whole number"),
        ("416,385", 3, "more than one number"),
        ("1,5e3", 2, "not one number"),
        ("-0,5", 2, "not one number"),
        ("5,5 km", 2, "not one number"),
        ("1234567890123,456", 3, "more than 15 digits"),
    ],
)
def test_text_without_one_reading_is_refused(typed: str, decimals: int, told: str) -> None:
    refused = read_text(typed, Measure("tấn", decimals)).refused
    assert refused is not None
    assert told in language("en").say(refused)


# --- Through the program.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a draft whose teams have decimals: 5.50 and 5.25 in Bảo Lạc, and what follows."""
    counts = [(1100, 1100), (800, 800), (0, 0), (100, 0), (0, 0), (0, 0), (0, 0), (550, 525), (400, 400)]
    return Figures(2, counts).put(copy_draft(tmp_path / "data"))


def test_without_decimals_declared_the_message_says_what_to_declare(data: Path) -> None:
    replace_once(data / ALLOCATIONS, "    target: 57\n", "    target: 57.6\n")
    done = d8plan("--data", str(data), "--lang", "en", "validate", "2024")
    assert done.returncode == 1
    assert "llocations.yaml:8:13" in done.stdout
    assert "57.6 has one decimal place, and whole tổ are counted" in done.stdout
    assert "in indicators.yaml “decimals: 1”, or write 576" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("plans/2024/budget.yaml", "amount: 13804304000", "amount: 13804304000.5"),
        ("plans/2024/plan.yaml", "{first: 2024,", "{first: 2024.5,"),
        ("plans/2024/plan.yaml", "quang-hoa:         {number: 1,", "quang-hoa:         {number: 1.5,"),
    ],
)
def test_no_decimals_where_no_figure_stands(data: Path, file: str, old: str, new: str) -> None:
    line = replace_once(data / file, old, new)
    done = d8plan("--data", str(data), "validate", "--format", "json")
    found = json.loads(done.stdout)["findings"]
    assert [(one["code"], one["line"]) for one in found if one["severity"] == "error"] == [("Y005", line)]


def test_a_figure_is_set_with_its_decimals_and_totals_follow(folder: Path) -> None:
    asked = ("--data", str(folder), "set", "2024", TEAMS, "bao lac", "--level", "district", "6,75", "--with-totals")
    done = d8plan(*asked, "--allow-findings")
    assert done.returncode == 0, done.stderr
    text = (folder / ALLOCATIONS).read_text(encoding="utf-8")
    assert "bao-lac: {province: 5.50, district: 6.75}" in text
    assert "target: 59.25" in text
    assert "levels: {province: 29.50, district: 29.75}" in text


def test_an_annex_with_decimals_goes_out_and_comes_back(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "annex.xlsx"
    assert d8plan("--data", str(folder), "export-appendix", "2024", "--output", str(path)).returncode == 0
    before = (folder / ALLOCATIONS).read_bytes()
    done = d8plan("--data", str(folder), "--lang", "en", "import-appendix", str(path), "--yes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing changes")
    assert (folder / ALLOCATIONS).read_bytes() == before


def test_a_total_is_shared_out_in_hundredths(folder: Path) -> None:
    asked = ("allocate", "2024", TEAMS, "--level", "district", "--total", "30.5", "--by", "villages")
    done = d8plan("--data", str(folder), *asked, "--format", "csv")
    assert done.returncode == 0, done.stderr
    proposed = [Decimal(row["proposed"]) for row in csv.DictReader(io.StringIO(done.stdout))]
    assert sum(proposed) == Decimal("30.5")
    # 30.5 × 121 of 996 villages is 3.7053…; of 89 it is 2.7254….
    assert [str(value) for value in proposed][2:3] + [str(value) for value in proposed][7:8] == ["2.73", "3.7"]


def test_results_with_decimals_are_reported_by_form(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    asked = ("report-form", "2024", "--period", "2024-Q1", "--district", "Bảo Lạc", "--output", str(form))
    assert d8plan("--data", str(folder), *asked).returncode == 0
    fill(form, {"Tổ truyền thông cộng đồng, Cấp huyện": 1.25, "Tổ truyền thông cộng đồng, Cấp tỉnh": "2,5 tổ"})
    done = d8plan("--data", str(folder), "import-report", str(form), "--received", "2024-04-03", "--yes")
    assert done.returncode == 0, done.stderr
    kept = (folder / "plans/2024/results/2024-Q1.yaml").read_text(encoding="utf-8")
    assert re.search(r"communication-teams: \{province: 2\.5, district: 1\.25\}", kept)
    shown = d8plan("--data", str(folder), "progress", "2024", "--as-of", "2024-04-04", "--format", "csv").stdout
    (row,) = [row for row in csv.DictReader(io.StringIO(shown)) if row["indicator"] == TEAMS]
    # 3.75 of 57.75.
    assert (row["planned"], row["cumulative"], row["percent"]) == ("57.75", "3.75", "6.49")


def test_a_seal_and_an_amendment_keep_decimals(folder: Path) -> None:
    line = "Thành lập và duy trì Tổ truyền thông cộng đồng"
    statements = folder / "plans/2024/statements.yaml"
    text = statements.read_text(encoding="utf-8")
    at = text.index("value: 57", text.index(line))
    statements.write_text(f"{text[:at]}value: 57.75{text[at + len('value: 57') :]}", encoding="utf-8")
    for plan, number, date in (("2021-2025", "75/KH-BTV", "2022-09-13"), ("2024", "288/KH-BCD", "2024-03-20")):
        done = d8plan("--data", str(folder), "seal", plan, "--document", number, "--date", date)
        assert done.returncode == 0, done.stderr
    assert '"allocations.yaml#/indicators/communication-teams/target": 57.75' in (
        folder / "plans/2024/seal.json"
    ).read_text(encoding="utf-8")
    assert d8plan("--data", str(folder), "validate", "2024").returncode == 0
    replace_once(folder / ALLOCATIONS, "district: 5.25}", "district: 5.26}")
    done = d8plan("--data", str(folder), "--lang", "en", "validate", "2024")
    assert done.returncode == 1
    assert "L001" in done.stdout
    assert "5.25" in done.stdout


def test_the_shipped_plan_declares_none() -> None:
    assert "decimals" not in (DATA / "indicators.yaml").read_text(encoding="utf-8")
