"""A data directory for tests of the whole engine."""

from pathlib import Path

import pytest

from app.config.paths import DataPaths


@pytest.fixture
def paths(tmp_path: Path, models_dir: Path) -> DataPaths:
    """A fresh data directory that sees the installed models."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    return DataPaths(data)
