"""Change single values of a YAML file; every other byte stays as it is.

A value's own characters are replaced where the parser says they stand, or an entry is put in behind
the last of its mapping. The result is read again and compared before anybody writes it.
"""

from __future__ import annotations

import copy
import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.events import MappingStartEvent, ScalarEvent

from d8plan.storage.data import strict_yaml
from d8plan.storage.data.positions import Node, compose, events
from d8plan.storage.data.raw_text import BOM, Path
from d8plan.text.message import M, Message
from d8plan.text.names import nfc

_PLAIN = re.compile(r"[^\W\d_][\w./()+-]*( [\w./()+-]+)*")
_KEY = re.compile(r"[\w./][\w./#-]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


_IN_THE_WAY = M("The file cannot be edited without touching more than the value")


class EditError(Exception):
    """A change that cannot be made without touching more than what it names."""

    def __init__(self, message: Message) -> None:
        """Take what is in the way."""
        super().__init__(message.template)
        self.message = message


def splice(content: bytes, changes: Mapping[Path, Any]) -> bytes:
    """Return the file with the value at each path replaced, or put in where its mapping lacks it.

    A value is a whole number, text, true, false, null, or a mapping of such, which is written on one line.
    Raises EditError where a path does not lead to a single value, or the result would not hold exactly
    what is asked for.
    """
    source = strict_yaml.read(content)
    if not isinstance(source.data, dict) or source.problems:
        raise EditError(_IN_THE_WAY)
    text, wanted = source.text, copy.deepcopy(source.data)
    mark = BOM if content.startswith(BOM.encode("utf-8")) else ""
    changes = {tuple(map(_composed, path)): _composed(value) for path, value in changes.items()}
    root, new = source.root, dict(changes)
    pieces: list[tuple[int, int, str]] = []
    for path in changes:
        found = _find(root, path)
        if found is not None:
            if found.children or _is_mapping(found):
                raise EditError(M("{path} is a group of values", path="/".join(map(str, path))))
            pieces.append((found.start.start_mark.index, _end(found), written(new.pop(path))))
    for start, end, value in sorted(pieces, reverse=True):
        text = text[:start] + value + text[end:]
    for path, value in new.items():
        text = _put_in(text, path, value)
    # Half a character, as arguments in another encoding become, makes no text of UTF-8.
    spliced = (mark + text).encode("utf-8", "replace")
    for path, value in changes.items():
        _set(wanted, path, as_read(value))
    again = strict_yaml.read(spliced)
    if not again.readable or again.problems or again.data != wanted:
        raise EditError(_IN_THE_WAY)
    return spliced


def _composed(value: Any) -> Any:
    """Return a value as the reader gives it back: all text composed."""
    if isinstance(value, dict):
        return {nfc(key): _composed(one) for key, one in value.items()}
    return nfc(value) if isinstance(value, str) else value


def _set(data: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def _find(root: Node | None, path: Path) -> Node | None:
    found = root
    for key in path:
        found = found.children.get(key) if found else None
    return found


def _put_in(text: str, path: Path, value: Any) -> str:
    """Return the text with an entry behind the last one of the mapping that ``path`` names."""
    above = _find(compose(events(text)), path[:-1])
    if above is None or not _is_mapping(above):
        raise EditError(M("There is no group {path} to put a value in", path="/".join(map(str, path[:-1]))))
    entry = f"{written_key(str(path[-1]))}: {written(value)}"
    first = next(iter(above.children.values()), None)
    if above.start.flow_style:
        # Before a comment or comma that follows the last value.
        at = max(map(_end, above.children.values())) if first else above.start.start_mark.index + 1
        return text[:at] + (", " if first else "") + entry + text[at:]
    column: int = (first.key if first else above.start).start_mark.column
    indented = " " * column + entry
    line_end = _LINE_END.search(text, _end(above))
    if line_end is None:
        some = _LINE_END.search(text)
        return text + (some[0] if some else "\n") + indented
    return text[: line_end.end()] + indented + line_end[0] + text[line_end.end() :]


def _is_mapping(node: Node) -> bool:
    return isinstance(node.start, MappingStartEvent)


def _end(node: Node) -> int:
    """Return where the character behind the last one of a value stands."""
    if isinstance(node.start, ScalarEvent) or node.start.flow_style:
        return int(node.end.end_mark.index)
    # A block ends with its last entry: the parser tells only where the next thing begins.
    return max(map(_end, node.children.values()), default=node.start.end_mark.index)


def as_read(value: Any) -> Any:
    """Return a value as the reader gives it back: a date as its text."""
    if isinstance(value, dict):
        return {key: as_read(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, datetime.date) else value


def written_key(key: str) -> str:
    """Return a key as YAML, in quotes where it needs them."""
    return key if _KEY.fullmatch(key) and not strict_yaml.is_doubtful(key) else json.dumps(key, ensure_ascii=False)


def written(value: Any) -> str:
    """Return a value as YAML on one line; text in quotes wherever it could be anything else, a date without."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written_key(str(key))}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not strict_yaml.is_doubtful(value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
