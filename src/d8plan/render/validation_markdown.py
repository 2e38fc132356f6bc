"""``validate`` as Markdown: the summary of a GitHub job, or a comment on a pull request."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from d8plan.models.findings import Located, Severity, citation
from d8plan.render.markdown import escaped, table
from d8plan.render.outcome import Outcome, PlanLine, UnreadFolder
from d8plan.render.phrases import Tally, counts, left_out, not_counted, proven_of_total, value, verdict
from d8plan.render.report_writers import ReportSettings, ReportWriter
from d8plan.text.message import Amount, M, Message

MOST_UNCOUNTED = 20
NOTHING = "–"
_SYMBOLS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
_FINDING = (M("Rule"), M("Place"), M("Finding"), M("Stated"), M("Computed"), M("Source"))
_RESULT = (M("Checks"), M("Errors"), M("Warnings"), M("Information"), M("Known exceptions"))
_PROVEN = (M("Figures proven"), M("Statements proven"), M("Control totals that hold"))


class _TableLayout(NamedTuple):
    """What a table is laid out by."""

    headings: tuple[Message, ...]
    numeric: range
    """Columns that hold numbers."""
    room: int
    """The most characters: a comment on GitHub holds 65,536."""


TABLES = {
    "folders": _TableLayout((M("Folder"), M("Result"), *_RESULT), range(2, 7), 10_000),
    "plans": _TableLayout((M("Folder"), M("Plan"), M("Document"), M("State"), *_PROVEN), range(4, 7), 12_000),
    "findings": _TableLayout((M("Severity"), *_FINDING), range(4, 6), 24_000),
    "known": _TableLayout((*_FINDING, M("Reason")), range(3, 5), 12_000),
}


class MarkdownReport(ReportWriter):
    """One document. Rows are kept as text; what has no room is counted, the least severe findings first."""

    def __init__(self, settings: ReportSettings) -> None:
        super().__init__(settings)
        self.rows: dict[str, list[tuple[int, list[str]]]] = {name: [] for name in TABLES}
        """The rows of each table, each with its rank."""
        self.uncounted: list[str] = []
        self.sum = Tally()

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder."""
        folder, result, tally = escaped(judged.folder), self._say(verdict(judged)), Tally.of(judged)
        self.sum = self.sum.plus(tally)
        if isinstance(judged, UnreadFolder):
            self._add("folders", [folder, f"{result}: {self._say(judged.reason)}", *[NOTHING] * len(_RESULT)])
            return ""
        numbers = (tally.checks, tally.errors, tally.warnings, tally.infos, tally.known)
        self._add("folders", [folder, result, *map(self.language.number, numbers)])
        self.uncounted += [self._say(not_counted(escaped(file))) for file in judged.uncounted]
        for plan in judged.plans:
            self._add("plans", [folder, *self._plan(plan)])
        for located in judged.findings:
            severity = located.finding.severity
            label = f"{_SYMBOLS[severity]} {self._say(severity.label)}"
            self._add("findings", [label, *self._finding(located)], severity.rank)
        for known in judged.accepted:
            reason = M("{reason} ({owner})", reason=known.reason, owner=known.owner)
            self._add("known", [*self._finding(known.located), self._say(reason)])
        return ""

    def end(self) -> str:
        """Return the document."""
        lines = [
            f"## {'✅' if self.sum.ok else '❌'} d8plan: {self._say(verdict(self.sum))}",
            "",
            self._say(M("{counts}", counts=counts(self.sum))),
        ]
        if self.sum.left_out:
            lines += ["", self._say(left_out(self.sum.left_out))]
        lines += [*self._table("folders"), *self._table("plans")]
        for line in self.uncounted[:MOST_UNCOUNTED]:
            lines += ["", line]
        lines += self._table("findings")
        if self.rows["known"]:
            summary = self._say(M("Known exceptions: {count}", count=self.sum.known))
            lines += ["", "<details>", f"<summary>{summary}</summary>", *self._table("known"), "", "</details>"]
        return "\n".join(lines) + "\n"

    def _say(self, message: Message) -> str:
        return escaped(self.say(message))

    def _add(self, name: str, cells: list[str], rank: int = 0) -> None:
        self.rows[name].append((rank, cells))

    def _table(self, name: str) -> list[str]:
        """Return a table as far as there is room."""
        if not self.rows[name]:
            return []
        headings, numeric, room = TABLES[name]
        rows = (cells for _, cells in sorted(self.rows[name], key=itemgetter(0)))
        heading, ruler, *lines = table(map(self._say, headings), (n in numeric for n in range(len(headings))), rows)
        for number, line in enumerate(lines):
            room -= len(line) + 1
            if room < 0:
                left = len(lines) - number
                more = M("and {count} more: “{command}” shows them", count=left, command="d8plan validate")
                lines[number:] = ["", self._say(more)]
                break
        return ["", heading, ruler, *lines]

    def _plan(self, plan: PlanLine) -> list[str]:
        proven = (
            self._say(M("{proven} of {total}", proven=Amount(proven), total=Amount(total)))
            for proven, total in proven_of_total(plan.proof)
        )
        return [escaped(plan.id), escaped(plan.document), self._say(plan.state.label), *proven]

    def _finding(self, located: Located) -> list[str]:
        finding = located.finding
        stated, computed = (
            NOTHING if given is None else escaped(value(given, finding.unit_of_measure, self.language))
            for given in (finding.stated, finding.computed)
        )
        return [
            f"{finding.rule.code} {self._say(finding.rule.title)}",
            f"{escaped(located.file)}:{located.mark.line}",
            self._say(finding.message),
            stated,
            computed,
            self._say(citation(finding.cited)) if finding.cited else NOTHING,
        ]
