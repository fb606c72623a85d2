"""A child process as the engine's loop sees it. Runs in the engine's process."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence

from app.engine.channel import Channel
from app.engine.spawn import spawn

END_WAIT_S = 5.0


class Child:
    """One running child process and the channel to it."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel) -> None:
        self._process = process
        self.channel = channel

    @classmethod
    def start(cls, role: str, arguments: Sequence[str] = ()) -> "Child":
        """Start a process of this role."""
        process, ours = spawn(role, arguments)
        return cls(process, Channel(ours))

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def pause(self, *, paused: bool) -> None:
        """Have the child stand still, or go on, where the system can (not on Windows)."""
        if os.name != "nt":
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)

    @property
    def is_running(self) -> bool:
        """Return whether the process has not ended, by itself or killed by somebody."""
        return self._process.poll() is None

    def end(self) -> int:
        """Kill the child if it still runs and return its exit status, negative for a signal."""
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        return self._process.wait(END_WAIT_S)
