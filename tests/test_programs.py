"""Other programs are found where the system has them, never in the folder one is in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from d8plan.storage import programs
from d8plan.storage.data.revisions import RevisionError, commit_of
from d8plan.storage.excel.pdf import office

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="writes scripts of a shell")


def put(folder: Path, *names: str) -> Path:
    """Put programs into a folder that must not be run."""
    folder.mkdir(exist_ok=True)
    for name in names:
        program = folder / name
        program.write_text("#!/bin/sh\ntouch ran\n")
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize("entries", ["", ".", ":", ".:", "::.", "bin", "./bin:../here/bin"])
def test_a_program_in_the_folder_one_is_in_is_never_found(
    entries: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = put(tmp_path / "here", "git", "soffice", "libreoffice")
    put(here / "bin", "git", "soffice", "libreoffice")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", entries)
    assert office() is None
    with pytest.raises(RevisionError):
        commit_of(here, "HEAD")
    assert not list(tmp_path.rglob("ran"))


def test_a_program_of_the_system_is_found_behind_entries_that_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, system = put(tmp_path / "here", "soffice"), put(tmp_path / "system", "soffice")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "soffice").mkdir()
    (put(tmp_path / "unusable", "soffice") / "soffice").chmod(0o644)
    monkeypatch.chdir(here)
    folders = [tmp_path / "missing", tmp_path / "other", *([] if os.getuid() == 0 else [tmp_path / "unusable"]), system]
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", *map(str, folders)]))
    assert office() == str(system / "soffice")
    assert programs.find("nothing-of-this-name") is None
