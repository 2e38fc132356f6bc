"""What can go wrong in a data folder beside its numbers: whole things that are other things.

Each kind yields changes with the lines at which validate has to tell them. Where a plan is sealed, that is where
the data was changed. In a draft only what is made false can be found: ``truth`` makes the sums, apart from the
program's, and what leaves all that is stated true is left out, as is an order that nothing prints.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import truth
from pieces import Change, Edit, Keys, Page, Region, pages
from truth import Data

from d8plan.ledger.periods import parse
from d8plan.ledger.results import FOLDER as RESULTS
from d8plan.models.base import StrictModel
from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, REQUIRED_PER_PLAN, SEAL, SHARED, Dataset
from d8plan.models.findings import Severity
from d8plan.models.places import PLANS
from d8plan.sheets.annex import sheets
from d8plan.storage.data.loader import load

RATE, IDS, SELECTOR, ORDER, RESULT, FILE = "rate", "ids", "selector", "order", "result", "file"
BEYOND = 10
"""A result more than so many times its plan is far beyond it; a smaller one may be true."""
NEVER = datetime.date(2100, 12, 31)
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Step(NamedTuple):
    """A part of a change: a value of a file that becomes another, and the text that does it."""

    file: str
    keys: Keys
    new: Any
    edits: tuple[Edit, ...]
    at: tuple[Region, ...]


class Folder:
    """A data folder as it is, and what steps would make of it."""

    def __init__(self, path: Path) -> None:
        """Read every file."""
        self.path = path
        self.pages = pages(path)
        self.data: dict[str, Data] = {name: page.data for name, page in self.pages.items()}
        self.plans = sorted({name.split("/")[1] for name in self.pages if name.startswith(f"{PLANS}/")})
        self.false = truth.false(self.data, self.plans)

    def of(self, plan: str, name: str) -> Page | None:
        """Return a file of a plan; None where it has none."""
        return self.pages.get(f"{PLANS}/{plan}/{name}")

    def is_sealed(self, file: str) -> bool:
        """Tell whether a seal holds what a file says; no results are sealed."""
        *above, name = file.split("/")
        return name in (*PER_PLAN, *SHARED) and "/".join((*above, SEAL)) in self.pages

    def put(self, page: Page, new: Any, *keys: str | int) -> Step:
        """Return the step that writes another value."""
        return Step(page.file, keys, new, (page.put(new, *keys),), (page.region(*keys),))

    def rename(self, page: Page, new: str, *keys: str | int) -> Step:
        """Return the step that writes another key."""
        above, old = keys[:-1], keys[-1]
        renamed = {new if key == old else key: value for key, value in truth.at(page.data, above).items()}
        return Step(page.file, above, renamed, (Edit(page.key(*keys), new),), (page.region(*keys),))

    def swap_keys(self, page: Page, above: Keys, one: str, other: str) -> Step:
        """Return the step that gives each of two entries the key of the other."""
        held = truth.at(page.data, above)
        first, second = page.key(*above, one), page.key(*above, other)
        return Step(
            page.file,
            above,
            {**held, one: held[other], other: held[one]},
            (Edit(first, second.typed), Edit(second, first.typed)),
            (page.region(*above, one), page.region(*above, other)),
        )

    def change(self, kind: str, *steps: Step, least: Severity = Severity.ERROR) -> Iterator[Change]:
        """Yield the change that some steps make, if validate has to find it."""
        near = [region for step in steps for region in step.at]
        if not all(self.is_sealed(step.file) for step in steps):
            data = dict(self.data)
            for step in steps:
                data[step.file] = truth.replaced(data[step.file], step.keys, step.new)
            shared = any(step.file in SHARED for step in steps)
            touched = {step.file.split("/")[1] for step in steps if step.file not in SHARED}
            plans = [plan for plan in self.plans if shared or touched & {plan, *truth.cited(data, plan)}]
            false = [place for place in truth.false(data, plans) if place not in self.false]
            if not false:
                return
            near += [self.pages[file].region(*keys) for file, keys in false]
        yield Change(kind, tuple(edit for step in steps for edit in step.edits), tuple(near), least=least)


def of_rates(path: Path) -> Iterator[Change]:
    """Yield changes of rates and of what they are rates of, among them those that leave every sum as it is."""
    folder = Folder(path)
    for plan in folder.plans:
        page = folder.of(plan, "allocations.yaml")
        held = page.data["indicators"] if page else {}
        for rate, (above, below) in truth.rates(folder.data).items():
            if page is not None and {rate, above, below} <= held.keys():
                for values in _rates(held, rate, above, below):
                    steps = [folder.put(page, new, *keys) for keys, new in values.items()]
                    beyond = any(step.keys[1] == rate and (step.new or 0) > truth.ALL for step in steps)
                    # What is not said to be a part may be more than the whole: that is but unlikely.
                    unlikely = beyond and folder.data["indicators.yaml"]["indicators"][above].get("part_of") != below
                    least = Severity.WARNING if unlikely else Severity.ERROR
                    yield from folder.change(RATE, *steps, least=least)
    page = folder.pages["indicators.yaml"]
    for rate, (above, below) in truth.rates(folder.data).items():
        at = ("indicators", rate, "aggregation")
        parts = (folder.put(page, below, *at, "numerator"), folder.put(page, above, *at, "denominator"))
        yield from folder.change(RATE, *parts)


def _rates(held: Data, rate: str, above: str, below: str) -> Iterator[dict[Keys, int | None]]:
    """Yield the values that are written at once, by their keys in allocations.yaml."""
    columns = {name: truth.cells(held[name]["units"]) for name in (rate, above, below)}
    for name in columns:
        totals: list[Keys] = [("indicators", name, "target")]
        totals += [
            ("indicators", name, key, level) for key in ("levels", "control") for level in held[name].get(key, {})
        ]
        for keys in totals:
            stated = truth.at({"indicators": held}, keys)
            yield from ({keys: stated + step} for step in (1, -1) if stated + step >= 0)
        for (unit, level), value in columns[name].items():
            keys = _keys(name, unit, level)
            if value is not None:
                yield from ({keys: new} for new in (value + 1, value - 1, None) if new is None or new >= 0)
    full = [cell for cell in columns[rate] if all(column.get(cell) is not None for column in columns.values())]
    for cell in full:
        lines = [line for line in full if line[1] == cell[1]]
        yield from _moved(columns, rate, above, below, cell, lines[lines.index(cell) - 1])


def _moved(
    columns: dict[str, truth.Column], rate: str, above: str, below: str, cell: truth.Cell, other: truth.Cell
) -> Iterator[dict[Keys, int | None]]:
    """Yield values where another line takes over what one has, so that every sum stays."""
    part, whole = columns[above][cell] or 0, columns[below][cell] or 0
    others_part, others_whole = columns[above][other] or 0, columns[below][other] or 0
    if other == cell:
        return
    for name, its, others in ((above, part, others_part), (below, whole, others_whole)):
        for emptied in (0, None):
            if its:
                yield {_keys(name, *cell): emptied, _keys(name, *other): others + its}
    if all_of_it := others_whole + whole:
        yield {
            _keys(above, *cell): 0,
            _keys(below, *cell): 0,
            _keys(above, *other): others_part + part,
            _keys(below, *other): all_of_it,
            _keys(rate, *other): truth.percent(others_part + part, all_of_it),
        }
    beyond = whole + 1 - part
    if beyond <= others_part and others_whole:
        yield {
            _keys(above, *cell): whole + 1,
            _keys(rate, *cell): truth.percent(whole + 1, whole) if whole else 0,
            _keys(above, *other): others_part - beyond,
            _keys(rate, *other): truth.percent(others_part - beyond, others_whole),
        }


def _keys(indicator: str, unit: str, level: str | None) -> Keys:
    return ("indicators", indicator, "units", unit, *([level] if level else []))


def of_ids(path: Path) -> Iterator[Change]:
    """Yield changes where two entries beside each other have the other's id, or name what the other names."""
    folder = Folder(path)
    for file, keys, held in _mappings(load(path).dataset):
        page = folder.pages[file]
        raw = truth.at(page.data, keys)
        for one, other in pairwise(held):
            if raw[one] != raw[other]:  # else it is but another order
                yield from folder.change(IDS, folder.swap_keys(page, keys, one, other))
            for field in _fields(held[one]):
                mine, its = _named(raw[one], field), _named(raw[other], field)
                if mine and its and mine != its:
                    step = folder.put(page, its, *keys, one, *field), folder.put(page, mine, *keys, other, *field)
                    yield from folder.change(IDS, *step)


def _mappings(dataset: Dataset) -> Iterator[tuple[str, Keys, dict[str, Any]]]:
    """Yield every mapping of ids in the files of a folder: file, keys, what it holds."""
    for name in SHARED:
        yield from _within(name, (), getattr(dataset, name.removesuffix(".yaml")))
    for files in dataset.plans.values():
        for name in PER_PLAN:
            yield from _within(files.file(name), (), getattr(files, name.removesuffix(".yaml")))
        for name in PER_PLAN_FOLDERS:
            for entry, record in getattr(files, name).items():
                yield from _within(files.file(f"{name}/{entry}.yaml"), (), record)


def _within(file: str, keys: Keys, value: Any) -> Iterator[tuple[str, Keys, dict[str, Any]]]:
    if isinstance(value, dict) and value:
        yield file, keys, value
    inside = value.__dict__ if isinstance(value, StrictModel) else value if isinstance(value, dict) else {}
    for key, item in inside.items():
        yield from _within(file, (*keys, key), item)


def _fields(value: Any) -> Iterator[tuple[str, ...]]:
    """Yield the fields of a record, and of the records within it, that name something."""
    for key, item in value.__dict__.items() if isinstance(value, StrictModel) else ():
        if isinstance(item, str) and ID.fullmatch(item):
            yield (key,)
        yield from ((key, *inside) for inside in _fields(item))


def _named(value: Any, field: tuple[str, ...]) -> str | None:
    for key in field:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) and ID.fullmatch(value) else None


def of_selectors(path: Path) -> Iterator[Change]:
    """Yield changes of what a number is said to be the sum or count of, or paid from: more, less, something else."""
    folder = Folder(path)
    for plan in folder.plans:
        for page, keys, others in _selectors(folder, plan):
            entry = truth.at(page.data, keys)
            for new in _variants(entry, others):
                yield from folder.change(SELECTOR, folder.put(page, new, *keys))


Others = Mapping[tuple[str, ...], list[Any]]
"""What may stand at each field of an entry, beside nothing."""


def _selectors(folder: Folder, plan: str) -> Iterator[tuple[Page, Keys, Others]]:
    """Yield every entry of a plan that selects figures: file, keys, and what each of its selectors could be."""
    row = folder.of(plan, "plan.yaml")
    held = row.data if row else {}
    levels, units = list(held.get("levels", {})), list(held.get("units", {}))
    allocations, budget = folder.of(plan, "allocations.yaml"), folder.of(plan, "budget.yaml")
    if page := folder.of(plan, "statements.yaml"):
        of_figures: dict[str, list[Any]] = {
            "indicator": list(allocations.data["indicators"]) if allocations else [],
            "zone": list(held.get("zone", {})),
            "group": list(held.get("groups", {})),
            "plan": folder.plans,
            "level": levels,
        }
        for key, stated in page.data["values"].items():
            named = stated["select"].get("units", [])
            some = [[*named, *units[-1:]], named[1:], units[:1], units[:-1]]
            others = {("select", name): chosen for name, chosen in of_figures.items()}
            yield page, ("values", key), others | {("select", "units"): some, ("aggregate",): ["sum", "count"]}
        for key in page.data.get("named_units", {}):
            yield page, ("named_units", key), {("select", name): chosen for name, chosen in of_figures.items()}
    of_money: dict[str, list[Any]] = {"level": levels}
    if budget:
        of_money |= {"origin": list(budget.data["origins"]), "holder": list(budget.data["holders"])}
        for key in budget.data["totals"]:
            yield budget, ("totals", key), {(name,): chosen for name, chosen in of_money.items()}
    if page := folder.of(plan, "activities.yaml"):
        of_money["times"] = list(folder.data.get(f"{PLANS}/{plan}/statements.yaml", {}).get("values", {}))
        for keys, _ in truth.caps(page.data):
            yield page, keys, {(name,): chosen for name, chosen in of_money.items()}


def _variants(entry: Data, others: Others) -> Iterator[Data]:
    """Yield an entry with one selector left out, added, or another."""
    for field, chosen in others.items():
        above, name = field[:-1], field[-1]
        held = truth.at(entry, above)
        if name in held:
            yield truth.replaced(entry, above, {key: value for key, value in held.items() if key != name})
        seen = [held.get(name, "sum" if name == "aggregate" else None), []]
        for other in chosen:
            if other not in seen and not (isinstance(other, list) and len(set(other)) < len(other)):
                seen.append(other)
                yield truth.replaced(entry, above, {**held, name: other})


def of_order(path: Path) -> Iterator[Change]:
    """Yield changes of the order of what a sealed annex or budget prints: two entries change places."""
    folder, dataset = Folder(path), load(path).dataset
    printed = _printed(dataset)
    alike: defaultdict[tuple[str, Keys], list[tuple[Keys, dict[str, Any]]]] = defaultdict(list)
    for file, keys, held in _mappings(dataset):
        if folder.is_sealed(file):
            # Names of fields and ids take turns: without the ids, the keys tell mappings of one sort.
            alike[file, tuple(key if at % 2 == 0 else "" for at, key in enumerate(keys))].append((keys, held))
    for (file, _), mappings in alike.items():
        page = folder.pages[file]
        if not _differs(dataset, printed, [(held, list(held.items())[::-1]) for _, held in mappings]):
            continue  # nothing prints any other order of them
        for keys, held in mappings:
            entries = list(held.items())
            for number, (one, other) in enumerate(pairwise(held)):
                swapped = [*entries[:number], entries[number + 1], entries[number], *entries[number + 2 :]]
                if _differs(dataset, printed, [(held, swapped)]):
                    first, second = page.entry(*keys, one), page.entry(*keys, other)
                    region = Region(file, page.key(*keys).line, page.region(*keys, other).last)
                    yield Change(ORDER, (Edit(first, second.typed), Edit(second, first.typed)), (region,))


def _differs(dataset: Dataset, printed: object, orders: Iterable[tuple[dict[str, Any], list[tuple[str, Any]]]]) -> bool:
    """Tell whether other orders of some mappings print something else."""
    before = [(held, list(held.items())) for held, _ in orders]
    for held, entries in orders:
        _reorder(held, entries)
    differs = _printed(dataset) != printed
    for held, entries in before:
        _reorder(held, entries)
    return differs


def _reorder(held: dict[str, Any], entries: list[tuple[str, Any]]) -> None:
    held.clear()
    held.update(entries)


def _printed(dataset: Dataset) -> list[object]:
    """Return what the sheets of every plan show, cell by cell."""
    return [
        (sheet.name, [cell._replace(parts=(), formula=None) for cell in sheet.cells])
        for plan in dataset.plans
        for sheet in sheets(dataset, plan)
    ]


def of_results(path: Path) -> Iterator[Change]:
    """Yield changes of what is reported: by whom, of what, how much, when, and what it was before a correction."""
    folder = Folder(path)
    for file, page in folder.pages.items():
        match file.split("/"):
            case (top, plan, above, name) if top == PLANS and above == RESULTS:
                yield from _Results(folder, plan, page, name.removesuffix(".yaml")).changes()


class _Results:
    def __init__(self, folder: Folder, plan: str, page: Page, period: str) -> None:
        self.folder, self.page = folder, page
        at = f"{PLANS}/{plan}/"
        found = parse(period)
        assert found is not None
        self.first = found.first
        self.plan = folder.data[f"{at}plan.yaml"]
        self.allocations = folder.data[f"{at}allocations.yaml"]["indicators"]
        budget = folder.data.get(f"{at}budget.yaml", {})
        self.holders, self.origins = budget.get("holders", {}), budget.get("origins", {})
        taking_part = {*self.plan["units"], *(one.get("unit") for one in self.holders.values())}
        self.strangers = [unit for unit in folder.data["units.yaml"]["units"] if unit not in taking_part]

    def changes(self) -> Iterator[Change]:
        """Yield every change of the file's reports."""
        for number, (reporter, report) in enumerate(self.page.data["reports"].items()):
            at = ("reports", reporter)
            if self.strangers:
                stranger = self.strangers[number % len(self.strangers)]
                yield self._told(self.folder.rename(self.page, stranger, *at))
            yield from self._dates(at, report["as_of"], NEVER.isoformat(), report["received"])
            yield from self._said(at, reporter, report)
            for correction, said in report.get("earlier", {}).items():
                before = (*at, "earlier", correction)
                # What was said before came in before what is said now.
                yield from self._dates(before, said["as_of"], report["received"], said["received"])
                # What was far beyond its plan and was corrected is told no more: it is right now.
                yield from (one for one in self._said(before, reporter, said) if one.least is Severity.ERROR)

    def _told(self, *steps: Step, least: Severity = Severity.ERROR) -> Change:
        near = tuple(region for step in steps for region in step.at)
        return Change(RESULT, tuple(edit for step in steps for edit in step.edits), near, least=least)

    def _dates(self, at: Keys, as_of: str, last: str, received: str) -> Iterator[Change]:
        day = datetime.timedelta(days=1)
        before = (datetime.date.fromisoformat(as_of) - day).isoformat()
        after = (datetime.date.fromisoformat(last) + day).isoformat()
        for new, key in (
            ((self.first - day).isoformat(), "as_of"),
            (before, "received"),
            (after, "received"),
        ):
            if new != received:
                edit = Edit(self.page.value(*at, key), new)
                # Of two days in the wrong order either may be told.
                step = Step(self.page.file, (*at, key), new, (edit,), (self.page.region(*at[:2]),))
                yield self._told(step, least=Severity.WARNING)

    def _said(self, at: Keys, reporter: str, said: Data) -> Iterator[Change]:
        for indicator, value in said.get("done", {}).items():
            yield from self._done((*at, "done", indicator), reporter, indicator, value, list(said["done"]))
        for holder, amounts in said.get("spent", {}).items():
            strange = [other for other in self.holders if other not in said["spent"] and other != holder]
            for other in strange[:2]:
                yield self._told(self.folder.rename(self.page, other, *at, "spent", holder))
            for origin, amount in amounts.items():
                keys = (*at, "spent", holder, origin)
                held = self.holders[holder]["amounts"]
                for other in [other for other in self.origins if other not in held][:1]:
                    yield self._told(self.folder.rename(self.page, other, *keys))
                yield from self._too_much(keys, amount, held[origin]["amount"])

    def _done(self, keys: Keys, reporter: str, indicator: str, value: Any, named: list[str]) -> Iterator[Change]:
        its = {
            name: {level: cell for (_, level), cell in truth.cells({reporter: one["units"][reporter]}).items()}
            for name, one in self.allocations.items()
            if reporter in one["units"]
        }
        empty = [name for name, held in its.items() if all(cell is None for cell in held.values())]
        for other in [name for name in empty if name not in named][:1]:
            yield self._told(self.folder.rename(self.page, other, *keys))
        if isinstance(value, dict):
            yield self._told(self.folder.put(self.page, sum(cell or 0 for cell in value.values()), *keys))
            for level, cell in value.items():
                for other in self.plan["levels"]:
                    if other not in value and its[indicator].get(other) is None:
                        yield self._told(self.folder.rename(self.page, other, *keys, level))
                yield from self._too_much((*keys, level), cell, its[indicator].get(level))
        else:
            yield self._told(self.folder.put(self.page, {next(iter(self.plan["levels"])): value}, *keys))
            yield from self._too_much(keys, value, its[indicator].get(None))

    def _too_much(self, keys: Keys, reported: int | None, planned: int | None) -> Iterator[Change]:
        """Yield ten and a hundred times a result, where that is far beyond its plan."""
        for times in (10, 100):
            if reported and planned and times * reported > BEYOND * planned:
                step = self.folder.put(self.page, times * reported, *keys)
                yield self._told(step, least=Severity.WARNING)


def of_files(path: Path) -> Iterator[Change]:
    """Yield the loss of each file, of a plan with its seal, and of all seals where they are required."""
    folder = Folder(path)
    for file in folder.pages:
        if folder.is_sealed(file) or file.endswith(SEAL) or _is_missed(folder, file):
            yield Change(FILE, (), deleted=(file,))
    for plan in folder.plans:
        held = [file for file in folder.pages if file.startswith(f"{PLANS}/{plan}/")]
        if f"{PLANS}/{plan}/{SEAL}" in held:
            yield Change(FILE, (), deleted=tuple(held))
            yield Change(FILE, (), deleted=(*held, SEAL), sealed=True)
    seals = tuple(file for file in folder.pages if file.endswith(SEAL))
    if seals:
        yield Change(FILE, (), deleted=seals, sealed=True)


def _is_missed(folder: Folder, file: str) -> bool:
    """Tell whether a draft needs a file, or another file of it speaks of what it holds.

    Nothing knows of a report that it came in, and a draft has an annex and a budget only where somebody wrote them.
    """
    *above, name = file.split("/")
    if name in (*SHARED, *REQUIRED_PER_PLAN):
        return True
    beside = {
        other.rpartition("/")[2]: folder.data[other] for other in folder.pages if other.startswith("/".join(above))
    }
    caps = list(truth.caps(beside.get("activities.yaml", {})))
    reports = [one for held in beside.values() for one in (held.get("reports") or {}).values()]
    return {
        "exceptions.yaml": bool(beside.get("exceptions.yaml", {}).get("exceptions")),
        "activities.yaml": bool(beside.get("statements.yaml", {}).get("named_units")),
        "statements.yaml": bool(caps),
        "budget.yaml": bool(caps) or any(one.get("spent") for one in reports),
    }.get(name, False)


SLIPS: dict[str, Callable[[Path], Iterable[Change]]] = {
    RATE: of_rates,
    IDS: of_ids,
    SELECTOR: of_selectors,
    ORDER: of_order,
    RESULT: of_results,
    FILE: of_files,
}
"""What can go wrong beside the numbers, by kind."""
