"""What the model thinks of an answer, before it writes and after, and what is made of that. Engine's process."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from app.answering.draft import Draft
from app.answering.needs import AnswerLibrary, AnswerModel
from app.answering.stopping import stoppable, unless
from app.core.citations import quotations
from app.core.errors import QuestionTooLong
from app.core.examples import answers_question, says_sentence
from app.core.found import DENIED_BELOW, least_before_writing, least_sure_in, rests_on_evidence, to_be_checked
from app.core.open_questions import fits
from app.core.quoting import (
    is_quoted,
    is_whole_sentence,
    is_word_for_word,
    near_sentences,
    nearest_sentence,
    quotation_text,
    with_code,
)
from app.core.receipts import Check
from app.core.types import ChatMessage, Hit, Lift
from app.core.unmet import SURER, unmet
from app.library.splitting import sentences_of

Asked: TypeAlias = Callable[[str, tuple[Hit, ...]], tuple[ChatMessage, ...]]
"""Returns what is asked of a question or sentence and some texts."""


async def is_hopeless(draft: Draft, library: AnswerLibrary, model: AnswerModel, stopped: asyncio.Event) -> bool:
    """Ask a model that is known to tell whether the nearest sentence answers the question; tell if it need not write.

    Nor need it when stopped. Of a question that leans on the conversation, or that a passage answers, it is not asked.
    """
    if not draft.leans and not draft.is_of_passage:
        await _check_nearest(draft, library, model, stopped)
    return stopped.is_set() or draft.is_doubted


async def check_written(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> None:
    """Ask whether what an answer quotes holds it, and says its sentences: what is near may be said of another thing.

    What it quotes must hold the answer as surely as the nearest sentence does, unless that is what it quotes.
    An answer that is doubted is not believed, and its text is kept in the receipt only.
    """
    if model.doubts_below is None or draft.generated.reason == "stopped" or draft.is_no_answer:
        return
    quotes = quotations(draft.sentences, draft.evidence, sentences_of)
    if draft.check is not None and not (draft.holder is not None and is_quoted(draft.holder, quotes)):
        least = max(draft.least_sure, draft.check.log_odds)
        draft.quoted = await _examined(draft, answers_question, draft.searched, quotes, least, model, stopped)
    if not draft.is_doubted:
        await _check_sentences(draft, model, stopped)
    if draft.is_doubted:
        _withdraw(draft)


async def quoted_instead(draft: Draft, library: AnswerLibrary, model: AnswerModel, stopped: asyncio.Event) -> bool:
    """Quote the sentence that the model thinks to answer the question, where it wrote no such answer; tell if any.

    Of a question that leans on the conversation it is asked that now. Where a passage answers, the nearest sentence of
    those given is quoted without asking.
    """
    if model.doubts_below is None or draft.generated.reason == "stopped":
        return False
    stays = rests_on_evidence(draft.sentences) and not draft.is_all_denied and not _is_reworded(draft)
    if stays and not draft.is_no_answer and not draft.is_doubted:
        return False
    if draft.leans or draft.is_of_passage:
        await _check_nearest(draft, library, model, stopped)
    if stopped.is_set():
        draft.text = "" if draft.is_no_answer else draft.text  # a refusal is no half answer
        draft.generated = replace(draft.generated, reason="stopped")
        return False
    if draft.holder is None:
        if draft.is_doubted and not draft.is_no_answer:
            _withdraw(draft)
        return False
    _withdraw(draft)
    draft.text, draft.is_quotation = quotation_text(draft.holder), True
    return True


def _is_reworded(draft: Draft) -> bool:
    """Return whether an answer of one sentence, in no style, is the sentence that holds it in other words."""
    sentences = draft.sentences
    if draft.holder is None or draft.ask.style.instructions or len(sentences) != 1:
        return False
    quotes = quotations(sentences, draft.evidence, sentences_of)
    return is_quoted(draft.holder, quotes) and not is_word_for_word(sentences[0].text, draft.question, quotes)


def _withdraw(draft: Draft) -> None:
    """Believe nothing of what was written."""
    draft.tries = tuple(replace(one, believed=False) for one in draft.tries)
    draft.text, draft.denied = "", frozenset()


async def _check_nearest(draft: Draft, library: AnswerLibrary, model: AnswerModel, stopped: asyncio.Event) -> None:
    """Find the sentence of the passages that is nearest to the question, and ask whether it answers it if one does.

    Not of passages that a person chose, which are not doubted, nor where a document is asked for as a whole: no
    sentence says what a document says.
    """
    of_whole = any(Lift.WHOLE in hit.scores.lifts for hit in draft.evidence)
    if model.doubts_below is None or draft.ask.passages is not None or of_whole:
        return
    near = near_sentences(draft.searched, draft.evidence, sentences_of)
    if draft.is_of_passage:
        near = tuple(one for one in near if is_whole_sentence(one) and fits((one.hit,)))
    judged = await unless(stopped, library.judged(draft.searched, tuple(one.hit.text for one in near)))
    if judged is None:
        draft.generated = replace(draft.generated, reason="stopped")
        return
    if (nearest := nearest_sentence(near, judged)) is None:
        return
    if draft.is_of_passage:
        draft.holder = nearest
        return
    draft.least_sure = least_sure_in(model.doubts_below, draft.language)
    if not draft.leans and unmet(draft.searched, nearest.hit.text, draft.evidence, draft.language):
        draft.least_sure += SURER
    least = least_before_writing(draft.least_sure)
    draft.check = await _examined(draft, answers_question, draft.searched, (nearest.hit,), least, model, stopped)
    if draft.check is not None and draft.check.log_odds >= draft.least_sure:
        draft.holder = nearest


async def _check_sentences(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> None:
    """Ask of the first sentences whether what they quote says them, and note those that it does not."""
    for place, sentence in to_be_checked(draft.sentences):
        quotes = quotations((sentence,), draft.evidence, sentences_of)
        check = await _examined(draft, says_sentence, sentence.text, quotes, DENIED_BELOW, model, stopped)
        if check is None:
            return
        draft.said = (*draft.said, check)
        if check.is_doubted:
            draft.denied |= {place}


async def _examined(
    draft: Draft,
    asked: Asked,
    claim: str,
    quotes: tuple[Hit, ...],
    least: float,
    model: AnswerModel,
    stopped: asyncio.Event,
) -> Check | None:
    """Ask of parts of the passages whether they hold a claim, the last ones left out where all are too long.

    None where the model cannot tell, or was stopped.
    """
    quotes = with_code(claim, quotes, draft.evidence, sentences_of)
    while quotes:
        with contextlib.suppress(QuestionTooLong):
            return await _checked(draft, asked(claim, quotes), least, model, stopped)
        quotes = quotes[:-1]
    return None


async def _checked(
    draft: Draft, prompt: tuple[ChatMessage, ...], least: float, model: AnswerModel, stopped: asyncio.Event
) -> Check | None:
    """Ask whether a text holds something; None where the model cannot tell, or was stopped."""
    async with stoppable(stopped, model):
        leaning = await model.yes_or_no(prompt, is_aside=True)
    if stopped.is_set():
        draft.generated = replace(draft.generated, reason="stopped")
    return None if stopped.is_set() or leaning.log_odds is None else Check(prompt, leaning.log_odds, least)
