"""``d8plan validate``."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from d8plan.app.catalogue import catalogue
from d8plan.app.errors import FINDINGS, OK, UNUSABLE, USAGE, CommandError
from d8plan.app.folders import chosen_folders
from d8plan.app.judging import Asked, Judged, judge_each
from d8plan.app.rule_choice import asked_for
from d8plan.app.voice import Voice
from d8plan.cli import streams
from d8plan.cli.options import argument, option
from d8plan.cli.terminal import Terminal, terminal_of
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.render.report_writers import ReportFormat, ReportSettings, ReportWriter
from d8plan.storage.data.rules import SEAL
from d8plan.text.message import M, Message

_TEXT = ReportFormat("text")


HELP = M("Prove every total that the plans state from its parts.")
EXAMPLE = "d8plan validate 2024 --select A,B --format markdown"
ORDER = 2


def command(
    context: typer.Context,
    plans: Annotated[
        list[str] | None,
        argument("[PLAN]...", _("Plans to report on; all where none is named.")),
    ] = None,
    form: Annotated[ReportFormat, typer.Option("--format", help=_("Form of the report."))] = _TEXT,
    select: Annotated[
        list[str] | None,
        option(
            "--select",
            metavar="CODES",
            help=_("Rules to report on, by code or its beginning: A001,S."),
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        option("--ignore", metavar="CODES", help=_("Rules to leave out, in the same way.")),
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
        option(
            "--xlsx",
            metavar="FILE",
            help=_("Also write the annexes with each finding on its cell, and a list of all findings."),
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Replace the file of --xlsx where it exists."))] = False,
) -> None:
    terminal = terminal_of(context)
    rules = asked_for(catalogue(), select or (), ignore or ())
    if require_sealed:
        rules |= {code: rule for code, rule in catalogue().items() if code.startswith("L") or code == SEAL.code}
    writer_class = ReportWriter.of(form)
    asked = Asked(tuple(plans or ()), rules, strict, require_sealed, xlsx is not None, writer_class.for_service)
    folders = chosen_folders(terminal.folders)
    settings = ReportSettings(terminal.language, rules, len(folders) > 1, streams.width(), streams.paint())
    run = _Run(folders, asked, writer_class(settings), terminal)
    if xlsx is not None:
        _check_workbook(xlsx, len(folders))
    code = run.code()
    if xlsx is not None and run.judged:
        _write_workbook(xlsx, run.judged, terminal, for_people=writer_class.for_people, force=force)
    raise typer.Exit(code)


def _check_workbook(path: Path, folders: int) -> None:
    """Raise where the name is no workbook's, or there is more than one folder to write of."""
    from d8plan.app.output import require_ending

    require_ending(path, ".xlsx")
    if folders > 1:
        raise CommandError(
            M("A workbook is written of one data folder, and {count} are named", count=folders),
            USAGE,
            M("Name one with --data, or leave out --xlsx"),
        )


def _write_workbook(path: Path, judged: Judged, terminal: Terminal, *, for_people: bool, force: bool) -> None:
    """Write the workbook, and say so where that is not taken for a part of the report."""
    from d8plan.app.output import save
    from d8plan.render.findings_workbook import workbook
    from d8plan.storage.excel.writer import to_bytes

    assert judged.material is not None
    assert isinstance(judged.outcome, Outcome)
    spoken = terminal.language
    content = to_bytes(workbook(judged.material, judged.outcome, spoken), spoken)
    save({path: content}, terminal if for_people else _Aside(terminal), force=force, option="--xlsx")


class _Aside(Voice):
    """Tells on standard error what was done, where standard output holds a report for machines."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def say(self, message: Message) -> None:
        self.terminal.warn(message)


class _Run:
    """Folders told in their order, each let go once it is told."""

    def __init__(self, folders: Sequence[Path], asked: Asked, writer: ReportWriter, terminal: Terminal) -> None:
        self.folders, self.asked, self.writer, self.terminal = folders, asked, writer, terminal
        self.several = len(folders) > 1
        self.worst = OK
        self.missing: list[dict[str, CommandError]] = []
        """The plans asked for that each folder read does not have."""
        self.judged: Judged | None = None
        """The folder read, where a workbook is made of it."""

    def code(self) -> int:
        """Judge and tell every folder; return the exit code, that of the worst."""
        outcomes = judge_each(self.folders, self.asked)
        judged_folders = (next(outcomes) for _ in self.terminal.steps(self.folders))
        for judged in judged_folders:
            if isinstance(judged.outcome, Outcome):
                self.missing.append(judged.missing)
                self.judged = judged if judged.material else None
            self._take(judged.outcome)
        self._refuse_missing_plans()
        self._write(self.writer.end())
        return self.worst

    def _take(self, outcome: Outcome | UnreadFolder) -> None:
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
        self.terminal.clear()
        (streams.people if self.writer.for_people else streams.machines)(text)
        if self.several:
            streams.finish()
