"""``d8plan validate``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from typing import Annotated

import typer

from d8plan.cli import streams
from d8plan.cli.catalogue import catalogue
from d8plan.cli.data import Options, chosen_folders
from d8plan.cli.errors import FINDINGS, OK, UNUSABLE, CommandError
from d8plan.cli.judging import Asked, judge
from d8plan.cli.progress import Progress
from d8plan.cli.selection import asked_for
from d8plan.language import Language, language
from d8plan.render.outcome import Outcome, Unread, Writer


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate", help=_("Prove every total that the plans state from its parts."))(validate)


def validate(
    context: typer.Context,
    plans: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN]...", help=_("Plans to report on; all where none is named."), show_default=False),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the report."))] = Format.TEXT,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="CODES",
            help=_("Rules to report on, by code or its beginning: A001,S."),
            show_default=False,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="CODES", help=_("Rules to leave out, in the same way."), show_default=False),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help=_("Let no exception pass, and fail on warnings too."))
    ] = False,
) -> None:
    options: Options = context.obj
    asked = Asked(tuple(plans or ()), asked_for(catalogue(), select or (), ignore or ()), strict)
    raise typer.Exit(_Run(options, asked, form).code())


class _Run:
    """Folders judged one after the other, each told and let go before the next is read."""

    def __init__(self, options: Options, asked: Asked, form: Format) -> None:
        self.asked, self.form = asked, form
        self.folders = chosen_folders(options)
        self.several = len(self.folders) > 1
        self.spoken = language(options.language)
        self.writer = _writer(form, self.spoken, asked, several=self.several)
        self.worst = OK
        self.missing: list[dict[str, CommandError]] = []
        """The plans asked for that each folder read does not have."""

    def code(self) -> int:
        """Judge and tell every folder; return the exit code, that of the worst."""
        progress = Progress(len(self.folders))
        try:
            for number, folder in enumerate(self.folders, 1):
                progress.show(number, folder)
                judged = judge(folder, self.asked)
                progress.erase()
                if isinstance(judged.outcome, Outcome):
                    self.missing.append(judged.missing)
                self._take(judged.outcome)
        finally:
            progress.erase()
        self._refuse_missing_plans()
        self._write(self.writer.end())
        return self.worst

    def _take(self, outcome: Outcome | Unread) -> None:
        if isinstance(outcome, Outcome):
            self.worst = max(self.worst, OK if outcome.ok else FINDINGS)
            if not self.several:
                self._refuse_missing_plans()
            self._write(self.writer.add(outcome))
            return
        self.worst = UNUSABLE
        if self.several:
            self._write(self.writer.add(outcome))
            if self.form not in (Format.TEXT, Format.GITHUB):
                streams.error(f"d8plan: {self.spoken.say(outcome.reason)}.")
            return
        if self.form not in (Format.TEXT, Format.JSON):
            self._write(self.writer.add(outcome) + self.writer.end())
        raise CommandError(outcome.reason, UNUSABLE, outcome.action)

    def _refuse_missing_plans(self) -> None:
        """Raise where a plan that is asked for is in no folder; it may be in one that could not be read."""
        if self.worst == UNUSABLE:
            return
        for plan in self.asked.plans:
            if all(plan in missing for missing in self.missing):
                raise self.missing[0][plan]

    def _write(self, text: str) -> None:
        (streams.people if self.form is Format.TEXT else streams.machines)(text)
        if self.several:
            streams.finish()


def _writer(form: Format, spoken: Language, asked: Asked, *, several: bool) -> Writer:
    """Return what writes a format; only its own module is imported."""
    match form:
        case Format.JSON:
            from d8plan.render.validation_json import Json

            return Json(spoken, several=several)
        case Format.GITHUB:
            from d8plan.render.validation_github import Github

            return Github(spoken)
        case Format.SARIF:
            from d8plan.render.validation_sarif import Sarif

            return Sarif(spoken, asked.rules)
        case Format.JUNIT:
            from d8plan.render.validation_junit import Junit

            return Junit(spoken, asked.rules)
        case Format.MARKDOWN:
            from d8plan.render.validation_markdown import Markdown

            return Markdown(spoken)
        case Format.TEXT:
            from d8plan.render.validation_text import Text

            return Text(spoken, streams.paint(), streams.width(), several=several)
