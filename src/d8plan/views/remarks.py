"""What to mind about a plan: exceptions that cover findings, notes beside the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from d8plan.checks import Report
from d8plan.ledger import keys
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Statement
from d8plan.models.base import Note
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Severity, citation, difference
from d8plan.models.places import Place
from d8plan.text.message import Amount, M
from d8plan.views.table import Remark

Concerns = Callable[[Statement], bool]
"""Tells whether a statement concerns what is shown."""


class Remarks:
    """Remarks on one plan."""

    def __init__(self, dataset: Dataset, report: Report, files: PlanFiles) -> None:
        """Take a plan's files, and what checks found."""
        self.names, self.ledger, self.files = Names(dataset), report.ledger, files
        self._covered = [finding for finding in report.covered if finding.plan == files.id]
        self._warnings = [
            finding for finding in report.findings if finding.plan == files.id and finding.severity is Severity.WARNING
        ]
        self._known = report.exceptions
        self._of_place = {
            place: statement
            for statement in report.ledger.statements
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
                cited = self.names.cited(entry.citation)
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

    def warnings(self, unit: str | None = None, indicator: str | None = None) -> Iterator[Remark]:
        """Yield the warnings on a unit and its indicators, on an indicator, or all."""
        allotted = self._allotted(unit)
        for finding in self._warnings:
            of_unit = unit in (None, finding.unit) or (finding.unit is None and finding.indicator in allotted)
            if of_unit and indicator in (None, finding.indicator):
                label = M("Warning {code}", code=finding.rule.code)
                text = M("{title}: {message}", title=finding.rule.title, message=finding.message)
                where = citation(finding.cited) if finding.cited else M("{place}", place=finding.place.pointer())
                yield Remark("warning", label, text, where, finding.stated, finding.computed)

    def _allotted(self, unit: str | None) -> set[str]:
        """Return the indicators of which a unit has something."""
        return {f.series for f in self.ledger.figures if f.plan == self.files.id and f.body == unit and f.value}

    def notes(self, unit: str | None, indicator: str | None = None) -> Iterator[Remark]:
        """Yield the notes on a unit and its indicators, on an indicator, or all."""
        allotted = self._allotted(unit)
        for place, note in self._all_notes():
            about = set(note.indicators or ())
            of_unit = unit is None or unit in (note.units or ()) or (not note.units and bool(allotted & about))
            of_indicator = indicator is None or indicator in about or place.keys[1:2] == (indicator,)
            if of_unit and of_indicator:
                label = M("Question") if note.kind == "question" else M("Interpretation")
                cited = self.names.cited(note.source)
                yield Remark(note.kind, label, M("{name}", name=note.text), citation(cited))

    def _all_notes(self) -> Iterator[tuple[Place, Note]]:
        for key, note in self.files.plan.notes.items():
            yield self.files.place("plan.yaml", "notes", key), note
        for indicator, allocation in (self.files.allocations.indicators).items():
            for key, note in allocation.notes.items():
                yield keys.of_indicator(self.files.id, indicator, "notes", key), note
