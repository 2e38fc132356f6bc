"""What tests share: a copy of the shipped data to damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import copy_draft


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder, its plans drafts."""
    return copy_draft(tmp_path / "data")
