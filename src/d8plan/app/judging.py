"""Read and prove one data folder, and keep of it what is told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from d8plan.app.errors import USAGE, CommandError
from d8plan.app.folders import find_folder, open_folder
from d8plan.app.workspace import choose_plan, prove, unread_plans
from d8plan.checks import Report
from d8plan.ledger.names import Names
from d8plan.ledger.proof import Proofs
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Located, Rule
from d8plan.models.places import Place, plan_of
from d8plan.render.outcome import Accepted, Outcome, PlanLine, UnreadFolder
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.locate import from_top, locate, shown
from d8plan.text.message import M

if TYPE_CHECKING:
    from d8plan.render.findings_workbook import Material


PATIENCE = 0.5
"""Seconds after which the folders left are shared among the processor's cores: to start earlier costs more than it
saves."""
_COUNTED = ("/plan.yaml", "/allocations.yaml", "/budget.yaml", "/statements.yaml")
MOST_PROCESSES = 16
"""Processes at a time: each takes some 60 MB, and a container often sees more cores than it has."""


class Asked(NamedTuple):
    """What is asked of every folder."""

    plans: tuple[str, ...]
    """As they were typed; all where there is none."""
    rules: dict[str, Rule]
    strict: bool
    sealed_only: bool = False
    """Whether a plan that is not sealed is an error."""
    workbook: bool = False
    """Whether what a workbook is made from is kept."""
    of_repository: bool = False
    """Whether paths are from the top of the repository, as services need them, and not from here."""


class Judged(NamedTuple):
    """What became of a folder, and the plans asked for that it does not have."""

    outcome: Outcome | UnreadFolder
    missing: dict[str, CommandError]
    material: Material | None = None


def judge_each(folders: Sequence[Path], asked: Asked) -> Iterator[Judged]:
    """Yield what became of each folder, in their order; many folders are judged several at a time."""
    begun = time.monotonic()
    for number, folder in enumerate(folders):
        left = folders[number:]
        if len(left) > 1 and time.monotonic() - begun > PATIENCE:
            yield from _together(left, asked)
            return
        yield judge(folder, asked)


def _together(folders: Sequence[Path], asked: Asked) -> Iterator[Judged]:
    """Yield what became of each folder, judged by as many processes as there are cores."""
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

    told = 0
    try:
        # Ctrl-C stops this process, and it the others.
        with ProcessPoolExecutor(
            min(os.cpu_count() or 1, len(folders), MOST_PROCESSES),
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        ) as processes:
            for judged in processes.map(partial(judge, asked=asked), folders):
                told += 1
                yield judged
    # No process can be had, or one was killed, as where memory runs out: one at a time needs the least.
    except (BrokenExecutor, NotImplementedError, OSError):
        yield from (judge(folder, asked) for folder in folders[told:])


def judge(folder: Path, asked: Asked) -> Judged:
    """Read and prove a folder; one that cannot be read is told as that."""
    try:
        loaded = open_folder(find_folder((folder,)))
    except CommandError as error:
        return Judged(UnreadFolder(_called(folder, asked), error.message, error.action), {})
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reason = M("{reason}", reason=(error.strerror or str(error)) + where)
        return Judged(UnreadFolder(_called(folder, asked), reason, None), {})
    chosen, missing = _choose(loaded, asked.plans)
    plans = chosen if asked.plans else None
    report = prove(
        loaded,
        strict=asked.strict,
        sealed_only=asked.sealed_only,
        shown=lambda item: item.rule.code in asked.rules and _concerns(item, plans),
    )
    material = _material(loaded, report, plans) if asked.workbook else None
    return Judged(_outcome(loaded, report, plans, asked), missing, material)


def _called(folder: Path, asked: Asked) -> str:
    return from_top(folder) if asked.of_repository else shown(folder)


def _material(loaded: Loaded, report: Report, chosen: list[str] | None) -> Material:
    """Return the annexes of the latest plan chosen, all being so where it is None, as far as they could be read."""
    from d8plan.render.findings_workbook import Material
    from d8plan.sheets.annex import book

    among = [files for files in loaded.dataset.plans.values() if chosen is None or files.id in chosen]
    latest = ([files for files in among if files.plan.phase] or among)[-1:]
    found = [*report.findings, *report.covered]
    annexes = [book(loaded.dataset, report.ledger, files.id, found, report.exceptions) for files in latest]
    return Material(annexes[0] if annexes else None, loaded.dataset)


def _choose(loaded: Loaded, wanted: tuple[str, ...]) -> tuple[list[str], dict[str, CommandError]]:
    """Return the plans wanted that the folder has, and the error for each that it has not."""
    unread = unread_plans(loaded)
    chosen: dict[str, None] = {}
    missing = {}
    for plan in wanted:
        try:
            chosen[plan if plan in unread else choose_plan(loaded, plan).id] = None
        except CommandError as error:
            if error.code != USAGE:
                raise
            missing[plan] = error
    return list(chosen), missing


def _outcome(loaded: Loaded, report: Report, chosen: list[str] | None, asked: Asked) -> Outcome:
    """Return what to tell of the plans chosen, all where it is None, and of the rules asked for."""
    found = [item for item in (*loaded.findings, *report.findings) if _concerns(item, chosen)]
    covered = [item for item in report.covered if _concerns(item, chosen)]
    kept = [item for item in found if item.rule.code in asked.rules]
    accepted = [item for item in covered if item.rule.code in asked.rules]
    cells = _cells(loaded, kept)
    plans = [files for files in loaded.dataset.plans.values() if chosen is None or files.id in chosen]
    folder = _called(loaded.folder, asked)
    proofs = Proofs(report.ledger)
    return Outcome(
        folder=folder,
        catalogue=asked.rules,
        strict=asked.strict,
        checks=report.checks,
        proof=proofs.of([files.id for files in plans]),
        plans=tuple(_line(loaded, proofs, files) for files in plans),
        findings=tuple(locate(loaded, kept, cells, folder)),
        accepted=tuple(_accepted(loaded, report, item) for item in locate(loaded, accepted, cells, folder)),
        left_out=len(found) + len(covered) - len(kept) - len(accepted),
        uncounted=_uncounted(loaded, chosen),
    )


def _uncounted(loaded: Loaded, chosen: list[str] | None) -> tuple[str, ...]:
    """Return the files with figures or statements that could not be read at all."""
    dataset = loaded.dataset
    counted = {path[0] for path in dataset.lost if plan_of(path[0]) in dataset.plans}
    unread = {path[0] for path in dataset.broken if len(path) == 1} - counted
    return tuple(
        f"{shown(loaded.folder)}/{file}"
        for file in sorted(unread)
        if (plan := plan_of(file)) and file.endswith(_COUNTED) and (chosen is None or plan in chosen)
    )


def _line(loaded: Loaded, proofs: Proofs, files: PlanFiles) -> PlanLine:
    document = Names(loaded.dataset).cite(files.plan.document, ()).document
    return PlanLine(files.id, files.plan.title, document, proofs.of([files.id]), files.state)


def _cells(loaded: Loaded, findings: list[Finding]) -> dict[Place, tuple[str, str]]:
    """Return the annex's sheet and cell of each place, for the plans that have findings."""
    plans = dict.fromkeys(item.plan for item in findings if item.plan in loaded.dataset.plans)
    if not plans:
        return {}
    from d8plan.sheets.annex import addresses

    return {place: cell for plan in plans if plan for place, cell in addresses(loaded.dataset, plan).items()}


def _concerns(finding: Finding, plans: list[str] | None) -> bool:
    """Tell whether a finding belongs to one of ``plans`` or to what all plans share."""
    if plans is None or finding.place.plan is None:
        return True
    return finding.plan in plans or finding.place.plan in plans


def _accepted(loaded: Loaded, report: Report, item: Located) -> Accepted:
    entry = report.exceptions[item.finding.plan or "", item.finding.exception or ""]
    names = Names(loaded.dataset)
    cited = names.cited(entry.citation)
    return Accepted(item, entry.reason, cited, names.unit_name(entry.owner))
