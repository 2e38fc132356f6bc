"""Set d8plan up in .venv and run it; Python and pip are all it needs.

python3 bootstrap.py validate     any command of d8plan, on the data of this folder
python3 bootstrap.py test         every check of the project, then its tests
python3 bootstrap.py benchmark    d8plan measured beside other programs, in tables
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
BIN = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# The module of import-linter, run as one, checks nothing.
LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"
CHECKS = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    ["-c", LAYERS],
    ["-m", "pytest", "-n", "auto", "--dist", "loadfile"],
)


def run(*arguments: str) -> int:
    """Run the environment's Python and return its exit code."""
    return subprocess.run([PYTHON, *arguments], cwd=ROOT, check=False).returncode


def install(requirements: str) -> None:
    """Make .venv hold what a lock file pins, and d8plan itself."""
    if not PYTHON.exists():
        venv.create(ROOT / ".venv", with_pip=True)
    quiet = ["install", "-qq", "--disable-pip-version-check"]
    steps = (
        ["-m", "pip", *quiet, "--require-hashes", "--requirement", str(ROOT / "requirements" / requirements)],
        ["-m", "pip", *quiet, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        ["-m", "compileall", "-q", str(ROOT / "src")],
    )
    for step in steps:
        if code := run(*step):
            sys.exit(code)


def main() -> int:
    """Do what the command line asks for and return the exit code."""
    if sys.version_info < (3, 11):
        sys.exit("d8plan needs Python 3.11 or newer")
    if sys.argv[1:2] == ["test"]:
        install("dev.txt")
        return next((code for check in CHECKS if (code := run(*check))), 0)
    if sys.argv[1:2] == ["benchmark"]:
        install("benchmark.txt")
        return subprocess.run([PYTHON, ROOT / "benchmarks" / "compare.py", *sys.argv[2:]], check=False).returncode
    install("run.txt")
    os.environ.setdefault("D8PLAN_DATA", str(ROOT / "data"))
    return subprocess.run([PYTHON, "-m", "d8plan", *(sys.argv[1:] or ["validate"])], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
