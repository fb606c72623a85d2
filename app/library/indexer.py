"""Keeps the library what its folders are: rescans, reads, writes, purges. Used in the engine's process.

Three tasks on the engine's loop: one compares folders with the catalog when asked, one takes what is queued, two
documents ahead of the one being written, one embeds (`embedding`). Work on a changed row is thrown away.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

from app.core.types import FolderRules, Reason
from app.library import documents, folders, reading_queue
from app.library.catalog import PAUSED, Catalog
from app.library.compaction import tidy_steps
from app.library.driving import Driving
from app.library.embedder import TextEmbedder
from app.library.embedding import Embedding
from app.library.folders import Forgotten
from app.library.members import Changed
from app.library.reading import (
    Gone,
    Interrupted,
    NewText,
    ReadFunction,
    ReadResult,
    SameContent,
    Unreadable,
    Unsettled,
    read_document,
)
from app.library.reading_queue import QueuedDocument
from app.library.real_paths import real_path
from app.library.reports import IndexCounts, IndexerCallbacks, IndexProgress, IndexReport, Reports
from app.library.requests import RescanRequests
from app.library.rescan import RescanReport, rescan
from app.library.retries import Retries
from app.library.spaces import Spaces
from app.library.texts import DocumentGone
from app.library.watcher import Watcher
from app.library.writing import document_steps
from app.readers import versions

_READ_AHEAD = 2

_Waiting: TypeAlias = asyncio.Queue[tuple[QueuedDocument, ReadResult] | None]


class Indexer:
    """Indexes one library; `run` does the work, everything else asks for it."""

    def __init__(
        self,
        catalog: Catalog,
        spaces: Spaces,
        read: ReadFunction,
        suffixes: frozenset[str],
        callbacks: IndexerCallbacks,
    ) -> None:
        """Make an indexer without an embedder; `suffixes` are those that `read` reads, lower case, without the dot."""
        self.counts = IndexCounts()
        self._catalog, self._callbacks = catalog, callbacks
        self._read, self._suffixes = read, suffixes
        self._reports = Reports(catalog, callbacks)
        self._embedding = Embedding(catalog, spaces, self.counts, callbacks, self._note_idle)
        self._has_written_all, self._began_s = False, time.monotonic()
        self._rescans = RescanRequests()
        self._watcher = Watcher(lambda: folders.followed_in(catalog.database), self.request_rescan, self.rescan)
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._failure: BaseException | None = None
        self._in_flight: dict[int, QueuedDocument] = {}
        self._retries = Retries()
        self._driving = Driving(catalog.database, callbacks, is_paused=bool(catalog.meta(PAUSED)))

    @property
    def progress(self) -> IndexProgress:
        """Return how far indexing is."""
        return self._reports.progress(
            has_embedder=self._embedding.has_embedder,
            is_paused=self._driving.is_paused,
            unembedded=self._embedding.left,
            texts_per_s=self._embedding.texts_per_s,
        )

    @property
    def foreign(self) -> float:
        """Return the share of passages, 0 to 1, in languages that the embedder does not know."""
        return self._embedding.foreign

    @property
    def report(self) -> IndexReport:
        """Return what the library holds, and what was done for that since `run` began."""
        return self._reports.report(self.counts, time.monotonic() - self._began_s)

    def use_embedder(self, chosen: TextEmbedder | None, before: TextEmbedder | None = None) -> None:
        """Embed with `chosen` from now on, None has passages wait for one; `before` answers until that is done."""
        self._embedding.use(chosen, before)
        self._ask_to_work()

    def pause(self, *, paused: bool) -> None:
        """Read and embed nothing, or go on, also after a restart; what leaves a folder leaves the library even so."""
        self._catalog.set_meta(PAUSED, "1" if paused else "")
        self._driving.is_paused = paused
        self._embedding.pause(paused=paused)
        self._ask_to_work()

    async def add_folder(self, path: bytes, rules: FolderRules = FolderRules()) -> RescanReport:
        """Add a folder or file to the library and list what is in it; its indexing goes on afterwards.

        Raises: PathMissing, PathUnreadable, PartOfFolder, DiskFull, DataDirectoryUnwritable.
        """
        path = folders.readable(path)
        self._catalog.add_folder(path, rules)
        self._watcher.refresh()
        return await self.rescan((path,))

    def remove_folder(self, path: bytes) -> Forgotten:
        """Take a folder or file out of the library; it cannot be found from now on, `until_idle` no trace is left.

        Raises: PathNotInLibrary, DiskFull, DataDirectoryUnwritable.
        """
        forgotten = self._catalog.forget_folder(real_path(path))
        self._watcher.refresh()
        self.counts.removed += len(forgotten.document_ids)
        self._reports.removed(forgotten.document_ids)
        self._ask_to_work()
        return forgotten

    def take_up(self, *document_ids: int) -> None:
        """Embed what is new in the catalog, sweep what is gone, and tell of these documents."""
        self._reports.changed(document_ids)
        self._ask_to_work()

    def read_again(self, document_ids: Sequence[int]) -> None:
        """Queue those of some documents that could not be read."""
        self._reports.changed(documents.queue_failed(self._catalog.database, document_ids))
        self._ask_to_work()

    def request_rescan(self, scopes: Sequence[bytes] | None = None) -> None:
        """Have the files at or under `scopes`, or in all folders, compared with the catalog soon."""
        self._idle.clear()
        self._rescans.want(scopes)

    async def rescan(self, scopes: Sequence[bytes] | None = None) -> RescanReport:
        """Have the files at or under `scopes`, or in all folders, compared with the catalog, and say what changed.

        Raises: what ended `run`.
        """
        if self._failure is not None:
            raise self._failure
        self._idle.clear()
        return await self._rescans.wanted(scopes)

    async def until_idle(self) -> None:
        """Wait until nothing is left to do (without an embedder: to be done by words). Raises what ended `run`."""
        await self._idle.wait()
        if self._failure is not None:
            raise self._failure

    async def run(self, *, watch: bool = True) -> None:
        """Compare all folders and index whatever there is to, until cancelled; with `watch`, see changes as they come.

        Raises: DiskFull, DataDirectoryUnwritable, VectorsDamaged; may be run again when the cause is mended.
        """
        self._failure, self._began_s, tasks = None, time.monotonic(), list[asyncio.Task[None]]()
        try:
            self._reports.changed(reading_queue.recover(self._catalog.database))
            self.request_rescan()
            running = [self._keep_rescanning(), self._keep_indexing(), self._embedding.run()]
            running += [self._watcher.run()] if watch else []
            tasks += map(asyncio.create_task, running)
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except BaseException as error:
            self._failure = error
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._rescans.fail(self._failure or asyncio.CancelledError())
            self._idle.set()

    # Rescans

    async def _keep_rescanning(self) -> None:
        while True:
            request = await self._rescans.take()
            report = await rescan(self._catalog, self._suffixes, request.scopes)
            if request.scopes is None:
                self._catalog.set_meta("current_as_of_ns", str(time.time_ns()))
            self.counts.moved += report.moved
            self.counts.hashed += report.hashed
            self.counts.removed += len(report.removed)
            self._reports.changed(report.changed)
            self._reports.removed(report.removed)
            await self._reports.tell()
            self._ask_to_work()
            self._rescans.finish(report)

    # Indexing

    async def _keep_indexing(self) -> None:
        while True:
            self._wake.clear()
            self._has_written_all = False
            await self._work()
            await self._reports.tell()
            self._embedding.note_texts()
            self._has_written_all = True
            await self._wait_for_work()

    def _note_idle(self) -> None:
        """Let those go on who wait until nothing is left, if so; called when nothing is left to embed."""
        if self._has_written_all and not self._wake.is_set() and self._rescans.are_done and not self._retries:
            self._catalog.set_meta("idle_at_ns", str(time.time_ns()))  # durable, with all that was indexed
            self._idle.set()

    async def _work(self) -> None:
        database = self._catalog.database
        await self._driving.drive(database.in_slices(tidy_steps(database)))
        await self._index_queue()
        await self._driving.drive(database.in_slices(tidy_steps(database)))

    async def _index_queue(self) -> None:
        """Write whatever is queued; what was read but not written when this ends is queued again."""
        waiting: _Waiting = asyncio.Queue()
        room = asyncio.Semaphore(1 + _READ_AHEAD)
        self._reports.begin()
        reading = asyncio.create_task(self._read_ahead(waiting, room))
        try:
            while (read := await waiting.get()) is not None:
                document, result = read
                await self._finish(document, result)
                del self._in_flight[document.id]
                self._reports.finished(document.id, document.stamp.size_bytes)
                room.release()
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            left, self._in_flight = self._in_flight, {}
            for document_id in left:
                reading_queue.requeue(self._catalog.database, document_id)

    async def _read_ahead(self, waiting: _Waiting, room: asyncio.Semaphore) -> None:
        """Read what is queued, one document at a time; each is READING in the catalog before its file is opened."""
        database = self._catalog.database
        try:
            while True:
                await room.acquire()
                await self._driving.not_busy()
                later = [] if self._driving.is_paused else self._retries.later()
                following = reading_queue.next_queued(
                    database, 1, (*self._in_flight, *later), with_outdated=self._rescans.are_done
                )
                if (
                    self._driving.is_paused
                    or not following
                    or not reading_queue.begin_reading(database, following[0].id)
                ):
                    self._retries.keep({*later, *self._in_flight})
                    return
                document = self._in_flight[following[0].id] = following[0]
                self._reports.changed((document.id,))
                result = await read_document(document, self._read)
                if not isinstance(result, Interrupted):
                    reading_queue.note_read(database, document.id)
                waiting.put_nowait((document, result))
        finally:
            waiting.put_nowait(None)

    async def _finish(self, document: QueuedDocument, result: ReadResult) -> None:
        database = self._catalog.database
        match result:
            case NewText(document=text) if text.passages or any(page.is_scan for page in text.pages):
                if await self._write(document, result):
                    self.counts.wrote(len(text.passages))
                    self._embedding.note_texts()
            case NewText():
                self._fail(document, Reason.NO_TEXT, "")
            case SameContent(content):
                self.counts.hashed += reading_queue.finish_unchanged(database, document.id, content.stamp)
            case Interrupted() if self._retries.again(document.id):
                reading_queue.requeue_last(database, document.id)
                return
            case Unreadable(reason, detail) | Interrupted(Unreadable(reason, detail)):
                self._fail(document, reason, detail)
            case Unsettled() | Gone():
                if isinstance(result, Gone) or document.at:
                    self.request_rescan((document.file,))  # which can tell a deleted file from a missing folder
                documents.queue_container(database, document)
                if self._retries.again(document.id):
                    reading_queue.requeue(database, document.id)
                    return
                self._fail(document, Reason.UNREADABLE if isinstance(result, Gone) else Reason.CHANGED_WHILE_READ, "")
        reading_queue.requeue(database, document.id)  # only if it is READING still: it was moved meanwhile
        self._retries.forget(document.id)
        self._wake.set()  # what is in it may wait to be read

    async def _write(self, document: QueuedDocument, new: NewText) -> bool:
        """Write a document; tell whether that was done: its row is the one that it was read for, its text new."""
        within = Changed()
        try:
            steps = document_steps(self._catalog, document.id, new, self._suffixes, within)
            is_new = await self._driving.drive(steps, document)
        except DocumentGone:
            return False
        finally:
            self._reports.changed(within.changed)
            self._reports.removed(within.removed)
        self.counts.hashed += 1
        return is_new

    def _fail(self, document: QueuedDocument, reason: Reason, detail: str) -> None:
        database, read_by = self._catalog.database, versions.read_by("", document.path)
        if document.is_outdated:
            reading_queue.fail_reread(database, document.id, reason, detail, read_by)
            return
        gone = reading_queue.fail(database, document.id, reason, detail, read_by)
        self.counts.failed += gone is not None
        self._reports.removed(gone or ())

    async def _wait_for_work(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._retries.next_s)

    def _ask_to_work(self) -> None:
        self._idle.clear()
        self._wake.set()
