"""Show what a change would do, before it is made."""

from __future__ import annotations

from d8plan.app import streams
from d8plan.app.editing import Proposal
from d8plan.render.views import as_table
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.views.comparison import Version, compare, view
from d8plan.views.table import View


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
