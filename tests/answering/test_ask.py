"""One question to one answer, with a scripted model in the place of llama.cpp."""

import asyncio
import gc
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.answering.ask import Answering, AnswerLimits, AnswerModel
from app.answering.history import History
from app.core.child_messages import Generated, TokenText
from app.core.errors import DiskFull, ModelDied, QuestionTooLong, UsageWrong
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound
from app.core.receipts import FIRST_PREVIOUS, Receipt, chain_hash
from app.core.types import Answer, ChatMessage, Filters, Hit, SearchResult, Turn
from tests.fakes import make_hit

RENT = make_hit("The rent is 900 euros a month. It is due on the third day.")
NOTICE = make_hit("Either party may end the lease with three months' notice.", number=2, page=4)
LIMITS = AnswerLimits(evidence_tokens=500, answer_tokens=100)


@dataclass
class ScriptedModel:
    """Writes what it is told to; counts one token for four characters."""

    pieces: tuple[str, ...]
    reason: str = "end"
    name: str = "scripted"
    device: str = "CPU"
    context_tokens: int = 4096
    prompts: list[tuple[ChatMessage, ...]] = field(default_factory=list[tuple[ChatMessage, ...]])
    stops: int = 0

    async def count(self, prompt: tuple[ChatMessage, ...]) -> int:
        return sum(len(message.content) for message in prompt) // 4

    async def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int
    ) -> AsyncIterator[TokenText | Generated]:
        self.prompts.append(prompt)
        for piece in self.pieces:
            yield TokenText(piece)
        yield Generated(self.reason, 100, len(self.pieces), 1.0, 2.0)

    async def stop(self) -> None:
        self.stops += 1


class Library:
    """Hits in memory; remembers what was searched and recorded."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits
        self.searched: list[str] = []
        self.receipts: list[Receipt] = []

    async def search(self, query: str, limit: int, filters: Filters) -> SearchResult:
        self.searched.append(query)
        return SearchResult(self.hits[:limit])

    def record(self, receipt: Receipt) -> str:
        self.receipts.append(receipt)
        return f"r{len(self.receipts)}"


def ask(library: Library, model: ScriptedModel, question: Ask) -> list[EvidenceFound | AnswerGrew | AnswerFinished]:
    async def load() -> AnswerModel:
        return model

    async def collect() -> list[EvidenceFound | AnswerGrew | AnswerFinished]:
        answering = Answering(library.search, library.record, LIMITS)
        return [event async for event in answering.answer(question, load, asyncio.Event())]

    return asyncio.run(collect())


def finished(events: list[EvidenceFound | AnswerGrew | AnswerFinished]) -> Answer:
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    return last.answer


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


@dataclass
class HesitantModel(ScriptedModel):
    """Refuses at first, and writes its pieces when it is asked again."""

    async def generate(
        self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int
    ) -> AsyncIterator[TokenText | Generated]:
        self.prompts.append(prompt)
        for piece in self.pieces if len(self.prompts) > 1 else ("NOT FOUND",):
            yield TokenText(piece)
        yield Generated("end", 100, 3, 1.0, 2.0)


def test_a_model_that_refuses_what_the_reranker_sees_is_asked_once_more() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    events = ask(Library(RENT), model, Ask("How much is the rent?"))
    answer = finished(events)
    assert answer.found
    assert [event.text for event in events if isinstance(event, AnswerGrew)] == ["The rent is 900 euros a month [1]."]
    assert len(model.prompts) == 2


def test_a_stop_in_the_second_try_shows_neither_the_refusal_nor_half_an_answer() -> None:
    class StoppedModel(HesitantModel):
        async def generate(
            self, prompt: tuple[ChatMessage, ...], max_tokens: int, seed: int
        ) -> AsyncIterator[TokenText | Generated]:
            async for event in super().generate(prompt, max_tokens, seed):
                is_second_end = isinstance(event, Generated) and len(self.prompts) > 1
                yield Generated("stopped", 100, 1, 1.0, 2.0) if is_second_end else event

    answer = finished(ask(Library(RENT), StoppedModel(("The rent",)), Ask("How much is the rent?")))
    assert answer.stopped
    assert answer.text == ""


def test_a_second_try_about_something_else_is_not_believed() -> None:
    model = HesitantModel(("The rent is 900 euros a month [1].",))
    assert not finished(ask(Library(RENT), model, Ask("How much is the rent of flat 4711-B?"))).found


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
    model = ScriptedModel(("The rent is 900 euros [1].",), context_tokens=380)
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

    async def stopped_while_loading() -> list[EvidenceFound | AnswerGrew | AnswerFinished]:
        stopped = asyncio.Event()

        async def load() -> AnswerModel:
            stopped.set()
            await asyncio.sleep(60)
            return model

        answering = Answering(library.search, library.record, LIMITS)
        return [event async for event in answering.answer(Ask("How much?"), load, stopped)]

    answer = finished(asyncio.run(stopped_while_loading()))
    assert answer.stopped
    assert (answer.evidence, model.prompts) == ((RENT,), [])


def test_a_stop_while_the_library_is_searched_ends_the_answer_at_once_and_drops_what_is_found() -> None:
    library, model = Library(RENT), ScriptedModel(("The rent is 900 euros [1].",))

    async def stopped_while_searching() -> list[EvidenceFound | AnswerGrew | AnswerFinished]:
        stopped = asyncio.Event()

        async def search(query: str, limit: int, filters: Filters) -> SearchResult:
            stopped.set()
            await asyncio.sleep(60)
            return await library.search(query, limit, filters)

        async def load() -> AnswerModel:
            return model

        answering = Answering(search, library.record, LIMITS)
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

        answering = Answering(Library(RENT).search, Library().record, LIMITS)
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


def test_evidence_only_asks_no_model_and_records_nothing() -> None:
    library = Library(RENT)
    model = ScriptedModel(("900 euros [1].",))
    answer = finished(ask(library, model, Ask("How much is the rent?", evidence_only=True)))
    assert answer.evidence == (RENT,)
    assert (model.prompts, library.receipts, answer.receipt) == ([], [], "")


def test_the_receipt_holds_the_very_prompt_and_its_sources() -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(("The rent is 900 euros [1].",))
    answer = finished(ask(library, model, Ask("How much is the rent?")))
    (receipt,) = library.receipts
    assert receipt.prompt == model.prompts[0]
    assert [(source.n, source.page, source.sha256) for source in receipt.sources] == [
        (1, 1, "0" * 64),
        (2, 4, "0" * 64),
    ]
    assert (receipt.answer, answer.receipt) == ("The rent is 900 euros [1].", "r1")


def test_a_receipt_that_the_disk_has_no_room_for_is_told_as_that(tmp_path: Path) -> None:
    library = Library(RENT)
    ask(library, ScriptedModel(("The rent is 900 euros [1].",)), Ask("How much is the rent?"))
    history = History(tmp_path / "history.sqlite")
    history._database.read("PRAGMA max_page_count = 1")  # pyright: ignore[reportPrivateUsage] - the disk is full for it
    long = replace(library.receipts[0], question="How much? " * 10_000)
    with pytest.raises(DiskFull):
        history.append(long)
    history.close()


def test_receipts_are_chained_on_disk(tmp_path: Path) -> None:
    library = Library(RENT)
    for question in ("How much is the rent?", "When is it due?"):
        ask(library, ScriptedModel(("The rent is 900 euros [1].",)), Ask(question))
    history = History(tmp_path / "history.sqlite")
    ids = [history.append(receipt) for receipt in library.receipts]
    history.close()
    database = sqlite3.connect(tmp_path / "history.sqlite")
    rows = database.execute("SELECT id, previous, hash, body FROM receipts ORDER BY number").fetchall()
    database.close()
    assert [row[0] for row in rows] == ids
    assert rows[0][1] == FIRST_PREVIOUS
    assert rows[1][1] == rows[0][2] == chain_hash(rows[0][1], rows[0][3])
    assert json.loads(rows[1][3])["question"] == "When is it due?"


def test_a_damaged_history_is_set_aside_and_a_new_chain_begun(tmp_path: Path) -> None:
    library = Library(RENT)
    ask(library, ScriptedModel(("The rent is 900 euros [1].",)), Ask("How much is the rent?"))
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"no database at all" * 100)
    history = History(path)
    history.append(library.receipts[0])
    history.close()
    assert (tmp_path / "history.sqlite.damaged").read_bytes().startswith(b"no database")
