"""One question to one answer: search, evidence, prompt, tokens, sentences, receipt. Runs in the engine's process."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.core.citations import cited_sentences, resolve_citations
from app.core.errors import QuestionTooLong, UsageWrong
from app.core.evidence import choose_evidence
from app.core.followup import standalone
from app.core.found import is_refusal, rests_on_evidence, worth_asking
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, Generated, TokenText
from app.core.prompt import build_prompt
from app.core.receipts import Receipt, ReceiptSource
from app.core.types import Answer, ChatMessage, Filters, Hit, SearchResult
from app.readers.sentences import sentences as split_sentences

QUESTION_LIMIT_CHARACTERS = 20_000
HITS_WANTED = 10
PROMPT_MARGIN_TOKENS = 16
SEED = 0
VERSION = "1"


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


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much the model is given and may write, in tokens."""

    evidence_tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is known when the model has ended, or need not begin."""

    searched: str
    evidence: tuple[Hit, ...]
    prompt: tuple[ChatMessage, ...]
    text: str
    generated: Generated
    retrieve_ms: float
    first_token_ms: float


class Answering:
    """Answers questions from a library; `search` and `record` are its only doors to the disk."""

    def __init__(
        self,
        search: Callable[[str, int, Filters], SearchResult],
        record: Callable[[Receipt], str],
        limits: AnswerLimits,
    ) -> None:
        self._search = search
        self._record = record
        self._limits = limits

    async def answer(
        self, ask: Ask, load: Callable[[], Awaitable[AnswerModel]]
    ) -> AsyncIterator[EvidenceFound | AnswerGrew | AnswerFinished]:
        """Yield the evidence, the answer's text as it grows, and the finished answer.

        Raises:
            AppError: the question makes no sense, or the model failed.
        """
        started = time.perf_counter()
        question = ask.question.strip()
        if not question:
            raise UsageWrong(detail="empty question")
        if len(question) > QUESTION_LIMIT_CHARACTERS:
            raise QuestionTooLong(tokens=str(len(question) // 3), limit=str(QUESTION_LIMIT_CHARACTERS // 3))
        searched = standalone(question, ask.turns)
        hits = self._search(searched, HITS_WANTED, ask.filters).hits
        evidence = choose_evidence(hits, self._limits.evidence_tokens)
        retrieve_ms = _ms_since(started)
        yield EvidenceFound(evidence, retrieve_ms)
        nothing = Generated("end", 0, 0, 0.0, 0.0)
        if ask.evidence_only or ask.no_model or not worth_asking(evidence):
            prompt = build_prompt(question, evidence, ask.turns)
            draft = _Draft(searched, evidence, prompt, "", nothing, retrieve_ms, 0.0)
            yield AnswerFinished(self._finished(ask, draft, None, started))
            return
        model = await load()
        fitting = await self._fitting(question, evidence, ask, model)
        if fitting != evidence:
            evidence = fitting
            yield EvidenceFound(evidence, retrieve_ms)
        prompt = build_prompt(question, evidence, ask.turns)
        pieces: list[str] = []
        generated = nothing
        first_token_ms = 0.0
        async for event in model.generate(prompt, self._limits.answer_tokens, SEED):
            match event:
                case TokenText(text):
                    first_token_ms = first_token_ms or _ms_since(started)
                    pieces.append(text)
                    yield AnswerGrew(text)
                case Generated():
                    generated = event
        draft = _Draft(searched, evidence, prompt, "".join(pieces).strip(), generated, retrieve_ms, first_token_ms)
        yield AnswerFinished(self._finished(ask, draft, model, started))

    async def _fitting(self, question: str, evidence: tuple[Hit, ...], ask: Ask, model: AnswerModel) -> tuple[Hit, ...]:
        """Return as much of the evidence as the model's context really holds, by its own count."""
        limit = model.context_tokens - self._limits.answer_tokens - PROMPT_MARGIN_TOKENS
        tokens = 0
        for count in range(len(evidence), 0, -1):
            tokens = await model.count(build_prompt(question, evidence[:count], ask.turns))
            if tokens <= limit:
                return evidence[:count]
        raise QuestionTooLong(tokens=str(tokens), limit=str(limit))

    def _finished(self, ask: Ask, draft: _Draft, model: AnswerModel | None, started: float) -> Answer:
        stopped = draft.generated.reason == "stopped"
        sentences = cited_sentences(draft.text, draft.evidence, split_sentences)
        found = not is_refusal(draft.text) and rests_on_evidence(sentences)
        if not found and not stopped:
            sentences = ()
        total_ms = _ms_since(started)
        receipt = Receipt(
            created_ns=time.time_ns(),
            question=ask.question,
            searched=draft.searched,
            prompt=draft.prompt,
            sources=tuple(_source(number, hit) for number, hit in enumerate(draft.evidence, start=1)),
            model=model.name if model else "",
            device=model.device if model else "",
            seed=SEED,
            max_tokens=self._limits.answer_tokens,
            answer=draft.text,
            found=found,
            sentences=sentences,
            retrieve_ms=draft.retrieve_ms,
            first_token_ms=draft.first_token_ms,
            total_ms=total_ms,
            prompt_tokens=draft.generated.prompt_tokens,
            answer_tokens=draft.generated.answer_tokens,
            version=VERSION,
        )
        return Answer(
            text=draft.text,
            found=found,
            stopped=stopped,
            sentences=sentences,
            citations=resolve_citations(sentences, draft.evidence, split_sentences),
            evidence=draft.evidence,
            receipt=self._record(receipt) if model else "",
            model=receipt.model,
            retrieve_ms=draft.retrieve_ms,
            first_token_ms=draft.first_token_ms,
            total_ms=total_ms,
            prompt_tokens=draft.generated.prompt_tokens,
            answer_tokens=draft.generated.answer_tokens,
        )


def _source(number: int, hit: Hit) -> ReceiptSource:
    path = hit.path.decode("utf-8", "replace")
    return ReceiptSource(number, path, hit.digest, hit.modified_ns, hit.page, hit.start, hit.end)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
