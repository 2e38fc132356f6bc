"""The sessions of README and docs are what d8plan prints, and every command is told."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import hand_edited as hand
import pytest
from support import DATA, ROOT, copy_draft, d8plan, replace_once

from d8plan.cli.program import command_names
from d8plan.models.places import Place

READMES = ("README.md", "README.vi.md")
PAGES = (*READMES, *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SKIPPED = "…\n"
"""Stands for lines left out."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as the README has it: the data, and a copy with the change it makes."""
    shutil.copytree(DATA, tmp_path / "data")
    shutil.copytree(DATA, tmp_path / "changed")
    draft = copy_draft(tmp_path / "draft")
    _, book = hand.exported(draft, "2024")
    teams = Place("plans/2024/allocations.yaml", ("indicators", "communication-teams", "units", "bao-lac", "district"))
    edited = hand.edited(hand.edited(book, hand.typed({teams: "6 tổ"})), hand.reordered(random.Random(1)))
    (tmp_path / "edited.xlsx").write_bytes(hand.content(edited))
    replace_once(
        tmp_path / "changed" / "plans" / "2024" / "allocations.yaml",
        "bao-lac:           {province: 5, district: 5}",
        "bao-lac:           {province: 5, district: 6}",
    )
    return tmp_path


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8"}
    for name in ("D8PLAN_LANG", "D8PLAN_DATA"):
        env.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def matches(expected: str, shown: str) -> bool:
    pattern = ".*\n".join(map(re.escape, expected.split(SKIPPED)))
    return re.fullmatch(pattern, shown, re.DOTALL) is not None


def sessions(page: str) -> list[str]:
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [part for block in blocks for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE) if part]


@pytest.mark.skipif(shutil.which("bash") is None, reason="the sessions are of a POSIX shell")
@pytest.mark.parametrize("page", [page for page in PAGES if sessions(page)])
def test_sessions(page: str, folder: Path) -> None:
    for session in sessions(page):
        command, _, expected = session.removeprefix("$ ").partition("\n")
        shown = run(command, folder)
        assert matches(expected, shown), f"{command}\n{shown}"


def test_the_readmes_show_what_it_does() -> None:
    assert min(len(sessions(page)) for page in READMES) >= 3
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 160


@pytest.mark.parametrize("page", READMES)
def test_every_command_is_told(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [
        command for command in command_names() if not re.search(rf"d8plan (--lang en )?(--data \w+ )?{command}\b", text)
    ] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_two_commands_come_first() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^```sh\n(.*)\n```", text, re.MULTILINE) == [
        "python3 bootstrap.py validate",
        "python3 bootstrap.py test",
    ]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "python3 bootstrap.py test"


def test_the_json_contract_is_documented() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    validate_part = text.split("## `d8plan summary")[0]
    report = json.loads(d8plan("validate", "--format", "json").stdout)
    covered = report["findings"][-1]
    for keys in (set(report), set(covered)):
        assert [key for key in keys if f"`{key}`" not in validate_part] == []
    documented = set(re.findall(r"`(\w+)`", validate_part.split("Each finding")[1].split("## ")[0]))
    values = {"error", "warning", "info", "A001", "message", "file", "line"}
    assert documented - values - {"level-total"} <= set(covered)
