"""Which record each data file holds, and the whole of a data folder."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from d8plan.models.activities import ActivitiesFile
from d8plan.models.allocations import AllocationsFile, AllocationSource
from d8plan.models.amendments import AmendmentFile
from d8plan.models.annex import AnnexFile
from d8plan.models.base import StrictModel
from d8plan.models.budget import BudgetFile
from d8plan.models.exceptions import ExceptionsFile
from d8plan.models.places import PLANS, KeyPath, Place
from d8plan.models.plan import Plan
from d8plan.models.registry import DocumentsFile, IndicatorsFile, UnitsFile
from d8plan.models.results import ResultsFile
from d8plan.models.seal import RegisterSeal, Seal
from d8plan.models.statements import StatementsFile
from d8plan.text.message import M, Message

SHARED: dict[str, type[StrictModel]] = {
    "units.yaml": UnitsFile,
    "documents.yaml": DocumentsFile,
    "indicators.yaml": IndicatorsFile,
}
"""Files at the top of a data folder; all are needed."""

EMPTY: dict[str, StrictModel] = {
    "units.yaml": UnitsFile.model_construct(kinds={}, units={}),
    "documents.yaml": DocumentsFile.model_construct(documents={}),
    "indicators.yaml": IndicatorsFile.model_construct(contents={}, indicators={}),
    "allocations.yaml": AllocationsFile.model_construct(
        source=AllocationSource.model_construct(document=""), indicators={}
    ),
    "budget.yaml": BudgetFile.model_construct(origins={}, holders={}, totals={}),
    "activities.yaml": ActivitiesFile.model_construct(parts={}, agencies={}),
    "statements.yaml": StatementsFile.model_construct(values={}),
    "exceptions.yaml": ExceptionsFile.model_construct(exceptions={}),
}
"""What stands for a file that is absent, or could not be used."""

PER_PLAN: dict[str, type[StrictModel]] = {
    "plan.yaml": Plan,
    "allocations.yaml": AllocationsFile,
    "budget.yaml": BudgetFile,
    "activities.yaml": ActivitiesFile,
    "statements.yaml": StatementsFile,
    "exceptions.yaml": ExceptionsFile,
    "annex.yaml": AnnexFile,
}
"""Files of a plan's folder."""

PER_PLAN_FOLDERS: dict[str, type[StrictModel]] = {"amendments": AmendmentFile, "results": ResultsFile}
"""Folders in a plan's folder, with any number of files of one record."""

REQUIRED_PER_PLAN = ("plan.yaml", "allocations.yaml")
SEAL = "seal.json"
"""The seal, in a plan's folder and at the top of a data folder."""


class PlanState(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    ISSUED = "issued"
    AMENDED = "amended"

    @property
    def label(self) -> Message:
        """What people call it."""
        return _LABELS[self]


_LABELS = {PlanState.DRAFT: M("draft"), PlanState.ISSUED: M("issued"), PlanState.AMENDED: M("amended")}


class PlanFiles(NamedTuple):
    """The files of one plan; one that is absent or could not be used holds nothing."""

    id: str
    plan: Plan
    allocations: AllocationsFile
    budget: BudgetFile
    activities: ActivitiesFile
    statements: StatementsFile
    exceptions: ExceptionsFile
    annex: AnnexFile | None
    """None where the annex is headed by the names of what it shows."""
    amendments: dict[str, AmendmentFile]
    """By name of the file, without its ending; empty where there is none."""
    results: dict[str, ResultsFile]
    """By period; empty where nothing was reported."""
    seal: Seal | None

    @property
    def state(self) -> PlanState:
        """How far the plan has come: a draft until it is sealed, issued until a document amends it."""
        if self.seal is None:
            return PlanState.DRAFT
        return PlanState.AMENDED if self.amendments else PlanState.ISSUED

    @property
    def amended_by(self) -> list[tuple[str, AmendmentFile]]:
        """Amendments with the names of their files, in the order in which they apply: the last one counts."""
        return sorted(self.amendments.items(), key=lambda item: (item[1].date, item[0]))

    def model(self, name: str) -> StrictModel | None:
        """Return what one of the plan's files holds, by its name; None of an annex that is not there."""
        held: StrictModel | None = getattr(self, name.removesuffix(".yaml"))
        return held

    def file(self, name: str) -> str:
        """Return the path of one of the plan's files, relative to the data folder."""
        return f"{PLANS}/{self.id}/{name}"

    def place(self, name: str, *keys: str | int, of_key: bool = False) -> Place:
        """Return a place in one of the plan's files; ``of_key`` where the last key itself is meant."""
        return Place(self.file(name), keys, of_key)


class UnreadException(NamedTuple):
    """An exception that could not be used, as far as it could be read."""

    plan: str
    code: str
    place: str
    stated: str


class Dataset(NamedTuple):
    """A data folder, validated; a shared file that could not be used holds nothing."""

    units: UnitsFile
    documents: DocumentsFile
    indicators: IndicatorsFile
    plans: dict[str, PlanFiles]
    """Plans whose plan.yaml could be used, in order of their first year."""
    unread_exceptions: frozenset[UnreadException]
    """Exceptions that could not be used."""
    seal: RegisterSeal | None
    """Seal of the shared files."""
    broken: frozenset[tuple[str, ...]]
    """(file, key…) of what could not be used: (file,) for a whole file. Findings name them already."""
    partly: Partly | None = None
    """The same with what can be read of entries that could not be used; None where all could."""
    lost: frozenset[tuple[str, ...]] = frozenset()
    """(file, key…) of every value that stands in a file but is not in its record."""


class Partly(NamedTuple):
    """A data folder with what can be read of its broken entries: ids are followed in it, and nothing else is."""

    dataset: Dataset
    """What is broken here is what is left out, has a stand-in, or stands in the file twice."""
    absent: frozenset[tuple[str, ...]]
    """(file, key…) of what is left out or has a stand-in: nothing that is found there is a fault of its own."""
    written: dict[KeyPath, str | int]
    """(file, key…) of a key that is another one in the file: that key."""
