"""Every rule explains itself: its docstring, its pages in both languages, ``explain`` and ``rules``."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pages
import pytest
from support import ROOT, d8plan

from d8plan.app.catalogue import catalogue
from d8plan.cli.commands.explain import shown
from d8plan.models.findings import FAMILIES
from d8plan.text.language import LANGUAGES

RULES = catalogue()
TELL = "run: python tools/pages.py"


def test_every_family_has_its_name() -> None:
    assert set(pages.FAMILY_NAMES) == set(FAMILIES)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_tells_what_it_proves_why_and_how_to_mend(code: str) -> None:
    sections = pages.docstrings()[code].sections
    assert {"", "Why", "Mend"} <= set(sections)
    assert all(text.endswith((".", "…")) for texts in sections.values() for text in texts)


def test_only_what_states_and_computes_can_be_excepted() -> None:
    assert {code for code, rule in RULES.items() if rule.exceptable} >= {"A001", "A002", "Z001", "B001", "S001", "S002"}
    assert not [code for code, rule in RULES.items() if rule.exceptable and code[0] in "YMRLX"]


def test_every_rule_has_its_page() -> None:
    assert pages.lacking() == []
    expected = {f"{language}/{code}.md" for language in LANGUAGES for code in RULES}
    assert {path.relative_to(pages.PAGES).as_posix() for path in pages.PAGES.rglob("*.*")} == expected


@pytest.mark.parametrize("code", RULES)
def test_a_page_is_what_its_rule_gives(code: str) -> None:
    for language in LANGUAGES:
        written = (pages.PAGES / language / f"{code}.md").read_text(encoding="utf-8")
        assert pages.page(RULES[code], pages.docstrings()[code], pages.Tongue(language)) == written, TELL


def test_everything_written_is_what_the_rules_give() -> None:
    files, _ = pages.built()
    stale = [path.name for path, text in files.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], TELL


def test_no_vietnamese_is_missing_or_left_over() -> None:
    _, asked = pages.built()
    known = pages.vietnamese()
    assert list(known) == list(asked), TELL
    assert [text for text, said in known.items() if not said] == []


def test_vietnamese_uses_the_same_values() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}", text))

    assert [text for text, said in pages.vietnamese().items() if values(text) != values(said)] == []


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.exceptable])
def test_the_exception_of_a_page_covers_its_example(code: str, tmp_path: Path) -> None:
    page = (pages.PAGES / "vi" / f"{code}.md").read_text(encoding="utf-8")
    file = re.search(r"data/(plans/[\w-]+/exceptions\.yaml)", page)
    entry = re.search(r"```yaml\nexceptions:\n(.*?)```", page, re.DOTALL)
    assert file
    assert entry
    case = pages.example(code)
    folder = pages.copy_data(case, tmp_path)
    pages.make_fault(case, folder)
    path = folder / file[1]
    before = path.read_text(encoding="utf-8") if path.exists() else "exceptions:\n"
    path.write_text(before + entry[1], encoding="utf-8", newline="\n")
    _, findings = pages.new_findings(case, folder)
    assert code not in {finding.rule.code for finding in findings}
    assert not {finding.rule.code for finding in findings} & {"X001", "X003", "R005", "R006", "M003"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_pages_fit_a_terminal(code: str, language: str) -> None:
    page = (pages.PAGES / language / f"{code}.md").read_text(encoding="utf-8")
    for line in shown(page, lambda text, _: text).splitlines():
        wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
        assert wide <= 80 or line.lstrip().startswith("place: "), line  # a place is one word
    assert str(ROOT) not in page


# --- At a terminal.


def test_explain_shows_the_page() -> None:
    told = d8plan("--lang", "en", "explain", "A001")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("A001 level-total\n\nLevel total that does not follow from its units.\n")
    headings = ["What it proves", "Why", "Example", "How to mend", "How to except"]
    assert [line for line in told.stdout.splitlines() if line in headings] == headings
    assert "  -      thach-an:          {province: 1, district: 0}\n" in told.stdout
    assert "\n    error A001 level total" in told.stdout
    assert "\n    level-total:\n      code: A001\n" in told.stdout
    assert not re.search(r"^(#|```)|`|\x1b", told.stdout, re.MULTILINE)
    assert max(map(len, told.stdout.splitlines())) <= 80


def test_explain_speaks_vietnamese_in_any_encoding() -> None:
    assert "\nVì sao\n" in d8plan("explain", "a001").stdout
    plain = d8plan("explain", "A001", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (plain.returncode, plain.stderr) == (0, "")
    assert plain.stdout.isascii()
    assert "\nVi sao\n" in plain.stdout


def test_explain_takes_names_and_several_codes_once_each() -> None:
    told = d8plan("--lang", "en", "explain", "level-total", "s002", "A001")
    assert [line for line in told.stdout.splitlines() if re.match(r"[A-Z]\d{3} [a-z-]+$", line)] == [
        "A001 level-total",
        "S002 stated-measure",
    ]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (["level-totl"], "There is no rule “level-totl”. Did you mean: A001"),
        (["zzzz"], "There is no rule “zzzz”. “d8plan rules” lists them."),
        (["A001", "zzzz"], "There is no rule “zzzz”"),
        ([], "No rule is named. “d8plan rules” lists them."),
    ],
)
def test_explain_of_no_rule(wanted: list[str], told: str) -> None:
    done = d8plan("--lang", "en", "explain", *wanted)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_rules_lists_every_rule(tmp_path: Path) -> None:
    listed = json.loads(d8plan("rules", "--format", "json", cwd=tmp_path).stdout)
    assert listed["version"] == 1
    assert [row["code"] for row in listed["rules"]] == list(RULES)
    assert listed["rules"][0] == {
        "code": "Y001",
        "name": "unreadable-file",
        "severity": "error",
        "title": "tệp không đọc được",
        "exceptable": False,
    }
    assert {row["code"] for row in listed["rules"] if row["exceptable"]} >= {"A001", "B001"}


def test_rules_for_people(tmp_path: Path) -> None:
    shown = d8plan("--lang", "en", "rules", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert re.search(r"^ A002  target +error +target that does not +possible$", shown.stdout, re.MULTILINE)
    assert "\n| A001 | level-total | error |" in d8plan("--lang", "en", "rules", "--format", "markdown").stdout
    assert d8plan("rules", "--format", "csv").stdout.startswith("code,name,severity,title,exceptable")
