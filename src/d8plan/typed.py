"""Numbers as people typed them: a count or whole đồng, read only where one reading is possible.

A number of a workbook is read with its number format, for the format is what people see; text with
the unit of measure of its figure. What has no reading, or two, is refused and named.
"""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from d8plan.grid import Holds, Raw
from d8plan.message import Amount, M, Message
from d8plan.text import fold, nfc


class Typed(NamedTuple):
    """What was typed, as it is understood."""

    value: int | None
    """The number; None for a cell that is empty or holds a dash, and for what is refused."""
    said: Message | None = None
    """How it was read, where it was not a plain number."""
    refused: Message | None = None
    """Why it cannot be read."""


MOST_DIGITS = 15
"""Spreadsheets keep no more."""
_LONGEST_SHOWN = 60
_LONGEST_FORMAT = 255
"""Excel takes no longer number format; what stands in one is never read as a number."""

# The same money under any of these names, as ``fold`` gives them.
_DONG = frozenset({"d", "dong", "vnd", "₫"})
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_EMPTY = re.compile("[-‐-―]?")
# Vietnamese groups with full stops, English with commas, and one such group could be a decimal:
# 1.234. A space is no decimal mark. Offices write a zero before numbers under ten: 03 lớp.
_TEXT = re.compile(
    r"""
    (?: (?P<whole> 0?[0-9] | [1-9][0-9]+
          | [1-9][0-9]{0,2} (?: (?:[ ][0-9]{3})+ | (?:\.[0-9]{3}){2,} | (?:,[0-9]{3}){2,} ) )
      | [1-9][0-9]{0,2}[.,][0-9]{3} )
    (?: \s* (?P<words> [^\W\d_].* | [%₫] ) )?
    """,
    re.VERBOSE | re.DOTALL,
)

_QUOTED_OR_END = re.compile(r'("[^"]*"|[\\_*].)|;')
# A section of a number format in pieces. What is none of them stays as it stands and makes no part
# of a number: conditions, digits of other scripts, a comma that hides thousands.
_PIECE = re.compile(
    r"""
    (?P<digits> General | @ | [#0?]+ (?: [ ][#0?]+ )? / [#?0-9]+
      | [#0?]+ (?: (?: , | \\?[ \u00a0] | "[ \u00a0]" ) [#0?]+ )* (?: \.[#0?]* )? (?: E[+-][#0?]+ )? )
    | "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | \[\$(?P<currency>[^]-]*)(?:-[^]]*)?] | \*(?P<filler>.) | (?P<percent>%)
    | _. | \[(?: Black | Blue | Cyan | Green | Magenta | Red | White | Yellow | Color[ ]?[0-9]+ )]
    """,
    re.VERBOSE | re.IGNORECASE,
)


def read(raw: Raw | None, unit_of_measure: str) -> Typed:
    """Return what a cell says of a figure in that unit of measure; no cell is an empty one."""
    if raw is None:
        return Typed(None)
    typed = _read_value(raw, unit_of_measure)
    if raw.formula is None or typed.value is None:
        return typed
    value = Amount(typed.value, unit_of_measure)
    return typed._replace(said=M("{formula} gives {value}", formula=_short(raw.formula), value=value))


def read_text(text: str, unit_of_measure: str) -> Typed:
    """Return what text says of a figure in that unit of measure.

    The words after a number are the unit of measure, or one of several that a stroke joins as in
    “tổ/nhóm”, with or without accents. Only blanks, or one dash, say that there is no figure.
    """
    clean = _SPACE.sub(" ", _INVISIBLE.sub("", nfc(text))).strip()
    if _EMPTY.fullmatch(clean):
        return Typed(None)
    shown = _short(clean)
    found = _TEXT.fullmatch(clean)
    if not found or (found["words"] and fold(found["words"]) not in _names(unit_of_measure)):
        return _refuse(_no_number(shown, unit_of_measure))
    if not found["whole"]:
        return _refuse(M("“{text}” can be read as more than one number", text=shown))
    digits = re.sub("[ .,]", "", found["whole"])
    if len(digits) > MOST_DIGITS:
        return _refuse(M("“{text}” has more than {most} digits", text=shown, most=MOST_DIGITS))
    value = int(digits)
    return Typed(value, said=M("“{text}” is read as {value}", text=shown, value=Amount(value, unit_of_measure)))


def _read_value(raw: Raw, unit_of_measure: str) -> Typed:
    shown = _short(str(raw.value))
    match raw.holds, raw.value:
        case Holds.TEXT, str(text):
            return read_text(text, unit_of_measure)
        case Holds.NUMBER, int() | float() as number if not isinstance(number, bool):
            return _read_number(number, raw.number_format, unit_of_measure)
        case Holds.UNKNOWN, _:
            return _refuse(M("A formula was never calculated: open the file in Excel and save it"))
        case Holds.ERROR, _:
            return _refuse(M("{error} is no number but a calculation that failed", error=shown))
        case Holds.BOOLEAN, flag:
            return _refuse(_no_number(str(flag).upper(), unit_of_measure))
        case Holds.DATE, date:
            date = date.date() if isinstance(date, datetime.datetime) else date
            return _refuse(M("A date stands here, {date}; Excel makes one of 10-12 and the like", date=date))
    return _refuse(_no_number(shown, unit_of_measure))


def _read_number(number: float, number_format: str, unit_of_measure: str) -> Typed:
    """Return what a number says; one that its format shows as another number is refused."""
    if isinstance(number, float) and not number.is_integer():
        return _refuse(M("{number} is not whole; the cell may show it rounded", number=str(number)))
    value = int(number)
    if value < 0:
        return _refuse(M("{number} is negative", number=Amount(value)))
    if len(str(value)) > MOST_DIGITS:
        return _refuse(M("“{text}” has more than {most} digits", text=_short(str(value)), most=MOST_DIGITS))
    shown = read_text(_show(value, number_format), unit_of_measure)
    if shown.value == value:
        return Typed(value)
    form = _short(number_format)
    if value == 0 and shown.value is None and not shown.refused:
        return Typed(value, said=M("0 stands here; the format {format} shows it as a dash or as nothing", format=form))
    return _refuse(M("The number format {format} does not show {number} as it is", format=form, number=Amount(value)))


def _show(value: int, number_format: str) -> str:
    """Return how a number format shows a whole number, its grouping and decimals left out.

    Our mark of an exception, a quoted asterisk, is left out too.
    """
    if len(number_format) > _LONGEST_FORMAT:
        return number_format
    sections = _QUOTED_OR_END.sub(lambda found: found[1] or "\0", number_format).split("\0")
    of_zero = 2
    section = sections[of_zero] if value == 0 and len(sections) > of_zero else sections[0]

    def show(piece: re.Match[str]) -> str:
        match piece.lastgroup:
            case "digits":
                # Without a 0 for it, a zero is not shown.
                return str(value) if value or piece[0].strip('#?,. "\\') else ""
            case "percent":
                return "00%"
            case None:
                return ""
            case literal:
                return piece[literal].replace("*", "")

    return _PIECE.sub(show, section)


def _names(unit_of_measure: str) -> frozenset[str]:
    """Return what may follow a number in that unit of measure, folded."""
    names = frozenset(map(fold, (unit_of_measure, *unit_of_measure.split("/"))))
    return names | _DONG if names & _DONG else names


def _refuse(why: Message) -> Typed:
    return Typed(None, refused=why)


def _no_number(text: str, unit_of_measure: str) -> Message:
    return M("“{text}” is not one whole number, such as {example}", text=text, example=Amount(57, unit_of_measure))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
