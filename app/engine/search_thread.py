"""Searches in a thread beside the engine's loop, so that nothing has to wait for one. In the engine's process."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from app.core.explanation import Explanation
from app.core.page_messages import DocumentSearched, FindInDocument
from app.core.types import Filters, SearchResult
from app.library.catalog import Catalog
from app.library.database import Database
from app.library.embedder import TextEmbedder
from app.library.explain import Asked, explain
from app.library.finding import find_in_document
from app.library.language import language_of
from app.library.reranker import Reranker
from app.library.search import Searcher
from app.library.vectors import Vectors

Found = TypeVar("Found")


class SearchThread:
    """One thread with a reading connection of its own to the catalog.

    The indexer writes meanwhile: a search sees the catalog as it stood when the search began. Vectors, embedder and
    reranker are shared with the loop: Chroma's calls, onnxruntime's `run`, a tokenizer's `encode` and questions to an
    embedder in a process of its own may be made from several threads at once.
    """

    def __init__(self, catalog: Path) -> None:
        """Take the path of a catalog that is open already; until `use` is called, search by words alone."""
        self._catalog = Catalog(Database(catalog, for_reading=True))
        self._searcher = Searcher(self._catalog, None, None, None)
        self._thread = ThreadPoolExecutor(1, "search")
        self._searches = 0

    @property
    def is_busy(self) -> bool:
        """Return whether a search runs or waits."""
        return self._searches > 0

    def use(
        self,
        vectors: Vectors | None,
        embedder: TextEmbedder | None,
        reranker: Reranker | None,
    ) -> None:
        """Search with these from now on; what waits for its turn does too."""
        self._searcher = Searcher(self._catalog, vectors, embedder, reranker)

    async def search(self, query: str, limit: int, filters: Filters) -> SearchResult:
        """Return the best passages for `query`; one search after the other.

        Raises:
            FilterMatchesNothing: the filters leave no document to search.
        """
        return await self._beside(lambda: self._searcher.search(query, limit, filters))

    async def judged(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return the reranker's logit for each of some sentences, () without one that knows the question's words."""
        return await self._beside(lambda: self._searcher.judged(question, texts))

    async def languages(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the code of each text's language, "" where that is not certain."""
        return await self._beside(lambda: tuple(language_of(text) for text in texts))

    async def explain(self, asked: Asked, passage_ids: Sequence[int]) -> tuple[Explanation, ...]:
        """Return what became of each of these passages of one document.

        Raises:
            FilterMatchesNothing: the filters leave no document to search.
        """
        return await self._beside(lambda: explain(self._searcher, self._catalog, asked, passage_ids))

    async def find(self, request: FindInDocument) -> DocumentSearched:
        """Return where words stand in the text of one document."""
        return await self._beside(lambda: find_in_document(self._catalog.database, request))

    def close(self) -> None:
        """Wait for the search in hand, drop those that wait, and close the connection."""
        self._thread.shutdown(cancel_futures=True)
        self._catalog.database.close()  # the engine closes the catalog itself

    async def _beside(self, work: Callable[[], Found]) -> Found:
        """Return what is found in the thread, in the catalog as it stands when it begins."""

        def found() -> Found:
            with self._catalog.database.snapshot():
                return work()

        self._searches += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, found)
        finally:
            self._searches -= 1
