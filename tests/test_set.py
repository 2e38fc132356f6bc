"""``d8plan set`` as its users run it."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from interrupted import files_of, left_over, sealed
from support import DATA, d8plan, replace_once

ALLOCATIONS = "plans/2024/allocations.yaml"
LINE = "bao-lac:           {province: 5, district: 5}"
AMOUNT = re.compile("amount: ([0-9]+)")
TEAMS = ("2024", "communication-teams", "bao lac")


def run(data: Path, *arguments: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return d8plan("--lang", lang, "--data", str(data), "set", *arguments)


def changed(before: dict[str, bytes], data: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the lines that differ, old and new, by file; no line may come or go."""
    found = {}
    for name, content in files_of(data).items():
        if content != before[name]:
            pairs = zip(before[name].decode().splitlines(), content.decode().splitlines(), strict=True)
            found[name] = [(old.strip(), new.strip()) for old, new in pairs if old != new]
    return found


@pytest.mark.parametrize(
    ("arguments", "file", "old", "new"),
    [
        ((*TEAMS, "6", "--level", "district"), ALLOCATIONS, LINE, LINE.replace("district: 5", "district: 6")),
        (
            ("2024", "Tổ truyền thông cộng đồng", "HUYỆN BẢO LẠC", "6 tổ", "--level", "Cấp huyện"),
            ALLOCATIONS,
            LINE,
            LINE.replace("district: 5", "district: 6"),
        ),
        (
            ("2024", "communication-teams", "so lao dong - tb & xh", "2", "--level", "cap tinh"),
            ALLOCATIONS,
            "labour-department: null",
            "labour-department: {province: 2, district: null}",
        ),
        ((*TEAMS, "null", "--level", "province"), ALLOCATIONS, LINE, LINE.replace("province: 5", "province: null")),
        (
            ("2024", "change-leader-clubs", "Hòa An", "4"),
            ALLOCATIONS,
            "hoa-an:            1",
            "hoa-an:            4",
        ),
        (("2024", "communication-teams", "--total", "58"), ALLOCATIONS, "target: 57", "target: 58"),
        (
            ("2024", "communication-teams", "--total", "30", "--level", "province"),
            ALLOCATIONS,
            "levels: {province: 29, district: 28}",
            "levels: {province: 30, district: 28}",
        ),
        (
            ("2024", "villages", "thach an", "70"),
            "plans/2024/plan.yaml",
            "thach-an:          {number: 4, line: 300, zone: {communes: 12, villages: 69}}",
            "thach-an:          {number: 4, line: 300, zone: {communes: 12, villages: 70}}",
        ),
        (
            ("2024", "granted", "các huyện", "21.830.000.001"),
            "plans/2024/budget.yaml",
            "granted: {amount: 21830000000, line: 197}",
            "granted: {amount: 21830000001, line: 197}",
        ),
    ],
)
def test_one_line_changes(data: Path, arguments: tuple[str, ...], file: str, old: str, new: str) -> None:
    before = files_of(data)
    found = run(data, *arguments, "--allow-findings")
    assert found.returncode == 0, found.stderr
    assert changed(before, data) == {file: [(old, new)]}
    assert left_over(data) == []


@pytest.mark.parametrize("value", ["1,5", "10-12", "57 lớp", "1.234", "sáu", "6.0", "1e3", "=6"])
def test_what_is_no_whole_number_is_refused(data: Path, value: str) -> None:
    before = files_of(data)
    found = run(data, *TEAMS, value, "--level", "district", "--allow-findings")
    assert (found.returncode, found.stdout) == (2, "")
    assert value in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert files_of(data) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2023", "communication-teams", "bao lac", "6"), "There is no plan “2023”. Did you mean: 2024"),
        (("2024", "communication-tems", "bao lac", "6"), "Did you mean: Tổ truyền thông cộng đồng"),
        (("2024", "communication-teams", "bao lacc", "6", "--level", "district"), "Did you mean: Bảo Lạc"),
        ((*TEAMS, "6"), "split by level. Name one of them with --level: province, district"),
        (("2024", "change-leader-clubs", "bao lac", "6", "--level", "district"), "not split by level"),
        (("2024", "communication-teams", "6"), "A figure is named by its unit, a total by --total alone"),
        ((*TEAMS, "6", "--total"), "A figure is named by its unit, a total by --total alone"),
        (("2024", "granted", "bao lac", "6"), "There is no holder “bao lac”"),
        ((*TEAMS, "6", "--level", "district", "--reason", "x"), "go with --amendment NAME"),
        ((*TEAMS, "6", "--level", "district", "--amendment", "../x"), "is no name of an amendment"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(data: Path, arguments: tuple[str, ...], told: str) -> None:
    before = files_of(data)
    found = run(data, *arguments)
    assert found.returncode == 2, found.stdout
    assert told in found.stderr
    assert files_of(data) == before


def test_an_error_is_shown_and_not_written_unless_told_to(data: Path) -> None:
    before = files_of(data)
    found = run(data, *TEAMS, "6", "--level", "district")
    assert found.returncode == 1
    assert "A001" in found.stdout
    assert files_of(data) == before
    assert run(data, *TEAMS, "6", "--level", "district", "--allow-findings").returncode == 0
    assert d8plan("--data", str(data), "validate").returncode == 1


def test_totals_follow_where_they_held(data: Path) -> None:
    before = files_of(data)
    assert run(data, *TEAMS, "6", "--level", "district", "--with-totals").returncode == 0
    assert changed(before, data) == {
        ALLOCATIONS: [
            ("target: 57", "target: 58"),
            ("levels: {province: 29, district: 28}", "levels: {province: 29, district: 29}"),
            (LINE, LINE.replace("district: 5", "district: 6")),
        ],
        "plans/2024/statements.yaml": [("value: 57", "value: 58")],
    }
    assert d8plan("--data", str(data), "validate").returncode == 0


def test_no_total_moves_but_those_over_the_figure_and_each_is_shown(data: Path) -> None:
    before = files_of(data)
    found = run(data, "2024", "granted", "womens-union", "19542000001", "--with-totals", "--allow-findings")
    assert found.returncode == 0, found.stderr
    moved = {
        int(number) for old, _ in changed(before, data)["plans/2024/budget.yaml"] for number in AMOUNT.findall(old)
    }
    # The amount, and the control totals of its origin, of its holder, and of all; none of another level or holder.
    assert moved == {19_542_000_000, 33_346_304_000, 44_821_000_260, 81_891_718_578}
    for old in moved:
        assert re.search(f"{old:,} +{old + 1:,} +[+]1\n", found.stdout), "each is shown"


def test_a_total_that_is_set_moves_no_other(data: Path) -> None:
    before = files_of(data)
    found = run(data, "2024", "communication-teams", "--total", "58", "--with-totals", "--allow-findings")
    assert found.returncode == 0, found.stderr
    assert changed(before, data) == {ALLOCATIONS: [("target: 57", "target: 58")]}


def test_figures_that_cancel_out_move_only_what_they_change(data: Path) -> None:
    before = files_of(data)
    command = ("2024", "communication-teams", "ha lang", "1", "--level", "district", "--allow-findings")
    assert run(data, *command).returncode == 0  # the level states 28 and has 29
    assert run(data, *TEAMS, "4", "--level", "district", "--with-totals").returncode == 0
    assert set(changed(before, data)) == {ALLOCATIONS}
    assert not [old for old, _ in changed(before, data)[ALLOCATIONS] if "target" in old or "levels:" in old]


def test_a_total_that_was_wrong_before_does_not_follow(data: Path) -> None:
    before = files_of(data)
    found = run(data, "2024", "granted", "womens-union", "19542000001", "--with-totals", "--allow-findings")
    assert found.returncode == 0, found.stderr
    # The province's 22.991.000.000 of line 187 was 260 đ short already.
    assert all("22991000000" not in old for old, _ in changed(before, data)["plans/2024/budget.yaml"])


def test_faults_are_mended_one_by_one(data: Path) -> None:
    replace_once(data / ALLOCATIONS, LINE, LINE.replace("district: 5", "district: 8"))
    replace_once(data / ALLOCATIONS, "target: 24\n", "target: 30\n")
    assert run(data, *TEAMS, "6", "--level", "district").returncode == 0  # nearer, not right yet
    assert run(data, *TEAMS, "5", "--level", "district").returncode == 0
    assert run(data, "2024", "change-leader-clubs", "--total", "24").returncode == 0
    assert d8plan("--data", str(data), "validate").returncode == 0


def test_nothing_changes(data: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*.yaml")}
    found = run(data, *TEAMS, "5", "--level", "district")
    assert (found.returncode, found.stdout) == (0, "Nothing changes\n")
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*.yaml")} == before


def test_a_dry_run_writes_nothing(data: Path) -> None:
    before = files_of(data)
    found = run(data, *TEAMS, "6", "--level", "district", "--with-totals", "--dry-run")
    assert found.returncode == 0
    assert "+1" in found.stdout
    assert files_of(data) == before
    assert left_over(data) == []


class TestSealed:
    """A signed plan changes by another document alone."""

    AMENDED = ("--with-totals", "--amendment", "2024-07", "--document", "300/kh-bcd", "--reason", "Thêm một tổ")

    def test_it_asks_for_an_amendment(self, tmp_path: Path) -> None:
        data = Path(shutil.copytree(DATA, tmp_path / "data"))
        for more in ((), ("--allow-findings",)):
            found = run(data, *TEAMS, "6", "--level", "district", *more)
            assert found.returncode == 1
            assert "signed and sealed" in found.stderr
        assert files_of(data) == files_of(DATA)

    def test_an_amendment_is_begun_and_continued(self, tmp_path: Path) -> None:
        data = sealed(tmp_path / "data")
        assert run(data, *TEAMS, "6", "--level", "district", *self.AMENDED).returncode == 0
        path = data / "plans" / "2024" / "amendments" / "2024-07.yaml"
        assert path.read_text(encoding="utf-8").splitlines() == [
            "# yaml-language-server: $schema=../../../../schemas/amendments.schema.json",
            "document: kh-300-2024",
            "date: 2024-07-15",
            "reason: Thêm một tổ",
            "",
            "changes:",
            "  allocations.yaml#/indicators/communication-teams/target: {old: 57, new: 58}",
            "  allocations.yaml#/indicators/communication-teams/units/bao-lac/district: {old: 5, new: 6}",
            "  allocations.yaml#/indicators/communication-teams/levels/district: {old: 28, new: 29}",
            "  statements.yaml#/values/target-communication-teams/value: {old: 57, new: 58}",
        ]
        more = ("2024", "communication-teams", "so lao dong", "2", "--level", "district")
        assert run(data, *more, "--with-totals", "--amendment", "2024-07").returncode == 0
        text = path.read_text(encoding="utf-8")
        assert "target: {old: 57, new: 60}" in text
        assert "labour-department/district: {old: null, new: 2}" in text
        found = d8plan("--lang", "en", "--data", str(data), "validate")
        assert found.returncode == 0, found.stdout
        assert "(amended)" in found.stdout

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (("--amendment", "2024-07"), "is new: name its document and the reason"),
            (("--amendment", "2024-07", "--document", "1/X", "--reason", "x"), "There is no document “1/X”"),
        ],
    )
    def test_a_new_amendment_needs_its_document(self, tmp_path: Path, more: tuple[str, ...], told: str) -> None:
        data = sealed(tmp_path / "data")
        before = files_of(data)
        found = run(data, *TEAMS, "6", "--level", "district", *more)
        assert found.returncode == 2
        assert told in found.stderr
        assert files_of(data) == before

    def test_what_changed_unseen_is_not_sealed_with_it(self, tmp_path: Path) -> None:
        data = sealed(tmp_path / "data")
        replace_once(data / "plans/2024/exceptions.yaml", "Hai khoản cộng lại", "Ba khoản cộng lại")
        before = files_of(data)
        found = run(data, *TEAMS, "6", "--level", "district", *self.AMENDED)
        assert found.returncode == 1
        assert "Review it and run “d8plan seal 2024” first" in found.stderr
        assert files_of(data) == before


class TestFilesKeepTheirShape:
    """What is beside the value stays: mode, links, line ends, the mark at the start."""

    def test_line_ends_mark_and_mode(self, data: Path) -> None:
        path = data / ALLOCATIONS
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        path.chmod(0o640)
        before = path.read_bytes()
        assert run(data, *TEAMS, "6", "--level", "district", "--allow-findings").returncode == 0
        old = LINE.encode()
        assert path.read_bytes() == before.replace(old, old.replace(b"district: 5", b"district: 6"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_a_link_stays_one(self, data: Path) -> None:
        real, link = data / "elsewhere" / "real.yaml", data / ALLOCATIONS
        real.parent.mkdir()
        link.rename(real)
        link.symlink_to(real)
        assert run(data, *TEAMS, "6", "--level", "district", "--allow-findings").returncode == 0
        assert link.is_symlink()
        assert "district: 6" in real.read_text(encoding="utf-8")
        assert [one.name for one in real.parent.iterdir()] == ["real.yaml"]

    def test_a_link_that_leads_out_of_the_data_is_not_written_through(self, data: Path, tmp_path: Path) -> None:
        real, link = tmp_path / "real.yaml", data / ALLOCATIONS
        link.rename(real)
        link.symlink_to(real)
        before = real.read_bytes()
        found = run(data, *TEAMS, "6", "--level", "district", "--allow-findings")
        assert found.returncode == 3
        assert "is a link that leads out of the data folder" in found.stderr
        assert real.read_bytes() == before

    def test_a_second_name_is_refused(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "second.yaml").hardlink_to(data / ALLOCATIONS)
        before = files_of(data)
        found = run(data, *TEAMS, "6", "--level", "district", "--allow-findings")
        assert found.returncode == 3
        assert "second name" in found.stderr
        assert files_of(data) == before


def test_it_speaks_vietnamese_and_fits_any_terminal(data: Path) -> None:
    before = files_of(data)
    command = ("--data", str(data), "set", *TEAMS, "6", "--level", "district", "--with-totals", "--dry-run")
    plain = d8plan(*command, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert plain.returncode == 0
    assert "Thay doi du kien" in plain.stdout
    assert max(map(len, plain.stdout.splitlines())) <= 80
    assert re.search("Thay đổi dự kiến", d8plan(*command).stdout)
    assert files_of(data) == before
