"""Indexes a changed folder in forks that end at their n-th durable call; the child process of `test_crash_points`.

Prints "OK n" after each n from which the library recovered, "CLEAN n" when a run came through, else "WRONG n: …".
"""

import asyncio
import importlib
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.library.database import Database
from app.library.vectors import Vectors
from tests.library.libraries import flaws, open_library
from tests.library.test_kills import content_of

CRASHED = 9


class Countdown:
    """Ends the process, without a word to anybody, when it has been asked so often."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self) -> None:
        """Count."""
        self._left -= 1
        if self._left == 0:
            os._exit(CRASHED)


def arm(count: Countdown) -> None:
    """Have every durable call of catalog and vector store count, before it and after it."""
    transaction = Database.transaction

    @contextmanager
    def counted(self: Database, *, durable: bool = False) -> Generator[None, None, None]:
        with transaction(self, durable=durable):
            yield
            count()
        count()

    Database.transaction = counted  # pyright: ignore[reportAttributeAccessIssue]
    for name in ("upsert", "delete", "clear", "close", "trust"):
        setattr(Vectors, name, _counted(getattr(Vectors, name), count))


def _counted(call: Callable[..., Any], count: Countdown) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        count()
        result = call(*arguments, **named)
        count()
        return result

    return counted


def in_fork(work: Callable[[], None]) -> int:
    """Do something in a process of its own and return its exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        finally:  # reached only with an error
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def index(data: Path, papers: Path) -> None:
    """Bring the library in `data` up to date."""

    async def settled() -> None:
        async with open_library(data) as library:
            await library.add(papers)
            await library.look_again()

    asyncio.run(settled())


def compare(data: Path, papers: Path, fresh: Path) -> None:
    """Raise AssertionError if the library in `data`, opened and settled, is not as a fresh one."""

    async def compared() -> None:
        async with open_library(data) as library, open_library(fresh) as made_anew:
            await library.add(papers)
            await library.look_again()
            await made_anew.settle()
            assert flaws(library.catalog, library.vectors, "words") == []
            assert content_of(library) == content_of(made_anew)

    asyncio.run(compared())


def main(place: Path, step: int) -> None:
    """Try every `step`-th n on the library in `place / "before"`."""
    papers, before, data, fresh = (place / name for name in ("papers", "before", "data", "fresh"))
    assert in_fork(lambda: index(fresh, papers)) == 0
    n, status = 1, CRASHED
    while status == CRASHED:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(before, data)

        def crash(n: int = n) -> None:
            arm(Countdown(n))
            index(data, papers)

        status = in_fork(crash)
        is_right = status in (0, CRASHED) and in_fork(lambda: compare(data, papers, fresh)) == 0
        print(("CLEAN" if status == 0 else "OK") if is_right else "WRONG", n, flush=True)
        n += step


if __name__ == "__main__":
    importlib.import_module("chromadb")  # once, and not in each fork
    main(Path(sys.argv[1]), int(sys.argv[2]))
