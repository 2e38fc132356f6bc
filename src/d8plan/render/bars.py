"""Charts of horizontal bars: how long each part of a bar is, and the chart in words.

Series differ by pattern as well as by colour, which the style sheet gives each by its number.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from d8plan.render.views import shown
from d8plan.text.language import Language
from d8plan.text.message import Amount
from d8plan.views.page import Chart

FILLS = 6
"""Fills that the style sheet has for series, used in turn."""
_DIGIT = Fraction(34, 1000)
"""How much of the longest bar one letter inside it takes, on the narrowest page."""


class BarSegment(NamedTuple):
    """A series' part of a bar."""

    fill: int
    width: str
    """In per cent of the longest bar."""
    text: str
    """Its value, where there is room for it."""


class ChartBars:
    """The bars of a chart, measured by the longest of them or the line to compare with."""

    def __init__(self, chart: Chart, language: Language) -> None:
        """Measure."""
        self.chart, self.language = chart, language
        rows = range(len(chart.labels))
        lengths = [sum(_number(series.values[row]) for series in chart.series) for row in rows]
        self.longest = max([*lengths, chart.reference[1] if chart.reference else Fraction(0)]) or Fraction(1)

    def segments(self, row: int) -> list[BarSegment]:
        """Return the parts of a bar; a value is written inside where several stand side by side."""
        segments = []
        for index, series in enumerate(self.chart.series):
            width, text = _number(series.values[row]) / self.longest, shown(series.values[row], self.language)
            if width:
                fits = len(self.chart.series) > 1 and len(text) * _DIGIT < width
                segments.append(BarSegment(index % FILLS + 1, _percent(width), text if fits else ""))
        return segments

    def line(self, at: Fraction) -> str:
        """Return where the line to compare with stands, in per cent of the longest bar."""
        return _percent(at / self.longest)


def _number(value: int | Amount | Fraction | None) -> Fraction:
    return Fraction(value.value if isinstance(value, Amount) else value or 0)


def _percent(share: Fraction) -> str:
    """Return a share as CSS takes it, to a hundredth of a per cent: 33.33."""
    whole, part = divmod(share.numerator * 10_000 // share.denominator, 100)
    return f"{whole}.{part:02d}"


def description(chart: Chart, language: Language) -> str:
    """Return a chart in words: what it shows, then every value of every bar."""
    bars = []
    for row, (label, end) in enumerate(zip(chart.labels, chart.ends, strict=True)):
        text = f"{language.show(label)}: {shown(end, language)}"
        if len(chart.series) > 1:
            parts = [f"{language.say(series.name)} {shown(series.values[row], language)}" for series in chart.series]
            text += f" ({'; '.join(parts)})"
        bars.append(text)
    return f"{language.say(chart.alternative)} {'. '.join(bars)}."
