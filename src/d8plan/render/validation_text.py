"""``validate`` for a terminal: one block a finding, then what was proven; of several folders, a line each first."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from d8plan.models.findings import Finding, Located, RelatedLine, Severity, citation, difference
from d8plan.render.outcome import Accepted, Outcome, PlanLine, UnreadFolder
from d8plan.render.phrases import (
    VERDICTS,
    Tally,
    counts,
    left_out,
    not_counted,
    proven_of_total,
    value,
    values,
    verdict,
)
from d8plan.render.report_writers import ReportSettings, ReportWriter
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import inert, printable

PROVEN = (
    M("{proven} of {total} figures proven"),
    M("{proven} of {total} statements of the documents proven"),
    M("{proven} of {total} control totals hold"),
)
MOST_RELATED = 6
"""Other places that are listed; JSON has all."""
MOST_BRIEF = 1
MOST_PARTS = 12
MOST_SUSPECTS = 3
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


class TextReport(ReportWriter):
    """The report for people, no line of a block wider than the terminal.

    One folder is told whole. Several have a line each as they are finished, then what is wrong in each, then the total.
    """

    for_people = True

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.paint, self.width = settings.paint, settings.width
        self.lines: list[str] = []
        """What is told next, as text already: a folder's records are many times larger."""
        self.sum = Tally()

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder; return its report where it is the only one, else its line."""
        tally = Tally.of(judged)
        self.sum = self.sum.plus(tally)
        if not self.settings.several:
            return "" if isinstance(judged, UnreadFolder) else self._whole(judged, tally)
        if isinstance(judged, UnreadFolder):
            return self._folder_line(judged, judged.reason)
        if judged.failing:
            self._line("")
            self._line(judged.folder, "bold")
            self._line("")
        for located in judged.failing:
            self._finding(located)
        return self._folder_line(judged, M("{counts}", counts=counts(tally)))

    def end(self) -> str:
        """Return what is wrong in each of several folders, then the total."""
        if not self.settings.several:
            return ""
        if not self.lines:
            self._line("")
        self._total(self.sum)
        return self._text()

    def _whole(self, outcome: Outcome, tally: Tally) -> str:
        for located in outcome.findings:
            self._finding(located)
        self._known_exceptions(outcome.accepted)
        for plan in outcome.plans:
            self._plan(plan)
        for file in outcome.uncounted:
            self._line(self.say(not_counted(file)), "yellow", hang=2)
        self._line("")
        self._total(tally)
        return self._text()

    def _folder_line(self, judged: Outcome | UnreadFolder, told: Message) -> str:
        width = max(_columns(self.say(message)) for message in VERDICTS)
        padded = _pad(self.say(verdict(judged)), width)
        painted = self.paint(padded, "green" if judged.ok else "red")
        return inert(f"{painted}  {judged.folder}: {self.say(told)}") + "\n"

    def _line(self, text: str, colour: str = "", indent: int = 0, hang: int = 0) -> None:
        """Add text, wrapped, each line painted by itself."""
        wrapped = textwrap.wrap(
            text,
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )
        self.lines += [self.paint(line, colour) if colour else line for line in wrapped or [""]]

    def _text(self) -> str:
        """Return all lines, none of which a build service takes for a command."""
        return "\n".join(map(inert, self.lines)) + "\n"

    def _finding(self, located: Located) -> None:
        """Add a block; information is told briefly, so that warnings and errors stand out."""
        finding = located.finding
        self._line(f"{located.file}:{located.mark.line}:{located.mark.column}", "bold", hang=2)
        title = f"{self.say(finding.severity.label)} {finding.rule.code} {self.say(finding.rule.title)}"
        self._line(title, _COLOURS[finding.severity], 2, 2)
        self._line(self.say(finding.message), "", 2, 2)
        if finding.severity is Severity.INFO:
            self._brief(located)
        else:
            self._details(located)
        self._line("")

    def _brief(self, located: Located) -> None:
        finding = located.finding
        facts = [f"{label} {shown}" for label, shown in values(finding, self.language)]
        if finding.cited:
            facts.append(self.say(citation(finding.cited)))
        if facts:
            self._line(", ".join(facts), "", 4, 2)
        self._places(located.related[:MOST_BRIEF])

    def _details(self, located: Located) -> None:
        finding = located.finding
        self._excerpt(located)
        self._values(finding)
        self._parts(located)
        suspects = [place._replace(text=M("Suspect: {text}", text=place.text)) for place in located.suspects]
        self._places(suspects[:MOST_SUSPECTS], "cyan")
        if located.cell:
            sheet, cell = located.cell
            self._line(self.say(M("Annex: sheet {sheet}, cell {cell}", sheet=sheet, cell=cell)), "", 4)
        self._places(located.related[:MOST_RELATED])
        if (more := len(located.related) - MOST_RELATED) > 0:
            self._line(self.say(M("and {count} more places", count=more)), "", 4)
        if finding.exception and not finding.rule.code.startswith("X"):
            self._line(self.say(M("Known as exception “{id}”", id=finding.exception)), "", 4)
        self._line(f"→ {self.say(finding.action)}", "green", 4, 2)

    def _places(self, places: Sequence[RelatedLine], colour: str = "") -> None:
        for place in places:
            self._line(f"{self.say(place.text)} ({place.file}:{place.line})", colour, 4, 2)

    def _excerpt(self, located: Located) -> None:
        """Show the line as typed, cut around the place where it is long, with a caret under it."""
        if not located.excerpt.strip():
            return
        gutter = f"{located.mark.line:>6} | "
        room = self.width - len(gutter)
        text = printable(located.excerpt)
        start = located.mark.column - 1
        cut = max(0, min(start - room // 3, len(text) - room)) if len(text) > room else 0
        shown = text[cut : cut + room]
        if cut:
            shown = "…" + shown[1:]
        if cut + room < len(text):
            shown = shown[:-1] + "…"
        before = _columns(shown[: start - cut])
        marked = shown[start - cut : start - cut + located.mark.width]
        caret = "^" * max(1, min(_columns(marked), room - before))
        self.lines.append(gutter + shown)
        self.lines.append(" " * 6 + " | " + " " * before + self.paint(caret, "red"))

    def _values(self, finding: Finding) -> None:
        """Show stated, computed and difference under each other, numbers right-aligned."""
        source = self.say(citation(finding.cited)) if finding.cited else ""
        if finding.stated is None and source:
            self._line(self.say(M("Source: {citation}", citation=source)), "", 4, 2)
        rows = values(finding, self.language)
        if not rows:
            return
        label_width = max(_columns(label) for label, _ in rows)
        value_width = max(_columns(shown) for _, shown in rows) if finding.difference is not None else 0
        for (label, shown), note in zip(rows, self._notes(finding, source), strict=True):
            row = f"{_pad(label, label_width)}  {_pad(shown, value_width, right=True)}  {note}".rstrip()
            if _columns(row) + 4 > self.width:
                self._line(row, "", 4, label_width + 2)
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

    def _parts(self, located: Located) -> None:
        """List the parts of a sum, those of the finding's own file by their lines alone."""
        parts = [self._part(located, part) for part in located.terms[:MOST_PARTS]]
        if (more := len(located.terms) - MOST_PARTS) > 0:
            parts.append(self.say(M("and {count} more", count=more)))
        if parts:
            self._line(self.say(M("Parts: {parts}", parts=tuple(parts))), "", 4, 2)

    def _part(self, located: Located, part: RelatedLine) -> str:
        where = f"{part.file}:{part.line}"
        if part.file == located.file:
            first = part is located.terms[0]
            where = self.say(M("line {line}", line=part.line)) if first else str(part.line)
        figure = "–" if part.value is None else self.language.number(part.value)
        return f"{self.say(part.text)} {figure} ({where})"

    def _known_exceptions(self, exceptions: tuple[Accepted, ...]) -> None:
        if not exceptions:
            return
        self._line(self.say(M("Known exceptions: {count}", count=len(exceptions))), "bold")
        for exception in exceptions:
            self._known_exception(exception)
        self._line("")

    def _known_exception(self, exception: Accepted) -> None:
        located, finding = exception.located, exception.located.finding
        title = f"{finding.rule.code}  {self.say(difference(finding))}  {self.say(finding.message)}"
        self._line(title, "yellow", 2, 2)
        if finding.stated is not None and finding.computed is not None and finding.difference is not None:
            stated, computed = (
                value(number, finding.unit_of_measure, self.language) for number in (finding.stated, finding.computed)
            )
            self._line(self.say(M("Stated {stated}, computed {computed}", stated=stated, computed=computed)), "", 4, 2)
        self._line(self.say(M("Reason: {reason}", reason=exception.reason)), "", 4, 2)
        cited = citation(exception.cited)
        self._line(self.say(M("{citation}; owner: {owner}", citation=cited, owner=exception.owner)), "", 4, 2)
        self._line(f"{located.file}:{located.mark.line}", "", 4)

    def _plan(self, plan: PlanLine) -> None:
        """Add a plan, its state, and how much of it is proven."""
        title = M(
            "Plan {id}, {document} ({state}): {title}",
            id=plan.id,
            document=plan.document,
            state=plan.state.label,
            title=plan.title,
        )
        self._line(self.say(title), "bold", hang=2)
        for template, (proven, total) in zip(PROVEN, proven_of_total(plan.proof), strict=True):
            if total:
                proven_line = template._replace(values=(("proven", Amount(proven)), ("total", Amount(total))))
                self._line(self.say(proven_line), "", 2)

    def _total(self, tally: Tally) -> None:
        """Add what was left out, and the last line."""
        if tally.left_out:
            self._line(self.say(left_out(tally.left_out)), "yellow")
        counted = counts(tally)
        if tally.folders > 1:
            counted = (M("{count} folders", count=tally.folders), *counted)
        line = self.say(M("{verdict}: {counts}", verdict=verdict(tally), counts=counted))
        self._line(line, "green" if tally.ok else "red")


def _columns(text: str) -> int:
    """Return how many columns text takes; combining marks take none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space
