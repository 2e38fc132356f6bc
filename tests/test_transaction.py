"""Changing several files: at whatever system call a writer is cut short, all of them are old or all are new."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from interrupted import CRASHED, SET_ONE, SET_SEVERAL, Change, at_call, crash, files_of, in_child, left_over
from support import d8plan

from d8plan.cli.data import open_folder
from d8plan.cli.errors import CommandError
from d8plan.cli.holding import holding, write
from d8plan.language import language
from d8plan.store import transaction
from d8plan.store.loader import Loaded, load
from d8plan.store.tree import JOURNAL

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
MOST = 200
"""No change takes as many system calls."""
PENDING = 4
"""What a child ends with that has recorded a change and could not finish it."""


class Case(NamedTuple):
    """A change of a data folder: the data before, and every file before and after."""

    loaded: Loaded
    old: dict[str, bytes]
    new: dict[str, bytes]

    def fresh(self, to: Path) -> Path:
        shutil.rmtree(to, ignore_errors=True)
        return Path(shutil.copytree(self.loaded.folder, to))


@pytest.fixture(scope="module", params=[SET_ONE, SET_SEVERAL], ids=["one file", "several files"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    change: Change = request.param
    above = tmp_path_factory.mktemp("case")
    folder = change.folder(above / "data")
    done = Path(shutil.copytree(folder, above / "done"))
    found = d8plan("--data", str(done), *change.arguments)
    assert found.returncode == 0, found
    return Case(load(folder), files_of(folder), files_of(done))


@pytest.fixture
def several(tmp_path: Path) -> Case:
    folder = SET_SEVERAL.folder(tmp_path / "case")
    done = Path(shutil.copytree(folder, tmp_path / "done"))
    assert d8plan("--data", str(done), *SET_SEVERAL.arguments).returncode == 0
    return Case(load(folder), files_of(folder), files_of(done))


def changing(folder: Path, case: Case) -> Callable[[], int]:
    """Return what makes the change as a command does; it gives the exit code."""
    loaded = case.loaded._replace(folder=folder)
    files = {name: content for name, content in case.new.items() if case.old.get(name) != content}

    def work() -> int:
        try:
            with holding(folder):
                write(loaded, files, language("en"))
        except CommandError as error:
            return PENDING if "is recorded" in error.message.template else error.code
        return 0

    return work


def recovering(folder: Path) -> Callable[[], int]:
    """Return what the start of any later writer is made of."""

    def work() -> int:
        try:
            with holding(folder):
                return 0
        except CommandError as error:
            return PENDING if "is recorded" in error.message.template else error.code

    return work


def crashing(work: Callable[[], int], number: int, *, after: bool = False) -> Callable[[], int]:
    def crashed() -> int:
        at_call(number, crash, after=after)
        return work()

    return crashed


def failing(work: Callable[[], int], number: int, code: int, *, persistent: bool) -> Callable[[], int]:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    def failed() -> int:
        transaction.PATIENCE = 0.2
        at_call(number, fail, persistent=persistent)
        return work()

    return failed


def check_whole(folder: Path, case: Case) -> bool:
    """Fail unless what any command reads is the old or the new plan and the next writer cleans up; tell if new."""
    if (folder / JOURNAL).exists():
        assert open_folder(folder).contents in (case.old, case.new)
    found = files_of(folder)
    assert found in (case.old, case.new), sorted(name for name in found if found[name] != case.old.get(name))
    assert not (folder / JOURNAL).exists()
    with transaction.writing(folder):
        assert files_of(folder) == found
    assert left_over(folder) == []
    return found == case.new


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_system_call(case: Case, tmp_path: Path, after: bool) -> None:
    outcomes = []
    for number in range(MOST):
        folder = case.fresh(tmp_path / "data")
        code = in_child(crashing(changing(folder, case), number, after=after))
        assert code in (0, CRASHED)
        outcomes.append(check_whole(folder, case))
        if code == 0:
            break
    assert outcomes[-1]
    assert len(outcomes) > 5
    # Once it is made, it stays made.
    assert outcomes == sorted(outcomes)
    assert not outcomes[0]


def interrupted(case: Case, at: Path) -> Iterator[Path]:
    """Yield every folder in which a change is left with its journal."""
    for number in range(MOST):
        folder = case.fresh(at)
        if in_child(crashing(changing(folder, case), number)) == 0:
            return
        if (folder / JOURNAL).exists():
            yield folder


def test_a_crash_while_what_was_interrupted_is_finished(several: Case, tmp_path: Path) -> None:
    tried = 0
    for folder in interrupted(several, tmp_path / "interrupted"):
        for number in range(MOST):
            again = Path(shutil.copytree(folder, tmp_path / f"again{tried}"))
            code = in_child(crashing(recovering(again), number))
            with holding(again):
                assert files_of(again) == several.new
            assert left_over(again) == []
            tried += 1
            if code == 0:
                break
            assert code == CRASHED
    assert tried > 50


def test_a_crash_while_a_change_is_undone(several: Case, tmp_path: Path) -> None:
    """The last target cannot be replaced, as where Excel holds a file on Windows, and the undoing is cut short."""
    undone = 0
    for number in range(MOST):
        folder = several.fresh(tmp_path / "data")
        work = changing(folder, several)

        def cut_short(number: int = number, work: Callable[[], int] = work) -> int:
            hold_the_last_target()
            at_call(number, crash)
            return work()

        code = in_child(cut_short)
        undone += not check_whole(folder, several)
        if code != CRASHED:
            assert code == 3
            assert files_of(folder) == several.old
            break
    else:
        pytest.fail("it never came to an end")
    assert undone > 20


def hold_the_last_target() -> None:
    """Let the replacement of the seal of the shared files fail, but not of what is put back."""
    replace = os.replace
    failed: list[Path] = []

    def held(source: Path, target: Path) -> None:
        if Path(target).name == "seal.json" and not failed and Path(target).parent.name != "2024":
            failed.append(target)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        replace(source, target)

    os.replace = held  # type: ignore[assignment]


@pytest.mark.parametrize("persistent", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=["ENOSPC", "EIO", "EACCES"])
def test_any_system_call_fails(case: Case, tmp_path: Path, fault: int, persistent: bool) -> None:
    """The exit code tells what the data is: 0 new, 3 old, unless the change is said to be recorded."""
    codes = []
    for number in range(MOST):
        folder = case.fresh(tmp_path / "data")
        codes.append(code := in_child(failing(changing(folder, case), number, fault, persistent=persistent)))
        at_once = files_of(folder)
        is_new = check_whole(folder, case)
        if code == 0:
            assert at_once == case.new
        elif code == 3:
            assert at_once == case.old
            assert not is_new
        else:
            assert code == PENDING
        if number > 5 and codes[-6:] == [0] * 6:
            break
    assert {0, 3} <= set(codes)


def test_interrupted_by_the_keyboard_at_any_system_call(case: Case, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for number in range(MOST):
        folder = case.fresh(tmp_path / "data")
        work = changing(folder, case)

        def stopped(number: int = number, work: Callable[[], int] = work) -> int:
            at_call(number, interrupt, after=True)
            with contextlib.suppress(KeyboardInterrupt):
                return work()
            return CRASHED

        code = in_child(stopped)
        assert code in (0, CRASHED)
        assert check_whole(folder, case) or code
        if code == 0:
            return
    pytest.fail("it never came to an end")


# --- Journals that no writer of ours has left.


def stopped_with_a_journal(several: Case, tmp_path: Path) -> Path:
    return next(interrupted(several, tmp_path / "interrupted"))


def refused(folder: Path, *named: str) -> None:
    (folder / transaction.LOCK).unlink()
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    for arguments in (("validate",), SET_SEVERAL.arguments):
        found = d8plan("--lang", "en", "--data", str(folder), *arguments)
        assert found.returncode == 3, found
        assert found.stdout == ""
        assert len(found.stderr.splitlines()) == 1
        assert all(name in found.stderr for name in named), found.stderr
    assert {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()} == before


def test_a_file_that_was_changed_after_the_crash_is_not_overwritten(several: Case, tmp_path: Path) -> None:
    folder = stopped_with_a_journal(several, tmp_path)
    with (folder / "plans/2024/allocations.yaml").open("ab") as file:
        file.write(b"# mine\n")
    refused(folder, "plans/2024/allocations.yaml", JOURNAL)


def test_what_was_prepared_is_gone(several: Case, tmp_path: Path) -> None:
    folder = stopped_with_a_journal(several, tmp_path)
    next((folder / "plans/2024").glob(".d8plan.*.tmp")).write_bytes(b"torn")
    refused(folder, "plans/2024/", JOURNAL)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"5", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"format": 1}',
        b'{"format": 1, "steps": 5}',
        b'{"format": 1, "steps": {"name": 1}}', b'{"format": 1, "steps": [5]}', b'{"format": 1, "steps": [{}]}',
        b'{"format": 2, "steps": []}', b'{"steps": []}', b'{"format": 1, "steps": null}', b"9" * 5000,
    ],
    ids=lambda content: content[:30].decode("latin-1"),
)  # fmt: skip
def test_a_journal_that_is_garbage(tmp_path: Path, content: bytes) -> None:
    folder = SET_SEVERAL.folder(tmp_path / "data")
    (folder / JOURNAL).write_bytes(content)
    before = files_of(folder)
    with pytest.raises(CommandError) as told, holding(folder):
        pytest.fail("it was let in")
    assert told.value.code == 3
    assert (folder / JOURNAL).read_bytes() == content
    assert files_of(folder) == before


@pytest.mark.parametrize("cut", [1, 100, 400])
def test_a_torn_journal(several: Case, tmp_path: Path, cut: int) -> None:
    folder = stopped_with_a_journal(several, tmp_path)
    journal = folder / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-cut])
    before = files_of(folder)
    with pytest.raises(CommandError), holding(folder):
        pytest.fail("it was let in")
    assert files_of(folder) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "../outside.yaml"), ("name", "/etc/outside.yaml"), ("name", "plans/../../outside.yaml"),
        ("name", "plans//2024/plan.yaml"), ("name", "./units.yaml"), ("name", ".git/x.json"), ("name", "notes.txt"),
        ("name", "units.yaml\n"), ("name", ""), ("name", "C:\\x.yaml"), ("name", 5), ("name", None),
        ("name", ["x.yaml"]),
        ("temporary", "../.d8plan.x.tmp"), ("temporary", "/tmp/.d8plan.x.tmp"), ("temporary", "units.yaml"),
        ("temporary", ".d8plan.x/../y.tmp"), ("temporary", None), ("temporary", 5), ("more", "x"),
    ],
    ids=str,
)  # fmt: skip
def test_a_journal_that_names_what_is_no_data_file(tmp_path: Path, field: str, value: object) -> None:
    """It may come with somebody else's folder, and must lead to nothing outside it."""
    folder = SET_SEVERAL.folder(tmp_path / "data")
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(b"mine")
    step = {"name": "units.yaml", "temporary": "", "old": transaction._digest(b"mine"), "new": None}
    (folder / JOURNAL).write_text(json.dumps({"format": 1, "steps": [step | {field: value}]}), encoding="utf-8")
    before = files_of(folder)
    with pytest.raises(CommandError) as told, holding(folder):
        pytest.fail("it was let in")
    assert told.value.code == 3
    assert outside.read_bytes() == b"mine"
    assert files_of(folder) == before


def test_what_was_prepared_without_a_journal_is_deleted_wherever_links_lead(tmp_path: Path) -> None:
    folder = SET_SEVERAL.folder(tmp_path / "data")
    shared, plan = tmp_path / "shared", tmp_path / "plan"
    shared.mkdir()
    (folder / "units.yaml").rename(shared / "units.yaml")
    (folder / "units.yaml").symlink_to(shared / "units.yaml")
    (folder / "seal.json").rename(shared / "seal.json")
    (folder / "seal.json").symlink_to("../shared/seal.json")
    (folder / "plans/2024").rename(plan)
    (folder / "plans/2024").symlink_to(plan)
    (plan / "amendments").mkdir()
    deep = shared / "other"
    deep.mkdir()
    left = [place / ".d8plan.abc.tmp" for place in (folder, shared, plan, plan / "amendments", folder / "plans")]
    others = [deep / ".d8plan.abc.tmp", folder / "d8plan.tmp", plan / ".d8plan.note"]
    for one in (*left, *others):
        one.write_bytes(b"x")
    with transaction.writing(folder):
        pass
    assert not any(one.exists() for one in left)
    assert all(one.exists() for one in others)
