"""What forms change: new reports, corrections with what was said before, and what cannot be taken."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from d8plan.findings import Place
from d8plan.forms.reading import Filled
from d8plan.ledger import unit_name
from d8plan.message import Amount, M, Message
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.results import Said, UnitReport
from d8plan.reporting import parse
from d8plan.sheet import Address
from d8plan.view import Audience, Column, Fact, Table, View

Plain = dict[str, Any]
Figures = dict[tuple[str, ...], int]
"""Numbers of a report by their keys: done, indicator, level; spent, holder, origin."""


class Correction(NamedTuple):
    """A number that a unit had reported otherwise."""

    unit: str
    keys: tuple[str, ...]
    old: int
    new: int


class Refused(NamedTuple):
    """A form that cannot be taken, and why."""

    form: Filled
    text: Message

    @property
    def where(self) -> Address:
        """Return the form's sheet."""
        return self.form.where


class Taken(NamedTuple):
    """What forms come to."""

    reports: dict[str, dict[str, Plain]]
    """Reports to write, by period and unit."""
    new: tuple[Filled, ...]
    corrections: tuple[Correction, ...]
    unchanged: tuple[str, ...]
    """Units whose form says what is known."""
    refused: tuple[Refused, ...]


def take(files: PlanFiles, forms: Iterable[Filled], received: datetime.date) -> Taken:
    """Return what forms change in a plan's results; ``received`` is the day on which they came in."""
    taken = Taken({}, (), (), (), ())
    given = list(dict.fromkeys(_frozen(form) for form in forms))
    held = {_frozen(form): form for form in forms}
    often = Counter((unit, period) for unit, period, *_ in given)
    for key in given:
        form = held[key]
        reason = _refusal(files, form, received)
        if often[form.unit, form.period] > 1:
            reason = M("The unit reports twice here, with different numbers")
        taken = (
            taken._replace(refused=(*taken.refused, Refused(form, reason)))
            if reason
            else _with(taken, files, form, received)
        )
    return taken


def _frozen(form: Filled) -> tuple[Any, ...]:
    return form.unit, form.period, form.as_of, form.by, form.note, tuple(sorted(_figures(form).items()))


def _refusal(files: PlanFiles, form: Filled, received: datetime.date) -> Message | None:
    if form.as_of is None:
        return M("The day that the numbers tell of is missing")
    if form.as_of > received:
        return M("As of {date}, after the day on which it came in", date=form.as_of)
    for name, held in files.results.items():
        period = parse(name)
        if period and period != form.period and form.unit in held.reports and period.overlaps(form.period):
            return M("The unit has reported for {period}, which holds some of the same days", period=name)
    return None


def _with(taken: Taken, files: PlanFiles, form: Filled, received: datetime.date) -> Taken:
    """Return what is taken, with one form more."""
    known = files.results.get(form.period.name)
    before = known.reports.get(form.unit) if known else None
    new = _figures(form)
    old = _reported(before) if before else {}
    changed = {keys: value for keys, value in new.items() if old.get(keys) != value}
    if before is not None and not changed:
        return taken._replace(unchanged=(*taken.unchanged, form.unit))
    wrong = {keys: old[keys] for keys in changed if keys in old}
    report: Plain = {"as_of": form.as_of, "received": received}
    for key, said in (("by", form.by), ("note", form.note)):
        report |= {key: said} if said else {}
    report |= _nested({**old, **new})
    if before is not None:
        earlier = {number: _said(one, _reported(one)) for number, one in (before.earlier or {}).items()}
        if wrong:
            earlier[str(len(earlier) + 1)] = _said(before, wrong)
        report |= {"earlier": earlier} if earlier else {}
    periods = {period: {**reports} for period, reports in taken.reports.items()}
    periods.setdefault(form.period.name, {})[form.unit] = report
    corrections = [Correction(form.unit, keys, value, new[keys]) for keys, value in wrong.items()]
    return taken._replace(
        reports=periods,
        new=(*taken.new, *([form] if before is None else [])),
        corrections=(*taken.corrections, *corrections),
    )


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
            one.old,
            one.new,
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


def _names(dataset: Dataset, files: PlanFiles, keys: tuple[str, ...]) -> list[str]:
    """Return what people call a number of a report."""
    section, first, *rest = keys
    if section == "spent":
        budget = files.budget
        holder = budget.holders.get(first) if budget else None
        origin = budget.origins.get(rest[0]) if budget else None
        return [holder.name if holder else first, origin.name if origin else rest[0]]
    known = dataset.indicators.indicators.get(first) if dataset.indicators else None
    levels = [files.plan.levels[level].name if level in files.plan.levels else level for level in rest]
    return [known.short_name if known else first, *levels]
