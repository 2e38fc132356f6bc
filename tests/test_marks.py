"""Marks of workbooks: both kinds keep the cells that workbooks exported long ago have."""

from __future__ import annotations

import pytest

from d8plan.models.places import Place
from d8plan.models.seal import digest
from d8plan.sheets.marks import FormMarks, annex_marks_sheet, find_annex_marks, find_form_marks, form_marks_sheet
from d8plan.text.cells import Grid, Holds, Raw

POINTER = "plans/2024/allocations.yaml#/indicators/teams/units/bao-lac"


def grid(*rows: tuple[str, int | float | str | None]) -> Grid:
    cells = {
        (row, column): Raw(Holds.TEXT if isinstance(value, str) else Holds.NUMBER, value)
        for row, pair in enumerate(rows)
        for column, value in enumerate(pair)
        if value is not None
    }
    return Grid("d8plan", cells, hidden=True)


@pytest.mark.parametrize("figure", [7, 7.0])
def test_marks_of_an_annex(figure: float) -> None:
    whole = digest({POINTER: 7})
    marks = find_annex_marks(
        [grid(("d8plan", 1), ("plan", "2024"), ("unit", None), ("digest", whole), (POINTER, figure))]
    )
    assert marks is not None
    assert (marks.plan, marks.unit, marks.was(Place.parse(POINTER))) == ("2024", None, 7)
    marks = find_annex_marks([grid(("d8plan", 1), ("plan", "2024"), ("unit", "a"), ("digest", whole), (POINTER, 8))])
    assert marks is not None
    assert (marks.unit, marks.figures) == ("a", None)


def test_marks_of_forms() -> None:
    given = (("d8plan-report", 1), ("plan", "2024"), ("period", "2024-Q2"), ("Bảo Lạc", "bao-lac"))
    marks = FormMarks("2024", "2024-Q2", {"Bảo Lạc": "bao-lac"})
    assert find_form_marks([grid(*given)]) == marks
    cells = {(cell.row, cell.column): cell.value for cell in form_marks_sheet("d8plan-report", marks).cells}
    assert cells == {(row, column): value for row, pair in enumerate(given) for column, value in enumerate(pair)}


def test_other_sheets_have_none() -> None:
    assert find_annex_marks([grid(("d8plan", 2), ("plan", "2024"))]) is None
    assert find_form_marks([grid(("d8plan", 1), ("plan", "2024"))]) is None
    cells = annex_marks_sheet("2024", None, (), {}).cells
    assert [(cell.row, cell.column) for cell in cells if cell.value == "digest"] == [(3, 0)]
