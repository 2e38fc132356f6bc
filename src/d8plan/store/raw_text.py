"""From bytes to text that may be parsed: its encoding, its characters, places in it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from d8plan.findings import Mark, Rule
from d8plan.message import M, Message
from d8plan.store import rules
from d8plan.text import unshowable

MAX_BYTES = 2_000_000
MAX_ACCENTS = 30
"""Combining marks on one letter; to order them takes the square of their number."""
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Mark at the start of a file that some editors of Windows write."""
_NEWLINE = re.compile(r"\r\n|\r|\n")

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """Something refused, with the keys that lead to it as far as they are known."""

    rule: Rule
    message: Message
    action: Message
    mark: Mark
    path: Path = ()


def decode(content: bytes) -> tuple[str, Problem | None]:
    """Return the text of a file without its BOM, and why it must not be parsed, if so."""
    if len(content) > MAX_BYTES:
        return "", Problem(rules.UNREADABLE, M("The file is larger than 2 MB"), M("Split it"), Mark(1, 1))
    try:
        text = content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(BOM)
        problem = Problem(
            rules.UNREADABLE,
            M("The file is not UTF-8 text"),
            M("Save it with the encoding UTF-8; text in TCVN3 or VNI fonts must be converted to Unicode first"),
            end_of(before),
        )
        return content.decode("utf-8", "replace"), problem
    chars = set(text)
    if forbidden := [char for char in chars if char not in "\n\r" and _forbidden(char)]:
        char = min(forbidden, key=text.index)
        message = M("Character U+{number} is not allowed", number=f"{ord(char):04X}")
        if char == "\t":
            message = M("A tab is not allowed")
        return text, character_problem(message, end_of(text[: text.index(char)]))
    if (at := endless_accents(text, chars)) is not None:
        return text, character_problem(M("More than 30 accents stand on one letter"), end_of(text[:at]))
    return text, None


def character_problem(message: Message, mark: Mark, path: Path = ()) -> Problem:
    """Return the problem of a character that must not be used."""
    action = M("Indent with spaces, and delete characters that cannot be seen")
    return Problem(rules.CHARACTER, message, action, mark, path)


@cache
def _forbidden(char: str) -> bool:
    """Tell characters that cannot be seen; a space that only looks like one changes what is read."""
    return unshowable(char) or (unicodedata.category(char) == "Zs" and char != " ")


_combining = cache(unicodedata.combining)


def endless_accents(text: str, chars: set[str]) -> int | None:
    """Return where more accents stand on one letter than any script uses, None where they do not.

    ``chars`` are the characters of ``text``.
    """
    accents = "".join(filter(_combining, chars))
    found = re.search(f"[{re.escape(accents)}]{{{MAX_ACCENTS + 1}}}", text) if accents else None
    return found.start() if found else None


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as they were typed."""
    return _NEWLINE.split(text)


def end_of(text: str) -> Mark:
    """Return the place that follows ``text``."""
    lines = lines_of(text)
    return Mark(len(lines), len(lines[-1]) + 1)


def last_typed(mark: Mark, lines: list[str]) -> Mark:
    """Return the last place typed at or before ``mark``: the parser notices some faults after it."""
    line, column, width = mark
    while line > 1 and (line > len(lines) or not lines[line - 1].strip()):
        line, column, width = line - 1, len(lines[line - 2].rstrip()) or 1, 1
    return Mark(line, column, width)
