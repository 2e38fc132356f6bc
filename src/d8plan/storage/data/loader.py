"""Load a data folder: every file that can be used, and a finding for everything that cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from d8plan.models.base import StrictModel
from d8plan.models.exceptions import ExceptionsFile
from d8plan.models.files import (
    EMPTY,
    PER_PLAN,
    PER_PLAN_FOLDERS,
    REQUIRED_PER_PLAN,
    SEAL,
    SHARED,
    Dataset,
    Partly,
    PlanFiles,
    UnreadException,
)
from d8plan.models.findings import Finding, Rule
from d8plan.models.places import PLANS, KeyPath, Mark, Place, plan_of
from d8plan.models.registry import Indicator
from d8plan.models.seal import RegisterSeal, Seal
from d8plan.storage.data import decimals, rules, seals, strict_yaml
from d8plan.storage.data.salvage import ENTRY_DEPTH, Salvaged, salvage, usable, validate
from d8plan.storage.data.shape_faults import about, explain
from d8plan.storage.data.strict_yaml import YamlSource
from d8plan.storage.data.tree import JOURNAL, PREFIX, Tree, is_prepared
from d8plan.text.message import M, Message
from d8plan.text.names import nearest

R = TypeVar("R", bound=StrictModel)
S = TypeVar("S", Seal, RegisterSeal)
_UNREAD = YamlSource("", None, (), readable=False, events=iter(()))


class Loaded(NamedTuple):
    """A data folder: what could be used, what is wrong, and the text it came from."""

    folder: Path
    dataset: Dataset
    findings: tuple[Finding, ...]
    sources: dict[str, YamlSource]
    contents: dict[str, bytes]
    """Every file as it was read."""
    tree: Tree
    """Where they were read from."""

    def mark(self, place: Place) -> Mark:
        """Return the line and column of a place."""
        if (content := self.contents.get(place.file)) is not None and place.file not in self.sources:
            # A seal: JSON is YAML too, and its places are rarely asked for.
            self.sources[place.file] = strict_yaml.read(content)
        return self.sources.get(place.file, _UNREAD).locate(place.keys, of_key=place.of_key)

    def line(self, file: str, number: int) -> str:
        """Return a line of a file as it was typed; empty where there is none."""
        lines = self.sources.get(file, _UNREAD).lines
        return lines[number - 1] if 0 < number <= len(lines) else ""


def load(folder: Path, tree: Tree | None = None) -> Loaded:
    """Read every file of a data folder; raises OSError only where the folder itself cannot be read.

    ``tree`` is where the files come from, if not from the folder as it is on disk.
    """
    tree = tree or Tree(folder)
    loader = _Loader(tree)
    names = list(tree.entries(""))
    if JOURNAL in names:
        message = M("A change of several files was interrupted: some may be as before it, some as after")
        action = M("“{command}” shows it, and finishes or discards it", command="d8plan recover")
        loader.tell(rules.INTERRUPTED, message, Place(JOURNAL), action)
        loader.broken.add((JOURNAL,))
    misnamed = loader.unknown("", names, SHARED)
    shared = {
        name.removesuffix(".yaml"): (None if name in misnamed else loader.file(name, record)) or EMPTY[name]
        for name, record in SHARED.items()
    }
    loader.indicators = getattr(shared["indicators"], "indicators", {})
    loader.broken.update((name,) for name in misnamed)
    folders = loader.folders()
    if not folders:
        action = M("Make a folder for a plan, with plan.yaml and allocations.yaml")
        loader.tell(rules.MISSING_FILE, M("There is no plan"), Place(PLANS), action)
    plans = [plan for entry in folders if (plan := loader.plan(entry)) is not None]
    plans.sort(key=lambda plan: (plan.plan.period.first, -plan.plan.period.last, plan.id))
    dataset = Dataset(
        **shared,  # type: ignore[arg-type]
        plans={plan.id: plan for plan in plans},
        unread_exceptions=frozenset(loader.unread_exceptions),
        seal=loader.seal(SEAL, RegisterSeal),
        broken=frozenset(loader.broken),
        lost=frozenset(loader.lost),
    )
    dataset = dataset._replace(partly=loader.partly(dataset))
    return Loaded(folder, dataset, tuple(loader.findings), loader.sources, loader.contents, tree)


class _Loader:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[Finding] = []
        self.sources: dict[str, YamlSource] = {}
        self.contents: dict[str, bytes] = {}
        self.broken: set[tuple[str, ...]] = set()
        self.lost: set[tuple[str, ...]] = set()
        self.salvaged: dict[str, Salvaged] = {}
        """What can be read of each file that is not whole."""
        self.twice: set[tuple[str, ...]] = set()
        """Keys that stand twice: of the two, another may have been meant."""
        self.indicators: Mapping[str, Indicator] = {}
        """Those that are registered, once they are read."""
        self.plan_files: dict[str, dict[str, Any]] = {}
        """The files of each plan."""
        self.unread_exceptions: set[UnreadException] = set()

    def folders(self) -> list[str]:
        """Return the names of the plans' folders that hold anything: a writer cut short may leave an empty one."""
        try:
            entries = self.tree.entries(PLANS)
        except (FileNotFoundError, NotADirectoryError):
            return []
        plans = sorted(name for name, is_folder in entries.items() if is_folder and not name.startswith("."))
        return [plan for plan in plans if self._holds_files(plan)]

    def _holds_files(self, plan: str) -> bool:
        try:
            return any(not name.startswith(PREFIX) for name in self.tree.entries(f"{PLANS}/{plan}"))
        except OSError:
            return True  # it is told that it cannot be read

    def plan(self, plan: str) -> PlanFiles | None:
        """Return the files of a plan; None where plan.yaml cannot be used."""
        folder = f"{PLANS}/{plan}"
        try:
            names = list(self.tree.entries(folder))
        except OSError as error:
            self._unreadable(folder, error)
            self.broken.add((f"{folder}/plan.yaml",))
            return None
        misnamed = self.unknown(f"{folder}/", names, PER_PLAN)
        files: dict[str, Any] = {}
        for name, record in PER_PLAN.items():
            files[name.removesuffix(".yaml")] = EMPTY.get(name)
            if name in misnamed:
                self.broken.add((f"{folder}/{name}",))
            elif name in names or name in REQUIRED_PER_PLAN:
                files[name.removesuffix(".yaml")] = self.file(f"{folder}/{name}", record) or EMPTY.get(name)
        for name, record in PER_PLAN_FOLDERS.items():
            files[name] = self.folder_of(f"{folder}/{name}", record) if name in names else {}
        files["seal"] = self.seal(f"{folder}/{SEAL}", Seal) if SEAL in names else None
        self.plan_files[plan] = dict(files)
        if (f"{folder}/plan.yaml", "reporting") in self.broken:
            files["results"] = {}  # of which periods they are is unknown
        return PlanFiles(id=plan, **files) if files["plan"] else None

    def partly(self, dataset: Dataset) -> Partly | None:
        """Return the data folder with what can be read of entries that could not be used; None where all could."""
        if not self.salvaged:
            return None
        read = {name: read.record for name, read in self.salvaged.items() if read.record is not None}
        plans = {}
        for plan, right in self.plan_files.items():
            files = dict(right)
            for name, record in read.items():
                if name.startswith(f"{PLANS}/{plan}/"):
                    below, _, last = name.removeprefix(f"{PLANS}/{plan}/").removesuffix(".yaml").rpartition("/")
                    files.update({below: {**files[below], last: record}} if below else {last: record})
            if files["plan"]:
                plans[plan] = PlanFiles(id=plan, **files)
        shared: dict[str, Any] = {name.removesuffix(".yaml"): read[name] for name in SHARED if name in read}
        broken = {path for path in self.broken if path[0] not in read}
        absent = {(name, *map(str, path)) for name in read for path in self.salvaged[name].absent}
        written = {(name, *path): key for name in read for path, key in self.salvaged[name].written.items()}
        dataset = dataset._replace(plans=plans, broken=frozenset(broken | absent | self.twice), **shared)
        return Partly(dataset, frozenset(absent), written)

    def folder_of(self, folder: str, record: type[R]) -> dict[str, R]:
        """Return every file of a folder of files by its name without the ending."""
        try:
            names = sorted(self.tree.entries(folder))
        except OSError as error:
            self._unreadable(folder, error)
            return {}
        right = [
            name.removesuffix(".yml").removesuffix(".yaml") + ".yaml"
            for name in names
            if name.endswith((".yaml", ".yml"))
        ]
        self.unknown(f"{folder}/", names, right)
        read = {name: self.file(f"{folder}/{name}", record) for name in names if name.endswith(".yaml")}
        return {name.removesuffix(".yaml"): valid for name, valid in read.items() if valid is not None}

    def unknown(self, above: str, names: list[str], known: Iterable[str]) -> set[str]:
        """Tell files with names that are not known; return the absent files that they must be."""
        absent = [name for name in known if name not in names]
        meant = set()
        for name in sorted(names):
            self._left_over(above + name)
            if name.endswith((".yaml", ".yml")) and name not in known:
                close = nearest(name, absent) or nearest(name, known)
                meant.update(set(close) & set(absent))
                action = M("Did you mean “{id}”?", id=close[0]) if close else M("Move it out of the data folder")
                self.tell(rules.UNKNOWN_FILE, M("d8plan does not read this file"), Place(above + name), action)
        return meant

    def seal(self, name: str, kind: type[S]) -> S | None:
        """Return a seal; None where there is none, or it cannot be used and is told."""
        content = self._content(name, needed=False)
        if content is None:
            return None
        seal, problems = seals.read(content, kind)
        for problem in problems:
            self.tell(problem.rule, problem.message, Place(name), problem.action, problem.mark)
        if seal is None:
            self.broken.add((name,))
        return seal

    def file(self, name: str, record: type[R]) -> R | None:
        """Return what a file of YAML holds; None where it is missing or cannot be used, and is told."""
        content = self._content(name, needed=True)
        if content is None:
            return None
        source = self.sources[name] = strict_yaml.read(content)
        if source.decimals:
            source.problems += tuple(decimals.problems(name, source, self._registers(name, source.data)))
        for problem in source.problems:
            self.tell(problem.rule, problem.message, Place(name, problem.path), problem.action, problem.mark)
        if not source.readable:
            self.broken.add((name,))
            return None
        valid, _ = validate(record, source.data)
        return valid if valid is not None and not source.problems else self._right(name, record, source)

    def _registers(self, name: str, data: object) -> decimals.Registers:
        """Return what declares the decimals of a file's numbers; a plan's zone figures stand in its plan.yaml."""
        plan = f"{PLANS}/{plan_of(name)}/plan.yaml"
        described = data if name == plan else self.sources[plan].data if plan in self.sources else None
        zones = described.get("zone") if isinstance(described, dict) else None
        return decimals.Registers(self.indicators, zones if isinstance(zones, dict) else {})

    def _right(self, name: str, record: type[R], source: YamlSource) -> R | None:
        """Tell what is wrong with a file's data, and return the entries that are right."""
        # What the reader refused is told already.
        told = {problem.path for problem in source.problems}
        refused = {problem.path for problem in source.problems if problem.rule is not rules.DUPLICATE}
        self.twice.update((name, *map(str, path)) for path in told - refused)
        salvaged = self.salvaged[name] = salvage(record, source.data, refused)
        for fault in salvaged.faults:
            if fault.path not in told:
                self.tell(*explain(name, fault))
        right = usable(record, source.data, salvaged, told)
        if record is ExceptionsFile:
            self._note_unread(plan_of(name) or "", source.data, right.left_out)
        self.broken.update((name, *map(str, path)) for path in right.left_out)
        self.lost.update((name, *map(str, path)) for path in right.lost)
        return right.record  # type: ignore[return-value]

    def _note_unread(self, plan: str, data: object, paths: Iterable[KeyPath]) -> None:
        """Keep which findings the exceptions that cannot be used are about."""
        entries = data.get("exceptions") if isinstance(data, dict) else None
        for path in paths:
            entry = entries.get(path[1]) if isinstance(entries, dict) and len(path) >= ENTRY_DEPTH else None
            if isinstance(entry, dict):
                code, place, stated = (str(entry.get(key)) for key in ("code", "place", "stated"))
                self.unread_exceptions.add(UnreadException(plan, code, place, stated))

    def _content(self, name: str, *, needed: bool) -> bytes | None:
        try:
            content = self.contents[name] = self.tree.content(name)
        except FileNotFoundError:
            if needed:
                action = M("Restore it from git, or start it from the file of another plan")
                self.tell(rules.MISSING_FILE, M("The file is missing"), Place(name), action)
                self.broken.add((name,))
        except OSError as error:
            self._unreadable(name, error)
        else:
            return content
        return None

    def _left_over(self, name: str) -> None:
        """Tell a file that was put beside the one it was to replace, and is there still."""
        if is_prepared(name.rpartition("/")[2]):
            message = M("A change that was interrupted left this file")
            action = M("The next command that writes deletes it if it is its own; else delete it")
            self.tell(rules.LEFT_OVER, message, Place(name), action)

    def _unreadable(self, name: str, error: OSError) -> None:
        message = M("The file cannot be read: {reason}", reason=error.strerror or str(error))
        self.tell(rules.UNREADABLE, message, Place(name), M("Check that it is a file that you may read"))
        self.broken.add((name,))

    def tell(self, rule: Rule, message: Message, place: Place, action: Message, mark: Mark | None = None) -> None:
        """Note a finding."""
        finding = Finding(rule, message, place, action, rule.severity, mark, place.plan, **about(place))
        self.findings.append(finding)
