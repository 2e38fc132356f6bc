"""One dataset of many provinces: its files, and the same proofs in SQL, run on embedded DuckDB."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow.parquet as pq
import pytest
from country import COMMUNES, INDICATORS, LEVELS, PHASES, write_country
from made_up import write_province
from mutations import changes, sample
from pieces import Change, Edit
from support import DATA, ROOT, TODAY, copy_draft, d8plan, replace_once

from d8plan.checks import references, statements
from d8plan.checks.context import Context
from d8plan.checks.exceptions import MISMATCHED
from d8plan.ledger.build import build
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.parquet.place import replacing
from d8plan.views.dataset_columns import TABLES, DatasetTable, Type

SINGLE_KINDS = ("plus-one", "minus-one", "swapped", "tenfold", "emptied", "pair")
PROOFS = ("budget", "levels", "rates", "statements", "targets", "zones")
CODES = {rule.code for rule in statements.PROVES.values()}


class Row(NamedTuple):
    """A statement that does not follow."""

    province: str
    code: str
    file: str
    line: int
    stated: int
    computed: int


def export(output: Path, *folders: Path, more: Iterable[str] = ()) -> subprocess.CompletedProcess[str]:
    named = [argument for folder in folders for argument in ("--data", str(folder))]
    return d8plan("--lang", "en", *named, "export-data", "--format", "parquet", "--output", str(output), *more)


def made_up(folder: Path, seed: int, communes: int = 5) -> Path:
    """Write a made-up province under an id of its own."""
    write_province(folder, seed, communes)
    return renamed(folder, "son-nguyen")


def renamed(folder: Path, old: str) -> Path:
    """Give the province of a data folder the folder's name as its id."""
    path = folder / "units.yaml"
    text = path.read_text(encoding="utf-8")
    assert f"{old}: {{" in text or f"{old}:\n" in text
    path.write_text(text.replace(old, folder.name), encoding="utf-8", newline="\n")
    return folder


def open_dataset(dataset: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with a view a table, as docs/scale.md has it."""
    connection = duckdb.connect()
    for table in TABLES:
        connection.execute(
            f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet('{dataset}/{table.name}/*/*/*.parquet', "
            "hive_partitioning = true, hive_types = {'province': VARCHAR, 'year': INTEGER})"
        )
    return connection


def proven(connection: duckdb.DuckDBPyConnection, texts: Iterable[str]) -> list[Row]:
    """Return what SQL finds, in order."""
    found = []
    for text in texts:
        for province, _, _, code, file, line, stated, computed in connection.execute(text).fetchall():
            found.append(Row(province, code, file, line, stated, computed))
    return sorted(found)


def proofs(dataset: Path) -> list[str]:
    return [(dataset / "proofs" / f"{name}.sql").read_text(encoding="utf-8") for name in PROOFS]


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


CORNERS = {
    "units.yaml": """\
kinds: {province: {name: tỉnh}, commune: {name: xã}}
units:
  corners: {name: Góc, kind: province, order: 0}
  u-1: {name: Một, kind: commune, order: 1, parent: corners}
  u-2: {name: Hai, kind: commune, order: 2, parent: corners}
  u-3: {name: Ba, kind: commune, order: 3, parent: corners}
""",
    "documents.yaml": "documents:\n  kh: {kind: Kế hoạch, number: 1/KH}\n",
    "indicators.yaml": """\
contents:
  all: {number: "1", name: Tất cả, lines: [1]}
indicators:
  above: {name: Tử số, short_name: Tử, unit_of_measure: người, content: all, order: 1,
    aggregation: {units: sum, years: sum}}
  below: {name: Mẫu số, short_name: Mẫu, unit_of_measure: người, content: all, order: 2,
    aggregation: {units: sum, years: sum}}
  rate: {name: Tỷ lệ phần trăm, short_name: Tỷ lệ, unit_of_measure: "%", content: all, order: 3,
    aggregation: {units: rate, years: rate, numerator: above, denominator: below}}
  alone: {name: Điểm số, short_name: Điểm, unit_of_measure: điểm, content: all, order: 4,
    aggregation: {units: not-additive, years: not-additive}}
  empty: {name: Chưa có gì, short_name: Trống, unit_of_measure: lớp, content: all, order: 5,
    aggregation: {units: sum, years: sum}}
""",
    "plans/2026/plan.yaml": """\
title: Kế hoạch 2026
document: kh
period: {first: 2026, last: 2026}
levels: {p: {name: Cấp tỉnh}, c: {name: Cấp xã}}
zone:
  z: {name: Số thôn, unit_of_measure: thôn, total: 8, source: {document: kh, lines: [1]}}
groups:
  g: {name: Xã điểm, units: [u-1, u-2], source: {document: kh, lines: [1]}}
units:
  u-1: {number: 1, zone: {z: 3}}
  u-2: {number: 2, zone: {z: null}}
  u-3: {number: 3, zone: {z: 4}}
""",
    "plans/2026/allocations.yaml": """\
source: {document: kh, target: 1, levels: 2}
indicators:
  above:
    target: 9
    levels: {p: 2, c: 3}
    units: {u-1: {p: 1, c: 2}, u-2: {p: 0, c: null}, u-3: null, unallotted: {p: 5, c: null}}
  below:
    target: 15
    units: {u-1: {p: 8, c: 3}, u-2: {p: 4, c: null}, u-3: null}
  rate:
    target: 53
    levels: {p: 9, c: 67}
    units: {u-1: {p: 12, c: 67}, u-2: {p: 0, c: null}, u-3: null}
  alone:
    target: 90
    levels: {p: 88}
    control: {p: 1, c: 77}
    units: {u-1: {p: 70, c: 60}, u-2: {p: 80, c: 50}, u-3: null}
  empty:
    target: 4
    units: {u-1: null, u-2: null, u-3: null}
""",
    "plans/2026/statements.yaml": """\
values:
  units-of-two-levels: {select: {indicator: above}, aggregate: count, value: 3, TEXT}
  units-with-a-zero: {select: {indicator: above, level: p}, aggregate: count, value: 2, TEXT}
  sum-of-named: {select: {indicator: above, units: [u-1, u-2]}, value: 4, TEXT}
  sum-of-nothing: {select: {indicator: empty}, value: 1, TEXT}
  count-of-nothing: {select: {indicator: empty}, aggregate: count, value: 1, TEXT}
  repeats-target: {select: {indicator: alone}, value: 91, TEXT}
  repeats-level: {select: {indicator: alone, level: p}, value: 1, TEXT}
  repeats-control: {select: {indicator: alone, level: c}, value: 70, TEXT}
  one-figure: {select: {indicator: alone, level: p, units: [u-1]}, value: 71, TEXT}
  no-sum-of-these: {select: {indicator: alone, units: [u-1, u-2]}, value: 260, TEXT}
  no-such-level: {select: {zone: z, level: p}, value: 5, TEXT}
  zone-units: {select: {zone: z}, aggregate: count, value: 3, TEXT}
  group-units: {select: {group: g}, aggregate: count, value: 3, TEXT}
  group-narrowed: {select: {group: g, units: [u-1]}, aggregate: count, value: 8, TEXT}
  group-figures: {select: {group: g, indicator: above, level: p}, value: 9, TEXT}
  group-counted: {select: {group: g, indicator: below}, aggregate: count, value: 9, TEXT}
""".replace("TEXT", "text: Số, source: {document: kh, lines: [1]}"),
    "plans/2027/plan.yaml": """\
title: Kế hoạch 2027
document: kh
period: {first: 2027, last: 2027}
levels: {p: {name: Cấp tỉnh}, c: {name: Cấp xã}}
units:
  u-1: {number: 1, zone: {}}
""",
    "plans/2027/allocations.yaml": """\
source: {document: kh}
indicators:
  above:
    target: 1
    levels: {p: 1, c: 0}
    units: {u-1: {p: 1, c: 0}}
  below:
    target: 200
    levels: {p: 200, c: 0}
    units: {u-1: {p: 200, c: 0}}
  rate:
    target: 0
    levels: {p: 1, c: 7}
    units: {u-1: {p: 0, c: 6}}
""",
    "plans/2026/budget.yaml": """\
origins: {old: {name: Chuyển, years: [2025]}, new: {name: Cấp, years: [2026]}}
holders:
  h-1: {name: Một, level: p, amounts: {old: {amount: 900000000000001}, new: {amount: 2}}}
  h-2: {name: Hai, level: p, amounts: {new: {amount: 900000000000003}}}
  h-3: {name: Ba, level: c, amounts: {new: {amount: 4}}}
totals:
  all: {amount: 1}
  level: {level: p, amount: 2}
  holder: {holder: h-1, amount: 3}
  origin: {origin: new, amount: 4}
  both: {level: c, origin: old, amount: 5}
""",
}
"""A province in which nearly everything is wrong that can be."""

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


def write_corners(folder: Path) -> Path:
    for name, text in CORNERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder


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
    ("rates", "200 * n + d", "200 * n"),
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


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """Return a dataset of the shipped plan and a made-up province, and the two folders."""
    above = tmp_path_factory.mktemp("two")
    folders = [DATA, made_up(above / "son-nguyen", seed=1)]
    written = export(above / "dataset", *folders)
    assert written.stdout == f"Written: {above / 'dataset'}\n"
    return above / "dataset", folders


def frictionless(dataset: Path) -> dict[str, Any]:
    """Return what frictionless reports of a dataset's description and files."""
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=dataset,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) is report["valid"]
    return report


def test_frictionless_accepts_the_dataset(two: tuple[Path, list[Path]], tmp_path: Path) -> None:
    dataset, _ = two
    report = frictionless(dataset)
    assert report["valid"] is True
    assert report["warnings"] == []
    described = json.loads((dataset / "datapackage.json").read_text(encoding="utf-8"))
    files = {path.relative_to(dataset).as_posix(): path for path in dataset.rglob("*.parquet")}
    hashes = {path: f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" for path, file in files.items()}
    assert {item["path"]: item["hash"] for item in described["resources"]} == hashes
    assert len(files) == report["stats"]["tasks"] == len(TABLES) * (2 + 2)  # two first years in each folder
    assert [item["title"] for item in described["sources"]][:2] == ["Cao Bằng: Kế hoạch 75/KH-BTV",
                                                                    "Cao Bằng: Kế hoạch 288/KH-BCD"]  # fmt: skip
    wrong = Path(shutil.copytree(dataset, tmp_path / "wrong"))
    schema = wrong / "schemas" / "figures.json"
    schema.write_text(schema.read_text(encoding="utf-8").replace('"value"', '"worth"'), encoding="utf-8")
    assert frictionless(wrong)["valid"] is False


def test_each_table_has_the_same_rows_as_csv(two: tuple[Path, list[Path]]) -> None:
    dataset, folders = two
    connection = open_dataset(dataset)
    for folder, province in zip(folders, ("cao-bang", "son-nguyen"), strict=True):
        for table in ("figures", "budget"):
            shown = d8plan("--data", str(folder), "export-data", "--table", table)
            names, *wanted = csv.reader(io.StringIO(shown.stdout))
            rows = connection.execute(
                f"SELECT {', '.join(names)} FROM {table} WHERE province = ? ORDER BY ALL", [province]
            ).fetchall()
            told = [["" if value is None else str(value) for value in row] for row in rows]
            assert sorted(told) == sorted(wanted)
            assert wanted


def test_partitions_are_the_provinces_and_first_years(two: tuple[Path, list[Path]]) -> None:
    dataset, _ = two
    plans = open_dataset(dataset).execute(
        "SELECT province, year, plan, first, last, phase, state, province_name FROM plans ORDER BY ALL"
    )
    assert plans.fetchall() == [
        ("cao-bang", 2021, "2021-2025", 2021, 2025, None, "issued", "Cao Bằng"),
        ("cao-bang", 2024, "2024", 2024, 2024, "2021-2025", "issued", "Cao Bằng"),
        ("son-nguyen", 2026, "2026", 2026, 2026, "2026-2030", "draft", "Sơn Nguyên"),
        ("son-nguyen", 2026, "2026-2030", 2026, 2030, None, "draft", "Sơn Nguyên"),
        ("son-nguyen", 2027, "2027", 2027, 2027, "2026-2030", "draft", "Sơn Nguyên"),
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_files_have_the_columns_described_and_exact_types(two: tuple[Path, list[Path]], table: DatasetTable) -> None:
    dataset, _ = two
    schema = json.loads((dataset / "schemas" / f"{table.name}.json").read_text(encoding="utf-8"))
    names = [column.name for column in table.columns]
    assert [field["name"] for field in schema["fields"]] == names
    assert not {"province", "year"} & set(names)
    types = {Type.TEXT: "string", Type.WHOLE: "int64", Type.YES_NO: "bool"}
    for path in dataset.glob(f"{table.name}/*/*/*.parquet"):
        held = pq.ParquetFile(path).schema_arrow
        assert [(field.name, str(field.type)) for field in held] == [
            (column.name, types[column.type]) for column in table.columns
        ]


def test_the_key_of_a_statement_is_unique_in_its_plan(country: Country) -> None:
    rows = country.connection.execute("SELECT count(*), count(DISTINCT (province, plan, pointer)) FROM totals")
    every, distinct = rows.fetchall()[0]
    assert every == distinct > 1000


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_data_gives_the_same_bytes(two: tuple[Path, list[Path]], tmp_path: Path) -> None:
    dataset, folders = two
    assert export(tmp_path / "again", *folders).returncode == 0
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)
    other_order = [*reversed(folders)]
    assert export(tmp_path / "again", *other_order, more=["--force"]).returncode == 0
    kept = {path: content for path, content in bytes_of(tmp_path / "again").items() if path != "datapackage.json"}
    assert kept.items() <= bytes_of(dataset).items()


def test_a_dataset_is_replaced_as_a_whole_and_only_when_asked(tmp_path: Path) -> None:
    dataset = tmp_path / "dataset"
    assert export(dataset, DATA, made_up(tmp_path / "other", seed=1)).returncode == 0
    before = bytes_of(dataset)
    refused = export(dataset, DATA)
    assert refused.returncode == 3
    assert "--force" in refused.stderr
    assert bytes_of(dataset) == before
    assert export(dataset, DATA, more=["--force"]).returncode == 0
    assert {path.name for path in (dataset / "figures").iterdir()} == {"province=cao-bang"}


@pytest.mark.parametrize("where", ["", "figures", "figures/province=cao-bang", "proofs", "schemas"])
def test_a_dataset_with_any_other_file_in_it_is_left_alone(tmp_path: Path, where: str) -> None:
    dataset = tmp_path / "dataset"
    assert export(dataset, DATA).returncode == 0
    (dataset / where / "mine.sql").write_text("mine", encoding="utf-8")
    before = bytes_of(dataset)
    refused = export(dataset, DATA, more=["--force"])
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "no dataset of d8plan" in refused.stderr
    assert bytes_of(dataset) == before


@pytest.mark.parametrize("output", [".", "..", "../here"])
def test_the_folder_one_is_in_is_never_replaced(tmp_path: Path, output: str) -> None:
    here = tmp_path / "here"
    here.mkdir()
    named = ["--lang", "en", "--data", str(DATA), "export-data", "--format", "parquet", "--output", output, "--force"]
    refused = d8plan(*named, cwd=here)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "the folder you are in" in refused.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


@pytest.mark.parametrize("holds", ["a file", "another dataset", "is a file"])
def test_what_is_no_dataset_is_never_replaced(tmp_path: Path, holds: str) -> None:
    output = tmp_path / "output"
    mine = output / ("datapackage.json" if holds == "another dataset" else "mine.txt")
    if holds == "is a file":
        mine = output
    mine.parent.mkdir(exist_ok=True)
    mine.write_text('{"name": "mine"}', encoding="utf-8")
    shown = export(output, DATA, more=["--force"])
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "no dataset of d8plan" in shown.stderr
    assert mine.read_text(encoding="utf-8") == '{"name": "mine"}'
    assert list(tmp_path.iterdir()) == [output]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    assert export(tmp_path / "output", DATA).returncode == 0


def test_a_dataset_needs_a_folder() -> None:
    shown = d8plan("--lang", "en", "export-data", "--format", "parquet")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "--output" in shown.stderr


def test_two_folders_of_one_province_are_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_province(first, 1, 5)
    write_province(second, 2, 5)
    shown = export(tmp_path / "output", first, second)
    assert shown.returncode == 3
    assert all(word in shown.stderr for word in (str(first), str(second), "son-nguyen"))
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second"}


def test_the_same_folder_named_twice_counts_once(tmp_path: Path) -> None:
    assert export(tmp_path / "output", DATA, DATA).returncode == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order: 0}", "order: 0, parent: u-1}"),
        ("order: 3, parent: corners}", "order: 3}\n  u-4: {name: Bốn, kind: commune, order: 4, parent: u-3}"),
    ],
    ids=["none", "two"],
)
def test_a_folder_that_is_not_of_one_province_is_refused(tmp_path: Path, old: str, new: str) -> None:
    folder = write_corners(tmp_path / "data")
    replace_once(folder / "units.yaml", old, new)
    shown = export(tmp_path / "output", folder)
    assert shown.returncode == 3
    assert "province" in shown.stderr
    assert not (tmp_path / "output").exists()


def test_nothing_is_written_where_one_folder_cannot_be_read_wholly(tmp_path: Path) -> None:
    folder = write_corners(tmp_path / "data")
    replace_once(folder / "plans/2026/allocations.yaml", "target: 15", "target: many")
    shown = export(tmp_path / "output", DATA, folder)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert str(folder) in shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_folder_without_a_plan_is_refused(tmp_path: Path) -> None:
    folder = write_corners(tmp_path / "data")
    shutil.rmtree(folder / "plans")
    shown = export(tmp_path / "output", DATA, folder)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert str(folder) in shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_wrong_data_is_exported_and_told(tmp_path: Path) -> None:
    folder = write_corners(tmp_path / "data")
    shown = export(tmp_path / "output", DATA, folder)
    assert shown.returncode == 0
    assert shown.stderr.splitlines() == [f"{folder} has findings: “d8plan --data {folder} validate” shows them"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_other_formats_take_one_folder(tmp_path: Path, form: str) -> None:
    shown = d8plan("--lang", "en", "--data", str(DATA), "--data", str(tmp_path), "export-data", "--format", form)
    assert shown.returncode == 2
    assert "d8plan export-data --format parquet" in shown.stderr


def test_without_pyarrow_only_this_format_is_missing(tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError('pyarrow', name='pyarrow')\n", encoding="utf-8")
    env = {"PYTHONPATH": str(tmp_path)}
    arguments = ("export-data", "--format", "parquet", "--output", str(tmp_path / "output"))
    shown = d8plan("--lang", "en", *arguments, env=env)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert 'pip install "d8plan[parquet]"' in shown.stderr
    assert not (tmp_path / "output").exists()
    assert d8plan("export-data", env=env).returncode == 0


def test_what_is_interrupted_leaves_the_old_dataset(tmp_path: Path) -> None:
    old = tmp_path / "dataset"
    old.mkdir()
    (old / "datapackage.json").write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), replacing(old) as new:
        (new / "datapackage.json").write_text("new", encoding="utf-8")
        raise KeyboardInterrupt
    assert bytes_of(tmp_path) == {"dataset/datapackage.json": b"old"}


def test_where_the_new_one_cannot_take_its_place_the_old_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "dataset"
    old.mkdir()
    (old / "datapackage.json").write_text("old", encoding="utf-8")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"), replacing(old) as new:
        (new / "datapackage.json").write_text("new", encoding="utf-8")
    assert bytes_of(tmp_path) == {"dataset/datapackage.json": b"old"}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    shown = export(tmp_path / "file" / "output", DATA)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "cannot be written" in shown.stderr
    assert bytes_of(tmp_path) == {"file": b"mine"}


def test_the_proofs_in_a_dataset_are_those_of_the_package(two: tuple[Path, list[Path]]) -> None:
    dataset, _ = two
    shipped = {path.name: path.read_bytes() for path in (ROOT / "src/d8plan/storage/parquet/proofs").glob("*.sql")}
    assert {path.name: path.read_bytes() for path in (dataset / "proofs").iterdir()} == shipped
    assert sorted(shipped) == [f"{name}.sql" for name in PROOFS]


SCALE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_page_runs_the_proofs_on_duckdb(two: tuple[Path, list[Path]]) -> None:
    dataset, _ = two
    code = next(
        block for block in re.findall(r"^```python\n(.*?)^```$", SCALE, re.MULTILINE | re.DOTALL) if "duckdb" in block
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=dataset.parent, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    shipped = [line for line in done.stdout.splitlines() if line.startswith("cao-bang ")]
    assert [line.split()[-2:] for line in shipped] == [["22991000000", "22991000260"]]


def test_the_page_names_every_table_column_and_proof() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", SCALE, re.MULTILINE))
    common = {"plan", "last"}
    for table in TABLES:
        named = set(re.findall(r"`([a-z_]+)`", rows[table.name]))
        assert named == {column.name for column in table.columns} - common, table.name
    assert {name for name in rows if name.endswith(".sql")} == {f"{name}.sql" for name in PROOFS}


def test_a_made_up_country_is_one_dataset_without_a_fault(tmp_path: Path) -> None:
    folders = write_country(tmp_path / "country", provinces=2)
    written = export(tmp_path / "dataset", *folders)
    assert (written.returncode, written.stderr) == (0, "")
    connection = open_dataset(tmp_path / "dataset")
    plans = sum(1 + len(years) for years in PHASES.values())
    counted = connection.execute("SELECT province, count(*) FROM figures GROUP BY ALL ORDER BY ALL").fetchall()
    each = plans * INDICATORS * COMMUNES * len(LEVELS)
    assert counted == [("tinh-01", each), ("tinh-02", each)]
    assert proven(connection, proofs(tmp_path / "dataset")) == []
