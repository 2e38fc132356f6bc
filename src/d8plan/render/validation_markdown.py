"""``validate`` as Markdown: the summary of a GitHub job, or a comment on a pull request."""

from __future__ import annotations

from d8plan.models.findings import Located, Severity, citation
from d8plan.render.markdown import escaped, row, ruler
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
    value,
)
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message

ROOM = {"folders": 10_000, "plans": 12_000, "findings": 24_000, "known": 12_000}
"""Most characters of each table: a comment on GitHub holds 65,536."""
MOST_UNCOUNTED = 20
NOTHING = "–"
_SYMBOLS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}


class Markdown:
    """One document. Rows are kept as text; what has no room is counted, the least severe findings first."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.rows: dict[str, list[tuple[int, str]]] = {table: [] for table in ROOM}
        self.uncounted: list[str] = []
        self.sum = Tally()
        self.ok = True

    def add(self, judged: Outcome | Unread) -> str:
        """Take in a folder."""
        folder = escaped(judged.folder)
        if isinstance(judged, Unread):
            self.sum, self.ok = self.sum.plus(Tally(folders=1, unread=1)), False
            reason = f"{self._say(NOT_READ)}: {self._say(judged.reason)}"
            self._add("folders", [folder, reason, *[NOTHING] * 5])
            return ""
        found = tally(judged)
        self.sum, self.ok = self.sum.plus(found), self.ok and judged.ok
        shown = [self.language.number(count) for count in found[2:7]]
        self._add("folders", [folder, self._say(OK if judged.ok else NOT_OK), *shown])
        self.uncounted += [self._say(not_counted(escaped(file))) for file in judged.uncounted]
        for plan in judged.plans:
            self._add("plans", [folder, *self._plan(plan)])
        for item in judged.findings:
            severity = item.finding.severity
            label = f"{_SYMBOLS[severity]} {self._say(severity.label)}"
            self._add("findings", [label, *self._finding(item)], list(Severity).index(severity))
        for accepted in judged.accepted:
            self._add("known", [*self._finding(accepted.located), self._reason(accepted)])
        return ""

    def end(self) -> str:
        """Return the document."""
        verdict = self._say(OK if self.ok else NOT_OK)
        lines = [
            f"## {'✅' if self.ok else '❌'} d8plan: {verdict}",
            "",
            self._say(M("{counts}", counts=counts(self.sum))),
        ]
        if self.sum.left_out:
            lines += ["", self._say(left_out(self.sum.left_out))]
        told = [M("Folder"), M("Result"), M("Checks"), M("Errors"), M("Warnings"), M("Information")]
        lines += self._table("folders", [*told, M("Known exceptions")], range(2, 7))
        told = [M("Folder"), M("Plan"), M("Document"), M("State"), M("Figures proven"), M("Statements proven")]
        lines += self._table("plans", [*told, M("Control totals that hold")], range(4, 7))
        for line in self.uncounted[:MOST_UNCOUNTED]:
            lines += ["", line]
        told = [M("Rule"), M("Place"), M("Finding"), M("Stated"), M("Computed"), M("Source")]
        lines += self._table("findings", [M("Severity"), *told], range(4, 6))
        if self.rows["known"]:
            summary = self._say(M("Known exceptions: {count}", count=self.sum.known))
            table = self._table("known", [*told, M("Reason")], range(3, 5))
            lines += ["", "<details>", f"<summary>{summary}</summary>", *table, "", "</details>"]
        return "\n".join(lines) + "\n"

    def _say(self, message: Message) -> str:
        return escaped(self.language.say(message))

    def _add(self, table: str, cells: list[str], rank: int = 0) -> None:
        self.rows[table].append((rank, row(cells)))

    def _table(self, table: str, headings: list[Message], numeric: range) -> list[str]:
        """Return a table as far as there is room; ``numeric`` columns hold numbers."""
        rows = [text for _, text in sorted(self.rows[table], key=lambda ranked: ranked[0])]
        if not rows:
            return []
        lines = ["", row([self._say(heading) for heading in headings])]
        lines.append(ruler([number in numeric for number in range(len(headings))]))
        room = ROOM[table]
        for number, text in enumerate(rows):
            room -= len(text) + 1
            if room < 0:
                more = M(
                    "and {count} more: “{command}” shows them", count=len(rows) - number, command="d8plan validate"
                )
                return [*lines, "", self._say(more)]
            lines.append(text)
        return lines

    def _plan(self, plan: PlanLine) -> list[str]:
        proof = plan.proof
        pairs = (
            (proof.figures_proven, proof.figures),
            (proof.statements_proven, proof.statements),
            (proof.controls_proven, proof.controls),
        )
        proven = [self._say(M("{proven} of {total}", proven=Amount(one), total=Amount(all_))) for one, all_ in pairs]
        return [escaped(plan.id), escaped(plan.document), self._say(plan.state.label), *proven]

    def _finding(self, item: Located) -> list[str]:
        finding = item.finding
        given = [
            NOTHING if shown is None else escaped(value(shown, finding.unit_of_measure, self.language))
            for shown in (finding.stated, finding.computed)
        ]
        given.append(self._say(citation(finding.cited)) if finding.cited else NOTHING)
        rule = f"{finding.rule.code} {self._say(finding.rule.title)}"
        return [rule, f"{escaped(item.file)}:{item.mark.line}", self._say(finding.message), *given]

    def _reason(self, accepted: Accepted) -> str:
        return self._say(M("{reason} ({owner})", reason=accepted.reason, owner=accepted.owner))
