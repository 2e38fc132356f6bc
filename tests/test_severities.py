"""A plan may say that a rule matters more or less to it: with a reason, for itself alone, and not for every rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import TODAY, beyond_known, d8plan, replace_once

from d8plan.checks import run
from d8plan.models import plain_values
from d8plan.models.findings import Finding, Severity
from d8plan.storage.data.loader import load

PLAN = "plans/2024/plan.yaml"
ALLOCATIONS = "plans/2024/allocations.yaml"
WINDOWS = 4
"""Findings P005 of the shipped plan of 2024."""


def choose(folder: Path, *choices: tuple[str, str], plan: str = PLAN, reason: str = "Đã thống nhất") -> int:
    """Set severities in a plan; return the line of the first."""
    lines = [f"  {code}: {{severity: {severity}, reason: {reason}}}" for code, severity in choices]
    line = replace_once(folder / plan, "\nlevels:\n", "\nseverities:\n" + "\n".join(lines) + "\n\nlevels:\n")
    return line + 2


def findings(folder: Path) -> list[Finding]:
    loaded = load(folder)
    return [*loaded.findings, *run(loaded.dataset, TODAY).findings]


def validate(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the JSON of a validation."""
    ended = d8plan("--data", str(folder), "validate", "--format", "json", *arguments)
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["ok"] == (ended.returncode == 0)
    return ended.returncode, told


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0), ("info", 0)])
def test_the_severity_of_a_warning_and_the_exit_code(data: Path, severity: str, code: int) -> None:
    choose(data, ("P005", severity))
    ended, told = validate(data)
    assert ended == code
    assert [item["severity"] for item in told["findings"] if item["code"] == "P005"] == [severity] * WINDOWS
    # Nothing else matters more or less than before.
    others = {item["code"]: item["severity"] for item in told["findings"] if item["code"] != "P005"}
    assert others["P006"] == "warning"
    assert others["Q001"] == "info"


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 1), ("info", 0)])
def test_strict_fails_on_warnings_that_a_plan_makes(data: Path, severity: str, code: int) -> None:
    choose(data, ("Q001", severity))
    assert validate(data, "--strict", "--select", "Q")[0] == code


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0), ("info", 0)])
def test_an_error_may_be_made_to_matter_less(data: Path, severity: str, code: int) -> None:
    choose(data, ("A002", severity))
    replace_once(data / ALLOCATIONS, "target: 57", "target: 58")
    ended, told = validate(data)
    assert ended == code
    (found,) = [item for item in told["findings"] if item["code"] == "A002"]
    assert (found["severity"], found["stated"], found["computed"]) == (severity, 58, 57)


def test_a_plan_decides_for_itself_alone(data: Path) -> None:
    """Its phase has a wrong target too, which stays an error."""
    choose(data, ("A002", "info"))
    replace_once(data / ALLOCATIONS, "target: 57", "target: 58")
    replace_once(data / "plans/2021-2025/allocations.yaml", "target: 625", "target: 626")
    found = {item.plan: item.severity for item in findings(data) if item.rule.code == "A002"}
    assert found == {"2024": Severity.INFO, "2021-2025": Severity.ERROR}


def test_both_plans_may_decide(data: Path) -> None:
    choose(data, ("A002", "info"))
    choose(data, ("A002", "warning"), plan="plans/2021-2025/plan.yaml")
    replace_once(data / ALLOCATIONS, "target: 57", "target: 58")
    replace_once(data / "plans/2021-2025/allocations.yaml", "target: 625", "target: 626")
    found = {item.plan: item.severity for item in findings(data) if item.rule.code == "A002"}
    assert found == {"2024": Severity.INFO, "2021-2025": Severity.WARNING}


def test_several_rules_at_once(data: Path) -> None:
    choose(data, ("P005", "info"), ("S005", "error"), ("Q003", "warning"))
    found = {item.rule.code: item.severity for item in findings(data)}
    assert (found["P005"], found["S005"], found["Q003"]) == (Severity.INFO, Severity.ERROR, Severity.WARNING)
    assert found["S004"] is Severity.WARNING


def test_what_an_exception_covers_stays_covered(data: Path) -> None:
    choose(data, ("B001", "error"), ("P004", "error"))
    ended, told = validate(data)
    assert ended == 0
    covered = {item["code"]: item["severity"] for item in told["findings"] if item["exception"]}
    assert covered["B001"] == covered["P004"] == "info"


def test_the_reason_is_kept_with_the_plan(data: Path) -> None:
    choose(data, ("P005", "info"), reason="Ban Chỉ đạo đã gia hạn")
    files = load(data).dataset.plans["2024"]
    assert files.plan.severities is not None
    assert files.plan.severities["P005"].reason == "Ban Chỉ đạo đã gia hạn"
    # Our own record, not what the document says.
    said, kept = plain_values.of_plan(files)
    assert kept["plan.yaml#/severities/P005/reason"] == "Ban Chỉ đạo đã gia hạn"
    assert not any("severities" in pointer for pointer in said)


def test_a_severity_without_a_reason_is_refused(data: Path) -> None:
    replace_once(data / PLAN, "\nlevels:\n", "\nseverities: {P005: {severity: info}}\n\nlevels:\n")
    (finding,) = beyond_known(findings(data))
    assert (finding.rule.code, finding.place.keys) == ("M002", ("severities", "P005"))


@pytest.mark.parametrize("code", ["P999", "A099", "B100", "Z002"])
def test_a_code_that_no_rule_has(data: Path, code: str) -> None:
    line = choose(data, (code, "info"))
    loaded = load(data)
    found = beyond_known(run(loaded.dataset, TODAY).findings)
    assert [(item.rule.code, item.place.file, loaded.mark(item.place).line) for item in found] == [("X005", PLAN, line)]
    assert found[0].severity is Severity.ERROR


@pytest.mark.parametrize("code", ["Y001", "M003", "R001", "L001", "L006", "X001", "X005"])
def test_what_cannot_be_read_followed_or_trusted_is_always_an_error(data: Path, code: str) -> None:
    choose(data, (code, "info"))
    found = beyond_known(findings(data))
    assert [(item.rule.code, item.severity) for item in found] == [("X005", Severity.ERROR)]


def test_a_severity_of_a_rule_that_cannot_be_set_has_no_effect(data: Path) -> None:
    choose(data, ("R002", "info"))
    replace_once(data / ALLOCATIONS, "  communication-teams:\n", "  communication-team:\n")
    assert {(item.rule.code, item.severity) for item in beyond_known(findings(data))} == {
        ("R002", Severity.ERROR),
        ("X005", Severity.ERROR),
    }


@pytest.mark.parametrize("severity", ["fatal", "Info", "off", '""', "1"])
def test_a_severity_that_there_is_none_of(data: Path, severity: str) -> None:
    line = choose(data, ("P005", severity))
    loaded = load(data)
    (finding,) = [item for item in loaded.findings if item.place.file == PLAN]
    assert finding.rule.code[0] in "MY"
    assert (finding.mark or loaded.mark(finding.place)).line == line
    # The rest of the plan is still proven, with the rule's own severity.
    known = {item.severity for item in run(loaded.dataset, TODAY).findings if item.rule.code == "P005"}
    assert known == {Severity.WARNING}


@pytest.mark.parametrize("code", ["p005", "P5", "outside-window"])
def test_a_code_in_another_form_is_refused(data: Path, code: str) -> None:
    line = choose(data, (code, "info"))
    loaded = load(data)
    (finding,) = loaded.findings
    assert (finding.rule.code, (finding.mark or loaded.mark(finding.place)).line) == ("M003", line)


def test_the_formats_tell_the_chosen_severity(data: Path) -> None:
    choose(data, ("P005", "error"))
    told = d8plan("--lang", "en", "--data", str(data), "validate", "--select", "P005")
    assert told.returncode == 1
    assert told.stdout.count("  error P005 ") == WINDOWS
    annotated = d8plan("--data", str(data), "validate", "--select", "P005", "--format", "github")
    assert sum(line.startswith("::error ") for line in annotated.stdout.splitlines()) == WINDOWS
    found = json.loads(d8plan("--data", str(data), "validate", "--select", "P005", "--format", "sarif").stdout)
    assert [item["level"] for item in found["runs"][0]["results"]] == ["error"] * WINDOWS


SIGNED = ("--document", "288/KH-BCD", "--date", "2024-03-20")
WRONG = {
    "A001": (ALLOCATIONS, "levels: {province: 29, district: 28}", "levels: {province: 29, district: 27}"),
    "A002": (ALLOCATIONS, "target: 57", "target: 58"),
    "B001": ("plans/2024/budget.yaml", "amount: 81891718578", "amount: 81891718579"),
    "S001": ("plans/2024/statements.yaml", "value: 57", "value: 58"),
    "Z001": (PLAN, "    total: 124", "    total: 125"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_sum_is_not_sealed_whatever_its_severity(data: Path, code: str) -> None:
    """Else a sum could be made to matter less, sealed, and the severity be given back."""
    choose(data, *((each, "info") for each in WRONG))
    replace_once(data / WRONG[code][0], *WRONG[code][1:])
    assert validate(data)[0] == 0
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *SIGNED)
    assert ended.returncode == 1
    assert "what is wrong is not sealed" in ended.stderr
    assert not (data / "seal.json").exists()


def test_a_wrong_sum_is_sealed_with_a_pinned_exception(data: Path) -> None:
    replace_once(data / ALLOCATIONS, "target: 57", "target: 58")
    replace_once(data / "plans/2024/statements.yaml", "value: 57", "value: 58")
    entry = """exceptions:
  teams-target:
    code: {code}
    place: {place}
    stated: 58
    computed: 57
    reason: In nhầm
    citation: {{document: kh-288-2024, lines: [294]}}
    owner: womens-union
    date: 2026-11-23
"""
    target = entry.format(code="A002", place="allocations.yaml#/indicators/communication-teams/target")
    value = entry.format(code="S001", place="statements.yaml#/values/target-communication-teams/value")
    value = value.replace("exceptions:\n", "").replace("teams-target", "teams-value")
    replace_once(data / "plans/2024/exceptions.yaml", "exceptions:\n", target + value)
    ended = d8plan("--lang", "en", "--data", str(data), "seal", "2024", *SIGNED)
    assert (ended.returncode, ended.stderr) == (0, "")
