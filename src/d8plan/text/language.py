"""A language: its catalogue of messages, its digits and dates."""

from __future__ import annotations

import datetime
import gettext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, Message
from d8plan.text.names import official_day, official_month, printable

if TYPE_CHECKING:
    from fractions import Fraction

DEFAULT = "vi"
LANGUAGES = ("vi", "en")
CATALOGUES = Path(__file__).with_name("locale")
_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}


class Language:
    """Turns messages, numbers and dates into text for people."""

    def __init__(self, code: str) -> None:
        """Load the catalogue of ``code``, one of ``LANGUAGES``; English, the language of the messages, has none."""
        self.code = code
        self._translate = gettext.translation("d8plan", CATALOGUES, [code], fallback=True).gettext
        self._thousands, self._decimal = _SEPARATORS[code]

    def say(self, message: Message) -> str:
        """Return a message with its values filled in, on one line."""
        text = self._translate(message.template) if message.template else ""
        return text.format_map({key: self.show(value) for key, value in message.values})

    def show(self, value: object) -> str:
        """Return a value as people read it; whole numbers as they are, for years and lines."""
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Amount):
            return self.amount(value)
        if isinstance(value, datetime.date):
            return self.date(value)
        if isinstance(value, tuple):
            return ", ".join(self.show(item) for item in value)
        return printable(str(value))

    def number(self, value: ExactNumber) -> str:
        """Return a number with grouped digits and the places it is written with: 16.035.756.260, 1.444,59."""
        whole, point, places = f"{value:,}".partition(".")
        return whole.replace(",", self._thousands) + (self._decimal if point else "") + places

    def amount(self, amount: Amount) -> str:
        """Return a number with its unit of measure."""
        return f"{self.number(amount.value)} {printable(amount.unit_of_measure)}".strip()

    def percent(self, share: Fraction) -> str:
        """Return a share as per cent with two decimals, rounded half up, as far as ``telling`` lets it: 119,36 %."""
        return f"{self.decimal(100 * telling(share))} %"

    def decimal(self, number: Fraction) -> str:
        """Return a number that is not negative with two decimals, rounded half up: 6,35."""
        hundredths = (number.numerator * 200 + number.denominator) // (2 * number.denominator)
        whole, part = divmod(hundredths, 100)
        return f"{self.number(whole)}{self._decimal}{part:02d}"

    def date(self, date: datetime.date) -> str:
        """Return a date: 20/3/2024 in Vietnamese, 2024-03-20 in English."""
        if self.code == "en":
            return date.isoformat()
        return f"{official_day(date)}/{official_month(date)}/{date.year}"


def telling(share: Fraction) -> Fraction:
    """Return a share, not negative, as it is to be rounded to hundredths of a per cent.

    100 % says that all is done, and 0 % that nothing is; what is next to either stays the nearest other share.
    """
    if share in (0, 1):
        return share
    least = type(share)(1, 10_000)
    return max(share, 1 + least) if share > 1 else min(max(share, least), 1 - least)


@cache
def language(code: str) -> Language:
    """Return the language of ``code``, one of ``LANGUAGES``."""
    return Language(code)
