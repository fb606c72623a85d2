"""The engine in the process of a command: requests in, events out, without a window. Runs in the command."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.errors import error_from_facts
from app.core.messages import FINAL_EVENTS, Failed, StatusChanged, WindowRequest
from app.core.types import LibraryStatus
from app.engine.opening import library_in_hand
from app.engine.service import Engine
from app.library.reports import IndexReport


class Session:
    """One open library."""

    def __init__(self, paths: DataPaths, settings: Settings) -> None:
        self.engine = Engine(paths, settings, self._route)
        self._waiting: dict[int, asyncio.Queue[object]] = {}
        self._progress: Callable[[StatusChanged], None] | None = None
        self.last_id = 0

    async def request(self, message: WindowRequest) -> AsyncIterator[object]:
        """Yield a request's events up to and with the final one.

        Raises:
            AppError: the request failed.
        """
        self.last_id += 1
        request_id = self.last_id
        events = self._waiting[request_id] = asyncio.Queue()
        self.engine.handle(request_id, message)
        try:
            while True:
                event = await events.get()
                if isinstance(event, Failed):
                    raise error_from_facts(event.error, event.facts) if event.error else RuntimeError(event.facts)
                yield event
                if isinstance(event, FINAL_EVENTS):
                    return
        finally:
            del self._waiting[request_id]

    async def settle(self, progress: Callable[[StatusChanged], None]) -> IndexReport:
        """Index until nothing is left and return what was done; `progress` is told a few times a second."""
        self._progress = progress
        try:
            return await self.engine.settle()
        finally:
            self._progress = None

    def status(self) -> LibraryStatus:
        """Return the library as it stands."""
        return self.engine.status()

    def _route(self, request_id: int, event: object) -> None:
        if request_id in self._waiting:
            self._waiting[request_id].put_nowait(event)
        elif isinstance(event, StatusChanged) and self._progress is not None:
            self._progress(event)


@asynccontextmanager
async def open_session(
    paths: DataPaths, settings: Settings, on_wait: Callable[[], None] = lambda: None
) -> AsyncGenerator[Session]:
    """Open a library for the time of the block; folders are not watched.

    `on_wait` is called if another Margent has it still and is waited for a moment.

    Raises:
        LibraryLocked: another Margent has it open.
        DataDirectoryUnwritable: it cannot be written.
    """
    paths.create()
    async with library_in_hand(paths.lock, on_wait) as lock:
        session = Session(paths, settings)
        try:
            await session.engine.start(watch=False)
            yield session
        finally:
            lock.note_letting_go()
            await session.engine.close()
