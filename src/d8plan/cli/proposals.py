"""Show what a change would do, before it is made."""

from __future__ import annotations

import re

from d8plan.cli import streams
from d8plan.cli.editing import Amendment, Proposal
from d8plan.cli.errors import USAGE, CommandError
from d8plan.compare import Version, compare, view
from d8plan.language import Language
from d8plan.message import M
from d8plan.render.views import as_table
from d8plan.view import View

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
    return Amendment(name, document, reason)


def show(proposal: Proposal, spoken: Language) -> None:
    """Show the figures that would change, and what becomes of totals and findings."""
    old = Version(proposal.before.dataset, proposal.old)
    new = Version(proposal.after.dataset, proposal.new)
    comparison = compare(old, new)
    if comparison.same:
        streams.people(spoken.say(M("Nothing changes")) + "\n")
        return
    show_view(view(comparison, old, new, M("This would change")), spoken)


def show_view(shown: View, spoken: Language) -> None:
    """Show tables to people."""
    width, colour = streams.width(), streams.coloured()
    unicode = "utf" in streams.encoding().casefold()
    streams.people(as_table(shown, spoken, width=width, colour=colour, unicode=unicode) + "\n")
