"""Waits for a library that another Margent is about to let go of. Used in the engine's process."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from app.config.lock import LibraryLock, is_let_go, library_lock
from app.core.errors import LibraryLocked

PATIENCE_S = 2.0
"""For an engine to see that its window is gone; and for a command that is nearly done."""

LETTING_GO_S = 30.0
"""For an engine that has seen it to write what it holds, on a busy computer."""

_TRIES_EVERY_S = 0.1


@asynccontextmanager
async def library_in_hand(
    path: Path, on_wait: Callable[[], Awaitable[None] | None] = lambda: None
) -> AsyncGenerator[LibraryLock]:
    """Hold the lock of a library, whose file is at `path`, waiting a little for whoever has it to end.

    `on_wait` is called once, if it has to be waited for.

    Raises:
        LibraryLocked: another Margent has it, and keeps it.
        DataDirectoryUnwritable: the lock file cannot be made.
    """
    began_s, is_told = time.monotonic(), False
    with ExitStack() as held:
        while True:
            try:
                lock = held.enter_context(library_lock(path))
                break
            except LibraryLocked:
                waited_s = time.monotonic() - began_s
                if waited_s >= (LETTING_GO_S if is_let_go(path) else PATIENCE_S):
                    raise
            if not is_told:
                is_told, telling = True, on_wait()
                if telling is not None:
                    await telling
            await asyncio.sleep(_TRIES_EVERY_S)
        yield lock
