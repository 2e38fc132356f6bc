"""Files as lines of text that ``git diff`` compares: one a value, names in place of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from d8plan.ledger.names import Names
from d8plan.models.files import Dataset
from d8plan.sheets.book import cell_name
from d8plan.text.cells import Grid
from d8plan.text.names import printable

_LEVEL_KEYS = ("levels", "control", "level")


class KeyNames:
    """The names of keys that are ids, as far as a data folder knows them."""

    def __init__(self, dataset: Dataset | None) -> None:
        """Take a data folder's records; without any, ids stand for themselves."""
        self._names = Names(dataset) if dataset else None
        plans = dataset.plans.values() if dataset else ()
        self._levels = {key: level.name for files in plans for key, level in files.plan.levels.items()}

    def path(self, keys: Iterable[str]) -> str:
        """Return keys joined, ids of units, indicators and levels with their names."""
        names: list[str] = []
        before, above = "", ""
        for key in keys:
            names.append(self._name(key, before, above))
            above, before = before, key
        return " / ".join(map(printable, names))

    def _name(self, key: str, before: str, above: str) -> str:
        """Return the name of a key, of which the two keys above it tell what it is the id of."""
        if self._names and before == "units":
            return self._names.unit_name(key)
        if self._names and before == "indicators":
            return self._names.indicator(key).short_name
        return self._levels.get(key, key) if before in _LEVEL_KEYS or above == "units" else key


def data_lines(data: object, names: KeyNames, keys: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a line for each value of a YAML file; entries of a list of plain values stand in one line."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from data_lines(value, names, (*keys, str(key)))
    elif isinstance(data, list) and any(isinstance(item, dict | list) for item in data):
        for index, value in enumerate(data, 1):
            yield from data_lines(value, names, (*keys, str(index)))
    else:
        yield f"{names.path(keys)}: {_plain(data)}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return printable(str(value)) if value != {} else "{}"


def sheet_lines(grids: Iterable[Grid]) -> Iterator[str]:
    """Yield a line for each cell that is not empty: Sheet!E7, two spaces, what it shows, then its formula."""
    for grid in grids:
        for (row, column), raw in sorted(grid.cells.items()):
            value = "?" if raw.value is None else str(raw.value)
            formula = f"  {raw.formula}" if raw.formula else ""
            yield printable(f"{grid.name}!{cell_name(row, column)}  {value}{formula}")
