"""Every message has its words in every language but its own, English, and says them with the same values."""

from __future__ import annotations

import string
from pathlib import Path

import catalogues
import pytest
from babel.messages.catalog import Catalog

from d8plan.text.language import CATALOGUES, LANGUAGES, language
from d8plan.text.message import Amount, M

TRANSLATED = [code for code in LANGUAGES if code != "en"]


def path_of(code: str) -> Path:
    return Path(CATALOGUES) / code / "LC_MESSAGES" / "d8plan.po"


def catalogue(code: str) -> Catalog:
    return catalogues.read(path_of(code))


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_missing_or_left_over(code: str) -> None:
    translated = {(entry.id, entry.context) for entry in catalogue(code) if entry.string and not entry.fuzzy}
    assert {text for text, context in translated if text and context is None} == catalogues.templates()
    written = {(entry.id, entry.context) for entry in catalogue(code)}
    assert written == translated, "of the pages of rules as well"


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_use_the_same_values(code: str) -> None:
    def values(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for message in catalogue(code):
        if message.id:
            assert values(str(message.string)) == values(str(message.id)), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_source(code: str) -> None:
    path = path_of(code)
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(path), "run: python tools/catalogues.py"


@pytest.mark.parametrize(("code", "shown"), [("vi", "16.035.756.260 đ"), ("en", "16,035,756,260 đ")])
def test_digits_of_the_language(code: str, shown: str) -> None:
    assert language(code).show(Amount(16_035_756_260, "đ")) == shown


def test_years_and_lines_are_not_grouped() -> None:
    assert language("vi").say(M("{document}, line {lines}", document="x", lines=2024)) == "x, dòng 2024"
