"""SARIF and JUnit, for code scanning and test pages."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from reported import ALLOCATIONS, SCHEMA, damage, junit, named, report, sarif
from support import copy_draft, replace_once

from d8plan.app.catalogue import catalogue


class TestSarif:
    def test_the_schema_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_the_shipped_data(self) -> None:
        run, told = sarif("validate"), report("validate")
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == list(catalogue())
        levels = {"error": "error", "warning": "warning", "info": "note"}
        assert [(item["ruleId"], item["level"]) for item in run["results"]] == [
            (item["code"], levels[item["severity"]]) for item in told["findings"]
        ]
        assert all(rules[item["ruleIndex"]]["id"] == item["ruleId"] for item in run["results"])
        reasons = [item["suppressions"][0]["justification"] for item in run["results"] if item["suppressions"]]
        assert reasons == [item["reason"] for item in told["findings"] if "reason" in item]
        assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]

    def test_damaged_data(self, bad: Path) -> None:
        run, told = sarif(*named(bad), "validate"), report(*named(bad), "validate")
        result = next(item for item in run["results"] if item["ruleId"] == "A001")
        finding = next(item for item in told["findings"] if item["code"] == "A001")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == (bad / ALLOCATIONS).resolve().as_uri(), "not below here"
        width = len(str(finding["stated"]))
        start, end = finding["column"], finding["column"] + width
        assert place["region"] == {"startLine": finding["line"], "startColumn": start, "endColumn": end}
        for value in ("28 tổ", "29 tổ", "+1 tổ", finding["action"].split(";")[0]):
            assert value in result["message"]["text"]
        near = [item["physicalLocation"]["region"]["startLine"] for item in result["relatedLocations"]]
        assert near
        assert set(near) <= {item["line"] for item in (*finding["related"], *finding["suspects"])}

    def test_fingerprints_stay_when_lines_move(self, data: Path) -> None:
        damage(data)

        def fingerprints() -> list[str]:
            run = sarif(*named(data), "validate", "--select", "A")
            return [item["partialFingerprints"]["d8planPlace/v1"] for item in run["results"]]

        before = fingerprints()
        path = data / ALLOCATIONS
        first, rest = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(f"{first}\n# one line more\n{rest}", encoding="utf-8")
        assert fingerprints() == before
        assert before

    def test_paths_are_uris_below_here(self, tmp_path: Path) -> None:
        copy_draft(tmp_path / "tỉnh 1#?%" / "dữ liệu")
        damage(tmp_path / "tỉnh 1#?%" / "dữ liệu")
        run = sarif("--data", "./tỉnh 1#?%/dữ liệu", "validate", "--select", "A", cwd=tmp_path)
        (uri,) = {item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in run["results"]}
        assert unquote(uri) == f"tỉnh 1#?%/dữ liệu/{ALLOCATIONS}"
        assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", uri)

    def test_a_folder_that_cannot_be_read(self, good: Path) -> None:
        run = sarif(*named(good, "nope", "neither"), "validate")
        (invocation,) = run["invocations"]
        assert invocation["executionSuccessful"] is False
        assert [item["level"] for item in invocation["toolExecutionNotifications"]] == ["error", "error"]
        assert run["results"], "the other folder is told"
        assert sarif(*named("nope"), "validate")["invocations"][0]["executionSuccessful"] is False


class TestJunit:
    @pytest.mark.parametrize("strict", [False, True])
    def test_counts_are_those_of_json(self, good: Path, bad: Path, strict: bool) -> None:
        option = ["--strict"] if strict else []
        suites = junit(*named(good, bad, "nope"), "validate", *option)
        told = report(*named(good, bad, "nope"), "validate", *option)
        found = [item for folder in told["folders"] for item in folder.get("findings", [])]
        errors, warnings = (sum(item["severity"] == severity for item in found) for severity in ("error", "warning"))
        counted = {key: int(suites.get(key, "")) for key in ("tests", "failures", "skipped", "errors")}
        failures, skipped = (errors + warnings, 0) if strict else (errors, warnings)
        assert (counted["failures"], counted["skipped"], counted["errors"]) == (failures, skipped, 1)
        for key, element in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("skipped", "skipped"),
            ("errors", "error"),
        ):
            assert counted[key] == len(list(suites.iter(element)))
            assert counted[key] == sum(int(suite.get(key, "")) for suite in suites)
        assert errors
        assert warnings

    def test_a_suite_a_plan_and_a_test_a_rule(self, good: Path) -> None:
        suites = junit(*named(good), "validate")
        assert [suite.get("name") for suite in suites] == [
            str(good), f"{good}/plans/2021-2025", f"{good}/plans/2024",
        ]  # fmt: skip
        for suite in suites:
            assert {test.get("name", "")[:4] for test in suite} == set(catalogue())
        few = junit(*named(good), "validate", "--select", "B001,Z")
        assert {test.get("name") for test in few.iter("testcase")} == {"B001 budget-total", "Z001 zone-total"}

    def test_names_are_unique_and_stay_when_lines_move(self, data: Path) -> None:
        damage(data)
        replace_once(data / "units.yaml", "kind: district, order: 5,", "kind: districd, order: 5,")

        def tests() -> list[tuple[str | None, str | None]]:
            return [
                (test.get("classname"), test.get("name")) for test in junit(*named(data), "validate").iter("testcase")
            ]

        before = tests()
        assert len(set(before)) == len(before), "GitLab shows one of those with the same name"
        path = data / ALLOCATIONS
        first, rest = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(f"{first}\n# one line more\n{rest}", encoding="utf-8")
        assert tests() == before

    def test_a_failure_tells_place_values_and_what_to_do(self, bad: Path) -> None:
        (failure,) = junit("--lang", "en", *named(bad), "validate", "--select", "A").iter("failure")
        text = failure.text or ""
        assert text.startswith(f"{bad}/{ALLOCATIONS}:9:")
        assert "Stated: 28 tổ\nComputed: 29 tổ\nDifference: +1 tổ" in text
        assert failure.get("message")

    def test_exceptions_are_output_of_a_test_that_passes(self) -> None:
        (test,) = [test for test in junit("validate").iter("testcase") if test.find("system-out") is not None
                   and test.get("name", "").startswith("B001")]  # fmt: skip
        assert len(test) == 1
        assert "chờ cơ quan ban hành đính chính" in (test.findtext("system-out") or "")
