"""The words of an annex and of the lines above it."""

from __future__ import annotations

from typing import NamedTuple

from d8plan.models.allocations import Allocation
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.registry import Document
from d8plan.sheets.book import Role, Text
from d8plan.text.message import M, Message
from d8plan.text.names import official_day, official_month


class Texts(NamedTuple):
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


def texts_of(dataset: Dataset, files: PlanFiles) -> Texts:
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
    rest = {key: _heading(dataset, key, one) for key, one in allocations.items() if key not in named}
    if annex:
        zones = {key: annex.zone[key] for key in annex.zone if key in zones} | {
            key: name for key, name in zones.items() if key not in annex.zone
        }
        levels |= annex.levels
    windows = any(allocation.window for allocation in allocations.values())
    return Texts(
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


def _heading(dataset: Dataset, indicator: str, allocation: Allocation) -> str:
    known = dataset.indicators.indicators.get(indicator)
    name = known.name if known else indicator
    measure = allocation.unit_of_measure or (known.unit_of_measure if known else "")
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
    known = dataset.units.units.get(unit)
    return M("EXTRACT FOR THE UNIT: {unit}", unit=(known.name if known else unit).upper())


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
    document = document_of(dataset, files.plan.document)
    amending = tuple(citation_of(one) for one in amendments_of(dataset, files))
    if document is None or not amending:
        return citation_of(document) if document else None
    return M("{document}; amended by {amendments}", document=citation_of(document), amendments=amending)


def amendments_of(dataset: Dataset, files: PlanFiles) -> list[Document]:
    """Return the registered documents that amended a plan, in their order."""
    named = dict.fromkeys(amendment.document for _, amendment in files.amended_by)
    return [document for one in named if (document := document_of(dataset, one))]


def document_of(dataset: Dataset, document: str) -> Document | None:
    """Return a registered document; None where it is not registered."""
    return dataset.documents.documents.get(document)
