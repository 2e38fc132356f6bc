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
from typing import Any, NamedTuple

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from d8plan.message import M, Message
from d8plan.store import strict_yaml
from d8plan.store.raw_text import BOM, Path
from d8plan.text import nfc

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


class _Span(NamedTuple):
    """Where a value stands in the text: its first character and the one behind its last."""

    start: int
    end: int
    column: int
    """Column of the first key, of a mapping."""
    flow: bool
    children: dict[str | int, _Span]


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
    root, new = _spans(text), dict(changes)
    pieces: list[tuple[int, int, str]] = []
    for path in changes:
        found = _find(root, path)
        if found is not None:
            if found.children or found.column >= 0:
                raise EditError(M("{path} is a group of values", path="/".join(map(str, path))))
            pieces.append((found.start, found.end, written(new.pop(path))))
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


def _find(span: _Span, path: Path) -> _Span | None:
    found: _Span | None = span
    for key in path:
        found = found.children.get(key) if found else None
    return found


def _put_in(text: str, path: Path, value: Any) -> str:
    """Return the text with an entry behind the last one of the mapping that ``path`` names."""
    above = _find(_spans(text), path[:-1])
    if above is None or above.column < 0:
        raise EditError(M("There is no group {path} to put a value in", path="/".join(map(str, path[:-1]))))
    entry = f"{written_key(str(path[-1]))}: {written(value)}"
    if above.flow:
        # Before a comment or comma that follows the last value.
        at = max((child.end for child in above.children.values()), default=above.start + 1)
        return text[:at] + (", " if above.children else "") + entry + text[at:]
    indented = " " * above.column + entry
    line_end = _LINE_END.search(text, above.end)
    if line_end is None:
        some = _LINE_END.search(text)
        return text + (some[0] if some else "\n") + indented
    return text[: line_end.end()] + indented + line_end[0] + text[line_end.end() :]


def _spans(text: str) -> _Span:
    next_event = CParser(text).get_event
    next_event()
    next_event()
    return _span(next_event(), next_event)


def _span(event: Any, next_event: Any) -> _Span:
    """Return where the value stands that begins with ``event``."""
    start, end = event.start_mark.index, event.end_mark.index
    children: dict[str | int, _Span] = {}
    if isinstance(event, ScalarEvent):
        return _Span(start, end, -1, flow=False, children=children)
    is_mapping, column = isinstance(event, MappingStartEvent), event.start_mark.column
    ends = MappingEndEvent if is_mapping else SequenceEndEvent
    while not isinstance(one := next_event(), ends):
        key: str | int = nfc(one.value) if is_mapping else len(children)
        if is_mapping and not children:
            column = one.start_mark.column
        children[key] = _span(next_event() if is_mapping else one, next_event)
    # A block ends with its last entry: the parser tells only where the next thing begins.
    last = one.end_mark.index if event.flow_style else max((child.end for child in children.values()), default=end)
    return _Span(start, last, column if is_mapping else -1, bool(event.flow_style), children)


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
