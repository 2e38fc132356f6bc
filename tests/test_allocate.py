"""What is shared out sums to the total exactly, within every bound."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DATA, d8plan, new_findings

from d8plan.edits.apportion import Bounds, MinimaError, apportion

UNITS = "abcdefghij"


@st.composite
def bounded(draw: st.DrawFn) -> Bounds:
    least = draw(st.integers(0, 40))
    most = draw(st.one_of(st.none(), st.integers(least, least + 60)))
    return Bounds(least, draw(st.sampled_from([most, least])))


weights = st.lists(
    st.one_of(st.just(Fraction(0)), st.fractions(0, 10**9, max_denominator=1000)), min_size=1, max_size=len(UNITS)
).map(lambda given: dict(zip(UNITS, given, strict=False)))


@given(st.integers(0, 10**6), weights, st.dictionaries(st.sampled_from(UNITS), bounded()))
def test_values_and_rest_sum_to_the_total(total: int, weights: dict[str, Fraction], bounds: dict[str, Bounds]) -> None:
    within = {key: bounds.get(key, Bounds()) for key in weights}
    least = sum(bound.least for bound in within.values())
    if least > total:
        with pytest.raises(MinimaError) as refused:
            apportion(total, weights, bounds)
        assert refused.value.least == least
        return
    shares, rest = apportion(total, weights, bounds)
    assert sum(share.value for share in shares.values()) + rest == total
    assert sum(share.quota for share in shares.values()) + Fraction(rest) == total
    for key, share in shares.items():
        assert share.value >= within[key].least
        most = within[key].most
        assert most is None or share.value <= most
        assert abs(Fraction(share.value) - share.quota) < 1
        if not weights[key]:
            assert share.value == within[key].least
    if rest:  # only where nobody who takes part may have more
        assert all(share.value == within[key].most for key, share in shares.items() if weights[key])


@given(st.integers(0, 10**6), weights, st.dictionaries(st.sampled_from(UNITS), bounded()))
def test_who_is_within_the_bounds_has_the_same_rate(
    total: int, weights: dict[str, Fraction], bounds: dict[str, Bounds]
) -> None:
    try:
        shares, _ = apportion(total, weights, bounds)
    except MinimaError:
        return
    rates = {
        share.quota / weights[key]
        for key, share in shares.items()
        if weights[key] and share.quota not in bounds.get(key, Bounds())
    }
    assert len(rates) <= 1


def test_equal_remainders_are_rounded_up_in_the_order_given() -> None:
    shares, rest = apportion(5, dict.fromkeys("abc", Fraction(1)), {})
    assert ([share.value for share in shares.values()], rest) == ([2, 2, 1], 0)


def test_largest_remainders_by_hand() -> None:
    # 10 seats for 47, 16, 15.8, 12, 6.1 and 3.1 of 100: the textbook example of Hamilton's method, whole parts
    # 4, 1, 1, 1, 0, 0; of the three seats left .7 and .61 and .6 take one each.
    given_weights = [Fraction(text) for text in ("47", "16", "15.8", "12", "6.1", "3.1")]
    shares, rest = apportion(10, dict(zip("abcdef", given_weights, strict=True)), {})
    assert ([share.value for share in shares.values()], rest) == ([5, 2, 1, 1, 1, 0], 0)


def proposal(data: Path, *arguments: str) -> list[dict[str, str]]:
    done = d8plan("--data", str(data), "allocate", *arguments, "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(done.stdout)))


def in_phase(indicator: str, unit: str) -> dict[str, int]:
    done = d8plan("summary", "2021-2025", "--unit", unit, "--format", "json")
    (row,) = [row for row in json.loads(done.stdout)["allotments"] if row["indicator"] == indicator]
    return {level: row[level] for level in ("province", "district")}


@pytest.mark.parametrize("by", ["villages", "communes", "equal", "remainder"])
@pytest.mark.parametrize(
    ("indicator", "level"),
    [
        *(
            (indicator, level)
            for indicator in (
                "communication-teams",
                "savings-groups",
                "savings-groups-gender-action",
                "livelihood-groups",
                "trusted-addresses",
                "policy-dialogues",
                "gender-mainstreaming-2",
                "gender-mainstreaming-3",
            )
            for level in ("province", "district")
        ),
        ("change-leader-clubs", None),
        ("women-cadres-training", None),
        ("gender-monitoring-training", None),
    ],
)
def test_every_indicator_and_method_sums(indicator: str, level: str | None, by: str) -> None:
    at = ["--level", level] if level else []
    rows = proposal(DATA, "2024", indicator, *at, "--total", "61", "--by", by)
    assert sum(int(row["proposed"]) for row in rows) == 61
    for row in rows:
        if row["unit"] != "unallotted":
            assert int(row["proposed"]) <= int(row["remainder"]), "no unit gets more than its phase leaves"


def test_shares_follow_the_villages() -> None:
    rows = proposal(DATA, "2024", "doi thoai", "--level", "district", "--total", "60", "--by", "villages")
    # 60 × 129 / 996 = 7.77; the villages are those of the annex, lines 297-305.
    villages = {"quang-hoa": 129, "trung-khanh": 139, "ha-lang": 89, "thach-an": 69, "hoa-an": 84}
    by_unit = {row["unit"]: row for row in rows}
    for unit, count in villages.items():
        exact = Fraction(int(by_unit[unit]["quota_numerator"]), int(by_unit[unit]["quota_denominator"]))
        assert exact == Fraction(60 * count, 996)
        assert abs(Fraction(by_unit[unit]["quota"]) - exact) <= Fraction(1, 2_000_000)
    assert by_unit["labour-department"]["proposed"] == "0", "who has no villages takes no part"


def test_no_share_is_text_that_a_spreadsheet_makes_a_date_of() -> None:
    ask = ["doi thoai", "--level", "district", "--by", "equal"]
    for total in ("10", "29", "45", "60", "87"):
        for row in proposal(DATA, "2024", *ask, "--total", total):
            # 10/9 is the tenth of September, and 1.125 is 1125 where a full stop groups thousands.
            assert re.fullmatch(r"[0-9]+\.[0-9]{6}", row["quota"])
            assert not any("/" in value for value in row.values())
    done = d8plan("allocate", "2024", *ask, "--total", "10", "--format", "json")
    assert {row["quota"] for row in json.loads(done.stdout)["proposal"]} == {"1.111111", "0.000000"}


@pytest.mark.parametrize("typed", ["1.234", "1,234", "6_0", "٦٠", "1e2", "60,5", "1000000000000000"])
def test_numbers_of_options_have_one_reading(typed: str) -> None:
    ask = ("--lang", "en", "allocate", "2024", "doi thoai", "--level", "district", "--total", "60")
    for option in (["--total", typed], ["--min", typed], ["--max", f"Bảo Lạc={typed}"], ["--fix", f"Bảo Lạc={typed}"]):
        done = d8plan(*ask, *option)
        assert (done.returncode, done.stdout) == (2, ""), option
        assert f"“{typed}”" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_what_the_phase_leaves_limits_a_unit() -> None:
    # Bảo Lạc: 8 trusted addresses at district level in the phase's annex, and no other year has taken any.
    limit = in_phase("trusted-addresses", "bao-lac")["district"]
    among = ["trusted-addresses", "--level", "district", "--among", "bao lac", "--total", "12"]
    rows = {row["unit"]: row for row in proposal(DATA, "2024", *among)}
    assert int(rows["bao-lac"]["proposed"]) == limit
    assert int(rows["unallotted"]["proposed"]) == 12 - limit, "what no unit may have is not allotted"
    rows = {row["unit"]: row for row in proposal(DATA, "2024", *among, "--beyond-phase")}
    assert rows["bao-lac"]["proposed"] == "12"
    assert "unallotted" not in rows


def test_bounds_and_weights_given(tmp_path: Path) -> None:
    table = tmp_path / "trong-so.csv"
    table.write_text("Đơn vị;Số hộ\nBảo Lạc;2,5\nhuyện Bảo Lâm;2,5\nHA QUANG;5\n", encoding="utf-8-sig")
    ask = ["doi thoai", "--level", "district", "--total", "20", "--by", str(table), "--column", "so ho"]
    rows = {row["unit"]: int(row["proposed"]) for row in proposal(DATA, "2024", *ask)}
    assert {key: value for key, value in rows.items() if value} == {"ha-quang": 10, "bao-lac": 5, "bao-lam": 5}
    rows = {
        row["unit"]: int(row["proposed"])
        for row in proposal(DATA, "2024", *ask, "--fix", "Bảo Lạc=1", "--max", "ha quang=8")
    }
    assert {key: value for key, value in rows.items() if value} == {"ha-quang": 8, "bao-lac": 1, "bao-lam": 11}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2024"], "--all"),
        (["2024", "doi thoai", "--all"], "--all"),
        (["2024", "doi thoai", "--total", "60"], "--level"),
        (["2024", "doi thoai", "--level", "district", "--by", "sao hoa"], "villages"),
        (["2024", "doi thoai", "--level", "district", "--min", "Bảo Lạc"], "Mường La=3"),
        (["2024", "doi thoai", "--level", "district", "--min", "10", "--total", "60"], "90"),
        (["2024", "doi thoai", "--level", "district", "--min", "bao lac=5", "--max", "bao lac=4"], "--max"),
        (["2024", "doi thoai", "--level", "district", "--by", "none.csv"], "none.csv"),
        (["2024", "CLB", "--level", "district"], "--level"),
    ],
)
def test_what_cannot_be_shared_out_is_told(arguments: list[str], told: str) -> None:
    done = d8plan("--lang", "en", "allocate", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_proposal_is_written_as_an_edit(data: Path) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*.yaml")}
    ask = ["--data", str(data), "allocate", "2024", "doi thoai", "--level", "district", "--total", "60"]
    assert d8plan(*ask, "--by", "villages").returncode == 0
    assert {path: path.read_bytes() for path in data.rglob("*.yaml")} == before, "without --write nothing is"
    done = d8plan(*ask, "--by", "villages", "--write")
    assert done.returncode == 0, done.stderr
    changed = {path.name for path in before if path.read_bytes() != before[path]}
    assert changed == {"allocations.yaml", "statements.yaml"}
    loaded, found = new_findings(data)
    assert [one for one in found if one.rule.code[0] in "AS"] == []
    assert loaded.dataset.plans["2024"].allocations is not None
    dialogues = loaded.dataset.plans["2024"].allocations.indicators["policy-dialogues"]
    assert (dialogues.target, dialogues.levels) == (37 + 60, {"province": 37, "district": 60})
    assert dialogues.units["labour-department"] is None, "an empty cell of who takes no part stays empty"


def test_what_is_not_allotted_is_a_line_that_keeps_a_plan_from_being_sealed(data: Path) -> None:
    ask = ["livelihood-groups", "--level", "district", "--among", "bao lac", "--write"]
    done = d8plan("--data", str(data), "allocate", "2024", *ask)
    assert done.returncode == 0, done.stderr
    # Of the 14 groups of the districts the phase leaves Bảo Lạc 2.
    text = (data / "plans/2024/allocations.yaml").read_text(encoding="utf-8")
    assert "unallotted: {province: null, district: 12}" in text
    told = d8plan("--data", str(data), "--lang", "en", "validate", "--select", "A005").stdout
    assert "Cấp huyện 12 tổ/nhóm" in told
    sealed = d8plan("--data", str(data), "seal", "2021-2025", "--document", "75/KH-BTV", "--date", "2022-09-13")
    assert sealed.returncode == 0
    seal = ["--data", str(data), "--lang", "en", "seal", "2024", "--document", "288/KH-BCD", "--date", "2024-03-20"]
    plan = data / "plans/2024/plan.yaml"
    for severities in ("", "severities:\n  A005: {severity: info, reason: Chờ hướng dẫn}\n"):
        plan.write_text(plan.read_text(encoding="utf-8") + severities, encoding="utf-8")
        refused = d8plan(*seal)
        assert refused.returncode == 1
        assert "to allot" in refused.stderr, "however little the plan says that it matters"
    shown = d8plan("--data", str(data), "summary", "2024", "--indicator", "livelihood-groups").stdout
    assert "Chưa phân bổ" in shown
    again = d8plan("--data", str(data), "allocate", "2024", "livelihood-groups", "--level", "district", "--write")
    assert again.returncode == 0
    assert d8plan(*seal).returncode == 0


def test_the_annex_shows_what_is_not_allotted_and_takes_it_back(data: Path, tmp_path: Path) -> None:
    ask = ["livelihood-groups", "--level", "district", "--among", "bao lac", "--write"]
    assert d8plan("--data", str(data), "allocate", "2024", *ask).returncode == 0
    annex = tmp_path / "annex.xlsx"
    assert d8plan("--data", str(data), "export-appendix", "--output", str(annex)).returncode == 0
    sheet = openpyxl.load_workbook(annex, data_only=True)["Phụ lục I"]
    rows = {sheet.cell(row, 2).value: row for row in range(1, sheet.max_row + 1)}
    row = rows["Chưa phân bổ"]
    assert row == rows["Sở Lao động - TB & XH"] + 1
    (column,) = [cell.column for cell in sheet[row] if cell.value == 12]
    book = openpyxl.load_workbook(annex)
    book["Phụ lục I"].cell(row, column).value = 11
    book["Phụ lục I"].cell(rows["Bảo Lạc"], column).value = 3
    book.save(annex)
    done = d8plan("--data", str(data), "import-appendix", str(annex), "--yes", "--allow-findings")
    assert done.returncode == 0, done.stderr
    text = (data / "plans/2024/allocations.yaml").read_text(encoding="utf-8")
    assert "unallotted: {province: null, district: 11}" in text
