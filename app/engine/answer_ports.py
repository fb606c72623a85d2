"""The engine's model, library and versions as the answering layer wants them. Used in the engine's process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from app.core.child_messages import Generated, TokenText, YesOrNo
from app.core.pages import Span
from app.core.receipts import UsedModel
from app.core.tallies import Coverage
from app.core.types import ChatMessage, DocumentRow, DocumentState, Filters, Hit, SearchResult, ThreadRuns
from app.engine.model_host import ModelHost
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog

_PACKAGES = ("margent", "llama-cpp-python", "onnxruntime")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The model that writes one answer, as the answering layer wants it."""

    name: str
    device: str
    context_tokens: int
    host: ModelHost
    used: "asyncio.Task[UsedModel]"
    doubts_below: float | None = None
    _writer: object = field(default_factory=object)

    @property
    def prompt_ms_per_token(self) -> float:
        """Return how fast it reads prompts at present."""
        return self.host.prompt_ms_per_token

    async def count(self, prompt: tuple[ChatMessage, ...]) -> int:
        """Return the tokens of a prompt."""
        return await self.host.count(prompt)

    def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        """Yield text, and `Generated` last."""
        return self.host.generate(prompt, max_tokens, seed, self._writer, threads)

    async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
        """Return whether it leans to a yes or a no."""
        return await self.host.yes_or_no(prompt, self._writer, is_aside=is_aside)

    async def stop(self) -> None:
        """Have the text that is written for this answer end now; another answer's goes on."""
        await self.host.stop(self._writer)

    async def identity(self) -> UsedModel:
        """Return what it is, by the hashes of its files; that a question was stopped does not end the hashing."""
        return await asyncio.shield(self.used)


class SearchedLibrary:
    """The library as a question sees it."""

    def __init__(self, search: SearchThread, catalog: Catalog) -> None:
        self._search = search
        self._catalog = catalog

    def search(self, query: str, limit: int, filters: Filters) -> Awaitable[SearchResult]:
        """Return the best passages for a query."""
        return self._search.search(query, limit, filters)

    def languages(self, texts: tuple[str, ...]) -> Awaitable[tuple[str, ...]]:
        """Return the code of each text's language, "" where that is not certain."""
        return self._search.languages(texts)

    def judged(self, question: str, texts: tuple[str, ...]) -> Awaitable[tuple[float, ...]]:
        """Return for each of some sentences how surely it answers a question (logits), () where nothing can tell."""
        return self._search.judged(question, texts)

    def passages(self, ids: tuple[int, ...]) -> dict[int, Hit]:
        """Return the passages that are still what they were, by id."""
        return self._catalog.hits(ids)

    def place(self, path: bytes, digest: str, page: int, span: Span) -> tuple[int, int]:
        """Return the number of the document at a path, and of the passage if the document is still the same; else 0."""
        row = self._catalog.document_at(path)
        if row is None:
            return 0, 0
        if self._catalog.digest(row.id) != digest:
            return row.id, 0
        standing = self._catalog.passages_on(row.id, page)
        return row.id, next((number for number, stands in standing if stands == span), 0)

    def coverage(self) -> Coverage:
        """Return what the library holds at this moment."""
        status = self._catalog.status()
        return Coverage(
            ready=status.ready,
            queued=status.queued,
            failed=status.failed,
            pages_without_text=status.pages_without_text,
            current_as_of_ns=status.current_as_of_ns,
            absent=status.absent,
        )

    def unread(self) -> tuple[DocumentRow, ...]:
        """Return the documents that are not in the index, or not with all their pages."""
        unread = (DocumentState.FAILED, DocumentState.QUEUED, DocumentState.READING, DocumentState.ABSENT)
        rows = self._catalog.document_rows()
        return tuple(row for row in rows if row.state in unread or row.pages_without_text)


@cache
def package_versions() -> dict[str, str]:
    """Return the versions of what takes part in an answer; a package without one is left out."""
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
