"""Views in every format: a terminal's tables, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction

from d8plan.render.markdown import escaped
from d8plan.render.markdown import table as markdown_table
from d8plan.text.exact import ExactNumber, as_json_text
from d8plan.text.language import Language, telling
from d8plan.text.message import Amount, M, Message
from d8plan.text.names import inert
from d8plan.views.table import Audience, Bounded, Column, Doubted, Exact, Table, Value, View

VERSION = 1
NOTHING = "–"
OPEN_ROWS = 12
"""Rows of a table that is not folded."""
MOST_ROWS = 200
"""Rows of a table in a comment, which holds 65,536 characters on GitHub."""
_PLACES, _MOST_PLACES = 6, 31
Plain = bool | ExactNumber | float | str | None
"""What machine formats hold."""

_LIKE_A_DATE = re.compile(r"\s*(\d{1,2}[-/]\d{1,2}([-/]\d{2,4})?|\d{1,2}[-/]\d{4}|\d{4}[-/]\d{1,2})\s*")
"""A day and a month, or a month and a year; a whole date from the year on, which is one, is left as it is."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def shown(value: Value, language: Language) -> str:
    """Return a value for people: grouped digits, per cent, a dash for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, ExactNumber):
        return language.number(value)
    if isinstance(value, Fraction):
        return language.percent(value)
    if isinstance(value, Doubted):
        return language.amount(value.amount) + "*"
    if isinstance(value, Bounded):
        return value.bound.shown(language.number)
    if isinstance(value, Exact):
        return language.decimal(value.value)
    return language.show(value)


def plain(value: Value, language: Language) -> Plain:
    """Return a value for machines: numbers without grouping, shares in per cent."""
    if isinstance(value, Doubted):
        return value.amount.value
    if isinstance(value, Amount):
        return value.value
    if isinstance(value, Fraction):
        return int(telling(value) * 10_000 + Fraction(1, 2)) / 100
    if isinstance(value, Bounded):
        return value.bound.sign
    if isinstance(value, Exact):
        return _decimal(value.value)
    if isinstance(value, Message):
        return language.say(value)
    return value


def _decimal(value: Fraction) -> str:
    """Return a number from 0 upwards with a full stop and never three decimals, which are taken for thousands."""
    places = next((places for places in range(_PLACES, _MOST_PLACES) if not value * 10**places % 1), _PLACES)
    whole, part = divmod(int(value * 10**places + Fraction(1, 2)), 10**places)
    return f"{whole}.{part:0{places}}"


def as_json(view: View, language: Language) -> str:
    """Return the view as JSON, version 1; each table a list of objects, totals apart."""
    document: dict[str, object] = {"version": VERSION, "title": language.say(view.title)}
    if view.facts:
        document["facts"] = {fact.key: plain(fact.value, language) for fact in view.facts}
    for table in view.tables:
        rows = machine_rows(table, language)
        split = len(rows) - table.totals
        document[table.key] = rows[:split]
        if table.totals:
            document[f"{table.key}_totals"] = rows[split:]
    document["remarks"] = [
        {
            "kind": remark.key,
            "label": language.say(remark.label),
            "text": language.say(remark.text),
            "source": language.say(remark.where),
            "stated": remark.stated,
            "computed": remark.computed,
        }
        for remark in view.remarks
    ]
    return as_json_text(document, ensure_ascii=False, indent=2) + "\n"


def machine_rows(table: Table, language: Language) -> list[dict[str, Plain]]:
    """Return the rows of a table with the columns that are for machines, by their keys."""
    shown_table = table.shown_to(Audience.MACHINES)
    keys = [column.key for column in shown_table.columns]
    return [dict(zip(keys, (plain(value, language) for value in row), strict=True)) for row in shown_table.rows]


def as_csv(view: View, language: Language) -> str:
    """Return the first table as CSV without its totals; text cannot become a formula."""
    table = view.tables[0].shown_to(Audience.MACHINES)
    return csv_text(
        [column.key for column in table.columns],
        [[plain(value, language) for value in row] for row in table.rows[: len(table.rows) - table.totals]],
    )


def csv_text(header: list[str], rows: list[list[Plain]]) -> str:
    """Return CSV with CRLF line ends, as RFC 4180 has it; None is an empty field."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([[_safe(value) for value in row] for row in rows])
    return buffer.getvalue()


def _safe(value: Plain) -> Plain:
    """Keep a spreadsheet from reading text as a formula, or as a date, such as a commune’s name 2/9."""
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA_STARTS) or _LIKE_A_DATE.fullmatch(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def as_markdown(view: View, language: Language, *, folded: bool = False) -> str:
    """Return the view as GitHub-flavoured Markdown.

    ``folded`` is for a comment: long tables are folded, and very long ones cut.
    """
    lines = [f"## {escaped(language.say(view.title))}", ""]
    lines += [f"- {escaped(language.say(fact.label))}: {escaped(shown(fact.value, language))}" for fact in view.facts]
    for table in view.tables:
        lines += ["", *_markdown(table.shown_to(Audience.PEOPLE), language, folded=folded)]
    if view.remarks:
        lines.append("")
    for remark in view.remarks:
        text = f"{language.say(remark.label)}: {language.say(remark.text)} ({language.say(remark.where)})"
        lines.append(f"- {escaped(text)}")
    return "\n".join(lines) + "\n"


def _markdown(table: Table, language: Language, *, folded: bool) -> list[str]:
    title = escaped(language.say(table.title))
    lines = markdown_table(
        (escaped(language.say(column.heading)) for column in table.columns),
        (column.numeric for column in table.columns),
        ((escaped(shown(value, language)) for value in row) for row in table.rows[: MOST_ROWS if folded else None]),
    )
    if folded and len(table.rows) > MOST_ROWS:
        lines += ["", escaped(language.say(M("and {count} others", count=Amount(len(table.rows) - MOST_ROWS))))]
    if folded and len(table.rows) > OPEN_ROWS:
        return [f"<details><summary>{title} ({len(table.rows)})</summary>", "", *lines, "", "</details>"]
    return [f"### {title}", "", *lines]


def as_table(view: View, language: Language, *, width: int, colour: bool, unicode: bool) -> str:
    """Return the view as tables at most ``width`` columns wide."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    console.print(Text(language.say(view.title), style="bold"))
    for fact in view.facts:
        console.print(Text(f"{language.say(fact.label)}: {shown(fact.value, language)}"))
    lines = box.SIMPLE if unicode else box.ASCII2
    for table in (table.shown_to(Audience.PEOPLE) for table in view.tables):
        drawn = RichTable(
            title=Text(language.say(table.title)),
            box=lines,
            title_justify="left",
            title_style="bold",
            padding=(0, 1, 0, 0),
            pad_edge=False,
        )
        for index, column in enumerate(table.columns):
            drawn.add_column(
                Text(language.say(column.heading)),
                justify="right" if column.numeric else "left",
                overflow="fold",
                no_wrap=False,
                min_width=_least(table, index, column, language),
            )
        split = len(table.rows) - table.totals
        for position, values in enumerate(table.rows):
            if position == split:
                drawn.add_section()
            style = "bold" if position >= split else ""
            drawn.add_row(*(Text(shown(value, language)) for value in values), style=style)
        console.print()
        console.print(drawn)
    for remark in view.remarks:
        label = Text(f"{language.say(remark.label)}: ", style="yellow")
        console.print(label + Text(f"{language.say(remark.text)} ({language.say(remark.where)})"))
    return "\n".join(inert(line.rstrip()) for line in buffer.getvalue().splitlines()) + "\n"


def _least(table: Table, index: int, column: Column, language: Language) -> int | None:
    """Numbers are never broken over lines: money cut in two is another amount."""
    if not column.numeric:
        return None
    return max((len(shown(values[index], language)) for values in table.rows), default=1)
