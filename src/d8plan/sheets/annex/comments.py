"""The texts that explain cells: differences, what is known about them, how unclear figures were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from d8plan.checks.statements import PROVES
from d8plan.ledger import keys
from d8plan.ledger.figures import Figure
from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Statement
from d8plan.models.base import Citation
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, citation, difference
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber, magnitude
from d8plan.text.message import Amount, M, Message

_INTERPRETATION = "interpretation"
_SUMS = frozenset(rule.code for rule in PROVES.values())
"""Rules that compare a stated number with the figures."""


class Explanation(NamedTuple):
    """What a mark tells: in the cell's comment, and in lines under the table."""

    note: tuple[Message, ...]
    footnotes: tuple[Message, ...]


class Comments:
    """Makes the texts that explain cells, from what checks found and from the exceptions by plan and id."""

    def __init__(
        self, dataset: Dataset, exceptions: Mapping[tuple[str, str], ExceptionEntry], findings: Iterable[Finding]
    ) -> None:
        self.dataset = dataset
        self.findings = list(findings)
        self.accepted: list[tuple[Finding, ExceptionEntry]] = []
        """Findings with the exception that covers them."""
        for finding in self.findings:
            entry = exceptions.get((finding.plan or "", finding.exception or ""))
            if entry and entry.code == finding.rule.code:  # not one that has moved or expired
                self.accepted.append((finding, entry))
        self._reasons = {finding.place: entry for finding, entry in self.accepted if finding.rule.code in _SUMS}

    def known(self, statement: Statement) -> ExactNumber | None:
        """Return the computed value that an exception accepts beside what is stated; None where none does."""
        entry = self._reasons.get(statement.place)
        return entry.computed if entry and isinstance(entry.computed, ExactNumber) else None

    def faults(self, ledger: Ledger) -> dict[Place, Explanation]:
        """Return every difference by its place.

        The ledger is asked as well as the findings: of totals that fail together one is told.
        """
        differing: dict[Place, tuple[Message, Amount, Amount]] = {}
        outside: dict[Place, Explanation] = {}
        for statement in ledger.statements:
            if not statement.holds and statement.bound:
                outside[statement.place] = _outside(statement)
            elif not statement.holds:
                stated, computed = (
                    Amount(value, statement.unit_of_measure) for value in (statement.stated, statement.computed)
                )
                differing[statement.place] = (statement.label, stated, computed)
        for finding in self.findings:
            is_sum = finding.summed is not None and finding.difference
            if is_sum and isinstance(finding.stated, ExactNumber) and isinstance(finding.computed, ExactNumber):
                measure = finding.unit_of_measure
                stated, computed = Amount(finding.stated, measure), Amount(finding.computed, measure)
                differing.setdefault(finding.place, (finding.message, stated, computed))
        exact = {place: self._fault(*values, self._reasons.get(place)) for place, values in differing.items()}
        return exact | outside

    def _fault(self, label: Message, stated: Amount, computed: Amount, entry: ExceptionEntry | None) -> Explanation:
        apart = computed._replace(value=computed.value - stated.value)
        reason = _reason(entry) if entry else M("No reason is recorded.")
        lines = [
            label,
            M("Stated: {value}", value=stated),
            M("Computed: {value}", value=computed),
            M("Difference: {value}", value=apart),
            reason,
            *([self._cited(entry.citation)] if entry else []),
        ]
        footnote = M(
            "* {label}: {stated} stated, {computed} computed, {difference} apart. {reason}",
            label=label,
            stated=stated,
            computed=computed,
            difference=apart._replace(value=magnitude(apart.value)),
            reason=reason,
        )
        return Explanation(tuple(lines), (footnote,))

    def exceptions(self, printed: Iterable[Place]) -> dict[Place, Explanation]:
        """Return what exceptions accept, by its place, but for differences told at a place in ``printed``."""
        told = frozenset(printed)
        explained: dict[Place, Explanation] = {}
        for finding, entry in self.accepted:
            if finding.rule.code in _SUMS and finding.place in told:
                continue
            label, title, apart, reason = finding.message, finding.rule.title, difference(finding), _reason(entry)
            footnote = M(
                "* {label}: {title}, {difference}. {reason}", label=label, title=title, difference=apart, reason=reason
            )
            note = (M("{title}: {message}", title=title, message=label), apart, reason, self._cited(entry.citation))
            before = explained.get(finding.place, Explanation((), ()))
            explained[finding.place] = Explanation(before.note + note, (*before.footnotes, footnote))
        return explained

    def _cited(self, source: Citation) -> Message:
        cited = Names(self.dataset).cited(source)
        document, lines = cited.document, cited.lines
        if not lines:
            return M("Source: {cited}", cited=citation(cited))
        if source.section:
            return M(
                "Source: {document}, section {section}, lines {lines}",
                document=document,
                section=source.section,
                lines=lines,
            )
        return M("Source: {document}, lines {lines}", document=document, lines=lines)

    def notes(self, figures: Iterable[Figure]) -> dict[Place, list[Message]]:
        """Return how unclear figures were read, by the places of what was read."""
        notes: defaultdict[Place, list[Message]] = defaultdict(list)
        by_unit: defaultdict[tuple[str, str, str], list[Place]] = defaultdict(list)
        for figure in figures:
            by_unit[figure.plan, figure.series, figure.unit].append(figure.place)
        for files in self.dataset.plans.values():
            for indicator, allocation in files.allocations.indicators.items():
                target = keys.of_target(files.id, indicator)
                for note in allocation.notes.values():
                    if note.kind == _INTERPRETATION:
                        lines = (M("{text}", text=note.text), self._cited(note.source))
                        units = [place for unit in note.units or () for place in by_unit[files.id, indicator, unit]]
                        for place in units or [target]:
                            notes[place] += lines
        return dict(notes)


def _outside(statement: Statement) -> Explanation:
    """Return how a number is outside the bounds that are stated of it."""
    assert statement.bound is not None
    stated, computed = statement.bound.sign, Amount(statement.computed, statement.unit_of_measure)
    lines = (statement.label, M("Stated: {value}", value=stated), M("Computed: {value}", value=computed))
    footnote = M(
        "* {label}: {stated} stated, {computed} computed", label=statement.label, stated=stated, computed=computed
    )
    return Explanation(lines, (footnote,))


def _reason(entry: ExceptionEntry) -> Message:
    return M("Reason: {reason}", reason=entry.reason)
