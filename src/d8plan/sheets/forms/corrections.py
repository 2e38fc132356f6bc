"""What forms change: new reports, corrections with what was said before, and what cannot be taken."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from d8plan.ledger.names import Names
from d8plan.ledger.periods import ReportingPeriod
from d8plan.ledger.results import (
    Done,
    FigureKeys,
    ReportVersion,
    comparisons,
    done,
    figures_of,
    overlap,
    reports_of,
    versions,
)
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.places import Place
from d8plan.models.results import Said, UnitReport
from d8plan.sheets.book import Text
from d8plan.sheets.forms.form_rows import AS_OF, BY, NOTE
from d8plan.sheets.forms.reading import Filled
from d8plan.text.exact import ExactNumber
from d8plan.text.message import Amount, M, Message
from d8plan.views.table import Audience, Column, Columns, Described, Fact, Value, View, tabled

_UNIT = Column("unit", numeric=False, audience=Audience.MACHINES)
_FIELDS = {"as_of": AS_OF, "by": BY, "note": NOTE}
Plain = dict[str, Any]
Figures = dict[FigureKeys, ExactNumber]


class Correction(NamedTuple):
    """What a unit that has reported says otherwise now, or besides."""

    unit: str
    keys: FigureKeys
    """Keys of the number; of the day, of who reports and of the note one key."""
    old: ExactNumber | str | datetime.date | None
    """None where the report did not say it yet."""
    new: ExactNumber | str | datetime.date


class Taken(NamedTuple):
    """What forms come to."""

    reports: dict[str, dict[str, Plain]]
    """Reports to write, by period and unit."""
    new: tuple[Filled, ...]
    corrections: tuple[Correction, ...]
    unchanged: tuple[str, ...]
    """Units whose form says what is known."""


def refusals(
    dataset: Dataset, files: PlanFiles, forms: Sequence[Filled], received: datetime.date, *, older: bool
) -> list[Message | None]:
    """Return, of each form, why it cannot be taken beside what is known and beside the others; None where it can.

    ``older`` takes those that are older than what is known.
    """
    return [_refusal(dataset, files, form, forms, received, older=older) for form in forms]


def take(files: PlanFiles, forms: Iterable[Filled], received: datetime.date) -> Taken:
    """Return what forms change in a plan's results; ``received`` is the day on which they came in.

    None of them has a reason among ``refusals``; copies of a form count once.
    """
    changed = Taken({}, (), (), ())
    for form in {_frozen(form): form for form in forms}.values():
        changed = _with(changed, files, form, received)
    return changed


def _frozen(form: Filled) -> tuple[Any, ...]:
    return form.unit, form.period, form.as_of, form.by, form.note, tuple(sorted(_figures(form).items()))


def _refusal(
    dataset: Dataset, files: PlanFiles, form: Filled, forms: Sequence[Filled], received: datetime.date, *, older: bool
) -> Message | None:
    for other in forms:
        if (other.unit, other.period) == (form.unit, form.period) and _frozen(other) != _frozen(form):
            return M("The unit reports twice here, and not the same")
    before = _known(files, form)
    if before is not None and _corrections(before, _reported(before), form, _figures(form)):
        if received < before.received:
            dates = {"date": received, "other": before.received}
            return M(
                "It came in on {date}, before the report that is there ({other}), which it cannot correct", **dates
            )
        reason = None if older else _older(dataset, files, form, before)
        if reason is not None:
            return M("{told}. If it is right all the same, take it with {option}", told=reason, option="--older")
    return _contradiction(dataset, files, form, forms)


def _older(dataset: Dataset, files: PlanFiles, form: Filled, before: UnitReport) -> Message | None:
    """Return why a form looks older than what is known; None where it does not."""
    if form.as_of < before.as_of:
        return M("Its numbers are of {date}, those that are there of {other}", date=form.as_of, other=before.as_of)
    *past, now = versions(before)
    for keys, value in _figures(form).items():
        if now.figures.get(keys) != value and any(version.figures.get(keys) == value for version in past):
            name = M("{parts}", parts=tuple(_names(dataset, files, keys)))
            shown = {"name": name, "value": Amount(value), "date": before.received}
            return M("{name}: {value} is what was said before the correction of {date}", **shown)
    return None


def _contradiction(dataset: Dataset, files: PlanFiles, form: Filled, forms: Sequence[Filled]) -> Message | None:
    """Return what differs between a form and what the unit reports for a longer period or for parts of it."""
    reports = {period: of_period.reports.get(form.unit) for period, of_period in reports_of(files)}
    figures = {period: _reported(report) for period, report in reports.items() if report}
    own = [other for other in forms if other.unit == form.unit]
    figures |= {other.period: _merged(reports.get(other.period), other) for other in own}
    given = [done for period, said in figures.items() for done in _done(dataset, files, period, form, said)]
    new = _figures(form)
    for comparison in comparisons(dataset, given):
        whole, parts = comparison.whole, comparison.parts
        is_own = any(part.period == form.period and _keys(part.figure.place) in new for part in (whole, *parts))
        if is_own and not comparison.holds:
            return M(
                "{name}: {value} for {period}, {computed} for {parts}",
                name=M("{parts}", parts=tuple(_names(dataset, files, _keys(whole.figure.place)))),
                value=Amount(whole.figure.value),
                period=whole.period.name,
                computed=Amount(comparison.computed),
                parts=tuple(part.period.name for part in parts),
            )
    return None


def _done(dataset: Dataset, files: PlanFiles, period: ReportingPeriod, form: Filled, figures: Figures) -> list[Done]:
    version = ReportVersion(form.as_of, form.as_of, None, None, figures, {}, 0)
    return [figure for _, figure in done(dataset, files, period, form.unit, version)]


def _known(files: PlanFiles, form: Filled) -> UnitReport | None:
    results = files.results.get(form.period.name)
    return results.reports.get(form.unit) if results else None


def _merged(before: UnitReport | None, form: Filled) -> Figures:
    """Return the numbers of a report with those of a form, which is split as the plan is now."""
    new = _figures(form)
    old = _reported(before) if before else {}
    kept = {keys: value for keys, value in old.items() if keys in new or not any(overlap(keys, one) for one in new)}
    return kept | new


def _with(changed: Taken, files: PlanFiles, form: Filled, received: datetime.date) -> Taken:
    """Return what changes with one form more."""
    before = _known(files, form)
    new, merged = _figures(form), _merged(before, form)
    old = _reported(before) if before else {}
    corrections = _corrections(before, old, form, new) if before else []
    if before is not None and not corrections:
        return changed._replace(unchanged=(*changed.unchanged, form.unit))
    report: Plain = {"as_of": form.as_of, "received": received}
    # What the form leaves empty stays as it is known.
    for key, said in (("by", form.by or (before and before.by)), ("note", form.note or (before and before.note))):
        report |= {key: said} if said else {}
    report |= _nested(merged)
    if before is not None:
        earlier = {number: _said(one, figures_of(one)) for number, one in before.earlier.items()}
        # What it said that is another now; null is what it did not say, so that the past can be told.
        wrong: dict[FigureKeys, ExactNumber | None] = {
            keys: value for keys, value in old.items() if merged.get(keys) != value
        }
        added = [keys for keys in merged if keys not in old]
        wrong |= {keys: None for keys in added if not any(overlap(keys, one) for one in wrong)}
        earlier[str(max(map(int, earlier), default=0) + 1)] = _said(before, wrong)
        report["earlier"] = earlier
    periods = {period: {**reports} for period, reports in changed.reports.items()}
    periods.setdefault(form.period.name, {})[form.unit] = report
    return changed._replace(
        reports=periods,
        new=(*changed.new, *([form] if before is None else [])),
        corrections=(*changed.corrections, *corrections),
    )


def _corrections(before: UnitReport, old: Figures, form: Filled, new: Figures) -> list[Correction]:
    """Return what a form says otherwise than the report that is known, or besides it."""
    heads = (("as_of", before.as_of, form.as_of), ("by", before.by, form.by), ("note", before.note, form.note))
    found = [Correction(form.unit, (key,), was, now) for key, was, now in heads if now is not None and was != now]
    for keys, value in new.items():
        if old.get(keys) != value:
            found.append(Correction(form.unit, keys, old.get(keys), value))
    return found


def _figures(form: Filled) -> Figures:
    return {_keys(place): value for place, value in form.figures.items() if value is not None}


def _keys(place: Place) -> FigureKeys:
    return tuple(map(str, place.keys[2:]))


def _reported(said: Said) -> Figures:
    return {keys: value for keys, value in figures_of(said).items() if value is not None}


def _nested(figures: Mapping[FigureKeys, ExactNumber | None]) -> Plain:
    """Return numbers as a file of results holds them."""
    made: Plain = {}
    for keys, value in figures.items():
        inner = made
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        inner[keys[-1]] = value
    return made


def _said(said: Said, figures: Mapping[FigureKeys, ExactNumber | None]) -> Plain:
    heads = {key: getattr(said, key) for key in ("as_of", "received", "by", "note")}
    return {**{key: value for key, value in heads.items() if value is not None}, **_nested(figures)}


def view(dataset: Dataset, files: PlanFiles, changed: Taken) -> View:
    """Return what would be written: new reports, and corrections with both numbers."""
    names = Names(dataset)
    reports: Columns[Filled] = (
        Described(_UNIT, lambda form: form.unit),
        Described(Column("name", M("Territory or body"), numeric=False), lambda form: names.unit(form.unit)),
        Described(Column("period", M("Period"), numeric=False), lambda form: form.period.name),
        Described(Column("as_of", M("As of"), numeric=False), lambda form: M("{date}", date=form.as_of)),
        Described(Column("by", M("Reported by"), numeric=False), lambda form: form.by),
        Described(Column("figures", M("Figures")), lambda form: len(_figures(form))),
    )
    changes: Columns[Correction] = (
        Described(_UNIT, lambda change: change.unit),
        Described(
            Column("name", M("Figure"), numeric=False),
            lambda change: M("{parts}", parts=(names.unit(change.unit), *_names(dataset, files, change.keys))),
        ),
        Described(Column("old", M("Before")), lambda change: _shown(change.old)),
        Described(Column("new", M("After")), lambda change: _shown(change.new)),
    )
    tables = (
        tabled("new", M("New reports"), reports, changed.new),
        tabled("corrections", M("Corrections"), changes, changed.corrections),
    )
    facts = [Fact("unchanged", M("Say what is known"), Amount(len(changed.unchanged)))] if changed.unchanged else []
    title = M("Reports on plan {plan}", plan=files.id)
    return View(title, tuple(facts), tuple(table for table in tables if table.rows))


def _shown(value: ExactNumber | str | datetime.date | None) -> Value:
    return M("{date}", date=value) if isinstance(value, datetime.date) else value


def _names(dataset: Dataset, files: PlanFiles, keys: FigureKeys) -> list[Text]:
    """Return what people call a number of a report, or a field of it."""
    if len(keys) == 1:
        return [_FIELDS[keys[0]]]
    section, first, *rest = keys
    names = Names(dataset)
    if section == "spent":
        return [names.holder(files, first), names.origin(files, rest[0])]
    levels = [names.level(files, level) for level in rest]
    return [names.indicator(first).short_name, *levels]
