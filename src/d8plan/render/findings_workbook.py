"""``validate`` as a workbook: the annexes with each finding on its cell, and a list of all findings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Located
from d8plan.models.places import PLANS, Place
from d8plan.render.outcome import Outcome
from d8plan.render.phrases import finding_lines
from d8plan.sheets.book import Address, Book, Cell, Number, Role, Sheet, Text, cell_name, sheet_names
from d8plan.text.language import Language
from d8plan.text.message import M, Message
from d8plan.text.names import printable

_TITLE = M("Findings")
_HEADINGS = (
    M("Code"),
    M("Severity"),
    M("What was found"),
    M("Plan"),
    M("Indicator"),
    M("Name of unit"),
    M("Level"),
    M("Stated"),
    M("Computed"),
    M("Difference"),
    M("Cell of the annex"),
    M("File and line"),
    M("What to do"),
)
_NO_DAY = datetime.date(1980, 1, 1)
"""Day of a workbook without a plan, which has no day of its own."""


class Material(NamedTuple):
    """What the workbook is made from."""

    annex: Book | None
    """None where no plan could be read."""
    dataset: Dataset


def workbook(material: Material, outcome: Outcome, language: Language) -> Book:
    """Return the annexes with coloured and commented cells, after a sheet with the list of all findings."""
    title = language.say(_TITLE)
    annex = material.annex or Book(title, "", "", _NO_DAY, ())
    *_, name = sheet_names([*(sheet.name for sheet in annex.sheets), title])
    by_place: defaultdict[Place, list[Located]] = defaultdict(list)
    for located in outcome.findings:
        by_place[located.finding.place].append(located)
    marked = (
        sheet._replace(cells=tuple(_marked(cell, by_place, language) for cell in sheet.cells)) for sheet in annex.sheets
    )
    return annex._replace(sheets=(_FindingsSheet(material.dataset, annex).of(name, title, outcome), *marked))


def _marked(cell: Cell, by_place: Mapping[Place, list[Located]], language: Language) -> Cell:
    """Return a cell with its findings: in the colour of the worst, its comment begun with them, nothing said twice."""
    findings = [located for place in cell.places for located in by_place.get(place, ())]
    if not findings:
        return cell
    lines: dict[str, None] = {}
    for located in findings:
        rule, severity = located.finding.rule, located.finding.severity.label
        head = M("{severity} {code}: {title}", severity=severity, code=rule.code, title=rule.title)
        lines |= dict.fromkeys((language.say(head), *finding_lines(located, language)))
    lines |= dict.fromkeys(map(language.say, cell.note))
    worst = min((located.finding.severity for located in findings), key=lambda severity: severity.rank)
    return cell._replace(severity=worst, note=tuple(M("{text}", text=line) for line in lines))


class _FindingsSheet:
    """The list, a row a finding; known exceptions follow, with their reason for what to do."""

    def __init__(self, dataset: Dataset, annex: Book) -> None:
        self.dataset = dataset
        self.addresses = {
            place: Address(sheet.name, cell_name(cell.row, cell.column))
            for sheet in annex.sheets
            for cell in sheet.cells
            for place in cell.places
        }

    def of(self, name: str, title: str, outcome: Outcome) -> Sheet:
        """Return the list as a sheet."""
        rows = [(located, located.finding.severity.label, located.finding.action) for located in outcome.findings]
        rows += [(known.located, M("exception"), M("{text}", text=known.reason)) for known in outcome.accepted]
        width = len(_HEADINGS)
        cells = [Cell(0, 0, Role.TITLE, title.upper(), columns=width)]
        cells += [Cell(2, column, Role.HEADING, heading) for column, heading in enumerate(_HEADINGS)]
        for row, (located, severity, action) in enumerate(rows, 3):
            cells += self._row(row, located, severity, action)
        if not rows:
            cells.append(Cell(3, 0, Role.TEXT, M("Nothing was found."), columns=width))
        return Sheet(name, tuple(cells), header=(2, 2), freeze=(3, 1), locked=False, official=False)

    def _row(self, row: int, located: Located, severity: Message, action: Message) -> list[Cell]:
        finding = located.finding
        number = Number.MONEY if finding.unit_of_measure == "đ" else Number.COUNT
        address = self.addresses.get(finding.place)
        in_annex = M("{sheet}, {cell}", sheet=address.sheet, cell=address.cell) if address else None
        file = finding.place.file.removeprefix(f"{PLANS}/{finding.plan}/")
        cells: list[tuple[Role, Text | int | None]] = [
            (Role.WORD, finding.rule.code),
            (Role.WORD, severity),
            (Role.TEXT, M("{title}: {message}", title=finding.rule.title, message=finding.message)),
            (Role.WORD, finding.plan),
            *((Role.TEXT, name) for name in self._names(finding)),
            *(
                (Role.STATED, value) if isinstance(value, int) else (Role.TEXT, value and printable(value))
                for value in (finding.stated, finding.computed, finding.difference)
            ),
            (Role.WORD, in_annex),
            (Role.TEXT, M("{file}, line {line}", file=file, line=located.mark.line)),
            (Role.TEXT, action),
        ]
        return [
            Cell(
                row,
                column,
                role,
                value,
                number=number,
                severity=finding.severity if column <= 1 else None,
                link=address if value is in_annex else None,
            )
            for column, (role, value) in enumerate(cells)
        ]

    def _names(self, finding: Finding) -> tuple[str | None, str | None, str | None]:
        """Return what people call a finding's indicator, unit or holder of money, and level."""
        names, files = Names(self.dataset), self.dataset.plans.get(finding.plan or "")
        unit = finding.unit and names.unit_name(finding.unit)
        match finding.place.keys:
            case ("holders", str(holder), *_) if files and holder in files.budget.holders:
                unit = names.holder(files, holder)
        return (
            finding.indicator and names.indicator(finding.indicator).short_name,
            unit,
            names.level(files, finding.level) or None if files else finding.level,
        )
