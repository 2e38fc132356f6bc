"""Write files of results: a new report as a block of its own, a corrected one value by value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from d8plan.storage.data.new_files import block, new_file
from d8plan.storage.data.splice import EditError, as_read, splice
from d8plan.storage.data.strict_yaml import read
from d8plan.text.message import M

Plain = dict[str, Any]
_COMMENT = "What units report; written by “d8plan import-report”, which keeps what was corrected under “earlier”."


def with_reports(content: bytes | None, reports: Mapping[str, Plain]) -> bytes:
    """Return a file of results with these reports: others, and every other byte of these, stay as they are.

    Raises EditError where that cannot be done.
    """
    if content is None:
        return new_file("results", 4, _COMMENT, {"reports": dict(reports)})
    data = read(content).data
    known = data.get("reports", {}) if isinstance(data, dict) else {}
    added: Plain = {}
    changes: dict[tuple[str | int, ...], Any] = {}
    for unit, report in reports.items():
        if unit not in known:
            added[unit] = report
        else:
            changes |= _changes(("reports", unit), known[unit], report)
    made = splice(content, changes) if changes else content
    if not added:
        return made
    text = made.decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    joined = text + ("" if text.endswith("\n") else end) + end.join([*block(added, 2), ""])
    before = read(made).data
    assert isinstance(before, dict)
    wanted = {**before, "reports": {**before["reports"], **as_read(added)}}
    again = read(joined.encode("utf-8", "replace"))
    if again.problems or again.data != wanted:
        raise EditError(M("The file cannot be edited without touching more than the value"))
    return joined.encode("utf-8")


def _changes(path: tuple[str | int, ...], old: Any, new: Any) -> dict[tuple[str | int, ...], Any]:
    """Return what differs below a path, down to single values; mappings that are new as a whole."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return {path: new} if old != as_read(new) else {}
    found: dict[tuple[str | int, ...], Any] = {}
    for key, value in new.items():
        if key not in old:
            found[(*path, key)] = value
        else:
            found |= _changes((*path, key), old[key], value)
    return found
