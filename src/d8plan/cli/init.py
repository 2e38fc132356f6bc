"""``d8plan init``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import FOLDER, Options
from d8plan.app.editing import as_if
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.files import save
from d8plan.app.write_lock import holding, write
from d8plan.cli.arguments import line
from d8plan.cli.editing_options import require_text
from d8plan.edits.drafting.first import Beginning, First, RefusedError, begin
from d8plan.edits.drafting.periods import FIRST_YEAR, LAST_YEAR
from d8plan.models.places import PLANS
from d8plan.storage.data.loader import load
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.text.language import Language, language
from d8plan.text.message import M, Message
from d8plan.text.names import printable


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help=_("Make a small data folder for another province; asks for what no option gives."))(init)


def init(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help=_("Folder that data/ and schemas/ are made in."))
    ] = Path(),
    province: Annotated[
        str | None, typer.Option("--province", metavar="NAME", help=_("Name of the province."), show_default=False)
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="WORD", help=_("Kind of its units: xã, huyện…"), show_default=False),
    ] = None,
    units: Annotated[
        str | None,
        typer.Option(
            "--units", metavar="NAMES", help=_("Names of the units, with commas between."), show_default=False
        ),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", min=FIRST_YEAR, max=LAST_YEAR, help=_("Year of the first plan."), show_default=False),
    ] = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option(
            "--indicator",
            metavar="TEXT",
            help=_("An indicator, its unit of measure and target: “Lớp tập huấn (lớp)=60”; may be repeated."),
            show_default=False,
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            "--levels",
            metavar="ID=NAME,…",
            help=_("Levels that carry the plan out: province=Cấp tỉnh,commune=Cấp xã."),
            show_default=False,
        ),
    ] = None,
) -> None:
    options: Options = context.obj
    spoken = language(options.language)
    data, schemas = folder / FOLDER, _schemas(folder)
    for path in (data, *schemas):
        if os.path.lexists(path):
            raise CommandError(M("{path} exists", path=str(path)), UNUSABLE, M("Name an empty or new folder"))
    asking = _Asking(spoken)
    try:
        first = First(
            province=asking.text("--province", province, M("Name of the province: ")),
            kind=asking.text("--kind", kind, M("Kind of its units (xã, huyện…): ")),
            units=asking.several(
                "--units", units, M("Names of the units, with commas between or one a line; an empty line ends them:")
            ),
            year=int(
                asking.text("--year", None if year is None else str(year), M("Year of the first plan: "), _is_year)
            ),
            indicators=indicator
            or asking.several(
                "--indicator",
                None,
                M("Indicators, one a line, as {example}; an empty line ends them:", example="Lớp tập huấn (lớp)=60"),
            ),
            levels=levels,
        )
        _require_texts(first)
        made = begin(first)
        files = {
            name: new_file(Path(name).stem, 3 if name.startswith(PLANS) else 1, made.comments[name], content)
            for name, content in made.files.items()
        }
    except RefusedError as error:
        raise CommandError(error.message, USAGE, error.action) from None
    except EditError as error:
        raise CommandError(error.message, USAGE) from None
    _make(data, files, spoken)
    save(schemas, force=False, spoken=spoken)
    streams.people(_next(folder, made, spoken))


def _require_texts(first: First) -> None:
    """Raise where something that was typed holds a character that no data file may."""
    require_text("--province", first.province)
    require_text("--kind", first.kind)
    require_text("--units", ",".join(first.units))
    require_text("--indicator", "\n".join(first.indicators))
    require_text("--levels", first.levels or "")


def _is_year(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and FIRST_YEAR <= int(typed) <= LAST_YEAR


def _schemas(folder: Path) -> dict[Path, bytes]:
    from d8plan.models.schemas import json_schemas

    return {folder / "schemas" / name: text.encode("utf-8") for name, text in json_schemas().items()}


def _make(data: Path, files: dict[str, bytes], spoken: Language) -> None:
    """Write the files of a new data folder, all or none; folders that were made for them go where none is."""
    made = [path for path in (data / PLANS, data, *data.parents) if not path.exists()]
    try:
        (data / PLANS).mkdir(parents=True)
    except OSError as error:
        raise CommandError(
            M("{path} cannot be written: {reason}", path=str(data), reason=error.strerror or str(error)),
            UNUSABLE,
            M("Name an empty or new folder"),
        ) from error
    try:
        with holding(data):
            loaded = load(data)
            as_if(loaded, files)
            write(loaded, files, spoken)
    except CommandError:
        for path in (*(data / PLANS).glob("*"), *made):
            if not any(path.iterdir()):
                path.rmdir()
        raise


def _next(folder: Path, made: Beginning, spoken: Language) -> str:
    """Return what to do now."""
    at = "" if folder == Path() else f"cd {printable(str(folder))}\n  "
    lines = [
        f"d8plan validate {made.plan}",
        f"d8plan allocate {made.plan} --all --write",
        f"d8plan export-appendix {made.plan}",
    ]
    told = M("Next: see what is to be filled in, allot it, write the annex")
    return spoken.say(told) + ":\n\n  " + at + "\n  ".join(lines) + "\n"


class _Asking:
    """Asks for what no option gives, on a terminal alone."""

    def __init__(self, spoken: Language) -> None:
        self.spoken = spoken
        self.on_terminal = sys.stdin is not None and sys.stdin.isatty()

    def text(self, option: str, given: str | None, question: Message, usable: Callable[[str], bool] = bool) -> str:
        """Return what an option gives, else a line that is typed, asked for until it is usable."""
        if given is not None:
            return given
        self._require(option)
        while not usable(typed := self._line(self.spoken.say(question))):
            pass
        return typed

    def several(self, option: str, given: str | None, question: Message) -> list[str]:
        """Return the names that an option gives, else lines that are typed until an empty one."""
        if given is not None:
            return given.split(",")
        self._require(option)
        streams.people(self.spoken.say(question) + "\n")
        found: list[str] = []
        while typed := self._line("  "):
            found += [typed] if option == "--indicator" else typed.split(",")
        return found

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
