"""validate over several folders: told in their order, judged on all cores."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from reported import ALLOCATIONS, FORMATS, named, report
from support import d8plan

from d8plan.app import judging
from d8plan.app.catalogue import catalogue

MACHINES = [form for form in FORMATS if form != "text"]
real_judge = judging.judge


def judged_where_alive(parent: int, deadly: Path, folder: Path, asked: judging.Asked) -> judging.Judged:
    """Judge a folder; a process that is not ``parent`` dies of one of them, as where memory runs out."""
    if folder == deadly and os.getpid() != parent:
        os._exit(9)
    return real_judge(folder, asked)


class TestSeveralFolders:
    @pytest.fixture
    def provinces(self, tmp_path: Path, good: Path, bad: Path) -> Path:
        """Return a folder with a good province, a damaged one, a good one."""
        for name, source in (("p1", good), ("p2", bad), ("p3", good)):
            shutil.copytree(source, tmp_path / name)
        return tmp_path

    def test_a_line_a_folder_then_findings_then_the_total(self, provinces: Path) -> None:
        shown = d8plan("--lang", "en", *named("p1", "p2", "nope", "p3"), "validate", cwd=provinces)
        assert (shown.returncode, shown.stderr) == (3, "")
        lines, _, rest = shown.stdout.partition("\n\n")
        assert [line.split(":")[0].split()[-1] for line in lines.splitlines()] == ["p1", "p2", "nope", "p3"]
        assert [line.split("  ")[0] for line in lines.splitlines()] == ["OK", "NOT OK", "NOT READ", "OK"]
        assert all("errors: 0" in line and "warnings:" in line for line in lines.splitlines()[::3])
        assert re.search(r"errors: [1-9]", lines.splitlines()[1])
        assert "There is no folder nope" in lines.splitlines()[2]
        assert rest.startswith("p2\n\n")
        assert f"p2/{ALLOCATIONS}:9:" in rest
        assert "warning" not in rest.rsplit("\nNOT OK", 1)[0], "only what fails is told in full"
        assert re.search(r"NOT OK: 4 folders, [\d,]+ checks, errors: \d+.*\n?.*folders not read: 1", rest)

    @pytest.mark.parametrize(
        ("folders", "code"),
        [(("p1", "p3"), 0), (("p1", "p2"), 1), (("p2", "p1"), 1), (("nope", "p1"), 3), (("p2", "nope", "p1"), 3)],
    )
    @pytest.mark.parametrize("form", FORMATS)
    def test_the_worst_folder_gives_the_exit_code(
        self, provinces: Path, folders: tuple[str, ...], code: int, form: str
    ) -> None:
        assert d8plan(*named(*folders), "validate", "--format", form, cwd=provinces).returncode == code

    def test_json_holds_every_folder(self, provinces: Path) -> None:
        told = report(*named("p1", "p2", "nope"), "validate", cwd=provinces)
        assert (told["version"], told["ok"], len(told["folders"])) == (1, False, 3)
        alone = report(*named("p2"), "validate", cwd=provinces)
        assert told["folders"][1] == alone
        assert alone["folder"] == "p2"
        assert set(told["folders"][2]) == {"folder", "error"}
        assert report(*named("p1", "p3"), "validate", cwd=provinces)["ok"] is True

    def test_a_folder_named_twice_is_read_once(self, provinces: Path) -> None:
        (provinces / "link").symlink_to(provinces / "p1", target_is_directory=True)
        folders = named("p1", "p3", provinces / "p1", "./p3", "link")
        told = report(*folders, "validate", cwd=provinces)
        assert [item["folder"] for item in told["folders"]] == ["p1", "p3"]
        assert report(*named("p1", "./p1"), "validate", cwd=provinces)["folder"] == "p1"

    def test_the_environment_names_several(self, provinces: Path) -> None:
        variable = {"D8PLAN_DATA": os.pathsep.join(["p1", "", "p3", ""])}
        shown = d8plan("validate", "--format", "json", cwd=provinces, env=variable)
        assert [item["folder"] for item in json.loads(shown.stdout)["folders"]] == ["p1", "p3"]

    @pytest.mark.parametrize(
        "command",
        [["summary"], ["export-data"], ["export-appendix", "--output", "x.xlsx"], ["schema", "--check"]],
        ids=str,
    )
    def test_no_other_command_takes_several(self, provinces: Path, command: list[str]) -> None:
        shown = d8plan("--lang", "en", *named("p1", "p3"), *command, cwd=provinces)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert shown.stderr.count("\n") == 1
        assert "2 are named" in shown.stderr

    def test_a_plan_need_be_in_one_folder_alone(self, provinces: Path) -> None:
        (provinces / "p3" / "plans" / "2024").rename(provinces / "p3" / "plans" / "2025")
        told = report(*named("p1", "p3"), "validate", "2025", cwd=provinces)
        assert [[plan["id"] for plan in item["plans"]] for item in told["folders"]] == [[], ["2025"]]
        unknown = d8plan("--lang", "en", *named("p1", "p3"), "validate", "1999", "--format", "json", cwd=provinces)
        assert (unknown.returncode, unknown.stdout) == (2, "")
        assert "1999" in unknown.stderr

    @pytest.mark.parametrize("form", MACHINES)
    def test_an_unreadable_folder_is_told_in_every_document(self, provinces: Path, form: str) -> None:
        shown = d8plan("--lang", "en", *named("p1", "nope"), "validate", "--format", form, cwd=provinces)
        assert "There is no folder nope" in shown.stdout.replace("\\", "")
        assert shown.stderr == ("" if form == "github" else "d8plan: There is no folder nope.\n")

    @pytest.mark.parametrize("form", FORMATS)
    def test_a_lone_unreadable_folder_is_one_line_on_standard_error(self, form: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        shown = d8plan("--lang", "en", "--data", "file", "validate", "--format", form, cwd=tmp_path)
        assert (shown.returncode, shown.stderr.count("\n")) == (3, 1)
        assert bool(shown.stdout) == (form not in ("text", "json"))

    def test_many_folders_at_a_time_are_told_as_one_by_one(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (provinces / "p3" / "plans" / "2024").rename(provinces / "p3" / "plans" / "2025")
        folders = [provinces / name for name in ("p1", "p2", "nope", "p3")]
        asked = judging.Asked(("2025",), catalogue(), strict=False)
        alone = [judging.judge(folder, asked) for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)
        together = list(judging.judge_each(folders, asked))
        assert [judged.outcome for judged in together] == [judged.outcome for judged in alone]
        assert [
            {plan: (error.message, error.code, error.action) for plan, error in judged.missing.items()}
            for judged in together
        ] == [
            {plan: (error.message, error.code, error.action) for plan, error in judged.missing.items()}
            for judged in alone
        ]
        assert [list(judged.missing) for judged in alone] == [["2025"], ["2025"], [], []]

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="the stand-in exists in this process")
    def test_what_a_killed_process_leaves_is_judged_here(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = [provinces / name for name in ("p1", "p2", "p3")]
        asked = judging.Asked((), catalogue(), strict=False)
        alone = [judging.judge(folder, asked).outcome for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)
        monkeypatch.setattr(judging, "judge", partial(judged_where_alive, os.getpid(), provinces / "p2"))
        assert [judged.outcome for judged in judging.judge_each(folders, asked)] == alone

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="processes begin otherwise")
    def test_where_no_process_can_be_had_all_is_judged_here(
        self, provinces: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = [provinces / name for name in ("p1", "p2", "p3")]
        asked = judging.Asked((), catalogue(), strict=False)
        alone = [judging.judge(folder, asked).outcome for folder in folders]
        monkeypatch.setattr(judging, "PATIENCE", -1)

        def refuse() -> int:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

        monkeypatch.setattr(os, "fork", refuse)
        assert [judged.outcome for judged in judging.judge_each(folders, asked)] == alone

    @pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="the stand-in exists in this process")
    def test_an_interrupt_ends_all_processes_without_a_word(self, provinces: Path) -> None:
        script = """
import signal
import time
from d8plan.app import judging
from d8plan.cli.program import main

def slow(folder, asked, judge=judging.judge):
    time.sleep(0.5)
    return judge(folder, asked)

judging.PATIENCE, judging.MOST_PROCESSES, judging.judge = -1, 2, slow
# What runs in the background of a shell inherits that it is to ignore an interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
raise SystemExit(main())
"""
        many = [Path(shutil.copytree(provinces / "p1", provinces / f"more-{number}")) for number in range(40)]
        running = subprocess.Popen(
            [sys.executable, "-c", script, *named(*many), "validate"],
            cwd=provinces,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert running.stdout is not None
        assert running.stdout.readline(), "it has begun to tell"
        os.killpg(running.pid, signal.SIGINT)
        _, complained = running.communicate(timeout=60)
        assert (running.returncode, complained) == (130, b"")
        with pytest.raises(ProcessLookupError):
            os.killpg(running.pid, 0)

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
    def test_progress_is_shown_to_who_watches_and_erased(self, provinces: Path) -> None:
        import pty  # Windows has none

        ours, theirs = pty.openpty()
        folders = named("p1", "nope", "p3")
        done = subprocess.run(
            [sys.executable, "-m", "d8plan", *folders, "validate"],
            cwd=provinces,
            stdout=subprocess.PIPE,
            stderr=theirs,
            check=False,
        )
        os.close(theirs)
        told = os.read(ours, 65536).decode()
        os.close(ours)
        steps = ["[1/3] p1", "[2/3] nope", "[3/3] p3"]
        assert [part for part in told.split("\r") if part.strip()] == steps
        assert told.endswith("\r" + " " * len(steps[-1]) + "\r"), "the last is erased"
        assert b"[1/3]" not in done.stdout
