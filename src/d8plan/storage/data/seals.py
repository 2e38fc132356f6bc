"""Read seal.json: only what ``d8plan seal`` wrote is taken."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from d8plan.models.base import parse_date
from d8plan.models.places import Mark
from d8plan.models.seal import FORMAT, RegisterSeal, Seal
from d8plan.storage.data import rules
from d8plan.storage.data.raw_text import Problem, conflict_problems, conflicts, decode
from d8plan.text.message import M, Message

_TEXTS = {Seal: ("document", "date", "digest"), RegisterSeal: ("digest",)}
_MAPPINGS = {Seal: ("plan", "record"), RegisterSeal: ("plans", "records", "registers")}


class Read(NamedTuple):
    """A seal, or why it cannot be used."""

    seal: Seal | RegisterSeal | None
    problems: list[Problem]


class _TwiceError(ValueError):
    """A key that stands twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raise _TwiceError where a key stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def read(content: bytes, kind: type[Seal] | type[RegisterSeal]) -> Read:
    """Return the seal that ``content`` holds, of ``kind``."""
    text, refused = decode(content)
    refused = refused or conflict_problems(conflicts(text), of_seal=True)
    if refused:
        return Read(None, refused)
    try:
        data = json.loads(text, object_pairs_hook=_once)
        if "\\u" in text:  # half a character, which no text can hold
            json.dumps(data, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        if left := conflicts(text, beginnings=False):
            return Read(None, conflict_problems(left, of_seal=True))
        return _unread(M("This is not JSON: {problem}", problem=error.msg), Mark(error.lineno, error.colno))
    except (_TwiceError, RecursionError, ValueError):
        return _unread(M("A key stands twice, or a value is none of JSON"))
    keys = {"format", *_TEXTS[kind], *_MAPPINGS[kind]}
    if not isinstance(data, dict) or set(data) != keys or data.pop("format") != FORMAT:
        return _unread(M("It does not have the keys of a seal"))
    texts = all(isinstance(data[key], str) for key in _TEXTS[kind])
    if not texts or not all(isinstance(data[key], dict) for key in _MAPPINGS[kind]):
        return _unread(M("It does not have the values of a seal"))
    if "date" in data and not _is_date(data["date"]):
        return _unread(M("Its date is none"))
    return Read(kind(**data), [])


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def _unread(message: Message, mark: Mark | None = None) -> Read:
    action = M("Restore it from git: only “{command}” writes it", command="d8plan seal")
    return Read(None, [Problem(rules.SEAL, message, action, mark or Mark(1, 1))])
