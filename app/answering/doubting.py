"""What the model thinks of an answer, before it writes and after, and what is made of that. Engine's process."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import fmean
from typing import TypeAlias

from app.answering.draft import Draft
from app.answering.needs import AnswerModel
from app.answering.stopping import stoppable
from app.core.citations import quotations
from app.core.errors import QuestionTooLong
from app.core.examples import answers_question, says_sentence
from app.core.found import (
    DENIED_BELOW,
    QUOTED_SURER,
    SAID_MOST,
    SAID_USUALLY,
    is_no_answer,
    least_before_writing,
    least_of_quotations,
    to_be_checked,
)
from app.core.quoting import NearSentence, nearest_sentences, quotation_text
from app.core.receipts import Check
from app.core.types import ChatMessage, Hit
from app.readers.sentences import sentences as split_sentences

Asked: TypeAlias = Callable[[tuple[Hit, ...]], tuple[ChatMessage, ...]]
"""Returns what is asked of some texts."""


async def is_doubted(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> bool:
    """Ask whether the evidence holds the answer, of a model that is known to tell; True also when stopped.

    A question that leans on the conversation is not one that its passages answer exactly as it is asked; passages
    that a person chose are not doubted.
    """
    by_a_person = draft.ask.passages is not None
    if model.doubts_below is None or by_a_person or draft.leans:
        return False
    least = least_before_writing(model.doubts_below)
    draft.check = await _checked(draft, draft.check_prompt, least, model, stopped)
    return stopped.is_set() or draft.is_doubted


async def check_written(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> None:
    """Ask whether what an answer quotes holds it, and says its sentences: what is near may be said of another thing.

    An answer that is doubted is not believed, and its text is kept in the receipt only.
    """
    if model.doubts_below is None or draft.generated.reason == "stopped" or draft.is_no_answer:
        return
    quotes = quotations(draft.sentences, draft.evidence, split_sentences)
    if quotes and draft.check is not None:
        least = least_of_quotations(model.doubts_below, draft.check.log_odds, SAID_MOST)
        asked = partial(answers_question, draft.searched)
        draft.quoted = await _examined(draft, quotes, asked, least, model, stopped)
    if not draft.is_doubted:
        await _check_sentences(draft, model, stopped)
    if draft.quoted is not None and draft.check is not None and not (draft.is_doubted or stopped.is_set()):
        said = fmean(min(one.log_odds, SAID_MOST) for one in draft.said) if draft.said else SAID_USUALLY
        least = least_of_quotations(model.doubts_below, draft.check.log_odds, said)
        draft.quoted = replace(draft.quoted, doubts_below=least)
    if draft.is_doubted:
        draft.tries = tuple(replace(one, believed=False) for one in draft.tries)
        draft.text, draft.denied = "", frozenset()


async def _check_sentences(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> None:
    """Ask of the first sentences whether what they quote says them, and note those that it does not."""
    for place, sentence in to_be_checked(draft.sentences):
        quotes = quotations((sentence,), draft.evidence, split_sentences)
        asked = partial(says_sentence, sentence.text)
        check = await _examined(draft, quotes, asked, DENIED_BELOW, model, stopped)
        if check is None:
            return
        draft.said = (*draft.said, check)
        if check.is_doubted:
            draft.denied |= {place}


async def quoted_instead(draft: Draft, model: AnswerModel, stopped: asyncio.Event) -> bool:
    """Quote the sentence that the model thinks to hold the answer, where it refused to write one; tell if any.

    Of a question that leans on the conversation it is asked now whether the evidence holds the answer.
    """
    refused = is_no_answer(draft.tries[0].text, draft.question) and (draft.is_no_answer or draft.is_doubted)
    if model.doubts_below is None or not refused or draft.generated.reason == "stopped":
        return False
    if draft.leans and draft.ask.passages is None:
        least = least_before_writing(model.doubts_below)
        draft.check = await _checked(draft, draft.check_prompt, least, model, stopped)
    if draft.check is None or draft.check.is_doubted:
        draft.text = "" if stopped.is_set() else draft.text
        return False
    least = least_of_quotations(model.doubts_below + QUOTED_SURER, draft.check.log_odds, SAID_USUALLY)
    best: NearSentence | None = None
    surest = least
    for near in nearest_sentences(draft.searched, draft.evidence, split_sentences):
        check = await _examined(draft, (near.hit,), partial(answers_question, draft.searched), least, model, stopped)
        if check is None:
            draft.text = "" if stopped.is_set() else draft.text  # a refusal is no half answer
            return False
        draft.near = (*draft.near, check)
        if check.log_odds >= surest:
            best, surest = near, check.log_odds
    if best is None:
        return False
    draft.tries = tuple(replace(one, believed=False) for one in draft.tries)
    draft.text, draft.denied, draft.is_quotation = quotation_text(best), frozenset(), True
    return True


async def _examined(
    draft: Draft, quotes: tuple[Hit, ...], asked: Asked, least: float, model: AnswerModel, stopped: asyncio.Event
) -> Check | None:
    """Ask something of parts of the passages, the last ones left out where all are too long.

    None where the model cannot tell, or was stopped.
    """
    while quotes:
        with contextlib.suppress(QuestionTooLong):
            return await _checked(draft, asked(quotes), least, model, stopped, is_aside=True)
        quotes = quotes[:-1]
    return None


async def _checked(
    draft: Draft,
    prompt: tuple[ChatMessage, ...],
    least: float,
    model: AnswerModel,
    stopped: asyncio.Event,
    *,
    is_aside: bool = False,
) -> Check | None:
    """Ask whether a text holds the answer; None where the model cannot tell, or was stopped."""
    async with stoppable(stopped, model):
        leaning = await model.yes_or_no(prompt, is_aside=is_aside)
    if stopped.is_set():
        draft.generated = replace(draft.generated, reason="stopped")
    return None if stopped.is_set() or leaning.log_odds is None else Check(prompt, leaning.log_odds, least)
