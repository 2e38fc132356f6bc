"""Change each number of a data folder in turn, and whatever else can be another thing; count what validate finds.

python tests/mutations.py [--data DIR] [--sample N] [--seed S] [--jobs N] [--kinds KIND,…]

A change is found when validate reports an error at its own line: at both lines of two that cancel
each other, or at one with the other beside it. Every whole number, date and digest counts, in YAML
and in seals; comments, names and text in quotes do not. In a seal, which nobody edits by hand,
a list is told where it begins, and a file that is no seal any more at its first line.

What is not a number goes wrong in other ways (slips.py): rates and what they are rates of, ids that
change places, what a number is said to be the sum of, the order of what is printed, results, files
that are lost. It is found when an error is told at a line of it; in a draft, at a line that it makes
false; a date or an amount that is only unlikely, when a warning is. Ends with 1 where a change
survives or is found only elsewhere.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple

from pieces import Change, Edit, Page, Piece, pages
from slips import SLIPS
from support import DATA, TODAY

from d8plan.checks import run
from d8plan.ledger.results import FOLDER as RESULTS
from d8plan.models.findings import Finding, Severity
from d8plan.storage.data import rules, strict_yaml
from d8plan.storage.data.loader import Loaded, load

WHOLE = re.compile(r"0|-?[1-9][0-9]*")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DIGEST = re.compile(r"sha256:[0-9a-f]+")
WORD = "nhiều"
OK, SURVIVORS, UNUSABLE = 0, 1, 3


class State(StrEnum):
    """What became of a change."""

    FOUND = "found"
    ELSEWHERE = "elsewhere"
    SURVIVED = "survived"


class Verdict(NamedTuple):
    """What validate found of a change."""

    state: State
    codes: tuple[str, ...]
    """Rules that found it, at its line where any did."""
    places: tuple[str, ...]
    """Where errors were reported, as file:line."""


def numbers_of(folder: Path) -> list[Piece]:
    """Return every number of a folder's files, in order."""
    return [number for page in pages(folder).values() for number in _of_page(page)]


def _of_page(page: Page) -> list[Piece]:
    in_json = page.file.endswith(".json")
    # What a seal holds is found by its text, for JSON keeps dates in quotes.
    forms = (WHOLE, DATE, DIGEST) if in_json else (WHOLE, DATE)
    found = []
    for keys, node in page.nodes():
        value = getattr(node.start, "value", None)
        if value is None or not any(form.fullmatch(value) for form in forms):
            continue
        if bool(node.start.style) == (in_json and not WHOLE.fullmatch(value)):
            found.append(page.value(*keys))
    return sorted(found, key=lambda number: number.start)


def _next(number: Piece, step: int) -> str | None:
    """Return the next value up or down, as it is typed; None where there is none."""
    digits = number.digits
    if DIGEST.fullmatch(digits):
        return f"{digits[:-1]}{(int(digits[-1], 16) + step) % 16:x}"
    if DATE.fullmatch(digits):
        return (datetime.date.fromisoformat(digits) + datetime.timedelta(days=step)).isoformat()
    return str(int(digits) + step) if int(digits) + step >= 0 else None


def _swapped(number: Piece) -> str | None:
    """Return the digits with two neighbours swapped; None where all are alike or only a zero could lead."""
    digits = number.digits
    if DATE.fullmatch(digits):
        return None
    first = len("sha256:") if DIGEST.fullmatch(digits) else 0
    for at in range(len(digits) - 2, first - 1, -1):
        one, other = digits[at], digits[at + 1]
        if one != other and (at > 0 or other != "0"):
            return f"{digits[:at]}{other}{one}{digits[at + 2 :]}"
    return None


def _tenfold(number: Piece) -> str | None:
    return f"{number.digits}0" if number.digits != "0" and not DATE.fullmatch(number.digits) else None


SINGLE: dict[str, Callable[[Piece], str | None]] = {
    "plus-one": lambda number: _next(number, 1),
    "minus-one": lambda number: _next(number, -1),
    "swapped": _swapped,
    "tenfold": _tenfold,
    "emptied": lambda number: "null",
    "text": lambda number: WORD,
}
"""What can be written in place of a number; for a date plus and minus a day, for a digest its last digit."""

PAIR, FORGED = "pair", "forged"
NUMBERS = (*SINGLE, PAIR, FORGED)
KINDS = (*NUMBERS, *SLIPS)


def changes(folder: Path, kinds: Iterable[str] = KINDS, seed: int = 0) -> list[Change]:
    """Return every change of some kinds that can be made to a folder."""
    # A result is stated once and nowhere summed up: what can be told of it is a kind of its own.
    numbers = [number for number in numbers_of(folder) if number.file.split("/")[-2:-1] != [RESULTS]]
    chance = random.Random(seed)
    made = [
        Change(kind, (Edit(number, _typed(number, new)),))
        for number in numbers
        for kind, write in SINGLE.items()
        if kind in kinds and (new := write(number)) is not None
    ]
    if PAIR in kinds:
        made += _pairs(numbers, chance)
    if FORGED in kinds:
        made += _forged(numbers)
    made += [change for kind, slips in SLIPS.items() if kind in kinds for change in slips(folder)]
    return made


def _typed(number: Piece, new: str) -> str:
    """Return a new value with the quotes that its file needs."""
    in_json = number.file.endswith(".json")
    return f'"{new}"' if new != "null" and (number.typed != number.digits or (in_json and new == WORD)) else new


def _pairs(numbers: Iterable[Piece], chance: random.Random) -> Iterator[Change]:
    """Yield changes of two numbers of a column whose sum stays: all neighbours, and as many others by chance."""
    columns: defaultdict[tuple[str | int, ...], list[Piece]] = defaultdict(list)
    for number in numbers:
        if WHOLE.fullmatch(number.digits) and (column := _column(number)) is not None:
            columns[column].append(number)
    for rows in columns.values():
        near = list(pairwise(rows))
        far = [pair for pair in combinations(rows, 2) if pair not in near]
        for pair in (*near, *chance.sample(far, min(len(far), len(near)))):
            for up, down in (pair, pair[::-1]):
                if (less := _next(down, -1)) is not None and (more := _next(up, 1)) is not None:
                    yield Change(PAIR, (Edit(up, more), Edit(down, less)))
                    break


def _column(number: Piece) -> tuple[str | int, ...] | None:
    """Return which column a number belongs to; None for one that no column sums up."""
    match (number.file.rsplit("/", 1)[-1], *number.keys):
        case ("allocations.yaml", "indicators", indicator, "units", _, *level):
            return (number.file, indicator, *level)
        case ("plan.yaml", "units", _, "zone", zone):
            return (number.file, zone)
        case ("budget.yaml", "holders", _, "amounts", origin, "amount"):
            return (number.file, origin)
        case _:
            return None


def _forged(numbers: Sequence[Piece]) -> Iterator[Change]:
    """Yield changes of a number and of its copy in the seal."""
    plain = {(number.file, *number.keys): number for number in numbers if not number.file.endswith(".json")}
    for sealed in numbers:
        pointer = next((str(key) for key in sealed.keys if "#/" in str(key)), "")
        name, _, path = pointer.partition("#/")
        file = "/".join((*sealed.file.split("/")[:-1], name))
        number = plain.get((file, *path.split("/"), *sealed.keys[2:]))
        if number is not None and (new := _next(number, 1)) is not None:
            yield Change(FORGED, (Edit(number, _typed(number, new)), Edit(sealed, _typed(sealed, new))))


def sample(every: Sequence[Change], count: int, seed: int) -> list[Change]:
    """Return as many changes by chance, of all kinds alike as far as there are any."""
    chance = random.Random(seed)
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for index, change in enumerate(every):
        by_kind[change.kind].append(index)
    for held in by_kind.values():
        chance.shuffle(held)
    turns = [index for turn in zip_longest(*by_kind.values()) for index in turn if index is not None]
    return [every[index] for index in sorted(turns[:count])]


def findings_of(folder: Path, *, sealed: bool = False) -> tuple[Loaded, list[Finding]]:
    """Return what ``d8plan validate`` reports of a folder; with ``sealed`` as ``--require-sealed`` does."""
    loaded = load(folder)
    return loaded, [*loaded.findings, *run(loaded.dataset, TODAY, sealed_only=sealed).findings]


def errors_of(folder: Path) -> tuple[Loaded, list[Finding]]:
    """Return the errors among what ``d8plan validate`` reports of a folder."""
    loaded, found = findings_of(folder)
    return loaded, [finding for finding in found if finding.severity is Severity.ERROR]


class _Bench:
    """A copy of the folder that a process changes and restores; only what is unchanged is not read again."""

    def __init__(self, folder: Path, above: str) -> None:
        self.folder = Path(shutil.copytree(folder, Path(tempfile.mkdtemp(dir=above)) / folder.name))
        # What a file holds depends on its bytes alone.
        strict_yaml.read = lru_cache(maxsize=100)(strict_yaml.read)
        self.known = {(item.rule, item.place) for item in findings_of(self.folder)[1]}

    def judge(self, change: Change) -> Verdict:
        before = {file: (self.folder / file).read_bytes() for file in change.files()}
        try:
            for file, content in before.items():
                edits = [edit for edit in change.edits if edit.piece.file == file]
                (self.folder / file).write_bytes(spliced(content, edits))
            for file in change.deleted:
                (self.folder / file).unlink()
            loaded, told = findings_of(self.folder, sealed=change.sealed)
            matters = [one for one in told if one.severity.rank <= change.least.rank]
            return _verdict(change, loaded, [one for one in matters if (one.rule, one.place) not in self.known])
        except Exception as error:  # to crash is to find nothing
            return Verdict(State.SURVIVED, (type(error).__name__,), ())
        finally:
            for file, content in before.items():
                (self.folder / file).write_bytes(content)


def spliced(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a file's content after edits."""
    text = content.decode("utf-8")
    for piece, new in sorted(edits, key=lambda edit: -edit.piece.start):
        text = f"{text[: piece.start]}{new}{text[piece.start + len(piece.typed) :]}"
    return text.encode("utf-8")


def _verdict(change: Change, loaded: Loaded, told: list[Finding]) -> Verdict:
    """Tell whether what is told is at the lines that were changed; a forged number is told at its seal."""
    marked = [((item.place.file, (item.mark or loaded.mark(item.place)).line), item) for item in told]
    wanted = [edit.piece for edit in change.edits if change.kind != FORGED]
    if change.deleted:
        near = told
        met = bool(near)
    elif change.near:
        near = [
            item for item in told if any(region.holds(*place) for region in change.near for place in _at(loaded, item))
        ]
        met = bool(near)
    elif not wanted:
        near = [item for (file, _), item in marked if file == change.file]
        met = bool(near)
    else:
        near = [item for place, item in marked if any(_is_at(number, place, item) for number in wanted)]
        met = all(any(_is_at(number, place, item) for place, item in marked) for number in wanted) or any(
            _tells_all(wanted, loaded, item) for item in near
        )
    codes = tuple(sorted({item.rule.code for item in (near if met else told)}))
    places = tuple(dict.fromkeys(f"{file}:{line}" for (file, line), _ in marked))
    return Verdict(State.FOUND if met else State.ELSEWHERE if told else State.SURVIVED, codes, places)


def _at(loaded: Loaded, finding: Finding) -> list[tuple[str, int]]:
    """Return the file and line of a finding, and of the places beside it."""
    beside = [(related.place.file, loaded.mark(related.place).line) for related in finding.related]
    return [(finding.place.file, (finding.mark or loaded.mark(finding.place)).line), *beside]


def _is_at(number: Piece, place: tuple[str, int], finding: Finding) -> bool:
    """Tell whether a finding at a file and line is at a number."""
    # A seal without the values of one is told as a whole.
    return place == (number.file, number.line) or (finding.rule is rules.SEAL and place == (number.file, 1))


def _tells_all(numbers: Iterable[Piece], loaded: Loaded, finding: Finding) -> bool:
    """Tell whether a finding, with the places beside it, is at all of some numbers."""
    return all(any(_is_at(number, place, finding) for place in _at(loaded, finding)) for number in numbers)


_bench: _Bench | None = None


def _set_up(folder: Path, above: str) -> None:
    global _bench  # one a process
    _bench = _Bench(folder, above)


def _judge(change: Change) -> Verdict:
    assert _bench is not None
    return _bench.judge(change)


def judge(folder: Path, every: Sequence[Change], jobs: int | None = None) -> list[Verdict]:
    """Return what validate finds of each change, made by several processes in copies of the folder."""
    jobs = max(1, min(jobs or os.cpu_count() or 1, len(every)))
    spawned = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as above,
        ProcessPoolExecutor(jobs, spawned, _set_up, (folder, above)) as pool,
    ):
        return list(pool.map(_judge, every, chunksize=max(1, min(50, len(every) // jobs))))


def table(title: str, groups: Iterable[tuple[str, State]]) -> list[str]:
    """Return the lines of a table: how many were tried and what became of them, by group."""
    counted: defaultdict[str, Counter[State]] = defaultdict(Counter)
    for group, state in groups:
        counted[group][state] += 1
        counted["all"][state] += 1
    rows = [*(group for group in counted if group != "all"), "all"]
    width = max(map(len, (title, *rows)))
    lines = [f"{title:<{width}}  {'tried':>7}  {'found':>7}  {'at its line':>11}  {'survived':>8}"]
    for row in rows:
        states = counted[row]
        found = states[State.FOUND] + states[State.ELSEWHERE]
        lines.append(
            f"{row:<{width}}  {states.total():>7,}  {found:>7,}  {states[State.FOUND]:>11,}"
            f"  {states[State.SURVIVED]:>8,}"
        )
    return lines


def report(tried: Sequence[tuple[Change, Verdict]]) -> list[str]:
    """Return what is printed: tables by kind, file and rule, and every change that was missed."""
    lines = [*table("kind", ((change.kind, verdict.state) for change, verdict in tried)), ""]
    lines += [*table("file", ((change.file, verdict.state) for change, verdict in tried)), ""]
    codes = Counter(code for _, verdict in tried for code in verdict.codes if verdict.state is not State.SURVIVED)
    lines += ["found by  " + ", ".join(f"{code} {count:,}" for code, count in codes.most_common())]
    for change, verdict in tried:
        if verdict.state is State.SURVIVED:
            lines.append(" ".join(("survived:", change.kind, change.told(), *verdict.codes)))
        elif verdict.state is State.ELSEWHERE:
            places = ", ".join(verdict.places)
            lines.append(f"elsewhere: {change.kind} {change.told()}, found by {', '.join(verdict.codes)} at {places}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    given = _parser().parse_args(arguments)
    loaded, errors = errors_of(given.data)
    if errors:
        first = errors[0]
        place = f"{first.place.file}:{loaded.mark(first.place).line}"
        sys.stderr.write(f"The folder has errors before any change: {first.rule.code} at {place}\n")
        return UNUSABLE
    every = changes(given.data, given.kinds, given.seed)
    if given.sample is not None:
        every = sample(every, given.sample, given.seed)
    tried = list(zip(every, judge(given.data, every, given.jobs), strict=True)) if every else []
    sys.stdout.write("\n".join(report(tried)) + "\n")
    return OK if tried and all(verdict.state is State.FOUND for _, verdict in tried) else SURVIVORS


def _parser() -> argparse.ArgumentParser:
    def kinds(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [kind for kind in chosen if kind not in KINDS]:
            raise argparse.ArgumentTypeError(f"no kind {unknown[0]}; there are {', '.join(KINDS)}")
        return chosen

    parser = argparse.ArgumentParser(description="Change each number in turn, and count what validate finds.")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, of all kinds alike")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes; as many as there are processors")
    parser.add_argument("--kinds", type=kinds, default=KINDS, metavar="KIND,…", help=", ".join(KINDS))
    return parser


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
