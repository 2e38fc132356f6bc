"""Write the text of a data file that is new: one line a unit, as people write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from d8plan.store import strict_yaml
from d8plan.store.splice import written, written_key

_WIDTH = 110
_ONE_LINE_EACH = ("units", "reports")
"""Mappings whose entries stand on lines of their own, however short: so that each line is one unit's."""


def new_file(schema: str, depth: int, comment: str, data: Mapping[str, Any]) -> bytes:
    """Return the content of a file, ``depth`` folders below the one that holds data folder and schemas.

    ``schema`` is the name of its schema; ``comment`` stands under the line that names it.
    """
    head = [f"# yaml-language-server: $schema={'../' * depth}schemas/{schema}.schema.json"]
    head += [f"# {line}" for line in comment.split("\n") if line]
    content = ("\n".join([*head, *_block(data, 0)]) + "\n").encode("utf-8")
    assert strict_yaml.read(content).data == data
    return content


def _block(data: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, value in data.items():
        head = f"{' ' * indent}{written_key(key)}:"
        line = f"{head} {written(value)}"
        if not isinstance(value, dict) or not value or (_is_flat(key, value) and len(line) <= _WIDTH):
            yield line
        else:
            yield head
            yield from _block(value, indent + 2)


def _is_flat(key: str, value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping may stand on one line: one that says something itself, not only through its entries."""
    return key not in _ONE_LINE_EACH and not all(isinstance(one, dict) for one in value.values())
