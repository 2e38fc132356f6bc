"""Text for people, kept as a template and its values until a language is chosen."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.text.exact import ExactNumber


class Amount(NamedTuple):
    """A number with its unit of measure; shown with the language's digits."""

    value: ExactNumber
    unit_of_measure: str = ""


class Message(NamedTuple):
    """An English template of the catalogue and what fills its braces."""

    template: str
    values: tuple[tuple[str, object], ...] = ()


def M(template: str, /, **values: object) -> Message:  # noqa: N802 - the catalogue's keyword
    """Build a message; ``template`` is the key in the catalogues of ``locale/``.

    Values may be text, whole numbers, ``Amount``, other messages, or tuples of these.
    """
    return Message(template, tuple(values.items()))


class ToldError(Exception):
    """An error that people are told in their language: what is wrong and, where there is something to do, what."""

    def __init__(self, message: Message, action: Message | None = None) -> None:
        """Take both."""
        super().__init__(message.template)
        self.message, self.action = message, action
