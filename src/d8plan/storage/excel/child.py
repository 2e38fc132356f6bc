"""What runs in the child process: a workbook's content comes in, its grids go out as JSON.

JSON rather than pickle: whatever a broken child writes can only be data.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import json
import sys
from collections.abc import Iterable
from typing import Any

from d8plan.storage.excel.guard import RefusedWorkbookError
from d8plan.text.cells import Grid, Holds, MergedRange, Raw
from d8plan.text.message import Message

MEMORY = 300_000_000
"""Bytes of address space."""
CPU_SECONDS = 10
"""Of the processor."""


def main(name: str) -> None:
    """Read a workbook's content from standard input; ``name`` is its file's name."""
    _limit()
    # What openpyxl takes where it is installed: XML libraries with limits of their own, and slow to import.
    sys.modules.update(dict.fromkeys(("defusedxml", "lxml", "numpy")))  # type: ignore[arg-type] # None: not there
    gc.disable()  # a short life: what is read is bounded, and looking through it for cycles takes long
    from d8plan.storage.excel.parse import parse  # within the limits

    try:
        answer = {"grids": _grids_as_data(parse(sys.stdin.buffer.read(), name))}
    except RefusedWorkbookError as error:
        answer = {"refused": [_message_as_data(part) for part in (error.message, error.action)]}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def grids_or_refusal(answer: bytes) -> tuple[Grid, ...]:
    """Return the grids that ``main`` wrote, or raise the refusal; ValueError where it is neither."""
    data = json.loads(answer)
    if "refused" in data:
        message, action = (_message(part) for part in data["refused"])
        if message is None:
            raise ValueError(data)
        raise RefusedWorkbookError(message, action)
    return tuple(_grid(each) for each in data["grids"])


def _limit() -> None:
    """Limit memory and time where the system can (not on Windows, where the caller's timeout remains)."""
    try:
        import resource
    except ImportError:
        return
    # A system may refuse a limit, or have a lower one already.
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _grids_as_data(grids: Iterable[Grid]) -> list[dict[str, Any]]:
    return [
        {
            "name": grid.name,
            "cells": [
                [*position, raw.holds, _value_as_data(raw), raw.formula, raw.number_format]
                for position, raw in grid.cells.items()
            ],
            "merged": grid.merged,
            "hidden_rows": sorted(grid.hidden_rows),
            "hidden_columns": sorted(grid.hidden_columns),
            "hidden": grid.hidden,
            "beyond": grid.beyond,
        }
        for grid in grids
    ]


def _grid(data: dict[str, Any]) -> Grid:
    return Grid(
        name=data["name"],
        cells={(row, column): _raw(*rest) for row, column, *rest in data["cells"]},
        merged=tuple(MergedRange(*area) for area in data["merged"]),
        hidden_rows=frozenset(data["hidden_rows"]),
        hidden_columns=frozenset(data["hidden_columns"]),
        hidden=data["hidden"],
        beyond=data["beyond"],
    )


def _value_as_data(raw: Raw) -> Any:
    if isinstance(raw.value, datetime.timedelta):
        return ["timedelta", raw.value / datetime.timedelta(microseconds=1)]
    if isinstance(raw.value, (datetime.date, datetime.time)):
        return [type(raw.value).__name__, raw.value.isoformat()]
    return raw.value


def _raw(holds: str, value: Any, formula: str | None, number_format: str) -> Raw:
    if isinstance(value, list):
        kind, text = value
        value = datetime.timedelta(microseconds=text) if kind == "timedelta" else _MOMENTS[kind].fromisoformat(text)
    return Raw(Holds(holds), value, formula, number_format)


_MOMENTS = {kind.__name__: kind for kind in (datetime.datetime, datetime.date, datetime.time)}


def _message_as_data(message: Message | None) -> Any:
    if message is None:
        return None
    values = {
        name: {"message": _message_as_data(value)} if isinstance(value, Message) else value
        for name, value in message.values
    }
    return [message.template, values]


def _message(data: Any) -> Message | None:
    if data is None:
        return None
    template, values = data
    filled = {name: _message(value["message"]) if isinstance(value, dict) else value for name, value in values.items()}
    return Message(template, tuple(filled.items()))
