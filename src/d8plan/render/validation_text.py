"""``validate`` for a terminal: one block a finding, then what was proven; of several folders, a line each first."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable

from d8plan.models.findings import Finding, Located, RelatedLine, Severity, citation, difference
from d8plan.render.outcome import Accepted, Outcome, PlanLine, Unread
from d8plan.render.phrases import (
    NOT_OK,
    NOT_READ,
    OK,
    Tally,
    counts,
    left_out,
    not_counted,
    tally,
    values,
)
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import inert, printable

Paint = Callable[[str, str], str]
"""Returns text in a colour: red, green, yellow, cyan or bold."""

FIGURES_PROVEN = M("{proven} of {total} figures proven")
STATEMENTS_PROVEN = M("{proven} of {total} statements of the documents proven")
CONTROLS_HOLD = M("{proven} of {total} control totals hold")
MOST_RELATED = 6
"""Other places that are listed; JSON has all."""
MOST_BRIEF = 1
MOST_PARTS = 12
MOST_SUSPECTS = 3
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


class Text:
    """The report for people, no line of a block wider than ``width`` columns.

    One folder is told whole. Several have a line each as they are finished, then what is wrong in each, then the total.
    """

    def __init__(self, language: Language, paint: Paint, width: int, *, several: bool) -> None:
        self.language, self.paint, self.width, self.several = language, paint, width, several
        self.wrong = _Page(language, paint, width)
        """What is told after the lines, as text already: a folder's records are many times larger."""
        self.sum = Tally()
        self.ok = True
        self.verdict_width = max(_columns(language.say(verdict)) for verdict in (OK, NOT_OK, NOT_READ))

    def add(self, judged: Outcome | Unread) -> str:
        """Take in a folder; return its report where it is the only one, else its line."""
        if isinstance(judged, Unread):
            self.sum, self.ok = self.sum.plus(Tally(folders=1, unread=1)), False
            return self._line(NOT_READ, judged.folder, judged.reason)
        if not self.several:
            return self._whole(judged)
        found = tally(judged)
        self.sum, self.ok = self.sum.plus(found), self.ok and judged.ok
        if judged.failing:
            self.wrong.heading(judged.folder)
        for item in judged.failing:
            self.wrong.finding(item)
        return self._line(OK if judged.ok else NOT_OK, judged.folder, M("{counts}", counts=counts(found)))

    def end(self) -> str:
        """Return what is wrong in each of several folders, then the total."""
        if not self.several:
            return ""
        if not self.wrong.lines:
            self.wrong.line("")
        self.wrong.total(self.sum, OK if self.ok else NOT_OK)
        return self.wrong.text()

    def _whole(self, outcome: Outcome) -> str:
        page = _Page(self.language, self.paint, self.width)
        for item in outcome.findings:
            page.finding(item)
        page.known(outcome.accepted)
        for plan in outcome.plans:
            page.plan(plan)
        for file in outcome.uncounted:
            page.line(page.say(not_counted(file)), "yellow", 0, 2)
        page.line("")
        page.total(tally(outcome), OK if outcome.ok else NOT_OK)
        return page.text()

    def _line(self, verdict: Message, folder: str, found: Message) -> str:
        told = self.paint(_pad(self.language.say(verdict), self.verdict_width), "green" if verdict is OK else "red")
        return inert(f"{told}  {folder}: {self.language.say(found)}") + "\n"


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

    def text(self) -> str:
        """Return all lines, none of which a build service takes for a command."""
        return "\n".join(map(inert, self.lines)) + "\n"

    def heading(self, text: str) -> None:
        """Add a heading with space around it."""
        self.line("")
        self.line(text, "bold")
        self.line("")

    def finding(self, item: Located) -> None:
        """Add a block; information is told briefly, so that warnings and errors stand out."""
        finding = item.finding
        self.line(f"{item.file}:{item.mark.line}:{item.mark.column}", "bold", hang=2)
        severity = self.say(finding.severity.label)
        title = f"{severity} {finding.rule.code} {self.say(finding.rule.title)}"
        self.line(title, _COLOURS[finding.severity], 2, 2)
        self.line(self.say(finding.message), "", 2, 2)
        if finding.severity is Severity.INFO:
            self._brief(item)
        else:
            self._details(item)
        self.line("")

    def _brief(self, item: Located) -> None:
        finding = item.finding
        told = [f"{label} {shown}" for label, shown in values(finding, self.language)]
        if finding.cited:
            told.append(self.say(citation(finding.cited)))
        if told:
            self.line(", ".join(told), "", 4, 2)
        for near in item.related[:MOST_BRIEF]:
            self.line(f"{self.say(near.text)} ({near.file}:{near.line})", "", 4, 2)

    def _details(self, item: Located) -> None:
        finding = item.finding
        self._excerpt(item)
        self._values(finding)
        self._parts(item)
        for near in item.suspects[:MOST_SUSPECTS]:
            suspect = self.say(M("Suspect: {text}", text=near.text))
            self.line(f"{suspect} ({near.file}:{near.line})", "cyan", 4, 2)
        if item.cell:
            self.line(self.say(M("Annex: sheet {sheet}, cell {cell}", sheet=item.cell[0], cell=item.cell[1])), "", 4)
        for near in item.related[:MOST_RELATED]:
            self.line(f"{self.say(near.text)} ({near.file}:{near.line})", "", 4, 2)
        if (more := len(item.related) - MOST_RELATED) > 0:
            self.line(self.say(M("and {count} more places", count=more)), "", 4)
        if finding.exception and not finding.rule.code.startswith("X"):
            self.line(self.say(M("Known as exception “{id}”", id=finding.exception)), "", 4)
        self.line(f"→ {self.say(finding.action)}", "green", 4, 2)

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
        source = self.say(citation(finding.cited)) if finding.cited else ""
        if finding.stated is None and source:
            self.line(self.say(M("Source: {citation}", citation=source)), "", 4, 2)
        rows = values(finding, self.language)
        if not rows:
            return
        notes = self._notes(finding, source)
        label_width = max(_columns(label) for label, _ in rows)
        value_width = max(_columns(shown) for _, shown in rows) if finding.difference is not None else 0
        for (label, shown), note in zip(rows, notes, strict=True):
            row = f"{_pad(label, label_width)}  {_pad(shown, value_width, right=True)}  {note}".rstrip()
            if _columns(row) + 4 > self.width:
                self.line(row, "", 4, label_width + 2)
            else:
                self.lines.append("    " + row)

    def _notes(self, finding: Finding, source: str) -> list[str]:
        """Return what stands beside each value: who states it, and of how many figures it is the sum."""
        notes = []
        if finding.stated is not None:
            control = finding.summed is not None and not source
            notes.append(self.say(M("control total")) if control else source)
        if finding.computed is not None:
            several = finding.summed is not None and finding.summed > 1
            notes.append(self.say(M("{count} figures", count=finding.summed)) if several else "")
        if finding.difference is not None:
            notes.append("")
        return notes

    def _parts(self, item: Located) -> None:
        """List the parts of a sum, those of the finding's own file by their lines alone."""
        if not item.terms:
            return
        shown = [self._part(item, part, first=not number) for number, part in enumerate(item.terms[:MOST_PARTS])]
        if (more := len(item.terms) - MOST_PARTS) > 0:
            shown.append(self.say(M("and {count} more", count=more)))
        self.line(self.say(M("Parts: {parts}", parts=tuple(shown))), "", 4, 2)

    def _part(self, item: Located, part: RelatedLine, *, first: bool) -> str:
        where = f"{part.file}:{part.line}"
        if part.file == item.file:
            where = self.say(M("line {line}", line=part.line)) if first else str(part.line)
        figure = "–" if part.value is None else self.language.number(part.value)
        return f"{self.say(part.text)} {figure} ({where})"

    def known(self, accepted: tuple[Accepted, ...]) -> None:
        """Add the known exceptions."""
        if not accepted:
            return
        self.line(self.say(M("Known exceptions: {count}", count=len(accepted))), "bold")
        for one in accepted:
            self.accepted(one)
        self.line("")

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

    def plan(self, plan: PlanLine) -> None:
        """Add a plan, its state, and how much of it is proven."""
        title = M(
            "Plan {id}, {document} ({state}): {title}",
            id=plan.id,
            document=plan.document,
            state=plan.state.label,
            title=plan.title,
        )
        self.line(self.say(title), "bold", 0, 2)
        proof = plan.proof
        for template, proven, total in (
            (FIGURES_PROVEN, proof.figures_proven, proof.figures),
            (STATEMENTS_PROVEN, proof.statements_proven, proof.statements),
            (CONTROLS_HOLD, proof.controls_proven, proof.controls),
        ):
            if total:
                told = template._replace(values=(("proven", Amount(proven)), ("total", Amount(total))))
                self.line(self.say(told), "", 2)

    def total(self, found: Tally, verdict: Message) -> None:
        """Add what was left out, and the last line."""
        if found.left_out:
            self.line(self.say(left_out(found.left_out)), "yellow")
        told = counts(found)
        if found.folders > 1:
            told = (M("{count} folders", count=found.folders), *told)
        line = self.say(M("{verdict}: {counts}", verdict=verdict, counts=told))
        self.line(line, "green" if verdict is OK else "red")


def _columns(text: str) -> int:
    """Return how many columns text takes; combining marks take none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space
