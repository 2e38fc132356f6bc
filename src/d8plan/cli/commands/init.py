"""``d8plan init``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.errors import USAGE, CommandError
from d8plan.app.first_plan import make, require_free
from d8plan.cli import streams
from d8plan.cli.arguments import line
from d8plan.cli.options import option
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.edits.drafting.first import First
from d8plan.edits.drafting.periods import FIRST_YEAR, LAST_YEAR
from d8plan.text.message import M, Message
from d8plan.text.names import printable

HELP = M("Make a small data folder for another province; asks for what no option gives.")
EXAMPLE = "d8plan init du-an-8"
ORDER = 13


def command(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help=_("Folder that data/ and schemas/ are made in."))
    ] = Path(),
    province: Annotated[str | None, option("--province", metavar="NAME", help=_("Name of the province."))] = None,
    kind: Annotated[str | None, option("--kind", metavar="WORD", help=_("Kind of its units: xã, huyện…"))] = None,
    units: Annotated[
        str | None, option("--units", metavar="NAMES", help=_("Names of the units, with commas between."))
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", min=FIRST_YEAR, max=LAST_YEAR, help=_("Year of the first plan."), show_default=False),
    ] = None,
    indicator: Annotated[
        list[str] | None,
        option(
            "--indicator",
            metavar="TEXT",
            help=_("An indicator, its unit of measure and target: “Lớp tập huấn (lớp)=60”; may be repeated."),
        ),
    ] = None,
    levels: Annotated[
        str | None,
        option(
            "--levels",
            metavar="ID=NAME,…",
            help=_("Levels that carry the plan out: province=Cấp tỉnh,commune=Cấp xã."),
        ),
    ] = None,
) -> None:
    terminal = terminal_of(context)
    require_free(folder)
    questions = _Questions(terminal)
    first = First(
        province=questions.text("--province", province, M("Name of the province: ")),
        kind=questions.text("--kind", kind, M("Kind of its units (xã, huyện…): ")),
        units=questions.several(
            "--units",
            units.split(",") if units is not None else None,
            M("Names of the units, with commas between or one a line; an empty line ends them:"),
            separator=",",
        ),
        year=int(
            questions.text("--year", None if year is None else str(year), M("Year of the first plan: "), _is_year)
        ),
        indicators=questions.several(
            "--indicator",
            indicator or None,
            M("Indicators, one a line, as {example}; an empty line ends them:", example="Lớp tập huấn (lớp)=60"),
        ),
        levels=levels,
    )
    plan = make(folder, first, terminal)
    at = "" if folder == Path() else f"cd {printable(str(folder))}\n  "
    commands = [f"d8plan validate {plan}", f"d8plan allocate {plan} --all --write", f"d8plan export-appendix {plan}"]
    told = terminal.text(M("Next: see what is to be filled in, allot it, write the annex"))
    streams.people(f"{told}:\n\n  {at}" + "\n  ".join(commands) + "\n")


def _is_year(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and FIRST_YEAR <= int(typed) <= LAST_YEAR


class _Questions:
    """Asks for what no option gives, on a terminal alone."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.on_terminal = sys.stdin is not None and sys.stdin.isatty()

    def text(self, option: str, given: str | None, question: Message, usable: Callable[[str], bool] = bool) -> str:
        """Return what an option gives, else a line that is typed, asked for until it is usable."""
        if given is not None:
            return given
        self._require(option)
        while not usable(typed := self._line(self.terminal.language.say(question))):
            pass
        return typed

    def several(self, option: str, given: list[str] | None, question: Message, separator: str = "\n") -> list[str]:
        """Return what an option gives, else what is typed, until an empty line."""
        if given is not None:
            return given
        self._require(option)
        self.terminal.say(question)
        pieces: list[str] = []
        while typed := self._line("  "):
            pieces += typed.split(separator)
        return pieces

    def _require(self, option: str) -> None:
        if not self.on_terminal:
            raise CommandError(
                M("{option} is missing, and there is no terminal to ask on", option=option),
                USAGE,
                M("“{command}” shows how", command="d8plan init --help"),
            )

    def _line(self, prompt: str) -> str:
        """Return a line that is typed; raise Abort at its end."""
        streams.people(prompt)
        streams.finish()
        typed = line()
        if typed is None:
            raise typer.Abort
        return typed.strip()
