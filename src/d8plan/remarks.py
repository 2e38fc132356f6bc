"""What to mind about a plan: exceptions that cover findings, notes beside the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from d8plan.findings import Finding, Place
from d8plan.ledger import Ledger, Statement, cite
from d8plan.message import Amount, M
from d8plan.models.base import Note
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset, PlanFiles
from d8plan.view import Remark
from d8plan.wording import citation, difference

Concerns = Callable[[Statement], bool]
"""Tells whether a statement concerns what is shown."""


class Remarks:
    """Remarks on one plan."""

    def __init__(
        self,
        dataset: Dataset,
        ledger: Ledger,
        files: PlanFiles,
        covered: Iterable[Finding],
        exceptions: Mapping[tuple[str, str], ExceptionEntry],
    ) -> None:
        """Take a plan's files, the ledger, the findings that exceptions cover, and the exceptions."""
        self.dataset, self.ledger, self.files = dataset, ledger, files
        self._covered = [finding for finding in covered if finding.plan == files.id]
        self._known = exceptions
        self._of_place = {
            place: statement
            for statement in ledger.statements
            for place in (statement.place, statement.measure_place)
            if place
        }

    def exceptions(self, concerns: Concerns | None) -> Iterator[Remark]:
        """Yield the exceptions whose statement ``concerns`` accepts; all where it is None."""
        for finding in self._covered:
            statement = self._of_place.get(finding.place)
            if concerns and not (statement and concerns(statement)):
                continue
            entry = self._known.get((finding.plan or "", finding.exception or ""))
            if entry:
                cited = cite(self.dataset, entry.citation.document, entry.citation.lines)
                text = M("{label}: {reason}", label=finding.message, reason=entry.reason)
                label = M("Exception {code}, {difference}", code=finding.rule.code, difference=difference(finding))
                if finding.difference is not None:
                    text = M(
                        "{label}: stated {stated}, computed {computed}. {reason}",
                        label=finding.message,
                        stated=Amount(int(finding.stated or 0), finding.unit_of_measure),
                        computed=Amount(int(finding.computed or 0), finding.unit_of_measure),
                        reason=entry.reason,
                    )
                yield Remark("exception", label, text, citation(cited), finding.stated, finding.computed)

    def notes(self, unit: str | None, indicator: str | None = None) -> Iterator[Remark]:
        """Yield the notes on a unit and its indicators, on an indicator, or all."""
        allotted = {f.series for f in self.ledger.figures if f.plan == self.files.id and f.unit == unit and f.value}
        for place, note in self._all_notes():
            about = set(note.indicators or ())
            of_unit = unit is None or unit in (note.units or ()) or (not note.units and bool(allotted & about))
            of_indicator = indicator is None or indicator in about or place.keys[1:2] == (indicator,)
            if of_unit and of_indicator:
                label = M("Question") if note.kind == "question" else M("Interpretation")
                cited = cite(self.dataset, note.source.document, note.source.lines)
                yield Remark(note.kind, label, M("{name}", name=note.text), citation(cited))

    def _all_notes(self) -> Iterator[tuple[Place, Note]]:
        for key, note in (self.files.plan.notes or {}).items():
            yield Place(self.files.file("plan.yaml"), ("notes", key)), note
        for indicator, allocation in (self.files.allocations.indicators if self.files.allocations else {}).items():
            for key, note in (allocation.notes or {}).items():
                yield Place(self.files.file("allocations.yaml"), ("indicators", indicator, "notes", key)), note
