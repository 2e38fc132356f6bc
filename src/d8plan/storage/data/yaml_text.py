"""Write values as YAML, one line a unit, as people write them."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from d8plan.storage.data import strict_yaml
from d8plan.text.exact import plain
from d8plan.text.message import M, ToldError
from d8plan.text.names import nfc

_WIDTH = 110
_ONE_LINE_EACH = ("units", "reports")
"""Mappings whose entries stand on lines of their own, however short: so that each line is one unit's."""
_PLAIN = re.compile(r"[^\W\d_][\w./()+-]*( [\w./()+-]+)*")
_KEY = re.compile(r"[\w./][\w./#-]*")


class EditError(ToldError):
    """A text that would not hold exactly what it is to hold."""


def new_file(schema: str, depth: int, comment: str, data: Mapping[str, Any]) -> bytes:
    """Return the content of a file, ``depth`` folders below the one that holds data folder and schemas.

    ``schema`` is the name of its schema; ``comment`` stands under the line that names it. Raises EditError where
    the text would not be read back as the same data, as with a character that cannot be shown.
    """
    head = [f"# yaml-language-server: $schema={'../' * depth}schemas/{schema}.schema.json"]
    head += [f"# {line}" for line in comment.split("\n") if line]
    content = encoded("\n".join([*head, *block(data, 0)]) + "\n")
    again = strict_yaml.read(content)
    if again.problems or again.data != as_read(data):
        raise EditError(M("The text holds a character that cannot be shown"))
    return content


def encoded(text: str) -> bytes:
    """Return a text as bytes; half a character, as arguments in another encoding become, makes no text of UTF-8."""
    return text.encode("utf-8", "replace")


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
    if key in _ONE_LINE_EACH or any(isinstance(value.get(name), dict) for name in _ONE_LINE_EACH):
        return False
    return not all(isinstance(entry, dict) for entry in value.values())


def written(value: Any) -> str:
    """Return a value as YAML on one line; text in quotes wherever it could be anything else, a date without."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written_key(str(key))}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, Decimal):
        return plain(value)
    return _text(value, _PLAIN) if isinstance(value, str) else json.dumps(value)


def written_key(key: str) -> str:
    """Return a key as YAML, in quotes where it needs them."""
    return _text(key, _KEY)


def _text(text: str, bare: re.Pattern[str]) -> str:
    text = nfc(text)
    return text if bare.fullmatch(text) and not strict_yaml.is_doubtful(text) else json.dumps(text, ensure_ascii=False)


def as_read(value: Any) -> Any:
    """Return a value as the reader gives it back: a date as its text, and all text composed."""
    if isinstance(value, dict):
        return {nfc(key): as_read(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_read(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return nfc(value) if isinstance(value, str) else value
