"""The GitHub Action, the pre-commit hook and the paths that services know."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from reported import ALLOCATIONS, FORMATS, damage
from ruamel.yaml import YAML
from support import DATA, ROOT, copy_draft, d8plan


def yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


ACTION = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
BASH = shutil.which("bash")


def run_step(name: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as GitHub does, with its inputs at their defaults."""
    assert BASH
    script = cwd / "step.sh"
    script.write_text(STEPS[name]["run"], encoding="utf-8", newline="\n")
    inputs = {f"INPUT_{key.upper().replace('-', '_')}": item["default"] for key, item in ACTION["inputs"].items()}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("D8PLAN_")}
    return subprocess.run(
        [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", **inputs, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="a POSIX shell")
class TestAction:
    PROGRAM = str(Path(sys.executable).with_name("d8plan"))

    def validate(self, cwd: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
        summary = cwd / "summary.md"
        summary.write_text("before\n", encoding="utf-8")
        done = run_step("Validate", cwd, PROGRAM=self.PROGRAM, GITHUB_STEP_SUMMARY=str(summary), **inputs)
        return done, summary.read_text(encoding="utf-8")

    def test_a_folder_that_passes(self, tmp_path: Path) -> None:
        copy_draft(tmp_path / "data")
        done, summary = self.validate(tmp_path, INPUT_LANG="en")
        assert (done.returncode, done.stderr) == (0, "")
        assert "::error" not in done.stdout
        assert "::warning file=data/" in done.stdout
        assert summary.startswith("before\n## ✅ d8plan: OK\n")

    def test_a_folder_that_fails(self, tmp_path: Path) -> None:
        copy_draft(tmp_path / "data")
        damage(tmp_path / "data")
        done, summary = self.validate(tmp_path)
        assert done.returncode == 1
        assert f"::error file=data/{ALLOCATIONS}," in done.stdout
        assert "## ❌ d8plan:" in summary

    def test_every_input_is_heeded(self, tmp_path: Path) -> None:
        for name in ("one", "other one"):
            copy_draft(tmp_path / name)
        damage(tmp_path / "other one")
        folders = "\n  one\r\n\nother one  "
        done, summary = self.validate(tmp_path, INPUT_DATA=folders, INPUT_SELECT="A,B", INPUT_LANG="en")
        assert done.returncode == 1
        assert re.findall(r"^\| (one|other one) \| (\w+)", summary, re.MULTILINE)[:2] == [
            ("one", "OK"),
            ("other one", "NOT"),
        ]
        assert "::warning" not in done.stdout
        assert self.validate(tmp_path, INPUT_DATA=folders, INPUT_IGNORE="A,S001")[0].returncode == 0
        assert self.validate(tmp_path, INPUT_DATA="one", INPUT_STRICT="true")[0].returncode == 1
        # A copy of drafts: no seal is there, whatever is selected.
        required = {"INPUT_DATA": "one", "INPUT_SELECT": "A", "INPUT_REQUIRE_SEALED": "true"}
        done, summary = self.validate(tmp_path, **required)
        assert done.returncode == 1
        assert "L009" in summary

    def test_unreadable_and_misused(self, tmp_path: Path) -> None:
        done, summary = self.validate(tmp_path, INPUT_DATA="nope", INPUT_LANG="en")
        assert done.returncode == 3
        assert "There is no folder nope" in summary
        copy_draft(tmp_path / "data")
        done, summary = self.validate(tmp_path, INPUT_SELECT="?")
        assert (done.returncode, summary) == (2, "before\n")

    @pytest.mark.parametrize("key", ["DATA", "SELECT", "IGNORE", "LANG", "STRICT", "REQUIRE_SEALED"])
    def test_inputs_are_never_run(self, tmp_path: Path, key: str) -> None:
        copy_draft(tmp_path / "data")
        self.validate(tmp_path, **{f"INPUT_{key}": '$(touch owned) `touch owned`; touch owned "; touch owned #'})
        assert not (tmp_path / "owned").exists()

    def test_it_installs_pinned_requirements_first(self, tmp_path: Path) -> None:
        fake = tmp_path / "python"
        fake.write_text(
            '#!/usr/bin/env bash\necho "$*" >> "$LOG"\n'
            'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
            encoding="utf-8",
        )
        fake.chmod(0o755)
        (tmp_path / "temp").mkdir()
        places = {"LOG": "log", "PYTHON": "python", "GITHUB_OUTPUT": "out", "RUNNER_TEMP": "temp"}
        env = {key: str(tmp_path / value) for key, value in places.items()}
        done = run_step("Install d8plan", tmp_path, GITHUB_ACTION_PATH=str(ROOT), **env)
        assert (done.returncode, done.stderr) == (0, "")
        made, locked, own = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
        assert made.startswith("-m venv ")
        assert locked.endswith(f"--require-hashes --requirement {ROOT}/requirements/run.txt")
        assert own.endswith(f"--no-deps --no-build-isolation {ROOT}")
        assert (tmp_path / "out").read_text(encoding="utf-8") == f"program={tmp_path}/temp/d8plan/bin/d8plan\n"


def test_the_action_has_the_shape_that_github_expects() -> None:
    assert set(ACTION["inputs"]) == {"data", "strict", "require-sealed", "select", "ignore", "lang", "python-version"}
    assert all(item["description"] and isinstance(item["default"], str) for item in ACTION["inputs"].values())
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert ("uses" in step) != ("run" in step)
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "inputs reach a script as variables alone"
    assert set(STEPS["Validate"]["env"]) == {
        "PROGRAM",
        *(f"INPUT_{key}" for key in ("DATA", "STRICT", "REQUIRE_SEALED", "SELECT", "IGNORE", "LANG")),
    }


def test_the_hook_has_the_shape_that_pre_commit_expects(good: Path) -> None:
    (hook,) = yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("d8plan-validate", "python", False)
    files = [str(path.relative_to(DATA.parent)).replace(os.sep, "/") for path in DATA.rglob("*") if path.is_file()]
    assert all(re.search(hook["files"], file) for file in files)
    assert not re.search(hook["files"], "src/data/x.yaml")
    assert hook["entry"] == "d8plan"
    assert d8plan(*hook["args"]).returncode == 0


def test_the_examples_of_the_page_are_yaml_and_name_what_there_is() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = [yaml(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    workflow, scan, gitlab, *hooks = blocks
    (used,) = [step for step in workflow["jobs"]["validate"]["steps"] if "d8plan" in step.get("uses", "")]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert scan["permissions"]["security-events"] == "write"
    assert gitlab["plans"]["artifacts"]["reports"] == {"junit": "d8plan.xml"}
    assert [block["repos"][0]["hooks"][0]["id"] for block in hooks] == ["d8plan-validate"] * 2
    assert set(re.findall(r"--format (\w+)", text)) <= set(FORMATS)
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(FORMATS)


class TestPathsOfServices:
    """What services attach to files of a repository names them from its top, wherever d8plan runs."""

    FILE = "data/plans/2024/allocations.yaml"

    @pytest.fixture
    def top(self, tmp_path: Path) -> Path:
        """Return a repository with a damaged data folder in a folder within."""
        top = tmp_path / "kho của tỉnh"
        (top / ".git").mkdir(parents=True)
        copy_draft(top / "tỉnh a" / "data")
        damage(top / "tỉnh a" / "data")
        return top

    @staticmethod
    def paths(*line: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
        """Return the file of the first finding as each of the three formats names it."""
        github, junit, log = (
            d8plan(*line, "validate", "--select", "A001", "--format", form, cwd=cwd, env=env).stdout
            for form in ("github", "junit", "sarif")
        )
        (annotation,) = re.findall(r"^::error file=([^,]*),", github, re.MULTILINE)
        (test,) = (one for one in ElementTree.fromstring(junit).iter("testcase") if one.find("failure") is not None)
        (result,) = json.loads(log)["runs"][0]["results"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert str(test.get("classname")).removeprefix("./") == unquote(annotation).removesuffix("/allocations.yaml")
        assert re.fullmatch(r"[\x21-\x7e]+", uri), "a URI has no other characters"
        return {unquote(annotation), str(test.get("file")), unquote(uri)}

    @pytest.mark.parametrize("below", [".", "tỉnh a", "tỉnh a/data", "tỉnh a/data/plans"])
    def test_from_any_folder(self, top: Path, below: str) -> None:
        assert self.paths("--data", str(top / "tỉnh a" / "data"), cwd=top / below) == {f"tỉnh a/{self.FILE}"}

    def test_found_and_named_in_other_ways(self, top: Path, tmp_path: Path) -> None:
        named = {f"tỉnh a/{self.FILE}"}
        assert self.paths(cwd=top / "tỉnh a") == named
        assert self.paths("--data", ".", cwd=top / "tỉnh a" / "data") == named
        assert self.paths("--data", "../data", cwd=top / "tỉnh a" / "data") == named
        (tmp_path / "elsewhere").symlink_to(top / "tỉnh a" / "data")
        assert self.paths("--data", str(tmp_path / "elsewhere"), cwd=tmp_path) == named
        (top / ".git").rmdir()
        (top / ".git").write_text("gitdir: ../x\n", encoding="utf-8")
        assert self.paths(cwd=top / "tỉnh a") == named, "a work tree or a submodule has a file there"

    def test_a_data_folder_that_is_the_repository(self, top: Path) -> None:
        (top / "tỉnh a" / "data" / ".git").mkdir()
        assert self.paths("--data", "data", cwd=top / "tỉnh a") == {"plans/2024/allocations.yaml"}

    def test_without_a_repository(self, top: Path, tmp_path: Path) -> None:
        (top / ".git").rmdir()
        here = top / "tỉnh a"
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": ""}) == {self.FILE}
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": str(top)}) == {f"tỉnh a/{self.FILE}"}
        assert self.paths(cwd=here, env={"GITHUB_WORKSPACE": str(tmp_path / "other")}) == {self.FILE}

    def test_what_people_read_is_from_here(self, top: Path) -> None:
        shown = d8plan("validate", "--select", "A001", cwd=top / "tỉnh a").stdout
        assert shown.startswith(f"{self.FILE}:")
