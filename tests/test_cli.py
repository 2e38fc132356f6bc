"""The command line as its users meet it: output, exit codes, environments."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from support import DATA, ROOT, copy_draft, d8plan, replace_once

ALLOCATIONS = "plans/2024/allocations.yaml"
SNAPSHOTS = Path(__file__).parent / "snapshots"
COMMANDS = [
    ["validate"],
    ["--lang", "en", "validate"],
    ["validate", "--format", "json"],
    ["validate", "--format", "github"],
    ["summary"],
    ["summary", "--district", "bao lac"],
    ["summary", "--indicator", "trusted-addresses"],
    ["summary", "--budget"],
    ["summary", "--format", "json"],
    ["summary", "--format", "csv"],
    ["summary", "--format", "markdown"],
    ["export-data"],
    ["--help"],
    ["validate", "--help"],
]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a folder whose data has one allocation more for Bảo Lạc than the plan."""
    copy_draft(tmp_path / "data")
    replace_once(
        tmp_path / "data" / ALLOCATIONS,
        "bao-lac:           {province: 5, district: 5}",
        "bao-lac:           {province: 5, district: 6}",
    )
    return tmp_path


def snapshot(name: str, text: str) -> None:
    """Compare with what was looked at and kept; UPDATE_SNAPSHOTS=1 keeps the new text for a look."""
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("validate.vi.txt", ["validate"]),
        ("validate.en.txt", ["--lang", "en", "validate"]),
        ("summary.vi.txt", ["summary"]),
        ("summary-bao-lac.vi.txt", ["summary", "--district", "Bảo Lạc"]),
        ("summary-trusted-addresses.vi.txt", ["summary", "--indicator", "trusted-addresses"]),
        ("summary.vi.md", ["summary", "--format", "markdown"]),
    ],
)
def test_what_a_user_sees(name: str, arguments: list[str]) -> None:
    shown = d8plan(*arguments)
    assert (shown.returncode, shown.stderr) == (0, "")
    snapshot(name, shown.stdout)


def test_a_changed_allocation_is_told_with_place_values_and_what_to_do(changed: Path) -> None:
    shown = d8plan("validate", "--select", "A", cwd=changed)
    assert shown.returncode == 1
    snapshot("finding.vi.txt", shown.stdout)


def test_strict_lets_no_exception_pass() -> None:
    shown = d8plan("validate", "--strict", "--format", "json")
    report = json.loads(shown.stdout)
    assert shown.returncode == 1
    assert not report["ok"]
    excepted = [finding for finding in report["findings"] if finding["exception"]]
    assert {finding["code"] for finding in excepted} == {"B001", "P004", "S002"}
    assert {finding["severity"] for finding in excepted} == {"error"}
    # Warnings fail too, exceptions or not; coincidences never do.
    assert d8plan("validate", "--strict", "--select", "P005").returncode == 1
    assert d8plan("validate", "--select", "P005").returncode == 0
    assert d8plan("validate", "--strict", "--select", "Q").returncode == 0


def test_json_is_the_contract(changed: Path) -> None:
    shown = d8plan("validate", "--format", "json", cwd=changed)
    report = json.loads(shown.stdout)
    assert shown.returncode == 1
    assert report["version"] == 1
    assert report["ok"] is False
    assert report["checks"] > 1000
    (finding,) = [item for item in report["findings"] if item["severity"] == "error"]
    lines = (changed / "data" / ALLOCATIONS).read_text(encoding="utf-8").splitlines()
    assert "district: 28" in lines[finding["line"] - 1]
    expected = {
        "code": "A001",
        "rule": "level-total",
        "severity": "error",
        "file": "data/" + ALLOCATIONS,
        "column": lines[finding["line"] - 1].index("28") + 1,
        "plan": "2024",
        "indicator": "communication-teams",
        "unit": None,
        "level": "district",
        "stated": 28,
        "computed": 29,
        "difference": 1,
        "exception": None,
        "sheet": "Phụ lục I",
        "document": "288/KH-BCD",
        "document_lines": [296],
    }
    assert {key: finding[key] for key in expected} == expected
    assert re.fullmatch(r"[A-Z]+\d+", finding["cell"])
    covered = [item for item in report["findings"] if item["code"] == "B001"]
    assert [(item["difference"], item["severity"]) for item in covered] == [(260, "info")]


def test_counts_at_a_glance() -> None:
    report = json.loads(d8plan("validate", "--format", "json").stdout)
    # 9 × 19 cells, 2 of the department, 18 zone figures and 6 amounts in 2024; 9 × 21 and 18 in the phase.
    assert report["proven"]["figures"] == {"total": 171 + 2 + 18 + 6 + 189 + 18, "proven": 404}
    # 2024: 16 level totals, 11 targets, 2 zone totals, 2 budget totals, 18 numbers and 2 lists of the text;
    # the phase: 11 targets and 2 zone totals. One of them, the 22.991.000.000 đ, does not hold.
    assert report["proven"]["statements"] == {"total": 51 + 13, "proven": 63}


def test_github_annotates_lines(changed: Path) -> None:
    shown = d8plan("validate", "--format", "github", cwd=changed)
    commands = [line for line in shown.stdout.splitlines() if line.startswith("::")]
    assert commands[0].startswith(f"::error file=data/{ALLOCATIONS},line=")
    assert "title=A001 level-total::" in commands[0]
    told = [line.split(" ")[0] for line in commands]
    assert told == ["::error", *["::warning"] * 15, *["::notice"] * (5 + 7)]  # the levels are no longer equal


def test_findings_of_one_plan_alone(changed: Path) -> None:
    assert d8plan("validate", "2021-2025", cwd=changed).returncode == 0
    assert d8plan("validate", "2024", cwd=changed).returncode == 1
    unknown = d8plan("--lang", "en", "validate", "2023")
    assert unknown.returncode == 2
    assert "Did you mean: 2024" in unknown.stderr


def test_a_plan_whose_folder_has_a_decomposed_name_is_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "plans" / "2024").rename(data / "plans" / unicodedata.normalize("NFD", "kế hoạch"))
    for form in ("NFC", "NFD"):
        named = unicodedata.normalize(form, "kế hoạch")
        done = d8plan("--data", str(data), "summary", named, "--district", "Bảo Lạc", "--format", "json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["facts"]["villages"] == 121


@pytest.mark.parametrize(
    "spelling",
    [
        "Bảo Lạc", "bao lac", "BẢO LẠC", "Bao Lac", "bao-lac", "huyện Bảo Lạc",
        unicodedata.normalize("NFD", "Bảo Lạc"),
    ],
)  # fmt: skip
def test_any_spelling_finds_the_unit(spelling: str) -> None:
    shown = json.loads(d8plan("summary", "--district", spelling, "--format", "json").stdout)
    assert shown["title"] == "Huyện Bảo Lạc trong kế hoạch 2024"
    assert (shown["facts"]["communes"], shown["facts"]["villages"]) == (15, 121)


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("Hòa An", "Hoà An"),
        ("Hoà An", "Hoà An"),
        ("hoa an", "Hoà An"),
        ("Hạ lang", "Hạ Lang"),
        ("Quảng Hòa", "Quảng Hoà"),
    ],
)
def test_tone_marks_in_either_place(spelling: str, unit: str) -> None:
    assert unit in json.loads(d8plan("summary", "--unit", spelling, "--format", "json").stdout)["title"]


@pytest.mark.parametrize("typed", ["LĐTBXH", "ldtbxh", "Sở Lao động - TB & XH"])
def test_a_short_name_is_a_name(data: Path, typed: str) -> None:
    replace_once(data / "units.yaml", "  labour-department:\n", "  labour-department:\n    short_name: LĐTBXH\n")
    shown = d8plan("--data", str(data), "summary", "2024", "--unit", typed, "--format", "json")
    assert json.loads(shown.stdout)["title"] == "Sở Lao động - TB & XH, kế hoạch 2024"


def test_unit_summary_holds_what_is_allotted() -> None:
    shown = json.loads(d8plan("summary", "--district", "bao lac", "--format", "json").stdout)
    rows = {row["indicator"]: row for row in shown["allotments"]}
    # L304 and L329 of the source.
    dialogues = rows["policy-dialogues"]
    assert (dialogues["province"], dialogues["district"], dialogues["value"]) == (5, 10, 15)
    assert (dialogues["share_percent"], dialogues["phase_value"], dialogues["phase_share_percent"]) == (12.1, 35, 42.86)
    cadres = rows["women-cadres-training"]
    assert (cadres["province"], cadres["district"], cadres["value"]) == (None, None, 60)
    assert (cadres["phase_value"], cadres["phase_share_percent"]) == (9, 666.67)
    assert [row["part"] for row in shown["activities"]] == ["2.3", "3.1", "3.4"]
    assert rows["savings-groups"]["paused"] is True


@pytest.mark.parametrize(
    ("wanted", "named"),
    [("Bảo", ["Bảo Lạc", "Bảo Lâm"]), ("Bảo Lộc", ["Bảo Lạc"]), ("Hà Giang", ["Hà Quảng"])],
)
def test_an_unknown_or_ambiguous_unit_gives_the_nearest(wanted: str, named: list[str]) -> None:
    shown = d8plan("summary", "--district", wanted)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert all(name in shown.stderr for name in named)
    assert shown.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "expected"), [("Bảo", ["Bảo Lạc", "Bảo Lâm"]), ("bao", ["bao-lac", "bao-lam"]), ("Hò", ["Hòa An"])]
)
def test_shell_completion_offers_the_units(typed: str, expected: list[str]) -> None:
    program = Path(sys.executable).with_name("d8plan")
    words = f"d8plan summary --district {typed}"
    asked = {"_D8PLAN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "3"}
    offered = subprocess.run(
        [program], cwd=ROOT, env={**os.environ, **asked}, capture_output=True, encoding="utf-8", check=False
    )
    assert offered.stdout.split("\n")[:-1] == expected


def test_indicator_table_sums_to_the_target() -> None:
    shown = json.loads(d8plan("summary", "--indicator", "trusted-addresses", "--format", "json").stdout)
    assert [(row["unit"], row["district"]) for row in shown["units"] if row["district"]] == [
        ("quang-hoa", 3), ("ha-quang", 3), ("nguyen-binh", 2), ("bao-lac", 4),
    ]  # fmt: skip
    assert shown["units"][-1]["value"] is None, "nothing is allotted to the department: not 0"
    assert shown["units_totals"][0]["value"] == shown["facts"]["target"] == 12


def test_csv_is_plain_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(d8plan("summary", "--format", "csv").stdout)))
    assert len(rows) == 11
    assert rows[0]["indicator"] == "communication-teams"
    assert [rows[0][key] for key in ("target", "province", "district", "phase_target")] == ["57", "29", "28", "625"]
    assert rows[0]["phase_share_percent"] == "9.12"
    budget = list(csv.DictReader(io.StringIO(d8plan("summary", "--budget", "--format", "csv").stdout)))
    assert [row["total"] for row in budget] == ["33346304000", "5680452520", "42864962058"]


def test_money_has_vietnamese_digits_and_is_never_cut() -> None:
    text = d8plan("summary").stdout
    for amount in ("16.035.756.260 đ", "22.991.000.260 đ", "21.034.962.058 đ", "81.891.718.578 đ"):
        assert amount in text


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1258"},
        {"PYTHONIOENCODING": "cp1252"},
        {"NO_COLOR": "1"},
    ],
    ids=lambda env: "-".join(f"{key}={value}" for key, value in env.items()),
)
def test_every_environment_gets_text(arguments: list[str], env: dict[str, str]) -> None:
    shown = d8plan(*arguments, env=env)
    assert shown.returncode == 0
    assert shown.stderr == ""
    assert len(shown.stdout) > 100
    assert "\x1b" not in shown.stdout


@pytest.mark.parametrize(
    "arguments", [item for item in COMMANDS if "--format" not in item and item != ["export-data"]], ids=" ".join
)
def test_text_fits_eighty_columns(arguments: list[str]) -> None:
    wide = [line for line in d8plan(*arguments).stdout.splitlines() if len(unicodedata.normalize("NFC", line)) > 80]
    assert wide == []


def test_a_finding_fits_eighty_columns(changed: Path) -> None:
    replace_once(changed / "data" / "units.yaml", "kind: district, order: 5,", "kind: districd, order: 5,")
    shown = d8plan("validate", cwd=changed).stdout
    assert "districd" in shown
    assert [line for line in shown.splitlines() if len(line) > 80] == []


def on_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """Run d8plan on a pseudo-terminal and return what it wrote."""
    import pty  # Windows has none

    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    subprocess.run(
        [sys.executable, "-m", "d8plan", *arguments], cwd=ROOT, env={**kept, **env}, stdout=theirs, check=True
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(ours)
    return text.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("arguments", [["validate"], ["summary", "--budget"]], ids=" ".join)
def test_colour_on_a_terminal_only_and_not_with_no_color(arguments: list[str]) -> None:
    assert "\x1b[" in on_a_terminal(arguments, {"TERM": "xterm"})
    assert "\x1b" not in on_a_terminal(arguments, {"TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b" not in on_a_terminal(arguments, {"TERM": "dumb"})
    assert "\x1b" not in d8plan(*arguments).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_closed_pipe_gives_no_traceback(arguments: list[str]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [sys.executable, "-m", "d8plan", *arguments], cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_gives_one_line() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "d8plan", "validate"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


HOSTILE = [
    "[/red]x[bold]",
    "::error file=x::owned",
    "a%0A::error::b",
    "=HYPERLINK(1)",
    "{unit}{0}",
    "| pipe `code` <b>",
    "$(rm -rf) `id`",
    "../../x",
    ":sparkles: emoji",
    "@SUM(A1)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_inject_nothing(tmp_path: Path, name: str) -> None:
    copy_draft(tmp_path / "data")
    replace_once(tmp_path / "data" / "units.yaml", "name: Bảo Lạc,", f"name: {json.dumps(name)},")
    replace_once(
        tmp_path / "data" / "indicators.yaml", "short_name: Đối thoại chính sách", f"short_name: {json.dumps(name)}"
    )
    replace_once(
        tmp_path / "data" / ALLOCATIONS, "levels: {province: 37, district: 87}", "levels: {province: 38, district: 87}"
    )
    text = d8plan("validate", cwd=tmp_path)
    assert text.returncode == 1
    assert name.replace("::", ": :", 1) in text.stdout or name in text.stdout
    github = d8plan("validate", "--format", "github", cwd=tmp_path).stdout
    assert all(
        line.startswith(("::error file=data/", "::warning file=data/", "::notice file=data/"))
        for line in github.splitlines()
        if "::" in line
    )
    assert sum(line.startswith("::error") for line in github.splitlines()) == 1
    shown = d8plan("summary", "--unit", "bao-lac", cwd=tmp_path)
    assert shown.returncode == 0
    assert name in re.sub(r"\s+", " ", shown.stdout)
    table = list(csv.reader(io.StringIO(d8plan("summary", "--format", "csv", cwd=tmp_path).stdout)))
    assert not any(field.startswith(("=", "@", "+", "-")) for row in table for field in row)
    for output in (text, shown):
        assert "\x1b" not in output.stdout
        assert "Traceback" not in output.stderr


def test_export_data_has_a_row_a_figure_with_its_line(tmp_path: Path) -> None:
    done = d8plan("export-data", "--output", str(tmp_path / "out"))
    assert done.returncode == 0
    with (tmp_path / "out" / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "out" / "budget.csv").open(encoding="utf-8", newline="") as file:
        budget = list(csv.DictReader(file))
    assert list(rows[0]) == ["plan", "indicator", "unit", "level", "value", "unit_of_measure", "file", "line"]
    assert list(budget[0]) == ["plan", "holder", "unit", "origin", "amount", "file", "line"]
    assert (len(rows), len(budget)) == (398, 6)
    for row in [*rows, *({**line, "value": line["amount"]} for line in budget)]:
        text = (DATA / row["file"]).read_text(encoding="utf-8").splitlines()[int(row["line"]) - 1]
        assert re.search(rf"\b{row['value']}\b", text), row
    unsplit = [row for row in rows if row["indicator"] == "change-leader-clubs" and row["plan"] == "2024"]
    assert {row["level"] for row in unsplit} == {""}
    assert sum(int(row["value"]) for row in unsplit) == 24
    assert {row["unit_of_measure"] for row in unsplit} == {"CLB"}
    again = d8plan("--lang", "en", "export-data", "--output", str(tmp_path / "out"))
    assert again.returncode == 3
    assert "--force" in again.stderr
    assert d8plan("export-data", "--output", str(tmp_path / "out"), "--force").returncode == 0


def test_export_data_as_json_keeps_numbers_and_nothing_apart() -> None:
    data = json.loads(d8plan("export-data", "--format", "json").stdout)
    zero = [row for row in data["figures"] if row["value"] == 0]
    assert zero, "a printed 0 is a figure"
    assert {row["unit"] for row in data["figures"] if row["indicator"] == "gender-mainstreaming-2"} > {
        "labour-department"
    }
    department = [row for row in data["figures"] if row["unit"] == "labour-department"]
    assert [(row["indicator"], row["level"], row["value"]) for row in department] == [
        ("gender-mainstreaming-2", "province", 7),
        ("gender-mainstreaming-3", "province", 5),
    ]
    assert sum(row["amount"] for row in data["budget"]) == 81_891_718_578


def test_data_is_found_here_above_and_by_name(tmp_path: Path) -> None:
    assert d8plan("validate", cwd=ROOT / "src" / "d8plan").returncode == 0
    assert d8plan("--data", str(DATA), "validate", cwd=tmp_path).returncode == 0
    assert d8plan("validate", cwd=tmp_path, env={"D8PLAN_DATA": str(DATA)}).returncode == 0
    missing = d8plan("--lang", "en", "validate", cwd=tmp_path)
    assert missing.returncode == 3
    assert "--data" in missing.stderr
    assert d8plan("--data", "no-such-folder", "validate").returncode == 3


@pytest.mark.parametrize(
    "arguments", [["validat"], ["summary", "--nope"], ["summary", "--format", "xml"], ["--lang", "fr", "validate"],
                  ["summary", "--budget", "--unit", "bao lac"], ["summary", "--indicator", "nope"], ["set"],
                  ["diff", "a", "b", "c", "d"], ["validate", "--strict=1"], ["summary", "--district"],
                  ["init", "--year", "x"], ["init", "--year", "20"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_one_line_and_exit_2(arguments: list[str]) -> None:
    shown = d8plan(*arguments)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.count("\n") == 1
    english = re.search(r"\b(?:is|not|the|argument|missing|valid|mean|requires|option|no)\b", shown.stderr.lower())
    assert not english, shown.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [(["validat"], "validate"), (["summary", "--distric", "Bảo Lạc"], "--district")],
)
def test_wrong_usage_names_what_was_meant(arguments: list[str], meant: str) -> None:
    assert f"Có phải là: {meant}" in d8plan(*arguments).stderr.replace("'", "")


def test_help_speaks_the_language_asked_for() -> None:
    assert "Chứng minh mọi tổng" in d8plan("--help").stdout
    assert "Prove every total" in d8plan("--lang", "en", "--help").stdout
    assert "Prove every total" in d8plan("--help", env={"D8PLAN_LANG": "en"}).stdout


def test_a_broken_data_folder_still_gives_every_other_finding(changed: Path) -> None:
    (changed / "data" / "documents.yaml").write_bytes(b"documents: [\xff")
    report = json.loads(d8plan("validate", "--format", "json", cwd=changed).stdout)
    assert [item["code"] for item in report["findings"] if item["severity"] == "error"] == ["Y001", "A001"]


@pytest.mark.parametrize("command", [["summary"], ["export-data"], ["export-appendix", "--output", "x.xlsx"]], ids=str)
def test_nothing_is_shown_or_written_of_data_that_is_not_whole(changed: Path, command: list[str]) -> None:
    replace_once(changed / "data" / ALLOCATIONS, "    target: 57\n", "    target 57\n")
    shown = d8plan("--lang", "en", *command, cwd=changed)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "d8plan validate" in shown.stderr
    assert not (changed / "x.xlsx").exists()


@pytest.mark.parametrize("command", [["summary"], ["export-data"], ["export-appendix", "--output", "x.xlsx"]], ids=str)
def test_what_is_written_of_wrong_data_says_so(changed: Path, command: list[str]) -> None:
    shown = d8plan("--lang", "en", *command, cwd=changed)
    assert shown.returncode == 0
    assert "The data has findings" in shown.stderr


def test_a_plan_that_cannot_be_read_is_told_as_that(changed: Path) -> None:
    (changed / "data" / "plans" / "2024" / "plan.yaml").write_text("title: [", encoding="utf-8")
    report = json.loads(d8plan("validate", "2024", "--format", "json", cwd=changed).stdout)
    assert [item["code"] for item in report["findings"] if item["severity"] == "error"] == ["Y002"]


def test_the_signed_amount_stands_beside_the_computed_one() -> None:
    shown = d8plan("summary", "--budget").stdout
    assert "22.991.000.260 đ*" in shown
    assert "22.991.000.000 đ" in shown
    remark = json.loads(d8plan("summary", "--budget", "--format", "json").stdout)["remarks"][0]
    assert (remark["stated"], remark["computed"]) == (22_991_000_000, 22_991_000_260)


@pytest.mark.parametrize("text", ["::error file=x::pwned", "##[group]x"])
def test_text_is_no_command_of_a_build_service(tmp_path: Path, text: str) -> None:
    copy_draft(tmp_path / "data")
    plan = tmp_path / "data" / "plans" / "2024"
    replace_once(plan / "statements.yaml", "text: Huyện điểm", f"text: {json.dumps(text)}")
    replace_once(plan / "plan.yaml", "units: [trung-khanh, ha-quang]", "units: [trung-khanh]")
    shown = d8plan("validate", cwd=tmp_path).stdout
    assert "S001" in shown
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_a_file_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    copy_draft(tmp_path / "data")
    (tmp_path / "data" / "plans" / "2024" / "\x1b[31mred.yaml").write_text("", encoding="utf-8")
    for form in ("text", "json", "github"):
        shown = d8plan("validate", "--format", form, cwd=tmp_path)
        assert shown.returncode == 1
        assert "\x1b" not in shown.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0)])
def test_a_closed_stream_is_no_fault(closed: str, code: int) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m d8plan validate {closed}'], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


def test_only_a_workbook_is_written(tmp_path: Path) -> None:
    assert d8plan("export-appendix", "--output", str(tmp_path / "x.pdf")).returncode == 2
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    loop = d8plan("export-appendix", "--output", str(tmp_path / "loop.xlsx"))
    assert (loop.returncode, loop.stderr.count("\n")) == (3, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop.xlsx"]
