"""Read YAML strictly, in one pass over the C parser's events.

The usual loaders guess (``1_000``, ``16.035``, ``yes``), follow anchors and tags, keep the last of
two equal keys, and can be made to crash; the events give exact marks and let everything doubtful
be refused with its line. Only mappings, lists, text, numbers, true, false and null come out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import tee
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from d8plan.models.findings import Rule
from d8plan.models.places import KeyPath, Mark
from d8plan.storage.data import rules
from d8plan.storage.data.positions import Node, compose, events, locate, mark
from d8plan.storage.data.raw_text import (
    Problem,
    character_problem,
    conflict_problems,
    conflicts,
    decode,
    endless_accents,
    last_typed,
    lines_of,
)
from d8plan.storage.data.syntax import missing_colon, syntax_problem
from d8plan.text.message import M, Message
from d8plan.text.names import nfc, unshowable

MAX_DEPTH = 64
MAX_VALUES = 100_000
MAX_PROBLEMS = 1_000
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER_LIKE = re.compile(r"[-+]?\.?\d[\w.,:+\-]*")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_a-fxoA-FXO]")
_WORDS = {"null": None, "true": True, "false": False}
_NEAR_WORDS = frozenset({"", "~", "none", *_WORDS})


@dataclass
class YamlSource:
    """A file's text, its data, and what was refused of it."""

    text: str
    data: object
    problems: tuple[Problem, ...]
    readable: bool
    """Whether the whole of it could be turned into data."""
    events: Iterator[Any]
    """What the parser told of it, where it is readable."""
    decimals: tuple[tuple[KeyPath, Decimal], ...] = ()
    """Numbers that are not whole, which not every place takes."""

    @cached_property
    def root(self) -> Node | None:
        """Where the values stand."""
        return compose(self.events) if self.readable else None

    @cached_property
    def lines(self) -> list[str]:
        """The lines as they were typed."""
        return lines_of(self.text)

    def locate(self, keys: KeyPath, *, of_key: bool = False) -> Mark:
        """Return where the value at ``keys`` stands, or the nearest one above that exists."""
        return locate(self.root, keys, of_key=of_key)


def read(content: bytes) -> YamlSource:
    """Return what ``content`` holds; everything refused is a problem, nothing is raised."""
    text, refused = decode(content)
    if refused:
        return _refused(text, refused)
    if unmerged := conflicts(text):
        return _refused(text, conflict_problems(unmerged))
    reader = _Reader(text)
    try:
        data = reader.document()
    except _StopError:
        return _refused(text, reader.told())
    except YAMLError as error:
        if left := conflicts(text, beginnings=False):
            return _refused(text, conflict_problems(left))
        return _refused(text, (*reader.told(), syntax_problem(error, text)))
    return YamlSource(text, data, reader.told(), True, reader.events, tuple(reader.decimals))


def _refused(text: str, problems: Iterable[Problem]) -> YamlSource:
    return YamlSource(text, None, tuple(problems), readable=False, events=iter(()))


class _StopError(Exception):
    """The rest of the file cannot be trusted."""


class _Reader:
    def __init__(self, text: str) -> None:
        # The second gives the same events again: few files are ever asked where their values stand.
        read, self.events = tee(events(text))
        self._event = read.__next__
        self._text = text
        # Parts of composed text are composed, unless an escape makes them.
        self._nfc = str if "\\" not in text and unicodedata.is_normalized("NFC", text) else nfc
        self._values = 0
        self.problems: list[Problem] = []
        self.decimals: list[tuple[KeyPath, Decimal]] = []

    def told(self) -> tuple[Problem, ...]:
        """Return the problems, none beyond the last line typed."""
        lines = lines_of(self._text) if self.problems else []
        return tuple(problem._replace(mark=last_typed(problem.mark, lines)) for problem in self.problems)

    def document(self) -> object:
        self._event()
        event = self._event()
        if type(event) is StreamEndEvent:
            return None
        if event.version or event.tags:
            self._stop(event, M("YAML directives are not allowed"), ())
        value = self._value(self._event(), ())
        self._event()
        event = self._event()
        if type(event) is not StreamEndEvent:
            self._stop(event, M("The file holds more than one document"), ())
        return value

    def _stop(self, event: Any, message: Message, path: KeyPath) -> None:
        self._problem(rules.CONSTRUCT, event, message, M("Write the value out, without this construct"), path)
        raise _StopError

    def _problem(self, rule: Rule, event: Any, message: Message, action: Message, path: KeyPath) -> None:
        self._keep(Problem(rule, message, action, mark(event), path))

    def _keep(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MAX_PROBLEMS:
            raise _StopError

    def _value(self, event: Any, path: KeyPath) -> object:
        kind = type(event)
        if kind is AliasEvent or event.anchor is not None:
            self._stop(event, M("Anchors and aliases (& and *) are not allowed"), path)
        if event.tag is not None:
            self._stop(event, M("Tags (!) are not allowed"), path)
        self._values += 1
        if self._values > MAX_VALUES:
            self._stop(event, M("The file holds more than {number} values", number=MAX_VALUES), path)
        if kind is ScalarEvent:
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            self._stop(event, M("The data is nested more than {depth} levels deep", depth=MAX_DEPTH), path)
        return self._mapping(path) if kind is MappingStartEvent else self._sequence(path)

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        values: dict[str, object] = {}
        keys: list[Any] = []
        next_event = self._event
        while type(key_event := next_event()) is not MappingEndEvent:
            if type(key_event) is not ScalarEvent or key_event.anchor or key_event.tag:
                self._stop(key_event, M("A key must be plain text"), path)
            if key_event.style and _unusual(key_event.value):
                self._stop(key_event, M("A key must be plain text"), path)
            name = self._nfc(key_event.value)
            if name == "<<":
                self._stop(key_event, M("Merge keys (<<) are not allowed"), path)
            inside = (*path, name)
            value_event = next_event()
            if name and self._lacks_colon(key_event, value_event):
                line = key_event.start_mark.line
                self._problem(
                    rules.DOUBTFUL,
                    key_event,
                    M("There is no value here: {problem}", problem=missing_colon(self._text, line, name)),
                    M("Write “{line}”", line=f"{name}: …"),
                    inside,
                )
                value = None
            else:
                value = self._value(value_event, inside)
            if name in values:
                self._twice(key_event, keys[list(values).index(name)], inside)
                continue
            values[name] = value
            keys.append(key_event)
        return values

    def _lacks_colon(self, key: Any, value: Any) -> bool:
        """Tell a key between braces that nothing follows: {province: 5, district 5}."""
        empty = type(value) is ScalarEvent and not value.value and not value.style
        return empty and value.start_mark.index == key.end_mark.index

    def _twice(self, event: Any, first: Any, inside: KeyPath) -> None:
        """Tell a key that stands twice; what is wrong inside the second is not a fault of its own."""
        self.problems = [
            problem
            for problem in self.problems
            if problem.path[: len(inside)] != inside or problem.rule is rules.DUPLICATE
        ]
        line = first.start_mark.line + 1
        message = M("“{key}” stands twice here, first in line {line}", key=inside[-1], line=line)
        self._problem(rules.DUPLICATE, event, message, M("Keep one of the two lines"), inside)

    def _sequence(self, path: KeyPath) -> list[object]:
        values: list[object] = []
        while type(item := self._event()) is not SequenceEndEvent:
            values.append(self._value(item, (*path, len(values))))
        return values

    def _scalar(self, event: Any, path: KeyPath) -> object:
        text: str = event.value
        if event.style:
            if event.style == '"' and _unusual(text.replace("\n", "")):
                message = M("The text holds a character that cannot be shown")
                self.problems.append(character_problem(message, mark(event), path))
                return ""
            return self._nfc(text)
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            number = Decimal(text)
            self.decimals.append((path, number))
            return number
        if text in _WORDS:
            return _WORDS[text]
        if text.casefold() in _NEAR_WORDS:
            self._problem(
                rules.DOUBTFUL,
                event,
                M("There is no value here") if not text else M("“{text}” is doubtful", text=text),
                M("Write null for nothing allotted, 0 for zero, or the value; text stands in quotes"),
                path,
            )
        elif _reads_as_number(text):
            self._keep(doubtful_number(text, mark(event), path))
        return self._nfc(text)


def doubtful_number(text: str, at: Mark, path: KeyPath) -> Problem:
    """Return why a text that looks like a number is none."""
    message = M("“{text}” can be read as more than one number", text=text)
    action = M("Write whole numbers with digits alone (16035756260); text stands in quotes")
    return Problem(rules.DOUBTFUL, message, action, at, path)


def is_doubtful(text: str) -> bool:
    """Tell plain text that could be read as something other than text, and so needs quotes."""
    words = text.casefold() in _NEAR_WORDS or _DATE.fullmatch(text) is not None
    return words or _WHOLE.fullmatch(text) is not None or _reads_as_number(text)


def _unusual(text: str) -> bool:
    """Tell text that escapes or line breaks have put characters into that a file must not hold."""
    return any(map(unshowable, text)) or endless_accents(text, set(text)) is not None


def _reads_as_number(text: str) -> bool:
    """Tell plain text that some reader takes for a number: 16.035, 1_000, 0x1F, .nan."""
    if _DATE.fullmatch(text) or _LETTERS.search(text):
        return _NO_NUMBER.fullmatch(text) is not None
    return _NUMBER_LIKE.fullmatch(text) is not None
