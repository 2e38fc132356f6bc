"""Show how the time of ``validate`` grows with each thing that a data folder can hold many of.

.venv/bin/python benchmarks/growth.py [SHAPE]... [--size 2000] [--formats]

Each shape is made up at three sizes, each twice the one before, and judged in a process of its own. What grows linearly
takes about twice as long; the last column says how many times as long, 2 being linear and 4 the square. With
``--formats`` a folder with many findings is rendered in every format instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

Folder = dict[str, list[str]]
LEVELS = ("province", "commune")
FORMATS = ("text", "json", "github", "sarif", "junit", "markdown", "xlsx")


def folder(*, units: int = 6, indicators: int = 2, plans: int = 1, levels: tuple[str, ...] = LEVELS) -> Folder:
    """Return the lines of a folder without a fault, by file: every figure is 2."""
    names = [f"xa-{number}" for number in range(units)]
    series = [f"chi-tieu-{number}" for number in range(indicators)]
    every = [str(2026 + number) for number in range(plans)]
    held: Folder = {
        "units.yaml": ["kinds: {commune: {name: xã}}", "units:"],
        "indicators.yaml": ["contents:", '  noi-dung: {number: "1", name: Nội dung, lines: [1]}', "indicators:"],
        "documents.yaml": [
            "documents:",
            *(f"  kh-{plan}: {{kind: Kế hoạch, number: {plan}/KH, date: 2025-01-15}}" for plan in every),
        ],
    }
    held["units.yaml"] += [
        f"  {name}: {{name: Xã {name}, kind: commune, order: {at}}}" for at, name in enumerate(names)
    ]
    held["indicators.yaml"] += [
        f"  {one}: {{name: Tên {one}, short_name: {one}, unit_of_measure: tổ, content: noi-dung, order: {order}, "
        "aggregation: {units: sum, years: sum}}"
        for order, one in enumerate(series)
    ]
    for plan in every:
        held[f"plans/{plan}/plan.yaml"] = [
            f"title: Kế hoạch {plan}",
            f"document: kh-{plan}",
            f"period: {{first: {min(int(plan), 2100)}, last: {min(int(plan), 2100)}}}",
            "levels:",
            *(f"  {level}: {{name: Cấp {level}}}" for level in levels),
            "units:",
            *(f"  {name}: {{number: {at}, zone: {{}}}}" for at, name in enumerate(names, 1)),
        ]
        line = "{" + ", ".join(f"{level}: 2" for level in levels) + "}"
        held[f"plans/{plan}/allocations.yaml"] = [f"source: {{document: kh-{plan}}}", "indicators:"]
        for one in series:
            held[f"plans/{plan}/allocations.yaml"] += [
                f"  {one}:",
                f"    target: {2 * units * len(levels)}",
                "    levels: {" + ", ".join(f"{level}: {2 * units}" for level in levels) + "}",
                "    units:",
                *(f"      {name}: {line}" for name in names),
            ]
    return held


def statements(count: int, select: Callable[[int], str], value: int, units: int) -> Folder:
    """Return a folder whose text states ``count`` numbers."""
    held = folder(units=units)
    held["plans/2026/statements.yaml"] = [
        "values:",
        *(
            f"  so-{number}: {{text: Câu {number}, source: {{document: kh-2026, lines: [{number + 1}]}}, "
            f"select: {select(number)}, value: {value}}}"
            for number in range(count)
        ),
    ]
    return held


def budget(holders: int, *, wrong: bool = False) -> Folder:
    """Return a folder with that many holders of money and as many totals."""
    held = folder()
    held["plans/2026/budget.yaml"] = [
        "origins:",
        "  granted: {name: Kinh phí, years: [2026]}",
        "holders:",
        *(
            f"  giu-{n}: {{name: Chủ {n}, level: province, amounts: {{granted: {{amount: 2{n:06d}}}}}}}"
            for n in range(holders)
        ),
        "totals:",
        *(f"  tong-{n}: {{holder: giu-{n}, amount: {2_000_000 + n + wrong}}}" for n in range(holders)),
    ]
    return held


def changed(held: Folder, file: str, old: str, new: str, most: int | None = None) -> Folder:
    """Return a folder with one text replaced by another in up to ``most`` lines of a file."""
    left = len(held[file]) if most is None else most
    lines = []
    for line in held[file]:
        hit = left > 0 and old in line
        lines.append(line.replace(old, new) if hit else line)
        left -= hit
    return held | {file: lines}


ALLOCATIONS = "plans/2026/allocations.yaml"
SHAPES: dict[str, Callable[[int], Folder]] = {
    "units": lambda n: folder(units=n),
    "indicators": lambda n: folder(indicators=n // 4),
    "levels": lambda n: folder(levels=tuple(f"cap-{number}" for number in range(n // 8))),
    "plans": lambda n: folder(plans=n // 40),
    "holders": budget,
    "statements": lambda n: statements(n, lambda number: f"{{indicator: chi-tieu-0, units: [xa-{number}]}}", 4, n),
    "failing statements": lambda n: statements(
        n, lambda number: f"{{indicator: chi-tieu-0, units: [xa-{number}]}}", 5, n
    ),
    "failing statements about all": lambda n: statements(n // 4, lambda _: "{indicator: chi-tieu-0}", 5, 60),
    "failing budget totals": lambda n: budget(n, wrong=True),
    "failing targets": lambda n: changed(folder(indicators=n // 4), ALLOCATIONS, "target: 24", "target: 25"),
    "unknown units": lambda n: changed(folder(units=n), ALLOCATIONS, "  xa-", "  xe-"),
    "unknown units in the plan": lambda n: changed(folder(units=n), "plans/2026/plan.yaml", "  xa-", "  xe-"),
    "unknown indicators": lambda n: statements(n, lambda number: f"{{indicator: chi-tiet-{number}}}", 4, 6),
    "missing lines": lambda n: (
        changed(folder(units=n), "plans/2026/plan.yaml", "levels:", "levels:")
        | {
            ALLOCATIONS: [
                line
                for line in folder(units=n)[ALLOCATIONS]
                if "xa-" not in line or line.endswith("0: {province: 2, commune: 2}")
            ]
        }
    ),
    "missing levels": lambda n: changed(folder(units=n), ALLOCATIONS, "{province: 2, commune: 2}", "{province: 2}"),
    "values of the wrong kind": lambda n: changed(folder(units=n), ALLOCATIONS, "{province: 2, ", "{province: x, "),
    "doubtful values": lambda n: changed(folder(units=n), ALLOCATIONS, "{province: 2, ", "{province: 2.0, "),
    "unknown keys": lambda n: changed(folder(units=n), "plans/2026/plan.yaml", "{number:", "{nummer:"),
    "names that two units share": lambda n: changed(
        folder(units=n), "units.yaml", "kind: commune", "aliases: [Trùng], kind: commune"
    ),
    "row numbers given twice": lambda n: (
        folder(units=n)
        | {
            "plans/2026/plan.yaml": [
                line if "xa-" not in line else line[: line.index("number")] + "number: 1, zone: {}}"
                for line in folder(units=n)["plans/2026/plan.yaml"]
            ]
        }
    ),
    "conflicts": lambda n: changed(
        folder(units=n), ALLOCATIONS, "      xa-", "<<<<<<< HEAD\n=======\n>>>>>>> b\n      xa-"
    ),
}


def write(held: Folder, to: Path) -> Path:
    """Write a folder."""
    for name, lines in held.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return to


def seconds(data: Path, *options: str) -> float:
    """Return the processor time that ``validate`` takes on a folder."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "d8plan", "--data", data, "validate", *options], stdout=subprocess.DEVNULL, check=False
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def grow(shapes: list[str], size: int) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'':32}{size:>9}{2 * size:>9}{4 * size:>9}   times"
    for shape in shapes:
        taken = []
        for n in (size, 2 * size, 4 * size):
            with tempfile.TemporaryDirectory() as temporary:
                data = write(SHAPES[shape](n), Path(temporary) / "data")
                taken.append(seconds(data, "--format", "json"))
        yield f"{shape:32}" + "".join(f"{one:8.2f}s" for one in taken) + f"{taken[2] / taken[1]:8.1f}"


def render(size: int) -> Iterator[str]:
    """Yield how long each format takes for ``size`` findings and twice and four times as many."""
    yield f"{'':12}{size:>9}{2 * size:>9}{4 * size:>9}   times"
    for form in FORMATS:
        taken = []
        for n in (size, 2 * size, 4 * size):
            with tempfile.TemporaryDirectory() as temporary:
                data = write(SHAPES["failing statements"](n), Path(temporary) / "data")
                xlsx = ("--xlsx", str(Path(temporary) / "f.xlsx"))
                taken.append(seconds(data, *(xlsx if form == "xlsx" else ("--format", form))))
        yield f"{form:12}" + "".join(f"{one:8.2f}s" for one in taken) + f"{taken[2] / taken[1]:8.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    parser.add_argument("--size", type=int, default=2_000)
    parser.add_argument("--formats", action="store_true")
    asked = parser.parse_args()
    for line in render(asked.size) if asked.formats else grow(asked.shapes or list(SHAPES), asked.size):
        print(line, flush=True)


if __name__ == "__main__":
    main()
