"""``validate`` as JUnit XML, for the test pages of GitLab and Jenkins.

A suite is a plan of a folder, or what the plans of a folder share; a test is a rule that was asked for.

- Both services show but the first failure of a test and tell tests apart by their names. So each finding that makes
  ``validate`` fail is a failed test of its own, named by rule and place; places are keys, which stay the same when
  lines move, so that a fault is followed from one run to the next.
- A warning is a skipped test: the only state that both count and list without failing the run. The output of a test
  that passed is shown by neither unless it is opened.
- Information and known exceptions are that output: the rule's test passes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import NamedTuple
from xml.etree import ElementTree

from d8plan.models.findings import Located, Rule, Severity
from d8plan.models.places import PLANS
from d8plan.render.formats import ReportSettings, ReportWriter
from d8plan.render.outcome import Outcome, Unread
from d8plan.render.phrases import told
from d8plan.text.language import Language

_NOT_IN_XML = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JunitReport(ReportWriter):
    """One document; each suite is kept as text."""

    for_service = True

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.suites: list[str] = []
        self.sum: Counter[str] = Counter()

    def add(self, judged: Outcome | Unread) -> str:
        """Take in a folder."""
        if isinstance(judged, Unread):
            name = _clean(judged.folder)
            test = ElementTree.Element("testcase", name="read", classname=name)
            ElementTree.SubElement(test, "error").text = _clean(self.language.say(judged.reason))
            self._suite(name, [test])
            return ""
        entries = [_Entry(item, "", _element(judged, item.finding.severity)) for item in judged.findings]
        entries += [_Entry(accepted.located, accepted.reason, "") for accepted in judged.accepted]
        by_plan: defaultdict[str | None, list[_Entry]] = defaultdict(list)
        for entry in entries:
            by_plan[entry.item.finding.plan].append(entry)
        for plan in dict.fromkeys((None, *(line.id for line in judged.plans), *by_plan)):
            name = _clean(judged.folder if plan is None else f"{judged.folder}/{PLANS}/{plan}")
            self._suite(name, _Tests(self.language, name).of(self.settings.rules, by_plan[plan]))
        return ""

    def end(self) -> str:
        """Return the document."""
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        counted = "".join(f' {key}="{self.sum[key]}"' for key in ("tests", "failures", "errors", "skipped"))
        return f'{head}<testsuites name="d8plan"{counted}>\n{"".join(self.suites)}</testsuites>\n'

    def _suite(self, name: str, tests: list[ElementTree.Element]) -> None:
        counted = {
            "tests": len(tests),
            "failures": sum(test.find("failure") is not None for test in tests),
            "errors": sum(test.find("error") is not None for test in tests),
            "skipped": sum(test.find("skipped") is not None for test in tests),
        }
        self.sum.update(counted)
        suite = ElementTree.Element("testsuite", {"name": name, **{key: str(n) for key, n in counted.items()}})
        suite.extend(tests)
        ElementTree.indent(suite)
        self.suites.append(ElementTree.tostring(suite, encoding="unicode") + "\n")


class _Entry(NamedTuple):
    """A finding or a known exception."""

    item: Located
    reason: str
    """Why it is accepted; empty where it is not."""
    element: str
    """What tells the outcome of its test; empty where the test passes."""


def _element(outcome: Outcome, severity: Severity) -> str:
    if outcome.fails(severity):
        return "failure"
    return "skipped" if severity is Severity.WARNING else ""


class _Tests:
    """The tests of one suite."""

    def __init__(self, language: Language, suite: str) -> None:
        self.language, self.suite = language, suite
        self.names: Counter[str] = Counter()

    def of(self, catalogue: dict[str, Rule], entries: list[_Entry]) -> list[ElementTree.Element]:
        """Return a test a finding that fails or warns, and one a rule that holds."""
        by_rule: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in entries:
            by_rule[entry.item.finding.rule.code].append(entry)
        tests = []
        for code, rule in catalogue.items():
            quiet = [entry for entry in by_rule[code] if not entry.element]
            loud = [entry for entry in by_rule[code] if entry.element]
            if quiet or not loud:
                tests.append(self._holding(f"{code} {rule.name}", quiet))
            tests += map(self._finding, loud)
        return tests

    def _test(self, name: str, **more: str) -> ElementTree.Element:
        self.names[name] += 1
        if self.names[name] > 1:
            name = f"{name} ({self.names[name]})"
        return ElementTree.Element("testcase", {"name": name, "classname": self.suite, **more})

    def _holding(self, name: str, entries: list[_Entry]) -> ElementTree.Element:
        test = self._test(name)
        if entries:
            ElementTree.SubElement(test, "system-out").text = "\n\n".join(map(self._text, entries))
        return test

    def _finding(self, entry: _Entry) -> ElementTree.Element:
        finding = entry.item.finding
        name = f"{finding.rule.code} {finding.rule.name}: {finding.place.pointer()}"
        test = self._test(_clean(name), file=_clean(entry.item.file))
        message = _clean(self.language.say(finding.message))
        told = ElementTree.SubElement(test, entry.element, {"message": message, "type": str(finding.severity)})
        told.text = self._text(entry)
        return test

    def _text(self, entry: _Entry) -> str:
        item = entry.item
        where = f"{item.file}:{item.mark.line}:{item.mark.column}"
        head = f"{where}: {item.finding.rule.code} {self.language.say(item.finding.rule.title)}"
        return _clean("\n".join([head, *told(item, self.language, entry.reason)]))


def _clean(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
