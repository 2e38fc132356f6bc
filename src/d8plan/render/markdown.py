"""Text within Markdown, where names out of data must stay names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from d8plan.text.names import printable

_BREAK = "&#8203;"
"""A space of no width: it parts what GitHub would make a link, a mention or a picture of, and does not show."""
_SPECIAL = re.compile(
    r"(?P<escaped>[\\`*_{}\[\]<>|~]|#(?!\w)|&(?=\#?\w+;))"
    r"|(?P<opening>@|#(?=\w)|:(?=[\w/+-])|(?<!\w)GH(?=-\d)|(?<!\w)www(?=\.))"
    r"|(?P<dollar>\$)",
    re.IGNORECASE,
)


def escaped(text: str) -> str:
    """Return text on one line in which nothing is markup.

    Characters of Markdown and HTML are escaped. ``@name``, ``#1``, ``GH-1``, ``:name:``, ``scheme://`` and ``www.``,
    which GitHub looks for in what Markdown leaves as text, are parted.
    """
    return _SPECIAL.sub(_safe, printable(text))


def _safe(match: re.Match[str]) -> str:
    special = match.group()
    if match.group("escaped"):
        return "\\" + special
    if match.group("dollar"):
        return "<span>$</span>"  # else it would begin mathematics
    return ("\\" if special == "#" else "") + special + _BREAK


def table(headings: Iterable[str], numeric: Iterable[bool], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown already; ``numeric`` columns stand at the right."""
    ruler = "|" + "|".join(" ---: " if right else " --- " for right in numeric) + "|"
    return [_row(headings), ruler, *map(_row, rows)]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
