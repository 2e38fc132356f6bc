"""The official annex as sheets: which figure stands in which cell, under which heading.

A sheet is laid out once, into cells that know the places of the data they show. ``book`` fills
those cells from the ledger; ``addresses`` turns them round, to name the cell of a place. Where a
cell stands never depends on a number, so a workbook that was filled in is read by the same layout.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from d8plan.ledger.ledger import Ledger
from d8plan.ledger.names import Names
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding
from d8plan.models.places import Place
from d8plan.models.plan import Signature
from d8plan.sheets.annex.budget import BudgetTable
from d8plan.sheets.annex.comments import Comments
from d8plan.sheets.annex.filling import Filling, Former, filled, signed
from d8plan.sheets.annex.proofs import ProofSheet
from d8plan.sheets.annex.table import AnnexTable
from d8plan.sheets.annex.texts import workbook_of
from d8plan.sheets.book import Address, Book, Sheet, cell_name, printed, sheet_names
from d8plan.sheets.marks import annex_marks_sheet
from d8plan.text.message import M


def sheets(dataset: Dataset, plan_id: str, unit: str | None = None) -> tuple[Sheet, ...]:
    """Return the sheets of a plan's annexes without numbers: headings, formulas, places.

    They are the plan's annex, its phase plan's annex, and the plan's budget, as far as there is any.
    With ``unit`` they are that unit's extract: what it has no row in is left out.
    """
    return tuple(laid.sheet for laid in _lay(dataset, plan_id, unit))


def addresses(dataset: Dataset, plan_id: str) -> dict[Place, Address]:
    """Return in which sheet and cell of a plan's workbook each figure and stated total stands."""
    return {
        place: Address(sheet.name, cell_name(cell.row, cell.column))
        for sheet in sheets(dataset, plan_id)
        for cell in sheet.cells
        for place in cell.places
    }


def book(
    dataset: Dataset,
    ledger: Ledger,
    plan_id: str,
    findings: Iterable[Finding],
    exceptions: Mapping[tuple[str, str], ExceptionEntry],
    *,
    unit: str | None = None,
    former: Former | None = None,
) -> Book:
    """Return a plan's workbook, filled from the ledger, with every total that differs marked.

    ``findings`` are all that checks reported, covered by exceptions or not; ``exceptions`` are
    those by plan and id. Numbers shown are the computed ones; a mark tells what is stated.
    A sheet after the annexes proves every number that a document states. With ``unit`` the workbook is that
    unit's extract, which has no totals and proves nothing. Numbers that were others at a ``former``
    revision are coloured.
    """
    plans = _plans(dataset, plan_id)
    ids = [files.id for files in plans]
    comments = Comments(dataset, exceptions, (finding for finding in findings if finding.plan in ids))
    faults = comments.faults(ledger)
    figures = {figure.place: figure for figure in ledger.figures}
    filling = Filling(figures, comments.notes(ledger.figures), faults, former)
    laid = _lay(dataset, plan_id, unit)
    annexes = [signed(filled(annex.sheet, filling), annex.signature) for annex in laid]
    if unit is None and annexes:
        proofs = ProofSheet(dataset, ledger, annexes, comments)
        marked = {place for sheet in annexes for cell in sheet.cells for place in cell.places if place in faults}
        name = list(sheet_names([*(sheet.name for sheet in annexes), printed(M("Check sheet"))]))[-1]
        proof = proofs.sheet(name, plans, comments.exceptions(marked))
        annexes = [*(proofs.watched(sheet) for sheet in annexes), proof]
    files = dataset.plans[plan_id]
    plan, amending = files.plan, Names(dataset).amended_by(files)
    document = Names(dataset).document(plan.document)
    amended = M("{title}, as amended by {documents}", title=plan.title, documents=amending)
    values = {place: figure.value for place, figure in figures.items()}
    return workbook_of(
        dataset,
        files,
        printed(amended) if amending else plan.title,
        (*annexes, annex_marks_sheet(plan_id, unit, annexes, values)),
        created=(document and document.date) or datetime.date(plan.period.first, 1, 1),
        amending=amending,
        unit=unit,
    )


class _LaidAnnex(NamedTuple):
    """A sheet without numbers, and who signs it."""

    sheet: Sheet
    signature: Signature | None


def _plans(dataset: Dataset, plan_id: str) -> list[PlanFiles]:
    """Return the plan and its phase plan, whose annexes stand in one workbook."""
    files = dataset.plans[plan_id]
    phase = dataset.plans.get(files.plan.phase or "")
    return [files, phase] if phase else [files]


def _lay(dataset: Dataset, plan_id: str, unit: str | None = None) -> list[_LaidAnnex]:
    files = dataset.plans[plan_id]
    laid = [
        # An extract is not what was signed.
        _LaidAnnex(AnnexTable(dataset, of_plan, unit).sheet(), of_plan.plan.signature if unit is None else None)
        for of_plan in _plans(dataset, plan_id)
        if of_plan.allocations.indicators and (unit is None or unit in of_plan.plan.units)
    ]
    if files.budget.holders and (unit is None or any(holder.unit == unit for holder in files.budget.holders.values())):
        # Section IV drawn as a table: what is signed is the plan and its annex, not this.
        laid.append(_LaidAnnex(BudgetTable(dataset, files, files.budget, unit).sheet(), None))
    names = sheet_names(annex.sheet.name for annex in laid)
    return [annex._replace(sheet=annex.sheet._replace(name=name)) for annex, name in zip(laid, names, strict=True)]
