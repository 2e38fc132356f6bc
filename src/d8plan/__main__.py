"""The program: ``d8plan`` and ``python -m d8plan``."""

from __future__ import annotations

import contextlib
import gc
import os
import sys


def run() -> None:
    """Run the command line and end the process with its exit code."""
    # A short-lived process frees more by ending than by looking for cycles, imports included.
    gc.disable()
    from d8plan.cli.program import main

    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # what could not be written has been told
            stream.flush()
    # Everything is written: taking apart each object still alive would be an eighth of the run.
    os._exit(code)


if __name__ == "__main__":
    run()
