"""Units of measure and their multiples: what one of a unit that somebody wrote is in the unit that is kept."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from d8plan.text.names import fold, nfc

_MULTIPLES = {
    "chục": 10,
    "trăm": 100,
    "nghìn": 1_000,
    "nghin": 1_000,
    "ngàn": 1_000,
    "ngan": 1_000,
    "vạn": 10_000,
    "triệu": 1_000_000,
    "trieu": 1_000_000,
    "tỷ": 1_000_000_000,
    "tỉ": 1_000_000_000,
    "ty": 1_000_000_000,
}
_OF_MONEY = {"tr": 1_000_000, "ng": 1_000, "ngh": 1_000, "n": 1_000}
"""Short for a multiple, where money follows."""
_SCALES: dict[str, tuple[str, Fraction]] = {
    name: (kind, Fraction(scale))
    for kind, units in {
        "money": {"đồng": 1, "đ": 1, "vnđ": 1, "vnd": 1, "₫": 1, "dong": 1, "việt nam đồng": 1, "đồng việt nam": 1},
        "mass": {"kg": 1, "kilôgam": 1, "kilogam": 1, "yến": 10, "tạ": 100, "tấn": 1_000},
        "length": {"m": 1, "mét": 1, "km": 1_000, "kilômét": 1_000, "kilomet": 1_000},
        "area": {"m2": 1, "m²": 1, "mét vuông": 1, "ha": 10_000, "héc ta": 10_000, "km2": 1_000_000, "km²": 1_000_000},
        "volume": {"lít": 1, "m3": 1_000, "m³": 1_000, "mét khối": 1_000},
        "share": {"‰": 1, "%": 10, "phần trăm": 10},
    }.items()
    for name, scale in units.items()
}
"""By the name of a unit: what it measures, and how many of the smallest one is."""
_NUMERAL = re.compile(r"(10+|1(?:[., ]000)+)\s*(?=\D)")
_GLUED = re.compile(r"(nghìn|ngàn|triệu|tỷ|tỉ|tr|ngh|ng|n)\s*(đồng|đ|vnđ|vnd)")
_NO_MULTIPLE = re.compile(r"(tỷ|tỉ) (lệ|trọng|suất|số)\b")


class _Parsed(NamedTuple):
    factor: int
    unit: str


_ALONE = frozenset(_Parsed(multiple, "") for multiple in _MULTIPLES.values())


def factor(written: str, kept: str) -> Fraction | None:
    """Return what one of a unit of measure is in another; None where that is not known exactly.

    Names that differ in case, accents or brackets are the same, so are those of money, and one of several that
    a stroke joins as in “tổ/nhóm”. A multiple alone, “triệu”, is one of the unit that is kept.
    """
    one, other = _parse(written), _parse(kept)
    unit = one.unit or (other.unit if one.factor > 1 else "")
    multiple = Fraction(one.factor, other.factor)
    if fold(unit) in {fold(name) for name in (other.unit, *other.unit.split("/"))} and unit:
        return multiple
    if unit in _SCALES and other.unit in _SCALES and _SCALES[unit][0] == _SCALES[other.unit][0]:
        return multiple * _SCALES[unit][1] / _SCALES[other.unit][1]
    return None


def is_known(text: str, kept: str = "") -> bool:
    """Tell text that is a unit of measure of exact multiples, or one of the unit that is ``kept``."""
    return _parse(text).unit in _SCALES or factor(text, kept) is not None or _parse(text) in _ALONE


def is_multiple(text: str) -> bool:
    """Tell a multiple of a unit of exact multiples, as “triệu đồng” is and “đồng” is not."""
    parsed = _parse(text)
    return parsed.factor > 1 and parsed.unit in _SCALES


def _parse(text: str) -> _Parsed:
    """Return the multiple that a name begins with, and the unit."""
    clean = " ".join(nfc(text).casefold().strip(" ()[]:;,.\n\t").split())
    clean = re.sub(r"(?<=[^\W\d])\.\s*(?=[^\W\d])", " ", clean)
    multiple = 1
    if found := _NUMERAL.match(clean):
        multiple = int(re.sub(r"\D", "", found[1]))
        clean = clean[found.end() :]
    if found := _GLUED.fullmatch(clean):
        clean = f"{found[1]} {found[2]}"
    words = clean.split()
    while words and not _NO_MULTIPLE.match(" ".join(words)):
        of_money = _OF_MONEY if " ".join(words[1:]) in _SCALES and len(words) > 1 else {}
        step = _MULTIPLES.get(words[0]) or of_money.get(words[0])
        if step is None:
            break
        multiple *= step
        words = words[1:]
    return _Parsed(multiple, " ".join(words))
