"""A page as one file of HTML that needs nothing else: style and script stand in it.

All text of the data goes through ``Language`` and Jinja's escaping; the policy in the page lets no other script run.
"""

from __future__ import annotations

import base64
import hashlib
from fractions import Fraction
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from d8plan.render.bars import DrawnChart, drawn
from d8plan.render.views import plain, shown
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.text.names import printable
from d8plan.views.page import Heat, HeatCell, Page, Section
from d8plan.views.table import Audience, Column, Remark, Table, Value

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


class Cell(NamedTuple):
    """A cell as it is shown."""

    text: str
    sort: str
    """What it is sorted by: a number, or nothing for text and for what is empty."""
    numeric: bool
    shade: int = 0
    hidden: str = ""
    """What a reader of the screen says after the text."""

    @property
    def look(self) -> str:
        """Return the classes of the cell: of numbers, of short text that is not broken, of a shade."""
        kind = "n" if self.numeric else "short" if len(self.text) <= _SHORT else ""
        return f"{kind} s{self.shade}" if self.shade else kind


class Row(NamedTuple):
    """A row: the unit that it is about, if it is about one, and its cells."""

    unit: str
    cells: list[Cell]


class Drawn(NamedTuple):
    """A table as it is shown."""

    id: str
    caption: str
    headings: list[tuple[str, bool]]
    """Text of each heading, and whether numbers stand under it."""
    rows: list[Row]
    totals: list[Row]
    wordy: bool
    """Whether it is made of sentences, which a narrow screen shows one below another."""
    first: int
    """Index of the column that names the rows."""
    legend: list[tuple[int, str]] = []  # noqa: RUF012 - never changed
    meaning: str = ""


class Part(NamedTuple):
    """A section as it is shown."""

    key: str
    heading: str
    unit: str
    introduction: list[str]
    facts: list[tuple[str, str]]
    tables: list[Drawn]
    charts: list[DrawnChart]
    remarks: list[tuple[str, str, str]]


def as_html(page: Page, language: Language) -> str:
    """Return the page; the same page always gives the same text."""
    environment = Environment(
        loader=PackageLoader("d8plan.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = _file("page.js")
    return environment.get_template("page.html").render(
        code=language.code,
        title=language.say(page.title),
        facts=[(language.say(fact.label), shown(fact.value, language)) for fact in page.facts],
        parts=[_part(section, language) for section in page.sections],
        units=[(printable(unit), language.show(name)) for unit, name in page.units],
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
    filled = {"count": str(len(page.units)), "name": "{name}"}
    return {key: language.say(told._replace(values=tuple(filled.items()))) for key, told in _WORDS.items()}


def _part(section: Section, language: Language) -> Part:
    view = section.view
    tables = [_table(table, section.key, language) for table in view.tables] if view else []
    if section.heat:
        tables.append(_heat(section.heat, section.key, language))
    return Part(
        section.key,
        language.say(section.heading),
        printable(section.unit or ""),
        [language.say(told) for told in section.introduction],
        [(language.say(fact.label), shown(fact.value, language)) for fact in view.facts] if view else [],
        tables,
        [drawn(chart, language) for chart in section.charts],
        [_remark(remark, language) for remark in view.remarks] if view else [],
    )


def _remark(remark: Remark, language: Language) -> tuple[str, str, str]:
    return language.say(remark.label), language.say(remark.text), language.say(remark.where)


def _table(table: Table, key: str, language: Language) -> Drawn:
    keys = [column.key for column in table.columns]
    unit = keys.index("unit") if "unit" in keys else None
    units = ["" if unit is None else printable(str(row[unit] or "")) for row in table.rows]
    for_people = table.shown_to(Audience.PEOPLE)
    columns = for_people.columns
    rows = [
        Row(of, [_cell(value, column, language) for value, column in zip(row, columns, strict=True)])
        for of, row in zip(units, for_people.rows, strict=True)
    ]
    split = len(rows) - table.totals
    wordy = sum(not column.numeric for column in columns) > len(columns) / 2
    return Drawn(
        f"{key}-{table.key}",
        language.say(table.title),
        [(language.say(column.heading), column.numeric) for column in columns],
        rows[:split],
        rows[split:],
        wordy,
        next((index for index, column in enumerate(columns) if column.key == "label"), 0),
    )


def _cell(value: Value, column: Column, language: Language) -> Cell:
    return Cell(shown(value, language), _sort(value, language), column.numeric)


def _sort(value: Value, language: Language) -> str:
    known = plain(value, language)
    if isinstance(value, Fraction):
        return repr(float(value))
    return str(known) if isinstance(known, int | float) and not isinstance(known, bool) else ""


def _heat(heat: Heat, key: str, language: Language) -> Drawn:
    rows = [
        Row(
            printable(row.unit), [Cell(language.show(row.name), "", numeric=False), *_shaded(heat, row.cells, language)]
        )
        for row in heat.rows
    ]
    split = len(rows) - heat.totals
    headings = [(language.say(heat.corner), False), *((language.say(column), True) for column in heat.columns)]
    title, meaning = language.say(heat.title), language.say(heat.meaning)
    return Drawn(
        f"{key}-{heat.key}", title, headings, rows[:split], rows[split:], False, 0, _legend(heat, language), meaning
    )


def _shaded(heat: Heat, cells: tuple[HeatCell, ...], language: Language) -> list[Cell]:
    made = []
    for cell in cells:
        told = [language.say(cell.words)] if cell.words.template else []
        if cell.share is not None and not isinstance(cell.value, Fraction):
            told.insert(0, language.percent(cell.share))
        made.append(
            Cell(shown(cell.value, language), _sort(cell.value, language), True, heat.shade(cell), " ".join(told))
        )
    return made


def _legend(heat: Heat, language: Language) -> list[tuple[int, str]]:
    """Return every shade that is used up to the darkest, with the shares that it stands for in whole per cent."""
    most = max((heat.shade(cell) for row in heat.rows for cell in row.cells), default=0)
    step = int(heat.step * 100)
    return [(shade, f"{step * (shade - 1)}–{step * shade} %") for shade in range(1, most + 1)]
