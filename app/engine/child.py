"""A child process as the engine's loop sees it. Runs in the engine's process."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence

import psutil

from app.core.child_messages import ReaderReady
from app.engine.channel import Channel
from app.engine.spawn import spawn
from app.engine.wire import FrameInvalid

START_LIMIT_S = 60.0
END_WAIT_S = 5.0
KILLED = -9
"""The exit status of what somebody else ended, or the system for want of memory: a crash has another one."""


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

    @classmethod
    async def ready(cls, role: str, arguments: Sequence[str] = ()) -> tuple["Child", tuple[str, ...]]:
        """Start a process of this role and wait until it is ready; return it and what locks it in.

        Raises: TimeoutError, ConnectionClosed, FrameInvalid.
        """
        child = cls.start(role, arguments)
        try:
            async with asyncio.timeout(START_LIMIT_S):
                ready = (await child.channel.receive()).message
            if not isinstance(ready, ReaderReady):
                raise FrameInvalid(f"{type(ready).__name__} instead of ReaderReady")
        except BaseException:
            child.end()
            raise
        return child, ready.sandbox

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def processor_s(self) -> float | None:
        """Return how much processor time the process has used, None where the system does not tell or it is gone."""
        try:
            used = psutil.Process(self.pid).cpu_times()
        except psutil.Error:
            return None
        return used.user + used.system

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
