"""Formats of ``validate``, several folders, and what build services run."""

from __future__ import annotations

import errno
import html
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from support import DATA, ROOT, copy_draft, d8plan, replace_once

from d8plan.app import judging
from d8plan.app.catalogue import catalogue
from d8plan.ledger.proof import Proof
from d8plan.models.findings import Cited, Finding, Located, RelatedLine, Rule, Severity
from d8plan.models.places import Mark, Place
from d8plan.render.formats import ReportFormat, ReportSettings, ReportWriter
from d8plan.render.markdown import escaped
from d8plan.render.outcome import Outcome
from d8plan.render.validation_markdown import TABLES, MarkdownReport
from d8plan.render.validation_text import TextReport
from d8plan.text.language import language
from d8plan.text.message import M

ALLOCATIONS = "plans/2024/allocations.yaml"
FORMATS = [str(form) for form in ReportFormat]
MACHINES = [form for form in FORMATS if form != "text"]
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
SCHEMA = json.loads((Path(__file__).parent / "cases" / "sarif-log.schema.json").read_text(encoding="utf-8"))
HOSTILE = [
    "[/red]x[bold]",
    "::error file=x::owned",
    "{unit}{0}",
    "| pipe `code` <b> |",
    "<script>alert(1)</script>",
    "![x](https://example.org/x.png)",
    "[here](1)",
    "https://example.org www.example.org",
    "@everyone @org/team me@example.org",
    "fixes #1 and GH-1 :sparkles:",
    "$x^2$ ~~gone~~ &lt;b&gt;",
    "]]> <!-- --> </failure>",
    "</details>\\",
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of a draft without errors."""
    return copy_draft(tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a damaged folder: a figure that is off, an unknown word, a file that is no YAML."""
    folder = copy_draft(tmp_path_factory.mktemp("bad") / "data")
    damage(folder)
    replace_once(folder / "units.yaml", "kind: district, order: 5,", "kind: districd, order: 5,")
    (folder / "documents.yaml").write_text("documents: [", encoding="utf-8")
    return folder


def damage(folder: Path) -> None:
    """Give Bảo Lạc one team more than the level's total has."""
    row = "bao-lac:           {province: 5, district: "
    replace_once(folder / ALLOCATIONS, row + "5}", row + "6}")


def report(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """Return what ``validate`` tells as JSON."""
    shown = d8plan(*arguments, "--format", "json", cwd=cwd)
    document = json.loads(shown.stdout)
    assert isinstance(document, dict)
    return document


def named(*folders: Path | str) -> list[str]:
    return [part for folder in folders for part in ("--data", str(folder))]


def codes(document: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in document["findings"]]


real_judge = judging.judge


def judged_where_alive(parent: int, deadly: Path, folder: Path, asked: judging.Asked) -> judging.Judged:
    """Judge a folder; a process that is not ``parent`` dies of one of them, as where memory runs out."""
    if folder == deadly and os.getpid() != parent:
        os._exit(9)
    return real_judge(folder, asked)


class TestSelection:
    def test_only_what_is_selected_is_told_and_counts(self, bad: Path) -> None:
        whole = report(*named(bad), "validate")
        assert {"Y002", "R012", "A001"} <= set(codes(whole))
        some = report(*named(bad), "validate", "--select", "a001,R")
        assert set(codes(some)) == {code for code in codes(whole) if code == "A001" or code.startswith("R")}
        # What is told with its cause in the whole is counted by itself where neither is asked for.
        consequences = sum(len(item["related"]) for item in whole["findings"] if item["severity"] == "error")
        least = len(whole["findings"]) - len(some["findings"])
        assert least <= some["left_out"] <= least + consequences
        assert some["checks"] == whole["checks"]

    def test_options_add_up_and_ignoring_wins(self, bad: Path) -> None:
        told = report(*named(bad), "validate", "--select", "A", "--select", "Y,", "--ignore", "Y00", "--ignore", "x")
        assert set(codes(told)) == {"A001"}

    def test_what_was_not_asked_for_does_not_fail(self, bad: Path) -> None:
        assert d8plan(*named(bad), "validate", "--select", "A001").returncode == 1
        assert d8plan(*named(bad), "validate", "--select", "B").returncode == 0
        assert d8plan(*named(bad), "validate", "--ignore", "A,R,X,Y").returncode == 1, "what the text says fails too"
        assert d8plan(*named(bad), "validate", "--ignore", "A,R,S001,X,Y").returncode == 0

    def test_known_exceptions_are_selected_too(self) -> None:
        told = report("validate", "--select", "B001")
        assert [(item["code"], bool(item["reason"])) for item in told["findings"]] == [("B001", True)]
        assert "B001" not in codes(report("validate", "--ignore", "B001"))

    @pytest.mark.parametrize("form", ["text", "github", "markdown"])
    def test_people_are_told_that_something_is_left_out(self, form: str) -> None:
        left = report("validate", "--select", "A")["left_out"]
        assert left
        shown = d8plan("--lang", "en", "validate", "--select", "A", "--format", form).stdout
        assert f"left out: {left}\n" in shown
        assert "left out" not in d8plan("--lang", "en", "validate", "--format", form).stdout

    @pytest.mark.parametrize(
        ("option", "told"),
        [("A999", "A001"), ("nope", "There are"), ("a02", "A00"), (",", "Y, M, R"), ("A001;A002", "A001")],
    )
    @pytest.mark.parametrize("name", ["--select", "--ignore"])
    def test_an_unknown_rule_is_wrong_usage(self, name: str, option: str, told: str) -> None:
        shown = d8plan("--lang", "en", "validate", name, option)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert shown.stderr.count("\n") == 1
        assert told in shown.stderr

    def test_strict_fails_on_warnings(self) -> None:
        warned = report("validate", "--ignore", "B,P004,S002")
        assert {"warning"} <= {finding["severity"] for finding in warned["findings"]} <= {"warning", "info"}
        assert warned["ok"] is True
        strict = d8plan("validate", "--strict", "--ignore", "B,P004,S002", "--format", "json")
        assert (strict.returncode, json.loads(strict.stdout)["ok"]) == (1, False)


class TestSeveralFolders:
    @pytest.fixture
    def provinces(self, tmp_path: Path, good: Path, bad: Path) -> Path:
        """Return a folder with a good province, a damaged one, a good one."""
        for name, source in (("p1", good), ("p2", bad), ("p3", good)):
            shutil.copytree(source, tmp_path / name)
        return tmp_path

    def test_a_line_a_folder_then_findings_then_the_total(self, provinces: Path) -> None:
        shown = d8plan("--lang", "en", *named("p1", "p2", "nope", "p3"), "validate", cwd=provinces)
        assert (shown.returncode, shown.stderr) == (3, "")
        lines, _, rest = shown.stdout.partition("\n\n")
        assert [line.split(":")[0].split()[-1] for line in lines.splitlines()] == ["p1", "p2", "nope", "p3"]
        assert [line.split("  ")[0] for line in lines.splitlines()] == ["OK", "NOT OK", "NOT READ", "OK"]
        assert all("errors: 0" in line and "warnings:" in line for line in lines.splitlines()[::3])
        assert re.search(r"errors: [1-9]", lines.splitlines()[1])
        assert "There is no folder nope" in lines.splitlines()[2]
        assert rest.startswith("p2\n\n")
        assert f"p2/{ALLOCATIONS}:9:" in rest
        assert "warning" not in rest.rsplit("\nNOT OK", 1)[0], "only what fails is told in full"
        assert re.search(r"NOT OK: 4 folders, [\d,]+ checks, errors: \d+.*\n?.*folders not read: 1", rest)

    @pytest.mark.parametrize(
        ("folders", "code"),
        [(("p1", "p3"), 0), (("p1", "p2"), 1), (("p2", "p1"), 1), (("nope", "p1"), 3), (("p2", "nope", "p1"), 3)],
    )
    @pytest.mark.parametrize("form", FORMATS)
    def test_the_worst_folder_gives_the_exit_code(
        self, provinces: Path, folders: tuple[str, ...], code: int, form: str
    ) -> None:
        assert d8plan(*named(*folders), "validate", "--format", form, cwd=provinces).returncode == code

    def test_json_holds_every_folder(self, provinces: Path) -> None:
        told = report(*named("p1", "p2", "nope"), "validate", cwd=provinces)
        assert (told["version"], told["ok"], len(told["folders"])) == (1, False, 3)
        alone = report(*named("p2"), "validate", cwd=provinces)
        assert told["folders"][1] == alone
        assert alone["folder"] == "p2"
        assert set(told["folders"][2]) == {"folder", "error"}
        assert report(*named("p1", "p3"), "validate", cwd=provinces)["ok"] is True

    def test_a_folder_named_twice_is_read_once(self, provinces: Path) -> None:
        (provinces / "link").symlink_to(provinces / "p1", target_is_directory=True)
        folders = named("p1", "p3", provinces / "p1", "./p3", "link")
        told = report(*folders, "validate", cwd=provinces)
        assert [item["folder"] for item in told["folders"]] == ["p1", "p3"]
        assert report(*named("p1", "./p1"), "validate", cwd=provinces)["folder"] == "p1"

    def test_the_environment_names_several(self, provinces: Path) -> None:
        variable = {"D8PLAN_DATA": os.pathsep.join(["p1", "", "p3", ""])}
        shown = d8plan("validate", "--format", "json", cwd=provinces, env=variable)
        assert [item["folder"] for item in json.loads(shown.stdout)["folders"]] == ["p1", "p3"]

    @pytest.mark.parametrize(
        "command",
        [["summary"], ["export-data"], ["export-appendix", "--output", "x.xlsx"], ["schema", "--check"]],
        ids=str,
    )
    def test_no_other_command_takes_several(self, provinces: Path, command: list[str]) -> None:
        shown = d8plan("--lang", "en", *named("p1", "p3"), *command, cwd=provinces)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert shown.stderr.count("\n") == 1
        assert "2 are named" in shown.stderr

    def test_a_plan_need_be_in_one_folder_alone(self, provinces: Path) -> None:
        (provinces / "p3" / "plans" / "2024").rename(provinces / "p3" / "plans" / "2025")
        told = report(*named("p1", "p3"), "validate", "2025", cwd=provinces)
        assert [[plan["id"] for plan in item["plans"]] for item in told["folders"]] == [[], ["2025"]]
        unknown = d8plan("--lang", "en", *named("p1", "p3"), "validate", "1999", "--format", "json", cwd=provinces)
        assert (unknown.returncode, unknown.stdout) == (2, "")
        assert "1999" in unknown.stderr

    @pytest.mark.parametrize("form", MACHINES)
    def test_an_unreadable_folder_is_told_in_every_document(self, provinces: Path, form: str) -> None:
        shown = d8plan("--lang", "en", *named("p1", "nope"), "validate", "--format", form, cwd=provinces)
        assert "There is no folder nope" in shown.stdout.replace("\\", "")
        assert shown.stderr == ("" if form == "github" else "d8plan: There is no folder nope.\n")

    @pytest.mark.parametrize("form", FORMATS)
    def test_a_lone_unreadable_folder_is_one_line_on_standard_error(self, form: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        shown = d8plan("--lang", "en", "--data", "file", "validate", "--format", form, cwd=tmp_path)
        assert (shown.returncode, shown.stderr.count("\n")) == (3, 1)
        assert bool(shown.stdout) == (form not in ("text", "json"))

    def test_many_folders_at_a_time_are_told_as_one_by_one(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (provinces / "p3" / "plans" / "2024").rename(provinces / "p3" / "plans" / "2025")
        folders = [provinces / name for name in ("p1", "p2", "nope", "p3")]
        asked = judging.Asked(("2025",), catalogue(), strict=False)
        alone = [judging.judge(folder, asked) for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)
        together = list(judging.judge_each(folders, asked))
        assert [judged.outcome for judged in together] == [judged.outcome for judged in alone]
        assert [
            {plan: (error.message, error.code, error.action) for plan, error in judged.missing.items()}
            for judged in together
        ] == [
            {plan: (error.message, error.code, error.action) for plan, error in judged.missing.items()}
            for judged in alone
        ]
        assert [list(judged.missing) for judged in alone] == [["2025"], ["2025"], [], []]

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="the stand-in exists in this process")
    def test_what_a_killed_process_leaves_is_judged_here(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = [provinces / name for name in ("p1", "p2", "p3")]
        asked = judging.Asked((), catalogue(), strict=False)
        alone = [judging.judge(folder, asked).outcome for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)
        monkeypatch.setattr(judging, "judge", partial(judged_where_alive, os.getpid(), provinces / "p2"))
        assert [judged.outcome for judged in judging.judge_each(folders, asked)] == alone

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="processes begin otherwise")
    def test_where_no_process_can_be_had_all_is_judged_here(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = [provinces / name for name in ("p1", "p2", "p3")]
        asked = judging.Asked((), catalogue(), strict=False)
        alone = [judging.judge(folder, asked).outcome for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)

        def refuse() -> int:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

        monkeypatch.setattr(os, "fork", refuse)
        assert [judged.outcome for judged in judging.judge_each(folders, asked)] == alone

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="the stand-in exists in this process")
    def test_an_interrupt_ends_all_processes_without_a_word(self, provinces: Path) -> None:
        script = """
import signal
import time
from d8plan.app import judging
from d8plan.cli.program import main

def slow(folder, asked, judge=judging.judge):
    time.sleep(0.5)
    return judge(folder, asked)

judging.PATIENCE, judging.MOST_PROCESSES, judging.judge = -1, 2, slow
# What runs in the background of a shell inherits that it is to ignore an interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
raise SystemExit(main())
"""
        many = [Path(shutil.copytree(provinces / "p1", provinces / f"more-{number}")) for number in range(40)]
        running = subprocess.Popen(
            [sys.executable, "-c", script, *named(*many), "validate"],
            cwd=provinces,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert running.stdout is not None
        assert running.stdout.readline(), "it has begun to tell"
        os.killpg(running.pid, signal.SIGINT)
        _, complained = running.communicate(timeout=60)
        assert (running.returncode, complained) == (130, b"")
        with pytest.raises(ProcessLookupError):
            os.killpg(running.pid, 0)

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
    def test_progress_is_shown_to_who_watches_and_erased(self, provinces: Path) -> None:
        import pty  # Windows has none

        ours, theirs = pty.openpty()
        folders = named("p1", "nope", "p3")
        done = subprocess.run(
            [sys.executable, "-m", "d8plan", *folders, "validate"],
            cwd=provinces,
            stdout=subprocess.PIPE,
            stderr=theirs,
            check=False,
        )
        os.close(theirs)
        told = os.read(ours, 65536).decode()
        os.close(ours)
        steps = ["[1/3] p1", "[2/3] nope", "[3/3] p3"]
        assert [part for part in told.split("\r") if part.strip()] == steps
        assert told.endswith("\r" + " " * len(steps[-1]) + "\r"), "the last is erased"
        assert b"[1/3]" not in done.stdout


class TestEveryFormat:
    @pytest.mark.parametrize("form", FORMATS)
    def test_damaged_data_in_the_poorest_locale(self, bad: Path, form: str) -> None:
        shown = d8plan(*named(bad), "validate", "--format", form, env=C_LOCALE)
        assert (shown.returncode, shown.stderr) == (1, "")
        assert "A001" in shown.stdout
        assert ("Tổ truyền thông cộng đồng" in shown.stdout) == (form != "text"), "machines get UTF-8"

    @pytest.mark.parametrize("form", FORMATS)
    def test_in_both_languages_the_same_findings(self, bad: Path, form: str) -> None:
        vi, en = (d8plan("--lang", code, *named(bad), "validate", "--format", form).stdout for code in ("vi", "en"))
        assert vi != en
        assert [re.findall(r"\b[A-Z]\d{3}\b", text) for text in (vi,)] == [re.findall(r"\b[A-Z]\d{3}\b", en)]

    def test_a_module_makes_a_format(self) -> None:
        modules = (ROOT / "src/d8plan/render").glob("validation_*.py")
        assert sorted(FORMATS) == sorted(path.stem.removeprefix("validation_") for path in modules)
        writers = {ReportWriter.of(form).__module__ for form in ReportFormat}
        assert writers == {f"d8plan.render.validation_{form}" for form in FORMATS}

    def test_only_the_format_asked_for_is_imported(self) -> None:
        code = (
            "import sys, io; sys.stdout = io.StringIO()\n"
            "from d8plan.cli.program import main; main(['validate'])\n"
            "sys.stderr.write(' '.join(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
        rendering = {name for name in done.stderr.split() if name.startswith("d8plan.render.validation_")}
        assert rendering == {"d8plan.render.validation_text"}


def sarif(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """Return the run of a SARIF log that the schema accepts."""
    shown = d8plan(*arguments, "--format", "sarif", cwd=cwd)
    log = json.loads(shown.stdout)
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in checker.iter_errors(log)] == []
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


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


def junit(*arguments: str, cwd: Path = ROOT) -> ElementTree.Element:
    shown = d8plan(*arguments, "--format", "junit", cwd=cwd)
    return ElementTree.fromstring(shown.stdout.encode())


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


@pytest.fixture(scope="module", params=HOSTILE)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Return a damaged folder whose names and reasons try to be markup, and the name."""
    folder = copy_draft(tmp_path_factory.mktemp("hostile") / "data")
    name = str(request.param)
    damage(folder)
    replace_once(folder / "indicators.yaml", "short_name: Tổ truyền thông cộng đồng", f"short_name: {json.dumps(name)}")
    reason = re.search(r"reason: (Hai cách viết tắt .*)", (folder / "plans/2024/exceptions.yaml").read_text("utf-8"))
    assert reason
    replace_once(folder / "plans" / "2024" / "exceptions.yaml", reason.group(1), json.dumps(name))
    yield folder, name


class TestHostileNames:
    def test_sarif(self, hostile: tuple[Path, str]) -> None:
        folder, name = hostile
        run = sarif(*named(folder), "validate")
        texts = [item["message"]["text"] for item in run["results"] if item["ruleId"] == "A001"]
        assert texts
        for text in texts:
            # What a viewer makes of it: no placeholders and no links.
            assert not re.search(r"(?<!\{)(\{\{)*\{\d+\}", text)
            assert not re.search(r"\[[^\]]*\]\(", text)
            assert name.replace("](", "] (") in text.replace("{{", "{").replace("}}", "}")
        assert name in [item["justification"] for result in run["results"] for item in result["suppressions"]]

    def test_junit(self, hostile: tuple[Path, str]) -> None:
        folder, name = hostile
        suites = junit(*named(folder), "validate")
        assert any(name in (failure.text or "") for failure in suites.iter("failure"))
        assert {child.tag for child in suites.iter()} == {
            "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
        }  # fmt: skip

    def test_markdown(self, hostile: tuple[Path, str]) -> None:
        folder, name = hostile
        text = d8plan(*named(folder), "validate", "--format", "markdown").stdout
        plain = d8plan(*named(folder), "validate", "--format", "markdown", "--select", "B").stdout
        shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
        reference = MarkdownIt("commonmark").enable("table").render(plain)
        allowed = set(re.findall(r"</?[a-z0-9]+", reference)) | {"<span", "</span"}
        assert set(re.findall(r"</?[a-z0-9]+", shown)) <= allowed
        rows = [row.split("</td>")[:-1] for row in re.findall(r"<tr>\n(<td.*?)</tr>", shown, re.DOTALL)]
        assert {len(row) for row in rows} == {7}
        told = report(*named(folder), "validate")["findings"]
        assert sum(bool(re.match(r"<td>(\S+ )?[A-Z]\d{3} |<td>(❌|⚠️|ℹ️)", row[0])) for row in rows) == len(told)
        # What GitHub itself looks for in text: mathematics, mentions, references, pictures, addresses.
        assert shown.count("$") == shown.count("<span>$</span>")
        seen = html.unescape(re.sub(r"<[^>]*>", "", shown))
        assert not re.search(r"@\w|(?<!\w)#\w|GH-\d|:\w+:|://|www\.", seen)
        assert name.replace("\\", "") in seen.replace("\u200b", "").replace("\\", "")

    @pytest.mark.parametrize("form", ["text", "github"])
    def test_no_command_of_a_build_service(self, hostile: tuple[Path, str], form: str) -> None:
        folder, _ = hostile
        shown = d8plan(*named(folder, folder / "::error::x"), "validate", "--format", form).stdout
        commands = [line for line in shown.splitlines() if line.lstrip().startswith("::")]
        assert all(re.match(r"::(error|warning|notice) (file|title)=[^:]*::", line) for line in commands)
        assert bool(commands) == (form == "github")


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a|b", "a\\|b"),
            ("@all", "@&#8203;all"),
            ("#1", "\\#&#8203;1"),
            ("# x", "\\# x"),
            ("https://x", "https:&#8203;//x"),
            ("Www.x", "Www&#8203;.x"),
            ("gh-7", "gh&#8203;-7"),
            ("R&D &amp; x", "R&D \\&amp; x"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            ("line\none", "line one"),
            ("12 tổ: 5", "12 tổ: 5"),
        ],
    )
    def test_text_stays_text(self, text: str, expected: str) -> None:
        assert escaped(text) == expected

    def test_it_fits_a_comment_and_drops_the_least_severe(self) -> None:
        markdown = MarkdownReport(ReportSettings(language("en"), {}))
        many = [located(severity, name="x" * 50) for severity in (Severity.WARNING, Severity.ERROR) for _ in range(300)]
        for number in range(51):
            markdown.add(outcome(f"provinces/{number}", *many))
        text = markdown.end()
        assert len(text) < 65_536
        assert sum(layout.room for layout in TABLES.values()) < 60_000
        assert "❌ error" in text
        assert "⚠️ warning" not in text
        shown = text.count("❌ error")
        assert f"and {600 * 51 - shown} more" in text

    def test_a_job_summary_has_states_counts_findings_and_exceptions(self, bad: Path) -> None:
        text = d8plan("--lang", "en", *named(bad), "validate", "--format", "markdown").stdout
        assert text.startswith("## ❌ d8plan: NOT OK\n")
        assert "| 2024 | " in text
        assert "| draft |" in text
        assert re.search(r"\| ❌ error \| A001 [^|]+ \| \S+allocations.yaml:9 \| [^|]+ \| 28 tổ \| 29 tổ \|", text)
        assert text.index("<details>") < text.index("B001") < text.index("</details>")
        shipped = d8plan("--lang", "en", "validate", "--format", "markdown").stdout
        assert shipped.startswith("## ✅ d8plan: OK\n")
        assert shipped.count("| issued |") == 2


def located(severity: Severity, name: str = "Sum", terms: int = 0, suspects: int = 0) -> Located:
    """Return a finding that was made up."""
    place = Place("plans/x/allocations.yaml", ("indicators", "x"))
    finding = Finding(
        rule=Rule("A001", "level-total", M("level total that does not follow from its units"), severity),
        message=M("{name}", name=name),
        place=place,
        action=M("Correct what is wrong"),
        severity=severity,
        plan="x",
        cited=Cited("288/KH-BCD", (12,)),
    )
    file = "data/plans/x/allocations.yaml"
    parts = tuple(
        RelatedLine(M("{name}", name=f"Unit {{{number}}}"), file, 20 + number, None if number == 1 else number)
        for number in range(terms)
    )
    doubted = tuple(
        RelatedLine(M("{name}", name=f"digits of {number}"), file, 40 + number) for number in range(suspects)
    )
    return Located(finding, file, Mark(12, 3), "  target: 28", None, (), parts, doubted)


def outcome(folder: str, *found: Located) -> Outcome:
    return Outcome(folder, {}, False, 10, Proof(1, 1, 1, 1, 0, 0), (), found, (), 0)


def as_text(*found: Located) -> str:
    text = TextReport(ReportSettings(language("en"), {})).add(outcome("data", *found))
    assert max(map(len, text.splitlines())) <= 80
    return text


class TestText:
    def test_parts_of_a_sum_with_their_lines(self) -> None:
        text = " ".join(as_text(located(Severity.ERROR, terms=3)).split())
        assert "Parts: Unit {0} 0 (line 20), Unit {1} – (21), Unit {2} 2 (22)" in text
        many = " ".join(as_text(located(Severity.ERROR, terms=20)).split())
        assert "Unit {11} 11 (31), and 8 more" in many
        assert "Unit {12}" not in many

    def test_a_part_in_another_file_has_its_path(self) -> None:
        item = located(Severity.ERROR, terms=1)
        moved = item._replace(terms=(item.terms[0]._replace(file="data/plans/x/budget.yaml"),))
        assert "Unit {0} 0 (data/plans/x/budget.yaml:20)" in as_text(moved)

    def test_suspects_at_most_three(self) -> None:
        text = as_text(located(Severity.ERROR, suspects=5))
        assert text.count("Suspect: ") == 3
        assert "Suspect: digits of 0 (data/plans/x/allocations.yaml:40)" in text

    def test_the_source_of_a_finding_that_states_no_value(self) -> None:
        assert "Source: 288/KH-BCD, line 12" in as_text(located(Severity.WARNING))

    def test_information_is_short(self) -> None:
        block = as_text(located(Severity.INFO, terms=5, suspects=5)).split("\n\n")[0].splitlines()
        assert len(block) <= 4
        assert not any("target: 28" in line for line in block)

    def test_the_last_line_counts_what_there_is(self) -> None:
        both = as_text(located(Severity.ERROR), located(Severity.WARNING), located(Severity.INFO))
        assert both.splitlines()[-1] == "NOT OK: 10 checks, errors: 1, warnings: 1, information: 1"
        assert as_text().splitlines()[-1] == "OK: 10 checks, errors: 0"

    def test_the_state_of_each_plan(self, data: Path) -> None:
        assert "Plan 2024, 288/KH-BCD (issued)" in d8plan("--lang", "en", "validate").stdout
        assert "Plan 2024, 288/KH-BCD (draft)" in d8plan("--lang", "en", *named(data), "validate").stdout
        assert [plan["state"] for plan in report(*named(data), "validate")["plans"]] == ["draft", "draft"]


def yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


ACTION = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
BASH = shutil.which("bash")


def run_step(name: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as GitHub does, with its inputs at their defaults."""
    assert BASH
    script = cwd / "step.sh"
    script.write_text(STEPS[name]["run"], encoding="utf-8", newline="\n")
    inputs = {f"INPUT_{key.upper().replace('-', '_')}": item["default"] for key, item in ACTION["inputs"].items()}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("D8PLAN_")}
    return subprocess.run(
        [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", **inputs, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="a POSIX shell")
class TestAction:
    PROGRAM = str(Path(sys.executable).with_name("d8plan"))

    def validate(self, cwd: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
        summary = cwd / "summary.md"
        summary.write_text("before\n", encoding="utf-8")
        done = run_step("Validate", cwd, PROGRAM=self.PROGRAM, GITHUB_STEP_SUMMARY=str(summary), **inputs)
        return done, summary.read_text(encoding="utf-8")

    def test_a_folder_that_passes(self, tmp_path: Path) -> None:
        copy_draft(tmp_path / "data")
        done, summary = self.validate(tmp_path, INPUT_LANG="en")
        assert (done.returncode, done.stderr) == (0, "")
        assert "::error" not in done.stdout
        assert "::warning file=data/" in done.stdout
        assert summary.startswith("before\n## ✅ d8plan: OK\n")

    def test_a_folder_that_fails(self, tmp_path: Path) -> None:
        copy_draft(tmp_path / "data")
        damage(tmp_path / "data")
        done, summary = self.validate(tmp_path)
        assert done.returncode == 1
        assert f"::error file=data/{ALLOCATIONS}," in done.stdout
        assert "## ❌ d8plan:" in summary

    def test_every_input_is_heeded(self, tmp_path: Path) -> None:
        for name in ("one", "other one"):
            copy_draft(tmp_path / name)
        damage(tmp_path / "other one")
        folders = "\n  one\r\n\nother one  "
        done, summary = self.validate(tmp_path, INPUT_DATA=folders, INPUT_SELECT="A,B", INPUT_LANG="en")
        assert done.returncode == 1
        assert re.findall(r"^\| (one|other one) \| (\w+)", summary, re.MULTILINE)[:2] == [
            ("one", "OK"),
            ("other one", "NOT"),
        ]
        assert "::warning" not in done.stdout
        assert self.validate(tmp_path, INPUT_DATA=folders, INPUT_IGNORE="A,S001")[0].returncode == 0
        assert self.validate(tmp_path, INPUT_DATA="one", INPUT_STRICT="true")[0].returncode == 1
        # A copy of drafts: no seal is there, whatever is selected.
        required = {"INPUT_DATA": "one", "INPUT_SELECT": "A", "INPUT_REQUIRE_SEALED": "true"}
        done, summary = self.validate(tmp_path, **required)
        assert done.returncode == 1
        assert "L009" in summary

    def test_unreadable_and_misused(self, tmp_path: Path) -> None:
        done, summary = self.validate(tmp_path, INPUT_DATA="nope", INPUT_LANG="en")
        assert done.returncode == 3
        assert "There is no folder nope" in summary
        copy_draft(tmp_path / "data")
        done, summary = self.validate(tmp_path, INPUT_SELECT="?")
        assert (done.returncode, summary) == (2, "before\n")

    @pytest.mark.parametrize("key", ["DATA", "SELECT", "IGNORE", "LANG", "STRICT", "REQUIRE_SEALED"])
    def test_inputs_are_never_run(self, tmp_path: Path, key: str) -> None:
        copy_draft(tmp_path / "data")
        self.validate(tmp_path, **{f"INPUT_{key}": '$(touch owned) `touch owned`; touch owned "; touch owned #'})
        assert not (tmp_path / "owned").exists()

    def test_it_installs_pinned_requirements_first(self, tmp_path: Path) -> None:
        fake = tmp_path / "python"
        fake.write_text(
            '#!/usr/bin/env bash\necho "$*" >> "$LOG"\n'
            'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
            encoding="utf-8",
        )
        fake.chmod(0o755)
        (tmp_path / "temp").mkdir()
        places = {"LOG": "log", "PYTHON": "python", "GITHUB_OUTPUT": "out", "RUNNER_TEMP": "temp"}
        env = {key: str(tmp_path / value) for key, value in places.items()}
        done = run_step("Install d8plan", tmp_path, GITHUB_ACTION_PATH=str(ROOT), **env)
        assert (done.returncode, done.stderr) == (0, "")
        made, locked, own = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
        assert made.startswith("-m venv ")
        assert locked.endswith(f"--require-hashes --requirement {ROOT}/requirements/run.txt")
        assert own.endswith(f"--no-deps --no-build-isolation {ROOT}")
        assert (tmp_path / "out").read_text(encoding="utf-8") == f"program={tmp_path}/temp/d8plan/bin/d8plan\n"


def test_the_action_has_the_shape_that_github_expects() -> None:
    assert set(ACTION["inputs"]) == {"data", "strict", "require-sealed", "select", "ignore", "lang", "python-version"}
    assert all(item["description"] and isinstance(item["default"], str) for item in ACTION["inputs"].values())
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert ("uses" in step) != ("run" in step)
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "inputs reach a script as variables alone"
    assert set(STEPS["Validate"]["env"]) == {
        "PROGRAM",
        *(f"INPUT_{key}" for key in ("DATA", "STRICT", "REQUIRE_SEALED", "SELECT", "IGNORE", "LANG")),
    }


def test_the_hook_has_the_shape_that_pre_commit_expects(good: Path) -> None:
    (hook,) = yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("d8plan-validate", "python", False)
    files = [str(path.relative_to(DATA.parent)).replace(os.sep, "/") for path in DATA.rglob("*") if path.is_file()]
    assert all(re.search(hook["files"], file) for file in files)
    assert not re.search(hook["files"], "src/data/x.yaml")
    assert hook["entry"] == "d8plan"
    assert d8plan(*hook["args"]).returncode == 0


def test_the_examples_of_the_page_are_yaml_and_name_what_there_is() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = [yaml(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    workflow, scan, gitlab, *hooks = blocks
    (used,) = [step for step in workflow["jobs"]["validate"]["steps"] if "d8plan" in step.get("uses", "")]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert scan["permissions"]["security-events"] == "write"
    assert gitlab["plans"]["artifacts"]["reports"] == {"junit": "d8plan.xml"}
    assert [block["repos"][0]["hooks"][0]["id"] for block in hooks] == ["d8plan-validate"] * 2
    assert set(re.findall(r"--format (\w+)", text)) <= set(FORMATS)
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(FORMATS)


class TestPathsOfServices:
    """What services attach to files of a repository names them from its top, wherever d8plan runs."""

    FILE = "data/plans/2024/allocations.yaml"

    @pytest.fixture
    def top(self, tmp_path: Path) -> Path:
        """Return a repository with a damaged data folder in a folder within."""
        top = tmp_path / "kho của tỉnh"
        (top / ".git").mkdir(parents=True)
        copy_draft(top / "tỉnh a" / "data")
        damage(top / "tỉnh a" / "data")
        return top

    @staticmethod
    def paths(*line: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
        """Return the file of the first finding as each of the three formats names it."""
        github, junit, log = (
            d8plan(*line, "validate", "--select", "A001", "--format", form, cwd=cwd, env=env).stdout
            for form in ("github", "junit", "sarif")
        )
        (annotation,) = re.findall(r"^::error file=([^,]*),", github, re.MULTILINE)
        (test,) = (one for one in ElementTree.fromstring(junit).iter("testcase") if one.find("failure") is not None)
        (result,) = json.loads(log)["runs"][0]["results"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert str(test.get("classname")).removeprefix("./") == unquote(annotation).removesuffix("/allocations.yaml")
        assert re.fullmatch(r"[\x21-\x7e]+", uri), "a URI has no other characters"
        return {unquote(annotation), str(test.get("file")), unquote(uri)}

    @pytest.mark.parametrize("below", [".", "tỉnh a", "tỉnh a/data", "tỉnh a/data/plans"])
    def test_from_any_folder(self, top: Path, below: str) -> None:
        assert self.paths("--data", str(top / "tỉnh a" / "data"), cwd=top / below) == {f"tỉnh a/{self.FILE}"}

    def test_found_and_named_in_other_ways(self, top: Path, tmp_path: Path) -> None:
        named = {f"tỉnh a/{self.FILE}"}
        assert self.paths(cwd=top / "tỉnh a") == named
        assert self.paths("--data", ".", cwd=top / "tỉnh a" / "data") == named
        assert self.paths("--data", "../data", cwd=top / "tỉnh a" / "data") == named
        (tmp_path / "elsewhere").symlink_to(top / "tỉnh a" / "data")
        assert self.paths("--data", str(tmp_path / "elsewhere"), cwd=tmp_path) == named
        (top / ".git").rmdir()
        (top / ".git").write_text("gitdir: ../x\n", encoding="utf-8")
        assert self.paths(cwd=top / "tỉnh a") == named, "a work tree or a submodule has a file there"

    def test_a_data_folder_that_is_the_repository(self, top: Path) -> None:
        (top / "tỉnh a" / "data" / ".git").mkdir()
        assert self.paths("--data", "data", cwd=top / "tỉnh a") == {"plans/2024/allocations.yaml"}

    def test_without_a_repository(self, top: Path, tmp_path: Path) -> None:
        (top / ".git").rmdir()
        here = top / "tỉnh a"
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": ""}) == {self.FILE}
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": str(top)}) == {f"tỉnh a/{self.FILE}"}
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": str(tmp_path / "other")}) == {self.FILE}

    def test_what_people_read_is_from_here(self, top: Path) -> None:
        shown = d8plan("validate", "--select", "A001", cwd=top / "tỉnh a").stdout
        assert shown.startswith(f"{self.FILE}:")
