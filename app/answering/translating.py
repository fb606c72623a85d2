"""A question put into the language of the documents, so that their words are found. Used in the engine's process."""

import asyncio

from app.answering.needs import AnswerLibrary, AnswerModel
from app.answering.stopping import stoppable
from app.core.child_messages import TokenText
from app.core.found import is_refusal
from app.core.languages import LANGUAGES, LOOKED_AT, other_language
from app.core.prompt import translation_prompt
from app.core.receipts import Translation
from app.core.types import Hit


async def wanted_language(library: AnswerLibrary, question: str, found: tuple[Hit, ...]) -> str:
    """Return the code of the language that the passages found are in, "" if the question is in it, too, or may be."""
    of_question, *of_passages = await library.languages((question, *(hit.text for hit in found[:LOOKED_AT])))
    return other_language(of_question, of_passages)


async def is_translation(library: AnswerLibrary, question: str, searched: str) -> bool:
    """Return whether what was searched is certainly in another language than the question."""
    of_question, of_searched = await library.languages((question, searched))
    return bool(of_question and of_searched) and of_question != of_searched


async def translated(
    question: str, language: str, library: AnswerLibrary, model: AnswerModel, stopped: asyncio.Event
) -> Translation | None:
    """Return a question in another language, told by its code; None when stopped, or if something else was written."""
    prompt, written = translation_prompt(question, LANGUAGES[language]), ""
    room = min(len(question), model.context_tokens // 4)
    async with stoppable(stopped, model):
        async for event in model.generate(prompt, room, 0):
            if isinstance(event, TokenText):
                written += event.text
    text = " ".join(written.split())
    if stopped.is_set() or is_refusal(text):
        return None
    (written_in,) = await library.languages((text,))
    return Translation(prompt, text) if written_in in ("", language) else None
