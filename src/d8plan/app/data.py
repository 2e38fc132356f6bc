"""Find and load the data folder, and what a command names in it."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from d8plan.app import streams
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.checks import Report, run
from d8plan.models.base import parse_date
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Finding, Severity
from d8plan.models.places import PLANS, plan_of
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.rules import INTERRUPTED, LEFT_OVER
from d8plan.storage.data.tree import JOURNAL, LOCK
from d8plan.text.language import Language
from d8plan.text.message import M, Message
from d8plan.text.names import find_names, nearest, nfc

FOLDER = "data"
PATIENCE = 2.0
"""Seconds to wait for a writer that is at work."""
_TRIES = 5
"""Times at least to load a folder that somebody else is changing."""
_PAUSE = 0.02


class Options(NamedTuple):
    """Options that stand before every command."""

    data: tuple[Path, ...]
    """Data folders; empty where none is named."""
    language: str


def find_folder(given: Sequence[Path]) -> Path:
    """Return the data folder: the one given, or ``data/`` here or in a folder above."""
    if len(given) > 1:
        raise CommandError(
            M("This command works on one data folder, and {count} are named", count=len(given)),
            USAGE,
            M(
                "Name one with --data; these take several: {commands}",
                commands=("d8plan validate", "d8plan export-data --format parquet"),
            ),
        )
    if given:
        if not given[0].is_dir():
            raise CommandError(
                M("There is no folder {path}", path=str(given[0])), UNUSABLE, M("Name the data folder with --data")
            )
        return given[0]
    if (found := _folder_above()) is not None:
        return found
    raise CommandError(
        M("There is no data folder here or above"),
        UNUSABLE,
        M("Go to the folder that holds data/, or name it with --data"),
    )


def has_folder() -> bool:
    """Tell whether there is a data folder here or in a folder above."""
    return _folder_above() is not None


def _folder_above() -> Path | None:
    here = Path.cwd()
    return next((folder / FOLDER for folder in (here, *here.parents) if (folder / FOLDER / PLANS).is_dir()), None)


def chosen_folders(options: Options) -> list[Path]:
    """Return the data folders to work on, where there may be several; one named twice counts once."""
    if not options.data:
        return [find_folder(())]
    folders: dict[str, Path] = {}
    for path in options.data:
        folders.setdefault(os.path.normcase(os.path.realpath(path)), path)
    return list(folders.values())


def open_data(options: Options) -> Loaded:
    """Load the data folder."""
    return open_folder(find_folder(options.data))


def open_folder(folder: Path) -> Loaded:
    """Load a data folder and change nothing in it, never in the middle of a change of several files.

    Where a writer is at work it is waited for; a change that was interrupted is a finding of what is loaded.
    """
    until = time.monotonic() + PATIENCE
    tries = 0
    while True:
        # A journal comes and goes with each such change, which the folder's own time tells.
        before = folder.stat().st_mtime_ns
        loaded = load(folder)
        steady = folder.stat().st_mtime_ns == before
        unfinished = any(one.rule in (INTERRUPTED, LEFT_OVER) for one in loaded.findings)
        tries += 1
        over = time.monotonic() > until and tries > _TRIES
        if steady and (over or not unfinished or not os.path.lexists(folder / LOCK)):
            return loaded
        if over:
            raise CommandError(
                M("Another program is editing {path}", path=str(folder)), UNUSABLE, M("Try again when it is done")
            )
        time.sleep(_PAUSE if unfinished else 0)


def prove(
    loaded: Loaded,
    *,
    strict: bool = False,
    sealed_only: bool = False,
    shown: Callable[[Finding], bool] = lambda _: True,
) -> Report:
    """Make every check on loaded data, as of today."""
    return run(loaded.dataset, datetime.date.today(), strict=strict, sealed_only=sealed_only, shown=shown)


def choose_plan(loaded: Loaded, wanted: str | None) -> PlanFiles:
    """Return the plan of an id; without one, the latest plan that belongs to a phase."""
    plans = loaded.dataset.plans
    if wanted is not None:
        # What is typed is composed; macOS may name folders with the same letters decomposed.
        named = [key for key in plans if key == wanted] or [key for key in plans if nfc(key) == nfc(wanted)]
        if len(named) == 1:
            return plans[named[0]]
        if nfc(wanted) in map(nfc, unread_plans(loaded)):
            raise CommandError(
                M("Plan {plan} cannot be read", plan=wanted),
                UNUSABLE,
                M("“{command}” tells why", command="d8plan validate"),
            )
        raise unknown(M("plan"), wanted, {key: [key] for key in plans})
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
    found = {plan for path in loaded.dataset.broken if (plan := plan_of(path[0]))}
    return found - set(loaded.dataset.plans)


def require_whole(loaded: Loaded) -> None:
    """Raise where some data could not be read: what is shown would not be what the plan says."""
    if (JOURNAL,) in loaded.dataset.broken:
        raise CommandError(
            M("A change of several files was interrupted, so what is asked for would not be whole"),
            UNUSABLE,
            M("“{command}” shows it, and finishes or discards it", command="d8plan recover"),
        )
    if loaded.dataset.broken:
        raise CommandError(
            M("Some data cannot be read, so what is asked for would not be whole"),
            UNUSABLE,
            M("“{command}” tells why", command="d8plan validate"),
        )


def tell_findings(loaded: Loaded, report: Report, spoken: Language) -> None:
    """Say on standard error that the data has findings."""
    if loaded.findings or any(finding.severity is Severity.ERROR for finding in report.findings):
        streams.error(spoken.say(M("The data has findings: “{command}” shows them", command="d8plan validate")))


def day(typed: str | None) -> datetime.date:
    """Return the day that was typed; today where none was."""
    if typed is None:
        return datetime.date.today()
    try:
        return parse_date(typed)
    except ValueError:
        raise CommandError(M("“{value}” is not a date", value=typed), USAGE, M("Write a date as YYYY-MM-DD")) from None


def unit_spellings(loaded: Loaded, among: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Return every way to name each unit: id, name, aliases, with the word for its kind before it."""
    units = loaded.dataset.units
    spellings: dict[str, list[str]] = {}
    for key in among if among is not None else (units.units if units else ()):
        unit = units.units.get(key) if units else None
        if unit is None or units is None:
            spellings[key] = [key]
            continue
        names = [unit.name, *(unit.aliases or ())]
        kind = units.kinds.get(unit.kind)
        spellings[key] = [*names, key, *(f"{kind.name} {name}" for name in names if kind)]
    return spellings


def choose_unit(loaded: Loaded, files: PlanFiles, wanted: str, among: Iterable[str]) -> str:
    """Return the unit of a plan that was typed, in any of its spellings; raise CommandError where it is none."""
    return choose(M("unit of plan {plan}", plan=files.id), wanted, unit_spellings(loaded, among))


def choose(what: Message, wanted: str, spellings: Mapping[str, list[str]]) -> str:
    """Return the one id that ``wanted`` names; raise with the nearest names otherwise."""
    found = find_names(wanted, spellings)
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(
            M("“{name}” names more than one", name=wanted),
            USAGE,
            M("Name one of: {names}", names=_told_apart({key: spellings[key][0] for key in found})),
        )
    raise unknown(what, wanted, spellings)


def _told_apart(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return names, each with its id where two are the same."""
    given = list(names.values())
    return tuple(name if given.count(name) == 1 else f"{name} ({key})" for key, name in names.items())


def unknown(what: Message, wanted: str, spellings: Mapping[str, list[str]]) -> CommandError:
    """Return the error for a name that nothing has, with the nearest names or all of them."""
    close = nearest(wanted, [name for names in spellings.values() for name in names], most=3)
    named = list(dict.fromkeys(names[0] for name in close for names in spellings.values() if name in names))
    shown = tuple(named or [names[0] for names in spellings.values()])
    return CommandError(
        M("There is no {what} “{name}”", what=what, name=wanted),
        USAGE,
        M("Did you mean: {names}", names=shown) if named else M("There are: {names}", names=shown),
    )
