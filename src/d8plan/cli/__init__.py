"""The command line: parse, call, render, exit."""

from __future__ import annotations

import errno
import gettext
import importlib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from d8plan import __version__
from d8plan.app import streams
from d8plan.app.data import Options, has_folder
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.cli.arguments import USE_UTF_8, Command, Group, given
from d8plan.text.language import CATALOGUES, DEFAULT, LANGUAGES, language
from d8plan.text.message import M, Message

COMMANDS = {
    "status": "status",
    "validate": "validate",
    "summary": "summary",
    "progress": "progress",
    "report-form": "report_form",
    "import-report": "import_report",
    "report": "report",
    "export-appendix": "export_appendix",
    "import-appendix": "import_appendix",
    "set": "set_figure",
    "allocate": "allocate",
    "new": "new",
    "init": "init",
    "diff": "diff",
    "seal": "seal",
    "recover": "recover",
    "export-data": "export_data",
    "explain": "explain",
    "rules": "rules",
    "schema": "schema",
}
"""Commands, in the order in which somebody new needs them, and their modules, each of which registers its own;
imported only where needed."""

EXAMPLES = {
    "status": "d8plan",
    "validate": "d8plan validate 2024 --select A,B --format markdown",
    "summary": 'd8plan summary 2024 --district "Mường La"',
    "progress": 'd8plan progress 2024 --as-of 2024-06-30 --district "Mường La"',
    "report-form": "d8plan report-form 2024 --period 2024-Q2 --per-district --output bieu",
    "import-report": "d8plan import-report bieu/*.xlsx",
    "report": "d8plan report 2024 --output ke-hoach-2024.html",
    "export-appendix": "d8plan export-appendix 2024 --output phu-luc.xlsx",
    "import-appendix": "d8plan import-appendix phu-luc.xlsx --dry-run",
    "set": 'd8plan set 2024 "lớp tập huấn" "Mường La" --level district 9 --with-totals',
    "allocate": "d8plan allocate 2025 training-classes --level district --total 60 --by villages",
    "new": "d8plan new 2025 --from 2024",
    "init": "d8plan init du-an-8",
    "diff": "d8plan diff HEAD~1 --format markdown",
    "seal": "d8plan seal 2024 --document 15/KH-UBND --date 2024-02-01",
    "recover": "d8plan recover --dry-run",
    "export-data": "d8plan export-data --format csv --output so-lieu --excel",
    "explain": "d8plan explain A001",
    "rules": "d8plan rules --format json",
    "schema": "d8plan schema --check",
}
"""How each command is typed, for its help."""

DATA = "D8PLAN_DATA"
"""Variable that names data folders, several as in PATH."""

_ = gettext.gettext


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the application, its help in the language that is set.

    It knows the commands that ``arguments`` name, and all where they name none.
    """
    app = typer.Typer(
        name="d8plan",
        cls=Group,
        help=_("A public plan kept as data: proven, summarised, printed as its annexes."),
        epilog=_("“d8plan” alone shows where the plans stand. “d8plan COMMAND --help” shows how a command is used."),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=True,
    )
    app.callback(invoke_without_command=True)(options)
    named = [command for command in COMMANDS if command in arguments]
    for command in named or COMMANDS:
        importlib.import_module(f"d8plan.cli.{COMMANDS[command]}").register(app)
        app.registered_commands[-1].cls = Command
        app.registered_commands[-1].epilog = _("Example: {example}").format(example=EXAMPLES[command])
    return app


def options(
    context: typer.Context,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            metavar="DIR",
            envvar=DATA,
            help=_("The data folder; else data/ here or above. “validate” and “--format parquet” take several."),
            show_default=False,
        ),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", metavar="vi|en", envvar="D8PLAN_LANG", help=_("Language of what is shown."))
    ] = DEFAULT,
    version: Annotated[bool, typer.Option("--version", help=_("Show the version and stop."), is_eager=True)] = False,
) -> None:
    if version:
        streams.people(f"d8plan {__version__}\n")
        raise typer.Exit
    if lang not in LANGUAGES:
        raise CommandError(
            M("There is no language “{name}”", name=lang), USAGE, M("There are: {names}", names=LANGUAGES)
        )
    context.obj = Options(tuple(_folders(context, data or [])), lang)
    if context.invoked_subcommand is None:
        _stand(context, context.obj)


def _stand(context: typer.Context, options: Options) -> None:
    """Show where the plans stand, or, where there is no data folder, what d8plan can do."""
    from d8plan.cli import status

    if not options.data and not has_folder():
        streams.people(context.get_help() + "\n")
        return
    status.status(context)


def _folders(context: typer.Context, data: list[Path]) -> list[Path]:
    """Return the data folders that are named; an empty piece of D8PLAN_DATA, as after a trailing colon, is none."""
    source = context.get_parameter_source("data")
    if source is None or source.name != "ENVIRONMENT":
        return data
    return [Path(piece) for piece in os.environ[DATA].split(os.pathsep) if piece]


def wanted_language(arguments: Sequence[str]) -> str:
    """Return the language asked for before the command, which help needs before parsing."""
    wanted = os.environ.get("D8PLAN_LANG", DEFAULT)
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and index + 1 < len(arguments):
            wanted = arguments[index + 1]
    return wanted if wanted in LANGUAGES else DEFAULT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no exception leaves it."""
    # Else pydantic looks through all that is installed for plugins, which no command needs.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    typed = given() if arguments is None else list(arguments)
    code = wanted_language(typed)
    # Typer's own words come from the same catalogue.
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain("d8plan", CATALOGUES)
    gettext.textdomain("d8plan")
    streams.prepare()
    try:
        result = build(typed)(typed, standalone_mode=False)
        streams.finish()
        return result if isinstance(result, int) else 0
    except CommandError as error:
        return _fail(code, error.message, error.code, error.action)
    except typer.TyperException as error:
        return _fail(code, _misused(error.format_message()), USAGE, M("“{command}” shows how", command="d8plan --help"))
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except UnicodeEncodeError as error:  # a name of a file that this locale cannot write
        return _fail(code, M("“{name}” is no name of a file in this terminal", name=error.object), UNUSABLE, USE_UTF_8)
    except BrokenPipeError:
        streams.silence()
        return 1
    except OSError as error:
        if (
            error.errno == errno.EINVAL and sys.platform == "win32" and error.filename is None
        ):  # a closed pipe on Windows
            streams.silence()
            return 1
        where = f" ({error.filename})" if error.filename else ""
        return _fail(code, M("{reason}", reason=(error.strerror or str(error)) + where), UNUSABLE, None)


_MISUSES = (
    (re.compile(r"No such command '(?P<name>.*?)'"), M("There is no command “{name}”")),
    (re.compile(r"No such option:? '?(?P<name>-[^\s'.]*)"), M("There is no option “{name}”")),
    (
        re.compile(r"Invalid value for '(?P<name>.*?)'.*: '(?P<value>.*)' is not one of (?P<known>.*)"),
        M("“{value}” is not one of {known}"),
    ),
    (re.compile(r"Option '(?P<name>.*?)' requires an argument"), M("Option “{name}” needs a value")),
    (re.compile(r"Got unexpected extra arguments? \((?P<name>.*)\)"), M("“{name}” is too much")),
)


def _misused(told: str) -> Message:
    """Return what Typer says of wrong usage, which it says in English alone, as a message of ours."""
    for pattern, message in _MISUSES:
        if found := pattern.search(told):
            return message._replace(values=tuple(found.groupdict().items()))
    return M("{reason}", reason=told.rstrip("."))


def _fail(code: str, message: Message, exit_code: int, action: Message | None) -> int:
    spoken = language(code)
    text = f"d8plan: {spoken.say(message)}"
    try:
        streams.error(f"{text}. {spoken.say(action)}." if action else f"{text}.")
        streams.finish()
    except OSError:
        streams.silence()
    return exit_code
