"""The sheet that proves: every number that documents state, beside what the workbook's cells give, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Statement
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Severity, citation
from d8plan.models.places import Place
from d8plan.sheets.annex.comments import Comments, Fault
from d8plan.sheets.annex.filling import with_footnotes
from d8plan.sheets.annex.selection import Spots
from d8plan.sheets.book import Area, Cell, Condition, Formula, Number, Role, Sheet, Text, cell_name
from d8plan.text.message import M, Message

RIGHT, WRONG, KNOWN = M("Right"), M("Wrong"), M("Wrong, known")
_HEADINGS = (
    M("No."),
    M("What is stated"),
    M("Source"),
    M("Stated"),
    M("Computed"),
    M("Difference"),
    M("Unit of measure"),
    M("Result"),
)
_STATED, _COMPUTED, _DIFFERENCE, _RESULT = 3, 4, 5, 7
"""Columns."""


class Proofs:
    """Statements of documents as rows and conditions of a workbook."""

    def __init__(self, dataset: Dataset, ledger: Ledger, sheets: Iterable[Sheet], comments: Comments) -> None:
        """Take the sheets laid out, which hold the figures."""
        self.dataset, self.ledger, self.comments = dataset, ledger, comments
        self.spots = Spots(dataset, sheets)
        self._summed = [(one, self.spots.summed(one)) for one in ledger.statements if one.is_sum]

    def watched(self, sheet: Sheet) -> Sheet:
        """Return the sheet with a condition on each total: it turns red when it is not what a document states.

        The number stated stands in the condition itself: Excel before 2010 refuses another sheet's cell there.
        """
        conditions = [self._condition(cell) for cell in sheet.cells if cell.role is Role.TOTAL and cell.parts]
        return sheet._replace(conditions=(*sheet.conditions, *(one for one in conditions if one)))

    def _condition(self, cell: Cell) -> Condition | None:
        parts = frozenset(cell.parts)
        name = cell_name(cell.row, cell.column)
        wrong: dict[str, None] = {}
        for statement, summed in self._summed:
            if statement.place in cell.places or summed == parts:
                known = self.comments.known(statement)
                allowed = (statement.stated,) if known is None else (statement.stated, known)
                wrong[_joined("AND", [f"{name}<>{value}" for value in allowed])] = None
        area = Area(cell.row, cell.column, cell.row + cell.rows - 1, cell.column + cell.columns - 1)
        return Condition(area, f"={_joined('OR', list(wrong))}", Severity.ERROR) if wrong else None

    def sheet(self, name: str, plans: Iterable[PlanFiles], faults: Mapping[Place, Fault]) -> Sheet:
        """Return the sheet of the statements of ``plans``; ``faults`` are told under it, and marked in their rows."""
        shown = list(plans)
        table = _Table(self, faults)
        title = Cell(0, 0, Role.TITLE, M("THE NUMBERS STATED, PROVEN FROM THE FIGURES"), columns=len(_HEADINGS))
        top = 2
        row = top + 1
        for files in shown:
            statements = [one for one in self.ledger.statements if one.plan == files.id]
            if statements and len(shown) > 1:
                of = (
                    Names(self.dataset).cite(files.plan.document, ()).document,
                    *Names(self.dataset).amended_by(files),
                )
                plan = M("{title} ({document})", title=files.plan.title, document=of)
                table.cells.append(Cell(row, 0, Role.ROW_LABEL, plan, columns=len(_HEADINGS)))
                row += 1
            for statement in statements:
                table.add(row, statement)
                row += 1
        results = Area(top + 1, _RESULT, max(row - 1, top + 1), _RESULT)
        headings = [Cell(top, column, Role.HEADING, text) for column, text in enumerate(_HEADINGS)]
        rows = results._replace(column=0)
        result = f"=${cell_name(results.row, _RESULT)}="
        sheet = Sheet(
            name,
            (title, table.summary(top - 1, results), *headings, *table.cells),
            header=(top, top),
            freeze=(top + 1, 2),
            official=False,
            conditions=(
                Condition(rows, (result, WRONG), Severity.ERROR),
                Condition(rows, (result, KNOWN), Severity.WARNING),
            ),
        )
        return with_footnotes(sheet, (line for fault in faults.values() for line in fault.footnotes))


class _Table:
    """The rows, one after the other."""

    def __init__(self, proofs: Proofs, faults: Mapping[Place, Fault]) -> None:
        self.proofs, self.faults = proofs, faults
        self.cells: list[Cell] = []
        self.results: list[Message] = []

    def add(self, row: int, statement: Statement) -> None:
        """Add a statement's row."""
        spots, known = self.proofs.spots, self.proofs.comments.known(statement)
        stated, computed = cell_name(row, _STATED), cell_name(row, _COMPUTED)
        number = Number.MONEY if statement.unit_of_measure == "đ" else Number.COUNT
        self.results.append(_result(statement, known))
        source: Text = citation(statement.cited) if statement.cited else M("control total")
        measure: Text | None = statement.measure or statement.unit_of_measure or None
        if statement.counted is not None:
            measure = statement.measure or M("unit")
        at_place, at_measure = self.faults.get(statement.place), None
        if statement.measure_place:
            at_measure = self.faults.get(statement.measure_place)
        own = spots.reference(statement.place)
        self.cells += [
            Cell(row, 0, Role.ORDINAL, len(self.results)),
            _marked(Cell(row, 1, Role.TEXT, statement.label), at_place),
            Cell(row, 2, Role.WORD, source),
            Cell(row, _STATED, Role.STATED, statement.stated, number=number, formula=own),
            Cell(row, _COMPUTED, Role.COMPUTED, statement.computed, number=number, formula=spots.formula(statement)),
            Cell(
                row,
                _DIFFERENCE,
                Role.COMPUTED,
                statement.computed - statement.stated,
                number=number,
                formula=f"={computed}-{stated}",
            ),
            _marked(Cell(row, 6, Role.WORD, measure), at_measure),
            Cell(row, _RESULT, Role.WORD, self.results[-1], formula=_verdict(stated, computed, known)),
        ]

    def summary(self, row: int, results: Area) -> Cell:
        """Return the line that counts the statements that hold."""
        name = results.name()
        label = M("Statements that hold")
        right = self.results.count(RIGHT)
        formula: Formula = ("=", label, '&": "&COUNTIF(', name, ",", RIGHT, ')&"/"&COUNTA(', name, ")")
        value = M("{label}: {text}", label=label, text=f"{right}/{len(self.results)}")
        return Cell(row, 0, Role.SUMMARY, value, columns=len(_HEADINGS), formula=formula)


def _joined(function: str, conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"{function}({','.join(conditions)})"


def _result(statement: Statement, known: int | None) -> Message:
    if statement.stated == statement.computed:
        return RIGHT
    return KNOWN if statement.computed == known else WRONG


def _verdict(stated: str, computed: str, known: int | None) -> Formula:
    """Return the formula of a result; a difference that an exception accepts is told from another."""
    if known is None:
        return (f"=IF({computed}={stated},", RIGHT, ",", WRONG, ")")
    return (f"=IF({computed}={stated},", RIGHT, f",IF({computed}={known},", KNOWN, ",", WRONG, "))")


def _marked(cell: Cell, fault: Fault | None) -> Cell:
    return cell._replace(faulty=True, note=fault.note) if fault else cell
