"""A log goes to its file, and nowhere else stops the program."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config.logs import log_to_file


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Give back the handlers that pytest put in."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_log_goes_to_its_file(tmp_path: Path) -> None:
    log_to_file(tmp_path, "engine")
    logging.getLogger("app").info("told")
    assert "INFO app: told" in (tmp_path / "engine.log").read_text()


def test_a_log_that_cannot_be_written_goes_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_file(tmp_path / "absent", "engine")
    logging.getLogger("app").warning("told")
    assert "WARNING app: told" in capsys.readouterr().err
