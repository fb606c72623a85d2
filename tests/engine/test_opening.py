"""A library that another process still has: a real one, which holds the real lock."""

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.errors import LibraryLocked
from app.engine import opening
from app.engine.opening import library_in_hand

HOLD = """
import sys
from pathlib import Path
from app.config.lock import library_lock
with library_lock(Path(sys.argv[1])) as lock:
    if sys.argv[2] == "letting go":
        lock.note_letting_go()
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(path: Path, how: str) -> Generator["subprocess.Popen[str]"]:
    """Have another process hold the lock until it reads a line."""
    command = [sys.executable, "-c", HOLD, str(path), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_library_whose_holder_lets_go_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.0)

    async def run() -> int:
        told: list[None] = []
        with holder(tmp_path / "lock", "letting go") as process:

            def let_it_end() -> None:
                told.append(None)
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()

            async with library_in_hand(tmp_path / "lock", let_it_end):
                return len(told)

    assert asyncio.run(run()) == 1


def test_a_library_that_is_kept_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.2)

    async def run() -> None:
        with pytest.raises(LibraryLocked):
            async with library_in_hand(tmp_path / "lock"):
                raise AssertionError("it was opened twice")

    with holder(tmp_path / "lock", "keeping"):
        asyncio.run(run())


def test_what_the_holder_before_noted_no_longer_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.0)
    path = tmp_path / "lock"
    with holder(path, "letting go"):
        pass

    async def run() -> None:
        with pytest.raises(LibraryLocked):
            async with library_in_hand(path):
                raise AssertionError("it was opened twice")

    with holder(path, "keeping"):
        asyncio.run(run())
