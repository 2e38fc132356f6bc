"""budget.yaml: amounts by holder and by origin of the money, in đồng."""

from __future__ import annotations

from d8plan.models.base import (
    Citation,
    Dong,
    HolderId,
    Id,
    LevelId,
    OriginId,
    SourceLine,
    StrictModel,
    Text,
    UnitId,
    Years,
)


class Origin(StrictModel):
    """Where money comes from: carried over from earlier years, or granted."""

    name: Text
    """Name, as the plan writes it."""
    years: Years
    """Budget years it comes from."""


class HeldAmount(StrictModel):
    """An amount and the line that states it."""

    amount: Dong
    """Whole đồng."""
    line: SourceLine | None = None
    """Line of the plan's transcription."""


class Holder(StrictModel):
    """Who holds a share of the budget."""

    name: Text
    """Name, as the plan writes it."""
    level: LevelId
    """Level of the plan."""
    amounts: dict[OriginId, HeldAmount]
    """Amounts by origin."""
    unit: UnitId | None = None
    """The unit, where the holder is one unit."""


class BudgetTotal(StrictModel):
    """A total over all amounts that fit every selector given."""

    amount: Dong
    """Whole đồng."""
    level: LevelId | None = None
    """Only holders of this level."""
    origin: OriginId | None = None
    """Only this origin."""
    holder: HolderId | None = None
    """Only this holder."""
    source: Citation | None = None
    """Where the plan states it; absent for a control total computed at transcription."""


class BudgetFile(StrictModel):
    """budget.yaml of a plan."""

    origins: dict[Id, Origin]
    """Origins of money."""
    holders: dict[Id, Holder]
    """Holders and their amounts."""
    totals: dict[Id, BudgetTotal]
    """Stated totals and control totals."""
