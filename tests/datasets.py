"""Datasets of made-up provinces and of the shipped plan."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb
from made_up import write_province
from support import d8plan

from d8plan.views.dataset_columns import TABLES

PROOFS = ("budget", "levels", "rates", "statements", "targets", "zones")


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


def write_corners(folder: Path) -> Path:
    for name, text in CORNERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder
