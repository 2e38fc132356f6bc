"""What tests share: a copy of the shipped data to damage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from support import copy_draft


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let tests keep no key where the user's own is."""
    place = str(tmp_path_factory.mktemp("state"))
    with mock.patch.dict(os.environ, {"XDG_STATE_HOME": place, "LOCALAPPDATA": place}):
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder, its plans drafts."""
    return copy_draft(tmp_path / "data")
