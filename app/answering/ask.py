"""One question to one answer: search, evidence, prompt, tokens, sentences, receipt. Runs in the engine's process."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from app.core.child_messages import Generated, TokenText
from app.core.citations import cited_sentences, resolve_citations
from app.core.errors import QuestionTooLong, UsageWrong
from app.core.evidence import choose_evidence
from app.core.followup import standalone
from app.core.found import is_convincing, is_refusal, rests_on_evidence, worth_a_second_try, worth_asking
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound
from app.core.prompt import NOT_FOUND, build_prompt
from app.core.receipts import Receipt, ReceiptSource
from app.core.types import Answer, ChatMessage, Filters, Hit, SearchResult
from app.readers.sentences import sentences as split_sentences

QUESTION_LIMIT_CHARACTERS = 20_000
HITS_WANTED = 10
PROMPT_MARGIN_TOKENS = 16
SEED = 0
NOTHING_GENERATED = Generated("end", 0, 0, 0.0, 0.0)
STOP_EVERY_S = 0.1
RECEIPT_VERSION = "1"


Result = TypeVar("Result")


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


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much the model is given and may write, in tokens."""

    evidence_tokens: int
    answer_tokens: int


@dataclass(slots=True)
class _Draft:
    """One answer as it comes about; `model` is None until one writes."""

    ask: Ask
    started: float
    searched: str
    evidence: tuple[Hit, ...]
    retrieve_ms: float
    model: AnswerModel | None = None
    second_try: bool = False
    text: str = ""
    first_token_ms: float = 0.0
    generated: Generated = NOTHING_GENERATED

    @property
    def prompt(self) -> tuple[ChatMessage, ...]:
        """Return the messages that the model is sent."""
        return build_prompt(self.ask.question, self.evidence, self.ask.turns, second_try=self.second_try)


class Answering:
    """Answers questions from a library; `search` and `record` are its only doors to the disk."""

    def __init__(
        self,
        search: Callable[[str, int, Filters], Awaitable[SearchResult]],
        record: Callable[[Receipt], str],
        limits: AnswerLimits,
    ) -> None:
        self._search = search
        self._record = record
        self._limits = limits

    async def answer(
        self, ask: Ask, load: Callable[[], Coroutine[None, None, AnswerModel]], stopped: asyncio.Event
    ) -> AsyncIterator[EvidenceFound | AnswerGrew | AnswerFinished]:
        """Yield the evidence, the answer's text as it grows, and the finished answer, soon after `stopped` is set.

        Raises:
            AppError: the question makes no sense, or the model failed.
        """
        _check(ask.question)
        draft = await self._begin(replace(ask, question=_sendable(ask.question)), stopped)
        if not stopped.is_set():
            yield EvidenceFound(draft.evidence, draft.retrieve_ms)
        if not (ask.evidence_only or ask.no_model) and worth_asking(draft.evidence):
            draft.model = await _unless(stopped, load())
            if draft.model is None:
                draft.generated = replace(draft.generated, reason="stopped")
            else:
                announced = draft.evidence
                draft.evidence = await self._fitting(draft, draft.model)
                if draft.evidence != announced:
                    yield EvidenceFound(draft.evidence, draft.retrieve_ms)
                async for grown in self._write(draft, draft.model, stopped):
                    yield grown
                if await self._tried_again(draft, draft.model, stopped):
                    yield AnswerGrew(draft.text)
        yield AnswerFinished(self._finished(draft))

    async def _begin(self, ask: Ask, stopped: asyncio.Event) -> _Draft:
        """Search for the evidence; when stopped, go on without any at once."""
        started = time.perf_counter()
        searched = standalone(ask.question, ask.turns)
        found = await _unless(stopped, self._search(searched, HITS_WANTED, ask.filters))
        evidence = choose_evidence(found.hits, self._limits.evidence_tokens) if found else ()
        draft = _Draft(ask, started, searched, evidence, _ms_since(started))
        if found is None:
            draft.generated = replace(NOTHING_GENERATED, reason="stopped")
        return draft

    async def _write(self, draft: _Draft, model: AnswerModel, stopped: asyncio.Event) -> AsyncIterator[AnswerGrew]:
        """Yield the text as the model writes it, and keep it in the draft; what may become a refusal is held back."""
        shown = 0
        stopping = asyncio.create_task(_keep_stopping(stopped, model))
        try:
            async for event in model.generate(draft.prompt, self._limits.answer_tokens, SEED):
                match event:
                    case TokenText(text):
                        draft.first_token_ms = draft.first_token_ms or _ms_since(draft.started)
                        draft.text += text
                        if not NOT_FOUND.startswith(draft.text.strip()):
                            yield AnswerGrew(draft.text[shown:])
                            shown = len(draft.text)
                    case Generated():
                        draft.generated = event
        finally:
            stopping.cancel()

    async def _tried_again(self, draft: _Draft, model: AnswerModel, stopped: asyncio.Event) -> bool:
        """Ask once more where the model refused what the reranker thinks is there; tell whether that convinced."""
        refused = draft.generated.reason != "stopped" and worth_a_second_try(draft.text, draft.evidence)
        if not refused:
            return False
        again = replace(draft, second_try=True, text="")
        async for _ in self._write(again, model, stopped):
            pass
        if again.generated.reason == "stopped":
            draft.text, draft.generated = "", again.generated  # neither the refusal nor half a second try is an answer
            return False
        sentences = cited_sentences(again.text.strip(), draft.evidence, split_sentences)
        if is_refusal(again.text) or not is_convincing(draft.ask.question, sentences, draft.evidence):
            return False
        draft.second_try, draft.text, draft.generated = True, again.text, again.generated
        return True

    async def _fitting(self, draft: _Draft, model: AnswerModel) -> tuple[Hit, ...]:
        """Return as much of the evidence as the model's context really holds, by its own count."""
        limit = model.context_tokens - self._limits.answer_tokens - PROMPT_MARGIN_TOKENS
        tokens = 0
        for count in range(len(draft.evidence), 0, -1):
            tokens = await model.count(build_prompt(draft.ask.question, draft.evidence[:count], draft.ask.turns))
            if tokens <= limit:
                return draft.evidence[:count]
        raise QuestionTooLong(tokens=str(tokens), limit=str(limit))

    def _finished(self, draft: _Draft) -> Answer:
        stopped = draft.generated.reason == "stopped"
        text = draft.text.strip()
        sentences = cited_sentences(text, draft.evidence, split_sentences)
        found = not is_refusal(text) and rests_on_evidence(sentences)
        if not found and not stopped:
            sentences = ()
        answer = Answer(
            text=text,
            found=found,
            stopped=stopped,
            sentences=sentences,
            citations=resolve_citations(sentences, draft.evidence, split_sentences),
            evidence=draft.evidence,
            receipt="",
            model=draft.model.name if draft.model else "",
            retrieve_ms=draft.retrieve_ms,
            first_token_ms=draft.first_token_ms,
            total_ms=_ms_since(draft.started),
            prompt_tokens=draft.generated.prompt_tokens,
            answer_tokens=draft.generated.answer_tokens,
        )
        if draft.model is None:
            return answer
        return replace(answer, receipt=self._record(self._receipt(draft, draft.model, answer)))

    def _receipt(self, draft: _Draft, model: AnswerModel, answer: Answer) -> Receipt:
        return Receipt(
            created_ns=time.time_ns(),
            question=draft.ask.question,
            searched=draft.searched,
            prompt=draft.prompt,
            sources=tuple(_source(number, hit) for number, hit in enumerate(draft.evidence, start=1)),
            model=answer.model,
            device=model.device,
            seed=SEED,
            max_tokens=self._limits.answer_tokens,
            answer=answer.text,
            found=answer.found,
            sentences=answer.sentences,
            retrieve_ms=answer.retrieve_ms,
            first_token_ms=answer.first_token_ms,
            total_ms=answer.total_ms,
            prompt_tokens=answer.prompt_tokens,
            answer_tokens=answer.answer_tokens,
            version=RECEIPT_VERSION,
        )


def _check(question: str) -> None:
    """Raise `UsageWrong` for no question, `QuestionTooLong` for one that no context holds."""
    if not question.strip():
        raise UsageWrong(detail="empty question")
    if len(question) > QUESTION_LIMIT_CHARACTERS:
        raise QuestionTooLong(tokens=str(len(question) // 3), limit=str(QUESTION_LIMIT_CHARACTERS // 3))


def _sendable(text: str) -> str:
    """Return a text that any process and file takes: a command line that is not UTF-8 comes as lone surrogates."""
    return text.encode("utf-8", "replace").decode()


async def _unless(stopped: asyncio.Event, work: Awaitable[Result]) -> Result | None:
    """Return what the work comes to, None at once when stopped; a model's loading goes on for the next question."""
    doing = asyncio.ensure_future(work)
    stop = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((doing, stop), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
    if stopped.is_set():
        doing.add_done_callback(_look_at)
        return None
    return await doing


def _look_at(done: "asyncio.Future[Result]") -> None:
    """Take note of how something ended that nobody waits for any more; the next question meets what went wrong."""
    if not done.cancelled():
        done.exception()


async def _keep_stopping(stopped: asyncio.Event, model: AnswerModel) -> None:
    """Tell the model to stop, again and again: it may not have begun yet."""
    await stopped.wait()
    while True:
        await model.stop()
        await asyncio.sleep(STOP_EVERY_S)


def _source(number: int, hit: Hit) -> ReceiptSource:
    path = hit.path.decode("utf-8", "replace")
    return ReceiptSource(number, path, hit.digest, hit.modified_ns, hit.page, hit.start, hit.end)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
