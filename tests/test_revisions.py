"""A data folder as it is in a revision: the same whatever surrounds git, and one clear line where it cannot be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from repositories import begin, commit, git, needs_git
from support import copy_draft, replace_once

from d8plan.storage.data import revisions
from d8plan.storage.data.loader import load
from d8plan.storage.data.revisions import RevisionError, UnknownRevisionError, commit_of, read

pytestmark = needs_git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a data folder below its top, committed once and changed since."""
    top = tmp_path / "repository"
    copy_draft(top / "tỉnh nhà" / "data")
    begin(top)
    replace_once(top / "tỉnh nhà/data/units.yaml", "name: Bảo Lạc", "name: Khác")
    return top


@pytest.fixture
def folder(repository: Path) -> Path:
    """Return its data folder."""
    return repository / "tỉnh nhà" / "data"


def name_of(folder: Path, revision: str) -> str:
    """Return what a unit is called in a revision."""
    loaded = load(folder, read(folder, revision))
    assert not loaded.dataset.broken
    assert loaded.dataset.units
    return loaded.dataset.units.units["bao-lac"].name


def refused(folder: Path, revision: str) -> RevisionError:
    with pytest.raises(RevisionError) as caught:
        read(folder, revision)
    return caught.value


def test_files_are_as_they_were_committed(folder: Path) -> None:
    contents = read(folder, "HEAD")
    git(folder, "stash", "--quiet")
    on_disk = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.suffix == ".yaml"
    }
    assert dict(contents.files) == on_disk


def test_branches_tags_hashes_and_ancestors_name_revisions(folder: Path) -> None:
    git(folder, "tag", "--annotate", "--message=x", "da-ky")
    commit(folder)
    full = git(folder, "rev-parse", "HEAD").strip()
    assert [name_of(folder, name) for name in ("da-ky", "HEAD~1", "main^")] == ["Bảo Lạc"] * 3
    assert [name_of(folder, name) for name in ("HEAD", "main", full, full[:9], "@")] == ["Khác"] * 5
    named = commit_of(folder, "HEAD")
    assert named
    assert full.startswith(named[0])
    assert named[1].isoformat() == "2026-11-20"


def test_another_folder_of_the_repository_can_be_named(repository: Path, folder: Path) -> None:
    git(repository, "mv", "tỉnh nhà/data", "moved")
    commit(repository)
    moved = repository / "moved"
    assert "no folder" in refused(moved, "HEAD~1").message.template
    for path in ("tỉnh nhà/data", "tỉnh nhà/data/", "./tỉnh nhà//data"):
        assert "units.yaml" in read(moved, "HEAD~1", path).files


@pytest.mark.parametrize(
    "revision",
    ["nope", "-x", "--all", "--output=x", "", ":/x", "HEAD..main", "a b", "\n", "HEAD\nmain", "é", "@{9999}"],
)
def test_what_git_does_not_know_is_refused(folder: Path, revision: str) -> None:
    error = refused(folder, revision)
    assert isinstance(error, UnknownRevisionError)
    assert "knows no revision" in error.message.template
    assert not (folder / "x").exists()


def test_a_folder_outside_any_repository_is_refused(tmp_path: Path) -> None:
    outside = copy_draft(tmp_path / "data")
    assert "does not lie in a git repository" in refused(outside, "HEAD").message.template


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    empty = copy_draft(tmp_path / "data")
    git(empty, "init", "--quiet")
    assert isinstance(refused(empty, "HEAD"), UnknownRevisionError)


def test_a_folder_that_is_not_committed_is_refused(repository: Path) -> None:
    beside = copy_draft(repository / "beside")
    assert "has no folder" in refused(beside, "HEAD").message.template


def test_without_git_it_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert "git is not installed" in refused(folder, "HEAD").message.template


def test_no_git_of_the_folder_we_are_in_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    planted = tmp_path / ("git.exe" if sys.platform == "win32" else "git")
    planted.write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    planted.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert "git is not installed" in refused(folder, "HEAD").message.template
    assert not (tmp_path / "ran").exists()


def test_variables_of_git_move_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = copy_draft(tmp_path / "other")
    replace_once(other / "units.yaml", "name: Bảo Lạc", "name: Nơi khác")
    begin(other)
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
    monkeypatch.setenv("GIT_TRACE", "1")
    assert name_of(folder, "HEAD") == "Bảo Lạc"


def test_settings_filters_and_hooks_of_the_repository_run_nothing(repository: Path, folder: Path) -> None:
    ran = repository / "ran"
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "filter.x.smudge", "diff.x.textconv", "core.editor"):
        git(repository, "config", key, f"touch '{ran}'; false")
    git(repository, "config", "core.autocrlf", "true")
    (repository / ".git" / "info" / "attributes").write_text("*.yaml filter=x diff=x text eol=crlf\n", encoding="utf-8")
    assert b"\r" not in read(folder, "HEAD").files["units.yaml"]
    assert not ran.exists()


def test_line_ends_of_windows_stay(folder: Path) -> None:
    path = folder / "units.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    commit(folder)
    assert read(folder, "HEAD").files["units.yaml"] == path.read_bytes()


def test_shallow_clones_and_further_worktrees_have_revisions_too(repository: Path, tmp_path: Path) -> None:
    commit(repository)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), str(clone))
    assert name_of(clone / "tỉnh nhà/data", "HEAD") == "Khác"
    assert isinstance(refused(clone / "tỉnh nhà/data", "HEAD~1"), UnknownRevisionError)
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "tree"), "HEAD~1")
    assert name_of(tmp_path / "tree/tỉnh nhà/data", "HEAD") == "Bảo Lạc"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own")
def test_links_and_submodules_are_refused(repository: Path, folder: Path) -> None:
    (folder / "plans" / "2030").symlink_to("2024")
    commit(repository)
    error = refused(folder, "HEAD")
    assert "link" in error.message.template
    assert dict(error.message.values)["path"] == "plans/2030"
    (folder / "plans" / "2030").unlink()
    inner = copy_draft(folder / "plans" / "inner")
    begin(inner)
    commit(repository)
    assert dict(refused(folder, "HEAD").message.values)["path"] == "plans/inner"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own")
def test_a_folder_reached_through_a_link_is_the_one_it_leads_to(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert name_of(link, "HEAD") == "Bảo Lạc"


def test_too_large_is_refused_and_other_files_are_left_alone(folder: Path) -> None:
    (folder / "scan.pdf").write_bytes(os.urandom(2_100_000))
    commit(folder)
    assert "scan.pdf" not in read(folder, "HEAD").files
    (folder / "plans/2024/large.yaml").write_bytes(b"#" * 2_100_000)
    commit(folder)
    assert "too large" in refused(folder, "HEAD").message.template


def test_many_files_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "MAX_FILES", 5)
    assert "too large" in refused(folder, "HEAD").message.template


def test_an_object_that_is_missing_is_told(repository: Path, folder: Path) -> None:
    identity = git(repository, "rev-parse", "HEAD:tỉnh nhà/data/units.yaml").strip()
    lost = repository / ".git" / "objects" / identity[:2] / identity[2:]
    lost.chmod(0o600)
    lost.unlink()
    assert "git lacks" in refused(folder, "HEAD").message.template


def test_nothing_of_the_repository_is_changed(repository: Path, folder: Path) -> None:
    def stamps() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in (repository / ".git").rglob("*") if path.is_file()}

    before = stamps()
    read(folder, "HEAD")
    commit_of(folder, "HEAD")
    assert stamps() == before
