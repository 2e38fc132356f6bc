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
from collections.abc import Iterator
from xml.etree import ElementTree

from d8plan.models.findings import Located, Rule, Severity
from d8plan.models.places import PLANS
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.render.phrases import finding_lines
from d8plan.render.report_writers import ReportSettings, ReportWriter

_NOT_IN_XML = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JunitReport(ReportWriter):
    """One document; each suite is kept as text."""

    for_service = True

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.suites: list[str] = []
        self.sum: Counter[str] = Counter()

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder."""
        if isinstance(judged, UnreadFolder):
            suite = _clean(judged.folder)
            self._suite(suite, [_test("read", suite, "error", self.say(judged.reason))])
            return ""
        findings = [(located, "") for located in judged.findings]
        findings += [(known.located, known.reason) for known in judged.accepted]
        by_plan_and_code: defaultdict[tuple[str | None, str], list[tuple[Located, str]]] = defaultdict(list)
        for located, reason in findings:
            by_plan_and_code[located.finding.plan, located.finding.rule.code].append((located, reason))
        plans = (plan for plan, _ in by_plan_and_code)
        for plan in dict.fromkeys((None, *(line.id for line in judged.plans), *plans)):
            suite = _clean(judged.folder if plan is None else f"{judged.folder}/{PLANS}/{plan}")
            tests: list[ElementTree.Element] = []
            for rule in self.settings.rules.values():
                tests += self._tests(suite, rule, by_plan_and_code.get((plan, rule.code), []), judged)
            self._suite(suite, tests)
        return ""

    def end(self) -> str:
        """Return the document."""
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        counted = "".join(f' {key}="{self.sum[key]}"' for key in ("tests", "failures", "errors", "skipped"))
        return f'{head}<testsuites name="d8plan"{counted}>\n{"".join(self.suites)}</testsuites>\n'

    def _tests(
        self, suite: str, rule: Rule, findings: list[tuple[Located, str]], outcome: Outcome
    ) -> Iterator[ElementTree.Element]:
        """Yield a test a finding that fails or warns, after one of the rule where it holds."""
        passing, tests = [], []
        for located, reason in findings:
            finding, text = located.finding, self._text(located, reason)
            fails = outcome.fails(finding.severity)
            if reason or not (fails or finding.severity is Severity.WARNING):
                passing.append(text)
                continue
            name = f"{rule.code} {rule.name}: {finding.place.pointer()}"
            test = _test(name, suite, "failure" if fails else "skipped", text, file=_clean(located.file))
            test[0].attrib.update(message=_clean(self.say(finding.message)), type=str(finding.severity))
            tests.append(test)
        if passing or not tests:
            yield _test(f"{rule.code} {rule.name}", suite, "system-out", "\n\n".join(passing))
        yield from tests

    def _text(self, located: Located, reason: str) -> str:
        where = f"{located.file}:{located.mark.line}:{located.mark.column}"
        head = f"{where}: {located.finding.rule.code} {self.say(located.finding.rule.title)}"
        return "\n".join([head, *finding_lines(located, self.language, reason)])

    def _suite(self, name: str, tests: list[ElementTree.Element]) -> None:
        """Add a suite; a test whose name another one has is numbered."""
        names: Counter[str] = Counter()
        for test in tests:
            test_name = test.attrib["name"]
            names[test_name] += 1
            if names[test_name] > 1:
                test.attrib["name"] = f"{test_name} ({names[test_name]})"
        results = Counter(result.tag for test in tests for result in test)
        counted = {
            "tests": len(tests),
            "failures": results["failure"],
            "errors": results["error"],
            "skipped": results["skipped"],
        }
        self.sum.update(counted)
        suite = ElementTree.Element("testsuite", {"name": name, **{key: str(n) for key, n in counted.items()}})
        suite.extend(tests)
        ElementTree.indent(suite)
        self.suites.append(ElementTree.tostring(suite, encoding="unicode") + "\n")


def _test(name: str, suite: str, result: str, text: str, **attributes: str) -> ElementTree.Element:
    """Return a test with its result, if there is something to tell of it."""
    test = ElementTree.Element("testcase", {"name": _clean(name), "classname": suite, **attributes})
    if text:
        ElementTree.SubElement(test, result).text = _clean(text)
    return test


def _clean(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
