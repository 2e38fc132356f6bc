"""``validate`` for a terminal: one block a finding, then what was proven."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable

from d8plan.findings import Finding, Located, Severity
from d8plan.language import Language
from d8plan.message import Amount, M
from d8plan.render.outcome import Accepted, Outcome
from d8plan.text import inert, printable
from d8plan.wording import citation, difference

Paint = Callable[[str, str], str]
"""Returns text in a colour: red, green, yellow, cyan or bold."""

FIGURES_PROVEN = M("{proven} of {total} figures proven")
STATEMENTS_PROVEN = M("{proven} of {total} statements of the documents proven")
CONTROLS_HOLD = M("{proven} of {total} control totals hold")
MOST_RELATED = 6
"""Other places that are listed; JSON has all."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def render(outcome: Outcome, language: Language, paint: Paint, width: int) -> str:
    """Return the report, no line of it wider than ``width`` columns."""
    page = _Page(language, paint, width)
    for item in outcome.findings:
        page.finding(item)
    if outcome.accepted:
        page.line(language.say(M("Known exceptions: {count}", count=len(outcome.accepted))), "bold")
        for accepted in outcome.accepted:
            page.accepted(accepted)
        page.line("")
    page.proof(outcome)
    return "\n".join(map(inert, page.lines)) + "\n"


class _Page:
    def __init__(self, language: Language, paint: Paint, width: int) -> None:
        self.say, self.language, self.paint, self.width = language.say, language, paint, width
        self.lines: list[str] = []

    def line(self, text: str, colour: str = "", indent: int = 0, hang: int = 0) -> None:
        """Add text, wrapped, each line painted by itself."""
        wrapped = textwrap.wrap(
            text,
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )
        self.lines += [self.paint(line, colour) if colour else line for line in wrapped or [""]]

    def finding(self, item: Located) -> None:
        finding = item.finding
        colour = _COLOURS[finding.severity]
        self.line(f"{item.file}:{item.mark.line}:{item.mark.column}", "bold", hang=2)
        severity = {
            Severity.ERROR: M("error"),
            Severity.WARNING: M("warning"),
            Severity.INFO: M("information"),
        }[finding.severity]
        self.line(f"{self.say(severity)} {finding.rule.code} {self.say(finding.rule.title)}", colour, 2, 2)
        self.line(self.say(finding.message), "", 2, 2)
        self._excerpt(item)
        self._values(finding)
        if item.cell:
            self.line(self.say(M("Annex: sheet {sheet}, cell {cell}", sheet=item.cell[0], cell=item.cell[1])), "", 4)
        for near in item.related[:MOST_RELATED]:
            self.line(f"{self.say(near.text)} ({near.file}:{near.line})", "", 4, 2)
        if (more := len(item.related) - MOST_RELATED) > 0:
            self.line(self.say(M("and {count} more places", count=more)), "", 4)
        if finding.exception and not finding.rule.code.startswith("X"):
            self.line(self.say(M("Known as exception “{id}”", id=finding.exception)), "", 4)
        self.line(f"→ {self.say(finding.action)}", "green", 4, 2)
        self.line("")

    def _excerpt(self, item: Located) -> None:
        """Show the line as typed, cut around the place where it is long, with a caret under it."""
        if not item.excerpt.strip():
            return
        gutter = f"{item.mark.line:>6} | "
        room = self.width - len(gutter)
        text = printable(item.excerpt)
        start = item.mark.column - 1
        cut = max(0, min(start - room // 3, len(text) - room)) if len(text) > room else 0
        shown = text[cut : cut + room]
        if cut:
            shown = "…" + shown[1:]
        if cut + room < len(text):
            shown = shown[:-1] + "…"
        before = _columns(shown[: start - cut])
        marks = "^" * max(1, min(_columns(shown[start - cut : start - cut + item.mark.width]), room - before))
        self.lines.append(gutter + shown)
        self.lines.append(" " * 6 + " | " + " " * before + self.paint(marks, "red"))

    def _values(self, finding: Finding) -> None:
        """Show stated, computed and difference under each other, numbers right-aligned."""
        if finding.stated is None and finding.computed is None:
            return
        measure = finding.unit_of_measure
        rows = [(M("Stated"), finding.stated), (M("Computed"), finding.computed)]
        values = [self._value(value, measure) for _, value in rows]
        notes = [self.say(citation(finding.cited)) if finding.cited else self.say(M("control total")), ""]
        if finding.summed and finding.summed > 1:
            notes[1] = self.say(M("{count} figures", count=finding.summed))
        labels = [self.say(label) for label, _ in rows]
        if finding.difference is not None:
            labels.append(self.say(M("Difference")))
            values.append(self.say(difference(finding)))
            notes.append("")
        label_width = max(map(_columns, labels))
        value_width = max(map(_columns, values)) if finding.difference is not None else 0
        for label, value, note in zip(labels, values, notes, strict=True):
            row = f"{_pad(label, label_width)}  {_pad(value, value_width, right=True)}  {note}"
            self.line(row.rstrip(), "", 4, label_width + 2) if _columns(row) + 4 > self.width else self.lines.append(
                "    " + row.rstrip()
            )

    def _value(self, value: int | str | None, measure: str) -> str:
        return self.language.amount(Amount(value, measure)) if isinstance(value, int) else printable(value or "")

    def accepted(self, accepted: Accepted) -> None:
        finding, item = accepted.located.finding, accepted.located
        self.line(f"{finding.rule.code}  {self.say(difference(finding))}  {self.say(finding.message)}", "yellow", 2, 2)
        if finding.difference is not None:
            stated = Amount(finding.stated, finding.unit_of_measure)  # type: ignore[arg-type]
            computed = Amount(finding.computed, finding.unit_of_measure)  # type: ignore[arg-type]
            self.line(self.say(M("Stated {stated}, computed {computed}", stated=stated, computed=computed)), "", 4, 2)
        self.line(self.say(M("Reason: {reason}", reason=accepted.reason)), "", 4, 2)
        cited = citation(accepted.cited)
        self.line(self.say(M("{citation}; owner: {owner}", citation=cited, owner=accepted.owner)), "", 4, 2)
        self.line(f"{item.file}:{item.mark.line}", "", 4)

    def proof(self, outcome: Outcome) -> None:
        for plan in outcome.plans:
            proof = plan.proof
            title = M("Plan {id}, {document}: {title}", id=plan.id, document=plan.document, title=plan.title)
            self.line(self.say(title), "bold", 0, 2)
            counts = [
                (FIGURES_PROVEN, proof.figures_proven, proof.figures),
                (STATEMENTS_PROVEN, proof.statements_proven, proof.statements),
                (CONTROLS_HOLD, proof.controls_proven, proof.controls),
            ]
            for template, proven, total in counts:
                if total:
                    self.line(
                        self.say(template._replace(values=(("proven", Amount(proven)), ("total", Amount(total))))),
                        "",
                        2,
                    )
        self.line("")
        errors = sum(item.finding.severity is Severity.ERROR for item in outcome.findings)
        known = len(outcome.accepted)
        if outcome.ok:
            told = M(
                "OK: {checks} checks, no error, {known} known exceptions", checks=Amount(outcome.checks), known=known
            )
        else:
            told = M(
                "NOT OK: {checks} checks, {errors} errors, {known} known exceptions",
                checks=Amount(outcome.checks),
                errors=Amount(errors),
                known=known,
            )
        self.line(self.say(told), "green" if outcome.ok else "red")


def _columns(text: str) -> int:
    """Return how many columns text takes; combining marks take none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space
