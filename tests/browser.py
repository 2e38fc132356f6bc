"""Drive a browser as a reader does: Chromium without a window, told what to do through a pair of pipes.

The messages are those of the DevTools protocol, one JSON text each, ended by a zero byte.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60
"""Seconds to wait for an answer."""
_KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    " ": (32, " "),
    "ArrowDown": (40, ""),
}
"""Code and text of the keys that tests press."""


def executable() -> str | None:
    """Return the browser of this machine; None where there is none that can be driven by pipes."""
    found = (shutil.which(name) for name in NAMES)
    return next((name for name in found if name), None) if os.name == "posix" else None


class Browser:
    """One page in a browser."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._number, self._read = 0, b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def open(self, page: Path, fragment: str = "", *, width: int = 1280, scripts: bool = True) -> None:
        """Show a file in a window so many pixels wide; forget what happened before."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500
        )
        self._ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        # By way of an empty page: another fragment alone would not open the file anew.
        for address in ("about:blank", page.as_uri() + fragment):
            self.events.clear()
            self._ask("Page.navigate", url=address)
            self._wait("Page.loadEventFired")

    def see(self, expression: str) -> Any:
        """Return what an expression of JavaScript comes to in the page."""
        told = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, as a hand does."""
        for key in keys:
            code, text = _KEYS[key]
            told = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
            self._ask("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
            self._ask("Input.dispatchKeyEvent", type="keyUp", **told)
        # What a key changes in the address is told to the page a moment later.
        self.see("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def printed(self) -> bytes:
        """Return the page on paper, as a PDF file."""
        return base64.b64decode(self._ask("Page.printToPDF", preferCSSPageSize=True)["data"])

    def asked_for(self) -> list[str]:
        """Return every address that the page asked for since it was opened."""
        return [one["params"]["request"]["url"] for one in self.events if one["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[dict[str, Any]]:
        """Return what the browser complained of since the page was opened."""
        return [one for one in self.events if one["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def _wait(self, method: str) -> None:
        while not any(one["method"] == method for one in self.events):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._back], [], [], max(0, until - time.monotonic()))
            got = os.read(self._back, 1 << 20) if ready else b""
            assert got, "the browser says nothing"
            self._read += got
        message, _, self._read = self._read.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextlib.contextmanager
def browsing(profile: Path) -> Iterator[Browser]:
    """Run a browser whose profile is in a folder of its own."""
    import fcntl  # not on every system

    name = executable()
    assert name
    pipes = [*os.pipe(), *os.pipe()]
    # The browser reads from 3 and writes to 4: its ends must not stand there already.
    theirs = [fcntl.fcntl(pipe, fcntl.F_DUPFD_CLOEXEC, 10) for pipe in (pipes[0], pipes[3])]
    process = subprocess.Popen(
        [
            name,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(3, 4),
        preexec_fn=lambda: [os.dup2(end, number) for end, number in zip(theirs, (3, 4), strict=True)],
    )
    for pipe in (pipes[0], pipes[3], *theirs):
        os.close(pipe)
    try:
        yield Browser(process, pipes[1], pipes[2])
    finally:
        for pipe in (pipes[1], pipes[2]):
            os.close(pipe)
        # Without its pipes the browser ends by itself.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
