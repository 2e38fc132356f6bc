"""Words that Typer prints, so that the catalogues hold them; Typer asks gettext for each."""

from __future__ import annotations


def _(word: str) -> str:
    """Mark a word for the catalogue."""
    return word


WORDS = (
    _("Arguments"),
    _("Commands"),
    _("Missing command."),
    _("Options"),
    _("default: {default}"),
    _("env var: {var}"),
    _("required"),
)
