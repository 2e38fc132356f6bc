"""Text of names: one form for storing, one for matching, and what may be shown."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

FEBRUARY = 2
_JOINERS = re.compile(r"[\s\-_‐-―]+")
_D_STROKE = str.maketrans({"đ": "d", "Đ": "D"})
_UNDECODED = re.compile("^[^\ud800-\udfff]*[\udc80-\udcff][^\ud800-\udc7f\udd00-\udfff]*$")
"""Text with bytes that Python could not decode, each kept as a surrogate (PEP 383), and no other surrogate."""
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def nfc(text: str) -> str:
    """Return ``text`` with composed characters, the form in which all text is kept."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the form for matching: no accents, no đ, no case, one space between words.

    Hoà, Hòa, HOÀ, their decomposed forms and hoa all give the same.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.translate(_D_STROKE)) if not unicodedata.combining(c))
    return _JOINERS.sub(" ", bare).strip().casefold()


def unshowable(char: str) -> bool:
    """Tell control, format and separator characters, which data must not hold or print."""
    # U+FFFE and U+FFFF are no characters, and XML cannot hold them.
    return unicodedata.category(char) in _UNSHOWN or ord(char) & 0xFFFE == 0xFFFE


def printable(text: str) -> str:
    """Return ``text`` on one line without characters that steer a terminal."""
    if text.isprintable():  # as nearly all is: no control, format or separator characters but the space
        return text
    if _UNDECODED.search(text):  # what the operating system gave, under a locale that does not know it
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("\N{REPLACEMENT CHARACTER}" if unshowable(c) else c for c in text.replace("\n", " "))


def inert(line: str) -> str:
    """Return a line of output that no build service takes for a command of its own (``::``, ``##[``)."""
    indent = len(line) - len(line.lstrip())
    if line.startswith("::", indent):
        line = line[:indent] + ": :" + line[indent + 2 :]
    return line.replace("##[", "## [")


def nearest(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return up to ``most`` of ``known`` that ``word`` could be a slip of, best first."""
    import difflib
    from collections import Counter

    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(fold(name), name)
    folded = fold(word)
    close = difflib.get_close_matches(folded, list(by_fold), n=max(most, 10), cutoff=0.6)

    def likeness(match: str) -> tuple[float, int]:
        # Of equally near names, the one with the same letters: two that were swapped.
        shared = sum((Counter(folded) & Counter(match)).values())
        return difflib.SequenceMatcher(None, folded, match).ratio(), shared

    return [by_fold[match] for match in sorted(close, key=likeness, reverse=True)[:most]]


def find_names(wanted: str, spellings: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the ids that ``wanted`` names, by the strictest match that gives any.

    ``spellings`` maps an id to every spelling of it. A spelling typed exactly wins over one
    that is equal only without its accents, which wins over a part of a name.
    """
    exact, folded = nfc(wanted).casefold(), fold(wanted)
    if not folded:
        return []
    tests: tuple[Callable[[str], bool], ...] = (
        lambda s: nfc(s).casefold() == exact,
        lambda s: fold(s) == folded,
        lambda s: f" {folded} " in f" {fold(s)} ",
    )
    for test in tests:
        if found := [key for key, names in spellings.items() if any(test(name) for name in names)]:
            return found
    return []


def official_day(date: datetime.date) -> str:
    """Return the day as Decree 30/2020/NĐ-CP writes it: a leading zero under 10."""
    return f"{date.day:02d}"


def official_month(date: datetime.date) -> str:
    """Return the month as Decree 30/2020/NĐ-CP writes it: a leading zero for months 1 and 2 alone."""
    return f"{date.month:02d}" if date.month <= FEBRUARY else str(date.month)
