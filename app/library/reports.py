"""What the indexer tells the engine: rows that changed, and how far it is. Used in the engine's process."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.types import DocumentRow
from app.library import reading_queue
from app.library.catalog import Catalog
from app.library.pace import Pace

_ROWS_AT_ONCE = 200
_ROWS_EVERY_S = 0.25


@dataclass(slots=True)
class IndexCounts:
    """What was done since the indexer was made.

    `embedded` counts the texts that really went through the embedder, `hashed` the files that were read to know whether
    they changed.
    """

    indexed: int = 0
    moved: int = 0
    removed: int = 0
    failed: int = 0
    passages: int = 0
    embedded: int = 0
    hashed: int = 0

    def wrote(self, passages: int) -> None:
        """Count a document that was written with so many passages; without any it is a scan, and failed for now."""
        self.indexed += bool(passages)
        self.failed += not passages
        self.passages += passages

    def recognised(self, passages: int, *, is_first: bool) -> None:
        """Count the passages of a recognised page, and its document if they are its first."""
        self.indexed += is_first
        self.passages += passages


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What the library holds, and what was done for that since `run` began.

    `documents` leaves out what will never be read; `unchanged` are ready and did not have to be indexed.
    """

    documents: int
    indexed: int
    unchanged: int
    removed: int
    failed: tuple[DocumentRow, ...]
    passages: int
    embedded: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far indexing is; `waiting_for` is "", "embedder" or "person", `seconds_left` None while nobody can know.

    `unembedded` passages are found by words only so far.
    """

    indexing: bool
    documents_per_s: float
    seconds_left: float | None
    waiting_for: str
    unembedded: int


@dataclass(frozen=True, slots=True)
class IndexerCallbacks:
    """How the indexer and the engine talk; none of these may take long.

    `on_rows` gets rows that are new or changed and ids of documents that left; `on_progress` says that the progress or
    the library's status may be different now; indexing pauses while `is_busy` is true; `on_answering` says that another
    vector space answers from now on.
    """

    on_rows: Callable[[Sequence[DocumentRow], Sequence[int]], None]
    on_progress: Callable[[], None]
    is_busy: Callable[[], bool]
    on_answering: Callable[[], None] = lambda: None


class Reports:
    """Collects what changed until it is time to tell."""

    def __init__(self, catalog: Catalog, callbacks: IndexerCallbacks) -> None:
        self._catalog = catalog
        self._callbacks = callbacks
        self._changed: dict[int, None] = {}
        self._removed: list[int] = []
        self._sent_s = 0.0
        self._pace = Pace()

    def progress(self, *, has_embedder: bool, is_paused: bool, unembedded: int, texts_per_s: float) -> IndexProgress:
        """Return how far indexing is; `texts_per_s` is how fast they are embedded, 0 where that is not known."""
        queued = reading_queue.queued(self._catalog.database)
        is_left = bool(queued.documents or unembedded)
        waiting_for = "person" if is_left and is_paused else "embedder" if unembedded and not has_embedder else ""
        rate, reading_s = self._pace.estimate(queued)
        embedding_s = unembedded / texts_per_s if texts_per_s else None if unembedded else 0.0
        parts = (reading_s if queued.documents else 0.0, embedding_s)
        seconds_left = None if waiting_for or None in parts else sum(part or 0.0 for part in parts)
        return IndexProgress(
            indexing=is_left,
            documents_per_s=rate,
            seconds_left=seconds_left,
            waiting_for=waiting_for,
            unembedded=unembedded,
        )

    def report(self, counts: IndexCounts, seconds: float) -> IndexReport:
        """Return what the library holds and what was done."""
        status = self._catalog.status()
        return IndexReport(
            documents=sum(folder.documents for folder in status.folders),
            indexed=counts.indexed,
            unchanged=max(0, status.ready - counts.indexed),
            removed=counts.removed,
            failed=self._catalog.failed_rows(),
            passages=status.passages,
            embedded=counts.embedded,
            seconds=seconds,
        )

    def changed(self, ids: Iterable[int]) -> None:
        """Note that rows are new or changed."""
        self._changed |= dict.fromkeys(ids)
        if time.monotonic() - self._sent_s > _ROWS_EVERY_S:
            self._send()

    def removed(self, ids: Iterable[int]) -> None:
        """Note that documents left."""
        self._removed += ids

    def begin(self) -> None:
        """Note that there is work again."""
        self._pace.begin()

    def finished(self, document_id: int, size_bytes: int) -> None:
        """Note that a document is done with, one way or another."""
        self._pace.note(size_bytes)
        self.changed((document_id,))
        self._callbacks.on_progress()

    async def tell(self) -> None:
        """Tell all that was noted, now, a few rows at a time."""
        while self._changed or self._removed:
            self._send()
            await asyncio.sleep(0)
        self._callbacks.on_progress()

    def _send(self) -> None:
        some = list(self._changed)[:_ROWS_AT_ONCE]
        for document_id in some:
            del self._changed[document_id]
        removed, self._removed = self._removed, []
        self._sent_s = time.monotonic()
        self._callbacks.on_rows(self._catalog.document_rows(some), removed)
