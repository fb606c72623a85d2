"""Margent's processes as the system sees them, and what of its work it has acknowledged. Linux only."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROLES: tuple[str, ...] = ("window", "engine", "reader", "llama")
PATIENCE_S = 600.0
LOOK_S = 0.05


class Program:
    """The window with all that it starts; begun again when its window is gone."""

    def __init__(self, data: Path, papers: Path) -> None:
        self._command = [sys.executable, "-m", "tests.faults.window_child", str(data), str(papers)]
        self._log = (data.parent / "program.log").open("ab")
        self._window = self._begun()

    def pids(self, role: str) -> list[int]:
        """Return the ids of the running processes of a role."""
        if role == "window":
            return [self._window.pid] if self._window.poll() is None else []
        engines = children_of(self._window.pid, "engine")
        return engines if role == "engine" else [pid for engine in engines for pid in children_of(engine, role)]

    def at_work(self, role: str, papers: Path) -> list[int]:
        """Return the ids of a role's processes that are in the midst of something: a file, or text that is written.

        Window and engine always are.
        """
        match role:
            case "reader":
                return [pid for pid in self.pids(role) if has_open(pid, papers)]
            case "llama":
                before = {pid: processor_ticks(pid) for pid in self.pids(role)}
                time.sleep(LOOK_S)
                return [pid for pid, ticks in before.items() if processor_ticks(pid) > ticks]
            case _:
                return self.pids(role)

    def kill(self, role: str, wanted: Callable[[list[int]], int]) -> bool:
        """Kill one process of a role, if there is any; a dead window's others must end, and another is begun."""
        pids = self.pids(role)
        if not pids:
            return False
        others = [pid for other in ROLES[1:] for pid in self.pids(other)]
        with suppress(ProcessLookupError):
            os.kill(wanted(pids), signal.SIGKILL)
        if role == "window":
            self._window.wait()
            until(lambda: not any(map(is_running, others)), "the others end with the window")
            self._window = self._begun()
        return True

    def stop(self, role: str, seconds: float, meanwhile: Callable[[], None]) -> bool:
        """Stop all processes of a role for a while, doing something meanwhile; tell whether there was any."""
        pids = self.pids(role)
        try:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            meanwhile()
            time.sleep(seconds if pids else 0)
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        return bool(pids)

    def end(self) -> None:
        """End everything."""
        left = [pid for role in ROLES[1:] for pid in self.pids(role)]
        self._window.kill()
        self._window.wait()
        until(lambda: not any(map(is_running, left)), "all processes end")
        self._log.close()

    def _begun(self) -> "subprocess.Popen[bytes]":
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        return subprocess.Popen(self._command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log)


@dataclass(slots=True)
class Ledger:
    """What a library acknowledged: the text of each document's content, and each passage's embedding, by their rows."""

    texts: dict[tuple[bytes, bytes], int] = field(default_factory=dict[tuple[bytes, bytes], int])
    embeddings: dict[bytes, int] = field(default_factory=dict[bytes, int])
    repeated: int = 0

    def look(self, catalog: Path) -> None:
        """Compare with what was acknowledged at the last look; the library may be open."""
        if not catalog.exists():
            return
        with closing(sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            try:
                texts = connection.execute(
                    "SELECT d.path, t.digest, t.id FROM documents d JOIN texts t ON t.id = d.text_id"
                ).fetchall()
                embeddings = connection.execute("SELECT text_hash, rowid FROM embeddings").fetchall()
            except sqlite3.OperationalError:  # the tables are not made yet
                return
        now = {(path, digest): number for path, digest, number in texts}
        self.repeated += sum(now.get(key, number) != number for key, number in self.texts.items())
        placed = dict(embeddings)
        self.repeated += sum(placed.get(hashed, number) != number for hashed, number in self.embeddings.items())
        self.texts, self.embeddings = now, placed


def children_of(parent: int, role: str) -> list[int]:
    """Return the running children of a process that were started for a role."""
    found: list[int] = []
    with suppress(OSError):
        for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split() + _of_threads(parent):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if b"--process" in words and words[words.index(b"--process") + 1] == role.encode():
                    found.append(int(pid))
    return sorted(set(found))


def is_running(pid: int) -> bool:
    """Tell whether a process runs and is not only waited for."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def has_open(pid: int, folder: Path) -> bool:
    """Tell whether a process has a file below a folder open."""
    with suppress(OSError):
        return any(os.readlink(fd).startswith(f"{folder}/") for fd in Path(f"/proc/{pid}/fd").iterdir())
    return False


def processor_ticks(pid: int) -> int:
    """Return how much processor time a process has used, 0 where it is gone."""
    with suppress(OSError):
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return 0


def until(is_so: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something of another process is so. Raises AssertionError if it never is."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, f"in vain waited until {what}"
        time.sleep(0.02)


def _of_threads(parent: int) -> list[str]:
    tasks = Path(f"/proc/{parent}/task").iterdir()
    return [pid for task in tasks if task.name != str(parent) for pid in (task / "children").read_text().split()]
