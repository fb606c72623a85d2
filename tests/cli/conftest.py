"""Commands run on the module's own `library`, in this process."""

from pathlib import Path

import pytest

from app.cli.parser import parse, run
from tests.cli.outcome import Margent, Outcome


@pytest.fixture
def margent(library: Path, capfd: pytest.CaptureFixture[str]) -> Margent:
    """Run a command on the library, or on another data directory."""

    def call(*words: str | Path, data_dir: Path = library) -> Outcome:
        try:
            status = run(parse([*map(str, words), "--data-dir", str(data_dir)]))
        except SystemExit as stop:
            status = int(stop.code or 0)
        captured = capfd.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call
