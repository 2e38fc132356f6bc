"""Text of names: one form for storing, one for matching, and what may be shown."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

FEBRUARY = 2
_JOINERS = re.compile(r"[\s\-_‐-―]+")
_D_STROKE = str.maketrans({"đ": "d", "Đ": "D"})
_UNDECODED = re.compile("^[^\ud800-\udfff]*[\udc80-\udcff][^\ud800-\udc7f\udd00-\udfff]*$")
"""Text with bytes that Python could not decode, each kept as a surrogate (PEP 383), and no other surrogate."""
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def nfc(text: str) -> str:
    """Return ``text`` with composed characters, the form in which all text is kept."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=65_536)
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
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(fold(name), name)
    return [by_fold[match] for match in _nearest(fold(word), by_fold, most)]


def _nearest(folded: str, among: Iterable[str], most: int) -> list[str]:
    import difflib
    from collections import Counter

    close = difflib.get_close_matches(folded, list(among), n=max(most, 10), cutoff=0.6)

    def likeness(match: str) -> tuple[float, int]:
        # Of equally near names, the one with the same letters: two that were swapped.
        shared = sum((Counter(folded) & Counter(match)).values())
        return difflib.SequenceMatcher(None, folded, match).ratio(), shared

    return sorted(close, key=likeness, reverse=True)[:most]


class Patience:
    """How many more names may be compared in full: to compare all with all takes the square of their number."""

    def __init__(self, left: int = 30_000) -> None:
        """Begin with ``left`` comparisons."""
        self.left = left


class NearNames:
    """Names that many words may be slips of.

    Words are compared with every name while there is patience; after that, only a name that one slip makes of a word
    is found: a letter more, less, or another, or two swapped.
    """

    def __init__(self, known: Iterable[str], patience: Patience) -> None:
        """Take the names, and the patience that they share with others."""
        self.by_fold: dict[str, str] = {}
        for name in known:
            self.by_fold.setdefault(fold(name), name)
        self.patience = patience
        self._near: dict[str, list[str]] | None = None

    def nearest(self, word: str) -> str | None:
        """Return the name that ``word`` could be a slip of; None where there is none."""
        folded = fold(word)
        among: Iterable[str] = self.by_fold
        if len(self.by_fold) > self.patience.left:
            among = dict.fromkeys(name for less in _less(folded) for name in self._index.get(less, ()))
        else:
            self.patience.left -= len(self.by_fold)
        found = _nearest(folded, (name for name in among if name in self.by_fold), 1)
        return self.by_fold[found[0]] if found else None

    def discard(self, name: str) -> None:
        """Leave a name out from now on."""
        self.by_fold.pop(fold(name), None)

    @property
    def _index(self) -> dict[str, list[str]]:
        """The names by each form that lacks up to one letter: of two that differ by a slip, one form is the same."""
        if self._near is None:
            self._near = {}
            for name in self.by_fold:
                for less in _less(name):
                    self._near.setdefault(less, []).append(name)
        return self._near


def _less(word: str) -> set[str]:
    """Return a word, and the word without each of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


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
