"""Runs generators of short steps on the engine's loop, everything else in between. Used in the engine's process."""

import asyncio
from collections.abc import Generator
from typing import TypeVar

from app.library import reading_queue
from app.library.database import Database
from app.library.reading_queue import QueuedDocument
from app.library.reports import IndexerCallbacks
from app.library.texts import DocumentGone

_BUSY_S = 0.05
_LOOKS_EVERY = 32

_T = TypeVar("_T")


class Driving:
    """Drives the indexer's steps; nothing is written of a document while the person has paused."""

    def __init__(self, database: Database, callbacks: IndexerCallbacks, *, is_paused: bool) -> None:
        self.is_paused = is_paused
        self._database, self._callbacks = database, callbacks

    async def not_busy(self) -> None:
        """Wait until no answer is being written."""
        while self._callbacks.is_busy():
            await asyncio.sleep(_BUSY_S)

    async def drive(self, steps: Generator[None, None, _T], document: QueuedDocument | None = None) -> _T:
        """Run steps, letting everything else run in between, and pausing while an answer is being written.

        Raises: DocumentGone if `document` is no longer what it was when it was read, or the person has paused.
        """
        count = 0
        while True:
            await self.not_busy()
            if document is not None and self.is_paused:
                steps.close()
                raise DocumentGone
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value
            await asyncio.sleep(0)
            count += 1
            if document is not None and count % _LOOKS_EVERY == 0:
                self._callbacks.on_progress()
                if not reading_queue.is_in_hand(self._database, document.id, document.path):
                    steps.close()
                    raise DocumentGone
