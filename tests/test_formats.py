"""Every format of validate: what is selected, what no name can inject."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from reported import FORMATS, damage, junit, named, report, sarif
from support import ROOT, copy_draft, d8plan, replace_once

from d8plan.render.report_writers import ReportFormat, ReportWriter

C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
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


def codes(document: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in document["findings"]]


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
