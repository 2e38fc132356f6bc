"""Turn workbooks into PDF with LibreOffice, where it is installed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from d8plan.storage import programs

PROGRAMS = ("soffice", "libreoffice")
CONVERSION_TIMEOUT = 120
"""How long LibreOffice may take for one workbook; the first start with a new profile takes several seconds."""


class OfficeMissingError(Exception):
    """LibreOffice is not installed, or not where programs are looked for."""


class OfficeFailedError(Exception):
    """LibreOffice gave no PDF."""


def office() -> str | None:
    """Return the path of LibreOffice; None where it is not installed."""
    return next((found for name in PROGRAMS if (found := programs.find(name))), None)


def to_pdf(workbooks: Sequence[bytes]) -> list[bytes]:
    """Return each workbook as the content of a PDF file, hidden sheets left out.

    LibreOffice runs with a profile of its own, so that neither an open window nor the user's settings matter.
    Raises OfficeMissingError or OfficeFailedError, also where it takes longer than ``CONVERSION_TIMEOUT`` for each.
    """
    program = office()
    if program is None:
        raise OfficeMissingError
    with tempfile.TemporaryDirectory(prefix="d8plan-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        names = [f"{number}.xlsx" for number in range(len(workbooks))]
        for name, content in zip(names, workbooks, strict=True):
            (folder / name).write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        _run(
            [program, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder), *names],
            folder,
            CONVERSION_TIMEOUT * len(workbooks),
        )
        try:
            return [(folder / name).with_suffix(".pdf").read_bytes() for name in names]
        except FileNotFoundError as error:
            raise OfficeFailedError from error


def _run(command: list[str], folder: Path, seconds: int) -> None:
    """Run a program in a folder; end it with all that it started where it takes too long."""
    try:
        with subprocess.Popen(  # noqa: S603 - the program is found in PATH, and no argument comes from data
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(seconds)
            finally:
                _end(process)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OfficeFailedError from error
    if process.returncode:
        raise OfficeFailedError


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that still runs; LibreOffice's launcher has children of its own."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
