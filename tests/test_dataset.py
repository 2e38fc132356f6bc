"""The dataset of many provinces: its files, its description, how it is written and replaced."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from country import COMMUNES, INDICATORS, LEVELS, PHASES, write_country
from datasets import PROOFS, export, made_up, open_dataset, proofs, proven, write_corners
from made_up import write_province
from support import DATA, ROOT, d8plan, replace_once

from d8plan.storage.parquet.output_folder import replacing
from d8plan.text.exact import plain, shortest
from d8plan.views.dataset_columns import TABLES, DatasetTable, Type


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


def as_csv(value: object) -> str:
    """Return a value as CSV has it: a decimal without the zeros that its column adds."""
    if isinstance(value, Decimal):
        return plain(shortest(value))
    return "" if value is None else str(value)


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
            told = [[as_csv(value) for value in row] for row in rows]
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
    types = {Type.TEXT: "string", Type.WHOLE: "int64", Type.DECIMAL: "decimal128(21, 6)", Type.YES_NO: "bool"}
    for path in dataset.glob(f"{table.name}/*/*/*.parquet"):
        held = pq.ParquetFile(path).schema_arrow
        assert [(field.name, str(field.type)) for field in held] == [
            (column.name, types[column.type]) for column in table.columns
        ]


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
