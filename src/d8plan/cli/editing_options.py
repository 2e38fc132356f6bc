"""Options of every command that edits data; imported once the language is set, for their help is said at import."""

from __future__ import annotations

import re
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app.editing import Amendment
from d8plan.app.errors import USAGE, CommandError
from d8plan.storage.data.raw_text import decode
from d8plan.text.message import M

DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show the change and write nothing."))]
AllowFindings = Annotated[bool, typer.Option("--allow-findings", help=_("Write even where the change brings errors."))]
WithTotals = Annotated[
    bool, typer.Option("--with-totals", help=_("Let the totals that are stated follow, where they held before."))
]
AmendmentName = Annotated[
    str | None, typer.Option("--amendment", metavar="NAME", help=_("Amendment of a signed plan."), show_default=False)
]
AmendmentDocument = Annotated[
    str | None,
    typer.Option("--document", metavar="NUMBER", help=_("Its document, where it is new."), show_default=False),
]
AmendmentReason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help=_("Why, where the amendment is new."), show_default=False)
]

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def named_amendment(name: str | None, document: str | None, reason: str | None) -> Amendment | None:
    """Return the amendment that options name; None where they name none."""
    if name is None:
        if document or reason:
            raise CommandError(M("--document and --reason go with --amendment NAME"), USAGE)
        return None
    if not _NAME.fullmatch(name):
        raise CommandError(
            M("“{name}” is no name of an amendment", name=name),
            USAGE,
            M("Use small letters, digits and hyphens, such as {example}", example="2024-07"),
        )
    if reason is not None:
        require_text("--reason", reason)
    return Amendment(name, document, reason)


def require_text(option: str, typed: str) -> None:
    """Raise where what was typed for an option holds a character that no data file may."""
    try:
        # Not at the start, where a mark of order is allowed of a file.
        _, problems = decode(f" {typed}".encode())
        reason = problems[0].message if problems else None
    except UnicodeEncodeError:
        reason = M("it holds a character that is none of Unicode")
    if reason is not None:
        raise CommandError(
            M("{name}: {reason}", name=option, reason=reason), USAGE, M("Type it anew, without what cannot be seen")
        )
