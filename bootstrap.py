"""Set d8plan up in .venv and run it; Python and pip are all it needs.

python3 bootstrap.py validate     any command of d8plan, on the data of this folder
python3 bootstrap.py test         every check of the project, then its tests
python3 bootstrap.py test lowest  its tests with the lowest versions that pyproject.toml allows, in .venv-lowest
python3 bootstrap.py test newest  its tests with the newest versions that can be had, in .venv-newest
python3 bootstrap.py benchmark    d8plan measured beside other programs, in tables
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# The module of import-linter, run as one, checks nothing.
LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"
CHECKS = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    ["-c", LAYERS],
    ["-m", "pytest", "-n", "auto", "--dist", "worksteal"],
)


class Environment:
    """A virtual environment of the project."""

    def __init__(self, folder: str) -> None:
        """Name it by its folder; it is made when something is installed."""
        self.folder = ROOT / folder
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(self, *arguments: str) -> int:
        """Run its Python in the project's folder and return the exit code."""
        return subprocess.run([self.python, *arguments], cwd=ROOT, check=False).returncode

    def install(self, *requirements: str) -> None:
        """Make it hold what pip is told to install, and d8plan itself."""
        if not self.python.exists():
            venv.create(self.folder, with_pip=True)
        pip = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        steps = (
            [*pip, *requirements],
            [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
            ["-m", "compileall", "-q", str(ROOT / "src")],
        )
        for step in steps:
            if code := self.run(*step):
                sys.exit(code)


def locked(name: str) -> list[str]:
    """Return how pip is told to install what a lock file pins, and nothing else."""
    return ["--require-hashes", "--requirement", str(ROOT / "requirements" / f"{name}.txt")]


def newest() -> list[str]:
    """Return how pip is told to install the newest of all that the tests need."""
    import tomllib  # which a Python too old to be used does not have

    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    needed = [*project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        needed += extra
    for group in ("build", "dev"):
        needed += [entry for entry in project["dependency-groups"][group] if isinstance(entry, str)]
    return ["--upgrade", *needed]


def main() -> int:
    """Do what the command line asks for and return the exit code."""
    if sys.version_info < (3, 11):
        sys.exit("d8plan needs Python 3.11 or newer")
    command, arguments = (sys.argv[1:2] or ["validate"])[0], sys.argv[2:]
    if command == "test" and arguments in (["lowest"], ["newest"]):
        environment = Environment(f".venv-{arguments[0]}")
        environment.install(*(newest() if arguments == ["newest"] else locked("lowest")))
        return environment.run(*CHECKS[-1])
    environment = Environment(".venv")
    if command == "test":
        environment.install(*locked("dev"))
        return next((code for check in CHECKS if (code := environment.run(*check))), 0)
    if command == "benchmark":
        environment.install(*locked("benchmark"))
        return environment.run(str(ROOT / "benchmarks" / "compare.py"), *arguments)
    environment.install(*locked("run"))
    os.environ.setdefault("D8PLAN_DATA", str(ROOT / "data"))
    # In the folder it was called from, for the files that it names.
    return subprocess.run([environment.python, "-m", "d8plan", command, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
