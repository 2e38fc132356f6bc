"""Charts of horizontal bars as HTML and CSS: what the template puts into the page.

Every bar is named above itself and its value is written at its end. Series differ by pattern as well as by colour,
which the style sheet gives each by its number.
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


class Segment(NamedTuple):
    """A series' part of a bar."""

    fill: int
    width: str
    """In per cent of the longest bar."""
    text: str
    """Its value, where there is room for it."""


class Bar(NamedTuple):
    """A bar as it is drawn."""

    name: str
    segments: list[Segment]
    end: str
    """What is written at its end."""


class DrawnChart(NamedTuple):
    """A chart as it is drawn."""

    id: str
    title: str
    words: str
    """The chart in words, for those who do not see it."""
    legend: list[tuple[int, str]]
    """Fill and name of each series, where there are several."""
    line: str
    """Where the line to compare with stands, in per cent of the longest bar; nothing where there is none."""
    line_name: str
    bars: list[Bar]


def drawn(chart: Chart, language: Language) -> DrawnChart:
    """Return a chart as the template draws it."""
    several = len(chart.series) > 1
    lengths = [sum(_number(series.values[row]) for series in chart.series) for row in range(len(chart.labels))]
    line = chart.reference[1] if chart.reference else Fraction(0)
    most = max([*lengths, line]) or Fraction(1)
    bars = []
    for row, (label, end) in enumerate(zip(chart.labels, chart.ends, strict=True)):
        segments = []
        for index, series in enumerate(chart.series):
            value = series.values[row]
            width, text = _number(value) / most, shown(value, language)
            if width:
                fits = several and len(text) * _DIGIT < width
                segments.append(Segment(index % FILLS + 1, _percent(width), text if fits else ""))
        bars.append(Bar(language.show(label), segments, shown(end, language)))
    names = [(index % FILLS + 1, language.say(series.name)) for index, series in enumerate(chart.series)]
    return DrawnChart(
        chart.key,
        language.say(chart.title),
        description(chart, language),
        names if several else [],
        _percent(line / most) if chart.reference else "",
        f"{language.say(chart.reference[0])}: {language.percent(line)}" if chart.reference else "",
        bars,
    )


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
        told = f"{language.show(label)}: {shown(end, language)}"
        if len(chart.series) > 1:
            parts = [f"{language.say(series.name)} {shown(series.values[row], language)}" for series in chart.series]
            told += f" ({'; '.join(parts)})"
        bars.append(told)
    return f"{language.say(chart.alternative)} {'. '.join(bars)}."
