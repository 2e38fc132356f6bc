"""What could not be read again is never written: refused with its cell or argument, every file as it was."""

from __future__ import annotations

from pathlib import Path

import filled_forms
import hand_edited as hand
import openpyxl
import pytest
from interrupted import SET_SEVERAL, files_of, sealed
from support import d8plan

from d8plan.cli.program import main
from d8plan.models.places import Place
from d8plan.storage.data.loader import load

ALLOCATIONS = "plans/2024/allocations.yaml"
MOST = "9" * 15
"""The largest number that a spreadsheet holds exactly."""
Captured = pytest.CaptureFixture[str]


def place(unit: str, level: str) -> Place:
    return Place(ALLOCATIONS, ("indicators", "communication-teams", "units", unit, level))


def refused(folder: Path, capfd: Captured, arguments: tuple[str, ...], *told: str, code: int = 3) -> None:
    """Run a command that must refuse in one line, and show nothing that would not happen."""
    before = files_of(folder)
    capfd.readouterr()
    assert main(["--lang", "en", "--data", str(folder), *arguments]) == code
    shown = capfd.readouterr()
    assert len(shown.err.splitlines()) == 1
    assert all(one in shown.err for one in told), shown.err
    assert "would change" not in shown.out
    assert "Written" not in shown.out
    assert files_of(folder) == before
    assert load(folder).findings == ()


@pytest.mark.parametrize("more", [(), ("--allow-findings",), ("--dry-run",), ("--allow-findings", "--with-totals")])
@pytest.mark.parametrize("value", ["1000000000000000", "16.035.756.260.000.000"])
def test_a_count_that_is_too_large(data: Path, capfd: Captured, value: str, more: tuple[str, ...]) -> None:
    asked = ("set", "2024", "communication-teams", "bảo lạc", "--level", "province", value, *more)
    refused(data, capfd, asked, f"“{value}”", "more than 15 digits", code=2)


def test_a_total_that_would_follow_is_too_large(data: Path, capfd: Captured) -> None:
    asked = ("set", "2024", "communication-teams", "bảo lạc", "--level", "province", MOST)
    refused(data, capfd, (*asked, "--with-totals", "--allow-findings"), "communication-teams/target", f"at most {MOST}")
    assert main(["--data", str(data), *asked, "--allow-findings"]) == 0


def test_the_largest_that_can_be_read_is_written(data: Path) -> None:
    asked = ("set", "2024", "communication-teams", "bảo lạc", "--level", "province", MOST, "--allow-findings")
    assert main(["--data", str(data), *asked]) == 0
    assert load(data).findings == ()
    assert main(["--data", str(data), *asked[:-2], "5", "--allow-findings"]) == 0


@pytest.mark.parametrize("more", [("--dry-run",), ("--yes", "--allow-findings")])
def test_cells_whose_total_would_be_too_large(
    data: Path, tmp_path: Path, capfd: Captured, more: tuple[str, ...]
) -> None:
    _, book = hand.exported(data, "2024")
    changed = {place("bao-lac", "district"): int(MOST), place("ha-lang", "district"): int(MOST)}
    path = tmp_path / "annex.xlsx"
    path.write_bytes(hand.content(hand.edited(book, hand.typed(changed))))
    told = ("communication-teams/target", f"at most {MOST}")
    refused(data, capfd, ("import-appendix", str(path), "--with-totals", *more), *told)


@pytest.mark.parametrize("more", [("--dry-run",), ("--yes",)])
def test_a_report_that_is_too_large(data: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    form = tmp_path / "form.xlsx"
    asked = ("report-form", "2024", "--period", "2024-Q2", "--district", "Bảo Lạc", "--output", str(form))
    assert main(["--data", str(data), *asked]) == 0
    labels = list(filled_forms.table(openpyxl.load_workbook(form).worksheets[0]))
    filled_forms.fill(form, {labels[0]: 10**15}, Số_liệu_đến_ngày="30/6/2024", Tính_đến_ngày="30/6/2024")
    before = files_of(data)
    done = d8plan("--lang", "en", "--data", str(data), "import-report", str(form), *more)
    assert done.returncode == 3
    assert "!F" in done.stderr
    assert "more than 15 digits" in done.stderr
    assert files_of(data) == before


@pytest.mark.parametrize("more", [(), ("--write", "--allow-findings")])
def test_shares_that_are_too_large(data: Path, capfd: Captured, more: tuple[str, ...]) -> None:
    bound = ("--total", MOST, "--level", "district", "--min", "bao-lac=9" + "9" * 5000)
    refused(data, capfd, ("allocate", "2024", "communication-teams", *bound, *more), "more than 15 digits", code=2)


CHARACTERS = {
    "\t": "tab",
    "\x07": "U+0007",
    "\u200b": "",
    "\u00a0": "",
    "\u202e": "U+202E",
    "\ufffe": "U+FFFE",
    "\ufeff": "",
}


@pytest.mark.parametrize("char", CHARACTERS, ids=ascii)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_reason_that_data_cannot_hold(tmp_path: Path, capfd: Captured, char: str, more: tuple[str, ...]) -> None:
    folder = sealed(tmp_path / "data")
    *asked, _ = SET_SEVERAL.arguments
    for reason in (f"Thêm{char} tổ", f"{char}Thêm tổ"):
        refused(folder, capfd, (*asked, reason, *more), "--reason: ", CHARACTERS[char], code=2)


def test_a_reason_of_every_other_kind_is_written_as_it_is(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "data")
    reason = "null: \"x\" #1 \\ 'y' {z} - & * ! % @ `\nhai dòng 😀"
    *asked, _ = SET_SEVERAL.arguments
    assert main(["--data", str(folder), *asked, reason]) == 0
    loaded = load(folder)
    assert loaded.findings == ()
    assert loaded.dataset.plans["2024"].amendments["2024-07"].reason == reason


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
@pytest.mark.parametrize(
    ("option", "value"), [("--title", "Kế\x07hoạch"), ("--title", "a\u200bb"), ("--levels", "province=C\u00a0T")]
)
def test_a_draft_that_data_cannot_hold(
    data: Path, capfd: Captured, option: str, value: str, more: tuple[str, ...]
) -> None:
    refused(data, capfd, ("new", "2025", "--from", "2024", option, value, *more), f"{option}: ", code=2)


@pytest.mark.parametrize("option", ["--province", "--kind", "--units", "--indicator", "--levels"])
def test_a_province_that_data_cannot_hold(tmp_path: Path, option: str) -> None:
    given = {
        "--province": "Tỉnh A", "--kind": "xã", "--units": "B,C", "--indicator": "Lớp (lớp)=60",
        "--levels": "province=Cấp tỉnh,commune=Cấp xã",
    }  # fmt: skip
    given[option] += "\u200e"
    asked = [piece for pair in given.items() for piece in pair]
    found = d8plan("--lang", "en", "init", str(tmp_path / "new"), "--year", "2025", *asked)
    assert found.returncode == 2
    assert found.stderr.startswith(f"d8plan: {option}: ")
    assert not (tmp_path / "new").exists()
