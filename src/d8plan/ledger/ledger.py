"""Figures and statements of a data folder, to be asked for selections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from d8plan.ledger.figures import Figure, Kind
from d8plan.ledger.names import Names
from d8plan.ledger.statements import NamedUnits, Selector, Statement
from d8plan.models.files import Dataset
from d8plan.models.findings import Cited
from d8plan.models.places import Place


class UnreadKind(StrEnum):
    """What the files have and the ledger has not."""

    FIGURE = "figure"
    STATEMENT = "statement"
    CONTROL = "control"


class Ledger(NamedTuple):
    """Figures and statements of a data folder."""

    figures: tuple[Figure, ...]
    cells: tuple[Figure, ...]
    """Figures and empty cells by number; an empty cell has the value 0 here, and is no figure."""
    statements: tuple[Statement, ...]
    named_units: tuple[NamedUnits, ...]
    series: dict[tuple[str, Kind, str], tuple[Figure, ...]]
    """Figures by plan, kind and series, units in the plan's order."""
    unread: Mapping[tuple[str, UnreadKind], int]
    """By plan, how many figures and statements the files have beyond these: another finding says why."""
    amended: dict[Place, Cited]
    """The document that each amended value has now."""

    def cited(self, stated: Cited, place: Place) -> Cited:
        """Return where the value at a place is stated: as ``stated``, or by the last document that amended it."""
        return latest(self.amended, stated, place)

    def of(
        self,
        plan: str,
        kind: Kind,
        series: str,
        *,
        level: str | None = None,
        units: Iterable[str] | None = None,
    ) -> tuple[Figure, ...]:
        """Return figures of a series; ``level`` and ``units`` narrow them where given."""
        figures = self.series.get((plan, kind, series), ())
        if level is None and units is None:
            return figures
        wanted = None if units is None else frozenset(units)
        return tuple(
            figure for figure in figures if level in (None, figure.level) and (wanted is None or figure.unit in wanted)
        )

    def budget(
        self, plan: str, *, level: str | None = None, origin: str | None = None, holder: str | None = None
    ) -> tuple[Figure, ...]:
        """Return the amounts of a plan that fit every selector given, in đồng."""
        wanted = Selector(plan, Kind.BUDGET, origin, level, None if holder is None else (holder,))
        return tuple(
            figure
            for (of_plan, kind, _), figures in self.series.items()
            if (of_plan, kind) == (plan, Kind.BUDGET)
            for figure in figures
            if wanted.fits(kind, plan, figure.series, figure.unit, figure.level)
        )


def amended(dataset: Dataset) -> dict[Place, Cited]:
    """Return the document of the last amendment of each amended value."""
    names = Names(dataset)
    return {
        Place.parse(pointer, files.id): names.cite(amendment.document)
        for files in dataset.plans.values()
        for _, amendment in files.amended_by
        for pointer in amendment.changes
    }


def latest(amendments: Mapping[Place, Cited], stated: Cited, place: Place) -> Cited:
    """Return the document that amended the value at a place; ``stated`` where none did, or where it names that one.

    The lines are those of the document that stated the value before, so that none are cited of the amendment, unless
    it changed the value's source as well.
    """
    now = amendments.get(place)
    return stated if now is None or now.document == stated.document else now
