"""The engine as a child of the window: how it is started, and how its end is waited for. Window process."""

import logging
import subprocess
from pathlib import Path

from app.engine.spawn import spawn
from app.engine.wire import Connection

log = logging.getLogger(__name__)

GOODBYE_S = 10.0
"""Chroma alone may take six to close its files; the window is gone meanwhile."""


class EngineProcess:
    """Starts the engine of one data directory, again whenever it is called.

    A call belongs to the client's listener thread, `wait_to_end` to whoever closes the program.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> Connection:
        """Start the engine and return the window's end of the seam; a dead predecessor is reaped.

        Raises:
            OSError: the system cannot start a process.
        """
        self.wait_to_end()
        self._process, ours = spawn("engine", ("--data-dir", str(self._data_dir)))
        return Connection(ours)

    def wait_to_end(self) -> None:
        """Wait for the engine, whose socket is closed, to write what it holds and end; kill it after some seconds."""
        if self._process is None:
            return
        try:
            status = self._process.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            log.warning("the engine did not end and is killed")
            self._process.kill()
            status = self._process.wait()
        log.info("the engine ended with status %s", status)
        self._process = None
