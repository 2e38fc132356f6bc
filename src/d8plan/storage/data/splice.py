"""Change single values of a YAML file; every other byte stays as it is.

A value's own characters are replaced where the parser says they stand, or an entry is put in behind
the last of its mapping. The result is read again and compared before anybody writes it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.events import MappingStartEvent, ScalarEvent

from d8plan.models.places import KeyPath
from d8plan.storage.data import strict_yaml
from d8plan.storage.data.positions import Node, compose, events
from d8plan.storage.data.raw_text import BOM
from d8plan.storage.data.yaml_text import EditError, as_read, block, encoded, written, written_key
from d8plan.text.message import M
from d8plan.text.names import nfc

_LINE_END = re.compile(r"\r\n|\r|\n")
_IN_THE_WAY = M("The file cannot be edited without touching more than the value")


def splice(content: bytes, changes: Mapping[KeyPath, Any]) -> bytes:
    """Return the file with the value at each path replaced, or put in where its mapping lacks it.

    A value is a whole number, text, true, false, null, a date, or a mapping of such. Raises EditError where a path
    does not lead to a single value, or the result would not hold exactly what is asked for.
    """
    source = strict_yaml.read(content)
    if not isinstance(source.data, dict) or source.problems:
        raise EditError(_IN_THE_WAY)
    text, expected = source.text, copy.deepcopy(source.data)
    mark = BOM if content.startswith(BOM.encode("utf-8")) else ""
    changes = {tuple(nfc(key) if isinstance(key, str) else key for key in path): changes[path] for path in changes}
    absent: dict[KeyPath, Any] = {}
    pieces: list[tuple[int, int, str]] = []
    for path, value in changes.items():
        node = _find(source.root, path)
        if node is None:
            absent[path] = value
        elif node.children or _is_mapping(node):
            raise EditError(M("{path} is a group of values", path="/".join(map(str, path))))
        else:
            pieces.append((node.start.start_mark.index, _end(node), written(value)))
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    for path, value in absent.items():
        text = _put_in(text, path, value)
    spliced = encoded(mark + text)
    for path, value in changes.items():
        _set(expected, path, as_read(value))
    again = strict_yaml.read(spliced)
    if not again.readable or again.problems or again.data != expected:
        raise EditError(_IN_THE_WAY)
    return spliced


def differences(path: KeyPath, old: Any, new: Any) -> dict[KeyPath, Any]:
    """Return what is to be spliced in so that ``new`` stands below a path: single values, mappings that are new."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return {path: new} if old != as_read(new) else {}
    changes: dict[KeyPath, Any] = {}
    for key, value in new.items():
        changes |= differences((*path, key), old[key], value) if key in old else {(*path, key): value}
    return changes


def _set(data: Any, path: KeyPath, value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def _find(root: Node | None, path: KeyPath) -> Node | None:
    node = root
    for key in path:
        node = node.children.get(key) if node else None
    return node


def _put_in(text: str, path: KeyPath, value: Any) -> str:
    """Return the text with an entry behind the last one of the mapping that ``path`` names."""
    above, key = _find(compose(events(text)), path[:-1]), str(path[-1])
    if above is None or not _is_mapping(above):
        raise EditError(M("There is no group {path} to put a value in", path="/".join(map(str, path[:-1]))))
    first = next(iter(above.children.values()), None)
    if above.start.flow_style:
        # Before a comment or comma that follows the last value.
        at = max(map(_end, above.children.values())) if first else above.start.start_mark.index + 1
        return text[:at] + (", " if first else "") + f"{written_key(key)}: {written(value)}" + text[at:]
    line_end = _LINE_END.search(text, _end(above))
    some = line_end or _LINE_END.search(text)
    newline = some[0] if some else "\n"
    entry = newline.join(block({key: value}, (first.key if first else above.start).start_mark.column))
    if line_end is None:
        return text + newline + entry
    return text[: line_end.end()] + entry + newline + text[line_end.end() :]


def _is_mapping(node: Node) -> bool:
    return isinstance(node.start, MappingStartEvent)


def _end(node: Node) -> int:
    """Return where the character behind the last one of a value stands."""
    if isinstance(node.start, ScalarEvent) or node.start.flow_style:
        return int(node.end.end_mark.index)
    # A block ends with its last entry: the parser tells only where the next thing begins.
    return max(map(_end, node.children.values()), default=node.start.end_mark.index)
