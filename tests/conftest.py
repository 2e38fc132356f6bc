"""What tests share: a copy of the shipped data to damage."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from support import copy_draft

import d8plan


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let tests keep no key where the user's own is."""
    place = str(tmp_path_factory.mktemp("state"))
    with mock.patch.dict(os.environ, {"XDG_STATE_HOME": place, "LOCALAPPDATA": place}):
        yield


@pytest.fixture(scope="session", autouse=True)
def imported() -> Iterator[None]:
    """Import all but the command line once, and leave it alone, for the many processes that are forked of this one."""
    for module in pkgutil.walk_packages(d8plan.__path__, "d8plan."):
        if not module.name.startswith(("d8plan.__main__", "d8plan.cli")):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder, its plans drafts."""
    return copy_draft(tmp_path / "data")
