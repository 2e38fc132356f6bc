"""``d8plan explain``."""

from __future__ import annotations

import re
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

import d8plan
from d8plan.app.catalogue import catalogue
from d8plan.app.choice import choose
from d8plan.app.errors import USAGE, CommandError
from d8plan.cli import streams
from d8plan.cli.options import argument
from d8plan.cli.terminal import terminal_of
from d8plan.text.message import M
from d8plan.text.names import find_names, nearest

HELP = M("Explain rules: what each proves, why, how to mend what it finds.")
EXAMPLE = "d8plan explain A001"
ORDER = 18
PAGES = Path(d8plan.__file__).parent / "checks" / "pages"
"""One page a language and rule, written by ``pages.py`` of the project."""
_QUOTED = re.compile(r"`([^`]+)`")


def complete_rules(incomplete: str) -> list[str]:
    """Return the codes that ``incomplete`` may become."""
    return [code for code in catalogue() if code.startswith(incomplete.upper())]


def command(
    context: typer.Context,
    codes: Annotated[
        list[str] | None,
        argument("CODE...", _("Codes or names of rules: A001, level-total."), autocompletion=complete_rules),
    ] = None,
) -> None:
    listed = M("“{command}” lists them", command="d8plan rules")
    if not codes:
        raise CommandError(M("No rule is named"), USAGE, listed)
    spellings = {code: [code, rule.name] for code, rule in catalogue().items()}
    names = [name for spelt in spellings.values() for name in spelt]
    chosen = []
    for wanted in codes:
        if not find_names(wanted, spellings) and not nearest(wanted, names):
            raise CommandError(M("There is no {what} “{name}”", what=M("rule"), name=wanted), USAGE, listed)
        chosen.append(choose(M("rule"), wanted, spellings))
    folder = PAGES / terminal_of(context).language.code
    pages = [(folder / f"{code}.md").read_text(encoding="utf-8") for code in dict.fromkeys(chosen)]
    paint = streams.paint()
    streams.people("\n".join(shown(page, paint) for page in pages))


def shown(page: str, paint: Callable[[str, str], str]) -> str:
    """Return a page as a terminal shows it: headings bold, blocks indented, no marks of Markdown."""
    lines = []
    inside = False
    for line in page.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(f"  {line}".rstrip())
        elif line.startswith("#"):
            lines.append(paint(line.lstrip("# "), "bold"))
        else:
            lines.append(_QUOTED.sub(r"“\1”", line))
    return "\n".join(lines) + "\n"
