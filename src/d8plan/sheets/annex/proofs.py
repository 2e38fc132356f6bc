"""The sheet that proves: every number that documents state, beside what the workbook's cells give, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Statement
from d8plan.models.bounds import Bound
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Severity, citation
from d8plan.models.places import Place
from d8plan.sheets.annex.comments import Comments, Explanation
from d8plan.sheets.annex.filling import with_footnotes
from d8plan.sheets.annex.selection import Spots
from d8plan.sheets.book import Area, Cell, Condition, Formula, Role, Sheet, Text, cell_name
from d8plan.sheets.table import lay, width_of
from d8plan.text.exact import ExactNumber, plain
from d8plan.text.message import Amount, M, Message
from d8plan.views.table import Bounded, Column, Columns, Described, Difference, Value, Words, tabled

RIGHT, WRONG, KNOWN = M("Right"), M("Wrong"), M("Wrong, known")
_STATED, _COMPUTED = 3, 4
"""Columns of the sheet."""
_PLACES = 6
"""Places after the point beyond which numbers do not differ."""
_TITLE = M("THE NUMBERS STATED, PROVEN FROM THE FIGURES")


class _Proof(NamedTuple):
    """A statement with what is known about it."""

    statement: Statement
    plan: Message | None
    """The plan that states it, where the workbook is of more than one."""
    accepted: ExactNumber | None
    """The computed value that an exception accepts."""

    @property
    def result(self) -> Message:
        """Whether it holds; a difference that an exception accepts is told from another."""
        if self.statement.holds:
            return RIGHT
        return KNOWN if self.statement.computed == self.accepted else WRONG

    @property
    def unit_of_measure(self) -> Text | None:
        """In what it is stated."""
        counted = self.statement.counted is not None
        return self.statement.measure or (M("unit") if counted else self.statement.unit_of_measure or None)

    @property
    def stated(self) -> Value:
        """What is stated."""
        bound = self.statement.bound
        return self.amount(self.statement.stated) if bound is None else Bounded(bound)

    @property
    def difference(self) -> Amount | None:
        """By how much the computed number is above what is stated; None of bounds."""
        statement = self.statement
        return None if statement.bound else self.amount(statement.computed - statement.stated)

    def amount(self, value: ExactNumber) -> Amount:
        """Return one of its numbers."""
        return Amount(value, self.statement.unit_of_measure)


_COLUMNS: Columns[_Proof] = (
    Described(Column("plan", numeric=False, words=Words.GROUP), lambda proof: proof.plan),
    Described(Column("label", M("What is stated"), numeric=False), lambda proof: proof.statement.label),
    Described(
        Column("source", M("Source"), numeric=False, words=Words.WORD),
        lambda proof: citation(proof.statement.cited) if proof.statement.cited else M("control total"),
    ),
    Described(Column("stated", M("Stated")), lambda proof: proof.stated),
    Described(Column("computed", M("Computed")), lambda proof: proof.amount(proof.statement.computed)),
    Described(
        Column("difference", M("Difference"), formula=Difference("computed", "stated")),
        lambda proof: proof.difference,
    ),
    Described(
        Column("measure", M("Unit of measure"), numeric=False, words=Words.WORD), lambda proof: proof.unit_of_measure
    ),
    Described(Column("result", M("Result"), numeric=False, words=Words.WORD), lambda proof: proof.result),
)


class ProofSheet:
    """Statements of documents as rows and conditions of a workbook."""

    def __init__(self, dataset: Dataset, ledger: Ledger, sheets: Iterable[Sheet], comments: Comments) -> None:
        """Take the sheets laid out, which hold the figures."""
        self.dataset, self.ledger, self.comments = dataset, ledger, comments
        self.spots = Spots(dataset, sheets)
        self._summed = [
            (statement, self.spots.summed(statement)) for statement in ledger.statements if statement.is_sum
        ]

    def watched(self, sheet: Sheet) -> Sheet:
        """Return the sheet with a condition on each total: it turns red when it is not what a document states.

        The number stated stands in the condition itself: Excel before 2010 refuses another sheet's cell there.
        """
        conditions = [self._condition(cell) for cell in sheet.cells if cell.role is Role.TOTAL and cell.parts]
        return sheet._replace(conditions=(*sheet.conditions, *filter(None, conditions)))

    def _condition(self, cell: Cell) -> Condition | None:
        parts = frozenset(cell.parts)
        name = cell_name(cell.row, cell.column)
        wrong: dict[str, None] = {}
        for statement, summed in self._summed:
            if statement.bound is None and (statement.place in cell.places or summed == parts):
                known = self.comments.known(statement)
                allowed = (statement.stated,) if known is None else (statement.stated, known)
                wrong[_joined("AND", [_differs(name, value) for value in allowed])] = None
        area = Area(cell.row, cell.column, cell.row + cell.rows - 1, cell.column + cell.columns - 1)
        return Condition(area, f"={_joined('OR', list(wrong))}", Severity.ERROR) if wrong else None

    def sheet(self, name: str, plans: Sequence[PlanFiles], faults: Mapping[Place, Explanation]) -> Sheet:
        """Return the sheet of the statements of ``plans``; ``faults`` are told under it, and marked in their rows."""
        proofs = [
            _Proof(statement, self._named(files) if len(plans) > 1 else None, self.comments.known(statement))
            for files in plans
            for statement in self.ledger.statements
            if statement.plan == files.id
        ]
        table = tabled("proofs", _TITLE, _COLUMNS, proofs)
        refine = partial(self._refined, proofs, faults)
        title = Cell(0, 0, Role.TITLE, _TITLE, columns=width_of(table))
        laid = lay(table, name, [title], top=2, numbers=Role.COMPUTED, refine=refine)
        results = laid.area("result")
        rows, is_result = results._replace(column=0), f"=${cell_name(results.row, results.column)}="
        sheet = laid.sheet._replace(
            cells=(_summary(proofs, results), *laid.sheet.cells),
            official=False,
            conditions=(
                Condition(rows, (is_result, WRONG), Severity.ERROR),
                Condition(rows, (is_result, KNOWN), Severity.WARNING),
            ),
        )
        return with_footnotes(sheet, (line for fault in faults.values() for line in fault.footnotes))

    def _named(self, files: PlanFiles) -> Message:
        names = Names(self.dataset)
        documents = (names.cite(files.plan.document).document, *names.amended_by(files))
        return M("{title} ({document})", title=files.plan.title, document=documents)

    def _refined(
        self, proofs: Sequence[_Proof], faults: Mapping[Place, Explanation], index: int, column: Column, cell: Cell
    ) -> Cell:
        """Return a cell with the formula of its statement, and the mark of what is wrong with it."""
        statement = proofs[index].statement
        match column.key:
            case "label":
                return _marked(cell, faults.get(statement.place))
            case "measure" if statement.measure_place:
                return _marked(cell, faults.get(statement.measure_place))
            case "difference" if statement.bound:
                return cell._replace(formula=None)
            case "stated" if statement.bound:
                return cell._replace(role=Role.STATED)
            case "stated":
                return cell._replace(role=Role.STATED, formula=self.spots.reference(statement.place))
            case "computed":
                return cell._replace(formula=self.spots.formula(statement))
            case "result":
                stated, computed = (cell_name(cell.row, at) for at in (_STATED, _COMPUTED))
                return cell._replace(formula=_verdict(stated, computed, proofs[index]))
        return cell


def _summary(proofs: Sequence[_Proof], results: Area) -> Cell:
    """Return the line that counts the statements that hold."""
    name, label = results.name(), M("Statements that hold")
    right = sum(proof.result == RIGHT for proof in proofs)
    formula: Formula = ("=", label, '&": "&COUNTIF(', name, ",", RIGHT, ')&"/"&COUNTA(', name, ")")
    value = M("{label}: {text}", label=label, text=f"{right}/{len(proofs)}")
    return Cell(1, 0, Role.SUMMARY, value, columns=results.column + 1, formula=formula)


def _joined(function: str, conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"{function}({','.join(conditions)})"


def _differs(name: str, value: ExactNumber) -> str:
    """Return the condition that a cell is not a number; a spreadsheet's sums of decimals are off by a hair."""
    return f"{name}<>{plain(value)}" if isinstance(value, int) else f"ROUND({name}-{plain(value)},{_PLACES})<>0"


def _within(computed: str, bound: Bound) -> str:
    """Return the condition that a computed number is within bounds."""
    least, most = (None if end is None else float(end) for end in bound.ends)
    number = f"ROUND({computed},{_PLACES})"
    above = f"{number}{'>' if bound.kind == 'more_than' else '>='}{least}" if least is not None else None
    open_end = bound.kind == "less_than" or (bound.kind == "about" and bound.within is None)
    below = f"{number}{'<' if open_end else '<='}{most}" if most is not None else None
    return _joined("AND", [condition for condition in (above, below) if condition])


def _verdict(stated: str, computed: str, proof: _Proof) -> Formula:
    """Return the formula of a result; an exception may accept another computed value."""
    numbers = (proof.statement.stated, proof.statement.computed, proof.accepted or 0)
    rounded = any(not isinstance(number, int) for number in numbers)

    def equal(other: str) -> str:
        return f"ROUND({computed}-{other},{_PLACES})=0" if rounded else f"{computed}={other}"

    if proof.statement.bound:
        return (f"=IF({_within(computed, proof.statement.bound)},", RIGHT, ",", WRONG, ")")
    if proof.accepted is None:
        return (f"=IF({equal(stated)},", RIGHT, ",", WRONG, ")")
    return (f"=IF({equal(stated)},", RIGHT, f",IF({equal(plain(proof.accepted))},", KNOWN, ",", WRONG, "))")


def _marked(cell: Cell, fault: Explanation | None) -> Cell:
    return cell._replace(faulty=True, note=fault.note) if fault else cell
