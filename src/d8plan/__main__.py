"""The program: ``d8plan`` and ``python -m d8plan``."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Run the command line and end the process with its exit code."""
    # A short-lived process frees more by ending than by looking for cycles, imports included.
    gc.disable()
    from d8plan.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
