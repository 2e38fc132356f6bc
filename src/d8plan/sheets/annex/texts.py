"""The words of an annex and of the lines above it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.registry import Document
from d8plan.sheets.book import Book, Role, Sheet, Text
from d8plan.text.message import M, Message
from d8plan.text.names import official_day, official_month


class AnnexTexts(NamedTuple):
    """The words of an annex: from annex.yaml, or made from the names of what it shows."""

    sheet: str
    label: Text
    title: str
    issuer: str | None
    number: Text
    unit: Text
    content: Text
    zones: dict[str, str]
    groups: tuple[tuple[str | None, dict[str, str]], ...]
    levels: dict[str, str]
    target: Text
    window: Text | None
    split: Text


def texts_of(dataset: Dataset, files: PlanFiles) -> AnnexTexts:
    """Return the words of a plan's annex; what annex.yaml leaves out is named as elsewhere."""
    annex, plan = files.annex, files.plan
    allocations = files.allocations.indicators
    levels = {key: level.name for key, level in plan.levels.items()}
    zones = {key: zone.name for key, zone in plan.zone.items()}
    groups: list[tuple[str | None, dict[str, str]]] = []
    named: set[str] = set()
    for group in annex.groups.values() if annex else ():
        # An indicator under two headings has its columns under the first.
        held = {key: name for key, name in group.indicators.items() if key in allocations and key not in named}
        groups.append((group.name, held))
        named.update(held)
    rest = {key: _heading(dataset, files, key) for key in allocations if key not in named}
    if annex:
        zones = {key: annex.zone[key] for key in annex.zone if key in zones} | {
            key: name for key, name in zones.items() if key not in annex.zone
        }
        levels |= annex.levels
    windows = any(allocation.window for allocation in allocations.values())
    return AnnexTexts(
        sheet=annex.sheet if annex else files.id,
        label=annex.label if annex else M("ANNEX"),
        title=annex.title if annex else plan.title,
        issuer=annex.issuer if annex else None,
        number=annex.number_heading if annex else M("No."),
        unit=annex.unit_heading if annex else M("Name of unit"),
        content=annex.content_heading if annex else M("CONTENTS"),
        zones=zones,
        groups=tuple((name, held) for name, held in [*groups, (None, rest)] if held),
        levels=levels,
        target=annex.rows.target if annex else M("Target of the plan"),
        window=annex.rows.window if annex else (M("Time of completion") if windows else None),
        split=annex.rows.levels if annex else M("Split by level"),
    )


def _heading(dataset: Dataset, files: PlanFiles, indicator: str) -> str:
    name = Names(dataset).indicator(indicator).name
    measure = Names(dataset).unit_of_measure(files, indicator)
    return name if not measure or name.endswith(f"({measure})") else f"{name} ({measure})"


def preamble(
    reference: Message | None, issuer: str | None, label: Text | None, title: Text, extract: Text | None = None
) -> list[tuple[Role, Text]]:
    """Return the lines above a table; ``extract`` is the one that tells whose part of it is shown.

    ``reference`` names the documents that the table is a part of.
    """
    capitals = title.upper() if isinstance(title, str) else title
    lines = [
        (Role.ISSUER, issuer),
        (Role.LABEL, label),
        (Role.TITLE, capitals),
        (Role.TITLE, extract),
        (Role.REFERENCE, reference and M("(Attached to {document})", document=reference)),
    ]
    return [(role, text) for role, text in lines if text]


def extract_title(dataset: Dataset, unit: str) -> Message:
    """Return the line that tells whose extract a table is."""
    return M("EXTRACT FOR THE UNIT: {unit}", unit=Names(dataset).unit_name(unit).upper())


def citation_of(document: Document) -> Message:
    """Return what names a document: its kind, number, date and issuer, as far as it has them."""
    named = M("{kind}", kind=document.kind)
    if document.number:
        named = M("{kind} No. {number}", kind=named, number=document.number)
    if date := document.date:
        day, month = official_day(date), official_month(date)
        named = M(
            "{document} of day {day} month {month} year {year}", document=named, day=day, month=month, year=date.year
        )
    if document.issuer:
        named = M("{document} by {issuer}", document=named, issuer=document.issuer)
    return named


def reference_of(dataset: Dataset, files: PlanFiles) -> Message | None:
    """Return what names a plan's document and those that amended it; None where it is not registered."""
    names = Names(dataset)
    document = names.document(files.plan.document)
    ids = dict.fromkeys(amendment.document for _, amendment in files.amended_by)
    amending = tuple(citation_of(amended) for key in ids if (amended := names.document(key)))
    if document is None or not amending:
        return citation_of(document) if document else None
    return M("{document}; amended by {amendments}", document=citation_of(document), amendments=amending)


def workbook_of(
    dataset: Dataset,
    files: PlanFiles,
    title: str,
    sheets: Iterable[Sheet],
    *,
    created: datetime.date,
    amending: Iterable[str] = (),
    unit: str | None = None,
) -> Book:
    """Return a workbook on a plan, in the name of who issued that.

    ``amending`` are the numbers of documents that it names besides the plan's own; of a ``unit`` it is an extract.
    """
    document = Names(dataset).document(files.plan.document)
    numbers = [document.number] if document and document.number else []
    issuer = document.issuer if document else None
    return Book(title, ", ".join([*numbers, *amending]), issuer or "", created, tuple(sheets), unit)
