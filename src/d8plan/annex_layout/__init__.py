"""The official annex as sheets: which figure stands in which cell, under which heading.

A sheet is laid out once, into cells that know the places of the data they show. ``book`` fills
those cells from the ledger; ``addresses`` turns them round, to name the cell of a place. Where a
cell stands never depends on a number, so a workbook that was filled in is read by the same layout.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from d8plan.annex_layout.budget import BudgetTable
from d8plan.annex_layout.filling import Comments, Filling, filled, signed
from d8plan.annex_layout.table import AnnexTable
from d8plan.annex_layout.texts import document_of
from d8plan.findings import Finding, Place
from d8plan.ledger import Ledger
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset
from d8plan.models.plan import Signature
from d8plan.sheet import Address, Book, Sheet, cell_name, sheet_names


def sheets(dataset: Dataset, plan_id: str) -> tuple[Sheet, ...]:
    """Return the sheets of a plan's workbook without numbers: headings, formulas, places.

    They are the plan's annex, its phase plan's annex, and the plan's budget, as far as there is any.
    """
    return tuple(laid.sheet for laid in _lay(dataset, plan_id))


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
) -> Book:
    """Return a plan's workbook, filled from the ledger, with every total that differs marked.

    ``findings`` are all that checks reported, covered by exceptions or not; ``exceptions`` are
    those by plan and id. Numbers shown are the computed ones; a mark tells what is stated.
    """
    comments = Comments(dataset, exceptions)
    filling = Filling(
        {figure.place: figure for figure in ledger.figures},
        comments.notes(ledger.figures),
        comments.faults(ledger, findings),
    )
    plan = dataset.plans[plan_id].plan
    document = document_of(dataset, plan.document)
    return Book(
        title=plan.title,
        subject=(document.number or "") if document else "",
        author=(document.issuer or "") if document else "",
        created=(document and document.date) or datetime.date(plan.period.first, 1, 1),
        sheets=tuple(signed(filled(laid.sheet, filling), laid.signature) for laid in _lay(dataset, plan_id)),
    )


class _Laid(NamedTuple):
    sheet: Sheet
    signature: Signature | None


def _lay(dataset: Dataset, plan_id: str) -> list[_Laid]:
    files = dataset.plans[plan_id]
    laid = [
        _Laid(AnnexTable(dataset, one).sheet(), one.plan.signature)
        for one in (files, dataset.plans.get(files.plan.phase or ""))
        if one and one.allocations
    ]
    if files.budget:
        # Section IV drawn as a table: what is signed is the plan and its annex, not this.
        laid.append(_Laid(BudgetTable(dataset, files, files.budget).sheet(), None))
    names = sheet_names(one.sheet.name for one in laid)
    return [_Laid(one.sheet._replace(name=name), one.signature) for one, name in zip(laid, names, strict=True)]
