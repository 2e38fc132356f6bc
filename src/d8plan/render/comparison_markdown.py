"""The view of a comparison as Markdown for a pull request: short, long tables folded."""

from __future__ import annotations

from collections.abc import Iterator

from d8plan.render.markdown import escaped, row, ruler
from d8plan.render.views import shown
from d8plan.text.language import Language
from d8plan.text.message import Amount, M
from d8plan.views.table import Audience, Table, View

OPEN_ROWS = 12
"""Rows of a table that is not folded."""
MOST_ROWS = 200
"""Rows of a table in all; a comment on GitHub holds 65,536 characters."""


def as_markdown(view: View, language: Language) -> str:
    """Return the view as GitHub-flavoured Markdown."""
    lines = [f"## {escaped(language.say(view.title))}", ""]
    lines += [f"- {escaped(language.say(fact.label))}: {escaped(shown(fact.value, language))}" for fact in view.facts]
    for table in view.tables:
        lines += ["", *_table(table.shown_to(Audience.PEOPLE), language)]
    return "\n".join(lines) + "\n"


def _table(table: Table, language: Language) -> Iterator[str]:
    title = escaped(language.say(table.title))
    folded = len(table.rows) > OPEN_ROWS
    if folded:
        yield f"<details><summary>{title} ({len(table.rows)})</summary>"
    else:
        yield f"### {title}"
    yield ""
    yield row([escaped(language.say(column.heading)) for column in table.columns])
    yield ruler([column.numeric for column in table.columns])
    for values in table.rows[:MOST_ROWS]:
        yield row([escaped(shown(value, language)) for value in values])
    if len(table.rows) > MOST_ROWS:
        yield ""
        yield escaped(language.say(M("and {count} others", count=Amount(len(table.rows) - MOST_ROWS))))
    if folded:
        yield ""
        yield "</details>"
