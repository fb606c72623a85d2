"""Questions in another language than the documents, with a scripted model in the place of llama.cpp."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from app.answering.ask import Answering
from app.answering.needs import AnswerModel
from app.core.child_messages import Generated, TokenText
from app.core.found import HOPELESS_LOGIT
from app.core.messages import AnswerFinished, Ask, EvidenceFound, PromptPrepared
from app.core.receipts import sealed
from app.core.types import ChatMessage, Scores, ThreadRuns
from tests.answering.scripted import LIMITS, NOTICE, RENT, Library, ScriptedModel, ask, finished
from tests.fakes import make_hit

GERMAN = "Wie hoch ist die Miete im Monat?"
ENGLISH = "How high is the rent per month?"


@dataclass
class TranslatingModel(ScriptedModel):
    """Writes `translation` where it is asked for one, its pieces otherwise."""

    translation: str = ENGLISH

    async def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        if "Translate" not in prompt[-1].content:
            async for event in super().generate(prompt, max_tokens, seed, threads):
                yield event
            return
        self.translations.append(prompt[-1].content)
        yield TokenText(self.translation)
        yield Generated("end", 50, 8, 1.0, 2.0)

    def __post_init__(self) -> None:
        self.translations: list[str] = []


def answering_model(translation: str = ENGLISH) -> TranslatingModel:
    return TranslatingModel(("The rent is 900 euros a month [1].",), translation=translation)


def test_a_question_in_another_language_is_searched_and_asked_in_the_documents_language() -> None:
    library, model = Library(RENT, NOTICE), answering_model()
    answer = finished(ask(library, model, Ask(GERMAN)))
    assert library.searched == [GERMAN, ENGLISH]
    assert "into English" in model.translations[0]
    assert GERMAN in model.translations[0]
    assert ENGLISH in model.prompts[0][-1].content
    assert (answer.found, answer.searched) == (True, ENGLISH)


def test_what_was_searched_is_told_with_the_evidence_and_kept_in_the_receipt_beside_the_question() -> None:
    library = Library(RENT)
    events = ask(library, answering_model(), Ask(GERMAN))
    assert [event.searched for event in events if isinstance(event, EvidenceFound)] == [GERMAN, ENGLISH]
    receipt = library.receipts[0]
    assert (receipt.question, receipt.searched) == (GERMAN, ENGLISH)
    assert receipt.translation is not None
    assert (GERMAN in receipt.translation.prompt[-1].content, receipt.translation.text) == (True, ENGLISH)
    texts = {part.name: part.text for part in sealed(receipt, lambda: "salt")[1]}
    assert "into English" in texts["translation"]


def test_a_question_that_was_typed_in_another_encoding_is_translated_and_recorded() -> None:
    library = Library(RENT)
    ask(library, answering_model(), Ask(f"{GERMAN}\udcfc"))
    assert [receipt.question for receipt in library.receipts] == [f"{GERMAN}?"]


def test_a_question_in_the_language_of_the_documents_is_not_translated() -> None:
    library, model = Library(RENT, NOTICE), answering_model()
    ask(library, model, Ask("How much is the rent?"))
    assert (library.searched, model.translations) == (["How much is the rent?"], [])


def test_a_question_of_a_name_alone_is_not_translated() -> None:
    model = answering_model()
    ask(Library(RENT, NOTICE), model, Ask("Faust?"))
    assert model.translations == []


def test_a_question_that_some_document_shares_the_language_of_is_not_translated() -> None:
    german = make_hit("Die Miete beträgt 900 Euro im Monat und ist am dritten Tag fällig.", number=3)
    model = answering_model()
    ask(Library(RENT, NOTICE, german), model, Ask(GERMAN))
    assert model.translations == []


@pytest.mark.parametrize("written", ["", "NOT FOUND", "Die Miete ist hoch, sehr hoch sogar."])
def test_what_is_no_translation_is_not_searched(written: str) -> None:
    library = Library(RENT)
    ask(library, answering_model(written), Ask(GERMAN))
    assert library.searched == [GERMAN]


def test_words_that_a_person_chose_to_search_are_not_translated_and_asked_in_their_language() -> None:
    library, model = Library(RENT), answering_model()
    ask(library, model, Ask(GERMAN, searched=ENGLISH))
    assert (library.searched, model.translations) == ([ENGLISH], [])
    assert GERMAN not in model.prompts[0][-1].content


def test_the_prompt_that_is_shown_before_is_the_one_that_is_sent_after() -> None:
    shown = next(
        event
        for event in ask(Library(RENT), answering_model(), Ask(GERMAN, evidence_only=True))
        if isinstance(event, PromptPrepared)
    )
    model = answering_model()
    ask(Library(RENT), model, Ask(GERMAN, searched=ENGLISH, passages=(RENT.passage_id,), found=(RENT.passage_id,)))
    assert shown.prompt == model.prompts[0]


def test_without_a_model_nothing_is_translated_and_recorded() -> None:
    library, model = Library(RENT), answering_model()
    ask(library, model, Ask(GERMAN, no_model=True))
    assert (library.searched, model.translations, library.receipts) == ([GERMAN], [], [])


def test_who_translated_a_question_that_nothing_comes_near_is_recorded() -> None:
    library, model = Library(replace(RENT, scores=Scores(rerank=HOPELESS_LOGIT - 1))), answering_model()
    ask(library, model, Ask(GERMAN))
    assert (library.searched, model.prompts) == ([GERMAN, ENGLISH], [])
    assert [(receipt.model.name, receipt.tries) for receipt in library.receipts] == [("scripted", ())]


def test_a_stop_amid_the_translation_ends_it() -> None:
    library, model, stopped = Library(RENT), answering_model(), asyncio.Event()

    class StoppedModel(TranslatingModel):
        async def generate(
            self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
        ) -> AsyncIterator[TokenText | Generated]:
            stopped.set()
            async for event in super().generate(prompt, max_tokens, seed, threads):
                yield event

    model = StoppedModel(("The rent is 900 euros [1].",))

    async def load() -> AnswerModel:
        return model

    async def last() -> object:
        answering = Answering(library, library.record, LIMITS, dict)
        return [event async for event in answering.answer(Ask(GERMAN), load, stopped)][-1]

    event = asyncio.run(last())
    assert isinstance(event, AnswerFinished)
    assert event.answer.stopped
    assert (library.searched, model.prompts) == ([GERMAN], [])
