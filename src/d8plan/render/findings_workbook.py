"""``validate`` as a workbook: the annexes with each finding on its cell, and a list of all findings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import partial
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.findings import Finding, Located
from d8plan.models.places import PLANS, Place
from d8plan.render.outcome import Outcome
from d8plan.render.phrases import finding_lines
from d8plan.sheets.book import Address, Book, Cell, Role, Sheet, cell_name, sheet_names
from d8plan.sheets.table import lay
from d8plan.text.exact import ExactNumber
from d8plan.text.language import Language
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import printable
from d8plan.views.table import Column, Columns, Described, Value, Words, tabled

_TITLE = M("Findings")
_ON_ROW = frozenset({"code", "severity"})
"""Keys of the columns that take the colour of the finding."""
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
    return annex._replace(sheets=(_list(name, material, annex, outcome, language), *marked))


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
        lines |= dict.fromkeys(finding_lines(item, language))
    lines |= dict.fromkeys(language.say(line) for line in noted)
    return tuple(M("{text}", text=line) for line in lines)


class _Listed(NamedTuple):
    """A row of the list."""

    names: Names
    located: Located
    severity: Message
    action: Message
    address: Address | None
    """Its cell of the annex."""

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.located.finding

    @property
    def indicator(self) -> str | None:
        """The short name of its indicator."""
        return self.finding.indicator and self.names.indicator(self.finding.indicator).short_name

    @property
    def unit(self) -> str | None:
        """The name of its unit, or of the holder of its money."""
        files, place = self.names.dataset.plans.get(self.finding.plan or ""), self.finding.place
        of_money = place.file.endswith("/budget.yaml") and place.keys[:1] == ("holders",) and len(place.keys) > 1
        if files and of_money and place.keys[1] in files.budget.holders:
            return self.names.holder(files, str(place.keys[1]))
        return self.finding.unit and self.names.unit_name(self.finding.unit)

    @property
    def level(self) -> str | None:
        """The name of its level."""
        files = self.names.dataset.plans.get(self.finding.plan or "")
        return self.names.level(files, self.finding.level) or None if files else self.finding.level

    @property
    def line(self) -> Message:
        """Its file, in the folder of its plan, and the line."""
        file = self.finding.place.file.removeprefix(f"{PLANS}/{self.finding.plan}/")
        return M("{file}, line {line}", file=file, line=self.located.mark.line)

    @property
    def cell(self) -> Message | None:
        """Its cell of the annex as people call it."""
        return M("{sheet}, {cell}", sheet=self.address.sheet, cell=self.address.cell) if self.address else None

    def amount(self, value: ExactNumber | str | None) -> Value:
        """Return a value that is stated or computed."""
        return (
            Amount(value, self.finding.unit_of_measure)
            if isinstance(value, ExactNumber)
            else value and printable(value)
        )


_WORD = partial(Column, numeric=False, words=Words.WORD)
_TEXT = partial(Column, numeric=False)
_COLUMNS: Columns[_Listed] = (
    Described(_WORD("code", M("Code")), lambda row: row.finding.rule.code),
    Described(_WORD("severity", M("Severity")), lambda row: row.severity),
    Described(
        _TEXT("message", M("What was found")),
        lambda row: M("{title}: {message}", title=row.finding.rule.title, message=row.finding.message),
    ),
    Described(_WORD("plan", M("Plan")), lambda row: row.finding.plan),
    Described(_TEXT("indicator", M("Indicator")), lambda row: row.indicator),
    Described(_TEXT("unit", M("Name of unit")), lambda row: row.unit),
    Described(_TEXT("level", M("Level")), lambda row: row.level),
    Described(Column("stated", M("Stated")), lambda row: row.amount(row.finding.stated)),
    Described(Column("computed", M("Computed")), lambda row: row.amount(row.finding.computed)),
    Described(Column("difference", M("Difference")), lambda row: row.amount(row.finding.difference)),
    Described(_WORD("cell", M("Cell of the annex")), lambda row: row.cell),
    Described(_TEXT("line", M("File and line")), lambda row: row.line),
    Described(_TEXT("action", M("What to do")), lambda row: row.action),
)


def _list(name: str, material: Material, annex: Book, outcome: Outcome, language: Language) -> Sheet:
    """Return the list, a row a finding; known exceptions follow, with their reason for what to do."""
    addresses = {
        place: Address(sheet.name, cell_name(cell.row, cell.column))
        for sheet in annex.sheets
        for cell in sheet.cells
        for place in cell.places
    }
    names = Names(material.dataset)

    def listed(located: Located, severity: Message, action: Message) -> _Listed:
        return _Listed(names, located, severity, action, addresses.get(located.finding.place))

    rows = [listed(item, item.finding.severity.label, item.finding.action) for item in outcome.findings]
    rows += [listed(one.located, M("exception"), M("{text}", text=one.reason)) for one in outcome.accepted]

    def refine(index: int, column: Column, cell: Cell) -> Cell:
        severity = rows[index].finding.severity if column.key in _ON_ROW else None
        return cell._replace(severity=severity, link=rows[index].address if column.key == "cell" else None)

    table = tabled("findings", _TITLE, _COLUMNS, rows)
    above = [Cell(0, 0, Role.TITLE, language.say(_TITLE).upper(), columns=len(_COLUMNS))]
    if not rows:
        above.append(Cell(3, 0, Role.TEXT, M("Nothing was found."), columns=len(_COLUMNS)))
    laid = lay(table, name, above, top=2, numbers=Role.STATED, numbered=False, refine=refine)
    return laid.sheet._replace(freeze=(3, 1), locked=False, official=False)
