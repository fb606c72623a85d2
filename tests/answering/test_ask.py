"""One question to one answer, with a scripted model in the place of llama.cpp."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.ask import Answering
from app.answering.history import History
from app.answering.needs import AnswerModel
from app.core.child_messages import Generated, TokenText
from app.core.errors import ModelDied, QuestionTooLong, UsageWrong
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, PromptPrepared
from app.core.types import ChatMessage, DocumentRow, DocumentState, Filters, Reason, SearchResult, ThreadRuns, Turn
from tests.answering.scripted import (
    LIMITS,
    NOTICE,
    RENT,
    AnswerEvent,
    HesitantModel,
    Library,
    ScriptedModel,
    ask,
    finished,
)
from tests.fakes import make_hit


def test_the_evidence_comes_before_the_text_and_the_text_before_the_answer() -> None:
    model = ScriptedModel(("The rent is ", "900 euros [1]."))
    events = ask(Library(RENT, NOTICE), model, Ask("How much is the rent?"))
    assert [type(event) for event in events] == [EvidenceFound, AnswerGrew, AnswerGrew, AnswerFinished]
    answer = finished(events)
    assert answer.found
    assert answer.text == "The rent is 900 euros [1]."
    assert [(citation.n, citation.quote) for citation in answer.citations] == [(1, "The rent is 900 euros a month.")]


def test_every_passage_that_the_model_is_given_was_announced_whole() -> None:
    model = ScriptedModel(("The rent is 900 euros [1].",))
    events = ask(Library(RENT, NOTICE), model, Ask("How much is the rent?"))
    shown = [event for event in events if isinstance(event, EvidenceFound)][-1].evidence
    assert shown == (RENT, NOTICE)
    assert all(hit.text in model.prompts[0][-1].content for hit in shown)


def test_a_refusal_of_the_model_is_no_answer_and_never_shown() -> None:
    events = ask(Library(RENT), ScriptedModel(("NOT", " FOUND")), Ask("Who wrote Faust?"))
    answer = finished(events)
    assert [type(event) for event in events] == [EvidenceFound, AnswerFinished]
    assert not answer.found
    assert answer.citations == ()
    assert answer.evidence == (RENT,)


def test_a_model_that_refuses_what_the_reranker_sees_is_asked_once_more() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    events = ask(Library(RENT), model, Ask("How much is the rent?"))
    answer = finished(events)
    assert answer.found
    assert [event.text for event in events if isinstance(event, AnswerGrew)] == ["The rent is 900 euros a month [1]."]
    assert len(model.prompts) == 2


def test_a_mark_alone_is_no_answer_and_not_shown() -> None:
    events = ask(Library(RENT), ScriptedModel(("[", "1", "]")), Ask("How much is the rent?"))
    assert [type(event) for event in events] == [EvidenceFound, AnswerFinished]
    assert not finished(events).found


def test_a_stop_in_the_second_try_shows_neither_the_refusal_nor_half_an_answer() -> None:
    class StoppedModel(HesitantModel):
        async def generate(
            self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int, threads: ThreadRuns = ()
        ) -> AsyncIterator[TokenText | Generated]:
            async for event in super().generate(prompt, max_tokens, seed, threads):
                is_second_end = isinstance(event, Generated) and len(self.prompts) > 1
                yield Generated("stopped", 100, 1, 1.0, 2.0) if is_second_end else event

    answer = finished(ask(Library(RENT), StoppedModel(("The rent",)), Ask("How much is the rent?")))
    assert answer.stopped
    assert answer.text == ""


def test_a_second_try_about_something_else_is_not_believed() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    assert not finished(ask(Library(RENT), model, Ask("How much is the rent of flat 4711-B?"))).found


def test_a_second_try_is_believed_where_the_title_names_what_the_question_does() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    lease = replace(RENT, title="Lease of flat 4711-B")
    assert finished(ask(Library(lease), model, Ask("How much is the rent of flat 4711-B?"))).found


def test_without_a_promising_passage_there_is_no_second_try() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    doubtful = make_hit(RENT.text, rerank=-2.0)
    assert not finished(ask(Library(doubtful), model, Ask("How much is the rent?"))).found
    assert len(model.prompts) == 1


def test_an_answer_that_no_passage_supports_is_not_found() -> None:
    answer = finished(ask(Library(RENT), ScriptedModel(("Goethe wrote Faust.",)), Ask("Who wrote Faust?")))
    assert not answer.found


def test_without_hits_the_model_is_not_asked() -> None:
    model = ScriptedModel(("Something.",))
    answer = finished(ask(Library(), model, Ask("Who wrote Faust?")))
    assert not answer.found
    assert model.prompts == []


def test_evidence_that_does_not_fit_the_context_is_left_out_and_announced_again() -> None:
    model = ScriptedModel(("The rent is 900 euros [1].",), context_tokens=420)
    long_notice = make_hit("Notice is three months. " * 20, number=2)
    events = ask(Library(RENT, long_notice), model, Ask("How much is the rent?"))
    announced = [event.evidence for event in events if isinstance(event, EvidenceFound)]
    assert announced == [(RENT, long_notice), (RENT,)]
    assert "Notice" not in model.prompts[0][-1].content


def test_a_question_that_no_context_holds_is_refused() -> None:
    with pytest.raises(QuestionTooLong):
        ask(Library(RENT), ScriptedModel((), context_tokens=200), Ask("How much is the rent?"))


def test_a_question_that_was_typed_in_another_encoding_is_asked_and_recorded(tmp_path: Path) -> None:
    library, model = Library(RENT), ScriptedModel(("The rent is 900 euros [1].",))
    finished(ask(library, model, Ask("What does the caf\udce9 pay?")))
    history = History(tmp_path / "history.sqlite")
    assert history.append(library.receipts[0])
    history.close()
    assert "What does the caf? pay?" in model.prompts[0][-1].content


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(UsageWrong):
        ask(Library(RENT), ScriptedModel(()), Ask("  "))


def test_a_stopped_answer_keeps_what_was_written() -> None:
    answer = finished(ask(Library(RENT), ScriptedModel(("The rent is",), reason="stopped"), Ask("How much?")))
    assert answer.stopped
    assert answer.text == "The rent is"


def test_a_stop_while_the_model_is_loaded_ends_the_answer_without_it() -> None:
    library, model = Library(RENT), ScriptedModel(("The rent is 900 euros [1].",))

    async def stopped_while_loading() -> list[AnswerEvent]:
        stopped = asyncio.Event()

        async def load() -> AnswerModel:
            stopped.set()
            await asyncio.sleep(60)
            return model

        answering = Answering(library, library.record, LIMITS, dict)
        return [event async for event in answering.answer(Ask("How much?"), load, stopped)]

    answer = finished(asyncio.run(stopped_while_loading()))
    assert answer.stopped
    assert (answer.evidence, model.prompts, library.receipts) == ((RENT,), [], [])


def test_a_stop_while_the_library_is_searched_ends_the_answer_at_once_and_drops_what_is_found() -> None:
    library, model = Library(RENT), ScriptedModel(("The rent is 900 euros [1].",))

    async def stopped_while_searching() -> list[AnswerEvent]:
        stopped = asyncio.Event()

        class SlowLibrary(Library):
            async def search(self, query: str, limit: int, filters: Filters) -> SearchResult:
                stopped.set()
                await asyncio.sleep(60)
                return await library.search(query, limit, filters)

        async def load() -> AnswerModel:
            return model

        answering = Answering(SlowLibrary(RENT), library.record, LIMITS, dict)
        return [event async for event in answering.answer(Ask("How much?"), load, stopped)]

    events = asyncio.run(stopped_while_searching())
    assert len(events) == 1
    assert finished(events).stopped
    assert (finished(events).evidence, model.prompts, library.receipts) == ((), [], [])


def test_a_loading_that_fails_after_the_stop_disturbs_nobody() -> None:
    disturbed: list[object] = []

    async def stopped_while_loading() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, about: disturbed.append(about))
        stopped = asyncio.Event()

        async def load() -> AnswerModel:
            stopped.set()
            raise ModelDied(name="scripted", detail="killed")

        answering = Answering(Library(RENT), Library().record, LIMITS, dict)
        async for _ in answering.answer(Ask("How much?"), load, stopped):
            pass

    asyncio.run(stopped_while_loading())
    gc.collect()
    assert disturbed == []


def test_a_follow_up_is_searched_with_what_it_leans_on() -> None:
    library = Library(RENT)
    ask(
        library,
        ScriptedModel(("900 euros [1].",)),
        Ask("And when is it due?", (Turn("What is the rent?", "900 [1]."),)),
    )
    assert library.searched == ["What is the rent? And when is it due?"]


def test_evidence_only_shows_the_very_prompt_and_what_it_takes_and_writes_and_records_nothing() -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(("900 euros [1].",))
    question = Ask("And how much is it?", (Turn("What is the rent?", "The rent is 900 euros a month [1].", (1,)),))
    events = ask(library, model, replace(question, evidence_only=True))
    prepared = next(event for event in events if isinstance(event, PromptPrepared))
    answer = finished(events)
    assert answer.evidence == (RENT, NOTICE)
    assert (model.prompts, library.receipts, answer.receipt) == ([], [], "")
    tokens = prepared.tokens
    parts = (tokens.instructions, tokens.conversation, *tokens.passages, tokens.question)
    assert (len(tokens.passages), min(parts) > 0) == (2, True)
    assert sum(parts) == asyncio.run(model.count(prepared.prompt))
    ask(library, model, question)
    assert model.prompts == [prepared.prompt]


def test_evidence_that_is_given_is_used_in_its_order_and_nothing_is_searched() -> None:
    library = Library(RENT, others=(NOTICE,))
    model = ScriptedModel(("The rent is 900 euros a month [2].",))
    answer = finished(ask(library, model, Ask("How much is the rent?", passages=(2, 1, 99))))
    assert [hit.passage_id for hit in answer.evidence] == [2, 1]
    assert [citation.n for citation in answer.citations] == [2]
    assert library.searched == []


def test_what_was_not_found_is_told_with_what_was_searched_and_what_may_hold_it() -> None:
    def row(path: bytes, reason: Reason) -> DocumentRow:
        return DocumentRow(1, path, b"/papers", DocumentState.FAILED, reason, "", 0, 0, 0, 1, 1)

    unread = (
        row(b"/else/holiday.pdf", Reason.DAMAGED),
        row(b"/papers/a.pdf", Reason.NO_TEXT),
        row(b"/x/Deposit-2024.pdf", Reason.ENCRYPTED),
    )
    library = Library(RENT, unread=unread)
    answer = finished(ask(library, ScriptedModel(("NOT FOUND",)), Ask("How high is the deposit?")))
    assert (answer.found, answer.searched) == (False, "How high is the deposit?")
    assert [row.path for row in answer.unread] == [b"/x/Deposit-2024.pdf", b"/papers/a.pdf"]
    assert answer.coverage is not None
    assert (answer.coverage.ready, answer.coverage.queued, answer.coverage.failed) == (2, 1, 3)


def test_a_passage_longer_than_the_context_is_given_as_an_excerpt_that_is_announced() -> None:
    text = "The house has many rooms and a long history. " * 40 + "The rent is 900 euros a month. " + "Etc. " * 400
    model = ScriptedModel(("The rent is 900 euros a month [1].",), context_tokens=512)
    events = ask(Library(make_hit(text, start=100)), model, Ask("How much is the rent?"))
    (given,) = [event.evidence for event in events if isinstance(event, EvidenceFound)][-1]
    assert "The rent is 900 euros a month." in given.text
    assert text[given.start - 100 : given.end - 100] == given.text
    assert given.text in model.prompts[0][-1].content
    assert asyncio.run(model.count(model.prompts[0])) < 512
    assert finished(events).found


def test_a_try_that_was_not_believed_is_in_the_receipt() -> None:
    library = Library(RENT)
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    ask(library, model, Ask("How much is the rent of flat 4711-B?"))
    (receipt,) = library.receipts
    assert [(attempt.text, attempt.believed) for attempt in receipt.tries] == [
        ("NOT FOUND", True),
        ("The rent is 900 euros a month [1].", False),
    ]
    ask(library, HesitantModel(model.pieces), Ask("How much is the rent?"))
    assert [attempt.believed for attempt in library.receipts[1].tries] == [False, True]


@pytest.mark.parametrize("pieces", [(), ("   ",), ("the the the " * 30,)])
def test_a_model_that_writes_nothing_or_the_same_for_ever_answers_nothing(pieces: tuple[str, ...]) -> None:
    library = Library(RENT)
    answer = finished(ask(library, ScriptedModel(pieces, reason="length"), Ask("How much is the rent?")))
    assert not answer.found
    assert answer.citations == ()
    assert library.receipts[0].tries[0].text == "".join(pieces)


def test_the_receipt_holds_the_very_prompt_and_its_sources() -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(("The rent is 900 euros [1].",))
    answer = finished(ask(library, model, Ask("How much is the rent?")))
    (receipt,) = library.receipts
    assert [attempt.prompt for attempt in receipt.tries] == model.prompts
    assert receipt.evidence == (RENT, NOTICE)
    assert receipt.model.sha256 == "f" * 64
    assert (receipt.answer, answer.receipt) == ("The rent is 900 euros [1].", "r1")
