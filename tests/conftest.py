"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Lines are as wide as tests say; those who run tests side by side set this.
os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it skip where it is absent."""
    beside = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    folder = Path(os.environ.get("SITING_DATA", beside)).resolve()
    if not folder.is_dir():
        pytest.skip("no real data here: set SITING_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def vancouver(shared_data: Path) -> Path:
    """The city folder of Vancouver."""
    folder = shared_data / "vancouver"
    if not (folder / "city.toml").is_file():
        pytest.skip("the data folder holds no vancouver/city.toml")
    return folder
