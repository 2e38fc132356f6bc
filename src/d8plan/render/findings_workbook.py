"""``validate`` as a workbook: the annexes with each finding on its cell, and a list of all findings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Located
from d8plan.models.places import PLANS, Place
from d8plan.render.outcome import Outcome
from d8plan.render.phrases import told
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
    annex = material.annex or Book(language.say(_TITLE), "", "", _NO_DAY, ())
    taken = [sheet.name for sheet in annex.sheets]
    name = list(sheet_names([*taken, language.say(_TITLE)]))[-1]
    marked = [_marked(sheet, outcome, language) for sheet in annex.sheets]
    return annex._replace(sheets=(_Listing(material.dataset, annex, language).sheet(name, outcome), *marked))


def _marked(sheet: Sheet, outcome: Outcome, language: Language) -> Sheet:
    """Return a sheet with every finding that has a cell in it marked there."""
    at: defaultdict[Place, list[Located]] = defaultdict(list)
    for item in outcome.findings:
        at[item.finding.place].append(item)
    cells = []
    for cell in sheet.cells:
        found = [item for place in cell.places for item in at.get(place, ())]
        if found:
            severities = [item.finding.severity for item in found]
            worst = min(severities, key=lambda severity: severity.rank)
            note = _note(found, cell.note, language)
            cells.append(cell._replace(severity=worst, note=note))
        else:
            cells.append(cell)
    return sheet._replace(cells=tuple(cells))


def _note(found: list[Located], noted: tuple[Message, ...], language: Language) -> tuple[Message, ...]:
    """Return the comment of a cell with its findings first, nothing said twice."""
    lines: dict[str, None] = {}
    for item in found:
        rule = item.finding.rule
        severity = item.finding.severity.label
        lines[language.say(M("{severity} {code}: {title}", severity=severity, code=rule.code, title=rule.title))] = None
        lines |= dict.fromkeys(told(item, language))
    lines |= dict.fromkeys(language.say(line) for line in noted)
    return tuple(M("{text}", text=line) for line in lines)


class _Listing:
    """The list, a row a finding; known exceptions follow, with their reason for what to do."""

    def __init__(self, dataset: Dataset, annex: Book, language: Language) -> None:
        self.dataset, self.language = dataset, language
        self.cells = {
            place: Address(sheet.name, cell_name(cell.row, cell.column))
            for sheet in annex.sheets
            for cell in sheet.cells
            for place in cell.places
        }

    def sheet(self, name: str, outcome: Outcome) -> Sheet:
        """Return the list as a sheet."""
        rows = [(item, item.finding.severity.label, item.finding.action) for item in outcome.findings]
        rows += [(one.located, M("exception"), M("{text}", text=one.reason)) for one in outcome.accepted]
        width = len(_HEADINGS)
        cells = [Cell(0, 0, Role.TITLE, self.language.say(_TITLE).upper(), columns=width)]
        cells += [Cell(2, column, Role.HEADING, text) for column, text in enumerate(_HEADINGS)]
        for row, (item, severity, action) in enumerate(rows, 3):
            cells += self._row(row, item, severity, action)
        if not rows:
            cells.append(Cell(3, 0, Role.TEXT, M("Nothing was found."), columns=width))
        return Sheet(name, tuple(cells), header=(2, 2), freeze=(3, 1), locked=False, official=False)

    def _row(self, row: int, item: Located, severity: Message, action: Message) -> Iterator[Cell]:
        finding = item.finding
        number = Number.MONEY if finding.unit_of_measure == "đ" else Number.COUNT
        address = self.cells.get(finding.place)
        file = finding.place.file.removeprefix(f"{PLANS}/{finding.plan}/")
        where = M("{sheet}, {cell}", sheet=address.sheet, cell=address.cell) if address else None
        texts: list[tuple[Role, Text | int | None]] = [
            (Role.WORD, finding.rule.code),
            (Role.WORD, severity),
            (Role.TEXT, M("{title}: {message}", title=finding.rule.title, message=finding.message)),
            (Role.WORD, finding.plan),
            *((Role.TEXT, name) for name in self._names(finding)),
            *((Role.STATED, value) if isinstance(value, int) else (Role.TEXT, value) for value in _values(finding)),
            (Role.WORD, where),
            (Role.TEXT, M("{file}, line {line}", file=file, line=item.mark.line)),
            (Role.TEXT, action),
        ]
        for column, (role, value) in enumerate(texts):
            cell = Cell(row, column, role, value, number=number)
            if value is where and address:
                cell = cell._replace(link=address)
            yield cell._replace(severity=finding.severity) if column <= 1 else cell

    def _names(self, finding: Finding) -> tuple[str | None, str | None, str | None]:
        """Return what people call a finding's indicator, unit and level."""
        indicators = self.dataset.indicators.indicators
        units = self.dataset.units.units
        files = self.dataset.plans.get(finding.plan or "")
        holders = files.budget.holders if files else {}
        indicator = indicators.get(finding.indicator or "")
        of_money = finding.place.file.endswith("/budget.yaml") and finding.place.keys[:1] == ("holders",)
        holder = holders.get(str(finding.place.keys[1])) if of_money and len(finding.place.keys) > 1 else None
        unit = holder or units.get(finding.unit or "")
        level = files.plan.levels.get(finding.level or "") if files else None
        return (
            indicator.short_name if indicator else finding.indicator,
            unit.name if unit else finding.unit,
            level.name if level else finding.level,
        )


def _values(finding: Finding) -> tuple[int | str | None, ...]:
    return tuple(
        printable(value) if isinstance(value, str) else value
        for value in (finding.stated, finding.computed, finding.difference)
    )
