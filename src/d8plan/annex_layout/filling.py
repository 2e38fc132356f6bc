"""Numbers, comments, marks and the signature in sheets that are laid out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from d8plan.findings import Finding, Place
from d8plan.ledger import Figure, Ledger, cite, total
from d8plan.message import Amount, M, Message
from d8plan.models.base import Citation
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset
from d8plan.models.plan import Signature
from d8plan.sheet import Cell, Role, Sheet

_INTERPRETATION = "interpretation"
_ROWS_TO_SIGN = 5
"""Rows from the post down to the name."""


class Filling(NamedTuple):
    """What goes into cells, by the place they show."""

    figures: Mapping[Place, Figure]
    notes: Mapping[Place, list[Message]]
    faults: Mapping[Place, Fault]


def filled(sheet: Sheet, filling: Filling) -> Sheet:
    """Return the sheet with its numbers, its comments, and a line under the table for each fault."""
    cells: list[Cell] = []
    footnotes: list[Message] = []
    for cell in sheet.cells:
        wrong = [filling.faults[place] for place in cell.places if place in filling.faults]
        lines = [line for fault in wrong for line in fault.note]
        lines += [note for place in cell.places for note in filling.notes.get(place, ())]
        counted = cell.role in (Role.FIGURE, Role.TOTAL) and cell.value is None
        value = _number(cell, filling.figures) if counted else cell.value
        cells.append(cell._replace(value=value, note=tuple(lines), faulty=bool(wrong)))
        footnotes += [fault.footnote for fault in wrong]
    width, below = _size(cells)
    cells += [Cell(row, 0, Role.FOOTNOTE, text, columns=width) for row, text in enumerate(footnotes, below)]
    return sheet._replace(cells=tuple(cells))


def _number(cell: Cell, figures: Mapping[Place, Figure]) -> int | None:
    found = [figures[place] for place in (cell.parts or cell.places) if place in figures]
    return total(found) if found or cell.role is Role.TOTAL else None


def signed(sheet: Sheet, signature: Signature | None) -> Sheet:
    """Return the sheet with who signs in its right half."""
    if signature is None:
        return sheet
    width, below = _size(sheet.cells)
    left = width // 2
    post = Cell(below + 1, left, Role.POST, signature.post.upper(), columns=width - left)
    name = Cell(below + 1 + _ROWS_TO_SIGN, left, Role.NAME, signature.name, columns=width - left)
    return sheet._replace(cells=(*sheet.cells, post, name))


def _size(cells: Iterable[Cell]) -> tuple[int, int]:
    """Return how many columns cells take, and the first row under them."""
    return max(cell.column + cell.columns for cell in cells), max(cell.row + cell.rows for cell in cells)


class Fault(NamedTuple):
    """What a mark tells: in the cell's comment, and in a line under the table."""

    note: tuple[Message, ...]
    footnote: Message


class Comments:
    """Makes the texts that explain cells."""

    def __init__(self, dataset: Dataset, exceptions: Mapping[tuple[str, str], ExceptionEntry]) -> None:
        self.dataset, self.exceptions = dataset, exceptions

    def faults(self, ledger: Ledger, findings: Iterable[Finding]) -> dict[Place, Fault]:
        """Return every difference by its place.

        The ledger is asked as well as the findings: of totals that fail together one is told.
        """
        differing: dict[Place, tuple[Message, Amount, Amount]] = {}
        reasons: dict[Place, ExceptionEntry] = {}
        for one in ledger.statements:
            if one.stated != one.computed:
                measure = one.unit_of_measure
                differing[one.place] = (one.label, Amount(one.stated, measure), Amount(one.computed, measure))
        for finding in findings:
            is_sum = finding.summed is not None and finding.difference
            if is_sum and isinstance(finding.stated, int) and isinstance(finding.computed, int):
                measure = finding.unit_of_measure
                stated, computed = Amount(finding.stated, measure), Amount(finding.computed, measure)
                differing.setdefault(finding.place, (finding.message, stated, computed))
            entry = self.exceptions.get((finding.plan or "", finding.exception or ""))
            if entry and entry.code == finding.rule.code:  # not one that has moved or expired
                reasons[finding.place] = entry
        return {place: self._fault(*values, reasons.get(place)) for place, values in differing.items()}

    def _fault(self, label: Message, stated: Amount, computed: Amount, entry: ExceptionEntry | None) -> Fault:
        difference = computed._replace(value=computed.value - stated.value)
        reason = M("Reason: {reason}", reason=entry.reason) if entry else M("No reason is recorded.")
        lines = [
            label,
            M("Stated: {value}", value=stated),
            M("Computed: {value}", value=computed),
            M("Difference: {value}", value=difference),
            reason,
            *([self._cited(entry.citation)] if entry else []),
        ]
        footnote = M(
            "* {label}: {stated} stated, {computed} computed, {difference} apart. {reason}",
            label=label,
            stated=stated,
            computed=computed,
            difference=difference._replace(value=abs(difference.value)),
            reason=reason,
        )
        return Fault(tuple(lines), footnote)

    def _cited(self, citation: Citation) -> Message:
        cited = cite(self.dataset, citation.document, citation.lines)
        document, lines = cited.document, cited.lines
        if citation.section:
            return M(
                "Source: {document}, section {section}, lines {lines}",
                document=document,
                section=citation.section,
                lines=lines,
            )
        return M("Source: {document}, lines {lines}", document=document, lines=lines)

    def notes(self, figures: Iterable[Figure]) -> dict[Place, list[Message]]:
        """Return how unclear figures were read, by the places of what was read."""
        found: defaultdict[Place, list[Message]] = defaultdict(list)
        by_unit: defaultdict[tuple[str, str, str], list[Place]] = defaultdict(list)
        for figure in figures:
            by_unit[figure.plan, figure.series, figure.unit].append(figure.place)
        for files in self.dataset.plans.values():
            for indicator, allocation in (files.allocations.indicators if files.allocations else {}).items():
                target = Place(files.file("allocations.yaml"), ("indicators", indicator, "target"))
                for note in (allocation.notes or {}).values():
                    if note.kind == _INTERPRETATION:
                        lines = (M("{text}", text=note.text), self._cited(note.source))
                        units = [place for unit in note.units or () for place in by_unit[files.id, indicator, unit]]
                        for place in units or [target]:
                            found[place] += lines
        return dict(found)
