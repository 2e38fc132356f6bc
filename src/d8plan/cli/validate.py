"""``d8plan validate``."""

from __future__ import annotations

from enum import StrEnum
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app import streams
from d8plan.app.catalogue import catalogue
from d8plan.app.data import Options, chosen_folders
from d8plan.app.errors import FINDINGS, OK, UNUSABLE, USAGE, CommandError
from d8plan.app.judging import Asked, Judged, judge_each
from d8plan.app.progress_line import Progress
from d8plan.app.rule_choice import asked_for
from d8plan.render.outcome import Outcome, Unread, Writer
from d8plan.storage.data.rules import SEAL
from d8plan.text.language import Language, language
from d8plan.text.message import M


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


OF_SERVICES = (Format.GITHUB, Format.SARIF, Format.JUNIT)
"""Formats that services read, which know files by their paths in the repository."""


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
    require_sealed: Annotated[
        bool,
        typer.Option(
            "--require-sealed",
            help=_("Let no plan pass that is not sealed; seals are reported on whatever is selected."),
        ),
    ] = False,
    xlsx: Annotated[
        Path | None,
        typer.Option(
            "--xlsx",
            metavar="FILE",
            help=_("Also write the annexes with each finding on its cell, and a list of all findings."),
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Replace the file of --xlsx where it exists."))] = False,
) -> None:
    options: Options = context.obj
    rules = asked_for(catalogue(), select or (), ignore or ())
    if require_sealed:
        rules |= {code: rule for code, rule in catalogue().items() if code.startswith("L") or code == SEAL.code}
    asked = Asked(tuple(plans or ()), rules, strict, require_sealed, xlsx is not None, form in OF_SERVICES)
    run = _Run(options, asked, form)
    if xlsx is None:
        raise typer.Exit(run.code())
    _check_workbook(xlsx, len(run.folders))
    code = run.code()
    if run.judged:
        _write_workbook(xlsx, run.judged, run.spoken, form, force=force)
    raise typer.Exit(code)


def _check_workbook(path: Path, folders: int) -> None:
    """Raise where the name is no workbook's, or there is more than one folder to write of."""
    from d8plan.app.files import require_ending

    require_ending(path, ".xlsx")
    if folders > 1:
        raise CommandError(
            M("A workbook is written of one data folder, and {count} are named", count=folders),
            USAGE,
            M("Name one with --data, or leave out --xlsx"),
        )


def _write_workbook(path: Path, judged: Judged, spoken: Language, form: Format, *, force: bool) -> None:
    """Write the workbook, and say so where that is not taken for a part of the report."""
    from d8plan.app.files import save
    from d8plan.render.validation_workbook import workbook
    from d8plan.storage.excel.writer import to_bytes

    assert judged.material is not None
    assert isinstance(judged.outcome, Outcome)
    content = to_bytes(workbook(judged.material, judged.outcome, spoken), spoken)
    tell = streams.people if form is Format.TEXT else lambda text: streams.error(text.removesuffix("\n"))
    save({path: content}, force=force, spoken=spoken, option="--xlsx", tell=tell)


class _Run:
    """Folders told in their order, each let go once it is told."""

    def __init__(self, options: Options, asked: Asked, form: Format) -> None:
        self.asked, self.form = asked, form
        self.folders = chosen_folders(options)
        self.several = len(self.folders) > 1
        self.spoken = language(options.language)
        self.writer = _writer(form, self.spoken, asked, several=self.several)
        self.worst = OK
        self.missing: list[dict[str, CommandError]] = []
        """The plans asked for that each folder read does not have."""
        self.judged: Judged | None = None
        """The folder read, where a workbook is made of it."""

    def code(self) -> int:
        """Judge and tell every folder; return the exit code, that of the worst."""
        progress = Progress(len(self.folders))
        try:
            outcomes = judge_each(self.folders, self.asked)
            for number, folder in enumerate(self.folders, 1):
                progress.show(number, folder)
                judged = next(outcomes)
                progress.erase()
                if isinstance(judged.outcome, Outcome):
                    self.missing.append(judged.missing)
                    self.judged = judged if judged.material else None
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
