"""The order of what is printed is sealed too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sealed_data import (
    ACTIVITIES,
    ANNEX,
    BUDGET,
    PLAN,
    Change,
    amend,
    edit,
    found_in,
    line_of,
    places,
    turned,
)
from support import DATA, ROOT, TODAY, replace_once

from d8plan.checks import run
from d8plan.edits.sealing import seal_plan
from d8plan.models.base import StrictModel
from d8plan.models.files import Dataset
from d8plan.sheets.annex import sheets
from d8plan.storage.data.loader import load
from d8plan.text.language import language

pytestmark = pytest.mark.usefixtures("read_once")

EXAMPLE = ROOT / "examples" / "phase-2-communes" / "data"
FEW = 8


def test_the_order_of_the_annex_columns_is_sealed(sealed: Path) -> None:
    replace_once(
        sealed / ANNEX,
        "      policy-dialogues: Đối thoại chính sách cấp xã và cụm thôn xóm (cuộc)\n"
        "      change-leader-clubs: Thành lập CLB thủ lĩnh của sự thay đổi\n",
        "      change-leader-clubs: Thành lập CLB thủ lĩnh của sự thay đổi\n"
        "      policy-dialogues: Đối thoại chính sách cấp xã và cụm thôn xóm (cuộc)\n",
    )
    assert [(code, file) for code, file, _ in places(sealed)] == [("L001", ANNEX)]


@pytest.mark.parametrize(
    ("file", "first", "second", "mapping"),
    [
        (PLAN, "  province: {name", "  district: {name", "plan.yaml#/levels"),
        (PLAN, "  communes:", "  villages:", "plan.yaml#/zone"),
        (ANNEX, "  communes:", "  villages:", "annex.yaml#/zone"),
        (ANNEX, "  voice:", "  capacity:", "annex.yaml#/groups"),
        (BUDGET, "  carried-over:", "  granted:", "budget.yaml#/origins"),
        (BUDGET, "  womens-union:", "  labour-department:", "budget.yaml#/holders"),
        (ACTIVITIES, "  part-1-1:", "  part-1-2:", "activities.yaml#/parts"),
        (ACTIVITIES, "      a-1-1-2:", "      a-1-1-3:", "activities.yaml#/parts/part-1-1/activities"),
    ],
)
def test_what_changes_places_is_told_once_and_there(
    sealed: Path, file: str, first: str, second: str, mapping: str
) -> None:
    line = turned(sealed, file, first, second)
    loaded, (finding,) = found_in(sealed)
    at = line + 4 if mapping == "annex.yaml#/groups" else line  # the first indicator under the heading
    assert (finding.rule.code, finding.place.file, line_of(loaded, finding)) == ("L001", file, at)
    assert f"Order of {mapping}: [" in language("en").say(finding.message)


def test_holders_of_different_levels_may_be_mixed(sealed: Path) -> None:
    """They stand under their levels, whatever stands between them in the file."""
    turned(sealed, BUDGET, "  labour-department:", "  districts:")
    assert places(sealed) == []


def test_an_entry_that_is_added_is_not_told_as_an_order_too(sealed: Path) -> None:
    more = "  reserve: {name: Dự phòng, level: province, amounts: {}}\n"
    edit(sealed, BUDGET, "  districts:\n    name", more + "  districts:\n    name")
    told = [item for item in found_in(sealed)[1] if item.rule.code == "L001"]
    assert [item.place.keys for item in told] == [("holders", "reserve")]


@pytest.mark.parametrize("listed", [True, False])
def test_an_amendment_that_adds_what_has_an_order_lists_the_order(sealed: Path, listed: bool) -> None:
    edit(sealed, PLAN, "  district: {name: Cấp huyện}\n", "  district: {name: Cấp huyện}\n  commune: {name: Cấp xã}\n")
    changes: dict[str, Change] = {"plan.yaml#/levels/commune/name": (None, "Cấp xã")}
    if listed:
        changes["plan.yaml#/levels"] = (["province", "district"], ["province", "district", "commune"])
    amend(sealed, "2024-07", "2024-07-15", changes)
    told = [(code, file) for code, file, _ in places(sealed) if code[0] == "L"]
    assert told == ([] if listed else [("L001", PLAN)])


def mappings(value: object) -> Iterator[dict[str, object]]:
    """Yield the mappings of two or more keys in the records of a plan; within a long one its first entry's alone."""
    if isinstance(value, dict):
        if len(value) > 1:
            yield value
        for item in list(value.values())[: 1 if len(value) > FEW else None]:
            yield from mappings(item)
    elif isinstance(value, StrictModel):
        yield from mappings(list(vars(value).values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from mappings(item)


def on_paper(dataset: Dataset, plan: str) -> list[object]:
    """Return which text and which figure stands in which cell of the sheets of a plan that are printed."""
    return [(sheet.name, sheet.cells) for sheet in sheets(dataset, plan)]


@pytest.mark.parametrize(
    ("folder", "plan", "least"),
    [(DATA, "2024", 8), (DATA, "2021-2025", 6), (EXAMPLE, "2026", 4)],
)
def test_no_mapping_can_be_turned_round_on_paper_unseen(folder: Path, plan: str, least: int) -> None:
    """Whatever mapping of a plan is turned round: where the paper is another one, that is told."""
    dataset = load(folder).dataset
    files = dataset.plans[plan]
    dataset.plans[plan] = files._replace(seal=seal_plan(files, files.plan.document, TODAY))
    before, told = on_paper(dataset, plan), 0
    for mapping in list(mappings(files)):
        kept = dict(mapping)
        mapping.clear()
        mapping.update(reversed(kept.items()))
        if on_paper(dataset, plan) != before:
            told += 1
            assert "L001" in {finding.rule.code for finding in run(dataset, TODAY).findings}, list(kept)
        mapping.clear()
        mapping.update(kept)
    assert told >= least
