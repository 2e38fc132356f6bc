"""Sealed plans: what was signed stays what it is, whoever changes which file how."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealed_data import (
    ACTIVITIES,
    ALLOCATIONS,
    ANNEX,
    BAO_LAC,
    BUDGET,
    CLUBS,
    PLAN,
    SEAL,
    SIGNED,
    STATEMENT,
    STATEMENTS,
    TARGET,
    TITLE,
    TOP,
    amend,
    codes,
    contents,
    edit,
    found_in,
    line_of,
    places,
    seal,
)
from support import DATA, TODAY, d8plan, replace_once

from d8plan.checks import run
from d8plan.models import plain_values
from d8plan.models.files import PlanState
from d8plan.models.findings import Severity
from d8plan.models.places import Place
from d8plan.models.seal import Seal
from d8plan.storage.data import seals
from d8plan.storage.data.loader import load

pytestmark = pytest.mark.usefixtures("read_once")

EXCEPTIONS = "plans/2024/exceptions.yaml"
PHASE = "plans/2021-2025/allocations.yaml"
NO_CLUBS = "quang-hoa:         8\n      trung-khanh:       0"


# --- The command.


@pytest.mark.parametrize("given", [(), SIGNED[:2], SIGNED[2:]])
def test_a_draft_is_sealed_only_with_its_document_and_date(data: Path, given: tuple[str, ...]) -> None:
    before = contents(data)
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *given)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Plan 2024 is a draft" in ended.stderr
    assert 'd8plan seal 2024 --document "288/KH-BCD" --date 2024-03-20' in ended.stderr
    assert contents(data) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--document", "75/KH-BTV", "--date", "2024-03-20"], "not “75/KH-BTV”"),
        (["--document", "của tỉnh", "--date", "2024-03-20"], "not “của tỉnh”"),
        (["--document", "288/KH-BCD", "--date", "2024-03-21"], "Document 288/KH-BCD is of 2024-03-20"),
        (["--document", "288/KH-BCD", "--date", "20/3/2024"], "“20/3/2024” is not a date. Write a date as YYYY-MM-DD"),
        (["--document", "288/KH-BCD", "--date", "2024-02-30"], "“2024-02-30” is not a date"),
    ],
)
def test_what_is_not_the_signed_document_is_refused(data: Path, arguments: list[str], told: str) -> None:
    before = contents(data)
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert contents(data) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "told"),
    [
        (ALLOCATIONS, "target: 57", "target: 58", 1, "what is wrong is not sealed. “d8plan validate” shows them"),
        ("documents.yaml", "    date: 2024-03-20\n", "", 1, "has no number or date. Write both in documents.yaml"),
        (ALLOCATIONS, "indicators:\n", "indicators: [\n", 3, "“d8plan validate” tells why"),
        (PLAN, "title: ", "titel: ", 3, "“d8plan validate” tells why"),
    ],
)
def test_a_plan_with_errors_is_not_sealed(data: Path, file: str, old: str, new: str, code: int, told: str) -> None:
    replace_once(data / file, old, new)
    before = contents(data)
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *SIGNED)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert told in ended.stderr
    assert contents(data) == before


def test_an_error_of_another_plan_does_not_stop_the_seal(data: Path) -> None:
    replace_once(data / ALLOCATIONS, "target: 57", "target: 58")
    seal(data, "2021-2025", "--document", "75/KH-BTV", "--date", "2022-09-13")
    assert (data / "plans/2021-2025/seal.json").exists()


@pytest.mark.parametrize(
    ("plan", "code", "told"), [("2025", 2, "There is no plan “2025”"), ("2024", 3, "There is no folder")]
)
def test_no_plan_or_folder(data: Path, plan: str, code: int, told: str) -> None:
    folder = data if code == 2 else data / "nowhere"
    ended = d8plan("--lang", "en", "--data", str(folder), "seal", plan, *SIGNED)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert told in ended.stderr


def test_a_draft_becomes_a_sealed_plan_which_validates(data: Path) -> None:
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *SIGNED)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == ["Written", "Written", "Sealed"]
    # Both plans together: the shipped folder is sealed, so its seals are what the command writes, byte for byte.
    seal(data, "2021-2025", "--document", "75/KH-BTV", "--date", "2022-09-13")
    assert contents(data) == contents(DATA)
    checked = d8plan("--lang", "en", "--data", str(data), "validate", "--format", "json")
    assert checked.returncode == 0
    told = json.loads(checked.stdout)
    assert {plan["id"]: plan["state"] for plan in told["plans"]} == {"2021-2025": "issued", "2024": "issued"}


def test_the_number_may_be_typed_in_another_case(data: Path) -> None:
    seal(data, "2024", "--document", "288/kh-bcd", "--date", "2024-03-20")
    assert load(data).dataset.plans["2024"].state is PlanState.ISSUED


def test_the_command_speaks_both_languages(data: Path) -> None:
    draft = d8plan("--data", str(data), "seal", "2024")
    assert draft.returncode == 2
    assert "d8plan seal 2024 --document" in draft.stderr
    assert "is a draft" not in draft.stderr
    assert "dự thảo" in draft.stderr.casefold()
    done = d8plan("--data", str(data), "seal", "2024", *SIGNED)
    assert done.returncode == 0
    assert "Sealed" not in done.stdout


def test_the_text_report_and_the_summary_tell_the_state(sealed: Path) -> None:
    told = d8plan("--lang", "en", "--data", str(sealed), "validate")
    assert "Plan 2024, 288/KH-BCD (issued)" in told.stdout
    amend(sealed, "2024-07", "2024-07-15", {"plan.yaml#/title": (TITLE, "Kế hoạch mới")})
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Kế hoạch mới")
    amended = d8plan("--lang", "en", "--data", str(sealed), "validate")
    assert amended.returncode == 0, amended.stdout
    assert "Plan 2024, 288/KH-BCD (amended)" in amended.stdout
    summed = d8plan("--lang", "en", "--data", str(sealed), "summary")
    assert "issued 2024-03-20, amended 2024-07-15" in summed.stdout
    found = json.loads(d8plan("--data", str(sealed), "validate", "--format", "json").stdout)
    assert {plan["id"]: plan["state"] for plan in found["plans"]} == {"2021-2025": "issued", "2024": "amended"}


def test_a_draft_is_told_as_one(data: Path) -> None:
    found = json.loads(d8plan("--data", str(data), "validate", "--format", "json").stdout)
    assert {plan["state"] for plan in found["plans"]} == {"draft"}


def test_sealing_again_takes_over_records_alone(sealed: Path) -> None:
    replace_once(sealed / EXCEPTIONS, "Hai cách viết tắt của", "Hai cách ghi của")
    replace_once(sealed / "units.yaml", "kind: district, order: 8,", "kind: district, order: 18,")
    replace_once(
        sealed / PLAN,
        "notes:\n",
        "notes:\n  hours: {kind: question, text: Mấy giờ, source: {document: kh-288-2024, lines: [1]}}\n",
    )
    assert codes(sealed) == ["L006", "L006", "L008"]
    before = json.loads((sealed / SEAL).read_text(encoding="utf-8"))
    seal(sealed, "2024")
    assert codes(sealed) == []
    after = json.loads((sealed / SEAL).read_text(encoding="utf-8"))
    assert {key: after[key] for key in ("document", "date", "plan")} == {
        key: before[key] for key in ("document", "date", "plan")
    }
    assert after["record"]["plan.yaml#/notes/hours/text"] == "Mấy giờ"


def test_sealing_again_changes_nothing_where_nothing_changed(sealed: Path) -> None:
    seal(sealed, "2024")
    assert contents(sealed) == contents(DATA)


def test_a_changed_figure_cannot_be_sealed_over(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    before = contents(sealed)
    ended = d8plan("--lang", "en", "--data", str(sealed), "seal", "2024")
    assert ended.returncode == 1
    assert "what is wrong is not sealed" in ended.stderr
    assert contents(sealed) == before


@pytest.mark.parametrize("given", [SIGNED, SIGNED[:2], SIGNED[2:]])
def test_a_sealed_plan_is_not_signed_again(sealed: Path, given: tuple[str, ...]) -> None:
    ended = d8plan("--lang", "en", "--data", str(sealed), "seal", "2024", *given)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "sealed already. List what a later document changes in a file of amendments/" in ended.stderr
    assert contents(sealed) == contents(DATA)


def test_a_lost_seal_is_made_again_only_as_it_was(sealed: Path) -> None:
    (sealed / SEAL).unlink()
    replace_once(sealed / PLAN, f"title: {TITLE}", "title: Kế hoạch khác")
    ended = d8plan("--lang", "en", "--data", str(sealed), "seal", "2024", *SIGNED)
    assert ended.returncode == 1
    assert "was sealed before, with another seal. Restore it from git" in ended.stderr
    assert not (sealed / SEAL).exists()
    replace_once(sealed / PLAN, "title: Kế hoạch khác", f"title: {TITLE}")
    seal(sealed, "2024", *SIGNED)
    assert contents(sealed) == contents(DATA)


# --- What is no change.


def as_block(text: str) -> str:
    """Write the lines of units of a flow mapping as block mappings, one key a line."""

    def opened(found: re.Match[str]) -> str:
        pairs = (pair.split(": ") for pair in found[3].split(", "))
        return f"{found[1]}{found[2]}:\n" + "\n".join(f"{found[1]}  {key}: {value}" for key, value in pairs)

    return re.sub(r"^( +)([a-z-]+): +\{((?:province|district): [^{}]*)\}$", opened, text, flags=re.MULTILINE)


def with_keys_turned(text: str) -> str:
    """Turn the keys of every line with two levels round."""
    return re.sub(r"\{(province: \w+), (district: \w+)\}", r"{\2, \1}", text)


def with_quotes(text: str) -> str:
    return re.sub(r"^( +|)(title|name|text): ([^\"'>{\n]+)$", r'\1\2: "\3"', text, flags=re.MULTILINE)


def with_blocks_turned(text: str) -> str:
    """Turn the indicators of allocations.yaml round."""
    head, held = text.split("indicators:\n")
    entries = [entry.strip("\n") for entry in held.split("\n\n")]
    return head + "indicators:\n" + "\n\n".join(reversed(entries)) + "\n"


@pytest.mark.parametrize(
    ("file", "rewrite"),
    [
        (ALLOCATIONS, lambda text: "# Bản lưu\n\n" + text.replace("\n", "  # số\n\n", 30)),
        (ALLOCATIONS, as_block),
        (ALLOCATIONS, with_keys_turned),
        (ALLOCATIONS, with_blocks_turned),
        (ALLOCATIONS, lambda text: text.replace("\n", "\r\n")),
        (ALLOCATIONS, lambda text: "\ufeff" + text),
        (ALLOCATIONS, lambda text: text.rstrip("\n")),
        (PLAN, with_quotes),
        (PLAN, lambda text: text.replace("title: " + TITLE, "title: >-\n  Kế hoạch triển khai\n  Dự án 8 năm 2024")),
        (STATEMENTS, with_quotes),
        (STATEMENTS, lambda text: text.replace("\n", "\r\n")),
        (EXCEPTIONS, lambda text: text.replace("\n", "\r\n")),
        ("units.yaml", lambda text: "# Bản lưu\n" + text.replace("\n", "\r\n")),
        (SEAL, lambda text: text.replace("\n", "\r\n")),
        (TOP, lambda text: text.replace("\n", "\r\n")),
    ],
)
def test_the_way_it_is_written_is_no_change(sealed: Path, file: str, rewrite: Callable[[str], str]) -> None:
    path = sealed / file
    before = path.read_text(encoding="utf-8")
    path.write_text(rewrite(before), encoding="utf-8", newline="")
    assert path.read_bytes() != before.encode("utf-8")
    # A byte order mark is for YAML's readers alone; all else leaves every place where it was said to be.
    assert [(item.rule.code, item.message) for item in found_in(sealed)[1]] == []


# --- Every change of what the document says.


@pytest.mark.parametrize(
    ("file", "old", "new", "stated", "computed"),
    [
        (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"), 5, 6),
        (ALLOCATIONS, CLUBS, CLUBS.replace("null", "0"), "null", "0"),
        (ALLOCATIONS, NO_CLUBS, NO_CLUBS.replace("0", "null"), "0", "null"),
        (
            ALLOCATIONS,
            "labour-department: {province: 5, district: null}",
            "labour-department: {province: 5, district: 0}",
            "null",
            "0",
        ),
        (ALLOCATIONS, "target: 57", "target: 58", 57, 58),
        (ALLOCATIONS, "{province: 29, district: 28}", "{province: 29, district: 29}", 28, 29),
        (ALLOCATIONS, "target: 294, levels: 296", "target: 295, levels: 296", 294, 295),
        (PLAN, "villages: 129}", "villages: 130}", 129, 130),
        (PLAN, "zone: {communes: null, villages", "zone: {communes: 0, villages", "null", "0"),
        (PLAN, "    total: 124", "    total: 125", 124, 125),
        (PLAN, "{number: 8, line: 304", "{number: 8, line: 305", 304, 305),
        (PLAN, f"title: {TITLE}", "title: Kế hoạch khác", TITLE, "Kế hoạch khác"),
        (PLAN, "post: Chủ tịch", "post: Phó Chủ tịch", "Chủ tịch Hội LHPN tỉnh", "Phó Chủ tịch Hội LHPN tỉnh"),
        (PLAN, "lines: [7, 121, 314]", "lines: [7, 122, 314]", "[7, 121, 314]", "[7, 122, 314]"),
        (PLAN, "lines: [7, 121, 314]", "lines: [7, 121]", "[7, 121, 314]", "[7, 121]"),
        (PLAN, "lines: [7, 121, 314]", "lines: [7, 121, 314, 400]", "[7, 121, 314]", "[7, 121, 314, 400]"),
        (
            PLAN,
            "units: [trung-khanh, ha-quang]",
            "units: [ha-quang, trung-khanh]",
            '["trung-khanh", "ha-quang"]',
            '["ha-quang", "trung-khanh"]',
        ),
        (BUDGET, "amount: 13804304000", "amount: 13804304001", 13_804_304_000, 13_804_304_001),
        (BUDGET, "amount: 16035756260", "amount: 16035756261", 16_035_756_260, 16_035_756_261),
        (BUDGET, "years: [2022, 2023]", "years: [2022]", "[2022, 2023]", "[2022]"),
        (STATEMENTS, "value: 57", "value: 58", 57, 58),
        (STATEMENTS, "unit_of_measure: CLB", "unit_of_measure: câu lạc bộ", "CLB", "câu lạc bộ"),
        (STATEMENTS, "section: II.1, lines: [29]", "section: II.1, lines: [30]", "[29]", "[30]"),
        (STATEMENTS, "    text: Huyện điểm", "    text: Các huyện điểm", "Huyện điểm", "Các huyện điểm"),
        (ACTIVITIES, "value: 15000000", "value: 1500000", 15_000_000, 1_500_000),
        (ANNEX, "label: ", "label: Bản sao ", None, None),
        (PHASE, "window: [2023, 2025]", "window: [2023, 2024, 2025]", "[2023, 2025]", "[2023, 2024, 2025]"),
        (PHASE, "    unit_of_measure: cán bộ", "    unit_of_measure: người", "cán bộ", "người"),
    ],
)
def test_a_changed_value_is_told_at_its_line_with_the_sealed_one(
    sealed: Path, file: str, old: str, new: str, stated: object, computed: object
) -> None:
    line = edit(sealed, file, old, new)
    loaded, findings = found_in(sealed)
    (finding,) = findings
    assert (finding.rule.code, finding.severity) == ("L001", Severity.ERROR)
    assert (finding.place.file, line_of(loaded, finding)) == (file, line)
    if stated is not None:
        assert (finding.stated, finding.computed) == (stated, computed)


@pytest.mark.parametrize(
    "edits",
    [
        # One column keeps its sum.
        [
            (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6")),
            (
                ALLOCATIONS,
                "bao-lam:           {province: 4, district: 4}",
                "bao-lam:           {province: 4, district: 3}",
            ),
        ],
        # Every sum is carried along.
        [
            (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6")),
            (ALLOCATIONS, "levels: {province: 29, district: 28}", "levels: {province: 29, district: 29}"),
            (ALLOCATIONS, "target: 57", "target: 58"),
            (STATEMENTS, "value: 57", "value: 58"),
        ],
        [(PLAN, "villages: 129}", "villages: 128}"), (PLAN, "villages: 139}", "villages: 140}")],
    ],
)
def test_changes_that_cancel_are_told_each(sealed: Path, edits: list[tuple[str, str, str]]) -> None:
    lines = sorted((file, edit(sealed, file, old, new)) for file, old, new in edits)
    loaded, findings = found_in(sealed)
    found = sorted((item.place.file, line_of(loaded, item)) for item in findings if item.rule.code == "L001")
    assert found == lines
    assert {item.rule.code for item in findings} <= {"L001", "P007"}


def test_an_added_entry_is_told_once_and_there(sealed: Path) -> None:
    more = STATEMENT.replace("pilot-districts", "pilots-again")
    line = edit(sealed, STATEMENTS, "  communes-of-union:\n", more + "  communes-of-union:\n")
    assert places(sealed) == [("L001", STATEMENTS, line)]


def test_a_removed_entry_is_told_once_by_its_name(sealed: Path) -> None:
    replace_once(sealed / STATEMENTS, STATEMENT, "")
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.place.file) == ("L001", STATEMENTS)
    assert finding.place.keys == ("values", "pilot-districts")


@pytest.mark.parametrize(
    ("file", "old", "keys"),
    [
        (PLAN, "    basis: qd-861\n  villages", ("zone", "communes", "basis")),
        (PHASE, "    window: [2023, 2025]\n", ("indicators", "policy-dialogues", "window")),
        (PLAN, "signature: {post: Chủ tịch Hội LHPN tỉnh, name: Nông Thị Tuyết}\n", ("signature",)),
        (PLAN, "  cv-538-2024: {document: kh-288-2024, lines: [7]}\n", ("legal_basis", "cv-538-2024")),
    ],
)
def test_a_removed_value_is_told_by_its_place(sealed: Path, file: str, old: str, keys: tuple[str, ...]) -> None:
    replace_once(sealed / file, old, "  villages" if old.endswith("villages") else "")
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.place.file, finding.place.keys) == ("L001", file, keys)


def test_a_unit_that_joins_is_told_in_each_table(sealed: Path) -> None:
    replace_once(
        sealed / PLAN,
        "  labour-department: {number: 10",
        "  womens-union: {number: 11, zone: {communes: null, villages: null}}\n  labour-department: {number: 10",
    )
    path = sealed / ALLOCATIONS
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"(?m)^      labour-department: ", "      womens-union: null\n\\g<0>", text), encoding="utf-8"
    )
    found = places(sealed)
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [number for number, line in enumerate(lines, 1) if "womens-union" in line]
    assert len(expected) == 11
    assert [(code, file) for code, file, _ in found] == [("L001", ALLOCATIONS)] * 11 + [("L001", PLAN)]
    assert [line for _, file, line in found if file == ALLOCATIONS] == expected


def test_an_indicator_that_is_taken_out_is_told_once(sealed: Path) -> None:
    """What the text and the annex then lack is told as that; the allocation itself once, not figure by figure."""
    path = sealed / ALLOCATIONS
    text = path.read_text(encoding="utf-8")
    block = text[text.index("  women-cadres-training:\n") : text.index("  gender-monitoring-training:\n")]
    path.write_text(text.replace(block, ""), encoding="utf-8")
    told = [item for item in found_in(sealed)[1] if item.place.file == ALLOCATIONS]
    assert [(item.rule.code, item.place.keys) for item in told] == [("L001", ("indicators", "women-cadres-training"))]


# --- Records about a plan, and the registers.


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (EXCEPTIONS, "Hai cách viết tắt của", "Hai cách ghi của"),
        (EXCEPTIONS, "section: II.9, lines: [37, 293]", "section: II.9, lines: [37, 294]"),
        (
            EXCEPTIONS,
            "section: II.8, lines: [36, 293]}\n    owner: labour-department",
            "section: II.8, lines: [36, 293]}\n    owner: womens-union",
        ),
        (PLAN, "mỗi xã một cuộc.", "mỗi xã hai cuộc."),
        (ALLOCATIONS, "Số 7 của Sở in", "Số 7 in"),
        (PHASE, "control: {province: 165, district: 460}", "control: {province: 166, district: 460}"),
        (BUDGET, "control-grand: {amount: 81891718578}", "control-grand: {amount: 81891718579}"),
        ("units.yaml", "kind: district, order: 8,", "kind: district, order: 18,"),
        (
            "units.yaml",
            "order: 8, parent: cao-bang, valid_to: 2025-06-30",
            "order: 8, parent: cao-bang, valid_to: 2025-07-01",
        ),
        ("units.yaml", "aliases: [Ban Chỉ đạo DA 8]", "aliases: [Ban Chỉ đạo, Ban Chỉ đạo DA 8]"),
        ("indicators.yaml", "unit_of_measure: người\n", "unit_of_measure: lượt người\n"),
        ("documents.yaml", "date: 2024-01-30", "date: 2024-01-31"),
        ("documents.yaml", "number: 288/KH-BCD", "number: 289/KH-BCD"),
    ],
)
def test_a_changed_record_is_told_at_its_line(sealed: Path, file: str, old: str, new: str) -> None:
    line = edit(sealed, file, old, new)
    found = places(sealed)
    # The indicator's unit of measure is no longer the one that the text states: that is told as well.
    assert [item for item in found if item[0] not in ("S002", "P010")] == [("L006", file, line)]


def test_a_changed_date_in_an_exception_is_told_by_both_values(sealed: Path) -> None:
    path = sealed / EXCEPTIONS
    before = path.read_text(encoding="utf-8")
    path.write_text("2026-11-24".join(before.rsplit("2026-11-23", 1)), encoding="utf-8")
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.stated, finding.computed) == ("L006", "2026-11-23", "2026-11-24")
    assert finding.place.keys == ("exceptions", "women-cadres-above-phase", "date")


def test_a_removed_note_is_told_by_its_name(sealed: Path) -> None:
    path = sealed / PLAN
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  heading-of-union:")], encoding="utf-8")
    (finding,) = found_in(sealed)[1]
    assert (finding.rule.code, finding.place.keys) == ("L006", ("notes", "heading-of-union"))
    assert "d8plan seal 2024" in str(finding.action)


def test_a_severity_that_a_sealed_plan_sets_is_told_until_it_is_sealed(sealed: Path) -> None:
    line = edit(sealed, PLAN, "\nlevels:\n", "\nseverities: {P005: {severity: info, reason: Đã biết}}\n\nlevels:\n")
    assert ("L008", PLAN, line) in places(sealed)
    seal(sealed, "2024")
    assert "L008" not in codes(sealed)
    line = edit(sealed, PLAN, "severity: info", "severity: warning")
    assert ("L006", PLAN, line) in places(sealed)


NOTE = "  more: {kind: question, text: Hỏi lại, source: {document: kh-288-2024, lines: [1]}}\n"
EXCEPTION = """  women-cadres-more:
    code: P005
    place: allocations.yaml#/indicators/trusted-addresses/target
    stated: 2022, 2023
    computed: "2024"
    reason: Đã được gia hạn.
    citation: {document: kh-288-2024, lines: [31]}
    owner: womens-union
    date: 2026-11-23
"""


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PLAN, "notes:\n", "notes:\n" + NOTE),
        (EXCEPTIONS, "exceptions:\n", "exceptions:\n" + EXCEPTION),
        (BUDGET, "  control-grand:", "  control-more: {level: district, amount: 42864962058}\n  control-grand:"),
    ],
)
def test_an_added_record_is_a_warning_until_it_is_sealed(sealed: Path, file: str, old: str, new: str) -> None:
    line = edit(sealed, file, old, new)
    loaded, findings = found_in(sealed)
    (finding,) = findings
    assert (finding.rule.code, finding.severity) == ("L008", Severity.WARNING)
    assert (finding.place.file, line_of(loaded, finding)) == (file, line)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "units.yaml",
            "  # Agencies of",
            "  inspectorate: {name: Thanh tra tỉnh, kind: agency, order: 99}\n  # Agencies of",
        ),
        (
            "documents.yaml",
            "  kh-75-2022:\n",
            "  kh-9: {kind: Kế hoạch, number: 9/KH, date: 2025-01-02}\n  kh-75-2022:\n",
        ),
    ],
)
def test_what_is_added_to_a_register_is_nothing(sealed: Path, file: str, old: str, new: str) -> None:
    replace_once(sealed / file, old, new)
    assert places(sealed) == []


# --- What a change brings about.


def test_one_changed_figure_is_one_finding_with_all_that_fails_by_it(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    ended = d8plan("--lang", "en", "--data", str(sealed), "validate", "--format", "json")
    assert ended.returncode == 1
    (error,) = [item for item in json.loads(ended.stdout)["findings"] if item["severity"] == "error"]
    assert (error["code"], error["unit"], error["level"]) == ("L001", "bao-lac", "district")
    assert (error["stated"], error["computed"], error["difference"], error["unit_of_measure"]) == (5, 6, 1, "tổ")
    assert [item["message"].split()[0] for item in error["related"]] == ["A001", "A002", "S001"]


def test_sums_are_told_themselves_where_seals_are_not_asked_for(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    ended = d8plan("--lang", "en", "--data", str(sealed), "validate", "--select", "A", "--format", "json")
    assert ended.returncode == 1
    (error,) = json.loads(ended.stdout)["findings"]
    assert (error["code"], error["stated"], error["computed"]) == ("A001", 28, 29)
    # What the text says is not asked for either.
    assert [item["message"].split()[0] for item in error["related"]] == ["A002"]


def test_what_matters_is_never_hidden_behind_what_is_not_shown(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))

    def told(*arguments: str) -> tuple[int, set[str]]:
        ended = d8plan("--data", str(sealed), "validate", *arguments, "--format", "json")
        return ended.returncode, {
            item["code"] for item in json.loads(ended.stdout)["findings"] if not item["exception"]
        }

    assert told("--select", "A002") == (1, {"A002"})
    assert told("--select", "S001") == (1, {"S001"})
    assert told("--ignore", "L,A,P,Q,S004,S005,S008") == (1, {"S001"})


def test_seals_are_compared_whatever_is_asked_for(sealed: Path) -> None:
    replace_once(sealed / EXCEPTIONS, "section: II.9, lines: [37, 293]", "section: II.9, lines: [38, 293]")
    for arguments in (["--select", "L006"], ["--ignore", "L001"], ["--ignore", "Q"]):
        assert d8plan("--data", str(sealed), "validate", *arguments).returncode == 1, arguments


@pytest.mark.parametrize("code", ["L001", "L005", "R001", "X001", "M003"])
def test_no_plan_can_make_a_changed_seal_matter_less(data: Path, code: str) -> None:
    replace_once(data / PLAN, "signature:", f"severities: {{{code}: {{severity: info, reason: thử}}}}\nsignature:")
    assert codes(data) == ["X005"]


def test_a_consequence_in_another_plan_is_told_where_its_cause_is_not(sealed: Path) -> None:
    # The phase takes one address from Bảo Lạc, which 2024 gives all four.
    replace_once(
        sealed / PHASE,
        "bao-lac:           {province: 4, district: 4}\n      bao-lam:           {province: 3, district: 4}",
        "bao-lac:           {province: 4, district: 3}\n      bao-lam:           {province: 3, district: 5}",
    )
    ended = d8plan("--data", str(sealed), "validate", "2024", "--select", "P004", "--format", "json")
    assert [item["unit"] for item in json.loads(ended.stdout)["findings"] if not item["exception"]] == ["bao-lac"]
    assert ended.returncode == 1


def test_a_seal_made_anew_with_other_values_is_not_taken_over(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    known = seals.read((sealed / SEAL).read_bytes(), Seal)[0]
    assert isinstance(known, Seal)
    forged = known.model_copy(update={"plan": known.plan | {TARGET.replace("target", "units/bao-lac/district"): 6}})
    (sealed / SEAL).write_bytes(seals.written(forged))
    before = contents(sealed)
    ended = d8plan("--lang", "en", "--data", str(sealed), "seal", "2024")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "was sealed before, with another seal" in ended.stderr
    assert contents(sealed) == before


def test_an_entry_may_be_called_what_a_record_is(data: Path) -> None:
    replace_once(data / STATEMENTS, "  pilot-districts:\n", "  control:\n")
    seal(data, "2021-2025", "--document", "75/KH-BTV", "--date", "2022-09-13")
    seal(data, "2024", *SIGNED)
    line = edit(data, STATEMENTS, "text: Huyện điểm", "text: Huyện điểm tỉnh")
    assert places(data) == [("L001", STATEMENTS, line)]


def test_a_new_field_of_a_sealed_unit_is_told(sealed: Path) -> None:
    line = edit(
        sealed, "units.yaml", "order: 8, parent: cao-bang,", "order: 8, parent: cao-bang, valid_from: 1976-01-01,"
    )
    assert places(sealed) == [("L006", "units.yaml", line)]


def test_two_changed_figures_share_out_what_fails(sealed: Path) -> None:
    replace_once(sealed / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    replace_once(sealed / BUDGET, "amount: 21034962058", "amount: 21034962059")
    findings = found_in(sealed)[1]
    told = {item.place.file: {str(near.text)[:60] for near in item.related} for item in findings}
    assert set(told) == {ALLOCATIONS, BUDGET}
    assert {item.rule.code for item in findings} == {"L001"}
    assert all(told.values())


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        (ALLOCATIONS, "indicators:\n", "indicators: [\n", "Y002"),
        (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 5 tổ"), "M003"),
        (STATEMENTS, "value: 57", "value: năm mươi bảy", "M003"),
        (STATEMENTS, "    value: 57\n", "    vaule: 57\n", "M001"),
        (BUDGET, "amount: 21830000000", "amount: 21.830.000.000", "Y005"),
        ("units.yaml", "  bao-lac: {", "  bao-lak: {", "R001"),
        (PLAN, "  bao-lac:           {number: 8", "  bao-lak:           {number: 8", "R001"),
        (PLAN, "  district: {name: Cấp huyện}", "  distrct: {name: Cấp huyện}", "R003"),
        (PLAN, "  communes:\n    name", "  commune:\n    name", "R007"),
        (ALLOCATIONS, "  communication-teams:\n", "  communication-team:\n", "R002"),
        (ALLOCATIONS, BAO_LAC, BAO_LAC.replace("bao-lac", "bao-lak"), "R001"),
        (ALLOCATIONS, f"      {BAO_LAC}\n", "", "R020"),
        (BUDGET, "  granted: {name", "  grante: {name", "R010"),
        (STATEMENTS, "select: {indicator: communication-teams}", "select: {indicator: communication-team}", "R002"),
        (
            STATEMENTS,
            "source: {document: kh-288-2024, section: II.1,",
            "source: {document: kh-288-2034, section: II.1,",
            "R006",
        ),
        (ACTIVITIES, "    indicators: [communication-teams]\n", "    indicators: [communication-team]\n", "R002"),
    ],
)
def test_what_cannot_be_read_or_followed_is_not_told_again_as_a_change(
    sealed: Path, file: str, old: str, new: str, code: str
) -> None:
    replace_once(sealed / file, old, new)
    found = found_in(sealed)[1]
    assert [(item.rule.code, item.place.file) for item in found] == [(code, file)]


# --- Any change at all.


LOADED = load(DATA)
NUMBERS = sorted(
    (plan, pointer, value)
    for plan, files in LOADED.dataset.plans.items()
    for held in plain_values.of_plan(files)
    for pointer, value in held.items()
    if type(value) is int
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one copy of the sealed data, to be changed and restored."""
    return Path(shutil.copytree(DATA, tmp_path_factory.mktemp("bench") / "data"))


@settings(max_examples=50, deadline=None)
@given(number=st.sampled_from(NUMBERS), other=st.integers(0, 300) | st.integers(0, 10**12))
def test_any_other_number_anywhere_is_an_error_at_its_line(
    bench: Path, number: tuple[str, str, int], other: int
) -> None:
    plan, pointer, value = number
    place = Place.parse(pointer, plan)
    mark = LOADED.mark(place)
    lines = LOADED.sources[place.file].lines
    typed = lines[mark.line - 1]
    before, after = typed[: mark.column - 1], typed[mark.column - 1 + mark.width :]
    assert typed == f"{before}{value}{after}", "the place of a number is the number"
    changed = f"{before}{other + (other >= value)}{after}"
    text = "\n".join([*lines[: mark.line - 1], changed, *lines[mark.line :]]) + "\n"
    (bench / place.file).write_text(text, encoding="utf-8")
    try:
        loaded = load(bench)
        found = [*loaded.findings, *run(loaded.dataset, TODAY).findings]
    finally:
        shutil.copyfile(DATA / place.file, bench / place.file)
    errors = {(item.place.file, line_of(loaded, item)) for item in found if item.severity is Severity.ERROR}
    assert (place.file, mark.line) in errors


def test_an_empty_line_that_was_split_by_level_is_told_by_what_stands_in_it(sealed: Path) -> None:
    text = (sealed / "plans" / "2024" / "allocations.yaml").read_text(encoding="utf-8")
    line = text[: text.index("labour-department: null")].count("\n") + 1
    changed = text.replace("labour-department: null", "labour-department: {province: 5, district: null}", 1)
    (sealed / "plans" / "2024" / "allocations.yaml").write_text(changed, encoding="utf-8", newline="")
    loaded, findings = found_in(sealed)
    told = [item for item in findings if item.rule.code == "L001"]
    assert [line_of(loaded, item) for item in told] == [line, line]
    assert [item.place.keys[-1] for item in told] == ["province", "district"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("control-womens-union: {holder", "control-womens-union: {level: province, holder"),
        ("control-grand: {amount", "control-grand: {level: province, amount"),
    ],
)
def test_a_selector_added_to_a_sealed_control_total_is_a_change_of_it(tmp_path: Path, old: str, new: str) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    line = replace_once(folder / "plans/2024/budget.yaml", old, new)
    loaded = load(folder)
    told = [one for one in run(loaded.dataset, TODAY).findings if one.rule.code == "L006"]
    assert [loaded.mark(one.place).line for one in told] == [line]
    assert told[0].severity == "error"
