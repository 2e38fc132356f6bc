"""Read and write seal.json: only what ``d8plan seal`` wrote is taken.

It is JSON with one value a line: read in a fraction of the time of YAML, and never edited by hand.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeVar

from d8plan.models.places import Mark
from d8plan.models.seal import RegisterSeal, Seal, digest
from d8plan.storage.data import rules
from d8plan.storage.data.raw_text import Problem, conflict_problems, conflicts, decode
from d8plan.storage.data.salvage import validate
from d8plan.text.exact import as_json_text
from d8plan.text.message import M, Message

S = TypeVar("S", Seal, RegisterSeal)


def read(content: bytes, kind: type[S]) -> tuple[S | None, list[Problem]]:
    """Return the seal that ``content`` holds, of ``kind``; or None and why it cannot be used."""
    text, refused = decode(content)
    refused = refused or conflict_problems(conflicts(text), of_seal=True)
    if refused:
        return None, refused
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_float=Decimal)
        if "\\u" in text:  # half a character, which no text can hold
            as_json_text(data, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        if left := conflicts(text, beginnings=False):
            return None, conflict_problems(left, of_seal=True)
        return _unread(M("This is not JSON: {problem}", problem=error.msg), Mark(error.lineno, error.colno))
    except (RecursionError, ValueError):
        return _unread(M("A key stands twice, or a value is none of JSON"))
    if not isinstance(data, dict) or set(data) != set(kind.model_fields):
        return _unread(M("It does not have the keys of a seal"))
    seal, faults = validate(kind, data)
    if faults and faults[0].path == ("date",) and isinstance(data["date"], str):
        return _unread(M("Its date is none"))
    return (seal, []) if seal else _unread(M("It does not have the values of a seal"))


def written(seal: Seal | RegisterSeal) -> bytes:
    """Return the content of a seal's file, with its digest: one value a line, lists too."""
    content = seal.content()
    entries = [f" {_json(key)}: {_section(value)}" for key, value in (*content.items(), ("digest", digest(content)))]
    return ("{\n" + ",\n".join(entries) + "\n}\n").encode("utf-8")


def _section(value: object) -> str:
    if not isinstance(value, dict) or not value:
        return _json(value)
    return "{\n" + ",\n".join(f"  {_json(key)}: {_json(leaf)}" for key, leaf in value.items()) + "\n }"


def _json(value: object) -> str:
    return as_json_text(value, ensure_ascii=False)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raise ValueError where a key stands twice."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError(pairs)
    return mapping


def _unread(message: Message, mark: Mark | None = None) -> tuple[None, list[Problem]]:
    action = M("Restore it from git: only “{command}” writes it", command="d8plan seal")
    return None, [Problem(rules.SEAL, message, action, mark or Mark(1, 1))]
