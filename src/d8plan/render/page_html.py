"""A page as one file of HTML that needs nothing else: style and script stand in it.

All text of the data goes through ``Language`` and Jinja's escaping; the policy in the page lets no other script run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from d8plan.render.bars import FILLS, ChartBars, description
from d8plan.render.views import plain, shown
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.text.names import printable
from d8plan.views.page import Heat, HeatCell, Page, Section
from d8plan.views.table import Audience, Table, Value

_WORDS = {
    "skip": M("Skip to the content"),
    "contents": M("Contents"),
    "units": M("Units ({count})"),
    "show": M("Show"),
    "all": M("All units"),
    "only": M("Shown is only what is of {name}."),
    "go": M("To its section"),
    "sort": M("Sort by this column"),
    "notes": M("Notes"),
    "top": M("To the top"),
}
_SHORT = 12
"""Letters of text that stay on one line of a table."""


class PageCell(NamedTuple):
    """A cell as it is shown."""

    text: str
    sort: str
    """What it is sorted by: a number, or nothing for text and for what is empty."""
    numeric: bool
    shade: int = 0
    unseen: str = ""
    """What a reader of the screen says after the text."""

    @property
    def look(self) -> str:
        """The classes of the cell: of numbers, of short text that is not broken, of a shade."""
        kind = "n" if self.numeric else "short" if len(self.text) <= _SHORT else ""
        return f"{kind} s{self.shade}" if self.shade else kind


class PageTable(NamedTuple):
    """A table or heat map as it is shown."""

    id: str
    caption: str
    headings: list[tuple[str, bool]]
    """Text of each heading, and whether numbers stand under it."""
    rows: list[tuple[str, list[PageCell]]]
    """The unit that each row is about, if it is about one, and its cells."""
    totals: int
    """How many of the last rows are totals."""
    naming: int = 0
    """Index of the column that names the rows."""
    legend: tuple[tuple[int, str], ...] = ()
    """Each shade with the shares that it stands for."""
    meaning: str = ""

    @property
    def wordy(self) -> bool:
        """Whether it is made of sentences, which a narrow screen shows one below another."""
        return sum(not numeric for _, numeric in self.headings) > len(self.headings) / 2


def as_html(page: Page, language: Language) -> str:
    """Return the page; the same page always gives the same text."""
    environment = Environment(
        loader=PackageLoader("d8plan.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "say": language.say,
        "show": language.show,
        "shown": partial(shown, language=language),
        "percent": language.percent,
        "printable": printable,
        "bars": partial(ChartBars, language=language),
        "description": partial(description, language=language),
        "tables": partial(_tables, language=language),
    }
    script = _file("page.js")
    return environment.get_template("page.html").render(
        code=language.code,
        page=page,
        units={unit: language.show(name) for unit, name in page.units},
        fills=FILLS,
        words=_words(page, language),
        # Both are files of this package, and no text of the data is in them.
        style=Markup(_file("page.css")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _file(name: str) -> str:
    return resources.files("d8plan").joinpath("render", "templates", name).read_text(encoding="utf-8")


def _words(page: Page, language: Language) -> dict[str, str]:
    """Return the page's own words; a brace is left where the script or the template fills one in."""
    values = (("count", str(len(page.units))), ("name", "{name}"))
    return {key: language.say(message._replace(values=values)) for key, message in _WORDS.items()}


def _tables(section: Section, language: Language) -> Iterator[PageTable]:
    """Yield the tables of a section, then its heat map."""
    for table in section.view.tables if section.view else ():
        yield _table(table, section.key, language)
    if section.heat:
        yield _heat(section.heat, section.key, language)


def _table(table: Table, section_key: str, language: Language) -> PageTable:
    unit = next((index for index, column in enumerate(table.columns) if column.key == "unit"), None)
    units = ["" if unit is None else printable(str(row[unit] or "")) for row in table.rows]
    for_people = table.shown_to(Audience.PEOPLE)
    columns = for_people.columns
    rows = [
        [_cell(value, language, numeric=column.numeric) for value, column in zip(row, columns, strict=True)]
        for row in for_people.rows
    ]
    return PageTable(
        f"{section_key}-{table.key}",
        language.say(table.title),
        [(language.say(column.heading), column.numeric) for column in columns],
        list(zip(units, rows, strict=True)),
        table.totals,
        next((index for index, column in enumerate(columns) if column.key == "label"), 0),
    )


def _cell(value: Value, language: Language, *, numeric: bool) -> PageCell:
    number = plain(value, language)
    if isinstance(value, Fraction):
        sort = repr(float(value))
    else:
        sort = str(number) if isinstance(number, int | float) and not isinstance(number, bool) else ""
    return PageCell(shown(value, language), sort, numeric)


def _heat(heat: Heat, section_key: str, language: Language) -> PageTable:
    rows = [
        (
            printable(row.unit),
            [
                PageCell(language.show(row.name), "", numeric=False),
                *(_shaded(heat, cell, language) for cell in row.cells),
            ],
        )
        for row in heat.rows
    ]
    darkest = max((heat.shade(cell) for row in heat.rows for cell in row.cells), default=0)
    step = int(heat.step * 100)
    return PageTable(
        f"{section_key}-{heat.key}",
        language.say(heat.title),
        [(language.say(heat.corner), False), *((language.say(column), True) for column in heat.columns)],
        rows,
        heat.totals,
        legend=tuple((shade, f"{step * (shade - 1)}–{step * shade} %") for shade in range(1, darkest + 1)),
        meaning=language.say(heat.meaning),
    )


def _shaded(heat: Heat, cell: HeatCell, language: Language) -> PageCell:
    share = [language.percent(cell.share)] if cell.share is not None and not isinstance(cell.value, Fraction) else []
    words = [language.say(cell.words)] if cell.words.template else []
    shown_cell = _cell(cell.value, language, numeric=True)
    return shown_cell._replace(shade=heat.shade(cell), unseen=" ".join(share + words))
