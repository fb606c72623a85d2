"""Searches in a thread beside the engine's loop, so that nothing has to wait for one. In the engine's process."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.core.types import Filters, SearchResult
from app.library.catalog import Catalog
from app.library.database import Database
from app.library.embedder import Embedder
from app.library.reranker import Reranker
from app.library.search import Searcher
from app.library.vectors import Vectors


class SearchThread:
    """One thread with a reading connection of its own to the catalog.

    The indexer writes meanwhile: a search sees the catalog as it stood when the search began. Vectors, embedder and
    reranker are shared with the loop: Chroma's calls, onnxruntime's `run` and a tokenizer's `encode` may be made from
    several threads at once.
    """

    def __init__(self, catalog: Path, vectors: Vectors) -> None:
        """Take the path of a catalog that is open already; until `use` is called, search by words alone."""
        self._catalog = Catalog(Database(catalog, for_reading=True))
        self._vectors = vectors
        self._searcher = Searcher(self._catalog, None, None, None)
        self._thread = ThreadPoolExecutor(1, "search")
        self._searches = 0

    @property
    def is_busy(self) -> bool:
        """Return whether a search runs or waits."""
        return self._searches > 0

    def use(self, embedder: Embedder | None, reranker: Reranker | None) -> None:
        """Search with these from now on."""
        self._searcher = Searcher(self._catalog, self._vectors, embedder, reranker)

    async def search(self, query: str, limit: int, filters: Filters) -> SearchResult:
        """Return the best passages for `query`; one search after the other."""
        self._searches += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._searched, self._searcher, query, limit, filters)
        finally:
            self._searches -= 1

    def close(self) -> None:
        """Wait for the search in hand, drop those that wait, and close the connection."""
        self._thread.shutdown(cancel_futures=True)
        self._catalog.close()

    def _searched(self, searcher: Searcher, query: str, limit: int, filters: Filters) -> SearchResult:
        with self._catalog.database.snapshot():
            return searcher.search(query, limit, filters)
