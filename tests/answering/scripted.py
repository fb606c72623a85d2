"""A model that writes what it is told to, and a library in memory, for tests of answering."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from app.answering.ask import Answering
from app.answering.needs import AnswerLimits, AnswerModel
from app.core.answer_messages import AnswerReached
from app.core.child_messages import Generated, TokenText, YesOrNo
from app.core.examples import says_sentence
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, PromptPrepared
from app.core.receipts import Receipt, UsedModel
from app.core.tallies import Coverage
from app.core.types import Answer, ChatMessage, DocumentRow, Filters, Hit, SearchResult, ThreadRuns
from app.library.language import language_of
from tests.fakes import make_hit

AnswerEvent = EvidenceFound | PromptPrepared | AnswerReached | AnswerGrew | AnswerFinished

RENT = make_hit("The rent is 900 euros a month. It is due on the third day.")
NOTICE = make_hit("Either party may end the lease with three months' notice.", number=2, page=4)
LIMITS = AnswerLimits(evidence_tokens=500, answer_tokens=100)


@dataclass
class ScriptedModel:
    """Writes what it is told to; counts one token for four characters.

    Before it writes it leans to `log_odds`, to `log_odds_quoted` afterwards, and of sentences to `log_odds_said`.
    """

    pieces: tuple[str, ...]
    reason: str = "end"
    name: str = "scripted"
    device: str = "CPU"
    context_tokens: int = 4096
    prompts: list[tuple[ChatMessage, ...]] = field(default_factory=list[tuple[ChatMessage, ...]])
    stops: int = 0
    doubts_below: float | None = None
    log_odds: float | None = None
    log_odds_quoted: float | None = None
    log_odds_said: float | None = 1.25
    prompt_ms_per_token: float = 0.0
    checked: list[tuple[ChatMessage, ...]] = field(default_factory=list[tuple[ChatMessage, ...]])

    async def count(self, prompt: tuple[ChatMessage, ...]) -> int:
        return sum(len(message.content) for message in prompt) // 4

    async def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        self.prompts.append(prompt)
        for piece in self.pieces:
            yield TokenText(piece)
        yield Generated(self.reason, 100, len(self.pieces), 1.0, 2.0)

    async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
        self.checked.append(prompt)
        if is_aside and says_sentence("", ())[-1].content.splitlines()[-1] in prompt[-1].content:
            return YesOrNo(self.log_odds_said)
        return YesOrNo(self.log_odds_quoted if self.prompts else self.log_odds)

    async def stop(self) -> None:
        self.stops += 1

    async def identity(self) -> UsedModel:
        return UsedModel(self.name, "f" * 64, device=self.device, context_tokens=self.context_tokens)


@dataclass
class HesitantModel(ScriptedModel):
    """Refuses at first, and writes its pieces when it is asked again."""

    async def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        self.prompts.append(prompt)
        for piece in self.pieces if len(self.prompts) > 1 else ("NOT FOUND",):
            yield TokenText(piece)
        yield Generated("end", 100, 3, 1.0, 2.0)


class Library:
    """Hits in memory; remembers what was searched and recorded. `nearest` is the text that it judges to be so."""

    def __init__(
        self, *hits: Hit, others: tuple[Hit, ...] = (), unread: tuple[DocumentRow, ...] = (), nearest: str = ""
    ) -> None:
        self.hits = hits
        self.known = {hit.passage_id: hit for hit in (*hits, *others)}
        self.unreadable = unread
        self.nearest = nearest
        self.searched: list[str] = []
        self.receipts: list[Receipt] = []

    async def search(self, query: str, limit: int, filters: Filters) -> SearchResult:
        self.searched.append(query)
        return SearchResult(self.hits[:limit])

    async def languages(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(language_of(text) for text in texts)

    async def judged(self, question: str, texts: tuple[str, ...]) -> tuple[float, ...]:
        return tuple(float(text == self.nearest) for text in texts) if self.nearest else ()

    def passages(self, ids: tuple[int, ...]) -> dict[int, Hit]:
        return {number: self.known[number] for number in ids if number in self.known}

    def coverage(self) -> Coverage:
        return Coverage(ready=2, queued=1, failed=len(self.unreadable), pages_without_text=0, current_as_of_ns=1)

    def unread(self) -> tuple[DocumentRow, ...]:
        return self.unreadable

    def record(self, receipt: Receipt) -> str:
        self.receipts.append(receipt)
        return f"r{len(self.receipts)}"


def ask(
    library: Library,
    model: ScriptedModel,
    question: Ask,
    limits: AnswerLimits = LIMITS,
    stopped: asyncio.Event | None = None,
) -> list[AnswerEvent]:
    async def load() -> AnswerModel:
        return model

    async def collect() -> list[AnswerEvent]:
        answering = Answering(library, library.record, limits, dict)
        return [event async for event in answering.answer(question, load, stopped or asyncio.Event())]

    return asyncio.run(collect())


def finished(events: list[AnswerEvent]) -> Answer:
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    return last.answer
