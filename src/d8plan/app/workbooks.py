"""Workbooks that come back: their figures, and what they change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from d8plan.app.editing import as_if, spliced
from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.app.voice import Voice
from d8plan.app.workspace import Workspace
from d8plan.ledger.build import build
from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets import reading as annex_reading
from d8plan.sheets.marks import AnnexMarks, find_annex_marks, find_form_marks
from d8plan.sheets.reading import Merged, ReadFigures
from d8plan.storage.data.loader import Loaded
from d8plan.storage.excel.guard import RefusedWorkbookError
from d8plan.storage.excel.reader import read as read_grids
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message
from d8plan.views.table import Column, Table, View


class Returned(NamedTuple):
    """A workbook as it came back."""

    path: Path
    plan: str
    marks: AnnexMarks | None
    reading: ReadFigures
    data: dict[Place, ExactNumber]
    """The figures of today."""

    def notes(self) -> list[Message]:
        """Return how it was read, where that is not plain."""
        told = []
        if self.marks is None or self.marks.figures is None:
            why = M("The workbook’s marks are damaged") if self.marks else M("The workbook was not made by d8plan")
            told.append(M("{why}: it is compared with the data of today", why=why))
        return [*told, *annex_reading.lines(self.reading.notes)]

    def refuse(self, voice: Voice) -> None:
        """Tell every cell that cannot be read, and raise where there is one."""
        for line in annex_reading.lines(self.reading.faults):
            voice.warn(line)
        if self.reading.faults:
            raise CommandError(
                M(
                    "{path}: places that cannot be read: {count}. Nothing was written",
                    path=str(self.path),
                    count=len(self.reading.faults),
                ),
                UNUSABLE,
                M("Correct them in the workbook and import it again"),
            )


def returned(workspace: Workspace, path: Path, plan: str | None, *, partial: bool) -> Returned:
    """Return what a workbook says of a plan: the one named, else the one it was made for, else the latest.

    Raises CommandError where the file cannot be read as a workbook.
    """
    dataset = workspace.dataset
    try:
        grids = read_grids(path)
    except RefusedWorkbookError as error:
        raise CommandError(
            M("{path}: {reason}", path=str(path), reason=error.message), UNUSABLE, error.action
        ) from None
    marks = find_annex_marks(grids)
    if marks is None and find_form_marks(grids) is not None:
        raise CommandError(
            M("{path} is a report, not an annex", path=str(path)),
            UNUSABLE,
            M("“{command}” takes it", command="d8plan import-report"),
        )
    chosen = workspace.plan(plan or (marks.plan if marks else None)).id
    data = figures_of(dataset)
    unit = marks.unit if marks and marks.unit in dataset.plans[chosen].plan.units else None
    reading = annex_reading.read(dataset, chosen, grids, unit=unit, partial=partial, data=data)
    return Returned(path, chosen, marks, reading, data)


def figures_of(dataset: Dataset) -> dict[Place, ExactNumber]:
    """Return every figure by its place; empty cells are left out."""
    return {figure.place: figure.value for figure in build(dataset).figures}


def three_ways(workspace: Workspace, workbook: Returned, merged: Merged) -> View:
    """Return what the workbook was made from, what the data says today, and what the workbook says."""
    cells = {cell.place: cell for cell in workspace.report.ledger.cells}
    names = workspace.names

    def name(place: Place) -> Message:
        return names.figure(cells[place]) if place in cells else M("{place}", place=place.pointer())

    taken = (
        (place, workbook.marks.was(place) if workbook.marks else None, workbook.data.get(place), value)
        for place, value in merged.values.items()
    )
    stays = ((place, was, now, was) for place, (was, now) in merged.moved.items())
    rows = [
        (name(conflict.place), conflict.was, conflict.data, conflict.workbook, M("both changed it"))
        for conflict in merged.conflicts
    ]
    rows += [(name(place), was, now, value, M("taken over")) for place, was, now, value in taken]
    rows += [(name(place), was, now, value, M("stays as in the data")) for place, was, now, value in stays]
    columns = (
        Column("figure", M("Figure"), numeric=False),
        Column("was", M("When exported")),
        Column("data", M("Data today")),
        Column("workbook", M("Workbook")),
        Column("result", M("Result"), numeric=False),
    )
    table = Table("three_ways", M("The data was changed since the workbook was made"), columns, tuple(rows))
    return View(M("{path}", path=str(workbook.path)), (), (table,))


def as_version(folders: Sequence[Path], path: Path, voice: Voice | None = None) -> Loaded:
    """Return the data folder with the figures of a workbook, as a version to compare.

    What the workbook does not hold is as it is in the data today. Raises CommandError where it cannot be read.
    """
    workspace = Workspace.open(folders, voice)
    workbook = returned(workspace, path, None, partial=True)
    workbook.refuse(workspace.voice)
    values = {place: value for place, value in workbook.reading.figures.items() if value != workbook.data.get(place)}
    return as_if(workspace.loaded, spliced(workspace.loaded, values))._replace(folder=path)
