"""A data folder as it is worked on: opened, proven, asked for what is named in it, changed."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from d8plan.app.choice import choose, unknown
from d8plan.app.errors import UNUSABLE, CommandError
from d8plan.app.folders import find_folder, open_folder
from d8plan.app.voice import Voice
from d8plan.checks import Report, run
from d8plan.ledger.names import Names
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.models.places import Place, plan_of
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.locate import shown
from d8plan.storage.data.tree import JOURNAL
from d8plan.text.message import M
from d8plan.text.names import nfc


class Workspace:
    """A data folder that is loaded, and what is asked of it."""

    def __init__(self, loaded: Loaded, voice: Voice | None = None) -> None:
        """Take what was loaded, and who tells people what is done."""
        self.loaded, self.voice = loaded, voice or Voice()

    @classmethod
    def open(cls, folders: Sequence[Path], voice: Voice | None = None, *, whole: bool = True) -> Workspace:
        """Open the data folder named, or the one here or above; ``whole`` raises where some of it cannot be read."""
        workspace = cls(open_folder(find_folder(folders)), voice)
        if whole:
            workspace.require_whole()
        return workspace

    @classmethod
    @contextlib.contextmanager
    def editing(cls, folders: Sequence[Path], voice: Voice | None = None, *, look: bool = False) -> Iterator[Workspace]:
        """Open a data folder for a change, other writers kept out; with ``look`` nothing is to be written.

        Raises CommandError where the folder cannot be written, or some of it cannot be read.
        """
        from d8plan.app.write_lock import holding

        folder = find_folder(folders)
        with contextlib.nullcontext() if look else holding(folder):
            workspace = cls(open_folder(folder) if look else load(folder), voice)
            workspace.require_whole()
            yield workspace

    @classmethod
    def settled(cls, folders: Sequence[Path], voice: Voice | None = None, *, look: bool = False) -> Workspace:
        """Open a data folder that is to be written later, its own interrupted change finished first unless ``look``."""
        from d8plan.app.write_lock import holding

        folder = find_folder(folders)
        if not look and os.path.lexists(folder / JOURNAL):
            with holding(folder):
                pass
        return cls.open([folder], voice)

    @property
    def dataset(self) -> Dataset:
        """What the files hold."""
        return self.loaded.dataset

    @property
    def names(self) -> Names:
        """What everything is called."""
        return Names(self.loaded.dataset)

    @cached_property
    def report(self) -> Report:
        """All that checks find, as of today."""
        return prove(self.loaded)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the files, and what checks find."""
        return (*self.loaded.findings, *self.report.findings)

    def where(self, place: Place) -> tuple[str, int]:
        """Return the file and the line of a place."""
        return place.file, self.loaded.mark(place).line

    def plan(self, typed: str | None = None) -> PlanFiles:
        """Return the plan of an id; without one, the latest plan that belongs to a phase."""
        return choose_plan(self.loaded, typed)

    def unit(self, files: PlanFiles, typed: str, among: Iterable[str] | None = None) -> str:
        """Return the unit of a plan that was typed, in any of its spellings; raise CommandError where it is none."""
        units = self.names.units(files.plan.units if among is None else among)
        return choose(M("unit of plan {plan}", plan=files.id), typed, units)

    def indicator(self, files: PlanFiles, typed: str) -> str:
        """Return the indicator of a plan that was typed."""
        return choose(M("indicator"), typed, self.names.indicators_spelt(files))

    def level(self, files: PlanFiles, typed: str) -> str:
        """Return the level of a plan that was typed."""
        return choose(M("level"), typed, self.names.levels(files))

    def require_whole(self) -> None:
        """Raise where some data could not be read: what is shown would not be what the plan says."""
        broken = self.dataset.broken
        if (JOURNAL,) in broken:
            raise CommandError(
                M("A change of several files was interrupted, so what is asked for would not be whole"),
                UNUSABLE,
                M("“{command}” shows it, and finishes or discards it", command="d8plan recover"),
            )
        if broken:
            raise CommandError(
                M("Some data cannot be read, so what is asked for would not be whole"),
                UNUSABLE,
                M("“{command}” tells why", command="d8plan validate"),
            )

    def tell_findings(self) -> None:
        """Tell that the data has errors, where it has."""
        if has_errors(self.loaded, self.report):
            self.voice.warn(M("The data has findings: “{command}” shows them", command="d8plan validate"))

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files of the data folder by name, all or none, while it is held; tell which were written.

        Refused where a file of the folder is not what was loaded.
        """
        from d8plan.app.write_lock import told
        from d8plan.storage.data import transaction

        folder = self.loaded.folder
        with told(folder):
            transaction.commit(folder, self.loaded.contents, files)
        with self.voice.after_the_fact():
            for name in sorted(files):
                self.voice.say(M("Written: {path}", path=f"{shown(folder)}/{name}"))


def prove(
    loaded: Loaded,
    *,
    strict: bool = False,
    sealed_only: bool = False,
    shown: Callable[[Finding], bool] = lambda _: True,
) -> Report:
    """Make every check on loaded data, as of today."""
    return run(loaded.dataset, datetime.date.today(), strict=strict, sealed_only=sealed_only, shown=shown)


def has_errors(loaded: Loaded, report: Report) -> bool:
    """Tell whether some of the data cannot be used, or checks find an error in it."""
    return bool(loaded.findings) or any(finding.severity is Severity.ERROR for finding in report.findings)


def choose_plan(loaded: Loaded, typed: str | None) -> PlanFiles:
    """Return the plan of an id; without one, the latest plan that belongs to a phase."""
    plans = loaded.dataset.plans
    if typed is not None:
        # What is typed is composed; macOS may name folders with the same letters decomposed.
        ids = [key for key in plans if key == typed] or [key for key in plans if nfc(key) == nfc(typed)]
        if len(ids) == 1:
            return plans[ids[0]]
        if nfc(typed) in map(nfc, unread_plans(loaded)):
            raise CommandError(
                M("Plan {plan} cannot be read", plan=typed),
                UNUSABLE,
                M("“{command}” tells why", command="d8plan validate"),
            )
        raise unknown(M("plan"), typed, {key: [key] for key in plans})
    if not plans:
        raise CommandError(
            M("No plan of {path} can be used", path=str(loaded.folder)),
            UNUSABLE,
            M("“{command}” tells why", command="d8plan validate"),
        )
    yearly = [files for files in plans.values() if files.plan.phase]
    return (yearly or list(plans.values()))[-1]


def unread_plans(loaded: Loaded) -> set[str]:
    """Return the ids of plans that have a folder but could not be used."""
    broken = {plan for path in loaded.dataset.broken if (plan := plan_of(path[0]))}
    return broken - set(loaded.dataset.plans)
