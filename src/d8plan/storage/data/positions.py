"""Where the values of a YAML file stand, found in the events that it was read from.

Few values are ever asked for, so nothing is looked up before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, StreamEndEvent

from d8plan.models.places import KeyPath, Mark
from d8plan.text.names import nfc


class Node(NamedTuple):
    """Where a value stands: the parser's events of its key, of its start and of its end, and its children by key."""

    key: Any
    start: Any
    end: Any
    children: dict[str | int, Node]


_NO_CHILDREN: dict[str | int, Node] = {}


def events(text: str) -> Iterator[Any]:
    """Yield the parser's events of a text; raise YAMLError where it is not YAML."""
    return iter(CParser(text).get_event, None)


def compose(events: Iterator[Any]) -> Node | None:
    """Return where the values stand that a whole document's events tell of; None where it holds none."""
    next_event = events.__next__
    next_event()
    if type(next_event()) is StreamEndEvent:
        return None
    return _node(None, next_event(), next_event)


def _node(key: Any, start: Any, next_event: Any) -> Node:
    """Return where the value stands that begins with the event ``start``."""
    if type(start) is ScalarEvent:
        return Node(key, start, start, _NO_CHILDREN)
    children: dict[str | int, Node] = {}
    is_mapping = type(start) is MappingStartEvent
    ends = MappingEndEvent if is_mapping else SequenceEndEvent
    while type(event := next_event()) is not ends:
        child = _node(event, next_event(), next_event) if is_mapping else _node(None, event, next_event)
        # Of two equal keys the first is the one that counts.
        children.setdefault(nfc(event.value) if is_mapping else len(children), child)
    return Node(key, start, event, children)


def locate(root: Node | None, keys: KeyPath, *, of_key: bool = False) -> Mark:
    """Return where the value at ``keys`` stands, or the nearest one above that exists."""
    node = root
    if node is None:
        return Mark(1, 1)
    for position, key in enumerate(keys):
        child = node.children.get(key)
        if child is None:
            return mark(node.key or node.start)
        node = child
        if of_key and position == len(keys) - 1 and node.key is not None:
            return mark(node.key)
    # A collection begins at its first entry; its key says better which one is meant.
    return mark(node.key if node.children and node.key is not None else node.start)


def mark(event: Any) -> Mark:
    """Return where what an event tells of stands."""
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Mark(start.line + 1, start.column + 1, max(width, 1))
