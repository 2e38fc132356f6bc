"""Say what is wrong with text that is not YAML: the usual slips by name, all else in the parser's terms, translated."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import YAMLError

from d8plan.models.places import Mark
from d8plan.storage.data import rules
from d8plan.storage.data.raw_text import Problem, last_typed, lines_of
from d8plan.text.message import M, Message

_NO_KEY_HERE = M("a colon stands where no key can; text with a colon needs quotes")
_NO_SPACE = M("no space follows the colon; text with a colon needs quotes")

_PROBLEMS = (
    ("',' or ']'", M("a comma or the closing bracket ] is missing")),
    ("',' or '}'", M("a comma or the closing brace is missing")),
    ("expected key", M("a key with a colon was expected")),
    ("find expected ':'", M("the colon after a key is missing")),
    ("mapping values", _NO_KEY_HERE),
    ("mapping keys", M("a question mark stands where no key can; text needs quotes")),
    ("unexpected ':'", _NO_SPACE),
    ("end of stream", M("a quote is not closed")),
    ("unexpected document indicator", M("a quote is not closed before a line of --- or ...")),
    ("cannot start any token", M("a character that no value can begin with; text needs quotes")),
    ("node content", M("a value was expected")),
    ("block sequence entries", M("a list entry stands where none can")),
    ("'-' indicator", M("the next entry of the list was expected")),
    ("<document start>", M("something stands after the end of the data")),
    ("tab character", M("A tab is not allowed")),
    (
        "comment or line break|indentation indicator",
        M("a text block (| or >) begins or is indented wrongly; text in quotes is easier"),
    ),
    ("directive|version|digit or|incompatible|non-alphabetical", M("YAML directives are not allowed")),
    ("tag|URI|'!'|'>'|whitespace|incorrect", M("Tags (!) are not allowed")),
    (
        "escape|hexdecimal",
        M("a backslash in double quotes begins something unknown; write two for one, or use single quotes"),
    ),
    ("anchor|alias|alphabetic or numeric", M("Anchors and aliases (& and *) are not allowed")),
    ("UTF|Unicode|control characters|input|stream-start|surrogate", M("bytes or characters that no text holds")),
)
"""What every problem that libyaml's reader, scanner and parser can tell means, by words in it; the first that fits."""

_LOOKALIKES = dict(zip("：，；｛｝［］＂＇＃－", ":,,{}[]\"'#-", strict=True))
"""Characters that do not do what those do that they look like."""
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")
_TYPOGRAPHIC = re.compile(r"(?:^|[:\[{,-])\s*(?P<quote>[“”„‘’«])")
_TOUCHING = re.compile(r"\s*(?:- +)?[\w-]+:(?![\s/]|$)")
_DASH_TOUCHING = re.compile(r"\s*-[^\s-]")
_PAIR = re.compile(r"\s*(?:- +)?[\w\"'-]+ *:(?P<value>\s+[^\s#|>].*)?")
_OPENED = ("while parsing a flow", "while scanning a quoted", "while scanning a simple key")
_OF_LINES = ("could not find expected ':'", "did not find expected '-'", "did not find expected key")
_ASIDE = re.compile(r"\s*(?:#.*)?")


def meaning(problem: str) -> Message | None:
    """Return what a problem of the parser means; None where it is not known."""
    return next((message for words, message in _PROBLEMS if re.search(words, problem)), None)


def syntax_problem(error: YAMLError, text: str) -> Problem:
    """Return the problem of a text that the parser cannot follow, where a person would look for it."""
    lines = lines_of(text)
    mark = _where(error, lines)
    place = last_typed(Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1), lines)
    return Problem(
        rules.SYNTAX,
        M("This is not YAML: {problem}", problem=_explain(error, lines, place.line - 1)),
        M("Compare indentation, colons, quotes and brackets with the lines around it"),
        place,
    )


def _where(error: YAMLError, lines: list[str]) -> Any:
    """Return the parser's mark of where to look: where an unclosed bracket or quote begins, not where it was missed."""
    began, stopped = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", None))
    if began is None or not context.startswith(_OPENED):
        return stopped
    if stopped is not None and context.startswith("while parsing a flow"):
        indents = [len(line) - len(line.lstrip()) for line in (*lines, "")]
        if indents[min(stopped.line, len(indents) - 1)] > indents[began.line]:
            return stopped  # still inside the brackets: something is wrong there
    return began


def _explain(error: YAMLError, lines: list[str], shown: int) -> Message:
    """Return what is wrong at the line ``shown``, which stands beside what is told."""
    problem = str(getattr(error, "problem", None) or "").split("\n")[0]
    began, stopped = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    column = stopped.column if stopped else 0
    line = lines[shown] if shown < len(lines) else ""
    above = next((other for other in reversed(lines[:shown]) if not _ASIDE.fullmatch(other)), "")
    message = meaning(problem) or M("the parser cannot follow it")
    if slip := _written(line):
        return slip
    if problem == "found unexpected ':'" and line[column : column + 2] == "::":
        return M("two colons stand together")
    if problem.startswith(_OF_LINES):
        if _TOUCHING.match(line):
            return _NO_SPACE
        if _DASH_TOUCHING.match(line):
            return M("no space follows the dash of the list entry")
    if problem == "mapping values are not allowed in this context":
        return _misplaced_pair(column, line, above) or message
    if began and getattr(error, "context", None) in (
        "while parsing a block mapping",
        "while parsing a block collection",
    ):
        indent = len(line) - len(line.lstrip(" "))
        if column != indent:
            return M("something follows a value that has ended; text with quotes or brackets needs quotes around it")
        if indent != began.column:
            return M(
                "the line begins in column {found}, those beside it in column {wanted}",
                found=indent + 1,
                wanted=began.column + 1,
            )
    return message


def missing_colon(text: str, line: int, key: str) -> Message:
    """Return what is wrong with a key that no colon follows, in the line of that number counted from 0."""
    return _written(lines_of(text)[line]) or M("the colon after “{key}” is missing", key=key)


def _written(line: str) -> Message | None:
    """Return which character of a line is not the one that it is taken for."""
    bare = _QUOTED.sub("", line)
    if lookalike := next((char for char in bare if char in _LOOKALIKES), None):
        return M("“{found}” stands for nothing here; type “{wanted}”", found=lookalike, wanted=_LOOKALIKES[lookalike])
    if ";" in bare and ("{" in bare or "[" in bare):
        return M("“{found}” stands for nothing here; type “{wanted}”", found=";", wanted=",")
    if quote := _TYPOGRAPHIC.search(bare):
        return M("“{found}” does not quote text; type “{wanted}”", found=quote["quote"], wanted='"')
    return None


def _misplaced_pair(column: int, line: str, above: str) -> Message | None:
    """Return why the first pair of a line cannot be one, if the line above is the reason."""
    pair = _PAIR.match(line)
    if pair is None or line.index(":") != column:
        return None
    if slip := _written(above):
        return slip
    if _TOUCHING.match(above):
        return M("in the line above, no space follows the colon")
    over = _PAIR.match(above)
    if over is None:
        return M("in the line above, the colon after a key is missing")
    deeper = len(line) - len(line.lstrip(" ")) > len(above) - len(above.lstrip(" "))
    if deeper and over["value"]:
        return M("the line is indented deeper than the line above, which has its value")
    return None
