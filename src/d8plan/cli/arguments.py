"""What the user typed: never empty, and text whatever the locale; one place for the parameters of all commands."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup
from typer.models import TyperPath

from d8plan.app.errors import USAGE, CommandError
from d8plan.text.message import M, Message
from d8plan.text.names import nfc, unshowable

if TYPE_CHECKING:
    from typer._click import Context, Parameter

USE_UTF_8 = M("Type it again in a terminal that uses UTF-8")
_FILL_IN = M("Give it, or leave it out; a variable of the shell that is not set gives an empty one")


class Name(str):
    """What may name a file or a revision of git: kept as the operating system gave it, for it is given back to it."""

    __slots__ = ()


def given() -> list[str]:
    """Return the arguments of this process, each as its bytes decode.

    Python has them from the system's library, which of some code pages puts letters together and loses what follows.
    """
    count = len(sys.argv) - 1
    if count and sys.getfilesystemencoding() != "utf-8":
        with contextlib.suppress(OSError):
            raw = Path("/proc/self/cmdline").read_bytes().split(b"\0")[:-1]
            if len(raw) > count:
                return [os.fsdecode(one) for one in raw[-count:]]
    return sys.argv[1:]


def typed(raw: bytes, encoding: str | None = None) -> str | None:
    """Return the text that somebody typed: UTF-8, else in the terminal's own encoding; None where it is neither.

    ``encoding`` is that of the terminal; without one, the locale's.
    """
    try:
        return nfc(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        return nfc(raw.decode(encoding or _encoding_of_the_locale()))
    except (UnicodeDecodeError, LookupError):
        return None


def text_of(argument: str) -> str | None:
    """Return an argument as the text that was typed; None where its bytes are no text.

    Python decodes arguments by the locale, which under LC_ALL=C knows ASCII alone.
    """
    if sys.platform != "win32":  # which hands over text
        with contextlib.suppress(UnicodeEncodeError):  # text that no terminal gave, as in a call from Python
            return typed(os.fsencode(argument))
    return None if any("\ud800" <= char <= "\udfff" for char in argument) else nfc(argument)


def line() -> str | None:
    """Return the next line of standard input as it was typed, with its end; None where there is none.

    Raises CommandError where its bytes are no text.
    """
    buffer = getattr(sys.stdin, "buffer", None)
    raw = (buffer or sys.stdin).readline()
    if not raw:
        return None
    text = typed(raw, sys.stdin.encoding) if isinstance(raw, bytes) else str(raw)
    if text is None:
        raise CommandError(M("What was typed is no text in the encoding of this terminal"), USAGE, USE_UTF_8)
    return text


def _encoding_of_the_locale() -> str:
    import locale

    return locale.getencoding()


class Command(TyperCommand):
    """A command whose arguments are what the user typed."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse as Typer does; refuse what is empty before, and what is no text after."""
        _refuse_empty(self, ctx, args)
        rest = super().parse_args(ctx, args)
        _decode(self, ctx)
        return rest


class CommandGroup(TyperGroup):
    """The program itself, with the options that stand before its commands."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse as a command does."""
        _refuse_empty(self, ctx, args)
        rest = super().parse_args(ctx, args)
        _decode(self, ctx)
        return rest


def _refuse_empty(command: TyperCommand | TyperGroup, ctx: Context, args: list[str]) -> None:
    """Raise where an argument, or a variable that stands for one, is there and holds nothing but blanks."""
    if ctx.resilient_parsing:
        return
    parsed, rest, _ = command.make_parser(ctx).parse_args(args=list(args))
    params = command.get_params(ctx)
    if any(parsed.get(param.name or "") for param in params if param.is_eager):
        return  # help, which shows what was asked for all the same
    for param in params:
        _refuse_empty_value(param, parsed)
    # What is left over is the name of a command, followed by what that one looks at.
    if any(map(_is_blank, rest[:1])):
        raise CommandError(M("An argument is empty"), USAGE, _FILL_IN)


def _refuse_empty_value(param: Parameter, parsed: Mapping[str, Any]) -> None:
    value = parsed.get(param.name or "")
    values = value if isinstance(value, list | tuple) else [value]
    blank = [number for number, one in enumerate(values, 1) if isinstance(one, str) and _is_blank(one)]
    if blank:
        told: Message = M("{name} is empty", name=_shown(param))
        if len(values) > 1:
            told = M("{name}: value {number} is empty", name=_shown(param), number=blank[0])
        raise CommandError(told, USAGE, _FILL_IN)
    if value is None and isinstance(param.envvar, str):
        # A list of folders is empty where nothing stands between its separators.
        variable = os.environ.get(param.envvar)
        if variable is not None and _is_blank(variable.replace(os.pathsep, " ")):
            raise CommandError(
                M("The variable {name} is empty", name=param.envvar), USAGE, M("Give it a value, or unset it")
            )


def _is_blank(value: str) -> bool:
    text = text_of(value)
    return text is not None and all(char.isspace() or unshowable(char) for char in text)


def _shown(param: Parameter) -> str:
    """Return what people call a parameter: its options, else the word that its help has for it."""
    return "/".join(param.opts) if param.param_type_name == "option" else (param.metavar or param.name or "")


def _decode(command: TyperCommand | TyperGroup, ctx: Context) -> None:
    """Turn text into what was typed; paths stay as the operating system names them."""
    for param in command.get_params(ctx):
        if param.name in ctx.params and not isinstance(param.type, TyperPath):
            ctx.params[param.name] = _decoded(ctx.params[param.name], param, lenient=ctx.resilient_parsing)


def _decoded(value: Any, param: Parameter, *, lenient: bool) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_each(value, param, lenient=lenient))
    if type(value) is not str:  # a name of a file, a number, one of a few words
        return value
    text = text_of(value)
    if text is None and not lenient:
        raise CommandError(
            M("{name}: “{value}” is no text in the encoding of this terminal", name=_shown(param), value=value),
            USAGE,
            USE_UTF_8,
        )
    return value if text is None else text


def _each(values: Iterable[Any], param: Parameter, *, lenient: bool) -> list[Any]:
    return [_decoded(value, param, lenient=lenient) for value in values]
