"""The proofs in SQL find what the checks find."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from datasets import CORNERS, PROOFS, Row, export, made_up, open_dataset, proofs, proven, renamed, write_corners
from made_up import write_province
from mutations import changes, sample
from pieces import Change, Edit
from support import DATA, TODAY, copy_draft, d8plan

from d8plan.checks import references, statements
from d8plan.checks.context import Context
from d8plan.checks.exceptions import MISMATCHED
from d8plan.ledger.build import build
from d8plan.storage.data.loader import Loaded, load

SINGLE_KINDS = ("plus-one", "minus-one", "swapped", "tenfold", "emptied", "pair")
CODES = {rule.code for rule in statements.PROVES.values()}


def checked(folder: Path) -> list[Row]:
    """Return what the checks of the program find of the same statements, in order."""
    loaded = load(folder)
    return sorted(
        Row(
            next(key for key, unit in _units(loaded).items() if unit.parent is None),
            item.rule.code,
            item.place.file,
            loaded.mark(item.place).line,
            int(item.stated or 0),
            int(item.computed or 0),
        )
        for item in statements.check(context_of(loaded)).findings
        if item.rule.code in CODES
    )


def context_of(loaded: Loaded) -> Context:
    found = references.follow(loaded.dataset)
    ledger = build(loaded.dataset, found.unprovable)
    return Context(loaded.dataset, ledger, TODAY, not found.unprovable, found.unprovable)


def _units(loaded: Loaded) -> dict[str, Any]:
    assert loaded.dataset.units is not None
    return loaded.dataset.units.units


def apply(folder: Path, made: Iterable[Change]) -> None:
    """Write changes into a folder; of two at one place the first counts."""
    by_file: defaultdict[str, dict[int, Edit]] = defaultdict(dict)
    for change in made:
        for edit in change.edits:
            by_file[edit.piece.file].setdefault(edit.piece.start, edit)
    for file, edits in by_file.items():
        path = folder / file
        text = path.read_bytes().decode("utf-8")
        for start, (number, new) in sorted(edits.items(), reverse=True):
            text = f"{text[:start]}{new}{text[start + len(number.typed) :]}"
        path.write_bytes(text.encode("utf-8"))


def faulty(above: Path, name: str, source: Path, root: str, seed: int, count: int) -> Iterator[Path]:
    """Yield copies of a folder that can be read, each with a few changes: one in the first half, else up to eight."""
    chance = random.Random(seed)
    every = [
        change
        for change in changes(source, SINGLE_KINDS, seed)
        if all(edit.piece.file.startswith("plans/") and edit.piece.file.endswith(".yaml") for edit in change.edits)
    ]
    made = 0
    singles = iter(chance.sample(sample(every, 4 * count, seed), 4 * count))
    while made < count:
        folder = copy_draft(above / f"{name}-{made}", source)
        apply(folder, [next(singles)] if made < count / 2 else chance.sample(every, chance.randint(2, 8)))
        if load(folder).dataset.broken:
            shutil.rmtree(folder)
            continue
        made += 1
        yield renamed(folder, root)


WRONG = [
    # Nothing of the origin at that level, but the cell for it is there.
    ("B001", 1, 1_800_000_000_000_010), ("B001", 2, 1_800_000_000_000_006), ("B001", 3, 900_000_000_000_003),
    ("B001", 4, 900_000_000_000_009), ("B001", 5, 0),
    # Both on one line; the third is of the rate: 6 of 12.
    ("A001", 2, 6), ("A001", 3, 2), ("A001", 9, 50),
    ("A002", 9, 8), ("A002", 4, 0),
    ("A003", 12, 13),  # 1 of 8 is 12.5 %
    # 1 of 200 is half a per cent, of the target and of the unit; 6 and 7 per cent of nothing are none.
    ("A002", 0, 1), ("A003", 0, 1), ("A001", 7, 0), ("A003", 6, 0),
    ("Z001", 8, 7),
    # A printed 0 is nothing: of the two levels one unit has some, of the one level too.
    ("S001", 3, 1), ("S001", 2, 1), ("S001", 8, 1), ("S001", 9, 1), ("S001", 9, 2),
    ("S001", 4, 3), ("S001", 1, 0), ("S001", 1, 0), ("S001", 91, 90), ("S001", 1, 88),
    ("S001", 70, 77), ("S001", 71, 70), ("S001", 3, 2), ("S001", 3, 2),
]  # fmt: skip
"""Rule, stated and computed, worked out by hand."""


class Country(NamedTuple):
    """Data folders, the dataset that was made of them, and what the checks find in the folders."""

    folders: list[Path]
    dataset: Path
    connection: duckdb.DuckDBPyConnection
    expected: list[Row]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """Return a dataset of the shipped plan, of made-up provinces, and of many faulty copies of both."""
    above = tmp_path_factory.mktemp("country")
    source = above / "source"
    write_province(source, seed=5, communes=5)
    folders = [
        DATA,
        write_corners(above / "corners"),
        *(made_up(above / f"made-up-{seed}", seed, 3 + seed) for seed in range(1, 5)),
    ]
    folders += faulty(above, "shipped", DATA, "cao-bang", seed=1, count=24)
    folders += faulty(above, "faulty", source, "son-nguyen", seed=2, count=40)
    written = export(above / "dataset", *folders)
    assert written.returncode == 0, written.stderr
    found = sorted(row for folder in folders for row in checked(folder))
    return Country(folders, above / "dataset", open_dataset(above / "dataset"), found)


def test_sql_finds_what_the_checks_find(country: Country) -> None:
    rows = proven(country.connection, proofs(country.dataset))
    assert rows == country.expected
    assert {row.code for row in rows} == CODES
    assert len({row.province for row in rows}) > 40


def test_sql_finds_the_one_sum_of_the_shipped_plan_that_does_not_hold(country: Country) -> None:
    rows = [row for row in proven(country.connection, proofs(country.dataset)) if row.province == "cao-bang"]
    # Section IV.1 of the plan: 22.991.000.000 đ, and its two parts come to 260 đ more.
    line = (DATA / "plans/2024/budget.yaml").read_text(encoding="utf-8").splitlines().index("    amount: 22991000000")
    assert rows == [Row("cao-bang", "B001", "plans/2024/budget.yaml", line + 1, 22_991_000_000, 22_991_000_260)]


def test_sql_finds_what_is_wrong_by_hand(country: Country) -> None:
    rows = [row for row in proven(country.connection, proofs(country.dataset)) if row.province == "corners"]
    assert sorted((row.code, row.stated, row.computed) for row in rows) == sorted(WRONG)
    lines = CORNERS["plans/2026/allocations.yaml"].splitlines()
    assert [row.line for row in rows if row.code == "A001"][:2] == [lines.index("    levels: {p: 2, c: 3}") + 1] * 2


MUTANTS = [
    ("levels", "AND f.level = t.level", ""),
    ("levels", "f.province = t.province AND", ""),
    ("levels", "SUM(f.value), 0) <>", "SUM(f.value), 0) >"),
    ("levels", "t.proof = 'sum'", "1 = 1"),
    ("targets", "f.plan = t.of_plan AND", ""),
    ("targets", "AND t.proof = 'sum'", ""),
    ("targets", "LEFT JOIN", "JOIN"),
    ("zones", "t.source = 'zone'", "t.source = 'level'"),
    ("zones", "AND f.indicator = t.indicator", ""),
    ("budget", "AND (t.level IS NULL OR b.level = t.level)", ""),
    ("budget", "AND (t.holder IS NULL OR b.holder = t.holder)", ""),
    ("budget", "AND (t.origin IS NULL OR b.origin = t.origin)", ""),
    ("rates", "2 * n * p + d", "2 * n * p"),
    ("rates", "AND (t.unit IS NULL OR f.unit = t.unit)", ""),
    ("rates", "AND (t.level IS NULL OR f.level = t.level)", ""),
    ("statements", "(n.pointer IS NULL OR s.unit IS NOT NULL)", "1 = 1"),
    ("statements", "(t.level IS NULL OR f.level = t.level)", "1 = 1"),
    ("statements", "f.plan = t.of_plan", "f.plan = t.plan"),
    ("statements", "WHEN t.proof = 'sum'", "WHEN 1 = 1"),
    ("statements", "COUNT(DISTINCT CASE WHEN value > 0 AND unit <> 'unallotted' THEN unit END)", "COUNT(unit)"),
    ("statements", "t.kind = 'group'", "t.kind = 'none'"),
    ("statements", "t.proof = 'repeated'", "t.proof = 'none'"),
    ("statements", "(a.level = t.level OR (a.level IS NULL AND t.level IS NULL))", "1 = 1"),
]


@pytest.mark.parametrize(("name", "old", "new"), MUTANTS, ids=[f"{name} {old}" for name, old, _ in MUTANTS])
def test_a_proof_that_is_wrong_would_be_seen(country: Country, name: str, old: str, new: str) -> None:
    texts = dict(zip(PROOFS, proofs(country.dataset), strict=True))
    assert old in texts[name]
    texts[name] = texts[name].replace(old, new)
    assert proven(country.connection, texts.values()) != country.expected


def test_validate_tells_of_each_row(country: Country) -> None:
    named = [argument for folder in country.folders for argument in ("--data", str(folder))]
    report = json.loads(d8plan("--lang", "en", *named, "validate", "--format", "json").stdout)
    told: set[tuple[str, str, int]] = set()
    for document in report["folders"]:
        for finding in document["findings"]:
            places = [finding, *finding["related"]]
            told |= {(finding["code"], _inside(place), place["line"]) for place in places}
            told |= {(place["message"].split(" ")[0], _inside(place), place["line"]) for place in finding["related"]}
    where = {folder.name: folder for folder in country.folders} | {"cao-bang": DATA}
    for row in proven(country.connection, proofs(country.dataset)):
        at = (_inside({"file": str(where[row.province] / row.file)}), row.line)
        assert {(row.code, *at), (MISMATCHED.code, *at)} & told, row


def _inside(place: dict[str, Any]) -> str:
    """Return a path from the data folder's own name on."""
    parts = str(place["file"]).split("/")
    return "/".join(parts[parts.index("plans") - 1 :]) if "plans" in parts else parts[-1]


def test_the_key_of_a_statement_is_unique_in_its_plan(country: Country) -> None:
    rows = country.connection.execute("SELECT count(*), count(DISTINCT (province, plan, pointer)) FROM totals")
    every, distinct = rows.fetchall()[0]
    assert every == distinct > 1000
