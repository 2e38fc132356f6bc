"""Writers that are killed at random, that meet each other, or that have no room: nothing is lost or mixed."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import hand_edited as hand
import pytest
from interrupted import SET_ONE, SET_SEVERAL, files_of, leave, left_over, sealed
from support import copy_draft, d8plan

from d8plan.app.folders import open_folder
from d8plan.cli.program import main
from d8plan.models.places import Place
from d8plan.storage.data import transaction
from d8plan.storage.data.loader import Loaded
from d8plan.storage.data.rules import INTERRUPTED
from d8plan.storage.data.tree import JOURNAL

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
ALLOCATIONS = "plans/2024/allocations.yaml"
TEAMS = Place(ALLOCATIONS, ("indicators", "communication-teams", "units", "bao-lac", "district"))
KILLS = 10
"""Of each command."""


def workbook(folder: Path) -> str:
    """Put a workbook beside a data folder with Bảo Lạc's district teams raised to 6; return its path."""
    _, book = hand.exported(folder, "2024")
    path = folder.parent / "annex.xlsx"
    path.write_bytes(hand.content(hand.edited(book, hand.typed({TEAMS: 6}))))
    return str(path)


AMENDED = ("--amendment", "2024-07", "--document", "300/KH-BCD", "--reason", "Thêm tổ")
COMMANDS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], tuple[str, ...]]]] = {
    "set, one file": (copy_draft, lambda _: SET_ONE.arguments),
    "set, several files": (sealed, lambda _: SET_SEVERAL.arguments),
    "import-appendix, one file": (
        copy_draft,
        lambda folder: ("import-appendix", workbook(folder), "--yes", "--allow-findings"),
    ),
    "import-appendix, several files": (
        sealed,
        lambda folder: ("import-appendix", workbook(folder), "--yes", "--with-totals", *AMENDED),
    ),
}


def started(arguments: tuple[str, ...]) -> int:
    """Start a command in a child that has everything imported already; return its process id."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        leave(lambda: main(list(arguments)))
    return child


def ended(child: int, within: float, *, writing: Path | None = None) -> int | None:
    """Return the exit code of a child that ends in time, None of one that had to be killed, with all it started.

    With ``writing`` the time counts from where the first file is prepared in that folder.
    """
    until = time.monotonic() + within
    while time.monotonic() < until:
        if writing is not None and not prepared(writing):
            until = time.monotonic() + within
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0002)
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return None if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) < 0 else 0


def is_told(read: Loaded) -> bool:
    """Tell whether a reader was told that what it read is half of a change, as where the writer was killed or slow."""
    return INTERRUPTED in {one.rule for one in read.findings}


def prepared(folder: Path) -> bool:
    return any(name.startswith(".d8plan.") and name.endswith(".tmp") for name in os.listdir(folder / "plans" / "2024"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_at_any_instant_leaves_the_old_plan_or_the_new(name: str, tmp_path: Path) -> None:
    make, command = COMMANDS[name]
    start = make(tmp_path / "start" / "data")
    arguments = command(start)
    done = Path(shutil.copytree(start, tmp_path / "done"))
    began = time.monotonic()
    assert ended(started(("--data", str(done), *arguments)), 60) == 0
    takes = time.monotonic() - began
    old, new = files_of(start), files_of(done)
    assert old != new
    rng, outcomes = random.Random(name), Counter[str]()
    for number in range(KILLS):
        folder = Path(shutil.copytree(start, tmp_path / "data"))
        # Writing is a small part of it: most of the kills are aimed there.
        aimed = number % 3 > 0
        within = rng.uniform(0, 0.012) if aimed else takes * rng.uniform(0, 1.1)
        if number == 0:
            within = 0  # before it does anything, however busy the machine is
        elif number == 1:
            within, aimed = 60, False  # after all it does
        child = started(("--data", str(folder), *arguments))
        code = ended(child, within, writing=folder if aimed else None)
        assert code in (0, None)
        was_journal = (folder / JOURNAL).exists()
        read = open_folder(folder)
        assert is_told(read) or read.contents in (old, new)
        assert is_told(read) == was_journal
        with transaction.writing(folder):
            found = files_of(folder)
        assert found in (old, new)
        assert code is None or found == new  # an edit that was acknowledged is there
        outcomes["finished later" if was_journal else "new" if found == new else "old"] += 1
        assert left_over(folder) == []
        shutil.rmtree(folder)
    assert outcomes["old"] > 0
    assert outcomes["new"] + outcomes["finished later"] > 0, outcomes


def test_two_writers_lose_nothing(data: Path) -> None:
    each = 12
    one = (
        "import sys; from d8plan.cli.program import main; from pathlib import Path; import re\n"
        "for number in range(int(sys.argv[2])):\n"
        "    unit = sys.argv[3]; value = str(100 + number)\n"
        "    args = ['--data', sys.argv[1], 'set', '2024', 'communication-teams', unit, value]\n"
        "    assert main([*args, '--level', 'province', '--allow-findings']) == 0\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", one, str(data), str(each), unit], stdout=subprocess.DEVNULL)
        for unit in ("bao-lac", "bao-lam")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    text = (data / ALLOCATIONS).read_text(encoding="utf-8")
    assert re.findall(r"bao-la[cm]: +\{province: (\d+)", text)[:2] == [str(99 + each)] * 2
    assert left_over(data) == []


def test_a_reader_never_sees_half_of_a_change(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "data")
    old = files_of(folder)
    done = Path(shutil.copytree(folder, tmp_path / "done"))
    assert ended(started(("--data", str(done), *SET_SEVERAL.arguments)), 60) == 0
    new = files_of(done)
    for _ in range(8):
        again = Path(shutil.copytree(folder, tmp_path / "again"))
        writer = started(("--data", str(again), *SET_SEVERAL.arguments))
        seen = Counter[bool]()
        while os.waitpid(writer, os.WNOHANG)[0] == 0:
            read = open_folder(again)
            assert is_told(read) or read.contents in (old, new)
            seen[read.contents == new] += 1
        assert files_of(again) == new
        shutil.rmtree(again)


def test_who_holds_the_folder_is_waited_for_and_then_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "PATIENCE", 0.1)
    before = files_of(data)
    with transaction.writing(data):
        assert ended(started(("--data", str(data), *SET_ONE.arguments)), 30) == 3
    assert files_of(data) == before
    assert ended(started(("--data", str(data), *SET_ONE.arguments)), 30) == 0


def test_a_full_disk_changes_nothing_and_says_so(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    size = "size=400k"
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(small)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small file system cannot be mounted here")
    try:
        folder = sealed(small / "data")
        free = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        for left in (0, 4096, 20_000, 60_000, 100_000):
            filler = small / "filler"
            filler.write_bytes(b"x" * max(free - left, 0))
            before = files_of(folder)
            found = d8plan("--lang", "en", "--data", str(folder), *SET_SEVERAL.arguments)
            filler.unlink()
            if found.returncode == 0:
                break
            assert (found.returncode, files_of(folder)) == (3, before), left
            assert "No space left" in found.stderr
            assert len(found.stderr.splitlines()) == 1
            assert left_over(folder) == []
        assert left > 0
        assert d8plan("--data", str(folder), "validate").returncode == 0
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(data: Path) -> None:
    before = files_of(data)
    (data / "plans" / "2024").chmod(0o555)
    try:
        found = d8plan("--lang", "en", "--data", str(data), *SET_ONE.arguments)
        assert found.returncode == 3
        assert "cannot be written" in found.stderr
        assert files_of(data) == before
    finally:
        (data / "plans" / "2024").chmod(0o755)
