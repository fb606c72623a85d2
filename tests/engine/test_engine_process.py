"""The engine's process as the window leaves it."""

import socket
import subprocess
import sys
from pathlib import Path

from app.config.paths import DataPaths

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


def test_an_engine_ends_with_its_window_also_while_a_model_is_loaded(tmp_path: Path, models_dir: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    paths.create()
    paths.models.rmdir()
    paths.models.symlink_to(models_dir)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", CHILD, str(paths.root)]
        with subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.PIPE) as process:
            theirs.close()
            assert process.stdout is not None
            assert process.stdout.readline() == b"loading\n"
            ours.close()
            try:
                assert process.wait(60) == 0
            finally:
                process.kill()
