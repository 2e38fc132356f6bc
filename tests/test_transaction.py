"""Changing several files: at whatever system call a writer is cut short, all of them are old or all are new."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from interrupted import CRASHED, SET_ONE, SET_SEVERAL, Change, at_call, crash, files_of, in_child, left_over
from support import d8plan, snapshot

from d8plan.app.errors import CommandError
from d8plan.app.workspace import Workspace
from d8plan.app.write_lock import holding
from d8plan.storage.data import transaction
from d8plan.storage.data.journal import digest
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.rules import INTERRUPTED
from d8plan.storage.data.tree import JOURNAL, LOCK
from d8plan.storage.data.user_key import Owner

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


def made(change: Change, above: Path) -> Case:
    """Return a change that was made once in a folder, beside the data before."""
    folder = change.folder(above / "data")
    done = Path(shutil.copytree(folder, above / "done"))
    found = d8plan("--data", str(done), *change.arguments)
    assert found.returncode == 0, found
    return Case(load(folder), files_of(folder), files_of(done))


@pytest.fixture(scope="module", params=[SET_ONE, SET_SEVERAL], ids=["one file", "several files"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return made(request.param, tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return made(SET_SEVERAL, tmp_path_factory.mktemp("several"))


def changing(folder: Path, case: Case) -> Callable[[], int]:
    """Return what makes the change as a command does; it gives the exit code."""
    loaded = case.loaded._replace(folder=folder)
    files = {name: content for name, content in case.new.items() if case.old.get(name) != content}

    def work() -> int:
        try:
            with holding(folder):
                Workspace(loaded).write(files)
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
        transaction.PATIENCE = 0
        at_call(number, fail, persistent=persistent)
        return work()

    return failed


def check_whole(folder: Path, case: Case) -> bool:
    """Fail unless the plan is the old or the new one once the next writer came, and readers told a mixture before.

    Tell whether it is the new one.
    """
    before = snapshot(folder)
    read = load(folder)
    is_mixed = INTERRUPTED in {one.rule for one in read.findings}
    assert is_mixed == (folder / JOURNAL).exists()
    assert is_mixed or read.contents in (case.old, case.new)
    assert snapshot(folder) == before
    with transaction.writing(folder):
        found = files_of(folder)
    assert found in (case.old, case.new), sorted(name for name in found if found[name] != case.old.get(name))
    assert is_mixed or read.contents == found
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
            kept = Path(shutil.copytree(folder, tmp_path / "kept", copy_function=shutil.copy2))
            code = in_child(crashing(recovering(folder), number))
            with holding(folder):
                assert files_of(folder) == several.new
            assert left_over(folder) == []
            # In the same place: what is signed is signed for it.
            shutil.rmtree(folder)
            kept.rename(folder)
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


@pytest.mark.parametrize(
    ("fault", "persistent"),
    [(errno.EIO, False), (errno.EACCES, False), (errno.ENOSPC, True)],
    ids=["EIO once", "EACCES once", "ENOSPC from then on"],
)
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


def kept(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that is in a folder but its times, which a writer's lock changes."""
    return {name: one[2:] for name, one in snapshot(folder).items()}


def refused(folder: Path, *named: str) -> None:
    (folder / LOCK).unlink(missing_ok=True)
    before = snapshot(folder)
    found = d8plan("--lang", "en", "--data", str(folder), "validate")
    assert found.returncode == 1, found
    assert "Y010" in found.stdout
    assert snapshot(folder) == before
    found = d8plan("--lang", "en", "--data", str(folder), *SET_SEVERAL.arguments)
    assert found.returncode == 3, found
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == 1
    assert all(name in found.stderr for name in named), found.stderr
    assert kept(folder) == {name: one[2:] for name, one in before.items()}


def test_a_file_that_was_changed_after_the_crash_is_not_overwritten(several: Case, tmp_path: Path) -> None:
    folder = stopped_with_a_journal(several, tmp_path)
    with (folder / "plans/2024/allocations.yaml").open("ab") as file:
        file.write(b"# mine\n")
    refused(folder, "plans/2024/allocations.yaml", "d8plan recover")


def test_what_was_prepared_is_gone(several: Case, tmp_path: Path) -> None:
    folder = stopped_with_a_journal(several, tmp_path)
    next((folder / "plans/2024").glob(".d8plan.*.tmp")).write_bytes(b"torn")
    refused(folder, "plans/2024/", "d8plan recover")


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
    step = {"name": "units.yaml", "temporary": "", "old": digest(b"mine"), "new": None}
    signed_journal(folder, step | {field: value})
    before = files_of(folder)
    with pytest.raises(CommandError) as told, holding(folder):
        pytest.fail("it was let in")
    assert told.value.code == 3
    assert outside.read_bytes() == b"mine"
    assert files_of(folder) == before


def test_what_was_prepared_without_a_journal_is_deleted_where_it_is_ours(tmp_path: Path) -> None:
    folder = SET_SEVERAL.folder(tmp_path / "data")
    inside, outside, plan = folder / "shared", tmp_path / "outside", tmp_path / "plan"
    for name, place in (("units.yaml", inside), ("seal.json", outside)):
        place.mkdir()
        (folder / name).rename(place / name)
        (folder / name).symlink_to(place / name)
    (folder / "plans/2024").rename(plan)
    (folder / "plans/2024").symlink_to(plan)
    amendments = folder / "plans/2020-2025/amendments"
    for place in (amendments, folder / "plans/2022-2025/amendments"):
        place.mkdir(parents=True)
    ours = Owner(folder, keep=True).prefix
    left = [place / f"{ours}abc.tmp" for place in (folder, inside, amendments)]
    others = [place / f"{ours}abc.tmp" for place in (outside, plan)]
    others += [place / ".d8plan.abc.tmp" for place in (folder, inside, plan, amendments)]
    others += [folder / f"{ours}note", folder / "d8plan.tmp"]
    for one in (*left, *others):
        one.write_bytes(b"x")
    (amendments / f"{ours}link.tmp").symlink_to(outside / "seal.json")
    (amendments / f"{ours}folder.tmp").mkdir()
    with transaction.writing(folder):
        pass
    assert not any(one.exists() for one in left)
    assert all(one.exists() for one in others)
    assert (amendments / f"{ours}link.tmp").is_symlink()
    assert (amendments / f"{ours}folder.tmp").is_dir()


# --- Whose a change is.


def signed_journal(folder: Path, *steps: dict[str, object]) -> None:
    """Write a journal that is ours in everything but what it says."""
    signature = Owner(folder, keep=True).sign(json.dumps([list(step.values()) for step in steps]).encode())
    content = json.dumps({"format": 2, "steps": steps, "signature": signature})
    (folder / JOURNAL).write_text(content, encoding="utf-8")


def forged(folder: Path, name: str, content: bytes) -> None:
    """Put a change with right digests into a folder, as somebody who made it up may."""
    target = folder / name
    temporary = target.with_name(".d8plan.abcdefgh.tmp")
    temporary.write_bytes(content)
    step = {
        "name": name,
        "temporary": temporary.name,
        "old": digest(target.read_bytes()) if target.exists() else None,
        "new": digest(content),
    }
    journal = {"format": 2, "steps": [step], "signature": "0" * 64}
    (folder / JOURNAL).write_text(json.dumps(journal), encoding="utf-8")


def test_a_journal_that_came_with_the_data_is_not_carried_out(several: Case, tmp_path: Path) -> None:
    """Made up, copied from the folder it was written in, or of another user."""
    copied = Path(shutil.copytree(stopped_with_a_journal(several, tmp_path), tmp_path / "copied"))
    made_up = SET_SEVERAL.folder(tmp_path / "made up")
    forged(made_up, "units.yaml", (made_up / "units.yaml").read_bytes() + b"# theirs\n")
    for folder in (copied, made_up):
        refused(folder, "you did not begin", "d8plan recover")
        seen = d8plan("--lang", "en", "--data", str(folder), "recover", "--dry-run")
        assert seen.returncode == 0, seen
        assert "Nobody knows" in seen.stdout
        assert "still to be replaced" in seen.stdout
        before = files_of(folder)
        asked = d8plan("--lang", "en", "--data", str(folder), "recover")
        assert asked.returncode == 2
        assert files_of(folder) == before
    assert d8plan("--data", str(copied), "recover", "--yes").returncode == 0
    assert files_of(copied) == several.new
    before = files_of(made_up)
    assert d8plan("--data", str(made_up), "recover", "--discard", "--yes").returncode == 0
    assert files_of(made_up) == before
    assert left_over(made_up) == left_over(copied) == []


def test_without_a_place_for_a_key_edits_work_and_an_interrupted_change_is_told(
    several: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked / "state"))
    done = several.fresh(tmp_path / "done")
    assert in_child(changing(done, several)) == 0
    assert files_of(done) == several.new
    folder = stopped_with_a_journal(several, tmp_path)
    refused(folder, "you did not begin", "d8plan recover")
    assert d8plan("--data", str(folder), "recover", "--yes").returncode == 0
    assert files_of(folder) == several.new


@pytest.mark.parametrize("kind", ["open to others", "a link", "too short", "in the data folder"])
def test_a_key_that_others_may_know_signs_nothing(
    several: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    state = tmp_path / "data" if kind == "in the data folder" else tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    folder = several.fresh(tmp_path / "data")
    known = bytes(range(32))
    (state / "d8plan").mkdir(parents=True)
    key = state / "d8plan" / "key"
    if kind == "a link":
        (tmp_path / "theirs").write_bytes(known)
        (tmp_path / "theirs").chmod(0o600)
        key.symlink_to(tmp_path / "theirs")
    else:
        key.write_bytes(known[:5] if kind == "too short" else known)
        key.chmod(0o644 if kind == "open to others" else 0o600)
    assert Owner(folder, keep=True).sign(b"x") != Owner(folder, keep=True).sign(b"x")


def test_a_key_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    one, other = Owner(tmp_path / "a", keep=True), Owner(tmp_path / "b", keep=True)
    (key,) = (one for one in tmp_path.rglob("*") if one.is_file())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert one.has_signed(b"x", Owner(tmp_path / "a", keep=False).sign(b"x"))
    assert not one.has_signed(b"x", other.sign(b"x"))


@pytest.mark.parametrize("name", ["2024 v2", "2024.1", "-Kế hoạch", "{x}"])
def test_plan_folders_of_any_name_recover(tmp_path: Path, name: str) -> None:
    start = SET_SEVERAL.folder(tmp_path / "start")
    (start / "plans/2024").rename(start / "plans" / name)
    loaded = load(start)
    assert name in loaded.dataset.plans
    new = {key: content + b"\n" for key, content in loaded.contents.items() if key.startswith(f"plans/{name}/")}
    case = Case(loaded, files_of(start), {**files_of(start), **new})
    assert check_whole(next(interrupted(case, tmp_path / "data")), case)


@pytest.mark.parametrize("kind", ["folder", "file", "plans", "dangling", "hidden"])
def test_nothing_is_written_through_a_link_that_leads_out(several: Case, tmp_path: Path, kind: str) -> None:
    folder, outside = several.fresh(tmp_path / "data"), tmp_path / "outside"
    outside.mkdir()
    allocations = folder / "plans/2024/allocations.yaml"
    match kind:
        case "folder" | "plans":
            moved = folder / ("plans/2024" if kind == "folder" else "plans")
            moved.rename(outside / "moved")
            moved.symlink_to(outside / "moved")
        case "file":
            allocations.rename(outside / "x.yaml")
            allocations.symlink_to(outside / "x.yaml")
        case "hidden":
            (folder / ".git").mkdir()
            allocations.rename(folder / ".git/config")
            allocations.symlink_to("../../.git/config")
        case "dangling":
            (folder / "plans/2024/amendments").symlink_to(outside / "absent")
    before = kept(tmp_path)
    found = d8plan("--lang", "en", "--data", str(folder), *SET_SEVERAL.arguments)
    assert found.returncode == 3, found
    assert "leads out of the data folder" in found.stderr or kind == "dangling"
    assert kept(tmp_path) == before


@pytest.mark.parametrize("own", [False, True], ids=["forged", "signed"])
def test_a_journal_leads_to_nothing_outside(tmp_path: Path, own: bool) -> None:
    folder, outside = SET_SEVERAL.folder(tmp_path / "data"), tmp_path / "outside"
    outside.mkdir()
    (outside / "plan.yaml").write_bytes(b"mine")
    (folder / "plans/x").symlink_to(outside)
    step: dict[str, object] = {
        "name": "plans/x/plan.yaml", "temporary": "", "old": digest(b"mine"), "new": None
    }  # fmt: skip
    signed_journal(folder, step)
    if not own:
        (folder / JOURNAL).write_bytes((folder / JOURNAL).read_bytes().replace(b'"format": 2', b'"format":2 '))
        shutil.move(folder, folder := tmp_path / "moved")
    for arguments in (("validate",), ("set", "2024"), ("recover", "--yes"), ("recover", "--discard", "--yes")):
        d8plan("--data", str(folder), *arguments)
        assert (outside / "plan.yaml").read_bytes() == b"mine"
    assert left_over(folder) == []
