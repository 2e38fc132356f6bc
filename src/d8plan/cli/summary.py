"""``d8plan summary``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.data import (
    Options,
    choose,
    choose_plan,
    choose_unit,
    open_data,
    prove,
    require_whole,
    tell_findings,
)
from d8plan.app.errors import USAGE, CommandError
from d8plan.cli.common_options import PlanName, UnitName
from d8plan.text.language import DEFAULT, language
from d8plan.text.message import M
from d8plan.views.summary import Summary
from d8plan.views.table import View


class Format(StrEnum):
    """Formats of a summary."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("summary", help=_("Show a plan, or what concerns one unit or indicator."))(summary)


def summary(
    context: typer.Context,
    plan: PlanName = None,
    unit: UnitName = None,
    indicator: Annotated[
        str | None,
        typer.Option("--indicator", metavar="ID", help=_("The units' table of an indicator."), show_default=False),
    ] = None,
    budget: Annotated[bool, typer.Option("--budget", help=_("The budget alone."))] = False,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the summary."))] = Format.TABLE,
) -> None:
    options: Options = context.obj
    if sum((unit is not None, indicator is not None, budget)) > 1:
        raise CommandError(M("--unit, --indicator and --budget exclude each other"), USAGE, M("Give one of them"))
    loaded = open_data(options)
    require_whole(loaded)
    files = choose_plan(loaded, plan)
    report = prove(loaded)
    summed = Summary(loaded.dataset, report, files)
    if unit is not None:
        view = summed.unit(choose_unit(loaded, files, unit, files.plan.units))
    elif indicator is not None:
        known = loaded.dataset.indicators.indicators
        given = files.allocations.indicators
        names = {key: [key, *((known[key].short_name, known[key].name) if key in known else ())] for key in given}
        view = summed.indicator(choose(M("indicator"), indicator, names))
    elif budget and not files.budget.holders:
        raise CommandError(M("Plan {plan} has no budget", plan=files.id), USAGE)
    else:
        view = summed.budget_view() if budget else summed.overview()
    show(view, form, options.language)
    tell_findings(loaded, report, language(options.language))


def show(view: View, form: Format, code: str = DEFAULT) -> None:
    """Write a view in a format."""
    from d8plan.render import views

    spoken = language(code)
    match form:
        case Format.JSON:
            streams.machines(views.as_json(view, spoken))
        case Format.CSV:
            streams.machines(views.as_csv(view, spoken))
        case Format.MARKDOWN:
            streams.machines(views.as_markdown(view, spoken))
        case Format.TABLE:
            unicode = streams.encoding().lower().startswith("utf")
            streams.people(
                views.as_table(view, spoken, width=streams.width(), colour=streams.coloured(), unicode=unicode)
            )
