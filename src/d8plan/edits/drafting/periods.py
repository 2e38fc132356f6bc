"""Years of plans, and texts that name them."""

from __future__ import annotations

import re
from collections.abc import Collection

from d8plan.models.plan import Period

FIRST_YEAR, LAST_YEAR = 1945, 2100
"""Years that data may name."""
_ID = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_BETWEEN = r"(\s*[-–]\s*)"


def period_named(plan: str) -> Period | None:
    """Return the years that a plan's id names: 2025 or 2026-2030; None where it names none."""
    found = _ID.fullmatch(plan)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return Period(first=first, last=last) if FIRST_YEAR <= first <= last <= LAST_YEAR else None


def restated(text: str, old: Period, new: Period) -> str:
    """Return a text with the new years where the old ones stand: 2024, or 2021 - 2025."""
    pattern = rf"(?<!\d){old.first}{'' if old.first == old.last else f'{_BETWEEN}{old.last}'}(?!\d)"

    def years(found: re.Match[str]) -> str:
        if new.first == new.last:
            return str(new.first)
        return f"{new.first}{found[1] if found.lastindex else ' - '}{new.last}"

    return re.sub(pattern, years, text)


def moved(text: str, years: Collection[int], by: int) -> str:
    """Return a text with each of some years moved on."""
    return _YEAR.sub(lambda found: str(int(found[0]) + by) if int(found[0]) in years else found[0], text)
