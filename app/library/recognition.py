"""Gives scanned pages their text, one after the other, when all else is indexed. Used in the engine's process.

What is left to do is read from the catalog (`scans`), never noted. The indexer is waited for before every page, and
told of it afterwards, so that it embeds what was recognised.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.core.child_messages import FileRefused, PageRecognised
from app.core.types import Reason
from app.core.word_boxes import packed
from app.library import scans
from app.library.catalog import PAUSED, Catalog
from app.library.locations import Location
from app.library.scanner import stamp_of
from app.library.scans import WaitingPage

_BUSY_S = 0.1
_NOT_THE_PAGES = (Reason.CHANGED_WHILE_READ, Reason.UNREADABLE)
"""Refusals that say nothing of the page: it waits on until its file is read again, or the engine starts."""


class PageRecogniser(Protocol):
    """What recognises pages."""

    @property
    def is_ready(self) -> bool:
        """Return whether there is a model to recognise with."""
        ...

    async def recognise(self, path: bytes, page: int, at: Location | None = None) -> PageRecognised | FileRefused:
        """Return a page's text, or why there is none; `at` is where a member is."""
        ...

    def end(self) -> None:
        """Let go of what is only needed while there are pages."""
        ...


@dataclass(frozen=True, slots=True)
class RecognitionCallbacks:
    """How recognition and the engine talk.

    `until_indexed` returns when everything else is done; `on_page` says that a document has one page less to wait for,
    and so many passages more; recognition begins no page while `is_busy` is true.
    """

    until_indexed: Callable[[], Awaitable[None]]
    on_page: Callable[[int, int], None]
    is_busy: Callable[[], bool]


class Recognition:
    """Recognises for one library; `run` does the work, everything else asks for it."""

    def __init__(self, catalog: Catalog, recogniser: PageRecogniser, callbacks: RecognitionCallbacks) -> None:
        self._catalog = catalog
        self._recogniser = recogniser
        self._callbacks = callbacks
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._passed = (0, 0)
        self._is_recognising = False
        self._failure: BaseException | None = None

    @property
    def is_at_work(self) -> bool:
        """Return whether pages are being recognised, or will be as soon as all else is indexed."""
        return self._is_recognising or (self._may_work and self._next() is not None)

    def look_again(self) -> None:
        """Look for pages to recognise, because some came, or because it may be done now or otherwise."""
        self._passed = (0, 0)
        self._idle.clear()
        self._wake.set()

    async def until_idle(self) -> None:
        """Wait until no page is left that can be recognised now. Raises what ended `run`."""
        if self.is_at_work:
            await self._idle.wait()
            if self._failure is not None:
                raise self._failure

    async def run(self) -> None:
        """Recognise whatever there is to, until cancelled.

        Raises: DiskFull, DataDirectoryUnwritable, what ended the indexer; may be run again when the cause is mended.
        """
        self._failure = None
        try:
            await self._keep_recognising()
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._recogniser.end()
            self._idle.set()

    async def _keep_recognising(self) -> None:
        while True:
            self._wake.clear()
            await self._callbacks.until_indexed()
            while self._may_work and (page := self._next()) is not None:
                await self._not_busy()
                self._is_recognising = True
                try:
                    await self._recognise(page)
                finally:
                    self._is_recognising = False
                await self._callbacks.until_indexed()
            self._recogniser.end()
            if not self._wake.is_set():
                self._idle.set()
            await self._wake.wait()

    async def _recognise(self, page: WaitingPage) -> None:
        self._passed = (page.text_id, page.number)
        if not _is_still(page):
            return
        answer = await self._recogniser.recognise(page.path, page.number, page.at)
        if not _is_still(page) or (isinstance(answer, FileRefused) and answer.reason in _NOT_THE_PAGES):
            return
        database, passages = self._catalog.database, 0
        match answer:
            case PageRecognised() if passages := len(answer.passages):
                settled = scans.settle(database, page, answer.page, answer.passages, packed(answer.words))
            case PageRecognised():
                settled = scans.settle_empty(database, page, Reason.NO_TEXT)
            case FileRefused(reason):
                settled = scans.settle_empty(database, page, reason)
        if settled:
            self._callbacks.on_page(page.document_id, passages)

    def _next(self) -> WaitingPage | None:
        return scans.next_waiting(self._catalog.database, self._passed)

    @property
    def _may_work(self) -> bool:
        return self._recogniser.is_ready and not self._catalog.meta(PAUSED)

    async def _not_busy(self) -> None:
        while self._callbacks.is_busy():
            await asyncio.sleep(_BUSY_S)


def _is_still(page: WaitingPage) -> bool:
    """Return whether a page's file is as it was; whether a member is, the recogniser sees by its hash."""
    if page.at is not None:
        return True
    try:
        return stamp_of(os.lstat(page.path)) == page.stamp
    except OSError:
        return False
