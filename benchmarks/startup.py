"""Time ``d8plan validate`` beside the import of what it stands on, in alternating runs.

.venv/bin/python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VALIDATE = [str(Path(sys.executable).with_name("d8plan")), "validate"]
IMPORTS = [sys.executable, "-c", "import typer, pydantic, ruamel.yaml"]


def seconds(command: list[str]) -> float:
    """Return how long a command takes from start to end."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Print the medians and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    pairs = [(seconds(VALIDATE), seconds(IMPORTS)) for _ in range(runs + 1)][1:]
    validate, imports = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"validate {validate * 1000:.0f} ms, imports {imports * 1000:.0f} ms, ratio {validate / imports:.2f}")


if __name__ == "__main__":
    main()
