"""Write made-up provinces at the scale of a country, each a data folder that holds no fault.

.venv/bin/python benchmarks/country.py DIR [PROVINCES] [SEED]

A province has 56 communes, 11 indicators split between two levels, a plan for each of ten years and
one for each of two phases, a budget, and a text that repeats every total. Any likeness is chance.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PROVINCES, SEED = 51, 8
COMMUNES, INDICATORS = 56, 11
PHASES = {"2026-2030": range(2026, 2031), "2031-2035": range(2031, 2036)}
LEVELS = {"province": "Cấp tỉnh", "commune": "Cấp xã"}
FIRST = ("Nà", "Khuổi", "Pác", "Lũng", "Cốc", "Phia", "Thôm", "Roỏng")
SECOND = ("Sla", "Vường", "Đảy", "Khiêu", "Mòn", "Hoỏm", "Piềng")
UNITS = {f"xa-{number:02d}": f"{FIRST[number // 7]} {SECOND[number % 7]}" for number in range(COMMUNES)}
SERIES = {f"chi-tieu-{number:02d}": f"Chỉ tiêu {number:02d}" for number in range(1, INDICATORS + 1)}
MILLION = 1_000_000

Cells = Mapping[tuple[str, str, str], int]
"""Allotments by indicator, unit and level."""


def write_country(folder: Path, provinces: int = PROVINCES, seed: int = SEED) -> list[Path]:
    """Write that many data folders and return them; the same seed gives the same bytes."""
    written = []
    for number in range(provinces):
        chance = random.Random(f"{seed} {number}")
        written.append(folder / f"tinh-{number + 1:02d}")
        for name, lines in _province(written[-1].name, f"Tỉnh {number + 1:02d}", chance):
            path = written[-1] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return written


def _province(root: str, name: str, chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Yield each file's name and lines; ``root`` is the id of the province among its units."""
    yield (
        "units.yaml",
        [
            "kinds: {province: {name: tỉnh}, commune: {name: xã}, agency: {name: cơ quan}}",
            "units:",
            f"  {root}: {{name: {name}, kind: province, order: 0}}",
            *(
                f"  {key}: {{name: {unit}, kind: commune, order: {order}, parent: {root}}}"
                for order, (key, unit) in enumerate(UNITS.items(), 1)
            ),
            f"  hoi: {{name: Hội Phụ nữ {name}, kind: agency, order: {COMMUNES + 1}, parent: {root}}}",
        ],
    )
    yield (
        "indicators.yaml",
        [
            "contents:",
            '  noi-dung: {number: "1", name: Nội dung, lines: [1]}',
            "indicators:",
            *(
                f"  {key}: {{name: {series} của chương trình, short_name: {series}, unit_of_measure: nhóm, "
                f"content: noi-dung, order: {order}, aggregation: {{units: sum, years: sum}}}}"
                for order, (key, series) in enumerate(SERIES.items(), 1)
            ),
        ],
    )
    plans = [*PHASES, *(str(year) for years in PHASES.values() for year in years)]
    yield (
        "documents.yaml",
        [
            "documents:",
            *(
                f"  kh-{plan}: {{kind: Kế hoạch, number: {number}/KH-UBND, date: {plan[:4]}-01-15, issuer: UBND, "
                f"title: Kế hoạch {plan}}}"
                for number, plan in enumerate(plans, 1)
            ),
        ],
    )
    for phase, years in PHASES.items():
        whole: Counter[tuple[str, str, str]] = Counter()
        for year in years:
            cells = {
                (series, unit, level): chance.randint(0, 40) for series in SERIES for unit in UNITS for level in LEVELS
            }
            whole.update(cells)
            yield from _plan(str(year), year, year, cells, phase)
            yield f"plans/{year}/budget.yaml", list(_budget(year, chance))
            yield f"plans/{year}/statements.yaml", list(_statements(year, cells))
        yield from _plan(phase, years[0], years[-1], whole, None)


def _plan(plan: str, first: int, last: int, cells: Cells, phase: str | None) -> Iterator[tuple[str, list[str]]]:
    yield (
        f"plans/{plan}/plan.yaml",
        [
            f"title: Kế hoạch {plan}",
            f"document: kh-{plan}",
            f"period: {{first: {first}, last: {last}}}",
            *([f'phase: "{phase}"'] if phase else []),
            "signature: {post: Chủ tịch, name: Nguyễn Thị A}",
            "levels:",
            *(f"  {level}: {{name: {name}}}" for level, name in LEVELS.items()),
            "units:",
            *(f"  {unit}: {{number: {number}, line: {number}, zone: {{}}}}" for number, unit in enumerate(UNITS, 1)),
        ],
    )
    yield f"plans/{plan}/allocations.yaml", list(_allocations(plan, cells))


def _allocations(plan: str, cells: Cells) -> Iterator[str]:
    yield f"source: {{document: kh-{plan}, target: 1, levels: 2}}"
    yield "indicators:"
    for series in SERIES:
        yield f"  {series}:"
        yield f"    target: {_total(cells, series)}"
        yield f"    levels: {_flow((level, _total(cells, series, level)) for level in LEVELS)}"
        yield "    units:"
        for unit in UNITS:
            yield f"      {unit}: {_flow((level, cells[series, unit, level]) for level in LEVELS)}"


def _total(cells: Cells, series: str, level: str | None = None) -> int:
    return sum(cells[series, unit, one] for unit in UNITS for one in LEVELS if level in (None, one))


def _flow(entries: Iterable[tuple[str, int]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries) + "}"


def _budget(year: int, chance: random.Random) -> Iterator[str]:
    amounts = {holder: chance.randint(50, 900) * MILLION for holder in ("hoi", *UNITS)}
    yield "origins:"
    yield f"  granted: {{name: Kinh phí cấp năm {year}, years: [{year}]}}"
    yield "holders:"
    for line, (holder, amount) in enumerate(amounts.items(), 1):
        level = "province" if holder == "hoi" else "commune"
        yield f"  {holder}:"
        yield f"    name: {UNITS.get(holder, 'Hội Phụ nữ')}"
        yield f"    unit: {holder}"
        yield f"    level: {level}"
        yield f"    amounts: {{granted: {{amount: {amount}, line: {line}}}}}"
    yield "totals:"
    for level in LEVELS:
        total = sum(amount for holder, amount in amounts.items() if (holder == "hoi") == (level == "province"))
        yield f"  {level}-granted: {{level: {level}, origin: granted, amount: {total}}}"
    yield f"  granted: {{origin: granted, amount: {sum(amounts.values())}}}"


def _statements(year: int, cells: Cells) -> Iterator[str]:
    yield "values:"
    line = 10
    for series, name in SERIES.items():
        for level in (None, *LEVELS):
            line += 1
            select = f"{{indicator: {series}, level: {level}}}" if level else f"{{indicator: {series}}}"
            yield f"  {series}-{level or 'all'}:"
            yield f"    text: {name}{f', {LEVELS[level]}' if level else ''}"
            yield f"    source: {{document: kh-{year}, section: II.1, lines: [{line}]}}"
            yield f"    select: {select}"
            yield f"    value: {_total(cells, series, level)}"
            yield "    unit_of_measure: nhóm"


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[2:]]
    write_country(Path(sys.argv[1]), *given)
