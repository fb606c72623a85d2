"""What a person makes of the evidence is what the model is given, and what the receipt tells."""

from pathlib import Path

from app.answering.history import History
from app.core.messages import Ask, EvidenceFound, PromptPrepared
from app.core.types import Turn
from tests.answering.scripted import NOTICE, RENT, Library, ScriptedModel, ask, finished
from tests.fakes import make_hit

DEPOSIT = make_hit("The deposit is two months' rent.", number=3, page=5)
QUESTION = "How much is the rent?"


def answering() -> ScriptedModel:
    return ScriptedModel(("The rent is 900 euros [2].",))


def test_passages_are_given_in_the_person_s_order_and_say_how_they_came_in() -> None:
    model = answering()
    library = Library(RENT, NOTICE, others=(DEPOSIT,))
    ids = {"rent": RENT.passage_id, "notice": NOTICE.passage_id, "deposit": DEPOSIT.passage_id}
    chosen = Ask(
        QUESTION,
        passages=(ids["deposit"], ids["rent"]),
        found=(ids["rent"], ids["notice"]),
        pinned=(ids["rent"],),
    )
    answer = finished(ask(library, model, chosen))
    assert [(hit.passage_id, hit.chosen) for hit in answer.evidence] == [
        (ids["deposit"], "added"),
        (ids["rent"], "pinned"),
    ]
    assert NOTICE.text not in model.prompts[0][-1].content
    assert library.searched == []
    [receipt] = library.receipts
    assert [hit.passage_id for hit in receipt.dropped] == [ids["notice"]]
    assert receipt.evidence == answer.evidence


def test_a_pinned_passage_is_given_first_whatever_the_search_finds() -> None:
    library = Library(RENT, NOTICE, others=(DEPOSIT,))
    pinned = Ask(QUESTION, pinned=(DEPOSIT.passage_id, RENT.passage_id))
    answer = finished(ask(library, answering(), pinned))
    assert [(hit.passage_id, hit.chosen) for hit in answer.evidence] == [
        (DEPOSIT.passage_id, "pinned"),
        (RENT.passage_id, "pinned"),
        (NOTICE.passage_id, ""),
    ]


def test_the_prompt_that_is_reviewed_is_the_prompt_that_is_sent() -> None:
    library, model = Library(RENT, NOTICE), answering()
    chosen = Ask(QUESTION, passages=(NOTICE.passage_id, RENT.passage_id), found=(RENT.passage_id, NOTICE.passage_id))
    reviewed = ask(library, model, Ask(QUESTION, passages=chosen.passages, found=chosen.found, evidence_only=True))
    [prepared] = [event for event in reviewed if isinstance(event, PromptPrepared)]
    ask(library, model, chosen)
    assert model.prompts == [prepared.prompt]


def test_another_wording_is_searched_for_and_the_question_itself_is_asked() -> None:
    library, model = Library(RENT), answering()
    turn = Turn("What is the lease about?", "")
    events = ask(library, model, Ask("And its rent?", (turn,), searched="rent of unit 4"))
    assert library.searched == ["rent of unit 4"]
    assert next(event for event in events if isinstance(event, EvidenceFound)).searched == "rent of unit 4"
    assert "And its rent?" in model.prompts[0][-1].content
    assert library.receipts[0].searched == "rent of unit 4"


def test_forgetting_a_file_erases_what_was_dropped_of_it_and_leaves_the_answer(tmp_path: Path) -> None:
    secret = make_hit("The safe's number is 4711.", number=9, title="Secret")
    library = Library(RENT, others=(secret,))
    history = History(tmp_path / "history.sqlite")
    library.record = history.append  # pyright: ignore[reportAttributeAccessIssue]
    ask(library, answering(), Ask(QUESTION, passages=(RENT.passage_id,), found=(RENT.passage_id, secret.passage_id)))
    [entry] = history.entries()
    assert "dropped 1" in {part.name for part in entry.parts}
    assert history.erase(lambda source: source["path"] == "/papers/Secret.pdf") == 1
    kept = {part.name for part in history.entry(entry.id).parts}
    assert "dropped 1" not in kept
    assert {"answer", "source 1", "try 1"} <= kept
    history.close()
