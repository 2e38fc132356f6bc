"""Measure d8plan beside what people would use instead: whole processes, on the same files, in alternating runs.

python3 bootstrap.py benchmark [--runs 7] [--provinces 1 10 51] [--patience 600]

Prints tables of medians, ratios and peak memory. A command whose runs on one set of files have taken
longer than ``--patience`` seconds in all is not run again there; the table tells how often each ran.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from country import PROVINCES, write_country

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT / "data"
SCHEMAS = ROOT / "schemas"
LEAST_RUNS = 7
D8PLAN = [sys.executable, "-m", "d8plan"]
PEERS = [sys.executable, str(HERE / "peers.py")]
MEGA = 1_000_000


class Way(NamedTuple):
    """One way to do something: commands that are run one after the other, and timed together."""

    name: str
    commands: list[list[str]]


class Measured(NamedTuple):
    """What became of a way."""

    name: str
    seconds: float
    """Median."""
    runs: int
    memory: int
    """Bytes of the largest of its processes, at its largest."""


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description="Measure d8plan beside its peers.")
    parser.add_argument("--runs", type=int, default=LEAST_RUNS)
    parser.add_argument("--provinces", type=int, nargs="*", default=[1, 10, PROVINCES])
    parser.add_argument("--patience", type=float, default=600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(machine(), end="\n\n")
        found: dict[str, list[Measured]] = {}
        for title, ways in (*shipped(folder), *_made_up(folder, given.provinces)):
            found[title] = list(measure(ways, given.runs, given.patience))
            print(f"**{title}**\n")
            print(table(found[title]), end="\n\n", flush=True)
        print("**Side by side: median, and how many times that of `validate`**\n")
        print(overview(found), end="\n\n")
        print("**Share of the time of `validate` by phase, in one process**\n")
        print(phases({"shipped plan": DATA, "1 province": folder / "country" / "tinh-01"}))


def machine() -> str:
    """Return what the figures were taken on."""
    model = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {platform.python_version()}"


def measure(ways: Iterable[Way], runs: int, patience: float) -> Iterator[Measured]:
    """Run the ways in turn, once to warm up and then ``runs`` times; yield the median of each."""
    ways = list(ways)
    took: dict[str, list[float]] = {way.name: [] for way in ways}
    memory = dict.fromkeys(took, 0)
    for turn in range(runs + 1):
        for way in ways:
            if turn > 1 and sum(took[way.name]) > patience:
                continue
            seconds, size = _run(way.commands)
            memory[way.name] = max(memory[way.name], size)
            if turn or seconds > patience / runs:  # a warm-up that takes so long is a measurement
                took[way.name].append(seconds)
    for way in ways:
        yield Measured(way.name, statistics.median(took[way.name]), len(took[way.name]), memory[way.name])


def _run(commands: Iterable[list[str]]) -> tuple[float, int]:
    """Return how many seconds commands take, and the memory of the largest process."""
    took, largest = 0.0, 0
    for command in commands:
        # A small process starts it: one counts as its own memory what its parent held when it began.
        clocked = subprocess.run([*PEERS, "clock", *command], cwd=ROOT, capture_output=True, check=False)
        if clocked.returncode:
            sys.exit(f"{' '.join(command)[:200]}\n{clocked.stderr.decode(errors='replace')}")
        seconds, memory = clocked.stdout.split()
        took, largest = took + float(seconds), max(largest, int(memory))
    return took, largest


def table(measured: list[Measured]) -> str:
    """Return a Markdown table of ratios to the first."""
    base = measured[0].seconds
    rows = ["| | median | of the first | peak memory | runs |", "|---|---:|---:|---:|---:|"]
    rows += (
        f"| {one.name} | {_time(one.seconds)} | {one.seconds / base:.2f} | {one.memory / MEGA:.0f} MB | {one.runs} |"
        for one in measured
    )
    return "\n".join(rows)


def overview(found: Mapping[str, list[Measured]]) -> str:
    """Return a Markdown table with a column for each title, of the ways that are measured under several."""
    ways = Counter(one.name for measured in found.values() for one in measured)
    shared = [name for name, times in ways.items() if times > 1]
    columns = {title: {one.name: one for one in measured} for title, measured in found.items()}
    columns = {title: by_name for title, by_name in columns.items() if not by_name.keys().isdisjoint(shared)}
    rows = [f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for name in shared:
        cells = (
            f"{_time(by_name[name].seconds)} · {by_name[name].seconds / next(iter(by_name.values())).seconds:.2f}"
            if name in by_name
            else ""
            for by_name in columns.values()
        )
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def shipped(folder: Path) -> Iterator[tuple[str, list[Way]]]:
    """Yield what is measured on the shipped plan."""
    summary = ["summary", "--district", "Bảo Lạc"]
    yield (
        f"The shipped plan ({_size([DATA])})",
        [
            Way("`d8plan validate`", [[*D8PLAN, "validate"]]),
            _imports(folder, "validate", ["validate"]),
            Way("`d8plan summary --district`", [[*D8PLAN, *summary]]),
            _imports(folder, "summary", summary),
            *_peers([DATA], folder),
        ],
    )
    book, cells = folder / "annex.xlsx", folder / "cells.json"
    export = ["export-appendix", "2024", "--output", str(book), "--force"]
    subprocess.run([*D8PLAN, *export], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    cells.write_text(json.dumps(_cells(book)), encoding="utf-8")
    yield (
        "The annex of 2024 as a workbook",
        [
            Way("`d8plan export-appendix`", [[*D8PLAN, *export]]),
            _imports(folder, "export-appendix", export),
            *(
                Way(f"{name}: the same cells, no styles", [[*PEERS, key, str(cells), str(folder / f"{key}.xlsx")]])
                for name, key in (("openpyxl", "openpyxl"), ("XlsxWriter", "xlsxwriter"))
            ),
        ],
    )
    draft = folder / "draft"
    shutil.copytree(DATA, draft)
    for seal in draft.rglob("seal.json"):
        seal.unlink()
    change = ["set", "2024", "savings-groups", "Bảo Lạc", "--level", "district", "--with-totals"]
    there, back = ([*D8PLAN, "--data", str(draft), *change, value] for value in ("16", "17"))
    own = shutil.copy(draft / "plans" / "2024" / "allocations.yaml", folder / "round-trip.yaml")
    yield (
        "One figure and its totals changed, and changed back: two runs",
        [
            Way("`d8plan set`, proven before it is written", [there, back]),
            Way("ruamel.yaml: the file read and written", [[*PEERS, "round-trip", str(own)]] * 2),
        ],
    )


def _made_up(folder: Path, sizes: list[int]) -> Iterator[tuple[str, list[Way]]]:
    """Yield what is measured on made-up provinces."""
    country = write_country(folder / "country", max(sizes, default=1))
    for size in sizes:
        some = country[:size]
        named = list(itertools.chain.from_iterable(("--data", str(one)) for one in some))
        exports = [
            [*D8PLAN, "--data", str(one), "export-data", "--output", str(folder / "out"), "--force"] for one in some
        ]
        yield (
            f"{size} made-up province{'s' if size > 1 else ''} ({_size(some)})",
            [
                Way("`d8plan validate`", [[*D8PLAN, *named, "validate"]]),
                Way("`d8plan export-data`, a run each", exports),
                *_peers(some, folder),
            ],
        )


def _peers(folders: list[Path], folder: Path) -> Iterator[Way]:
    """Yield what others do with the same content."""
    named = [str(one) for one in folders]
    yield Way("PyYAML: C loader", [[*PEERS, "load", *named]])
    yield Way("PyYAML: C parser's events alone", [[*PEERS, "events", *named]])
    yield Way("the bytes read", [[*PEERS, "read", *named]])
    yield Way("check-jsonschema, a run a schema", list(_check_jsonschema(folders)))
    yield Way("yamale: schemas alone", [[*PEERS, "yamale", *named]])
    yield Way("frictionless: the figures as CSV", [[_program("frictionless"), "validate", _package(folders, folder)]])


def _check_jsonschema(folders: list[Path]) -> Iterator[list[str]]:
    kinds: dict[str, list[str]] = {}
    for path in sorted(path for one in folders for path in one.rglob("*.yaml")):
        kind = path.stem if (SCHEMAS / f"{path.stem}.schema.json").exists() else path.parent.name
        kinds.setdefault(kind, []).append(str(path))
    for kind, paths in kinds.items():
        yield [_program("check-jsonschema"), "--schemafile", str(SCHEMAS / f"{kind}.schema.json"), *paths]


def _package(folders: list[Path], folder: Path) -> str:
    """Write the figures of data folders as CSV files with a package that describes them; return its name."""
    package = folder / f"package-{len(folders)}-{folders[0].name}"
    package.mkdir()
    integers = {"value", "amount", "line"}
    resources = []
    for one in folders:
        output = package / one.name
        command = [*D8PLAN, "--data", str(one), "export-data", "--output", str(output)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in sorted(output.glob("*.csv")):
            head = path.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
            fields = [{"name": name, "type": "integer" if name in integers else "string"} for name in head]
            name = f"{one.name}-{path.stem}"
            resources.append(
                {
                    "name": name,
                    "path": f"{one.name}/{path.name}",
                    "scheme": "file",
                    "format": "csv",
                    "encoding": "utf-8",
                    "schema": {"fields": fields},
                }
            )
    described = package / "datapackage.json"
    described.write_text(json.dumps({"name": "figures", "resources": resources}), encoding="utf-8")
    return str(described)


def _imports(folder: Path, name: str, arguments: list[str]) -> Way:
    """Return the way that only imports what a command needs."""
    names = folder / f"{name}.modules"
    subprocess.run([*PEERS, "modules", str(names), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return Way(f"the imports of `{name}` alone", [[*PEERS, "imports", str(names)]])


def _cells(book: Path) -> dict[str, list[list[object]]]:
    """Return the values of a workbook's cells by sheet."""
    from openpyxl import load_workbook

    opened = load_workbook(book)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in opened.worksheets}


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _size(folders: Iterable[Path]) -> str:
    sizes = [path.stat().st_size for one in folders for path in one.rglob("*.yaml")]
    return f"{len(sizes)} files, {sum(sizes) / MEGA:.2f} MB of YAML"


def phases(folders: Mapping[str, Path]) -> str:
    """Return a Markdown table of the share of each phase."""
    rows: list[str] = []
    for name, folder in folders.items():
        told = [
            json.loads(
                subprocess.run([*PEERS, "phases", str(folder)], cwd=ROOT, check=True, capture_output=True).stdout
            )
            for _ in range(LEAST_RUNS)
        ]
        medians = {phase: statistics.median(one[phase] for one in told) for phase in told[0]}
        whole = sum(medians.values())
        if not rows:
            rows += [f"| | {' | '.join(medians)} |", f"|---|{'---:|' * len(medians)}"]
        shown = (f"{took:.0f} ms, {took / whole:.0%}" for took in medians.values())
        rows.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
