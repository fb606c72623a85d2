"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from app.config.paths import default_data_dir
from tests.keyrings import MemoryKeyring, keyring_in_memory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
hypothesis.settings.register_profile(
    "margent", deadline=None
)  # how long an example takes, says how busy the computer is
hypothesis.settings.load_profile("margent")

EVALUATION = Path(__file__).resolve().parents[2] / "shared" / "evaluation"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The shelf with the models that `make test` installs."""
    return Path(os.environ.get("MARGENT_TEST_MODELS", default_data_dir() / "models"))


@pytest.fixture(scope="session")
def evaluation_dir() -> Path:
    """The open evaluation sets, or skip where they are absent."""
    if not EVALUATION.is_dir():
        pytest.skip("../shared/evaluation is absent")
    return EVALUATION


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    """A keyring of the test's own that keeps passwords in memory."""
    with keyring_in_memory() as memory:
        yield memory
