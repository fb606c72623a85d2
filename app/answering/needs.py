"""What answering needs from the rest of the engine: a model, a library, limits. Used in the engine's process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.core.child_messages import Generated, TokenText, YesOrNo
from app.core.evidence import CHARACTERS_PER_TOKEN
from app.core.receipts import UsedModel
from app.core.tallies import Coverage
from app.core.types import ChatMessage, DocumentRow, Filters, Hit, SearchResult, ThreadRuns

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
    def doubts_below(self) -> float | None:
        """Return the log odds of a yes below which it does not know an answer, None if that was never measured."""
        ...

    @property
    def prompt_ms_per_token(self) -> float:
        """Return how fast it reads prompts at present, 0 if that is not known."""
        ...

    @property
    def context_tokens(self) -> int:
        """Return how many tokens prompt and answer may have together."""
        ...

    async def count(self, prompt: tuple[ChatMessage, ...]) -> int:
        """Return the tokens of a prompt."""
        ...

    def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        """Yield text, and `Generated` last; `threads` are those that it was written with before."""
        ...

    async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
        """Return whether it leans to a yes or a no; `is_aside` is what begins as `examples.BEGINNING` does."""
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

    def languages(self, texts: tuple[str, ...]) -> Awaitable[tuple[str, ...]]:
        """Return the code of each text's language, "" where that is not certain."""
        ...

    def judged(self, question: str, texts: tuple[str, ...]) -> Awaitable[tuple[float, ...]]:
        """Return for each of some sentences how surely it answers a question (logits), () where nothing can tell."""
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


AROUND_EVIDENCE_TOKENS = 150
"""The question, the check of a sentence and the last line; instructions and examples are read beforehand."""

EVIDENCE_LEAST_TOKENS = 700
"""Two usual passages, however slow the computer is: with the first alone a tenth of the questions had not theirs."""


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much the model is given and may write, in tokens, and how long its first word may take (0: any time)."""

    evidence_tokens: int
    answer_tokens: int
    first_token_s: int = 0

    def answer_room(self, context_tokens: int) -> int:
        """Return how much may be written in a context: at most a quarter of it."""
        return min(self.answer_tokens, context_tokens // 4)

    def evidence_room(self, prompt_ms_per_token: float, first_token_s: int | None = None, beside: str = "") -> int:
        """Return how much evidence may be given to a model that reads at this pace (0: not known), and `beside` it."""
        seconds = self.first_token_s if first_token_s is None else first_token_s
        if not seconds or not prompt_ms_per_token:
            return self.evidence_tokens
        around = AROUND_EVIDENCE_TOKENS + round(len(beside) / CHARACTERS_PER_TOKEN)
        readable = int(seconds * 1000 / prompt_ms_per_token) - around
        return min(self.evidence_tokens, max(EVIDENCE_LEAST_TOKENS, readable))
