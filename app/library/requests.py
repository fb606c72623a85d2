"""Requests for rescans, merged while one is running. Used in the engine's process."""

import asyncio
from collections.abc import Sequence

from app.library.rescan import RescanReport


class RescanRequest:
    """What to compare with the catalog, and who waits for it; `scopes` None means all folders."""

    def __init__(self) -> None:
        self._scopes: set[bytes] | None = set()
        self._waiting: list[asyncio.Future[RescanReport]] = []

    @property
    def scopes(self) -> tuple[bytes, ...] | None:
        """Return the paths to look at and under, None for all folders."""
        return None if self._scopes is None else tuple(self._scopes)

    def add(self, scopes: Sequence[bytes] | None) -> None:
        """Look at these, too."""
        if scopes is None:
            self._scopes = None
        elif self._scopes is not None:
            self._scopes.update(scopes)

    def add_waiting(self) -> "asyncio.Future[RescanReport]":
        """Return a future that `finish` or `fail` completes."""
        self._waiting.append(asyncio.get_running_loop().create_future())
        return self._waiting[-1]

    def finish(self, report: RescanReport) -> None:
        """Tell everybody who waits what was found."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(report)

    def fail(self, error: BaseException) -> None:
        """Tell everybody who waits that nothing will come of it."""
        for waiting in self._waiting:
            if not waiting.done():
                if isinstance(error, asyncio.CancelledError):
                    waiting.cancel()
                else:
                    waiting.set_exception(error)


class RescanRequests:
    """The request that collects what is asked for while the one before is carried out."""

    def __init__(self) -> None:
        self._next = RescanRequest()
        self._running: RescanRequest | None = None
        self._is_wanted = asyncio.Event()

    @property
    def are_done(self) -> bool:
        """Return whether nothing is wanted or running."""
        return self._running is None and not self._is_wanted.is_set()

    def want(self, scopes: Sequence[bytes] | None) -> None:
        """Ask for a rescan."""
        self._next.add(scopes)
        self._is_wanted.set()

    async def wanted(self, scopes: Sequence[bytes] | None) -> RescanReport:
        """Ask for a rescan and return what it found."""
        self.want(scopes)
        return await self._next.add_waiting()

    async def take(self) -> RescanRequest:
        """Return the next request as soon as there is one; it is running until `finish`."""
        await self._is_wanted.wait()
        self._is_wanted.clear()
        self._running, self._next = self._next, RescanRequest()
        return self._running

    def finish(self, report: RescanReport) -> None:
        """End the running request."""
        if self._running is not None:
            self._running.finish(report)
        self._running = None

    def fail(self, error: BaseException) -> None:
        """End whatever is running or wanted, because nobody carries it out any more."""
        for request in (self._running, self._next):
            if request is not None:
                request.fail(error)
        self._running, self._next = None, RescanRequest()
        self._is_wanted.clear()
