"""The program: its commands, found in ``commands/``, and what becomes of errors.

A command is a module there, named as it is typed: what it does in ``HELP``, how it is typed in ``EXAMPLE``, where it
stands in the list in ``ORDER``, and the function ``command``. It is imported where it is named alone.
"""

from __future__ import annotations

import errno
import gettext
import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from d8plan import __version__
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.folders import folder_above
from d8plan.cli import commands, streams
from d8plan.cli.arguments import USE_UTF_8, Command, CommandGroup, given
from d8plan.cli.terminal import Terminal
from d8plan.text.language import CATALOGUES, DEFAULT, LANGUAGES, language
from d8plan.text.message import M, Message

DATA = "D8PLAN_DATA"
"""Variable that names data folders, several as in PATH."""

_ = gettext.gettext


def command_names() -> list[str]:
    """Return the commands as they are typed."""
    return [module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)]


def command_module(name: str) -> ModuleType:
    """Return the module of a command."""
    return importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the application, its help in the language that is set.

    It knows the commands that ``arguments`` name, and all where they name none.
    """
    app = typer.Typer(
        name="d8plan",
        cls=CommandGroup,
        help=_("A public plan kept as data: proven, summarised, printed as its annexes."),
        epilog=_("“d8plan” alone shows where the plans stand. “d8plan COMMAND --help” shows how a command is used."),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=True,
    )
    app.callback(invoke_without_command=True)(options)
    names = command_names()
    modules = {name: command_module(name) for name in [name for name in names if name in arguments] or names}
    for name, module in sorted(modules.items(), key=lambda item: item[1].ORDER):
        app.command(
            name,
            cls=Command,
            help=_(module.HELP.template),
            epilog=_("Example: {example}").format(example=module.EXAMPLE),
        )(module.command)
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
    context.obj = Terminal(tuple(_folders(context, data or [])), language(lang))
    if context.invoked_subcommand is not None:
        return
    # Where the plans stand, or, where there is no data folder, what d8plan can do.
    if context.obj.folders or folder_above():
        command_module("status").command(context)
    else:
        streams.people(context.get_help() + "\n")


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
    (
        re.compile(r"No such command '(?P<name>.*?)'.*Did you mean (?P<near>.*)\?"),
        M("There is no command “{name}”. Did you mean: {near}"),
    ),
    (re.compile(r"No such command '(?P<name>.*?)'"), M("There is no command “{name}”")),
    (
        re.compile(r"No such option:? '?(?P<name>-[^\s'.]*).*(?:Did you mean|Possible options:) (?P<near>.*?)[?)]"),
        M("There is no option “{name}”. Did you mean: {near}"),
    ),
    (re.compile(r"No such option:? '?(?P<name>-[^\s'.]*)"), M("There is no option “{name}”")),
    (re.compile(r": '(?P<value>.*)' is not one of (?P<known>.*?)\.?$"), M("“{value}” is not one of {known}")),
    (re.compile(r": '(?P<value>.*)' is not a valid int(?:eger)?"), M("“{value}” is no whole number")),
    (
        re.compile(r": (?P<value>\S*) is not in the range (?P<least>\d+)<=x<=(?P<most>\d+)"),
        M("{value} is not between {least} and {most}"),
    ),
    (re.compile(r"Option '(?P<name>.*?)' requires an argument"), M("Option “{name}” needs a value")),
    (re.compile(r"Option '(?P<name>.*?)' does not take a value"), M("Option “{name}” takes no value")),
    (re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<name>.*)\)"), M("“{name}” is too much")),
    (re.compile(r"Missing (?:argument|option|parameter) '(?P<name>.*?)'"), M("“{name}” is missing")),
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
