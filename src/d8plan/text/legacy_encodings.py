"""Text typed in the Vietnamese fonts from before Unicode: TCVN3 (.VnTime) and VNI-Windows.

Such text arrives as the characters that Windows takes its bytes for: “Tªn ®¬n vÞ” in TCVN3 and
“Teân ñôn vò” in VNI are both “Tên đơn vị”. TCVN3 is the standard TCVN 5712:1993, VN3; VNI is the
character set of the VNI company's fonts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import partial


class Encoding(StrEnum):
    """What a font from before Unicode was made for; the value is its name for people."""

    TCVN3 = "TCVN3"
    VNI = "VNI"


# Letters from a code on. Capitals with a tone are typed as small letters in a font of capitals.
_TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}

# Tones in one order: acute, grave, hook above, tilde, dot below. A mark follows its letter.
_TONES = "\u0301\u0300\u0309\u0303\u0323"
_TONE_MARKS = dict(zip("ùøûõï", _TONES, strict=True))
_CIRCUMFLEX_MARKS = {"â": "\u0302", **{m: "\u0302" + t for m, t in zip("áàåãä", _TONES, strict=True)}}
_BREVE_MARKS = {"ê": "\u0306", **{m: "\u0306" + t for m, t in zip("éèúüë", _TONES, strict=True)}}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKED = {
    "a": _TONE_MARKS | _CIRCUMFLEX_MARKS | _BREVE_MARKS,
    "e": _TONE_MARKS | _CIRCUMFLEX_MARKS,
    "o": _TONE_MARKS | _CIRCUMFLEX_MARKS,
    "u": _TONE_MARKS,
    "ô": _TONE_MARKS,
    "ö": _TONE_MARKS,
    "y": {mark: tone for mark, tone in _TONE_MARKS.items() if mark != "ï"},
}


def _vni() -> dict[str, str]:
    """Return the letter for each character or pair of VNI, capitals too."""
    small = dict(_VNI_ALONE)
    for base, marks in _VNI_MARKED.items():
        small |= {
            base + mark: unicodedata.normalize("NFC", _VNI_ALONE.get(base, base) + combining)
            for mark, combining in marks.items()
        }
    capital = {token.upper(): letter.upper() for token, letter in small.items()}
    # Functions that set only the first letter large, as PROPER does, leave a small mark behind it.
    mixed = {token.capitalize(): letter.upper() for token, letter in small.items()}
    return small | mixed | capital


_LETTERS = {
    Encoding.TCVN3: {chr(code): letter for start, run in _TCVN3_RUNS.items() for code, letter in enumerate(run, start)},
    Encoding.VNI: _vni(),
}
_PATTERNS = {
    encoding: re.compile("|".join(sorted(map(re.escape, letters), key=len, reverse=True)))
    for encoding, letters in _LETTERS.items()
}
# Programs that take the bytes for Latin-1 make control characters of Windows' quotes and dashes.
_WINDOWS = {code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)}


def readings(text: str) -> Iterator[tuple[Encoding, str]]:
    """Yield the text as converted from each encoding in which it could have been typed.

    Nothing comes for ASCII, for text with a character that the encoding has not, and where
    converting changes nothing. Text in Unicode whose letters are all of Latin-1, as “Tên”, can
    give a reading too, a wrong one: the caller takes a reading only where it is a name it knows.
    The letters are in composed form; those of a capitals font of TCVN3 come out small.
    """
    typed = unicodedata.normalize("NFC", text).translate(_WINDOWS)
    for encoding, pattern in _PATTERNS.items():
        letters = _LETTERS[encoding]
        if all(map(_in_any_font, pattern.sub("", typed))):
            converted = pattern.sub(partial(_letter, letters), typed)
            if converted != typed:
                yield encoding, converted


def _letter(letters: Mapping[str, str], found: re.Match[str]) -> str:
    return letters[found[0]]


def _in_any_font(char: str) -> bool:
    """Tell what is the same in these fonts as elsewhere: ASCII, and Windows' spaces, quotes and dashes."""
    return char.isascii() or (unicodedata.category(char)[0] in "PZ" and bool(char.encode("cp1252", errors="ignore")))
