"""Progress as tables: the whole plan, or one unit."""

from __future__ import annotations

from d8plan.ledger.names import Names
from d8plan.ledger.periods import due, reporters
from d8plan.ledger.plans import is_split
from d8plan.text.message import Amount, M, Message
from d8plan.views.progress import Progress, Standing, Which
from d8plan.views.table import Audience, Column, Fact, Table, Value, View

_NUMBERS = (
    Column("planned", M("Plan")),
    Column("in_period", M("In the period")),
    Column("cumulative", M("Cumulative")),
    Column("percent", M("of plan")),
)
_OF_PHASE = (
    Column("planned", M("Plan")),
    Column("cumulative", M("Cumulative")),
    Column("percent", M("of plan")),
    Column("years_without_data", M("No data of"), numeric=False),
)
_INDICATOR = (
    Column("indicator", numeric=False, audience=Audience.MACHINES),
    Column("name", M("Indicator"), numeric=False),
    Column("unit_of_measure", M("Unit"), numeric=False),
)


class Views:
    """Views of a plan's progress."""

    def __init__(self, progress: Progress) -> None:
        """Take the progress to show."""
        self.progress = progress
        self.dataset, self.files = progress.dataset, progress.files

    def overview(self) -> View:
        """Return the whole plan: its indicators, who has reported and who is behind, disbursement."""
        tables = [self.indicators(), self.in_phase(), self.units(), self.behind()]
        tables += [self.budget()] if self.files.budget.holders else []
        return View(self._title(), self._facts(), tuple(table for table in tables if table.rows))

    def unit(self, unit: str) -> View:
        """Return what one unit has done, and its reports."""
        title = M("{name}: {title}", name=Names(self.dataset).unit(unit), title=self._title())
        tables = (self._of_unit(unit), self.in_phase(unit), self._spent_by(unit), self.reports(unit))
        return View(title, self._time(), tuple(table for table in tables if table.rows))

    def indicators(self) -> Table:
        """Return a row an indicator."""
        columns = (*_INDICATOR, *_NUMBERS, _BEHIND)
        rows = []
        for indicator in self.listed():
            behind = sum(self.progress.is_behind(indicator, unit) for unit in self.files.plan.units)
            shown = numbers(self.progress.standing(Which(indicator)))
            rows.append((indicator, *self.named(indicator), *shown, behind or None))
        return Table("indicators", M("Results by indicator"), columns, tuple(rows))

    def in_phase(self, unit: str | None = None) -> Table:
        """Return a row an indicator of the phase: its target, of a unit its allotment, and what all years have done."""
        rows = []
        for indicator in self.listed() if self.progress.phase else ():
            standing = self.progress.in_phase(indicator, unit)
            if standing.planned is not None:
                shown = (standing.planned, standing.cumulative, standing.share)
                rows.append((indicator, *self.named(indicator), *shown, self.years_without(indicator, unit)))
        return Table("phase", M("Of the phase"), (*_INDICATOR, *_OF_PHASE), tuple(rows))

    def years_without(self, indicator: str, unit: str | None = None) -> Message | None:
        """Return the years of the phase that a cumulative lacks; None where it lacks none."""
        years = self.progress.years_without(indicator, unit)
        return M("{names}", names=tuple(years)) if years else None

    def units(self) -> Table:
        """Return a row for each who reports: whether they have, and how much is behind the calendar."""
        columns = (
            Column("number", M("No."), audience=Audience.PEOPLE),
            Column("unit", numeric=False, audience=Audience.MACHINES),
            Column("name", M("Territory or body"), numeric=False),
            Column("reported", M("Report of the period"), numeric=False),
            Column("as_of", M("As of"), numeric=False),
            Column("by", M("Reported by"), numeric=False),
            _BEHIND._replace(heading=M("Indicators behind")),
            Column("planned_indicators", M("Indicators with a target")),
        )
        rows: list[tuple[Value, ...]] = []
        for number, unit in enumerate(reporters(self.dataset, self.files), 1):
            last, state = self.progress.last_report(unit), M("not reported")
            if self.progress.has_reported(unit, self.progress.period):
                state = M("reported")
            elif parts := self.progress.parts_reported(unit):
                state = M("only {names}", names=tuple(one.name for one in parts))
            as_of = M("{date}", date=last[1].as_of) if last else None
            planned = [key for key in self.listed() if self.progress.planned(Which(key, unit))]
            behind = [key for key in planned if self.progress.is_behind(key, unit)]
            name = Names(self.dataset).unit(unit)
            rows.append((number, unit, name, state, as_of, last[1].by if last else None, len(behind), len(planned)))
        return Table("units", M("Who has reported"), columns, tuple(rows))

    def behind(self) -> Table:
        """Return a row a unit that is behind the calendar, with what it is behind in."""
        columns = (
            Column("unit", numeric=False, audience=Audience.MACHINES),
            Column("name", M("Territory or body"), numeric=False),
            Column("indicators", M("Behind the calendar in"), numeric=False),
        )
        rows = []
        for unit in self.files.plan.units:
            late = [key for key in self.listed() if self.progress.is_behind(key, unit)]
            if late:
                shown = tuple(self._late(key, unit) for key in late)
                rows.append((unit, Names(self.dataset).unit(unit), M("{parts}", parts=shown)))
        return Table("behind", M("Behind the calendar"), columns, tuple(rows))

    def budget(self) -> Table:
        """Return a row a budget line, in đồng, and the total."""
        budget = self.files.budget
        columns = (
            Column("holder", numeric=False, audience=Audience.MACHINES),
            Column("origin", numeric=False, audience=Audience.MACHINES),
            Column("name", M("Holder and origin of money"), numeric=False),
            *_NUMBERS,
        )
        rows: list[tuple[Value, ...]] = [
            (
                key,
                origin,
                M("{parts}", parts=(holder.name, described.name)),
                *numbers(self.progress.spent(key, origin), "đ"),
            )
            for key, holder in budget.holders.items()
            for origin, described in budget.origins.items()
        ]
        rows.append((None, None, M("Total"), *numbers(self.progress.spent(None, None), "đ")))
        return Table("budget", M("Disbursement (đồng)"), columns, tuple(rows), 1)

    def reports(self, unit: str) -> Table:
        """Return a row a report of a unit, and each correction under it."""
        columns = (
            Column("period", M("Period"), numeric=False),
            Column("as_of", M("As of"), numeric=False),
            Column("received", M("Received"), numeric=False),
            Column("by", M("Reported by"), numeric=False),
            Column("note", M("Note"), numeric=False),
            Column("corrections", M("Corrections")),
        )
        rows: list[tuple[Value, ...]] = [
            (
                period.name,
                M("{date}", date=said.as_of),
                M("{date}", date=said.received),
                said.by,
                said.note,
                said.corrections or None,
            )
            for period, said in self.progress.reports(unit)
        ]
        return Table("reports", M("Reports"), columns, tuple(rows))

    def listed(self) -> list[str]:
        """Return the plan's indicators, in the annex's order."""
        given = self.files.allocations.indicators
        known = self.dataset.indicators.indicators
        return sorted(given, key=lambda key: known[key].order if key in known else len(known))

    def _of_unit(self, unit: str) -> Table:
        columns = (
            *_INDICATOR[:1],
            Column("level", M("Level"), numeric=False, audience=Audience.MACHINES),
            *_INDICATOR[1:],
            *_NUMBERS,
            Column("behind", M("Calendar"), numeric=False),
        )
        rows: list[tuple[Value, ...]] = []
        for indicator in self.listed():
            for level in self.levels(indicator):
                standing = self.progress.standing(Which(indicator, unit, level))
                if standing.is_empty:
                    continue
                name, measure = self.named(indicator)
                shown: Value = name
                if level is not None:
                    shown = M("{name}, {level}", name=name, level=self.files.plan.levels[level].name)
                late = M("behind") if self.progress.is_behind(indicator, unit, level) else None
                rows.append((indicator, level, shown, measure, *numbers(standing), late))
        return Table("indicators", M("Results by indicator"), columns, tuple(rows))

    def levels(self, indicator: str) -> list[str | None]:
        """Return the levels of an indicator; one None where it is not split."""
        allocation = self.files.allocations.indicators[indicator]
        return list(self.files.plan.levels) if allocation and is_split(allocation) else [None]

    def _spent_by(self, unit: str) -> Table:
        """Return the money that a unit holds or reported on."""
        table = self.budget()
        holders = self.files.budget.holders
        mine = {key for key, holder in holders.items() if holder.unit == unit}
        return table._replace(rows=tuple(row for row in table.rows if row[0] in mine), totals=0)

    def _late(self, indicator: str, unit: str) -> Message:
        done = self.progress.standing(Which(indicator, unit))
        return M(
            "{name} ({done}/{planned})",
            name=self.named(indicator)[0],
            done=Amount(done.cumulative or 0),
            planned=Amount(done.planned or 0),
        )

    def named(self, indicator: str) -> tuple[str, str]:
        """Return an indicator's name and unit of measure."""
        figures = self.progress.ledger.series.get((self.files.id, Which(indicator).kind, indicator), ())
        known = self.dataset.indicators.indicators.get(indicator)
        name = Names(self.dataset).series(figures[0]) if figures else (known.short_name if known else indicator)
        measure = figures[0].unit_of_measure if figures else (known.unit_of_measure if known else "")
        return name, measure

    def _title(self) -> Message:
        return M("Progress of plan {plan}, {period}", plan=self.files.id, period=self.progress.period.label())

    def _time(self) -> tuple[Fact, ...]:
        progress = self.progress
        last = progress.last_day
        return (
            Fact("as_of", M("Numbers as of"), M("{date}", date=last) if last else None),
            Fact("known_on", M("What was known on"), M("{date}", date=progress.as_of)),
            Fact("elapsed_percent", M("Time of the plan that has passed"), progress.elapsed),
        )

    def _facts(self) -> tuple[Fact, ...]:
        progress = self.progress
        all_who, missing = reporters(self.dataset, self.files), progress.missing()
        facts = [
            *self._time(),
            Fact(
                "reported",
                M("Reported for the period"),
                M("{count} of {all}", count=Amount(len(all_who) - len(missing)), all=Amount(len(all_who))),
            ),
            Fact("due", M("Due"), M("{date}", date=due(self.files, progress.period))),
        ]
        if missing:
            names = tuple(self._missing(unit) for unit in missing)
            facts.append(Fact("missing", M("Not reported yet"), M("{names}", names=names)))
        return tuple(facts)

    def _missing(self, unit: str) -> str | Message:
        """Return the name of a unit that has not reported, with the parts of the period for which it has."""
        name, parts = Names(self.dataset).unit(unit), self.progress.parts_reported(unit)
        return M("{name} (only {names})", name=name, names=tuple(one.name for one in parts)) if parts else name


_BEHIND = Column("behind", M("Units behind"))


def numbers(standing: Standing, measure: str | None = None) -> list[Value]:
    """Return plan, done in the period, cumulative and per cent; as money where a unit of measure is given."""
    given: list[Value] = [
        value if value is None or measure is None else Amount(value)
        for value in (standing.planned, standing.in_period, standing.cumulative)
    ]
    return [*given, standing.share]
