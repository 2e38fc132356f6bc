"""Workbooks that come back: their figures, and what they change."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from d8plan.app import streams
from d8plan.app.data import Options, choose_plan, open_data, require_whole
from d8plan.app.editing import as_if, spliced
from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.app.preview import show_view
from d8plan.ledger.build import build
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.models.places import Place
from d8plan.sheets import reading as annex_reading
from d8plan.sheets.forms.reading import find_marks as find_form
from d8plan.sheets.reading import Marks, Merged, Reading
from d8plan.storage.data.loader import Loaded
from d8plan.storage.excel.guard import RefusedError
from d8plan.storage.excel.reader import read as read_grids
from d8plan.text.language import Language, language
from d8plan.text.message import M, Message
from d8plan.text.names import inert
from d8plan.views.table import Column, Table, View


class Returned(NamedTuple):
    """A workbook as it came back."""

    path: Path
    plan: str
    marks: Marks | None
    reading: Reading
    data: dict[Place, int]
    """The figures of today."""


def returned(loaded: Loaded, path: Path, plan: str | None, *, partial: bool) -> Returned:
    """Return what a workbook says of a plan: the one named, else the one it was made for, else the latest.

    Raises CommandError where the file cannot be read as a workbook.
    """
    try:
        grids = read_grids(path)
    except RefusedError as error:
        raise CommandError(
            M("{path}: {reason}", path=str(path), reason=error.message), UNUSABLE, error.action
        ) from None
    marks = annex_reading.find_marks(grids)
    if marks is None and find_form(grids) is not None:
        raise CommandError(
            M("{path} is a report, not an annex", path=str(path)),
            UNUSABLE,
            M("“{command}” takes it", command="d8plan import-report"),
        )
    chosen = choose_plan(loaded, plan or (marks.plan if marks else None)).id
    data = figures_of(loaded.dataset)
    unit = marks.unit if marks and marks.unit in loaded.dataset.plans[chosen].plan.units else None
    reading = annex_reading.read(loaded.dataset, chosen, grids, unit=unit, partial=partial, data=data)
    return Returned(path, chosen, marks, reading, data)


def figures_of(dataset: Dataset) -> dict[Place, int]:
    """Return every figure by its place; empty cells are left out."""
    return {figure.place: figure.value for figure in build(dataset).figures}


def refuse_faults(path: Path, reading: Reading, spoken: Language) -> None:
    """Tell every cell that cannot be read, and raise where there is one."""
    for line in annex_reading.lines(reading.faults):
        streams.error(inert(spoken.say(line)))
    if reading.faults:
        raise CommandError(
            M(
                "{path}: places that cannot be read: {count}. Nothing was written",
                path=str(path),
                count=len(reading.faults),
            ),
            UNUSABLE,
            M("Correct them in the workbook and import it again"),
        )


def tell_notes(held: Returned, spoken: Language) -> None:
    """Tell how a workbook was read, where that is not plain."""
    if held.marks is None or held.marks.figures is None:
        why = M("The workbook’s marks are damaged") if held.marks else M("The workbook was not made by d8plan")
        streams.people(spoken.say(M("{why}: it is compared with the data of today", why=why)) + "\n")
    for line in annex_reading.lines(held.reading.notes):
        streams.people(inert(spoken.say(line)) + "\n")


def show_three_ways(loaded: Loaded, held: Returned, merged: Merged, spoken: Language) -> None:
    """Show what the workbook was made from, what the data says today, and what the workbook says."""
    cells = {cell.place: cell for cell in build(loaded.dataset).cells}

    def name(place: Place) -> Message:
        return Names(loaded.dataset).figure(cells[place]) if place in cells else M("{place}", place=place.pointer())

    taken = (
        (place, held.marks.was(place) if held.marks else None, held.data.get(place), value)
        for place, value in merged.values.items()
    )
    stays = ((place, was, now, was) for place, (was, now) in merged.moved.items())
    rows = [(name(one.place), one.was, one.data, one.workbook, M("both changed it")) for one in merged.conflicts]
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
    show_view(View(M("{path}", path=str(held.path)), (), (table,)), spoken)


def as_version(options: Options, path: Path) -> Loaded:
    """Return the data folder with the figures of a workbook, as a version to compare.

    What the workbook does not hold is as it is in the data today.
    """
    loaded = open_data(options)
    require_whole(loaded)
    held = returned(loaded, path, None, partial=True)
    refuse_faults(path, held.reading, language(options.language))
    values = {place: value for place, value in held.reading.figures.items() if value != held.data.get(place)}
    return as_if(loaded, spliced(loaded, values))._replace(folder=path)
