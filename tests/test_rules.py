"""Every rule of the catalogue has an example that fails, and tells it once, at the right place."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import CASES, copy_data, example, findings_of, make_fault, new_findings
from support import DATA

from d8plan.checks import rules
from d8plan.models.findings import Rule, Severity
from d8plan.storage.data import rules as reading
from d8plan.text.language import language

READING = {rule.code: rule for rule in vars(reading).values() if isinstance(rule, Rule)}
EXAMPLES = sorted(path.stem for path in CASES.glob("*.toml"))


def test_every_rule_has_an_example() -> None:
    assert set(EXAMPLES) == set(rules()) | set(READING)


def test_codes_and_names_are_unique() -> None:
    catalogue = {**rules(), **READING}
    assert all(rule.code == code for code, rule in catalogue.items())
    assert len({rule.name for rule in catalogue.values()}) == len(catalogue)


def test_the_shipped_data_passes_every_rule() -> None:
    _, findings = findings_of(DATA)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_example(code: str, tmp_path: Path) -> None:
    case = example(code)
    folder = copy_data(case, tmp_path)
    changes = make_fault(case, folder)
    loaded, findings = new_findings(case, folder)
    expected = case["finding"]
    (finding,) = findings
    assert finding.rule.code == code
    assert finding.place.file == expected["file"]
    above, _, inside = finding.place.file.partition("/")
    assert finding.plan == (inside.split("/")[0] if above == "plans" else finding.plan)
    mark = finding.mark or loaded.mark(finding.place)
    shown = loaded.line(finding.place.file, mark.line)
    if "line" in expected:
        wanted = expected["line"]  # a digest, which each new seal changes, is left out
        assert shown.startswith(wanted.removesuffix("…")) if wanted.endswith("…") else shown == wanted
    else:
        assert mark.line == changes[-1].line
    if "caret" in expected:
        assert shown[mark.column - 1 : mark.column - 1 + mark.width] == expected["caret"]
    assert expected["action"] in language("en").say(finding.action)
    for field in ("indicator", "unit", "level", "stated", "computed", "exception"):
        assert getattr(finding, field) == expected.get(field), field
