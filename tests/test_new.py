"""A draft of the next plan: what the phase leaves as targets, nothing copied that was about the old year."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from interrupted import CRASHED, at_call, crash, files_of, in_child
from support import DATA, TODAY, copy_draft, d8plan, replace_once

from d8plan.app.folders import open_folder
from d8plan.checks import run
from d8plan.cli.program import main
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.storage.data import transaction
from d8plan.storage.data.loader import load

NEW = ("new", "2025", "--from", "2024")
UNFINISHED = {"A005", "B003"}
# Phụ lục I (Bổ sung), line 319 on, less Phụ lục I of 2024, line 294 and 296: target, province, district.
LEFT: dict[str, tuple[int, dict[str, int]]] = {
    "communication-teams": (625 - 57, {"province": 165 - 29, "district": 460 - 28}),
    "savings-groups": (210 - 210, {"province": 72 - 72, "district": 138 - 138}),
    "savings-groups-gender-action": (125 - 125, {"province": 45 - 45, "district": 80 - 80}),
    "livelihood-groups": (35 - 35, {"province": 21 - 21, "district": 14 - 14}),
    "trusted-addresses": (70 - 12, {"province": 30 - 0, "district": 40 - 12}),
    "policy-dialogues": (306 - 124, {"province": 111 - 37, "district": 195 - 87}),
    "change-leader-clubs": (125 - 24, {}),
    "women-cadres-training": (0, {}),  # 240 of 80 have been allotted
    "gender-monitoring-training": (42 - 34, {}),
    "gender-mainstreaming-2": (33 - 25, {"province": 33 - 25, "district": 0}),
    "gender-mainstreaming-3": (115 - 47, {"province": 37 - 7, "district": 78 - 40}),
}


def made(folder: Path, *arguments: str) -> str:
    done = d8plan("--data", str(folder), "--lang", "en", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def plan_of(folder: Path, plan: str) -> PlanFiles:
    loaded = load(folder)
    assert loaded.findings == ()
    return loaded.dataset.plans[plan]


def findings_of(folder: Path, plan: str) -> list[Finding]:
    loaded = load(folder)
    return [*loaded.findings, *(one for one in run(loaded.dataset, TODAY).findings if one.plan in (None, plan))]


def test_targets_are_what_the_phase_leaves(data: Path) -> None:
    told = made(data, *NEW)
    allocations = plan_of(data, "2025").allocations
    assert allocations is not None
    proposed = {key: (one.target, one.levels) for key, one in allocations.indicators.items()}
    assert proposed == LEFT
    for key, one in allocations.indicators.items():
        target, levels = LEFT[key]
        rest = one.units.get("unallotted")
        assert rest == ((levels or target) if target else None)
        assert all(
            line is None or set(line.values()) == {None}  # type: ignore[union-attr]
            for unit, line in one.units.items()
            if unit != "unallotted"
        )
    assert "70 of 2021-2025, less" in told
    assert "2021, 2022, 2023" in told, "years whose targets are not known"


def test_the_draft_holds_and_lists_what_is_to_be_filled_in(data: Path) -> None:
    told = made(data, *NEW)
    found = findings_of(data, "2025")
    assert [one for one in found if one.severity is Severity.ERROR] == []
    targets = sum(target > 0 for target, _ in LEFT.values())
    holders = 3  # section IV: the union, the department, the districts
    missing = [one.rule.code for one in found if one.rule.code in UNFINISHED]
    assert sorted(missing) == ["A005"] * targets + ["B003"] * holders
    assert f"fill in: {targets + holders}" in told
    assert d8plan("--data", str(data), "validate").returncode == 0


def test_what_was_about_the_old_year_is_not_copied(data: Path) -> None:
    made(data, *NEW)
    folder = data / "plans" / "2025"
    assert {path.name for path in folder.iterdir()} == {"plan.yaml", "allocations.yaml", "annex.yaml", "budget.yaml"}
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert not any(word in text for word in ("notes:", "groups:\n  pilot", "severities:", " line: ", "legal_basis:"))
    old, files = plan_of(data, "2024"), plan_of(data, "2025")
    assert (files.plan.title, files.plan.document) == ("Kế hoạch triển khai Dự án 8 năm 2025", "kh-2025")
    assert (files.plan.phase, files.plan.period.first, files.plan.period.last) == ("2021-2025", 2025, 2025)
    assert [(unit, one.zone) for unit, one in files.plan.units.items()] == [
        (unit, one.zone) for unit, one in old.plan.units.items()
    ]
    assert files.plan.zone is not None
    assert files.plan.zone["villages"].source.document == "kh-288-2024", "where the figures were stated"
    assert files.budget is not None
    assert files.budget.totals == {}
    assert {key: holder.amounts for key, holder in files.budget.holders.items()} == {
        "womens-union": {},
        "labour-department": {},
        "districts": {},
    }
    origin = files.budget.origins["carried-over"]
    assert (origin.name, origin.years) == ("Kinh phí chuyển nguồn từ năm 2023, 2024 sang năm 2025", [2023, 2024])
    assert files.annex is not None
    assert files.annex.title == "CHỈ TIÊU DỰ ÁN 8 CẤP TỈNH THỰC HIỆN NĂM 2025"
    for path in folder.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == f"# yaml-language-server: $schema=../../../schemas/{path.stem}.schema.json"
        assert lines[1].startswith("# ")
        assert not any(line.lstrip().startswith("#") for line in lines[2:])


@pytest.mark.parametrize("sealed", [False, True])
def test_other_files_stay_byte_for_byte(tmp_path: Path, sealed: bool) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data")) if sealed else copy_draft(tmp_path / "data")
    before = files_of(folder)
    told = made(folder, *NEW, "--dry-run")
    assert files_of(folder) == before
    assert "Written" not in told
    made(folder, *NEW)
    after = files_of(folder)
    assert {name for name in after if before.get(name) != after[name]} == {
        "documents.yaml",
        *(f"plans/2025/{name}.yaml" for name in ("plan", "allocations", "annex", "budget")),
    }
    assert after["documents.yaml"].startswith(before["documents.yaml"])
    assert after["documents.yaml"].removeprefix(before["documents.yaml"]).count(b"\n") == 1
    documents = load(folder).dataset.documents
    assert documents is not None
    document = documents.documents["kh-2025"]
    assert (document.kind, document.number, document.date) == ("Kế hoạch", None, None)
    # A document more is no change of what was sealed.
    assert [one for one in findings_of(folder, "2025") if one.rule.code[0] == "L"] == []


def test_allocate_leaves_nothing_unallotted(data: Path) -> None:
    made(data, *NEW)
    made(data, "allocate", "2025", "--all", "--write")
    found = findings_of(data, "2025")
    assert [one for one in found if one.severity is Severity.ERROR or one.rule.code == "A005"] == []
    allocations = plan_of(data, "2025").allocations
    assert allocations is not None
    addresses = allocations.indicators["trusted-addresses"]
    # Hoà An has 2 and 3 in the phase and nothing in 2024; all that is left is shared out, so each gets what is left.
    assert addresses.units["hoa-an"] == {"province": 2, "district": 3}
    # Bảo Lạc had all its 4 of the districts in 2024: an empty cell stays empty.
    assert addresses.units["bao-lac"] == {"province": 4, "district": None}


def test_where_there_is_no_phase_targets_are_those_of_the_old_plan(data: Path) -> None:
    told = made(data, "new", "2026", "--from", "2024")
    allocations = plan_of(data, "2026").allocations
    assert allocations is not None
    dialogues = allocations.indicators["policy-dialogues"]
    assert (dialogues.target, dialogues.levels) == (124, {"province": 37, "district": 87})
    assert "124 of 2024" in told
    assert told.count("no longer exists") == 9, "the districts end in 2025, and no successors are named"
    assert list(plan_of(data, "2026").plan.units) == ["labour-department"]


COMMUNES = (
    "  xa-mot: {name: Xã Một, kind: commune, order: 41, parent: cao-bang, valid_from: 2025-07-01}\n"
    "  xa-hai: {name: Xã Hai, kind: commune, order: 40, parent: cao-bang, valid_from: 2025-07-01}\n"
)


def test_units_that_ended_are_replaced_by_their_successors(data: Path) -> None:
    units = data / "units.yaml"
    replace_once(units, "  agency: {name: cơ quan}\n", "  agency: {name: cơ quan}\n  commune: {name: xã}\n")
    for district, heirs in (("bao-lac", "xa-mot, xa-hai"), ("bao-lam", "xa-mot")):
        line = next(one for one in units.read_text(encoding="utf-8").splitlines() if one.startswith(f"  {district}: "))
        replace_once(units, line, line.removesuffix("}") + f", successors: [{heirs}]}}")
    with units.open("a", encoding="utf-8") as file:
        file.write(COMMUNES)
    levels = "province=Cấp tỉnh,commune=Cấp xã"
    told = made(data, "new", "2026-2030", "--from", "2024", "--levels", levels)
    files = plan_of(data, "2026-2030")
    assert [(unit, one.number, one.zone) for unit, one in files.plan.units.items()] == [
        ("xa-hai", 1, {"communes": None, "villages": None}),
        ("xa-mot", 2, {"communes": None, "villages": None}),
        ("labour-department", 3, {"communes": None, "villages": None}),
    ]
    assert "Bảo Lạc no longer exists; in its place: Xã Hai, Xã Một" in told
    assert files.allocations is not None
    assert files.allocations.indicators["policy-dialogues"].levels == {"province": 37, "commune": 87}
    assert files.budget is not None
    assert files.budget.holders["districts"].level == "commune"
    assert files.annex is not None
    assert files.annex.levels == {"province": "Cấp tỉnh", "commune": "Cấp xã"}
    assert files.annex.title.endswith("NĂM 2026 - 2030")
    assert [one for one in findings_of(data, "2026-2030") if one.severity is Severity.ERROR] == []


def test_a_title_and_ids_that_are_taken(data: Path) -> None:
    replace_once(data / "documents.yaml", "\n  qd-861:\n", "\n  kh-2025: {kind: Công văn}\n  qd-861:\n")
    made(data, *NEW, "--title", "Kế hoạch: “mới”")
    files = plan_of(data, "2025")
    assert (files.plan.title, files.plan.document) == ("Kế hoạch: “mới”", "kh-2025-2")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("new", "2024", "--from", "2024"), "Plan 2024 exists"),
        (("new", "2021-2025", "--from", "2024"), "exists"),
        (("new", "2025"), "There are: 2021-2025, 2024"),
        (("new", "2025", "--from", "2023"), "2023"),
        (("new", "năm-2025", "--from", "2024"), "2026-2030"),
        (("new", "2030-2026", "--from", "2024"), "2026-2030"),
        ((*NEW, "--levels", "province"), "province=Cấp tỉnh"),
        ((*NEW, "--title", " "), "title"),
        ((*NEW, "--title", "a\x1bb"), "Character U+001B"),
        (("new", "2026-2030", "--from", "2021-2025"), "successors"),
    ],
)
def test_what_cannot_be_started_is_told(data: Path, arguments: tuple[str, ...], told: str) -> None:
    before = files_of(data)
    done = d8plan("--data", str(data), "--lang", "en", *arguments)
    assert done.returncode in (2, 3)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert files_of(data) == before
    assert not (data / "plans" / "2025").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_system_call_leaves_the_folder_as_it_was_or_the_whole_draft(tmp_path: Path, after: bool) -> None:
    start = copy_draft(tmp_path / "start")
    done = Path(shutil.copytree(start, tmp_path / "done"))
    made(done, *NEW)
    old, new = files_of(start), files_of(done)
    # Every fifteenth call; test_transaction.py tries each of a smaller change.
    for number in range(int(after), 200, 15):
        folder = Path(shutil.copytree(start, tmp_path / "data"))

        def work(number: int = number, folder: Path = folder) -> int:
            at_call(number, crash, after=after)
            return main(["--data", str(folder), *NEW])

        code = in_child(work)
        assert code in (0, CRASHED)
        loaded = open_folder(folder)
        told = {one.rule.code for one in loaded.findings}
        assert "Y010" in told or (told <= {"Y012"} and loaded.contents in (old, new)), "nothing half written is unsaid"
        with transaction.writing(folder):
            pass
        assert files_of(folder) in (old, new)
        shutil.rmtree(folder)
        if code == 0:
            break
    assert code == 0
