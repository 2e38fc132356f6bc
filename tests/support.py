"""Run d8plan as its users do."""

from __future__ import annotations

import datetime
import gc
import importlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from d8plan.checks import run
from d8plan.models.allocations import AllocationsFile
from d8plan.models.base import StrictModel
from d8plan.models.files import EMPTY, PER_PLAN, Dataset, PlanFiles
from d8plan.models.findings import Finding
from d8plan.models.plan import Plan
from d8plan.storage.data.loader import Loaded, load

TODAY = datetime.date(2026, 11, 23)
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
UNITS = ("quang-hoa", "trung-khanh", "ha-lang", "thach-an", "hoa-an", "ha-quang", "nguyen-binh", "bao-lac", "bao-lam")
"""The districts of the shipped plan, in its order (as its first annex numbers them)."""


def d8plan(*arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run d8plan as a program in a folder, 80 columns in a pipe, and return what it wrote.

    Where a process can be forked it is one of this process: what takes long is to start Python and to import. What
    concerns how Python itself starts needs a new one.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("D8PLAN_", "LANG", "LC_"))}
    new = {**kept, "PYTHONIOENCODING": "utf-8", **(env or {})}
    if sys.platform == "linux" and not any(key.startswith(("PYTHON", "LANG", "LC_")) for key in env or {}):
        return _forked(arguments, cwd, new)
    return subprocess.run(
        [sys.executable, "-m", "d8plan", *arguments],
        cwd=cwd,
        env=new,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _forked(arguments: tuple[str, ...], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run d8plan in a copy of this process that looks to it like one of its own."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer versions of Python warn of threads, of which none is at work here
        child = os.fork()
        if child == 0:
            _become_d8plan(arguments, cwd, env, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        for file in (out, err):
            file.seek(0)
        written = [file.read().decode("utf-8", "replace") for file in (out, err)]
    return subprocess.CompletedProcess([sys.executable, "-m", "d8plan", *arguments], code, *written)


def _become_d8plan(arguments: tuple[str, ...], cwd: Path, env: dict[str, str], out: int, err: int) -> NoReturn:
    """Run d8plan in this process, from a state as at its start, and end."""
    code = 1
    try:
        gc.disable()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end, as the next two
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        # The words of options are said at import, in the language that is set then.
        for name in [name for name in sys.modules if name == "d8plan.__main__" or name.startswith("d8plan.cli")]:
            del sys.modules[name]
        program = sys.modules["__main__"] = importlib.import_module("d8plan.__main__")
        sys.argv = [str(program.__file__), *arguments]
        code = importlib.import_module("d8plan.cli.program").main(list(arguments))
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def stated_in(finding: Finding) -> tuple[str, tuple[int, ...]] | None:
    """Return the number of the document that states a finding's value, and the lines."""
    return finding.cited and finding.cited[:2]


def replace_once(path: Path, old: str, new: str) -> int:
    """Replace a string that stands once in a file; return the 1-based line it stood in."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    return text.count("\n", 0, text.index(old)) + 1


def copy_draft(to: Path, data: Path = DATA) -> Path:
    """Copy a data folder without its seals, so that a test may change it as one changes a draft."""
    return Path(shutil.copytree(data, to, ignore=shutil.ignore_patterns("seal.json")))


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that is in a folder: of each entry its kind, mode, times, where it leads, and its bytes."""
    found: dict[str, tuple[object, ...]] = {}
    for one in (folder, *sorted(folder.rglob("*"))):
        at = one.lstat()
        link = one.readlink() if one.is_symlink() else None
        content = one.read_bytes() if stat.S_ISREG(at.st_mode) else None
        found[one.relative_to(folder).as_posix()] = (at.st_mtime_ns, at.st_ctime_ns, at.st_mode, link, content)
    return found


def _all(folder: Path) -> tuple[Loaded, list[Finding]]:
    loaded = load(folder)
    return loaded, [*loaded.findings, *run(loaded.dataset, TODAY).findings]


@cache
def _known() -> frozenset[tuple[object, ...]]:
    return frozenset((item.rule.code, item.place) for item in _all(DATA)[1])


def new_findings(folder: Path) -> tuple[Loaded, list[Finding]]:
    """Return a loaded folder and what is found in it beyond the questions that the shipped plan leaves open."""
    loaded, findings = _all(folder)
    return loaded, beyond_known(findings)


def beyond_known(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that the shipped plan does not have itself."""
    return [item for item in findings if (item.rule.code, item.place) not in _known()]


def plan_files(name: str, plan: Plan, allocations: AllocationsFile, **others: StrictModel | None) -> PlanFiles:
    """Return the files of a made-up plan; of those that are not given nothing is there."""
    absent: dict[str, Any] = {file.removesuffix(".yaml"): EMPTY.get(file) for file in PER_PLAN}
    given = {key: one for key, one in others.items() if one is not None}
    whole: dict[str, Any] = {**absent, "plan": plan, "allocations": allocations, **given}
    return PlanFiles(id=name, **whole, amendments={}, results={}, seal=None)


def unsealed(dataset: Dataset) -> Dataset:
    """Return a data folder as if its plans were drafts."""
    return dataset._replace(seal=None, plans={key: files._replace(seal=None) for key, files in dataset.plans.items()})
