"""Embeds what the catalog holds, and keeps the vector spaces sound. Used in the engine's process.

One task on the engine's loop, and the only one that changes the vector stores, so that no two of its steps are ever at
odds. The embedder itself works in threads, a text in each, on the next texts while the last ones are saved.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.config.cores import usable_cores
from app.core.errors import ModelDied
from app.library import texts
from app.library.catalog import PAUSED, Catalog
from app.library.embedder import TextEmbedder, Vector, foreign_share
from app.library.reports import IndexCounts, IndexerCallbacks
from app.library.spaces import Spaces
from app.library.upkeep import check_steps, forget_steps, sweep_steps
from app.library.vectors import BATCH, VectorsDamaged
from app.library.writing import Backlog, Library, keep

log = logging.getLogger(__name__)

_REBUILDS = 3
_BUSY_S = 0.05
_RATE_OVER_S = 20.0
_SAMPLE = 48
_BATCHES = 2  # are with the embedder at a time, so that no core waits for the longest text of the first
_TRIES = 2

_T = TypeVar("_T")
_Running = tuple[Sequence[tuple[bytes, str]], "asyncio.Future[list[Vector]]"]


class _Superseded(Exception):
    """Other embedders are to be used from now on."""


class Embedding:
    """Embeds for one library; `run` does the work, everything else asks for it."""

    def __init__(
        self,
        catalog: Catalog,
        spaces: Spaces,
        counts: IndexCounts,
        callbacks: IndexerCallbacks,
        on_idle: Callable[[], None],
    ) -> None:
        self.is_idle = False
        self.foreign = 0.0
        """The share of passages, 0 to 1, in languages that the embedder does not know."""
        self._catalog = catalog
        self._spaces = spaces
        self._counts = counts
        self._callbacks = callbacks
        self._on_idle = on_idle
        self._wake = asyncio.Event()
        self._threads = ThreadPoolExecutor(usable_cores(), "embed")
        self._wanted: tuple[TextEmbedder | None, TextEmbedder | None] | None = None
        self._backlog: Backlog | None = None
        self._has_given_up = False
        self._has_checked = False
        self._is_running = False
        self._is_paused = bool(catalog.meta(PAUSED))
        self._rebuilds = 0
        self._sampled = 0
        self._given = 0
        self._left_at_start: int | None = None
        self._done_at_s: deque[float] = deque()

    @property
    def has_embedder(self) -> bool:
        """Return whether there is an embedder that works."""
        wanted = self._wanted[0] if self._wanted else self._spaces.filling
        return wanted is not None and not self._has_given_up

    @property
    def left(self) -> int:
        """Return how many passages are not found by meaning: not embedded, or not back in a store that is rebuilt."""
        missing = sum(store.left for store in self._spaces.stores)
        if self._backlog is not None:
            return missing + self._given + self._backlog.passages
        if self._left_at_start is None:
            space = self._spaces.filling
            self._left_at_start = texts.unembedded(self._catalog.database, space.embedder.name if space else "")
        return missing + self._left_at_start

    @property
    def texts_per_s(self) -> float:
        """Return how fast texts were embedded lately, 0 while nobody can know."""
        now_s = time.monotonic()
        while self._done_at_s and self._done_at_s[0] < now_s - _RATE_OVER_S:
            self._done_at_s.popleft()
        return BATCH * len(self._done_at_s) / (now_s - self._done_at_s[0]) if len(self._done_at_s) > 1 else 0.0

    def use(self, chosen: TextEmbedder | None, before: TextEmbedder | None) -> None:
        """Embed with `chosen` from now on; the vectors of `before` answer until its own are complete."""
        spaces = (self._spaces.filling, self._spaces.answering)
        used = tuple(space.embedder if space is not None else None for space in spaces)
        if self._wanted is None and self._is_running and used in ((chosen, before), (chosen, chosen)):
            return
        self._wanted = (chosen, before)
        if not self._is_running:
            self._take_over()
        self.note_texts()

    def pause(self, *, paused: bool) -> None:
        """Embed nothing, or go on; what nobody has any more is removed even so."""
        self._is_paused = paused
        self.note_texts()

    def note_texts(self) -> None:
        """Look again, because texts came or went."""
        self.is_idle, self._left_at_start = False, None
        self._wake.set()

    async def run(self) -> None:
        """Embed whatever there is to, until cancelled.

        Raises: DiskFull, DataDirectoryUnwritable, VectorsDamaged if the store fails again and again.
        """
        self._backlog, self._has_checked, self._is_running = None, False, True
        try:
            await self._keep_embedding()
        finally:
            self._is_running = False

    async def _keep_embedding(self) -> None:
        while True:
            self._wake.clear()
            try:
                self._take_over()
                await self._work()
            except _Superseded:
                continue
            except VectorsDamaged:
                self._rebuilds += 1
                if self._rebuilds > _REBUILDS:
                    raise
                self._backlog = None
                continue
            except ModelDied as error:
                log.warning("nothing is embedded any more: %s", error)
                self._has_given_up, self._backlog = True, None
            if not self._wake.is_set():
                self.is_idle = True
                self._callbacks.on_progress()
                self._on_idle()
            await self._wake.wait()

    def _take_over(self) -> None:
        """Use the embedders that were asked for last."""
        if self._wanted is None:
            return
        chosen, before = self._wanted
        self._wanted, self._backlog, self._has_given_up, self._sampled = None, None, False, 0
        self._left_at_start = None
        self._spaces.use(chosen, before)
        self._callbacks.on_answering()

    async def _work(self) -> None:
        space = self._spaces.filling
        if space is None or self._has_given_up:
            await self._drive(forget_steps(self._catalog, [space.vectors] if space is not None else []))
            return
        if self._backlog is None or self._is_any_damaged():
            await self._check(space)
            self._backlog, self._given = Backlog(space), 0
        self._look_at_languages(space)
        await self._embed(space, self._backlog)
        await self._sweep(space)
        self._look_at_languages(space)
        if self._spaces.answering is not space and not self._backlog.passages:
            self._spaces.switch()
            self._callbacks.on_answering()
            await self._forget_others(space)

    async def _check(self, space: Library) -> None:
        answering = self._spaces.answering
        for one in (space, answering) if answering is not None and answering is not space else (space,):
            await self._drive(check_steps(one))
        if answering is space and not self._has_checked:  # what was begun with another is kept while one may go back
            await self._forget_others(space)
        self._has_checked = True

    async def _forget_others(self, space: Library) -> None:
        """Remove what other embedders made, now that the chosen one's vectors are the ones that answer."""
        self._spaces.remove_others()
        database = self._catalog.database
        await self._drive(database.in_slices(texts.purge_other_embedders_steps(database, space.embedder.name)))

    async def _embed(self, space: Library, backlog: Backlog) -> None:
        """Embed the backlog; what is with the embedder when this ends early is saved all the same."""
        running: deque[_Running] = deque()
        try:
            while True:
                while len(running) < _BATCHES and (batch := await self._next(backlog, running)):
                    running.append((batch, self._started(space.embedder, batch)))
                if not running:
                    return
                batch, vectors = running[0]
                self._keep(space, batch, await vectors)
                running.popleft()
                await asyncio.sleep(0)
                if running and self._wake.is_set():
                    self._wake.clear()
                    await self._sweep(space)
        except (VectorsDamaged, _Superseded):
            for batch, vectors in running:
                embedded = zip((hashed for hashed, _ in batch), await vectors, strict=True)
                texts.save_embeddings(self._catalog.database, space.embedder.name, list(embedded))
            raise

    async def _next(self, backlog: Backlog, running: Iterable[_Running]) -> list[tuple[bytes, str]]:
        """Return the next few texts that are not `running`, none if none are left or the person has paused."""
        await self._not_busy()
        in_flight = {hashed for batch, _ in running for hashed, _ in batch}
        while not self._is_paused and (found := backlog.take(BATCH, in_flight)) is not None:
            if found:
                self._given += len(found)
                return found
            await asyncio.sleep(0)
        return []

    def _started(self, embedder: TextEmbedder, batch: Sequence[tuple[bytes, str]]) -> "asyncio.Future[list[Vector]]":
        loop = asyncio.get_running_loop()
        return asyncio.gather(*(loop.run_in_executor(self._threads, _embedded, embedder, text) for _, text in batch))

    def _keep(self, space: Library, batch: Sequence[tuple[bytes, str]], vectors: Sequence[Vector]) -> None:
        keep(space, [(hashed, vector) for (hashed, _), vector in zip(batch, vectors, strict=True)])
        self._counts.embedded += len(batch)
        self._given -= len(batch)
        self._done_at_s.append(time.monotonic())
        self._callbacks.on_progress()

    async def _sweep(self, space: Library) -> None:
        answering = self._spaces.answering
        await self._drive(sweep_steps(space, answering if answering is not space else None))

    async def _drive(self, steps: Generator[None, None, _T]) -> _T:
        """Run steps, letting everything else run in between, and pausing while an answer is being written."""
        while True:
            await self._not_busy()
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value
            if any(store.left for store in self._spaces.stores):
                self._callbacks.on_progress()
            await asyncio.sleep(0)

    async def _not_busy(self) -> None:
        if self._wanted is not None:
            raise _Superseded
        while self._callbacks.is_busy():
            await asyncio.sleep(_BUSY_S)

    def _is_any_damaged(self) -> bool:
        spaces = (self._spaces.filling, self._spaces.answering)
        return any(space is not None and space.vectors.is_damaged for space in spaces)

    def _look_at_languages(self, space: Library) -> None:
        database = self._catalog.database
        last = database.value("SELECT coalesce(max(id), 0) FROM passages")
        if last != self._sampled:
            self._sampled = last
            self.foreign = foreign_share(space.embedder, texts.sample_texts(database, _SAMPLE))
            self._callbacks.on_progress()


def _embedded(embedder: TextEmbedder, passage: str) -> Vector:
    """Embed a text; one that ends the model's process twice is given the vector of no text."""
    for _ in range(_TRIES):
        try:
            return embedder.embed(passage)
        except ModelDied:
            continue
    return embedder.embed("")
