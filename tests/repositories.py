"""Git repositories for tests: made from a folder, with nobody's own settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Run git in a folder and return what it wrote; fail where it fails."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    dates = {"GIT_AUTHOR_DATE": "2026-11-20T09:00:00+0700", "GIT_COMMITTER_DATE": "2026-11-20T09:00:00+0700"}
    run = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder), *arguments],
        env={**kept, **alone, **dates, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def begin(folder: Path) -> None:
    """Make a folder a repository and commit all of it."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)


def commit(folder: Path) -> None:
    """Commit all of a repository's folder."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x")
