"""``d8plan validate``."""

from __future__ import annotations

from collections.abc import Sequence
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
from d8plan.render.formats import Format, ReportSettings, ReportWriter
from d8plan.render.outcome import Outcome, Unread
from d8plan.storage.data.rules import SEAL
from d8plan.text.language import Language, language
from d8plan.text.message import M

_TEXT = Format("text")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate", help=_("Prove every total that the plans state from its parts."))(validate)


def validate(
    context: typer.Context,
    plans: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN]...", help=_("Plans to report on; all where none is named."), show_default=False),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the report."))] = _TEXT,
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
    writer_class = ReportWriter.of(form)
    asked = Asked(tuple(plans or ()), rules, strict, require_sealed, xlsx is not None, writer_class.for_service)
    folders = chosen_folders(options)
    spoken = language(options.language)
    settings = ReportSettings(spoken, rules, len(folders) > 1, streams.width(), streams.paint())
    run = _Run(folders, asked, writer_class(settings))
    if xlsx is not None:
        _check_workbook(xlsx, len(folders))
    code = run.code()
    if xlsx is not None and run.judged:
        _write_workbook(xlsx, run.judged, spoken, for_people=writer_class.for_people, force=force)
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


def _write_workbook(path: Path, judged: Judged, spoken: Language, *, for_people: bool, force: bool) -> None:
    """Write the workbook, and say so where that is not taken for a part of the report."""
    from d8plan.app.files import save
    from d8plan.render.findings_workbook import workbook
    from d8plan.storage.excel.writer import to_bytes

    assert judged.material is not None
    assert isinstance(judged.outcome, Outcome)
    content = to_bytes(workbook(judged.material, judged.outcome, spoken), spoken)
    tell = streams.people if for_people else lambda text: streams.error(text.removesuffix("\n"))
    save({path: content}, force=force, spoken=spoken, option="--xlsx", tell=tell)


class _Run:
    """Folders told in their order, each let go once it is told."""

    def __init__(self, folders: Sequence[Path], asked: Asked, writer: ReportWriter) -> None:
        self.folders, self.asked, self.writer = folders, asked, writer
        self.several = len(folders) > 1
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
        text = self.writer.add(outcome)
        if not self.several:
            self._write(text + self.writer.end())
            raise CommandError(outcome.reason, UNUSABLE, outcome.action)
        self._write(text)
        if not text:
            streams.error(f"d8plan: {self.writer.say(outcome.reason)}.")

    def _refuse_missing_plans(self) -> None:
        """Raise where a plan that is asked for is in no folder; it may be in one that could not be read."""
        if self.worst == UNUSABLE:
            return
        for plan in self.asked.plans:
            if all(plan in missing for missing in self.missing):
                raise self.missing[0][plan]

    def _write(self, text: str) -> None:
        (streams.people if self.writer.for_people else streams.machines)(text)
        if self.several:
            streams.finish()
