"""Numbers as people typed them: figures and weights, read only where one reading is possible.

A number of a workbook is read with its number format, for the format is what people see; text with
the unit of measure of its figure. What has no reading, or two, is refused and named.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from d8plan.text.cells import Holds, Raw
from d8plan.text.exact import MOST_DIGITS, ExactNumber, places, plain, shortest
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import fold, nfc


class Typed(NamedTuple):
    """What was typed, as it is understood."""

    value: ExactNumber | None
    """The number; None for a cell that is empty or holds a dash, and for what is refused."""
    said: Message | None = None
    """How it was read, where it was not a plain number."""
    refused: Message | None = None
    """Why it cannot be read."""


class Weight(NamedTuple):
    """What was typed where a number need not be whole."""

    value: Fraction
    """0 for a cell that is empty or holds a dash, and for what is refused."""
    words: str = ""
    """What stands after the number, as ``fold`` gives it: a unit of measure, a percent sign, or nothing."""
    refused: Message | None = None
    """Why it cannot be read."""


class Written(NamedTuple):
    """Another multiple of a unit of measure, in which a number is written."""

    unit_of_measure: str
    factor: Fraction
    """What one of it is in the unit of measure that is kept."""


_MOST_PLACES = 30
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
      | (?P<either> [1-9][0-9]{0,2}[.,][0-9]{3} )
      | (?P<decimal> (?: 0 | [1-9][0-9]* ) [.,][0-9]+
          | [1-9][0-9]{0,2} (?: (?:[ ][0-9]{3})+ [.,] | (?:\.[0-9]{3})+ , | (?:,[0-9]{3})+ \. ) [0-9]+ ) )
    (?: \s* (?P<words> [^\W\d_].* | [%‰₫] ) )?
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = re.compile("[ .,]")
_TYPICAL = 57
"""Stands for a number that is not whole where its number format is tried."""

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


class Measure(NamedTuple):
    """In what a figure is kept."""

    unit_of_measure: str
    decimals: int = 0
    """Places after the point that it may have."""
    written: Written | None = None
    """The multiple in which it is written, if that is another one: it is converted, and refused where that is not
    exact."""

    @property
    def own(self) -> str:
        """The unit of measure in which it is written."""
        return self.written.unit_of_measure if self.written else self.unit_of_measure

    @property
    def takes_decimals(self) -> bool:
        """Whether what is written may have places after the point."""
        return self.written is not None or self.decimals > 0


def read(raw: Raw | None, measure: Measure) -> Typed:
    """Return what a cell says of a figure; no cell is an empty one."""
    if raw is None:
        return Typed(None)
    typed = _read_value(raw, measure)
    if raw.formula is None or typed.value is None:
        return typed
    value = Amount(typed.value, measure.unit_of_measure)
    return typed._replace(said=M("{formula} gives {value}", formula=_short(raw.formula), value=value))


def read_text(text: str, measure: Measure) -> Typed:
    """Return what text says of a figure.

    The words after a number are the unit of measure, or one of several that a stroke joins as in
    “tổ/nhóm”, with or without accents. Only blanks, or one dash, say that there is no figure.
    """
    clean = _clean(text)
    if _EMPTY.fullmatch(clean):
        return Typed(None)
    shown = _short(clean)
    found = _TEXT.fullmatch(clean)
    if not found or (found["words"] and fold(found["words"]) not in _names(measure.own)):
        return _refuse(_no_number(shown, measure))
    if found["decimal"] and not measure.takes_decimals:
        return _refuse(_no_number(shown, measure))
    if (why := _doubt(found, shown)) is not None:
        return _refuse(why)
    typed = _kept(_number_of(found), shown, measure)
    if typed.value is None:
        return typed
    value = Amount(typed.value, measure.unit_of_measure)
    return typed._replace(said=M("“{text}” is read as {value}", text=shown, value=value))


def _kept(number: ExactNumber, shown: str, measure: Measure) -> Typed:
    """Return a number from 0 upwards as one of the unit of measure that is kept."""
    value: ExactNumber = number
    if measure.written:
        parts = Fraction(number) * measure.written.factor * 10**measure.decimals
        value = shortest(Decimal(parts.numerator).scaleb(-measure.decimals)) if parts.denominator == 1 else number
        if parts.denominator != 1:
            told = {"number": shown, "unit": measure.own, "kept": measure.unit_of_measure}
            return _refuse(M("{number} {unit} is no whole number of {kept}", **told))
    elif places(value) > measure.decimals:
        value = shortest(value)  # zeros say no more
        if places(value) > measure.decimals:
            return _refuse(beyond(shown, places(value), measure))
    if len(plain(value).replace(".", "")) > MOST_DIGITS:
        return _refuse(M("“{text}” has more than {most} digits", text=_short(plain(value)), most=MOST_DIGITS))
    return Typed(value)


def beyond(number: str | Amount, given: int, measure: Measure) -> Message:
    """Return why a number has too many places after its point."""
    if not measure.decimals:
        one = M("{number} has one decimal place, and whole {measure} are counted", number=number, measure=measure.own)
        return (
            one
            if given == 1
            else M(
                "{number} has {places} decimal places, and whole {measure} are counted",
                number=number,
                places=given,
                measure=measure.own,
            )
        )
    return M(
        "{number} has {places} decimal places, and at most {most} are kept",
        number=number,
        places=given,
        most=measure.decimals,
    )


def read_weight(raw: Raw | None) -> Weight:
    """Return what a cell says of a weight: a number that need not be whole and is not negative."""
    if raw is None:
        return Weight(Fraction(0))
    if (why := _no_value(raw)) is not None:
        return Weight(Fraction(0), refused=why)
    number = raw.value
    if raw.holds is Holds.NUMBER and isinstance(number, int | float) and not isinstance(number, bool):
        return _weigh_number(number, raw.number_format)
    text = str(raw.value).upper() if raw.holds is Holds.BOOLEAN else str(raw.value)
    return _weigh_text(_clean(text))


def _weigh_text(text: str) -> Weight:
    if _EMPTY.fullmatch(text):
        return Weight(Fraction(0))
    found = _TEXT.fullmatch(text)
    if not found:
        return Weight(Fraction(0), refused=M("“{text}” is not one number, such as 57 or 0,5", text=_short(text)))
    if (why := _doubt(found, _short(text))) is not None:
        return Weight(Fraction(0), refused=why)
    return Weight(Fraction(_number_of(found)), fold(found["words"] or ""))


def _weigh_number(number: float, number_format: str) -> Weight:
    """Return a number as the shortest decimal that names it; its format may round it, and not show another number."""
    if not math.isfinite(number) or number < 0:
        return Weight(Fraction(0), refused=M("{number} is no number from 0 upwards", number=str(number)))
    value = Fraction(_decimal(number))
    if value == 0:
        return Weight(value)
    shown = _TEXT.fullmatch(_clean(_show(_TYPICAL, number_format)))
    if shown and shown["whole"] == str(_TYPICAL):
        return Weight(value, fold(shown["words"] or ""))
    if shown and shown["whole"] == str(100 * _TYPICAL) and (shown["words"] or "").startswith("%"):
        return Weight(100 * value, fold(shown["words"]))
    form = _short(number_format)
    return Weight(
        Fraction(0),
        refused=M("The number format {format} does not show {number} as it is", format=form, number=str(number)),
    )


def _clean(text: str) -> str:
    return _SPACE.sub(" ", _INVISIBLE.sub("", nfc(text))).strip()


def _doubt(found: re.Match[str], shown: str) -> Message | None:
    """Return why a text that was found to be a number is not taken for one; None where it is."""
    if found["either"]:
        return M("“{text}” can be read as more than one number", text=shown)
    *whole, after = _MARKS.split(found["decimal"] or f"{found['whole']}.")
    if len("".join(whole)) > MOST_DIGITS or len(after) > _MOST_PLACES:
        return M("“{text}” has more than {most} digits", text=shown, most=MOST_DIGITS)
    return None


def _number_of(found: re.Match[str]) -> ExactNumber:
    """Return the number that a text was found to be; in a decimal the last mark is the decimal one."""
    if found["whole"]:
        return int(_MARKS.sub("", found["whole"]))
    *whole, after = _MARKS.split(found["decimal"])
    return Decimal(f"{''.join(whole)}.{after}")


def _no_value(raw: Raw) -> Message | None:
    """Return why a cell holds nothing that could be a number; None where it may."""
    match raw.holds, raw.value:
        case Holds.UNKNOWN, _:
            return M("A formula was never calculated: open the file in Excel and save it")
        case Holds.ERROR, error:
            return M("{error} is no number but a calculation that failed", error=_short(str(error)))
        case Holds.DATE, date:
            date = date.date() if isinstance(date, datetime.datetime) else date
            return M("A date stands here, {date}; Excel makes one of 10-12 and the like", date=date)
    return None


def _read_value(raw: Raw, measure: Measure) -> Typed:
    if (why := _no_value(raw)) is not None:
        return _refuse(why)
    match raw.holds, raw.value:
        case Holds.TEXT, str(text):
            return read_text(text, measure)
        case Holds.NUMBER, int() | float() as number if not isinstance(number, bool):
            return _read_number(number, raw.number_format, measure)
        case Holds.BOOLEAN, flag:
            return _refuse(_no_number(str(flag).upper(), measure))
    return _refuse(_no_number(_short(str(raw.value)), measure))


def _read_number(number: float, number_format: str, measure: Measure) -> Typed:
    """Return what a number says; one that its format shows as another number is refused."""
    is_whole = math.isfinite(number) and number == int(number)
    if not is_whole and not (measure.takes_decimals and math.isfinite(number)):
        return _refuse(M("{number} is not whole; the cell may show it rounded", number=str(number)))
    if number < 0:
        return _refuse(M("{number} is negative", number=Amount(int(number)) if is_whole else str(number)))
    typed = _kept(shortest(_decimal(number)), str(number), measure)
    if typed.value is None:
        return typed
    # What is shown in another multiple must be the number, not what it comes to.
    tried = int(number) if is_whole else _TYPICAL
    shown = read_text(_show(tried, number_format), Measure(measure.own))
    if shown.value == tried:
        if is_whole or measure.written or places(_decimal(number)) <= _places_shown(number_format):
            return typed
        return typed._replace(said=M("{number} stands here; the cell shows it rounded", number=str(number)))
    form = _short(number_format)
    if number == 0 and shown.value is None and not shown.refused:
        return Typed(0, said=M("0 stands here; the format {format} shows it as a dash or as nothing", format=form))
    told = Amount(tried) if is_whole else str(number)
    return _refuse(M("The number format {format} does not show {number} as it is", format=form, number=told))


def _decimal(number: float) -> ExactNumber:
    """Return the shortest decimal that names a number."""
    return number if isinstance(number, int) else Decimal(repr(number))


def _places_shown(number_format: str) -> int:
    """Return how many places after the point a number format shows."""
    digits = next((piece["digits"] for piece in _PIECE.finditer(number_format) if piece["digits"]), "General")
    if digits in ("@", "General"):
        return MOST_DIGITS
    return len(digits.partition(".")[2].rstrip(" "))


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


def _no_number(text: str, measure: Measure) -> Message:
    if measure.decimals:
        example = Amount(Decimal("57.5"), measure.unit_of_measure)
        return M("“{text}” is not one number, such as {example}", text=text, example=example)
    example = Amount(57, measure.unit_of_measure)
    return M("“{text}” is not one whole number, such as {example}", text=text, example=example)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
