"""Run d8plan as its users do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"


def d8plan(*arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run d8plan as a program in a folder, 80 columns in a pipe, and return what it wrote."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("D8PLAN_", "LANG", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "d8plan", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", **(env or {})},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def replace_once(path: Path, old: str, new: str) -> int:
    """Replace a string that stands once in a file; return the 1-based line it stood in."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    return text.count("\n", 0, text.index(old)) + 1
