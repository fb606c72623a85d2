"""What answering needs from the rest of the engine: a model, a library, limits. Used in the engine's process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.core.child_messages import Generated, TokenText
from app.core.receipts import UsedModel
from app.core.tallies import Coverage
from app.core.types import ChatMessage, DocumentRow, Filters, Hit, SearchResult

Versions: TypeAlias = Callable[[], Mapping[str, str]]
"""Tells what made an answer besides the model: Margent, llama.cpp, embedder, reranker."""


class AnswerModel(Protocol):
    """A loaded model, wherever it runs."""

    @property
    def name(self) -> str:
        """Return the model's name on the shelf."""
        ...

    @property
    def device(self) -> str:
        """Return what it computes on."""
        ...

    @property
    def context_tokens(self) -> int:
        """Return how many tokens prompt and answer may have together."""
        ...

    async def count(self, prompt: tuple[ChatMessage, ...]) -> int:
        """Return the tokens of a prompt."""
        ...

    def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int
    ) -> AsyncIterator[TokenText | Generated]:
        """Yield text, and `Generated` last."""
        ...

    async def stop(self) -> None:
        """Have the text in hand end now; nothing happens if there is none."""
        ...

    async def identity(self) -> UsedModel:
        """Return what it is, by the hashes of its files."""
        ...


class AnswerLibrary(Protocol):
    """What an answer needs of the library."""

    def search(self, query: str, limit: int, filters: Filters) -> Awaitable[SearchResult]:
        """Return the best passages for a query."""
        ...

    def passages(self, ids: tuple[int, ...]) -> dict[int, Hit]:
        """Return the passages that are still what they were, by id."""
        ...

    def coverage(self) -> Coverage:
        """Return what the library holds at this moment."""
        ...

    def unread(self) -> tuple[DocumentRow, ...]:
        """Return the documents that are not in the index, or not with all their pages."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much the model is given and may write, in tokens."""

    evidence_tokens: int
    answer_tokens: int

    def answer_room(self, context_tokens: int) -> int:
        """Return how much may be written in a context: at most a quarter of it."""
        return min(self.answer_tokens, context_tokens // 4)
