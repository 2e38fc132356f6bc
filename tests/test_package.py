"""What is built is what works: the wheel, installed elsewhere; the sdist, whole."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support import DATA, ROOT


def python(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    python("-m", "hatchling", "build", "--directory", str(folder), cwd=ROOT)
    return folder


def test_the_installed_wheel_works(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "d8plan/py.typed" in names
    assert "d8plan/text/locale/vi/LC_MESSAGES/d8plan.mo" in names
    assert {f"d8plan/checks/pages/{code}/A001.md" for code in ("vi", "en")} <= set(names)
    assert {f"d8plan/storage/parquet/proofs/{name}.sql" for name in ("levels", "targets", "statements")} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "data/", ".venv/"))]
    target = tmp_path / "installed"
    pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    python(*pip, "--target", str(target), str(wheel), cwd=tmp_path)
    env = {"PYTHONPATH": str(target)}
    where = python("-c", "import d8plan; print(d8plan.__file__)", cwd=tmp_path, env=env)
    assert Path(where.strip()).is_relative_to(target)
    shown = python("-m", "d8plan", "--data", str(DATA), "validate", cwd=tmp_path, env=env)
    assert "ĐẠT" in shown
    assert "d8plan = d8plan.__main__:run" in next(target.glob("*.dist-info/entry_points.txt")).read_text("utf-8")


def test_the_sdist_holds_what_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "tools/catalogues.py",
        "tools/pages.py",
        "README.md",
        "LICENSE",
        "tests/test_package.py",
    } <= names
    assert "data/plans/2024/allocations.yaml" in names
    assert not [name for name in names if name.startswith((".venv", ".git/"))]


def test_the_lock_pins_hashes_and_names_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line and line.endswith("\\") for line in pinned)


NEEDED = {"d8plan", "pydantic", "ruamel", "typer"}
"""Packages that a command which only reads may import."""
THEIRS = {"annotated_doc", "annotated_types", "pydantic_core", "shellingham", "typing_extensions", "typing_inspection"}
"""What those import."""
SLOW = {"asyncio", "concurrent", "http", "multiprocessing", "sqlite3", "ssl", "unittest", "xml"}
"""Packages of Python itself that take long to import, and which no such command needs; pydantic itself takes email."""
OF_OTHERS = ("sheets.reading", "sheets.forms", "views.page", "storage.excel", "storage.parquet")
"""Our own packages for what such a command does not do."""


@pytest.mark.parametrize(
    ("arguments", "besides"),
    [
        (["validate"], set()),
        (["summary", "--district", "Bảo Lạc"], {"rich"}),
        (["explain", "A001"], set()),
        (["--help"], {"filelock"}),
        (["validate", "--help"], set()),
    ],
    ids=" ".join,
)
def test_what_a_command_imports(arguments: list[str], besides: set[str]) -> None:
    """Start-up is most of what a user waits for: a package more must be meant."""
    code = (
        "import sys, io, os; sys.stdout = io.StringIO(); before = set(sys.modules)\n"
        f"from d8plan.cli.program import main; main({arguments!r})\n"
        "names = set(sys.modules) - before\n"
        "in_file = [name for name in names if getattr(sys.modules[name], '__file__', None)]\n"
        "sys.__stdout__.write(' '.join(in_file))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    loaded = set(done.stdout.split())
    tops = {name.partition(".")[0] for name in loaded}
    assert "d8plan.cli" in loaded
    assert {
        name for name in tops if name not in sys.stdlib_module_names and not name.startswith("_")
    } <= NEEDED | THEIRS | besides
    assert not tops & SLOW
    assert [name for name in loaded if name.startswith(tuple(f"d8plan.{room}" for room in OF_OTHERS))] == []
    # The tables of rich are the slow part of it.
    assert not loaded & {"rich.progress", "rich.traceback"}


@pytest.mark.parametrize("package", sorted(ROOT.glob("src/d8plan/**/__init__.py")), ids=lambda path: path.parent.name)
def test_no_name_of_a_package_is_a_module_of_it(package: Path) -> None:
    """Whichever is imported last would win: what works in one order of commands fails in another."""
    names: set[str] = set()
    for one in ast.parse(package.read_text(encoding="utf-8")).body:
        match one:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.ImportFrom(module=module) if module != f"d8plan.{package.parent.name}":
                names |= {alias.asname or alias.name for alias in one.names}
    modules = {path.name.removesuffix(".py") for path in package.parent.iterdir()} - {"__init__", "__pycache__"}
    assert not names & modules
