"""The proof of the proof: whatever number is changed, in the shipped plan or a made-up one, validate finds it there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from made_up import COST, LEVELS, PHASE, QUARTERS, YEARS, write_province
from mutations import (
    NUMBERS,
    OK,
    PAIR,
    SURVIVORS,
    UNUSABLE,
    State,
    changes,
    errors_of,
    judge,
    main,
    numbers_of,
    report,
    sample,
    spliced,
)
from pieces import Change, Page, pages
from slips import FILE, ORDER, RATE, RESULT, SELECTOR, SLIPS, Folder
from support import DATA, ROOT, TODAY, d8plan
from truth import at

from d8plan.checks import run
from d8plan.storage.data import strict_yaml
from d8plan.storage.data.loader import load

EXAMPLE = ROOT / "examples" / "phase-2-communes" / "data"
SAMPLE = 128
"""Changes tried in each folder; `python tests/mutations.py` tries them all."""


def seal(folder: Path) -> None:
    """Seal every plan of a made-up province as its document, of the register, states it."""
    documents = strict_yaml.read((folder / "documents.yaml").read_bytes()).data
    assert isinstance(documents, dict)
    for plan in (PHASE, *YEARS):
        named = strict_yaml.read((folder / "plans" / plan / "plan.yaml").read_bytes()).data
        assert isinstance(named, dict)
        document = documents["documents"][named["document"]]
        arguments = ("seal", plan, "--document", document["number"], "--date", document["date"])
        sealed = d8plan("--data", str(folder), *arguments)
        assert sealed.returncode == 0, sealed.stderr


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up province whose plans are drafts, with results."""
    folder = tmp_path_factory.mktemp("draft") / "data"
    write_province(folder, seed=7, communes=5, reported=True)
    return folder


@pytest.fixture(scope="module")
def made_up(draft: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up province whose plans are all sealed."""
    folder = Path(shutil.copytree(draft, tmp_path_factory.mktemp("made-up") / "data"))
    seal(folder)
    return folder


def missed(folder: Path, every: list[Change]) -> list[str]:
    """Return every change that validate does not find at its line."""
    tried = list(zip(every, judge(folder, every), strict=True))
    return [change.told() + str(verdict) for change, verdict in tried if verdict.state is not State.FOUND]


def test_no_change_of_the_shipped_data_survives() -> None:
    every = sample(changes(DATA, NUMBERS), SAMPLE, seed=0)
    assert {change.kind for change in every} == set(NUMBERS)
    assert missed(DATA, every) == []


def test_no_change_of_a_made_up_province_survives(made_up: Path) -> None:
    every = sample(changes(made_up, NUMBERS), SAMPLE, seed=0)
    assert {change.kind for change in every} == set(NUMBERS)
    assert missed(made_up, every) == []


def test_no_slip_of_the_shipped_data_survives() -> None:
    every = sample(changes(DATA, SLIPS), 60, seed=0)
    assert {change.kind for change in every} == {*SLIPS} - {RATE, RESULT}, "it has neither rates nor results"
    assert missed(DATA, every) == []


def test_no_slip_of_a_made_up_province_survives(made_up: Path) -> None:
    every = sample(changes(made_up, SLIPS), 90, seed=0)
    assert {change.kind for change in every} == {*SLIPS}
    assert missed(made_up, every) == []


def test_no_slip_of_a_draft_that_makes_it_false_survives(draft: Path) -> None:
    every = sample(changes(draft, SLIPS), 75, seed=0)
    assert {change.kind for change in every} == {*SLIPS} - {ORDER}, "only what is signed has an order"
    assert missed(draft, every) == []


def test_no_rate_of_the_example_survives() -> None:
    every = sample(changes(EXAMPLE, [RATE]), 24, seed=0)
    assert missed(EXAMPLE, every) == []


def test_two_changes_that_cancel_each_other_survive_without_a_seal(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(data), "--kinds", PAIR, "--sample", "6"]
    assert main(arguments) == SURVIVORS
    told = capsys.readouterr().out
    assert re.search(
        r"^survived: pair plans/\S+\.yaml:\d+ \d+ → \d+, plans/\S+\.yaml:\d+ \d+ → \d+$", told, re.MULTILINE
    )
    assert main(arguments) == SURVIVORS
    assert capsys.readouterr().out == told, "the same seed gives the same report"


def test_a_change_found_at_another_line_is_told(data: Path) -> None:
    every = [
        change
        for change in changes(data, ["plus-one"])
        if change.edits[0].piece.keys[-3:] == ("units", "bao-lac", "district")
    ][:1]
    (verdict,) = judge(data, every, jobs=1)
    assert verdict.state is State.ELSEWHERE
    assert "A001" in verdict.codes
    last = report([(every[0], verdict)])[-1]
    assert last.startswith("elsewhere: plus-one plans/2021-2025/allocations.yaml:")


def test_a_folder_with_errors_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "documents.yaml").unlink()
    assert main(["--data", str(data)]) == UNUSABLE
    assert "Y007" in capsys.readouterr().err


def test_a_sample_that_is_found_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample", "4", "--kinds", "plus-one,text", "--jobs", "1"]) == OK
    assert capsys.readouterr().out.startswith("kind ")


def test_only_numbers_are_changed(tmp_path: Path) -> None:
    text = '# 1\nids-2:\n  a3: 4  # 5\n  "6": "7"\n  b: [8, đ 9, 2.3, 10-11, {c: 2024-02-29}]\n  d: null\n'
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    sealed = {"format": 1, "plan": {"made.yaml#/ids-2/a3": 4}, "date": "2024-03-20", "digest": "sha256:0a", "n": "12"}
    (tmp_path / "seal.json").write_text(json.dumps(sealed, indent=1), encoding="utf-8")
    found = numbers_of(tmp_path)
    assert [number.digits for number in found] == ["4", "8", "2024-02-29", "1", "4", "2024-03-20", "sha256:0a"]
    assert [number.line for number in found[:3]] == [3, 5, 5]
    told = {change.kind: change.told() for change in changes(tmp_path, NUMBERS) if change.edits[0].piece == found[0]}
    assert told["forged"] == "made.yaml:3 4 → 5, seal.json:4 4 → 5"
    by_kind = [
        (change.kind, change.edits[0].new) for change in changes(tmp_path, NUMBERS) if change.edits[0].piece == found[2]
    ]
    assert by_kind == [("plus-one", "2024-03-01"), ("minus-one", "2024-02-28"), ("emptied", "null"), ("text", "nhiều")]
    digest = [change.edits[0].new for change in changes(tmp_path, NUMBERS) if change.edits[0].piece == found[-1]]
    assert digest == ['"sha256:0b"', '"sha256:09"', '"sha256:a0"', '"sha256:0a0"', "null", '"nhiều"']


def test_each_column_has_pairs_of_neighbours_and_others_that_keep_its_sum() -> None:
    every = changes(DATA, [PAIR])
    moved = [[int(edit.new) - int(edit.piece.digits) for edit in change.edits] for change in every]
    assert moved == [[1, -1]] * len(every)
    assert {change.file.rsplit("/", 1)[-1] for change in every} == {"allocations.yaml", "plan.yaml", "budget.yaml"}
    assert changes(DATA, [PAIR]) == every
    assert changes(DATA, [PAIR], seed=1) != every


def test_in_a_draft_only_what_becomes_false_is_tried(draft: Path, made_up: Path) -> None:
    total = '{holder: womens-union, amount: 9114896927} → {"holder": "womens-union", "amount": 9114896927, "level": '
    told = [change.told() for change in changes(draft, [SELECTOR])]
    assert [one for one in told if total in one] == [f'plans/2026/budget.yaml:30 {total}"commune"}}'], "none is there"
    told = [change.told() for change in changes(made_up, [SELECTOR])]
    assert len([one for one in told if total in one]) == len(LEVELS), "what was sealed is no other, true or not"


def test_sums_made_apart_find_what_an_exception_covers(draft: Path) -> None:
    assert Folder(DATA).false == {("plans/2024/budget.yaml", ("totals", "province-granted"))}
    assert Folder(draft).false == {("plans/2026/budget.yaml", ("totals", "province-granted"))}
    assert Folder(EXAMPLE).false == set()


def test_only_an_order_that_is_printed_is_changed() -> None:
    every, before = changes(DATA, [ORDER]), pages(DATA)
    moved = {(change.file.rsplit("/", 1)[-1], change.edits[0].piece.keys[0]) for change in every}
    assert moved == {
        ("plan.yaml", "levels"),
        ("annex.yaml", "zone"),
        ("annex.yaml", "groups"),
        ("budget.yaml", "origins"),
        ("budget.yaml", "holders"),
    }
    for change in every:
        above = change.edits[0].piece.keys[:-1]
        page = Page(change.file, spliced((DATA / change.file).read_bytes(), change.edits))
        assert page.data == before[change.file].data
        assert list(at(page.data, above)) != list(at(before[change.file].data, above))


def test_each_file_of_a_sealed_folder_is_lost_once_and_its_seals_together() -> None:
    every = changes(DATA, [FILE])
    held = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert {change.deleted[0] for change in every if len(change.deleted) == 1} == held
    assert {change.deleted for change in every if change.sealed} >= {
        tuple(sorted(one for one in held if "seal" in one))
    }


def test_what_nobody_can_miss_in_a_draft_is_not_lost(draft: Path) -> None:
    lost = {change.deleted[0] for change in changes(draft, [FILE])}
    left = {path.relative_to(draft).as_posix() for path in draft.rglob("*.yaml")} - lost
    assert left == {f"plans/{plan}/annex.yaml" for plan in (PHASE, *YEARS)} | {
        f"plans/2026/results/{name}.yaml" for name, *_ in QUARTERS
    }


def test_results_are_changed_in_every_way(draft: Path) -> None:
    told = " | ".join(change.told() for change in changes(draft, [RESULT]))
    for what in ("khuoi-rieu → son-nguyen", "communes → womens-union", "1 → 100", "2026-03-31 → 2025-12-31"):
        assert what in told
    assert '2 → {"province": 2}' in told
    assert "2026-03-25 → 2026-04-06" in told, "a correction that came in before what it corrects"


@pytest.mark.parametrize("communes", [3, 12, 56])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_made_up_province_holds(tmp_path: Path, seed: int, communes: int) -> None:
    write_province(tmp_path, seed, communes, reported=True)
    loaded = load(tmp_path)
    made = run(loaded.dataset, TODAY)
    assert (*loaded.findings, *made.findings) == ()
    assert {finding.rule.code for finding in made.covered} == {"B001", "S002"}
    assert len(loaded.dataset.plans["2026"].plan.units) == communes + 1


def test_the_command_takes_a_made_up_province(made_up: Path) -> None:
    told = d8plan("--lang", "en", "--data", str(made_up), "validate")
    assert told.returncode == 0, told.stdout
    assert errors_of(made_up)[1] == []


def test_a_made_up_province_has_no_districts(made_up: Path) -> None:
    for path in made_up.rglob("*.yaml"):
        assert "district" not in path.read_text(encoding="utf-8"), path.name
    for files in load(made_up).dataset.plans.values():
        assert list(files.plan.levels) == ["province", "commune"]


def test_each_file_of_a_made_up_province_is_valid_by_its_schema(made_up: Path) -> None:
    for path in made_up.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        name = "results" if path.parent.name == "results" else path.stem
        assert first.endswith(f"schemas/{name}.schema.json")
        schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(strict_yaml.read(path.read_bytes()).data)


def test_the_same_seed_makes_up_the_same_province(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        write_province(tmp_path / name, seed)
    one, same, other = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.yaml")}
        for name in ("one", "same", "other")
    )
    assert one == same
    assert one != other
    with pytest.raises(ValueError, match="3 to"):
        write_province(tmp_path, 1, communes=2)


def test_a_cap_above_its_budget_is_found_in_a_made_up_province(tmp_path: Path) -> None:
    write_province(tmp_path, 1)
    path = tmp_path / "plans" / YEARS[0] / "activities.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(str(COST), f"{COST}00"), encoding="utf-8", newline="")
    assert [finding.rule.code for finding in errors_of(tmp_path)[1]] == ["S007"]


def test_restoring_leaves_every_byte(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    judge(folder, sample(changes(folder, [*NUMBERS, FILE]), 12, seed=3), jobs=2)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
