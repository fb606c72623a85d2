"""Run a command that takes a while, and say how long it has taken so far. Used by bootstrap.py."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKE = ROOT / ".make"
HEARTBEAT_S = 30.0


class SetupFailed(Exception):
    """Setting up cannot go on; the message is the one line that the person reads."""


def say(text: str) -> None:
    """Tell the person what happens now."""
    print(f"• {text}", flush=True)


def elapsed(seconds: float) -> str:
    """Return seconds as a person reads them: `4:07`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@dataclass(frozen=True, slots=True)
class Job:
    """A running command with its log; `title` says what it does."""

    title: str
    log: Path
    started: float
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, title: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> "Job":
        """Start a command with its output in a log below `.make/`."""
        MAKE.mkdir(exist_ok=True)
        log = MAKE / f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # so that `stop` reaches the compilers that pip starts, too
            )
        return cls(title, log, time.monotonic(), process)

    def wait(self) -> None:
        """Wait until the command ends, saying how long it has taken so far.

        Raises:
            SetupFailed: the command failed.
        """
        live = sys.stdout.isatty()
        said = time.monotonic()
        while True:
            try:
                status = self.process.wait(timeout=1.0)
                break
            except subprocess.TimeoutExpired:
                so_far = elapsed(time.monotonic() - self.started)
                if live:
                    print(f"\r  {self.title}: {so_far} ", end="", flush=True)
                elif time.monotonic() - said >= HEARTBEAT_S:
                    said = time.monotonic()
                    print(f"  {self.title}: {so_far} so far", flush=True)
        print(end="\r\033[K" if live else "", flush=True)
        if status:
            tail = self.log.read_text(errors="replace").splitlines()[-12:]
            print("\n".join(f"    {line}" for line in tail), file=sys.stderr)
            raise SetupFailed(f"“{self.title}” failed (exit status {status}); the whole log is {self.log}")

    def stop(self) -> None:
        """End the command, and whatever it started, if it still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()


def run(title: str, command: Sequence[str | Path], environment: Mapping[str, str] = os.environ) -> None:
    """Run a command that shows nothing but how long it takes."""
    say(title)
    job = Job.start(title, command, environment)
    try:
        job.wait()
    finally:
        job.stop()
