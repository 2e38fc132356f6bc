"""validate for people: the terminal, and Markdown on a pull request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reported import named, report
from support import d8plan

from d8plan.ledger.proof import Proof
from d8plan.models.findings import Cited, Finding, Located, RelatedLine, Rule, Severity
from d8plan.models.places import Mark, Place
from d8plan.render.markdown import escaped
from d8plan.render.outcome import Outcome
from d8plan.render.report_writers import ReportSettings
from d8plan.render.validation_markdown import TABLES, MarkdownReport
from d8plan.render.validation_text import TextReport
from d8plan.text.language import language
from d8plan.text.message import M


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
