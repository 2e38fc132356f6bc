"""What was typed, as what it names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from d8plan.app.errors import USAGE, CommandError
from d8plan.ledger.names import Spellings
from d8plan.ledger.periods import ReportingPeriod, parse, schedule
from d8plan.models.base import parse_date
from d8plan.models.files import PlanFiles
from d8plan.text.message import M, Message
from d8plan.text.names import find_names, nearest


def choose(what: Message, typed: str, spellings: Spellings) -> str:
    """Return the one id that is typed in any of its spellings; raise with the nearest names otherwise."""
    matching = find_names(typed, spellings)
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise CommandError(
            M("“{name}” names more than one", name=typed),
            USAGE,
            M("Name one of: {names}", names=_told_apart({key: spellings[key][0] for key in matching})),
        )
    raise unknown(what, typed, spellings)


def _told_apart(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return names, each with its id where two are the same."""
    shown = list(names.values())
    return tuple(name if shown.count(name) == 1 else f"{name} ({key})" for key, name in names.items())


def unknown(what: Message, typed: str, spellings: Spellings) -> CommandError:
    """Return the error for a name that nothing has, with the nearest names or all of them."""
    near = nearest(typed, [name for names in spellings.values() for name in names], most=3)
    official = list(dict.fromkeys(names[0] for name in near for names in spellings.values() if name in names))
    shown = tuple(official or [names[0] for names in spellings.values()])
    return CommandError(
        M("There is no {what} “{name}”", what=what, name=typed),
        USAGE,
        M("Did you mean: {names}", names=shown) if official else M("There are: {names}", names=shown),
    )


def chosen_day(typed: str | None) -> datetime.date:
    """Return the day that was typed; today where none was."""
    if typed is None:
        return datetime.date.today()
    try:
        return parse_date(typed)
    except ValueError:
        raise CommandError(M("“{value}” is not a date", value=typed), USAGE, M("Write a date as YYYY-MM-DD")) from None


def chosen_period(files: PlanFiles, typed: str | None) -> ReportingPeriod | None:
    """Return the period that was typed, one in the plan's years; None where none was."""
    if typed is None:
        return None
    period = parse(typed.strip().upper())
    if period is None or period.first.year not in files.plan.period.years():
        raise CommandError(
            M("“{name}” is no period of plan {plan}", name=typed, plan=files.id),
            USAGE,
            M("There are: {names}", names=tuple(scheduled.name for scheduled in schedule(files))),
        )
    return period
