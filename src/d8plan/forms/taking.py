"""What forms change: new reports, corrections with what was said before, and what cannot be taken."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from d8plan.findings import Place
from d8plan.forms import AS_OF, BY, NOTE
from d8plan.forms.reading import Filled
from d8plan.ledger import unit_name
from d8plan.message import Amount, M, Message
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.results import Said, UnitReport
from d8plan.reporting import parse
from d8plan.sheet import Text
from d8plan.view import Audience, Column, Fact, Table, Value, View

_FIELDS = {"as_of": AS_OF, "by": BY, "note": NOTE}
Plain = dict[str, Any]
Figures = dict[tuple[str, ...], int]
"""Numbers of a report by their keys: done, indicator, level; spent, holder, origin."""


class Correction(NamedTuple):
    """What a unit that has reported says otherwise now, or besides."""

    unit: str
    keys: tuple[str, ...]
    """Keys of the number; of the day, of who reports and of the note one key."""
    old: int | str | datetime.date | None
    """None where the report did not say it yet."""
    new: int | str | datetime.date


class Taken(NamedTuple):
    """What forms come to."""

    reports: dict[str, dict[str, Plain]]
    """Reports to write, by period and unit."""
    new: tuple[Filled, ...]
    corrections: tuple[Correction, ...]
    unchanged: tuple[str, ...]
    """Units whose form says what is known."""


def refusals(files: PlanFiles, forms: Sequence[Filled]) -> list[Message | None]:
    """Return, of each form, why it cannot be taken beside what is known and beside the others; None where it can."""
    return [_refusal(files, form, forms) for form in forms]


def take(files: PlanFiles, forms: Iterable[Filled], received: datetime.date) -> Taken:
    """Return what forms change in a plan's results; ``received`` is the day on which they came in.

    None of them has a reason among ``refusals``; copies of a form count once.
    """
    taken = Taken({}, (), (), ())
    for form in {_frozen(form): form for form in forms}.values():
        taken = _with(taken, files, form, received)
    return taken


def _frozen(form: Filled) -> tuple[Any, ...]:
    return form.unit, form.period, form.as_of, form.by, form.note, tuple(sorted(_figures(form).items()))


def _refusal(files: PlanFiles, form: Filled, forms: Sequence[Filled]) -> Message | None:
    for name, held in files.results.items():
        period = parse(name)
        if period and period != form.period and form.unit in held.reports and period.overlaps(form.period):
            return M("The unit has reported for {period}, which holds some of the same days", period=name)
    for other in forms:
        if other.unit == form.unit and other.period.overlaps(form.period):
            if other.period != form.period:
                name = other.period.name
                return M("The unit reports for {period} here too, which holds some of the same days", period=name)
            if _frozen(other) != _frozen(form):
                return M("The unit reports twice here, and not the same")
    return None


def _with(taken: Taken, files: PlanFiles, form: Filled, received: datetime.date) -> Taken:
    """Return what is taken, with one form more."""
    known = files.results.get(form.period.name)
    before = known.reports.get(form.unit) if known else None
    new = _figures(form)
    old = _reported(before) if before else {}
    # Numbers that were split otherwise than the form, which is split as the plan is now, are corrected by it.
    gone = {keys for keys in old if any(keys != one and _overlap(keys, one) for one in new)}
    corrections = _corrections(before, old, form, new) if before else []
    if before is not None and not corrections:
        return taken._replace(unchanged=(*taken.unchanged, form.unit))
    report: Plain = {"as_of": form.as_of, "received": received}
    # What the form leaves empty stays as it is known.
    for key, said in (("by", form.by or (before and before.by)), ("note", form.note or (before and before.note))):
        report |= {key: said} if said else {}
    report |= _nested({**{keys: value for keys, value in old.items() if keys not in gone}, **new})
    if before is not None:
        earlier = {number: _said(one, _reported(one)) for number, one in (before.earlier or {}).items()}
        wrong = {keys: old[keys] for keys in old if keys in gone or new.get(keys, old[keys]) != old[keys]}
        if wrong or any(one.old is not None for one in corrections):
            earlier[str(max(map(int, earlier), default=0) + 1)] = _said(before, wrong)
        report |= {"earlier": earlier} if earlier else {}
    periods = {period: {**reports} for period, reports in taken.reports.items()}
    periods.setdefault(form.period.name, {})[form.unit] = report
    return taken._replace(
        reports=periods,
        new=(*taken.new, *([form] if before is None else [])),
        corrections=(*taken.corrections, *corrections),
    )


def _corrections(before: UnitReport, old: Figures, form: Filled, new: Figures) -> list[Correction]:
    """Return what a form says otherwise than the report that is known, or besides it."""
    heads = (("as_of", before.as_of, form.as_of), ("by", before.by, form.by), ("note", before.note, form.note))
    found = [Correction(form.unit, (key,), was, now) for key, was, now in heads if now is not None and was != now]
    for keys, value in new.items():
        if old.get(keys) != value:
            found.append(Correction(form.unit, keys, old.get(keys), value))
    return found


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether one number is a part of the other, as a level is of an indicator."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _figures(form: Filled) -> Figures:
    return {_keys(place): value for place, value in form.figures.items() if value is not None}


def _keys(place: Place) -> tuple[str, ...]:
    return tuple(map(str, place.keys[2:]))


def _reported(said: Said) -> Figures:
    found: Figures = {}
    for indicator, given in (said.done or {}).items():
        for level, value in given.items() if isinstance(given, dict) else [(None, given)]:
            if value is not None:
                found["done", indicator, *([level] if level else [])] = value
    for holder, origins in (said.spent or {}).items():
        found |= {("spent", holder, origin): amount for origin, amount in origins.items()}
    return found


def _nested(figures: Figures) -> Plain:
    """Return numbers as a file of results holds them."""
    made: Plain = {}
    for keys, value in figures.items():
        inner = made
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        inner[keys[-1]] = value
    return made


def _said(said: Said | UnitReport, figures: Figures) -> Plain:
    heads = {key: getattr(said, key) for key in ("as_of", "received", "by", "note")}
    return {**{key: value for key, value in heads.items() if value is not None}, **_nested(figures)}


def view(dataset: Dataset, files: PlanFiles, taken: Taken) -> View:
    """Return what would be written: new reports, and corrections with both numbers."""
    reports = (
        Column("unit", numeric=False, audience=Audience.MACHINES),
        Column("name", M("Territory or body"), numeric=False),
        Column("period", M("Period"), numeric=False),
        Column("as_of", M("As of"), numeric=False),
        Column("by", M("Reported by"), numeric=False),
        Column("figures", M("Figures")),
    )
    new = tuple(
        (
            form.unit,
            unit_name(dataset, form.unit),
            form.period.name,
            M("{date}", date=form.as_of),
            form.by,
            len(_figures(form)),
        )
        for form in taken.new
    )
    changes = (
        Column("unit", numeric=False, audience=Audience.MACHINES),
        Column("name", M("Figure"), numeric=False),
        Column("old", M("Before")),
        Column("new", M("After")),
    )
    corrected = tuple(
        (
            one.unit,
            M("{parts}", parts=(unit_name(dataset, one.unit), *_names(dataset, files, one.keys))),
            _shown(one.old),
            _shown(one.new),
        )
        for one in taken.corrections
    )
    tables = (
        Table("new", M("New reports"), reports, new),
        Table("corrections", M("Corrections"), changes, corrected),
    )
    facts = [Fact("unchanged", M("Say what is known"), Amount(len(taken.unchanged)))] if taken.unchanged else []
    title = M("Reports on plan {plan}", plan=files.id)
    return View(title, tuple(facts), tuple(table for table in tables if table.rows))


def _shown(value: int | str | datetime.date | None) -> Value:
    return M("{date}", date=value) if isinstance(value, datetime.date) else value


def _names(dataset: Dataset, files: PlanFiles, keys: tuple[str, ...]) -> list[Text]:
    """Return what people call a number of a report, or a field of it."""
    if len(keys) == 1:
        return [_FIELDS[keys[0]]]
    section, first, *rest = keys
    if section == "spent":
        budget = files.budget
        holder = budget.holders.get(first) if budget else None
        origin = budget.origins.get(rest[0]) if budget else None
        return [holder.name if holder else first, origin.name if origin else rest[0]]
    known = dataset.indicators.indicators.get(first) if dataset.indicators else None
    levels = [files.plan.levels[level].name if level in files.plan.levels else level for level in rest]
    return [known.short_name if known else first, *levels]
