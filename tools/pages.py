"""Pages of the rules: ``python tools/pages.py`` after a rule, its docstring or the data has changed.

The docstring under a rule says what it proves, ``Why:``, how to ``Mend:`` and, where the general
words do not do, how to ``Except:``. From these, the examples of ``tests/cases/rules`` and what
``validate`` tells of them it writes one page a rule and language into ``src/d8plan/checks/pages``, which
``d8plan explain`` shows, and ``docs/rules.md``, which lists them.
Vietnamese is in the catalogue of the messages: paragraphs that are new stand there empty until
somebody writes them, those no longer used are taken out.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import importlib
import io
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

import catalogues

from d8plan.app import workspace
from d8plan.app.catalogue import catalogue
from d8plan.checks import run
from d8plan.cli import streams
from d8plan.cli.program import main
from d8plan.models.files import SEAL
from d8plan.models.findings import SETTABLE, Finding, Rule, Severity
from d8plan.models.places import PLANS, Mark, Place
from d8plan.storage.data import strict_yaml
from d8plan.storage.data.loader import Loaded, load
from d8plan.text.exact import ExactNumber
from d8plan.text.language import LANGUAGES, language

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
PAGES = SOURCE / "d8plan" / "checks" / "pages"
INDEX = ROOT / "docs" / "rules.md"
VIETNAMESE = catalogues.SOURCE / "text" / "locale" / "vi" / "LC_MESSAGES" / "d8plan.po"
CASES = ROOT / "tests" / "cases" / "rules"
DATA = ROOT / "data"
TODAY = datetime.date(2026, 11, 23)
WIDTH = 78
INSIDE = 76
"""Columns of what stands in a block, which ``explain`` indents."""
MOST_LINES = 24
"""Lines of one change that an example shows."""
SECTIONS = ("Why", "Mend", "Except")
FAMILY_NAMES = {
    "Y": "files",
    "M": "shape of the data",
    "R": "ids",
    "L": "sealed plans",
    "A": "allocations",
    "Z": "zone figures",
    "B": "budget",
    "P": "plans and their phases",
    "S": "text of the document",
    "T": "results",
    "X": "exceptions",
    "Q": "suspicions",
}
_PLAIN = re.compile(r"[^\W\d][\w/ ,.-]*")
"""Text that YAML reads as itself without quotes."""


# --- What a rule says of itself.


class Told(NamedTuple):
    """Paragraphs of a rule's docstring by their section; what it proves is under ``""``."""

    sections: dict[str, list[str]]


def told(docstring: str) -> Told:
    """Return the sections of a docstring."""
    sections: dict[str, list[str]] = {}
    name = ""
    for paragraph in re.split(r"\n\s*\n", docstring.strip()):
        text = " ".join(paragraph.split())
        if found := re.match(rf"({'|'.join(SECTIONS)}): ", text):
            name, text = found[1], text[found.end() :]
        # A file's name keeps its small letter.
        sections.setdefault(name, []).append(re.sub(r"^[a-z]+(?=[ ,;:])", lambda word: word[0].capitalize(), text))
    return Told(sections)


@cache
def docstrings() -> dict[str, Told]:
    """Return what the docstring under each rule says, by code; one under a dict is for all of its rules."""
    found: dict[str, Told] = {}
    for path in (
        *sorted((SOURCE / "d8plan" / "checks").glob("*.py")),
        SOURCE / "d8plan" / "storage" / "data" / "rules.py",
    ):
        module = importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for statement, after in itertools.pairwise(body):
            match statement, after:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() | ast.Dict()),
                    ast.Expr(value=ast.Constant(value=str(docstring))),
                ):
                    value = getattr(module, name)
                    for rule in value.values() if isinstance(value, dict) else [value]:
                        if isinstance(rule, Rule):
                            found[rule.code] = told(docstring)
    return found


# --- Languages.


class Tongue:
    """English as it is written here and in docstrings, or the Vietnamese of the catalogue."""

    def __init__(self, code: str) -> None:
        """Take one of ``LANGUAGES``."""
        self.code, self.language = code, language(code)
        self.known = vietnamese() if code == "vi" else {}
        self.asked: dict[str, str] = {}
        """Every text that was asked for, and the code of the rule that asked first."""

    def say(self, text: str, rule: str = "", **values: object) -> str:
        """Return a text in the language; English where nobody has written it yet."""
        self.asked.setdefault(text, rule)
        said = self.known.get(text) or text
        return said.format(**values) if values else said


def vietnamese() -> dict[str, str]:
    """Return the Vietnamese of every text, empty where there is none yet."""
    entries = catalogues.read(VIETNAMESE)
    return {str(entry.id): str(entry.string) for entry in entries if entry.context == catalogues.PAGE}


# --- Examples.


class Change(NamedTuple):
    """What an example does to a file: lines that it takes out and puts in."""

    file: str
    line: int = 1
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    created: bool = False
    deleted: bool = False
    renamed: str = ""
    """Its new name, where it gets one."""


def example(code: str) -> dict[str, Any]:
    """Return the example of a rule."""
    return tomllib.loads((CASES / f"{code}.toml").read_text(encoding="utf-8"))


def copy_data(case: dict[str, Any], folder: Path) -> Path:
    """Copy the shipped data for an example, drafts unless it wants the plans sealed; return the copy."""
    unwanted = shutil.ignore_patterns() if case.get("sealed") else shutil.ignore_patterns(SEAL)
    copy = Path(shutil.copytree(DATA, folder / DATA.name, ignore=unwanted))
    for name in case.get("drop", ()):
        (copy / name).unlink()
    return copy


def make_fault(case: dict[str, Any], folder: Path) -> list[Change]:
    """Do to a copy of the data what an example does; return that."""
    changes = []
    for edit in case.get("edits", ()):
        path = folder / edit["file"]
        before, old = path.read_bytes(), edit["old"].encode("utf-8")
        assert before.count(old) == 1, f"{edit['old']!r} stands {before.count(old)} times in {edit['file']}"
        after = before.replace(old, edit["new"].encode(edit.get("encoding", "utf-8")))
        path.write_bytes(after)
        changes.append(_changed(edit["file"], before, after))
    for written in case.get("write", ()):
        path = folder / written["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written["text"], encoding="utf-8", newline="")
        changes.append(_changed(written["file"], b"", path.read_bytes())._replace(created=True))
    for gone in case.get("delete", ()):
        (folder / gone["file"]).unlink()
        changes.append(Change(gone["file"], deleted=True))
    for renamed in case.get("rename", ()):
        (folder / renamed["file"]).rename(folder / renamed["to"])
        changes.append(Change(renamed["file"], renamed=renamed["to"]))
    return changes


def _changed(file: str, before: bytes, after: bytes) -> Change:
    """Return the lines that differ; bytes that are not UTF-8 are shown by their numbers."""
    old, new = (content.decode("utf-8", "backslashreplace").splitlines() for content in (before, after))
    start = len(os.path.commonprefix([old, new]))  # noqa: RUF071 - of lists, not of paths
    end = len(os.path.commonprefix([old[start:][::-1], new[start:][::-1]]))  # noqa: RUF071
    return Change(file, start + 1, tuple(old[start : len(old) - end]), tuple(new[start : len(new) - end]))


def findings_of(folder: Path) -> tuple[Loaded, list[Finding]]:
    """Return a data folder and everything that is found in it."""
    loaded = load(folder)
    return loaded, [*loaded.findings, *run(loaded.dataset, TODAY).findings]


@cache
def beforehand(*, sealed: bool, drop: tuple[str, ...]) -> frozenset[tuple[str, Place]]:
    """Return the code and place of everything that is found before an example does anything."""
    with tempfile.TemporaryDirectory() as scratch:
        _, findings = findings_of(copy_data({"sealed": sealed, "drop": drop}, Path(scratch)))
    return frozenset((finding.rule.code, finding.place) for finding in findings)


def new_findings(case: dict[str, Any], folder: Path) -> tuple[Loaded, list[Finding]]:
    """Return what is found in a copy of the data after an example's fault, and was not before."""
    known = beforehand(sealed=bool(case.get("sealed")), drop=tuple(case.get("drop", ())))
    loaded, findings = findings_of(folder)
    return loaded, [finding for finding in findings if (finding.rule.code, finding.place) not in known]


def shown_changes(changes: Iterable[Change], tongue: Tongue) -> list[str]:
    """Return what an example does, as Markdown."""
    lines: list[str] = []
    for file, of_file in itertools.groupby(changes, lambda change: change.file):
        edits: list[str] = []
        for change in of_file:
            if change.deleted:
                lines += wrapped(tongue.say("{file} is deleted.", file=f"{DATA.name}/{file}"))
            elif change.renamed:
                to = change.renamed.rsplit("/", 1)[-1]
                lines += wrapped(tongue.say("{file} is renamed to {name}.", file=f"{DATA.name}/{file}", name=to))
            else:
                if not edits:
                    before = "/dev/null" if change.created else f"{DATA.name}/{file}"
                    edits = [f"--- {before}", f"+++ {DATA.name}/{file}"]
                edits += [tongue.say("@@ line {line} @@", line=change.line), *signed(change)]
        if edits:
            lines += ["```diff", *edits, "```"]
        lines.append("")
    return lines


def signed(change: Change) -> list[str]:
    """Return the lines that a change takes out and puts in, those that differ in sight, not too many."""
    old, new = change.removed[:1], change.added[:1]
    shared = len(os.path.commonprefix([*old, *new])) if old and new else 0  # noqa: RUF071 - no paths
    start = max(0, shared - INSIDE * 2 // 3)
    shown = []
    for sign, lines in (("-", change.removed), ("+", change.added)):
        few = lines if len(lines) <= MOST_LINES else (*lines[: MOST_LINES - 1], "…")
        for line in few:
            text = "…" + line[start + 1 :] if start and len(line) >= INSIDE else line
            shown.append(sign + (text if len(text) < INSIDE else text[: INSIDE - 2] + "…"))
    return shown


_read = cache(strict_yaml.read)
"""Most files of an example are those of every other: to read each once saves half of the time."""


class Staged(NamedTuple):
    """An example that was carried out: what it does, what is found, what ``validate`` tells of it by language."""

    changes: list[Change]
    loaded: Loaded
    finding: Finding
    reports: dict[str, list[str]]


@cache
def stage(code: str) -> Staged:
    """Carry out the example of a rule."""
    case = example(code)
    with tempfile.TemporaryDirectory() as scratch, mock.patch.object(strict_yaml, "read", _read):
        folder = copy_data(case, Path(scratch))
        changes = make_fault(case, folder)
        loaded, findings = new_findings(case, folder)
        finding = next(finding for finding in findings if finding.rule.code == code)
        mark = finding.mark or loaded.mark(finding.place)
        reports = {language: report(folder, finding, mark, language) for language in LANGUAGES}
    return Staged(changes, loaded, finding, reports)


def report(folder: Path, finding: Finding, mark: Mark, code: str) -> list[str]:
    """Return what ``validate`` tells of a finding in a language."""
    output = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder.parent))
        stack.enter_context(contextlib.redirect_stdout(output))
        stack.enter_context(mock.patch.dict(os.environ))
        for name in [name for name in os.environ if name.startswith("D8PLAN_")]:
            del os.environ[name]
        stack.enter_context(mock.patch.object(streams, "PIPE_WIDTH", INSIDE))
        dates = SimpleNamespace(date=SimpleNamespace(today=lambda: TODAY))
        stack.enter_context(mock.patch.object(workspace, "datetime", dates))
        main(["--lang", code, "--data", folder.name, "validate"])
    place = f"{folder.name}/{finding.place.file}:{mark.line}:{mark.column}\n"
    blocks = [block.splitlines() for block in output.getvalue().split("\n\n") if block.startswith(place)]
    (block,) = [block for block in blocks if f" {finding.rule.code} " in block[1]]
    return block


def exception(loaded: Loaded, finding: Finding, tongue: Tongue) -> list[str]:
    """Return the lines of exceptions.yaml that cover a finding."""
    files = loaded.dataset.plans[finding.plan or ""]
    known = loaded.dataset.documents.documents
    cited = finding.cited
    document = next((key for key, held in known.items() if cited and held.number == cited.document), None)
    lines = ", ".join(map(str, cited.lines)) if cited and document else "1"
    return [
        "exceptions:",
        f"  {finding.rule.name}:",
        f"    code: {finding.rule.code}",
        f"    place: {finding.place.pointer()}",
        f"    stated: {_scalar(finding.stated)}",
        f"    computed: {_scalar(finding.computed)}",
        f"    reason: {tongue.say('Signed like this; a correction has been asked for.')}",
        f"    citation: {{document: {document or files.plan.document}, lines: [{lines}]}}",
        "    owner: womens-union",
        f"    date: {TODAY}",
    ]


def _scalar(value: ExactNumber | str | None) -> str:
    plain = isinstance(value, ExactNumber) or _PLAIN.fullmatch(value or "")
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


# --- Pages.


def wrapped(text: str) -> list[str]:
    """Return the lines of a paragraph."""
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)


def sentence(text: str) -> str:
    """Return a title as a sentence."""
    return text[0].upper() + text[1:] + "."


def page(rule: Rule, said: Told, tongue: Tongue) -> str:
    """Return the page of a rule in a language."""
    code, say, fault = rule.code, tongue.say, stage(rule.code)

    def section(name: str) -> list[str]:
        return [line for text in said.sections.get(name, ()) for line in (*wrapped(say(text, code)), "")]

    family = say("Severity: {severity}. Family {letter}: {family}.").format(
        severity=tongue.language.say(rule.severity.label),
        letter=code[0],
        family=say(FAMILY_NAMES[code[0]]),
    )
    lines = [f"# {code} {rule.name}", "", *wrapped(sentence(tongue.language.say(rule.title))), "", family, ""]
    lines += [f"## {say('What it proves')}", "", *section("")]
    lines += [f"## {say('Why')}", "", *section("Why")]
    lines += [f"## {say('Example')}", "", *shown_changes(fault.changes, tongue)]
    lines += [say("What d8plan validate tells of it:"), "", "```text", *fault.reports[tongue.code], "```", ""]
    lines += [f"## {say('How to mend')}", "", *section("Mend")]
    lines += [f"## {say('How to except')}", ""]
    lines += _excepting(fault, tongue) if rule.exceptable else _severity(rule, tongue)
    lines += section("Except")
    return "\n".join(lines).rstrip("\n") + "\n"


def _excepting(fault: Staged, tongue: Tongue) -> list[str]:
    say, finding = tongue.say, fault.finding
    where = f"{DATA.name}/{PLANS}/{finding.plan}/exceptions.yaml"
    lines = wrapped(
        say(
            "Where the document was signed like this and must be kept as it is, an exception accepts the difference. "
            "For the example it stands in {file}:",
            file=where,
        )
    )
    lines += ["", "```yaml", *exception(fault.loaded, finding, tongue), "```", ""]
    lines += wrapped(
        say(
            "It covers the finding with exactly these values alone: when one of them moves, or nothing fails there "
            "any more, the exception is itself a finding (X003, X001)."
        )
    )
    if any(near.text.template.startswith("{code} fails with it") for near in finding.related):
        lines += ["", *wrapped(say("What fails with it needs an exception of its own."))]
    return [*lines, ""]


def _severity(rule: Rule, tongue: Tongue) -> list[str]:
    say = tongue.say
    if rule.code[0] not in SETTABLE:
        return [
            *wrapped(say("No exception can cover it, and no plan can make it matter less: correct what is wrong.")),
            "",
        ]
    text = say(
        "No exception can cover it: correct what is wrong. How much it matters in one plan can be set in its "
        "plan.yaml, with the reason:"
    )
    other = Severity.WARNING if rule.severity is Severity.INFO else Severity.INFO
    choice = f"  {rule.code}: {{severity: {other}, reason: {say('the reason, in Vietnamese')}}}"
    return [*wrapped(text), "", "```yaml", "severities:", choice, "```", ""]


def index(rules: Iterable[Rule]) -> str:
    """Return the list of all pages."""
    tongues = {code: language(code) for code in LANGUAGES}
    lines = ["# Rules", "", "Written by `python tools/pages.py`; `d8plan explain CODE` shows a page at a terminal.", ""]
    family = ""
    for rule in rules:
        if rule.code[0] != family:
            family = rule.code[0]
            lines += ["", f"## {family}: {FAMILY_NAMES[family]}", "", "| code | what it finds | tìm gì |"]
            lines.append("|---|---|---|")
        titles = [
            f"[{tongues[code].say(rule.title)}](../{PAGES.relative_to(ROOT).as_posix()}/{code}/{rule.code}.md)"
            for code in ("en", "vi")
        ]
        lines.append(f"| {rule.code} | {titles[0]} | {titles[1]} |")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def lacking() -> list[str]:
    """Return the codes of rules that have no docstring or no example yet, and so no page."""
    said = docstrings()
    return [code for code in catalogue() if code not in said or not (CASES / f"{code}.toml").exists()]


@cache
def built() -> tuple[dict[Path, str], dict[str, str]]:
    """Return every file that is written, and every text that needs its Vietnamese with the rule it is from."""
    rules, said, without = catalogue(), docstrings(), lacking()
    files: dict[Path, str] = {}
    tongues = {code: Tongue(code) for code in LANGUAGES}
    for code, tongue in tongues.items():
        for key, rule in rules.items():
            if key not in without:
                files[PAGES / code / f"{key}.md"] = page(rule, said[key], tongue)
            tongue.say(FAMILY_NAMES[key[0]])
            for text in itertools.chain.from_iterable(said[key].sections.values() if key in said else ()):
                tongue.say(text, key)
    files[INDEX] = index(rules.values())
    return files, tongues["vi"].asked


def write() -> int:
    """Write everything; return how many texts have no Vietnamese yet."""
    files, asked = built()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for path in set(PAGES.glob("*/*.md")) - set(files):
        path.unlink()
    known = vietnamese()
    catalogues.update_catalogues(asked)
    return sum(not known.get(text) for text in asked)


if __name__ == "__main__":
    missing = write()
    if without := lacking():
        sys.exit(f"No page, for want of a docstring or an example: {' '.join(without)}")
    if missing:
        sys.exit(f"{VIETNAMESE.relative_to(ROOT)} lacks the Vietnamese of {missing} texts")
