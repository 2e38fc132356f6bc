"""Reports of periods that nest, of bodies that have nothing to report, and what was known on a day."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support import TODAY, copy_draft

from d8plan.checks import run
from d8plan.ledger.periods import parse, parts_of
from d8plan.models.findings import Finding
from d8plan.render.views import as_csv, as_json
from d8plan.sheets.forms import book, form
from d8plan.sheets.progress import book as consolidated
from d8plan.storage.data.loader import load
from d8plan.storage.excel.writer import to_bytes
from d8plan.text.language import language
from d8plan.views.page_results import sections
from d8plan.views.progress import Progress, ProgressKey
from d8plan.views.progress_tables import Views

TEAMS, DIALOGUES, CLUBS = "communication-teams", "policy-dialogues", "change-leader-clubs"
ENGLISH = language("en")
Reports = Mapping[str, Mapping[str, str]]
"""By period and unit: what stands after `as_of` and `received`, both the period's last day."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_draft(tmp_path / "data")


def write(folder: Path, reports: Reports, plan: str = "2024") -> None:
    held = folder / "plans" / plan / "results"
    held.mkdir(exist_ok=True)
    for name, units in reports.items():
        period = parse(name)
        assert period is not None
        lines = [f"  {unit}: {{as_of: {period.last}, received: {period.last}, {rest}}}" for unit, rest in units.items()]
        (held / f"{name}.yaml").write_text("\n".join(["reports:", *lines, ""]), encoding="utf-8")


def teams(province: int | None = None, district: int | None = None) -> str:
    given = {"province": province, "district": district}
    inside = ", ".join(f"{level}: {value}" for level, value in given.items() if value is not None)
    return f"done: {{{TEAMS}: {{{inside}}}}}"


def at(folder: Path, period: str | None = None, day: str = "2030-01-01", plan: str = "2024") -> Progress:
    loaded = load(folder)
    assert not loaded.findings
    ledger = run(loaded.dataset, TODAY).ledger
    chosen = parse(period) if period else None
    return Progress(loaded.dataset, ledger, loaded.dataset.plans[plan], datetime.date.fromisoformat(day), chosen)


def shown(progress: Progress, unit: str | None = None) -> dict[str, Any]:
    views = Views(progress)
    return dict(json.loads(as_json(views.unit(unit) if unit else views.overview(), ENGLISH)))


def findings(folder: Path, code: str) -> list[Finding]:
    loaded = load(folder)
    return [one for one in run(loaded.dataset, TODAY).findings if one.rule.code == code]


def told(finding: Finding) -> str:
    return ENGLISH.say(finding.message)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("2024", ["2024-H1", "2024-H2"]),
        ("2024-H1", ["2024-Q1", "2024-Q2"]),
        ("2024-H2", ["2024-Q3", "2024-Q4"]),
        ("2024-Q1", ["2024-01", "2024-02", "2024-03"]),
        ("2024-Q4", ["2024-10", "2024-11", "2024-12"]),
        ("2024-07", []),
    ],
)
def test_parts_of_a_period(name: str, parts: list[str]) -> None:
    period = parse(name)
    assert period is not None
    assert [one.name for one in parts_of(period)] == parts
    assert all(parse(one.name) == one for one in parts_of(period))


class TestLongerPeriods:
    def test_a_half_year_is_its_quarters_in_every_output(self, folder: Path, tmp_path: Path) -> None:
        write(
            folder,
            {
                "2024-Q1": {"bao-lac": teams(2, 1), "bao-lam": teams(1)},
                "2024-Q2": {"bao-lac": f"{teams(1)}, spent: {{districts: {{granted: 500}}}}"},
            },
        )
        progress = at(folder, "2024-H1", "2024-07-05")
        view = shown(progress)
        assert (view["indicators"][0]["in_period"], view["indicators"][0]["cumulative"]) == (5, 5)
        assert view["facts"]["reported"] == "1 of 11"
        assert "Bảo Lâm (only 2024-Q1)" in view["facts"]["missing"]
        states = {row["unit"]: row["reported"] for row in view["units"]}
        assert (states["bao-lac"], states["bao-lam"], states["ha-lang"]) == ("reported", "only 2024-Q1", "not reported")
        assert view["facts"]["as_of"] == "2024-06-30", "the day of the reports, not the one asked for"
        assert view["facts"]["known_on"] == "2024-07-05"
        (money,) = [row for row in view["budget"] if (row["holder"], row["origin"]) == ("districts", "granted")]
        assert (money["in_period"], money["cumulative"]) == (500, 500)
        row = as_csv(Views(progress).overview(), ENGLISH).splitlines()[1].split(",")
        assert row[3:6] == ["57", "5", "5"]
        path = tmp_path / "book.xlsx"
        path.write_bytes(to_bytes(consolidated(Views(progress)), language("vi")))
        whole = openpyxl.load_workbook(path, data_only=True)
        lines = [[cell.value for cell in row] for row in whole["Tổng hợp"]]
        (line,) = [line for line in lines if line[1] == "Tổ truyền thông cộng đồng"]
        assert line[3:6] == [57, 5, 5]
        days = "Số liệu tính đến ngày 30/6/2024, theo báo cáo nhận đến ngày 05/7/2024"
        assert days in [line[0] for line in lines]
        assert any(line[1] == "Bảo Lâm" and "mới có 2024-Q1" in line for line in map(list, whole["Báo cáo"].values))
        page = sections(progress)[0].view
        assert page is not None
        facts = {fact.key: fact.value for fact in page.facts}
        assert "2024-06-30" in ENGLISH.show(facts["as_of"])

    def test_a_year_is_halves_quarters_and_months_whoever_reported_how(self, folder: Path) -> None:
        months = {f"2024-{month:02d}": {"ha-lang": teams(0, 1)} for month in (7, 8, 9)}
        write(
            folder,
            {
                "2024-H1": {"bao-lac": teams(3), "ha-lang": teams(1, 1)},
                "2024-Q3": {"bao-lac": teams(1)},
                "2024-Q4": {"bao-lac": teams(1), "ha-lang": teams(0, 1)},
                "2024-H2": {"bao-lam": teams(2)},
                **months,
            },
        )
        year = at(folder, "2024")
        assert year.standing(ProgressKey(TEAMS)).in_period == 5 + 2 + 2 + 4
        assert year.has_reported("bao-lac", year.period)
        assert year.has_reported("ha-lang", year.period)
        assert not year.has_reported("bao-lam", year.period)
        assert at(folder, "2024-Q3").standing(ProgressKey(TEAMS, "ha-lang")).in_period == 3
        assert at(folder, "2024-Q1").standing(ProgressKey(TEAMS)).in_period is None, "a half year is not split"
        assert findings(folder, "T005") == []

    @pytest.mark.parametrize(
        ("reports", "differs"),
        [
            ({"2024-Q1": 2, "2024-Q2": 3, "2024-H1": 5}, False),
            ({"2024-Q1": 2, "2024-Q2": 3, "2024-H1": 6}, True),
            ({"2024-Q1": 2, "2024-Q2": 3, "2024-H1": 4}, True),
            ({"2024-Q2": 3, "2024-H1": 5}, False),
            ({"2024-Q2": 6, "2024-H1": 5}, True),
            ({"2024-04": 1, "2024-05": 1, "2024-06": 1, "2024-Q2": 4}, True),
            ({"2024-04": 1, "2024-05": 1, "2024-06": 1, "2024-Q2": 3, "2024-Q1": 0, "2024-H1": 3}, False),
            ({"2024-04": 1, "2024-06": 1, "2024": 1}, True),
            ({"2024-H1": 3, "2024-H2": 4, "2024": 7}, False),
        ],
    )
    def test_a_longer_report_is_compared_and_nothing_counts_twice(
        self, folder: Path, reports: Mapping[str, int], *, differs: bool
    ) -> None:
        write(folder, {name: {"bao-lac": teams(0, value)} for name, value in reports.items()})
        found = findings(folder, "T005")
        assert bool(found) == differs
        longest = max(reports, key=lambda name: (parse(name) or pytest.fail()).days)
        assert at(folder, "2024").standing(ProgressKey(TEAMS)).cumulative == reports[longest]
        for one in found:
            assert one.place.file.endswith(f"{longest}.yaml")
            assert one.place.keys[-3:] == ("done", TEAMS, "district")
            assert one.stated == reports[longest]
            assert one.related

    def test_money_is_compared_by_who_reported_it(self, folder: Path) -> None:
        spent = "spent: {{districts: {{granted: {}}}}}".format
        write(
            folder,
            {
                "2024-Q1": {"bao-lac": spent(100), "bao-lam": spent(10)},
                "2024-Q2": {"bao-lac": spent(200), "bao-lam": spent(20)},
                "2024-H1": {"bao-lac": spent(301)},
            },
        )
        (found,) = findings(folder, "T005")
        assert (found.unit, found.stated, found.computed) == ("bao-lac", 301, 300)
        assert at(folder, "2024-H1").spent("districts", "granted").in_period == 331

    def test_a_state_is_that_of_the_last_part(self, folder: Path) -> None:
        indicators = folder / "indicators.yaml"
        text = indicators.read_text(encoding="utf-8").replace(
            "{units: sum, years: sum}", "{units: sum, years: last}", 1
        )
        indicators.write_text(text, encoding="utf-8")
        write(folder, {"2024-Q1": {"bao-lac": teams(0, 4)}, "2024-Q2": {"bao-lac": teams(0, 5)}})
        assert at(folder, "2024-H1").standing(ProgressKey(TEAMS)).in_period == 5
        write(folder, {"2024-H1": {"bao-lac": teams(0, 5)}})
        assert findings(folder, "T005") == []
        write(folder, {"2024-H1": {"bao-lac": teams(0, 9)}})
        assert [(one.stated, one.computed) for one in findings(folder, "T005")] == [(9, 5)]
        assert at(folder, "2024-H1").standing(ProgressKey(TEAMS)).in_period == 9

    def test_a_plan_that_is_reported_by_halves_waits_for_no_half_whose_quarters_are_there(self, folder: Path) -> None:
        plan = folder / "plans/2024/plan.yaml"
        plan.write_text(plan.read_text(encoding="utf-8") + "\nreporting: {every: half, days: 5}\n", encoding="utf-8")
        progress = at(folder)
        everybody = progress.missing()
        for name in ("2024-Q1", "2024-Q2"):
            write(folder, {name: dict.fromkeys(everybody, "note: đã có")})
        awaited = at(folder).next_due()
        assert awaited is not None
        assert awaited[0].name == "2024-H2"

    def test_a_form_shows_what_the_parts_say(self, folder: Path, tmp_path: Path) -> None:
        write(
            folder,
            {
                "2024-Q1": {"bao-lac": teams(0, 2), "bao-lam": f"{teams(1)}, spent: {{districts: {{granted: 7}}}}"},
                "2024-Q2": {"bao-lac": f"{teams(0, 1)}, spent: {{districts: {{granted: 500}}}}"},
            },
        )
        loaded, period = load(folder), parse("2024-H1")
        assert period is not None
        laid = form(loaded.dataset, run(loaded.dataset, TODAY).ledger, loaded.dataset.plans["2024"], period, "bao-lac")
        rows = {row.key: (row.earlier, row.in_parts) for row in laid.rows}
        assert rows[f"done/{TEAMS}/district"] == (None, 3)
        assert rows["spent/districts/granted"] == (None, 500), "not what another unit spent"
        path = tmp_path / "form.xlsx"
        path.write_bytes(to_bytes(book([laid]), language("vi")))
        sheet = openpyxl.load_workbook(path).worksheets[0]
        headings = [cell.value for row in sheet for cell in row if cell.column == 9]
        assert "Đã báo cáo: quý I năm 2024, quý II năm 2024" in headings


class TestPhase:
    def test_years_without_data_are_named(self, folder: Path) -> None:
        write(folder, {"2024-Q1": {"bao-lac": teams(2, 1)}})
        write(folder, {"2022": {"bao-lac": teams(1)}}, "2021-2025")
        view = shown(at(folder, day="2024-12-31"))
        rows = {row["indicator"]: row for row in view["phase"]}
        assert (rows[TEAMS]["cumulative"], rows[TEAMS]["years_without_data"]) == (4, "2021, 2023")
        assert rows[DIALOGUES]["years_without_data"] == "2021, 2022, 2023, 2024"
        of_unit = shown(at(folder, day="2024-12-31"), "bao-lam")
        assert {row["years_without_data"] for row in of_unit["phase"]} == {"2021, 2022, 2023, 2024"}

    def test_progress_of_the_phase_itself_holds_what_its_years_have_reported(self, folder: Path) -> None:
        write(folder, {"2024-Q1": {"bao-lac": teams(2, 1)}, "2024-Q2": {"bao-lac": teams(0, 1)}})
        progress = at(folder, day="2024-12-31", plan="2021-2025")
        (row,) = [row for row in shown(progress)["phase"] if row["indicator"] == TEAMS]
        assert (row["cumulative"], row["years_without_data"]) == (4, "2021, 2022, 2023")
        assert progress.last_day == at(folder, day="2024-12-31").last_day

    def test_a_year_told_by_the_phase_too_counts_once_and_is_compared(self, folder: Path) -> None:
        write(folder, {"2024-Q1": {"bao-lac": teams(2, 1)}, "2024": {"bao-lam": teams(1)}})
        write(folder, {"2024": {"bao-lac": teams(2, 2), "bao-lam": teams(3)}}, "2021-2025")
        assert at(folder).in_phase(TEAMS).cumulative == 4 + 1
        found = {(one.unit, one.stated, one.computed) for one in findings(folder, "T005")}
        assert found == {("bao-lam", 3, 1)}, "of Bảo Lạc three quarters are missing, and 1 is no more than 2"


class TestWhatIsNotItsOwn:
    @pytest.mark.parametrize(
        ("unit", "rest", "keys", "message"),
        [
            ("newspaper", teams(100, 100), (), "takes no part in plan 2024"),
            ("fatherland-front", "note: có tham gia", (), "takes no part in plan 2024"),
            ("womens-union", teams(1), ("done", TEAMS, "province"), "gives Hội LHPN tỉnh no"),
            ("bao-lac", "spent: {womens-union: {granted: 5}}", ("spent", "womens-union", "granted"), "The money of"),
            (
                "labour-department",
                "spent: {districts: {granted: 5}}",
                ("spent", "districts", "granted"),
                "The money of",
            ),
        ],
    )
    def test_it_is_told_where_it_stands_and_counted_nowhere(
        self, folder: Path, unit: str, rest: str, keys: tuple[str, ...], message: str
    ) -> None:
        write(folder, {"2024-Q2": {unit: rest}})
        found = findings(folder, "T006")
        assert {one.place.keys for one in found} <= {
            ("reports", unit, *keys),
            ("reports", unit, *keys[:-1], "district"),
        }
        assert message in told(found[0])
        progress = at(folder, "2024-Q2")
        assert progress.results == []
        assert sections(progress) == ()
        view = shown(progress)
        assert view["facts"]["as_of"] is None
        assert not any(row["cumulative"] for row in (*view["indicators"], *view["budget"]))
        assert view["facts"]["reported"] == ("0 of 11" if not keys else "1 of 11")

    def test_a_level_that_the_plan_does_not_give(self, folder: Path) -> None:
        allocations = folder / "plans/2024/allocations.yaml"
        text = allocations.read_text(encoding="utf-8")
        after = text.split(f"  {TEAMS}:")[1].splitlines()
        line = next(line for line in after if line.strip().startswith("bao-lac:"))
        changed = line.replace("province: 5", "province: null")
        assert changed != line
        allocations.write_text(text.replace(line, changed, 1), encoding="utf-8")
        write(folder, {"2024-Q2": {"bao-lac": teams(7, 1)}})
        (found,) = findings(folder, "T006")
        assert found.place.keys[-1] == "province"
        assert "Cấp tỉnh" in told(found)
        assert at(folder).standing(ProgressKey(TEAMS)).cumulative == 1

    def test_a_report_of_another_year_counts_nowhere(self, folder: Path) -> None:
        write(folder, {"2023-Q2": {"bao-lac": teams(2)}})
        assert findings(folder, "T001")
        assert at(folder).results == []
        assert at(folder).in_phase(TEAMS).cumulative is None

    def test_what_was_said_before_a_correction_is_judged_too(self, folder: Path) -> None:
        earlier = 'earlier: {"1": {as_of: 2024-06-30, received: 2024-06-30, spent: {womens-union: {granted: 5}}}}'
        write(folder, {"2024-Q2": {"bao-lac": f"{teams(1)}, {earlier}"}})
        (found,) = findings(folder, "T006")
        assert found.place.keys == ("reports", "bao-lac", "earlier", "1", "spent", "womens-union", "granted")


class TestFarBeyondPlan:
    # Bảo Lạc has 5 and 5 teams, 2 clubs (line 304); the districts have 21.830 million đồng granted (line 197).
    @pytest.mark.parametrize(
        ("reports", "found"),
        [
            ({"2024-Q1": teams(0, 49)}, None),
            ({"2024-Q1": teams(0, 50)}, (5, 50)),
            ({"2024-Q1": teams(0, 25), "2024-Q2": teams(0, 24)}, None),
            ({"2024-Q1": teams(0, 25), "2024-Q2": teams(0, 25)}, (5, 50)),
            ({"2024-Q1": teams(0, 25), "2024-Q2": teams(0, 24), "2024-H1": teams(0, 49)}, None),
            ({"2024-Q1": f"done: {{{CLUBS}: 20}}"}, (2, 20)),
            ({"2024-Q1": f"done: {{{CLUBS}: 19}}"}, None),
            ({"2024-Q1": "done: {trusted-addresses: {province: 9}}"}, None),
            ({"2024-Q1": "done: {trusted-addresses: {province: 10}}"}, (0, 10)),
            ({"2024-Q1": "spent: {districts: {granted: 218299999999}}"}, None),
            ({"2024-Q1": "spent: {districts: {granted: 218300000000}}"}, (21_830_000_000, 218_300_000_000)),
        ],
    )
    def test_ten_times_is_a_suspicion(
        self, folder: Path, reports: Mapping[str, str], found: tuple[int, int] | None
    ) -> None:
        write(folder, {period: {"bao-lac": rest} for period, rest in reports.items()})
        suspected = findings(folder, "T007")
        assert [(one.stated, one.computed) for one in suspected] == ([found] if found else [])
        assert {one.severity.value for one in suspected} <= {"warning"}


CORRECTED = """reports:
  bao-lac:
    as_of: 2024-07-20
    received: 2024-07-21
    by: Chị C
    done:
      communication-teams: {province: 4, district: 3}
      change-leader-clubs: 1
    spent: {districts: {granted: 9}}
    earlier:
      "1":
        {as_of: 2024-06-28, received: 2024-07-02, done: {communication-teams: 6}, spent: {districts: {granted: null}}}
      "2":
        as_of: 2024-06-30
        received: 2024-07-08
        done: {communication-teams: {province: 2}, change-leader-clubs: null}
"""


class TestWhatWasKnown:
    @pytest.mark.parametrize(
        ("day", "as_of", "teams", "clubs", "granted", "corrections"),
        [
            ("2024-07-01", None, None, None, None, None),
            ("2024-07-02", "2024-06-28", 6, None, None, None),
            ("2024-07-07", "2024-06-28", 6, None, None, None),
            ("2024-07-08", "2024-06-30", 5, None, 9, 1),
            ("2024-07-20", "2024-06-30", 5, None, 9, 1),
            ("2024-07-21", "2024-07-20", 7, 1, 9, 2),
        ],
    )
    def test_a_day_has_what_had_come_in_by_then(
        self,
        folder: Path,
        day: str,
        as_of: str | None,
        teams: int | None,
        clubs: int | None,
        granted: int | None,
        corrections: int | None,
    ) -> None:
        (folder / "plans/2024/results").mkdir()
        (folder / "plans/2024/results/2024-Q2.yaml").write_text(CORRECTED, encoding="utf-8")
        progress = at(folder, "2024-Q2", day)
        view = shown(progress)
        assert view["facts"]["as_of"] == as_of
        assert progress.standing(ProgressKey(TEAMS)).cumulative == teams
        assert progress.standing(ProgressKey(CLUBS)).cumulative == clubs
        assert progress.spent("districts", "granted").cumulative == granted
        assert progress.in_phase(TEAMS).cumulative == teams
        assert bool(sections(progress)) == (as_of is not None)
        reports = shown(progress, "bao-lac").get("reports", [])
        assert [row["corrections"] for row in reports] == ([corrections] if as_of else [])

    def test_a_report_that_came_later_is_awaited_until_then(self, folder: Path) -> None:
        write(folder, {"2024-Q1": dict.fromkeys(at(folder).missing(), "note: đã có")})
        for day, period in (("2024-03-30", "2024-Q1"), ("2024-03-31", "2024-Q2")):
            awaited = at(folder, day=day).next_due()
            assert awaited is not None
            assert awaited[0].name == period

    def test_a_correction_that_came_before_what_it_corrects_is_told(self, folder: Path) -> None:
        earlier = 'earlier: {"1": {as_of: 2024-06-30, received: 2024-07-09}}'
        write(folder, {"2024-Q2": {"bao-lac": f"{teams(1)}, {earlier}"}})
        (found,) = findings(folder, "T003")
        assert "before what it corrects" in told(found)


@pytest.mark.parametrize(("days", "doubted"), [(0, False), (1, True), (400, True)])
def test_a_report_that_came_in_on_a_day_to_come_is_doubted(folder: Path, days: int, doubted: bool) -> None:
    write(folder, {"2024-Q1": {"bao-lac": teams(district=1)}})
    path = folder / "plans" / "2024" / "results" / "2024-Q1.yaml"
    day = TODAY + datetime.timedelta(days=days)
    path.write_text(path.read_text(encoding="utf-8").replace("received: 2024-03-31", f"received: {day}"), "utf-8")
    found = findings(folder, "T003")
    assert [one.place.keys[-1] for one in found] == ["received"] * doubted
    assert all("yet to come" in ENGLISH.say(one.message) for one in found)


def test_what_a_correction_replaced_is_split_as_the_plan_is(folder: Path) -> None:
    before = f'earlier: {{"1": {{as_of: 2024-03-31, received: 2024-03-31, done: {{{TEAMS}: 3}}}}}}'
    write(folder, {"2024-Q1": {"bao-lac": f"{teams(district=1)}, {before}"}})
    assert [one.place.keys[2:] for one in findings(folder, "T004")] == [("earlier", "1", "done", TEAMS)]
