"""The engine's process as the window leaves it."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.core.messages import RemoveFolder
from app.engine.wire import Connection
from app.library.catalog import Catalog

CHILD = """
import sys, threading
from app.engine import search_models
from app.__main__ import main

def never(*_):
    print("loading", flush=True)
    threading.Event().wait()

search_models._reranker = never
main(["--process", "engine", "--data-dir", sys.argv[1]])
"""


@pytest.fixture
def paths(tmp_path: Path, models_dir: Path) -> DataPaths:
    """A fresh data directory with the models."""
    made = DataPaths(tmp_path / "data")
    made.create()
    made.models.rmdir()
    made.models.symlink_to(models_dir)
    return made


def test_an_engine_ends_with_its_window_while_it_loads_and_does_what_it_was_asked_last(paths: DataPaths) -> None:
    catalog = Catalog.open(paths.catalog)
    catalog.add_folder(b"/papers")
    catalog.close()
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", CHILD, str(paths.root)]
    with ours, subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.PIPE) as process:
        theirs.close()
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        window = Connection(ours)
        window.send(1, RemoveFolder(b"/papers"))
        window.shut_down()
        try:
            assert process.wait(60) == 0
        finally:
            process.kill()
    catalog = Catalog.open(paths.catalog)
    assert catalog.folders() == ()
    catalog.close()
