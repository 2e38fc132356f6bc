"""Write the text of a data file that is new: one line a unit, as people write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from d8plan.storage.data import strict_yaml
from d8plan.storage.data.splice import EditError, as_read, written, written_key
from d8plan.text.message import M
from d8plan.text.names import nfc

_WIDTH = 110
_ONE_LINE_EACH = ("units", "reports")
"""Mappings whose entries stand on lines of their own, however short: so that each line is one unit's."""


def new_file(schema: str, depth: int, comment: str, data: Mapping[str, Any]) -> bytes:
    """Return the content of a file, ``depth`` folders below the one that holds data folder and schemas.

    ``schema`` is the name of its schema; ``comment`` stands under the line that names it. Raises EditError where
    the text would not be read back as the same data, as with a character that cannot be shown.
    """
    head = [f"# yaml-language-server: $schema={'../' * depth}schemas/{schema}.schema.json"]
    head += [f"# {line}" for line in comment.split("\n") if line]
    # Half a character, as arguments in another encoding become, makes no text of UTF-8.
    content = ("\n".join([*head, *block(data, 0)]) + "\n").encode("utf-8", "replace")
    again = strict_yaml.read(content)
    if again.problems or again.data != as_read(_composed(data)):
        raise EditError(M("The text holds a character that cannot be shown"))
    return content


def block(data: Mapping[str, Any], indent: int, *, aligned: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping, its keys ``indent`` columns in; ``aligned`` puts its values under each other."""
    width = max((len(written_key(key)) for key in data), default=0) + 1 if aligned else 0
    for number, (key, value) in enumerate(data.items()):
        head = f"{' ' * indent}{f'{written_key(key)}:'.ljust(width)}"
        line = f"{head} {written(value)}"
        if not isinstance(value, dict) or not value or (_is_flat(key, value) and (aligned or len(line) <= _WIDTH)):
            yield line
            continue
        if number and (indent == 0 or isinstance(value.get("units"), dict)):
            yield ""  # sets sections off, and what is a table of units
        yield head.rstrip()
        yield from block(value, indent + 2, aligned=key == "units")


def _is_flat(key: str, value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping may stand on one line: one that says something itself, not only through its entries."""
    if key in _ONE_LINE_EACH or any(isinstance(value.get(one), dict) for one in _ONE_LINE_EACH):
        return False
    return not all(isinstance(one, dict) for one in value.values())


def _composed(value: Any) -> Any:
    """Return a value as the reader gives it back: all text composed."""
    if isinstance(value, dict):
        return {nfc(key): _composed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_composed(one) for one in value]
    return nfc(value) if isinstance(value, str) else value
