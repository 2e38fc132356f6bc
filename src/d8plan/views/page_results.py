"""Sections of the page that tell what was done: of the whole plan, and of each unit."""

from __future__ import annotations

from fractions import Fraction

from d8plan.ledger.plans import unit_order
from d8plan.text.message import M
from d8plan.views.page import Chart, ChartForm, Heat, HeatCell, HeatRow, Section, Series
from d8plan.views.progress import Progress, ProgressKey, Standing
from d8plan.views.progress_tables import Views, lines
from d8plan.views.table import View


def sections(progress: Progress) -> tuple[Section, ...]:
    """Return the section of the plan's progress, then one for each unit that has reported; none where nobody has."""
    if not progress.results:
        return ()
    views = Views(progress)
    overview = views.overview()
    whole = Section(
        "progress",
        overview.title,
        View(
            overview.title,
            overview.facts,
            tuple(table._replace(key=f"progress-{table.key}") for table in overview.tables),
        ),
        _heat(views),
        _charts(views),
        introduction=(M("More than 100 % is shown as it is. The darker a cell, the more of its target is done."),),
    )
    return (whole, *(_of_unit(views, unit) for unit in unit_order(progress.files) if progress.last_report(unit)))


def _of_unit(views: Views, unit: str) -> Section:
    shown = views.unit(unit)
    tables = tuple(table._replace(key=f"progress-{table.key}") for table in shown.tables)
    return Section(f"progress-{unit}", shown.title, View(shown.title, (), tables), unit=unit)


def _heat(views: Views) -> Heat:
    progress = views.progress
    names = progress.names
    listed = names.indicators(progress.files)
    rows = tuple(
        HeatRow(
            unit,
            names.unit(unit),
            tuple(_cell(progress.standing(ProgressKey(indicator, unit))) for indicator in listed),
        )
        for unit in unit_order(progress.files)
    )
    total = HeatRow("", M("Total"), tuple(_cell(progress.standing(ProgressKey(indicator))) for indicator in listed))
    return Heat(
        "progress-of-units",
        M("Done of the year’s plan, by unit and indicator"),
        M("Share of the unit’s target that is done"),
        M("Territory or body"),
        tuple(M("{name}", name=names.indicator(indicator).short_name) for indicator in listed),
        (*rows, total),
        1,
    )


def _cell(standing: Standing) -> HeatCell:
    if standing.share is None:
        return HeatCell(None)
    words = M("{done} of {planned}", done=standing.cumulative or 0, planned=standing.planned or 0)
    return HeatCell(standing.share, min(standing.share, Fraction(1)), words)


def _charts(views: Views) -> tuple[Chart, ...]:
    progress = views.progress
    shares = [(line.indicator, line.standing.share) for line in lines(progress) if line.standing.share is not None]
    if not shares:
        return ()
    values = tuple(share for _, share in shares)
    return (
        Chart(
            "progress-of-plan",
            ChartForm.BARS,
            M("Done of the year’s plan"),
            M("Bar chart: of each indicator, which share of the year’s target is done."),
            tuple(name for name, _ in shares),
            (Series(M("of plan"), values),),
            values,
            (M("time passed"), progress.elapsed),
        ),
    )
