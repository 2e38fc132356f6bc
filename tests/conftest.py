"""What tests share: a copy of the shipped data to damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import DATA


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))
