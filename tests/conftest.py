"""What tests share: copies of the shipped data to damage."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from unittest import mock

import pytest
from support import DATA, copy_draft

import d8plan
from d8plan.storage.data import strict_yaml

pytest_plugins = ["reported"]


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


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder with its seals."""
    return Path(shutil.copytree(DATA, tmp_path / "sealed"))


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """Parse a file that no test changes once: what it holds depends on its bytes alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_yaml, "read", lru_cache(maxsize=100)(strict_yaml.read))
        yield
