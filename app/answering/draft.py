"""An answer as it comes about, and the receipt that is made of it. Used in the engine's process."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from app.answering.needs import AnswerModel
from app.core.child_messages import Generated
from app.core.citations import cited_sentences
from app.core.conversation import EarlierTurn, told
from app.core.found import denied, is_no_answer
from app.core.messages import Ask
from app.core.open_questions import fits, is_open
from app.core.prompt import build_prompt, reminder_of, second_reminder
from app.core.quoting import NearSentence
from app.core.receipts import Check, Receipt, Translation, Try, UsedModel, WritingSettings
from app.core.types import Answer, ChatMessage, Hit, Sentence, Turn
from app.library.splitting import sentences_of

NOTHING_GENERATED = Generated("end", 0, 0, 0.0, 0.0)


@dataclass(slots=True)
class Draft:
    """One answer as it comes about; `model` is None until one writes.

    `check` is of the sentence of the passages that is nearest to the question, which is the `holder` if the model
    thinks with log odds of `least_sure` or more that it answers it. `said` are the checks of the answer's sentences,
    `denied` those of them (by their place) that their quotations do not say.
    `translated` says that what was searched is the question in another language; the model is asked that then.
    `language` is that of the question as the model is asked it (ISO 639-1), "" where it is not certain.
    """

    ask: Ask
    started: float
    searched: str
    turns: tuple[EarlierTurn, ...] = ()
    evidence: tuple[Hit, ...] = ()
    dropped: tuple[Hit, ...] = ()
    retrieve_ms: float = 0.0
    model: AnswerModel | None = None
    translated: bool = False
    language: str = ""
    translation: Translation | None = None
    check: Check | None = None
    least_sure: float = 0.0
    holder: NearSentence | None = None
    quoted: Check | None = None
    said: tuple[Check, ...] = ()
    denied: frozenset[int] = frozenset()
    is_quotation: bool = False
    is_second_try: bool = False
    text: str = ""
    first_token_ms: float = 0.0
    generated: Generated = NOTHING_GENERATED
    tries: tuple[Try, ...] = ()

    @property
    def told(self) -> tuple[Turn, ...]:
        """Return what the model is told of the conversation."""
        return told(self.turns, self.evidence)

    @property
    def question(self) -> str:
        """Return the question as the model is asked it."""
        return self.searched if self.translated else self.ask.question

    @property
    def leans(self) -> bool:
        """Return whether the question is to be understood by more than its own words."""
        return self.searched != self.question

    @property
    def is_of_passage(self) -> bool:
        """Return whether it is a passage, not a sentence, that answers the question, and one fits it.

        A question that leans on the conversation is not one that a sentence answers exactly as it is asked.
        """
        return (self.leans or is_open(self.question)) and fits(self.evidence)

    @property
    def reminder(self) -> str:
        """Return the last line of the prompt."""
        return reminder_of(self.ask.style, self.language)

    @property
    def prompt(self) -> tuple[ChatMessage, ...]:
        """Return the messages that the model is sent."""
        last = second_reminder(self.reminder) if self.is_second_try else self.reminder
        return build_prompt(self.question, self.evidence, self.told, last, self.ask.style)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return the sentences of the text, each with what it rests on."""
        is_cut = self.generated.reason != "end" and not self.is_quotation
        sections = self.ask.style.sections
        text = self.text.strip()
        found = cited_sentences(text, self.evidence, sentences_of, self.question, is_cut=is_cut, sections=sections)
        return tuple(denied(one) if place in self.denied else one for place, one in enumerate(found))

    @property
    def is_no_answer(self) -> bool:
        """Return whether the text refuses, or says nothing that was not asked."""
        return not self.is_quotation and is_no_answer(self.text, self.question)

    @property
    def is_doubted(self) -> bool:
        """Return whether the model does not think that the passages, or what it quotes of them, answer the question."""
        return any(check is not None and check.is_doubted for check in (self.check, self.quoted))

    @property
    def is_all_denied(self) -> bool:
        """Return whether no supported sentence is left, since the passages do not say those that there were."""
        return bool(self.denied) and not any(one.is_supported for one in self.sentences)

    @property
    def ended(self) -> str:
        """Return why no more was written, as `Answer` says it."""
        if self.is_quotation:
            return "quoted"
        if self.is_doubted:
            return "doubt"
        return "nothing" if self.tries and self.generated.reason == "end" and not self.text else self.generated.reason

    @property
    def attempt(self) -> Try:
        """Return what was sent last and what came of it."""
        done = self.generated
        tokens = (done.prompt_tokens, done.answer_tokens)
        return Try(self.prompt, self.text, done.reason, *tokens, believed=True, threads=done.threads)


def receipt_of(
    draft: Draft, answer: Answer, used: UsedModel, settings: WritingSettings, versions: Mapping[str, str]
) -> Receipt:
    """Return the record of a finished answer."""
    return Receipt(
        created_ns=time.time_ns(),
        question=draft.ask.question,
        searched=draft.searched,
        conversation=draft.told,
        evidence=draft.evidence,
        dropped=draft.dropped,
        check=draft.check,
        quoted=draft.quoted,
        said=draft.said,
        translation=draft.translation,
        style=draft.ask.style,
        tries=draft.tries,
        model=used,
        settings=settings,
        versions=versions,
        answer=answer.text,
        found=answer.found,
        stopped=answer.stopped,
        sentences=answer.sentences,
        citations=answer.citations,
        retrieve_ms=answer.retrieve_ms,
        first_token_ms=answer.first_token_ms,
        total_ms=answer.total_ms,
        coverage=answer.coverage,
    )


def ms_since(started: float) -> float:
    """Return the milliseconds since a `time.perf_counter()`."""
    return (time.perf_counter() - started) * 1000
