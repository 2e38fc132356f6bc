"""From bytes to text that may be parsed: its encoding, its characters, places in it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from d8plan.models.findings import Rule
from d8plan.models.places import KeyPath, Mark
from d8plan.storage.data import rules
from d8plan.text.message import M, Message
from d8plan.text.names import unshowable

MAX_BYTES = 2_000_000
MAX_ACCENTS = 30
"""Combining marks on one letter; to order them takes the square of their number."""
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Mark at the start of a file that some editors of Windows write."""
MAX_CONFLICTS = 1_000
MAX_NAMED = 10
"""Lines that are named of those that hold one forbidden character."""
_NEWLINE = re.compile(r"\r\n|\r|\n")
_CONFLICT = re.compile(r"[ \t]*(?P<marker><{7,}|>{7,}|={7,}|\|{7,})(?:[ \t].*)?")
_KNOWN = {
    "\t": M("A tab is not allowed"),
    BOM: M("A byte order mark is not allowed within a file; two files may have been joined"),
    "\N{NO-BREAK SPACE}": M("A no-break space is not allowed"),
    "\N{ZERO WIDTH SPACE}": M("A space without width is not allowed"),
    "\N{IDEOGRAPHIC SPACE}": M("A wide space is not allowed"),
}
"""Characters that word processors and websites leave, in words."""


class Problem(NamedTuple):
    """Something refused, with the keys that lead to it as far as they are known."""

    rule: Rule
    message: Message
    action: Message
    mark: Mark
    path: KeyPath = ()


def decode(content: bytes) -> tuple[str, list[Problem]]:
    """Return the text of a file without its BOM, and why it must not be parsed; nothing where it may be."""
    if len(content) > MAX_BYTES:
        return "", [Problem(rules.UNREADABLE, M("The file is larger than 2 MB"), M("Split it"), Mark(1, 1))]
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
        return content.decode("utf-8", "replace"), [problem]
    chars = set(text)
    if forbidden := "".join(char for char in chars if char not in "\n\r" and _forbidden(char)):
        return text, _forbidden_in(text, forbidden)
    if (at := endless_accents(text, chars)) is not None:
        return text, [character_problem(M("More than 30 accents stand on one letter"), end_of(text[:at]))]
    return text, []


def _forbidden_in(text: str, forbidden: str) -> list[Problem]:
    """Return the problem of each of the characters ``forbidden``, all of which ``text`` holds."""
    places: dict[str, list[Mark]] = {}
    pattern = re.compile(f"[{re.escape(forbidden)}]")
    for number, line in enumerate(lines_of(text), 1):
        for match in pattern.finditer(line):
            marks = places.setdefault(match.group(), [])
            if not marks or marks[-1].line < number:
                marks.append(Mark(number, match.start() + 1))
    problems = []
    for char, (first, *others) in places.items():
        message = _KNOWN.get(char, M("Character U+{number} is not allowed", number=f"{ord(char):04X}"))
        if others:
            lines = (*(mark.line for mark in others[:MAX_NAMED]), *(["…"] if len(others) > MAX_NAMED else []))
            message = M("{problem}; it also stands in line {lines}", problem=message, lines=lines)
        problems.append(character_problem(message, first))
    return problems


def conflicts(text: str, *, beginnings: bool = True) -> list[Mark]:
    """Return where conflicts of an unfinished merge begin, by the lines that git writes around them.

    Without ``beginnings``, by the lines between two sides alone, which could be text if they were not where they are.
    """
    if not any(marker in text for marker in (("<" * 7, ">" * 7) if beginnings else ("=" * 7, "|" * 7))):
        return []
    marks, depth = [], 0
    for number, line in enumerate(lines_of(text), 1):
        marker = _CONFLICT.fullmatch(line)
        kind = marker["marker"][0] if marker else ""
        if marker and depth == 0 and kind in ("<>" if beginnings else "=|"):
            marks.append(Mark(number, marker.start("marker") + 1, len(marker["marker"])))
        depth = max(0, depth + (kind == "<") - (kind == ">"))
    return marks


def conflict_problems(marks: list[Mark], *, of_seal: bool = False) -> list[Problem]:
    """Return the problem of each conflict; a seal is not settled by hand, but taken from one side."""
    markers = ("<<<<<<<", "=======", ">>>>>>>")
    action = M("Keep what is right of both sides, and delete the lines {markers}", markers=markers)
    if of_seal:
        action = M(
            "Take one side whole, “{ours}” or “{theirs}”; once the data is settled, run “{command}”",
            ours="git checkout --ours FILE",
            theirs="git checkout --theirs FILE",
            command="d8plan seal PLAN",
        )
    return [
        Problem(
            rules.CONFLICT,
            M("A merge is not finished: conflict {number} of {count} in this file", number=number, count=len(marks)),
            action,
            mark,
        )
        for number, mark in enumerate(marks[:MAX_CONFLICTS], 1)
    ]


def character_problem(message: Message, mark: Mark, path: KeyPath = ()) -> Problem:
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
    match = re.search(f"[{re.escape(accents)}]{{{MAX_ACCENTS + 1}}}", text) if accents else None
    return match.start() if match else None


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
