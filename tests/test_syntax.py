"""What is said of text that is not YAML: the slip by its name, a merge that is not finished, and all in Vietnamese."""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import DATA, d8plan

from d8plan.storage.data.loader import load
from d8plan.storage.data.strict_yaml import read
from d8plan.storage.data.syntax import meaning
from d8plan.text.language import language

ENGLISH, VIETNAMESE = language("en"), language("vi")
NOT_THE_PARSERS = re.compile(r"invalid (event|vtable|literal)|input is|found another|found %|invalid_")
TEXT_OF_PARSER = re.compile(
    rb"(?:block sequence |control characters|could not |did not |duplicate %|found |incompatible %|incomplete |"
    rb"input |invalid |mapping |unexpected low)[ -~]{3,}"
)

SLIPS = {
    "a: {province:5, district: 5}\n": (1, "no space follows the colon"),
    "a: {province: 5, district:5}\n": (1, "no space follows the colon"),
    "a: 1\ntarget:57\nb: 2\n": (2, "no space follows the colon"),
    "a:\n  x: 1\n  target:57\nb: 2\n": (3, "no space follows the colon"),
    "target:57\nb: 2\n": (2, "in the line above, no space follows the colon"),
    "units:[1, 2]\nb: 2\n": (2, "in the line above, no space follows the colon"),
    "a: [b:c]\n": (1, "text with a colon needs quotes"),
    "a: b: c\n": (1, "text with a colon needs quotes"),
    "a: {b:: 1}\n": (1, "two colons"),
    "a: 1\ntarget 57\nb: 2\n": (2, "the colon after a key is missing"),
    "target 57\nb: 2\n": (2, "in the line above, the colon"),
    "a: {province: 5, district 5}\n": (1, "the colon after “district 5” is missing"),
    "a: {province: 5 district: 5}\n": (1, "a comma or the closing brace is missing"),
    'a: ["b" "c"]\n': (1, "a comma or the closing bracket ] is missing"),
    "a: {b: 1; c: 2}\n": (1, "“;” stands for nothing here; type “,”"),
    "a: {b: 1, c: 2\nd: 3\n": (1, "closing brace is missing"),
    "a: [1, 2\nd: 3\n": (1, "closing bracket ] is missing"),
    'a: "x\nb: 1\n': (1, "a quote is not closed"),
    "a: 1\nb: 'x\n": (2, "a quote is not closed"),
    "a: it's\nb: 'it's'\n": (2, "needs quotes around it"),
    "a: {b: 1}}\n": (1, "something follows a value that has ended"),
    "a: 1\n  b: 2\n": (2, "indented deeper than the line above"),
    "a:\n  b: 1\n   c: 2\n": (3, "indented deeper than the line above"),
    "a:\n   b: 1\n  c: 2\n": (3, "begins in column 3, those beside it in column 1"),
    " a: 1\nb: 2\n": (2, "after the end of the data"),
    "a:\n  - x\n  -y\n": (3, "no space follows the dash"),
    "a:\n  - x\n  b: 1\n": (3, "the next entry of the list was expected"),
    "a: 1\ntarget：57\nb: 2\n": (2, "“：” stands for nothing here; type “:”"),
    "a: {province：5, district: 5}\n": (1, "“：” stands for nothing here; type “:”"),
    "a: {b: 1， c: 2}\n": (1, "“，” stands for nothing here; type “,”"),
    "a: ｛b: 1｝\n": (1, "“｛” stands for nothing here; type “{”"),
    "a: “x: y”\n": (1, '““” does not quote text; type “"”'),
    "a: {b: ‘x, y’, c: 1}\n": (1, "“‘” does not quote text"),
    "a: @x\n": (1, "text needs quotes"),
    'a: "C:\\data"\n': (1, "a backslash in double quotes"),
    "a: |x\n b\n": (1, "a text block"),
    "%FOO\na: 1\n": (1, "directives are not allowed"),
    "a: b\N{NO-BREAK SPACE}c\n": (1, "A no-break space is not allowed"),
    "a: 1\n\tb: 2\n": (2, "A tab is not allowed"),
    "a: 1\n\ufeffb: 2\n": (2, "two files may have been joined"),
    "a: b\N{ZERO WIDTH SPACE}c\n": (1, "A space without width is not allowed"),
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_has_its_own_words(text: str, ending: str) -> None:
    line, words = SLIPS[text]
    problem = read(text.replace("\n", ending).encode()).problems[0]
    assert problem.mark.line == line
    assert words in ENGLISH.say(problem.message)
    assert ENGLISH.say(problem.message) != VIETNAMESE.say(problem.message)


def test_a_word_of_the_text_is_not_blamed() -> None:
    """Characters that do no harm where they stand: in quotes, in a comment, in plain text."""
    for line in ('a: "x：y"', "a: x; y", "a: b # ｛：｝", "a: nói “vậy”"):
        problem = read(f"{line}\nb: [1\n".encode()).problems[0]
        assert "closing bracket" in ENGLISH.say(problem.message), line


def test_every_message_of_the_parser_has_words() -> None:
    """libyaml's messages are read out of the extension that holds it: a new version may bring new ones."""
    spec = find_spec("_ruamel_yaml")
    assert spec is not None
    assert spec.origin is not None
    found = {text.decode() for text in TEXT_OF_PARSER.findall(Path(spec.origin).read_bytes())}
    found = {text for text in found if not NOT_THE_PARSERS.search(text)}
    assert len(found) > 40
    for problem in found:
        message = meaning(problem)
        assert message is not None, problem
        assert ENGLISH.say(message) != VIETNAMESE.say(message), problem


def test_faults_before_the_place_where_a_file_breaks_off_are_told_too() -> None:
    problems = read(b"a: 16,035\nb: 1\nb: 2\nc: [\n").problems
    assert [(problem.rule.code, problem.mark.line) for problem in problems] == [("Y005", 1), ("Y003", 3), ("Y002", 4)]


def test_each_forbidden_character_is_told_once_with_its_lines() -> None:
    problems = read("a:\tx\nb: \u202ex\nc:\ty\nd:\tz\n".encode()).problems
    assert [(problem.mark.line, problem.mark.column) for problem in problems] == [(1, 3), (2, 4)]
    assert "it also stands in line 3, 4" in ENGLISH.say(problems[0].message)


# --- Merges that are not finished.

SIDES = "<<<<<<< HEAD\n  x: 1\n=======\n  x: 2\n>>>>>>> sua\n"
CONFLICTS = {
    "two sides": (f"a:\n{SIDES}b: 1\n", [2]),
    "with the base": (
        f"a:\n{SIDES.replace('=======', '||||||| base' + chr(10) + '  x: 0' + chr(10) + '=======')}",
        [2],
    ),
    "first line": (SIDES, [1]),
    "indented by an editor": ("a:\n" + "".join(f"    {line}\n" for line in SIDES.splitlines()), [2]),
    "twice": (f"a:\n{SIDES}b:\n{SIDES}", [2, 8]),
    "one in another": (f"a:\n<<<<<<< HEAD\n{SIDES}=======\n  y: 1\n>>>>>>> b\n", [2]),
    "longer marks": ("a:\n" + SIDES.replace("<<<<<<<", "<" * 9).replace(">>>>>>>", ">" * 9), [2]),
    "in a quoted text": (f'a: "\n{SIDES}"\n', [2]),
    "end left over": ("a: 1\n>>>>>>> sua\n", [2]),
    "beginning left over": ("a: 1\n<<<<<<< HEAD\n", [2]),
    "middle left over": ("a: 1\n=======\nb: 2\n", [2]),
    "base left over": ("a: 1\n||||||| 1234567\nb: 2\n", [2]),
}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("kind", CONFLICTS)
def test_a_conflict_is_an_unfinished_merge(kind: str, ending: str) -> None:
    text, lines = CONFLICTS[kind]
    problems = read(text.replace("\n", ending).encode()).problems
    assert [(problem.rule.code, problem.mark.line) for problem in problems] == [("Y011", line) for line in lines]
    assert f"conflict 1 of {len(lines)}" in ENGLISH.say(problems[0].message)
    assert "delete the lines <<<<<<<" in ENGLISH.say(problems[0].action)


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  Mục\n  =======\n  chữ\n",
        'a: "<< 1"\n',
        "a: x <<<<<<< y\n",
        "a: |\n  ||||||| x\n",
        "# ======= a\na: 1\n",
    ],
)
def test_text_is_no_conflict(text: str) -> None:
    assert read(text.encode()).problems == ()


@pytest.mark.parametrize("seal", ["seal.json", "plans/2024/seal.json"])
@pytest.mark.parametrize("left", ["all", "middle"])
def test_a_conflict_in_a_seal(seal: str, left: str, tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "d"))
    lines = (data / seal).read_text(encoding="utf-8").splitlines(keepends=True)
    theirs = lines[2].replace('": ', '":  ')
    sides = ["<<<<<<< HEAD\n", lines[2], "=======\n", theirs, ">>>>>>> sua\n"]
    lines[2:3] = sides if left == "all" else sides[1:4]
    (data / seal).write_text("".join(lines), encoding="utf-8")
    (finding,) = load(data).findings
    assert (finding.rule.code, finding.place.file) == ("Y011", seal)
    assert finding.mark is not None
    assert finding.mark.line == (3 if left == "all" else 4)
    assert "git checkout --ours" in ENGLISH.say(finding.action)
    assert "d8plan seal" in ENGLISH.say(finding.action)


def test_the_program_tells_an_unfinished_merge_and_goes_on(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "d"))
    file = data / "plans" / "2024" / "statements.yaml"
    file.write_text(SIDES + file.read_text(encoding="utf-8"), encoding="utf-8")
    ran = d8plan("--data", str(data), "validate", "--format", "github")
    assert ran.returncode == 1
    assert "Việc trộn (merge) chưa xong" in ran.stdout
    assert "<<<<<<<, =======, >>>>>>>" in ran.stdout
