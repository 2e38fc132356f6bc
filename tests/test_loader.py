"""Loading a data folder: each fault is told once, where it is, and hides no other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from faults_made import (
    ACTIVITIES,
    ALLOCATIONS,
    BUDGET,
    EXCEPTIONS,
    PHASE,
    PLAN,
    STATEMENTS,
    TODAY,
    YEAR,
    only,
    told,
    words,
)
from support import DATA, beyond_known, new_findings, replace_once

from d8plan.checks import run
from d8plan.models.files import SHARED
from d8plan.storage.data.loader import load


def damage(folder: Path, file: str, old: str, new: str, pointed: str) -> tuple[int, int]:
    """Make one fault, replacing a string that stands once; return where ``pointed`` stands in the new text."""
    replace_once(folder / file, old, new)
    text = (folder / file).read_text(encoding="utf-8")
    at = text.index(new) + new.index(pointed)
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def test_the_shipped_data_has_no_finding(data: Path) -> None:
    assert new_findings(data)[1] == []


# --- One fault in a value or a key.


class Fault(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    code: str
    pointed: str
    """The characters of the new text that the finding must point at."""
    action: str = ""
    """What the advice must contain."""


SOURCE = "source: {document: kh-288-2024, target: 294, levels: 296}\n"
TEAMS = "  communication-teams:\n"
TARGET = TEAMS + "    target: 57\n"
PLAN_ROW = "  quang-hoa:         {number: 1, line: 297, zone: {communes: 14, villages: 129}}\n"
ROW = "      quang-hoa:         {province: 11, district: 11}\n"
TITLE = "title: Kế hoạch triển khai Dự án 8 năm 2024"
MANY = f"1{'0' * 15}"
FAULTS = [
    # A wrong value.
    Fault("target-with-unit", ALLOCATIONS, TARGET, TEAMS + "    target: 57 tổ\n", "M003", "57 tổ", "whole number"),
    Fault("target-quoted", ALLOCATIONS, TARGET, TEAMS + '    target: "57"\n', "M003", '"57"', "whole number"),
    Fault("target-true", ALLOCATIONS, TARGET, TEAMS + "    target: true\n", "M003", "true", "whole number"),
    Fault("target-null", ALLOCATIONS, TARGET, TEAMS + "    target: null\n", "M003", "null", "whole number"),
    Fault("target-negative", ALLOCATIONS, TARGET, TEAMS + "    target: -57\n", "M003", "-57", "from 0 up"),
    Fault("target-too-large", ALLOCATIONS, TARGET, TEAMS + f"    target: {MANY}\n", "M003", MANY, "at most"),
    Fault("target-list", ALLOCATIONS, TARGET, TEAMS + "    target: [57]\n", "M003", "target", "whole number"),
    Fault("target-tilde", ALLOCATIONS, TARGET, TEAMS + "    target: ~\n", "Y005", "~"),
    Fault("target-dots", ALLOCATIONS, TARGET, TEAMS + "    target: 5.700\n", "M003", "5.700", "decimals: 3"),
    Fault("target-empty", ALLOCATIONS, TARGET, TEAMS + "    target:\n", "Y005", "\n" * 1, ""),
    Fault("figure-with-unit", ALLOCATIONS, ROW, ROW.replace("11, ", "11 tổ, "), "M003", "11 tổ", "whole number"),
    Fault("figure-negative", ALLOCATIONS, ROW, ROW.replace("11, ", "-11, "), "M003", "-11", "from 0 up"),
    Fault("figure-decimal", ALLOCATIONS, ROW, ROW.replace("11, ", "1.1, "), "M003", "1.1", "decimals: 1"),
    Fault("figure-tilde", ALLOCATIONS, ROW, ROW.replace("11, ", "~, "), "Y005", "~", "null"),
    Fault("row-is-a-list", ALLOCATIONS, ROW, "      quang-hoa:         [11, 11]\n", "M003", "quang-hoa"),
    Fault("row-is-text", ALLOCATIONS, ROW, "      quang-hoa:         11 tổ\n", "M003", "11 tổ", "whole number"),
    Fault("zone-with-unit", PLAN, "zone: {communes: 14,", "zone: {communes: 14 xã,", "M003", "14 xã", "whole number"),
    Fault("zone-negative", PLAN, "zone: {communes: 14,", "zone: {communes: -14,", "M003", "-14", "from 0 up"),
    Fault("zone-total-with-unit", PLAN, "total: 124", "total: 124 xã", "M003", "124 xã", "whole number"),
    Fault("row-number-word", PLAN, "{number: 1,", "{number: một,", "M003", "một", "whole number"),
    Fault("year-short", PLAN, "{first: 2024,", "{first: 24,", "M003", "24", "from 1945 up"),
    Fault("year-with-dot", PLAN, "{first: 2024,", "{first: 2.024,", "Y005", "2.024", "digits alone"),
    Fault("title-empty", PLAN, TITLE, "title:", "Y005", ""),
    Fault("title-number", PLAN, TITLE, "title: 8", "M003", "8", "text"),
    Fault("phase-not-quoted", PLAN, 'phase: "2021-2025"', "phase: 2021-2025", "Y005", "2021-2025", "quotes"),
    Fault("budget-with-dots", BUDGET, "13804304000", "13.804.304.000", "Y005", "13.804.304.000", "digits alone"),
    Fault("budget-in-words", BUDGET, "19542000000", "19542 triệu", "M003", "19542 triệu", "whole number"),
    Fault("budget-negative", BUDGET, "19542000000", "-19542000000", "M003", "-19542000000", "from 0 up"),
    Fault("budget-total-quoted", BUDGET, "amount: 16035756260", 'amount: "16035756260"', "M003", '"16035756260"'),
    Fault("budget-total-of-an-exception", BUDGET, "amount: 22991000000", "amount: 22991 tr", "M003", "22991 tr"),
    Fault("statement-with-unit", STATEMENTS, "value: 57\n", "value: 57 tổ\n", "M003", "57 tổ", "whole number"),
    Fault("statement-negative", STATEMENTS, "value: 57\n", "value: -57\n", "M003", "-57", "from 0 up"),
    Fault(
        "aggregate",
        STATEMENTS,
        "{group: pilot}\n    aggregate: count",
        "{group: pilot}\n    aggregate: total",
        "M003",
        "total",
        "sum, count",
    ),
    Fault("unit-order", "units.yaml", "order: 2, parent", "order: hai, parent", "M003", "hai", "whole number"),
    Fault(
        "unit-date",
        "units.yaml",
        "order: 2, parent: cao-bang, valid_to: 2025-06-30",
        "order: 2, parent: cao-bang, valid_to: 2025-06-31",
        "M003",
        "2025-06-31",
        "YYYY-MM-DD",
    ),
    Fault("unit-id", "units.yaml", "  cao-bang: {", "  Cao-Bang: {", "M003", "Cao-Bang"),
    Fault(
        "indicator-order",
        "indicators.yaml",
        "content: content-1\n    order: 1\n",
        "content: content-1\n    order: một\n",
        "M003",
        "một",
    ),
    # A key that is unknown, missing, misspelt or given twice.
    Fault(
        "unknown-key", ALLOCATIONS, TARGET, TARGET + "    xyz: 5\n", "M001", "xyz", "Known here: target, units, levels"
    ),
    Fault(
        "unknown-key-near-an-optional-one",
        ALLOCATIONS,
        TARGET,
        TARGET + "    windw: [2024]\n",
        "M001",
        "windw",
        "“window”",
    ),
    Fault("unknown-key-at-the-top", PLAN, TITLE, "xyz: 5\n" + TITLE, "M001", "xyz", "Known here: title"),
    Fault(
        "unknown-key-in-a-row",
        "units.yaml",
        "{name: Trùng Khánh,",
        "{name: Trùng Khánh, alias: x,",
        "M001",
        "alias",
        "“aliases”",
    ),
    Fault("misspelt-key", ALLOCATIONS, TARGET, TEAMS + "    tarket: 57\n", "M001", "tarket", "“target”"),
    Fault("misspelt-key-at-the-top", PLAN, TITLE, TITLE.replace("title", "titel"), "M001", "titel", "“title”"),
    Fault(
        "misspelt-key-in-a-document",
        "documents.yaml",
        "    kind: Kế hoạch\n    number: 75/KH-BTV",
        "    knd: Kế hoạch\n    number: 75/KH-BTV",
        "M001",
        "knd",
        "“kind”",
    ),
    Fault("missing-key", ALLOCATIONS, TARGET, TEAMS, "M002", "communication-teams", "target: …"),
    Fault(
        "missing-key-in-a-row",
        "units.yaml",
        "{name: Trùng Khánh, kind: district, order: 2,",
        "{name: Trùng Khánh, order: 2,",
        "M002",
        "",
    ),
    Fault("figure-twice", ALLOCATIONS, ROW, ROW.replace("11}", "11, province: 11}"), "Y003", "province: 11}"),
    Fault("unit-row-twice", ALLOCATIONS, ROW, ROW + ROW.replace("11", "12"), "Y003", ROW.replace("11", "12").lstrip()),
    Fault(
        "indicator-twice",
        ALLOCATIONS,
        "  savings-groups:\n    target: 210",
        "  communication-teams:\n    target: 210",
        "Y003",
        "communication-teams",
    ),
    Fault("section-twice", ALLOCATIONS, SOURCE, SOURCE + SOURCE, "Y003", "source"),
    # An id.
    Fault("unit-misspelt", ALLOCATIONS, ROW, ROW.replace("quang-hoa", "quang-ha"), "R001", "quang-ha", "“quang-hoa”"),
    Fault(
        "unit-without-accents-rule",
        ALLOCATIONS,
        ROW,
        ROW.replace("quang-hoa", "quanghoa"),
        "R001",
        "quanghoa",
        "“quang-hoa”",
    ),
    Fault(
        "unit-dropped",
        ALLOCATIONS,
        TARGET + "    levels: {province: 29, district: 28}\n    units:\n" + ROW,
        TARGET + "    levels: {province: 29, district: 28}\n    units:\n",
        "R020",
        "units",
        "quang-hoa: null",
    ),
    Fault("unit-outside", ALLOCATIONS, ROW, ROW + "      cao-bang: null\n", "R021", "cao-bang"),
    Fault(
        "indicator-misspelt",
        ALLOCATIONS,
        "  communication-teams:\n",
        "  comunication-teams:\n",
        "R002",
        "comunication-teams",
        "“communication-teams”",
    ),
    Fault("level-misspelt", ALLOCATIONS, ROW, ROW.replace("district", "distrct"), "R003", "distrct", "“district”"),
    Fault(
        "level-total-misspelt",
        ALLOCATIONS,
        "levels: {province: 29, district: 28}",
        "levels: {province: 29, distrct: 28}",
        "R003",
        "distrct",
        "“district”",
    ),
    Fault("level-dropped", ALLOCATIONS, ROW, ROW.replace("province: 11, ", ""), "R022", "quang-hoa", "province: null"),
    Fault(
        "document-misspelt",
        ALLOCATIONS,
        "source: {document: kh-288-2024, target",
        "source: {document: kh-288-202, target",
        "R006",
        "kh-288-202",
        "“kh-288-2024”",
    ),
    Fault(
        "plan-unit-misspelt",
        PLAN,
        "  quang-hoa:         {number",
        "  quang-ha:         {number",
        "R001",
        "quang-ha",
        "“quang-hoa”",
    ),
    Fault("plan-unit-twice", PLAN, PLAN_ROW, PLAN_ROW + PLAN_ROW.replace(": 14,", ": 15,"), "Y003", "quang-hoa"),
    Fault(
        "origin-misspelt",
        BUDGET,
        "      granted: {amount: 21830000000",
        "      grantd: {amount: 21830000000",
        "R010",
        "grantd",
        "“granted”",
    ),
    Fault(
        "statement-indicator-misspelt",
        STATEMENTS,
        "section: II.1, lines: [29]}\n    select: {indicator: communication-teams}",
        "section: II.1, lines: [29]}\n    select: {indicator: comunication-teams}",
        "R002",
        "comunication-teams",
        "“communication-teams”",
    ),
    Fault(
        "kind-misspelt",
        "units.yaml",
        "{name: Trùng Khánh, kind: district",
        "{name: Trùng Khánh, kind: distric",
        "R012",
        "distric",
        "“district”",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_one_fault_is_one_finding(fault: Fault, data: Path) -> None:
    line, column = damage(data, fault.file, fault.old, fault.new, fault.pointed)
    if fault.name.endswith("-empty"):
        # An empty value stands just after the colon of its key.
        line, column = damage_after_colon(data / fault.file, fault.new)
    if fault.name == "missing-key-in-a-row":
        line, column = place_of(data / fault.file, "  trung-khanh: {", 2)
    if fault.name in ("section-twice", "plan-unit-twice"):
        line += 1
    found, finding = only(data)
    assert found == (fault.code, fault.file, line, column), words(finding.message)
    assert fault.action in words(finding.action)


def place_of(path: Path, text: str, after: int = 0) -> tuple[int, int]:
    """Return the line and column of a string that stands once, ``after`` characters into it."""
    whole = path.read_text(encoding="utf-8")
    assert whole.count(text) == 1
    at = whole.index(text) + after
    return whole.count("\n", 0, at) + 1, at - (whole.rfind("\n", 0, at) + 1) + 1


def damage_after_colon(path: Path, text: str) -> tuple[int, int]:
    return place_of(path, text, text.rindex(":") + 1)


# --- Whole files.


SHIPPED = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.yaml"))
NEEDED = [*SHARED, f"{PHASE}/plan.yaml", f"{PHASE}/allocations.yaml", PLAN, ALLOCATIONS]


@pytest.mark.parametrize("file", NEEDED)
def test_a_needed_file_is_missing(file: str, data: Path) -> None:
    (data / file).unlink()
    found, finding = only(data)
    assert found == ("Y007", file, 1, 1)
    assert "git" in words(finding.action)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (BUDGET, {("S010", ACTIVITIES)}),
        (STATEMENTS, {("R015", ACTIVITIES)}),
        (ACTIVITIES, {("R009", STATEMENTS)}),
        (f"{YEAR}/annex.yaml", set()),
        (f"{PHASE}/annex.yaml", set()),
    ],
)
def test_a_file_that_a_plan_may_lack_is_missed_where_another_speaks_of_it(
    file: str, told: set[tuple[str, str]], data: Path
) -> None:
    (data / file).unlink()
    _, findings = new_findings(data)
    # An exception for what stood in it covers nothing any more.
    assert {(one.rule.code, one.place.file) for one in findings if one.rule.code != "X001"} == told


@pytest.mark.parametrize(
    ("file", "misnamed"),
    [
        ("units.yaml", "unit.yaml"),
        ("units.yaml", "units.yml"),
        (ALLOCATIONS, f"{YEAR}/allocation.yaml"),
        (ALLOCATIONS, f"{YEAR}/Allocations.yaml"),
        (BUDGET, f"{YEAR}/budgets.yaml"),
        (f"{YEAR}/annex.yaml", f"{YEAR}/anex.yaml"),
    ],
)
def test_a_misnamed_file_is_told_once(file: str, misnamed: str, data: Path) -> None:
    """A file under a wrong name is not missing as well."""
    (data / file).rename(data / misnamed)
    found, finding = only(data)
    assert found == ("Y008", misnamed, 1, 1)
    assert f"“{Path(file).name}”" in words(finding.action)


def test_a_file_beside_the_right_one_is_unknown(data: Path) -> None:
    shutil.copy(data / ALLOCATIONS, data / YEAR / "allocation.yaml")
    found, finding = only(data)
    assert found == ("Y008", f"{YEAR}/allocation.yaml", 1, 1)
    assert "“allocations.yaml”" in words(finding.action)


def test_a_file_unlike_any_other_is_unknown(data: Path) -> None:
    (data / "xyz.yaml").write_text("a: 1\n", encoding="utf-8")
    found, finding = only(data)
    assert found == ("Y008", "xyz.yaml", 1, 1)
    assert "Did you mean" not in words(finding.action)


def test_other_files_do_no_harm(data: Path) -> None:
    for name in (".DS_Store", "notes.txt", f"{YEAR}/~$Phụ lục.xlsx", "plans/README.md"):
        (data / name).write_bytes(b"\0\xff")
    (data / "plans" / ".git").mkdir()
    assert new_findings(data)[1] == []


@pytest.mark.parametrize("file", SHIPPED)
def test_a_folder_in_the_place_of_a_file(file: str, data: Path) -> None:
    """A folder cannot be read as a file by anyone, not even by root."""
    (data / file).unlink()
    (data / file).mkdir()
    loaded = load(data)
    assert [told(loaded, finding) for finding in loaded.findings] == [("Y001", file, 1, 1)]


def test_a_file_that_links_to_itself(data: Path) -> None:
    (data / "units.yaml").unlink()
    try:
        (data / "units.yaml").symlink_to("units.yaml")
    except OSError:  # Windows without the right to make links
        pytest.skip("cannot make a link")
    assert only(data)[0] == ("Y001", "units.yaml", 1, 1)


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may read all")
def test_a_file_without_the_right_to_read_it(data: Path) -> None:
    (data / "units.yaml").chmod(0)
    assert only(data)[0] == ("Y001", "units.yaml", 1, 1)


def test_a_plan_folder_that_cannot_be_listed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One plan's folder out of reach must not end the program: the other plan is still checked."""
    listdir = os.listdir

    def refuse(path: Any = ".") -> list[str]:
        if str(path).endswith("2021-2025"):
            raise PermissionError(13, "Permission denied", str(path))
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    loaded = load(data)
    assert [finding.rule.code for finding in loaded.findings] == ["Y001"]
    assert list(loaded.dataset.plans) == ["2024"]


def test_a_folder_without_plans_is_not_in_order(data: Path) -> None:
    """A data folder with nothing to prove must not be told as proven."""
    shutil.rmtree(data / "plans")
    assert len(new_findings(data)[1]) == 1


def broken_syntax(content: bytes) -> bytes:
    return content + b"]\n"


WHOLE_FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "syntax": (broken_syntax, "Y002"),
    "empty": (lambda content: b"", "M003"),
    "comment-only": (lambda content: b"# nothing\n", "M003"),
    "list": (lambda content: b"- a\n", "M003"),
    "text": (lambda content: "Bảo Lạc\n".encode(), "M003"),
    "null": (lambda content: b"null\n", "M003"),
    "tilde": (lambda content: b"~\n", "Y005"),
    "not-utf-8": (lambda content: b"a: \xe9\n", "Y001"),
    "two-documents": (lambda content: content + b"---\na: 1\n", "Y004"),
}
PLACES = {"two-documents": (0, 1), "syntax": (0, 1), "not-utf-8": (1, 4)}


@pytest.mark.parametrize("file", [file for file in SHIPPED if file != EXCEPTIONS])
@pytest.mark.parametrize("kind", WHOLE_FILES)
def test_a_file_that_cannot_be_used_is_one_finding(kind: str, file: str, data: Path) -> None:
    spoil, code = WHOLE_FILES[kind]
    content = (data / file).read_bytes()
    (data / file).write_bytes(spoil(content))
    line, column = PLACES.get(kind, (1, 1))
    # What was added at the end stands in the line after the last.
    assert only(data)[0] == (code, file, line or content.count(b"\n") + 1, column)


@pytest.mark.parametrize("kind", WHOLE_FILES)
def test_faults_that_unreadable_exceptions_covered_come_to_light(kind: str, data: Path) -> None:
    spoil, code = WHOLE_FILES[kind]
    covered = run(load(data).dataset, TODAY).covered
    (data / EXCEPTIONS).write_bytes(spoil((data / EXCEPTIONS).read_bytes()))
    loaded = load(data)
    assert [finding.rule.code for finding in loaded.findings] == [code]
    found = [finding.place for finding in beyond_known(run(loaded.dataset, TODAY).findings)]
    assert sorted(map(str, found)) in ([], sorted(str(finding.place) for finding in covered))


@pytest.mark.parametrize(
    ("old", "new", "code", "pointed"),
    [
        ("    code: B001\n", "    cod: B001\n", "M001", "cod"),
        ("    code: B001\n", "    code: B1\n", "M003", "B1"),
        ("    computed: 22991000260\n", "    computed: 22.991.000.260\n", "Y005", "22.991.000.260"),
        ("    computed: 22991000260\n", "", "M002", ""),
    ],
)
def test_an_exception_at_fault_covers_nothing(old: str, new: str, code: str, pointed: str, data: Path) -> None:
    """It is told, and so may be what it covered; the other exceptions still count."""
    if new:
        line, column = damage(data, EXCEPTIONS, old, new, pointed)
    else:
        replace_once(data / EXCEPTIONS, old, new)
        line, column = place_of(data / EXCEPTIONS, "  granted-260-dong:", 2)
    loaded, findings = new_findings(data)
    assert told(loaded, findings[0]) == (code, EXCEPTIONS, line, column)
    assert [finding.rule.code for finding in findings[1:]] in ([], ["B001"])


# --- What is not at fault is still checked.


def test_a_broken_file_does_not_hide_a_wrong_figure(data: Path) -> None:
    units = data / "units.yaml"
    line = units.read_bytes().count(b"\n") + 1
    units.write_bytes(broken_syntax(units.read_bytes()))
    place = damage(data, ALLOCATIONS, ROW, ROW.replace("{province: 11", "{province: 12"), "12")
    loaded, findings = new_findings(data)
    assert {told(loaded, finding)[:2] for finding in findings} == {("Y002", "units.yaml"), ("A001", ALLOCATIONS)}
    assert told(loaded, findings[0])[2:] == (line, 1)
    assert findings[1].indicator == "communication-teams"
    assert findings[1].level == "province"
    assert place[0] == 11
    assert len(findings) == 2


@pytest.mark.parametrize("file", [file for file in SHIPPED if file not in (PLAN, ALLOCATIONS)])
def test_no_broken_file_hides_a_wrong_figure(file: str, data: Path) -> None:
    (data / file).write_bytes(broken_syntax((data / file).read_bytes()))
    replace_once(data / ALLOCATIONS, ROW, ROW.replace("{province: 11", "{province: 12"))
    _, findings = new_findings(data)
    assert {("A001", "communication-teams", "province")} <= {(f.rule.code, f.indicator, f.level) for f in findings}


@pytest.mark.parametrize("fault", ["57 tổ", "-57", "~", '"57"'])
def test_an_entry_at_fault_leaves_the_others_checked(fault: str, data: Path) -> None:
    replace_once(data / ALLOCATIONS, TARGET, TEAMS + f"    target: {fault}\n")
    replace_once(
        data / ALLOCATIONS,
        "      quang-hoa:         {province: 9, district: 18}",
        "      quang-hoa:         {province: 9, district: 19}",
    )
    loaded, findings = new_findings(data)
    about = [(told(loaded, finding).line, finding.indicator, finding.level) for finding in findings]
    assert about[0][:2] == (8, "communication-teams")
    assert about[1][1:] == ("savings-groups", "district")
    assert len(about) == 2


@pytest.mark.parametrize("fault", ["{communes: 14 xã,", "{communes: -14,", "{communes: ~,"])
def test_a_plan_unit_at_fault_leaves_the_other_files_checked(fault: str, data: Path) -> None:
    line, _ = damage(data, PLAN, "{communes: 14,", fault, fault)
    replace_once(data / BUDGET, "amount: 37070718318", "amount: 37070718319")
    loaded, findings = new_findings(data)
    assert [told(loaded, finding)[:3] for finding in findings] == [
        (findings[0].rule.code, PLAN, line),
        ("B001", BUDGET, place_of(data / BUDGET, "37070718319")[0]),
    ]


def test_a_broken_plan_leaves_the_other_plan_checked(data: Path) -> None:
    (data / PLAN).write_bytes(broken_syntax((data / PLAN).read_bytes()))
    replace_once(data / f"{PHASE}/allocations.yaml", "{province: 26, district: 55}", "{province: 26, district: 56}")
    _, findings = new_findings(data)
    assert [(f.rule.code, f.plan, f.indicator, f.level) for f in findings] == [
        ("Y002", "2024", None, None),
        ("A001", "2021-2025", "communication-teams", "district"),
    ]


def test_two_faults_in_one_file_are_two_findings(data: Path) -> None:
    replace_once(data / ALLOCATIONS, TARGET, TEAMS + "    target: 57 tổ\n")
    replace_once(data / ALLOCATIONS, "target: 210\n", "tarket: 210\n")
    loaded, findings = new_findings(data)
    assert sorted(told(loaded, finding)[::2] for finding in findings) == [("M001", 23), ("M003", 8)]


@pytest.mark.parametrize(
    ("row", "each"),
    [
        ("  u{n}: ~\n", 1),
        ("  u{n}: {{name: 5}}\n", 3),
        ("  u{n}: {{name: x, kind: y, order: z}}\n", 1),
        ("  u{n}: {{nam: x, kin: y, orde: 5}}\n", 3),
    ],
    ids=["refused", "incomplete", "wrong value", "misspelt keys"],
)
def test_thousands_of_faults_are_all_told(row: str, each: int, data: Path) -> None:
    content = "kinds: {}\nunits:\n" + "".join(row.format(n=n) for n in range(900))
    (data / "units.yaml").write_text(content, encoding="utf-8")
    assert len(load(data).findings) == 900 * each
