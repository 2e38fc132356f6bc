"""Charts as SVG to stand inside a page of HTML: horizontal bars, stacked where there are several series.

Every bar is named above itself and its value is written at its end. Series differ by hatching as well as by colour.
The same chart always gives the same text.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from d8plan.render.views import shown
from d8plan.text.language import Language
from d8plan.text.message import Amount
from d8plan.views.page import Chart

INK = "#1b2430"
LINE = "#1f3f6e"
MARK = "#9c2a1a"


class Fill(NamedTuple):
    """How the bars of a series are drawn."""

    colour: str
    hatch: str
    ink: str
    """Colour of what is written inside."""


FILLS = (
    Fill("#2f5d94", "", "#ffffff"),
    Fill("#dce7f2", "//", INK),
    Fill("#5b6470", "", "#ffffff"),
    Fill("#efe6d2", "..", INK),
    Fill("#7a4a2b", "", "#ffffff"),
    Fill("#e3ecdf", "xx", INK),
)
"""Fills of the series, in turn."""

WIDTH, _ROW, _LEGEND, _SIZE, _SMALL = 420, 40, 19, 12, 10
"""Sizes in points, of which the view box has one for each unit."""
_END, _MARGIN = 118, 3
"""Room right of the longest bar for what is written there, and around everything."""
_BAR, _DOWN, _NAME, _TICK = 0.4, 0.17, 0.29, 0.23
"""In rows: height of a bar, how far its middle is below the row's, its name above, half of the line to compare with."""
_LETTER = 0.62
"""Width of a digit in parts of the size."""
_LONGEST = 58
"""Letters of a name that fit above a bar."""
_REFERRED = ("clipPath", "path", "pattern")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def as_svg(chart: Chart, language: Language) -> str:
    """Return a chart as an ``svg`` element with a title and a description; its ids begin with the chart's key."""
    with _settings(), io.BytesIO() as file:
        FigureCanvasSVG(_figure(chart, language)).print_figure(file, format="svg", metadata={"Date": None})
        drawn = file.getvalue()
    return _inline(drawn, chart, language)


@contextmanager
def _settings() -> Iterator[None]:
    """Draw by matplotlib's own settings, not by those of whoever runs it, and without a warning."""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font it measures with lacks
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "d8plan",
                "text.parse_math": False,
                "font.size": _SIZE,
                "hatch.linewidth": 0.8,
            }
        )
        yield


def _figure(chart: Chart, language: Language) -> Figure:
    rows = len(chart.labels)
    several = len(chart.series) > 1
    legend = _LEGEND * (len(chart.series) if several else int(chart.reference is not None)) + _MARGIN
    height = legend + _ROW * rows
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    area = (_MARGIN / WIDTH, 0, (WIDTH - _END - _MARGIN) / WIDTH, _ROW * rows / height)
    axes = figure.add_axes(area)
    axes.set_axis_off()
    axes.set_ylim(rows - 0.5, -0.5)
    offsets = [0.0] * rows
    most = _most(chart)
    for series, fill in zip(chart.series, _fills(chart), strict=True):
        for row, value in enumerate(series.values):
            width = _number(value) / most
            if width:
                _bar(axes, row, offsets[row], width, fill, shown(value, language) if several else "")
            offsets[row] += width
    for row, (label, end) in enumerate(zip(chart.labels, chart.ends, strict=True)):
        name = textwrap.shorten(language.show(label), _LONGEST, placeholder="…")
        axes.text(0, row - _NAME, name, va="center", color=INK)
        text = shown(end, language)
        axes.annotate(
            text,
            (_clear(offsets[row], text, chart, most), row + _DOWN),
            (5, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            color=INK,
        )
    axes.set_xlim(0, 1)
    handles: list[Patch] = []
    if several:
        handles = [
            Patch(facecolor=fill.colour, edgecolor=LINE, hatch=fill.hatch, label=language.say(series.name))
            for series, fill in zip(chart.series, _fills(chart), strict=True)
        ]
        figure.legend(
            handles=handles, loc="upper left", frameon=False, borderpad=0, borderaxespad=0, bbox_to_anchor=(0, 1)
        )
    if chart.reference is not None:
        named, place = chart.reference
        ends = [(row + _DOWN - _TICK, row + _DOWN + _TICK) for row in range(rows)]
        axes.vlines([float(place) / most] * rows, *zip(*ends, strict=True), color=MARK, linewidth=2)
        text = f"│ {language.say(named)}: {language.percent(place)}"
        figure.text(_MARGIN / WIDTH, 1 - _LEGEND / 2 / height, text, va="center", color=MARK)
    return figure


def _clear(end: float, text: str, chart: Chart, most: float) -> float:
    """Return where a bar's value begins: at the bar's end, or right of the line that it would cross."""
    line = float(chart.reference[1]) / most if chart.reference else 0.0
    return line if end < line < end + (len(text) + 1) * _LETTER * _SIZE / (WIDTH - _END) else end


def _most(chart: Chart) -> float:
    """Return how long the longest bar is, or the reference where it is further; above 0."""
    lengths = [sum(_number(series.values[row]) for series in chart.series) for row in range(len(chart.labels))]
    return max([*lengths, float(chart.reference[1]) if chart.reference else 0.0]) or 1.0


def _number(value: int | Amount | Fraction | None) -> float:
    return float(value.value if isinstance(value, Amount) else value or 0)


def _fills(chart: Chart) -> list[Fill]:
    return [FILLS[index % len(FILLS)] for index in range(len(chart.series))]


def _bar(axes: Axes, row: int, left: float, width: float, fill: Fill, text: str) -> None:
    """Draw a bar, with its value inside where there is room for it."""
    middle = row + _DOWN
    axes.barh(middle, width, _BAR, left, color=fill.colour, edgecolor=LINE, linewidth=0.8, hatch=fill.hatch)
    if text and len(text) * _LETTER * _SMALL < width * (WIDTH - _END):
        box = {"facecolor": fill.colour, "edgecolor": "none", "pad": 1.5} if fill.hatch else None
        axes.text(left + width / 2, middle, text, ha="center", va="center", size=_SMALL, color=fill.ink, bbox=box)


def _inline(drawn: bytes, chart: Chart, language: Language) -> str:
    """Return a drawing as part of a page: no namespaces, no style of its own, ids of its own, words for it."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - what matplotlib wrote just now
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in ("metadata", "style")]:
            parent.remove(child)
    for element in root.iter():
        _rename(element, chart.key)
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{chart.key}-title {chart.key}-text",
        "stroke-linejoin": "round",
    }
    title, text = ElementTree.Element("title", id=f"{chart.key}-title"), ElementTree.Element("desc")
    title.text = language.say(chart.title)
    text.set("id", f"{chart.key}-text")
    text.text = description(chart, language)
    root[:0] = [title, text]
    return ElementTree.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _rename(element: ElementTree.Element, key: str) -> None:
    """Keep of an element's names only what is referred to: patterns, clips and symbols; begin them with ``key``."""
    name = element.attrib.pop("id", None)
    if name and element.tag in _REFERRED:
        element.set("id", f"{key}-{name}")
    if "href" in element.attrib:
        element.set("href", f"#{key}-{element.attrib['href'][1:]}")
    for attribute, value in element.attrib.items():
        element.set(attribute, _REFERENCE.sub(rf"url(#{key}-\1)", value))


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
