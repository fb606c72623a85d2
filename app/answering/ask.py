"""One question to one answer: search, evidence, prompt, tokens, sentences, receipt. Runs in the engine's process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace

from app.answering.counting import counted
from app.answering.doubting import check_written, is_hopeless, quoted_instead
from app.answering.draft import Draft, ms_since, receipt_of
from app.answering.needs import AnswerLibrary, AnswerLimits, AnswerModel, Versions
from app.answering.stopping import stoppable, unless
from app.answering.translating import is_translation, translated, wanted_language
from app.core.answer_messages import AnswerReached, AnswerStep
from app.core.child_messages import Generated, TokenText
from app.core.chosen import beside_pinned, by_hand, dropped, within_beside_pinned
from app.core.citations import resolve_citations
from app.core.conversation import TURNS_TOLD, EarlierTurn, carried, earlier_turn
from app.core.errors import QuestionTooLong, UsageWrong
from app.core.evidence import shorter_and_shorter
from app.core.followup import standalone
from app.core.found import (
    HOPELESS_LOGIT,
    is_convincing,
    is_refusal,
    likely_holders,
    may_refuse,
    promises,
    rests_on_evidence,
    withheld,
    worth_asking,
)
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, PromptPrepared
from app.core.prompt import style_text
from app.core.receipts import Receipt, Translation, UsedModel, WritingSettings
from app.core.types import SUPPORTED, Answer, Hit, Turn
from app.library.splitting import sentences_of

QUESTION_LIMIT_CHARACTERS = 20_000
HITS_WANTED = 10
PROMPT_MARGIN_TOKENS = 16
SEED = 0
NO_MODEL = UsedModel("", "")


class Answering:
    """Answers questions from a library; `library` and `record` are its only doors to the disk."""

    def __init__(
        self, library: AnswerLibrary, record: Callable[[Receipt], str], limits: AnswerLimits, versions: Versions
    ) -> None:
        self._library = library
        self._record = record
        self._limits = limits
        self._versions = versions
        self._searched = ""
        self._found: tuple[Hit, ...] = ()
        self._prompt_ms_per_token = 0.0

    async def prepare(self) -> None:
        """Load what tells languages, so that no question waits for it."""
        await self._library.languages(("",))

    async def answer(
        self, ask: Ask, load: Callable[[], Coroutine[None, None, AnswerModel]], stopped: asyncio.Event
    ) -> AsyncIterator[EvidenceFound | PromptPrepared | AnswerReached | AnswerGrew | AnswerFinished]:
        """Yield the evidence, the answer's steps, its text as it grows, and the answer, soon after `stopped` is set.

        Where only the evidence is asked for, `PromptPrepared` comes in the answer's place if there is a model to count.

        Raises:
            AppError: the question makes no sense, or the model failed.
        """
        _check(ask.question)
        draft = await self._begin(replace(ask, question=_sendable(ask.question)), stopped)
        by_a_person = ask.passages is not None
        if not stopped.is_set():
            yield EvidenceFound(draft.evidence, draft.retrieve_ms, draft.searched)
        if not ask.no_model and (translation := await self._translated(draft, load, stopped)):
            again = replace(draft.ask, searched=translation.text)
            before, draft = draft, await self._begin(again, stopped, draft.started)
            draft.translation, draft.model = translation, before.model
            yield EvidenceFound(draft.evidence, draft.retrieve_ms, draft.searched)
        if not ask.no_model and (ask.evidence_only or by_a_person or worth_asking(draft.evidence)):
            draft.model = await unless(stopped, load())
            if draft.model is None:
                draft.generated = replace(draft.generated, reason="stopped")
            else:
                announced = draft.evidence
                self._prompt_ms_per_token = draft.model.prompt_ms_per_token
                draft.evidence = await self._fitting(draft, draft.model)
                if draft.evidence != announced:
                    yield EvidenceFound(draft.evidence, draft.retrieve_ms, draft.searched)
                if ask.evidence_only:
                    room = self._limits.answer_room(draft.model.context_tokens)
                    yield PromptPrepared(draft.prompt, await counted(draft, draft.model, room))
                else:
                    async for grown in self._written(draft, draft.model, stopped):
                        yield grown
        yield AnswerFinished(await self._finished(draft))

    async def _begin(self, ask: Ask, stopped: asyncio.Event, started: float = 0.0) -> Draft:
        """Search for the evidence, unless it is given; when stopped, go on without any at once.

        A question that leans on nothing begins a new topic: it is asked without the conversation.
        """
        began = time.perf_counter()
        alone = await self._alone(ask)
        draft = Draft(ask, started or began, ask.searched or alone)
        draft.translated = bool(ask.searched) and await is_translation(self._library, alone, ask.searched)
        (draft.language,) = await self._library.languages((draft.question,))
        if alone != ask.question:
            draft.turns = self._taken_apart(ask.turns)
        if ask.passages is not None:
            known = self._scored(draft, self._library.passages((*ask.passages, *ask.found)))
            draft.evidence, draft.dropped = by_hand(ask, known), dropped(ask, known)
        else:
            search = self._library.search(draft.searched, HITS_WANTED, ask.filters)
            if (result := await unless(stopped, search)) is None:
                draft.generated = replace(draft.generated, reason="stopped")
            else:
                self._searched, self._found = draft.searched, result.hits
                pins = self._library.passages(ask.pinned)
                pinned = tuple(pins[number] for number in ask.pinned if number in pins)
                earlier = carried(draft.turns)
                draft.evidence = beside_pinned(pinned, result.hits, self._evidence_room(ask), earlier)
        draft.retrieve_ms = ms_since(began)
        return draft

    async def _alone(self, ask: Ask) -> str:
        """Return the question with what it leans on."""
        (language,) = await self._library.languages((ask.question,)) if ask.turns else ("",)
        return standalone(ask.question, ask.turns, language)

    async def _translated(
        self, draft: Draft, load: Callable[[], Coroutine[None, None, AnswerModel]], stopped: asyncio.Event
    ) -> Translation | None:
        """Return what to search for instead where the passages found are in another language than the question."""
        by_a_person = draft.ask.searched or draft.ask.passages is not None
        if by_a_person or not (language := await wanted_language(self._library, draft.searched, draft.evidence)):
            return None
        model = await unless(stopped, load())
        done = None if model is None else await translated(draft.searched, language, self._library, model, stopped)
        if stopped.is_set():
            draft.generated = replace(draft.generated, reason="stopped")
        draft.model = model if done else None
        return done

    def _scored(self, draft: Draft, known: dict[int, Hit]) -> dict[int, Hit]:
        """Return passages as the last search had them, if that was for the same words, or the conversation has them."""
        same = self._found if draft.searched == self._searched else ()
        scored = {hit.passage_id: replace(hit, earlier=True) for hit in carried(draft.turns)}
        scored |= {hit.passage_id: hit for hit in same}
        return {number: scored.get(number, hit) for number, hit in known.items()}

    def _taken_apart(self, turns: tuple[Turn, ...]) -> tuple[EarlierTurn, ...]:
        recent = turns[-TURNS_TOLD:]
        passages = self._library.passages(tuple(number for turn in recent for number in turn.passages))
        return tuple(earlier_turn(turn, passages, sentences_of) for turn in recent)

    async def _written(
        self, draft: Draft, model: AnswerModel, stopped: asyncio.Event
    ) -> AsyncIterator[AnswerReached | AnswerGrew]:
        """Yield the text as it grows, a second try's at once where the first one was a refusal; nothing if in doubt.

        Of a model that is asked what it thinks, yield also when it is.
        """
        is_asked = model.doubts_below is not None
        if is_asked and not draft.leans:
            yield AnswerReached(AnswerStep.JUDGING)
        if await is_hopeless(draft, self._library, model, stopped):
            return
        if draft.check is not None:
            yield AnswerReached(AnswerStep.READING)
        async for grown in self._write(draft, model, stopped):
            yield grown
        draft.tries = (draft.attempt,)
        tried_again = await self._tried_again(draft, model, stopped)
        if is_asked and not stopped.is_set():
            yield AnswerReached(AnswerStep.CHECKING)
        await check_written(draft, model, stopped)
        quoted = await quoted_instead(draft, self._library, model, stopped)
        if (quoted or (tried_again and draft.text)) and is_refusal(draft.tries[0].text):  # of which nothing was shown
            yield AnswerGrew(draft.text)

    async def _write(self, draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> AsyncIterator[AnswerGrew]:
        """Yield the text as the model writes it, and keep it in the draft; what may become a refusal is held back."""
        shown = 0
        room = self._limits.answer_room(model.context_tokens)
        async with stoppable(stopped, model):
            async for event in model.generate(draft.prompt, room, SEED):
                match event:
                    case TokenText(text):
                        draft.first_token_ms = draft.first_token_ms or ms_since(draft.started)
                        draft.text += text
                        if not may_refuse(draft.text):
                            yield AnswerGrew(draft.text[shown:])
                            shown = len(draft.text)
                    case Generated():
                        draft.generated = event

    async def _tried_again(self, draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> bool:
        """Ask once more where the model refused what the reranker thinks is there; tell whether that convinced.

        Not where it was asked of the nearest sentence, which is quoted then if it holds the answer.
        """
        is_promising = draft.is_of_passage or promises(draft.evidence)
        refused = draft.generated.reason != "stopped" and draft.is_no_answer
        if not (refused and is_promising) or draft.check is not None:
            return False
        again = replace(draft, is_second_try=True, text="")
        async for _ in self._write(again, model, stopped):
            pass
        first = replace(draft.attempt, believed=False)
        if again.generated.reason == "stopped":
            draft.tries = (first, replace(again.attempt, believed=False))
            draft.text, draft.generated = "", again.generated  # neither the refusal nor half a second try is an answer
            return False
        if again.is_no_answer or not is_convincing(draft.question, again.sentences, draft.evidence):
            draft.tries = (*draft.tries, replace(again.attempt, believed=False))
            return False
        draft.is_second_try, draft.text, draft.generated = True, again.text, again.generated
        draft.tries = (first, again.attempt)
        return True

    async def _fitting(self, draft: Draft, model: AnswerModel) -> tuple[Hit, ...]:
        """Return as much of the evidence as the model's context really holds, by its own count.

        Of a single passage that is too long, the part that is nearest to the question is taken.
        """
        limit = model.context_tokens - self._limits.answer_room(model.context_tokens) - PROMPT_MARGIN_TOKENS
        is_chosen = draft.ask.passages is not None
        readable = draft.evidence if is_chosen else within_beside_pinned(draft.evidence, self._evidence_room(draft.ask))
        tokens = 0
        for evidence in shorter_and_shorter(readable, draft.searched):
            tokens = await model.count(replace(draft, evidence=evidence).prompt)
            if tokens <= limit:
                return evidence
        if not draft.evidence:
            return ()
        style = {"style": draft.ask.style.name} if draft.ask.style.instructions else {}
        raise QuestionTooLong(tokens=str(tokens), limit=str(limit), **style)

    def _evidence_room(self, ask: Ask) -> int:
        return self._limits.evidence_room(self._prompt_ms_per_token, ask.first_token_s, style_text(ask.style))

    async def _finished(self, draft: Draft) -> Answer:
        stopped = draft.generated.reason == "stopped"
        text, sentences = draft.text.strip(), draft.sentences
        found = not draft.is_no_answer and rests_on_evidence(sentences)
        if not found and not stopped:
            sentences = ()
        answer = Answer(
            text=text,
            found=found,
            stopped=stopped,
            sentences=sentences,
            citations=resolve_citations(sentences, draft.evidence, sentences_of),
            evidence=draft.evidence,
            receipt="",
            model=draft.model.name if draft.model else "",
            retrieve_ms=draft.retrieve_ms,
            first_token_ms=draft.first_token_ms,
            total_ms=ms_since(draft.started),
            prompt_tokens=draft.generated.prompt_tokens,
            answer_tokens=draft.generated.answer_tokens,
            searched=draft.searched,
            ended=draft.ended,
            coverage=self._library.coverage(),
            unread=() if found else likely_holders(draft.ask.question, draft.evidence, self._library.unread()),
            withheld=withheld(
                [one.text for one in draft.tries], believed=found and not draft.is_quotation, stopped=stopped
            ),
            style=draft.ask.style,
        )
        unanswered = stopped and not (draft.tries or draft.check)
        if draft.ask.no_model or draft.ask.evidence_only or unanswered:
            return answer
        used = await draft.model.identity() if draft.model else NO_MODEL
        settings = WritingSettings(
            seed=SEED,
            temperature=0.0,
            max_tokens=self._limits.answer_room(used.context_tokens) if draft.model else 0,
            evidence_tokens=self._evidence_room(draft.ask),
            prompt_ms_per_token=round(self._prompt_ms_per_token, 2),
            supported_from=SUPPORTED,
            asked_above=HOPELESS_LOGIT,
        )
        return replace(answer, receipt=self._record(receipt_of(draft, answer, used, settings, self._versions())))


def _check(question: str) -> None:
    """Raise `UsageWrong` for no question, `QuestionTooLong` for one that no context holds."""
    if not question.strip():
        raise UsageWrong(detail="empty question")
    if len(question) > QUESTION_LIMIT_CHARACTERS:
        raise QuestionTooLong(tokens=str(len(question) // 3), limit=str(QUESTION_LIMIT_CHARACTERS // 3))


def _sendable(text: str) -> str:
    """Return a text that any process and file takes: a command line that is not UTF-8 comes as lone surrogates."""
    return text.encode("utf-8", "replace").decode()
