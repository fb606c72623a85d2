"""Conversations that are kept: found by their words, shown as their receipts have them, deleted with their texts."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.answering.conversations import NAME_CHARACTERS, Conversations
from app.answering.history import History
from app.core.errors import ConversationUnknown
from app.core.messages import AnswerFinished, Ask
from app.core.pages import Span
from app.core.receipt_chain import checked
from app.core.types import Answer, Filters
from tests.answering.scripted import NOTICE, RENT, Library, ScriptedModel, ask

RENT_QUESTION = "How much is the rent?"
CAFE_QUESTION = "What does the Café Ahlgren pay for the cellar?"


def nowhere(_path: bytes, _digest: str, _page: int, _span: Span) -> tuple[int, int]:
    return 0, 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path)
    yield history
    history.close()


@pytest.fixture
def conversations(history: History) -> Conversations:
    return Conversations(history, nowhere)


def converse(
    history: History, conversations: Conversations, identity: str, question: str, filters: Filters = Filters()
) -> Answer:
    """Ask in a conversation, answered from two passages about the rent."""
    library = Library(RENT, NOTICE)
    *_, last = ask(library, ScriptedModel(("The rent is 900 euros a month [1].",)), Ask(question))
    assert isinstance(last, AnswerFinished)
    number = conversations.begin_turn(identity, question, filters)
    conversations.finish_turn(identity, number, history.append(library.receipts[0]))
    return last.answer


@pytest.mark.parametrize("log_odds", [0.4, 1.4])
def test_an_answer_that_the_model_doubted_is_shown_again(
    history: History, conversations: Conversations, log_odds: float
) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel((f"{RENT.text} [1]",), doubts_below=1.5, log_odds=log_odds, log_odds_quoted=0.5)
    *_, last = ask(library, model, Ask(RENT_QUESTION))
    assert isinstance(last, AnswerFinished)
    number = conversations.begin_turn("a", RENT_QUESTION, Filters())
    conversations.finish_turn("a", number, history.append(library.receipts[0]))
    (turn,) = conversations.turns("a")
    assert turn.answer is not None
    assert (turn.answer.text, turn.answer.found, turn.answer.ended) == ("", False, "doubt")
    assert turn.answer.withheld == last.answer.withheld == ("" if log_odds < 1 else f"{RENT.text} [1]")
    assert [hit.text for hit in turn.answer.evidence] == [RENT.text, NOTICE.text]


def test_a_sentence_that_stood_for_an_answer_is_shown_again_as_that(
    history: History, conversations: Conversations
) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(("NOT FOUND",), doubts_below=1.5, log_odds=2.0, log_odds_quoted=2.0)
    ask(library, model, Ask(RENT_QUESTION))
    number = conversations.begin_turn("a", RENT_QUESTION, Filters())
    conversations.finish_turn("a", number, history.append(library.receipts[0]))
    (turn,) = conversations.turns("a")
    assert turn.answer is not None
    assert (turn.answer.found, turn.answer.ended, turn.answer.withheld) == (True, "quoted", "")
    assert turn.answer.text == "“The rent is 900 euros a month.” [1]"


def test_an_answer_is_shown_again_as_it_was(history: History, conversations: Conversations) -> None:
    answer = converse(history, conversations, "a", RENT_QUESTION)
    (turn,) = conversations.turns("a")
    assert turn.answer is not None
    assert turn.question == RENT_QUESTION
    assert (turn.answer.text, turn.answer.found) == (answer.text, True)
    assert turn.answer.sentences == answer.sentences
    assert [one.quote for one in turn.answer.citations] == [one.quote for one in answer.citations]
    assert [hit.text for hit in turn.answer.evidence] == [RENT.text, NOTICE.text]
    assert [hit.page for hit in turn.answer.evidence] == [RENT.page, NOTICE.page]
    assert answer.coverage is not None
    assert turn.answer.coverage == answer.coverage


def test_a_passage_is_given_the_numbers_it_has_now(history: History) -> None:
    placed: list[tuple[bytes, str, int, Span]] = []

    def place(path: bytes, digest: str, page: int, span: Span) -> tuple[int, int]:
        placed.append((path, digest, page, span))
        return 7, 70

    conversations = Conversations(history, place)
    converse(history, conversations, "a", RENT_QUESTION)
    (turn,) = conversations.turns("a")
    assert turn.answer is not None
    assert {(hit.document_id, hit.passage_id) for hit in turn.answer.evidence} == {(7, 70)}
    assert placed[0] == (RENT.path, RENT.digest, RENT.page, Span(RENT.start, RENT.end))


def test_a_question_that_was_never_answered_is_kept(conversations: Conversations) -> None:
    conversations.begin_turn("a", RENT_QUESTION, Filters())
    (turn,) = conversations.turns("a")
    assert (turn.question, turn.answer, turn.is_erased) == (RENT_QUESTION, None, False)


def test_the_last_used_comes_first_with_the_name_of_its_first_question(
    history: History, conversations: Conversations
) -> None:
    converse(history, conversations, "a", RENT_QUESTION)
    converse(history, conversations, "b", CAFE_QUESTION)
    converse(history, conversations, "a", "And when is it due?")
    rows = conversations.rows()
    assert [(row.id, row.name, row.turns) for row in rows] == [("a", RENT_QUESTION, 2), ("b", CAFE_QUESTION, 1)]
    assert rows[0].created_ns < rows[1].created_ns < rows[0].used_ns


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", {"a", "b"}),
        ("CAFE", {"b"}),  # its question, without case and accents
        ("900 euros", {"a", "b"}),  # the answers
        ("rent cellar", {"b"}),  # every word, wherever it stands
        ("harbour", {"a"}),  # its name
        ("citations", set[str]()),  # what only the way it is stored says
        ("kiln", set[str]()),
    ],
)
def test_conversations_are_found_by_all_their_words(
    history: History, conversations: Conversations, words: str, found: set[str]
) -> None:
    converse(history, conversations, "a", RENT_QUESTION)
    conversations.rename("a", "Harbour Street")
    converse(history, conversations, "b", CAFE_QUESTION)
    assert {row.id for row in conversations.rows(words)} == found


def test_a_name_is_one_line_of_bounded_length_and_never_empty(conversations: Conversations) -> None:
    conversations.begin_turn("a", "What is\nthe rent " + "and the deposit " * 20, Filters())
    name = conversations.row("a").name
    assert name.startswith("What is the rent and the deposit")
    assert name.endswith("…")
    assert len(name) <= NAME_CHARACTERS + 1
    conversations.rename("a", "  Flat\n4 ")
    assert conversations.row("a").name == "Flat 4"
    conversations.rename("a", "  ")
    assert conversations.row("a").name == "Flat 4"


def test_what_a_conversation_is_kept_to_is_kept_with_it(conversations: Conversations) -> None:
    kept_to = Filters(paths=(b"/papers/caf\xe9",), types=("pdf",))
    conversations.begin_turn("a", RENT_QUESTION, Filters())
    conversations.begin_turn("a", RENT_QUESTION, kept_to)
    assert conversations.row("a").filters == kept_to


def test_deleting_leaves_no_word_behind_and_a_chain_that_verifies(
    history: History, conversations: Conversations, path: Path
) -> None:
    converse(history, conversations, "a", CAFE_QUESTION)
    converse(history, conversations, "b", RENT_QUESTION)
    conversations.delete("a")
    assert [row.id for row in conversations.rows()] == ["b"]
    assert [check.problem for check in checked(history.entries())] == ["", "", ""]
    (kept,) = conversations.turns("b")
    assert kept.answer is not None
    history.close()
    assert all(b"Ahlgren" not in file.read_bytes() for file in path.parent.iterdir())


def test_an_answer_whose_texts_were_erased_says_so(history: History, conversations: Conversations) -> None:
    converse(history, conversations, "a", RENT_QUESTION)
    assert history.erase(lambda source: source["n"] == 1) == 1
    (turn,) = conversations.turns("a")
    assert (turn.question, turn.answer, turn.is_erased) == (RENT_QUESTION, None, True)


def test_an_unknown_conversation_is_named(conversations: Conversations) -> None:
    for use in (conversations.row, conversations.delete, partial(conversations.rename, name="x")):
        with pytest.raises(ConversationUnknown) as raised:
            use("nothing")
        assert raised.value.facts == {"conversation": "nothing"}


def test_a_forgotten_folder_is_in_no_conversation_any_more(conversations: Conversations, path: Path) -> None:
    conversations.begin_turn("a", RENT_QUESTION, Filters(paths=(b"/papers/quillwort/lease.pdf", b"/other")))
    conversations.begin_turn("b", RENT_QUESTION, Filters(paths=(b"/papers/quillwort",), types=("pdf",)))
    conversations.forget_path(b"/papers/quillwort")
    assert conversations.row("a").filters == Filters(paths=(b"/other",))
    assert conversations.row("b").filters == Filters(types=("pdf",), only_forgotten=True)
