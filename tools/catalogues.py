"""Message catalogues: ``python tools/catalogues.py`` after a message changed; also a build hook.

It puts every message of the source into the catalogue of each language under ``src/d8plan/text/locale``, empty until
somebody writes it, takes out those no longer used, and compiles it. English, the language of the messages, has none.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path(__file__).parent.parent / "src" / "d8plan"
KEYWORDS = {"M": None, "_": None}
PAGE = "page of a rule"
"""Context of texts that stand on the pages of rules alone (``tools/pages.py``); they are not compiled."""
KEPT = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-T")
"""Lines of a catalogue's header that say something; the rest is dates and placeholders."""


def templates() -> set[str]:
    """Return every message of the source."""
    found = extract_from_dir(SOURCE, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found if isinstance(message, str) and message}


def catalogues() -> list[Path]:
    """Return the files of the catalogues."""
    return sorted((SOURCE / "text" / "locale").glob("*/LC_MESSAGES/*.po"))


def read(path: Path, code: str = "") -> Catalog:
    """Return a catalogue; where no language is given, its folder has the name of it."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code or path.parent.parent.name)
    # Babel writes the time of day into what it compiles; the same source must give the same bytes.
    catalogue.creation_date = catalogue.revision_date = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    return catalogue


def update_catalogues(pages: Mapping[str, str] | None = None) -> None:
    """Make each catalogue hold the messages of the source and no others.

    ``pages`` is what the pages of rules say, each text with its rule; without it these stay as they are.
    """
    for path in catalogues():
        old = read(path)
        if pages is None:
            pages = {str(entry.id): " ".join(entry.auto_comments) for entry in old if entry.context == PAGE}
        new = Catalog(locale=path.parent.parent.name, header_comment=old.header_comment, fuzzy=False)
        for template in sorted(templates()):
            known = old.get(template)
            new.add(template, known.string if known else "")
        for text, rule in pages.items():
            known = old.get(text, PAGE)
            new.add(text, known.string if known else "", auto_comments=[rule] if rule else [], context=PAGE)
        write(path, new)


def compiled(path: Path) -> bytes:
    """Return a catalogue as the program reads it."""
    spoken = read(path)
    for entry in [entry for entry in spoken if entry.context == PAGE]:
        spoken.delete(entry.id, PAGE)
    content = io.BytesIO()
    write_mo(content, spoken)
    return content.getvalue()


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue so that the same messages give the same text."""
    text = io.BytesIO()
    write_po(text, catalogue, width=120)
    lines = text.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if not (line.endswith('\\n"\n') and not line.startswith(tuple(f'"{k}' for k in KEPT)))
    ]
    path.write_text("".join(kept), encoding="utf-8", newline="\n")


def compile_catalogues() -> None:
    """Write a .mo beside every .po, each whole at any moment: a program that runs from this folder reads it."""
    for path in catalogues():
        new = path.with_suffix(".mo.new")
        new.write_bytes(compiled(path))
        new.replace(path.with_suffix(".mo"))


class CatalogueHook(BuildHookInterface[Any]):
    """Runs before every build, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues that the wheel will hold."""
        compile_catalogues()


if __name__ == "__main__":
    update_catalogues()
    compile_catalogues()
