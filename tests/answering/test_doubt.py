"""What the model is asked before it writes, and what is made of its leaning."""

import asyncio

import pytest

from app.answering.needs import AROUND_EVIDENCE_TOKENS, EVIDENCE_LEAST_TOKENS, AnswerLimits
from app.core.child_messages import YesOrNo
from app.core.errors import QuestionTooLong
from app.core.examples import BEGINNING
from app.core.found import DENIED_BELOW, least_before_writing
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound
from app.core.prompt import CHECK, NOT_FOUND
from app.core.types import ChatMessage, Turn
from tests.answering.scripted import NOTICE, RENT, HesitantModel, Library, ScriptedModel, ask, finished
from tests.fakes import make_hit

PIECES = ("The rent is 900 euros [1].",)
QUESTION = Ask("How much is the rent?")
BELOW = 2.05


def test_a_model_that_doubts_is_not_asked_to_write_and_the_receipt_says_so() -> None:
    library, model = Library(RENT, NOTICE), ScriptedModel(PIECES, doubts_below=BELOW, log_odds=1.2)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert [type(event) for event in events] == [EvidenceFound, AnswerFinished]
    assert (answer.found, answer.text, answer.ended) == (False, "", "doubt")
    assert model.prompts == []
    check = library.receipts[0].check
    assert check is not None
    assert (check.prompt, check.log_odds) == (model.checked[0], 1.2)
    assert check.doubts_below == least_before_writing(BELOW)
    assert check.prompt[-1].content.endswith(CHECK)
    assert all(hit.text in check.prompt[-1].content for hit in answer.evidence)


@pytest.mark.parametrize(("before", "quoted", "found"), [(2.5, 1.4, False), (2.5, 1.5, True), (1.7, 1.9, True)])
def test_an_answer_is_believed_where_passages_and_quotation_together_leave_little_doubt(
    before: float, quoted: float, found: bool
) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=before, log_odds_quoted=quoted)
    answer = finished(ask(library, model, QUESTION))
    (receipt,) = library.receipts
    assert receipt.quoted is not None
    assert receipt.quoted.prompt == model.checked[1]
    assert receipt.quoted.prompt[: len(BEGINNING)] == BEGINNING
    assert "The rent is 900 euros a month." in receipt.quoted.prompt[-1].content
    assert "third day" not in receipt.quoted.prompt[-1].content
    assert "three months" not in receipt.quoted.prompt[-1].content
    assert (answer.found, answer.ended, bool(answer.text)) == (found, "end" if found else "doubt", found)
    assert [one.believed for one in receipt.tries] == [found]
    assert receipt.tries[0].text == PIECES[0]
    assert answer.withheld == ("" if found else PIECES[0])


@pytest.mark.parametrize(("said", "found"), [(-0.2, False), (3.0, True), (30.0, True), (None, True)])
def test_what_the_model_thinks_of_the_sentence_counts_as_far_as_it_may(said: float | None, found: bool) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=2.5, log_odds_quoted=1.5, log_odds_said=said)
    assert finished(ask(library, model, QUESTION)).found is found
    (receipt,) = library.receipts
    assert receipt.quoted is not None
    assert receipt.quoted.is_doubted is not found
    assert [check.prompt for check in receipt.said] == ([] if said is None else [model.checked[2]])
    assert "\nThe rent is 900 euros a month.\n\nSENTENCE\nThe rent is 900 euros.\n" in model.checked[2][-1].content
    assert model.checked[2][: len(BEGINNING)] == BEGINNING
    hopeless = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=2.5, log_odds_quoted=0.4, log_odds_said=30.0)
    assert not finished(ask(Library(RENT, NOTICE), hopeless, QUESTION)).found
    assert len(hopeless.checked) == 2


def test_a_sentence_that_its_quotation_does_not_say_is_shown_as_not_found_in_the_sources() -> None:
    library = Library(RENT, NOTICE)

    class Denying(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            leaning = await super().yes_or_no(prompt, is_aside=is_aside)
            denied = "SENTENCE\nThe lease ends" in prompt[-1].content
            return YesOrNo(DENIED_BELOW - 1) if denied else leaning

    written = "The rent is 900 euros a month [1]. The lease ends with three months' notice of either party [2]."
    model = Denying((written,), doubts_below=BELOW, log_odds=3.0, log_odds_quoted=3.0)
    answer = finished(ask(library, model, QUESTION))
    assert (answer.found, answer.text) == (True, written)
    assert [(one.is_supported, one.missing) for one in answer.sentences] == [(True, ()), (False, ())]
    assert [check.is_doubted for check in library.receipts[0].said] == [False, True]


def test_a_stop_while_sentences_are_asked_of_leaves_what_was_written() -> None:
    stopped = asyncio.Event()

    class StoppedModel(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            if "SENTENCE\nThe rent" in prompt[-1].content:
                stopped.set()
            return await super().yes_or_no(prompt, is_aside=is_aside)

    library, model = Library(RENT), StoppedModel(PIECES, doubts_below=BELOW, log_odds=2.5, log_odds_quoted=0.9)
    answer = finished(ask(library, model, QUESTION, stopped=stopped))
    assert (answer.stopped, answer.text) == (True, PIECES[0])
    assert library.receipts[0].said == ()


@pytest.mark.parametrize("text", ["900 euros [1].", "Yes [1]."])
def test_of_an_answer_of_a_word_or_two_it_is_not_asked_whether_it_is_said(text: str) -> None:
    library, model = Library(RENT), ScriptedModel((text,), doubts_below=BELOW, log_odds=3.0, log_odds_quoted=3.0)
    finished(ask(library, model, QUESTION))
    assert library.receipts[0].said == ()


@pytest.mark.parametrize(("quoted", "found"), [(1.0, False), (2.5, True), (None, True)])
def test_a_second_try_that_rests_on_a_passage_is_believed_if_what_it_quotes_is(
    quoted: float | None, found: bool
) -> None:
    loose = ("Every month the tenant owes a rent of 900 euros [1].",)
    never_asked = finished(ask(Library(RENT), HesitantModel(loose), QUESTION))
    assert not never_asked.found
    events = ask(
        Library(RENT), HesitantModel(loose, doubts_below=BELOW, log_odds=2.5, log_odds_quoted=quoted), QUESTION
    )
    assert finished(events).found is found
    assert finished(events).withheld == ""
    assert any(isinstance(event, AnswerGrew) for event in events) is found


def test_where_a_model_refuses_and_yet_leans_to_a_yes_the_sentence_that_it_means_is_quoted() -> None:
    library = Library(NOTICE, RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=1.75)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert (answer.text, answer.found, answer.ended) == ("“The rent is 900 euros a month.” [2]", True, "quoted")
    assert [event.text for event in events if isinstance(event, AnswerGrew)] == [answer.text]
    (sentence,) = answer.sentences
    assert (sentence.citations, sentence.is_supported) == ((2,), True)
    (citation,) = answer.citations
    assert citation.quote == "The rent is 900 euros a month."
    (receipt,) = library.receipts
    assert [one.believed for one in receipt.tries] == [False, False]
    assert [check.prompt for check in receipt.near] == model.checked[1:]
    assert not receipt.near[0].is_doubted


def test_instead_of_an_answer_that_only_says_the_question_again_the_sentence_that_is_meant_is_quoted() -> None:
    library, again = Library(NOTICE, RENT), "The rent is much [1]."
    model = ScriptedModel((again,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=1.75)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert (answer.text, answer.ended) == ("“The rent is 900 euros a month.” [2]", "quoted")
    assert "".join(event.text for event in events if isinstance(event, AnswerGrew)) == again
    assert not any(one.believed for one in library.receipts[0].tries)


@pytest.mark.parametrize("quoted", [1.0, 1.5, None])
def test_nothing_is_quoted_that_the_model_does_not_take_for_the_answer(quoted: float | None) -> None:
    library = Library(RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=quoted)
    answer = finished(ask(library, model, QUESTION))
    assert (answer.found, answer.ended, answer.withheld) == (False, "end", "")
    assert [check.is_doubted for check in library.receipts[0].near] == ([] if quoted is None else [True])


def test_of_a_question_that_no_sentence_is_near_to_nothing_is_asked() -> None:
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=3.0)
    assert not finished(ask(Library(RENT), model, Ask("Who painted the ceiling of the chapel?"))).found
    assert len(model.checked) == 1


def test_of_quotations_that_are_too_long_to_be_asked_of_together_the_last_are_left_out() -> None:
    class ShortOfMemory(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            if is_aside and "three months" in prompt[-1].content:
                raise QuestionTooLong(tokens="2000", limit="1279")
            return await super().yes_or_no(prompt, is_aside=is_aside)

    written = ("The rent is 900 euros a month [1]. Either party may end the lease with three months' notice [2].",)
    library = Library(RENT, NOTICE)
    model = ShortOfMemory(written, doubts_below=BELOW, log_odds=2.5, log_odds_quoted=2.5)
    assert finished(ask(library, model, QUESTION)).found
    (receipt,) = library.receipts
    assert receipt.quoted is not None
    assert "900 euros" in receipt.quoted.prompt[-1].content


def test_a_stop_while_sentences_are_looked_at_leaves_no_refusal_behind() -> None:
    stopped = asyncio.Event()

    class StoppedModel(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            if self.prompts:
                stopped.set()
            return await super().yes_or_no(prompt, is_aside=is_aside)

    model = StoppedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=3.0)
    answer = finished(ask(Library(RENT), model, QUESTION, stopped=stopped))
    assert (answer.stopped, answer.text, answer.found) == (True, "", False)


def test_of_a_question_that_leans_on_the_conversation_the_model_is_not_asked() -> None:
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=-1.0)
    turn = Turn("How much is the rent?", "The rent is 900 euros.", (RENT.passage_id,))
    finished(ask(Library(RENT), model, Ask("And when is it due?", (turn,))))
    assert [prompt[-1].content.count("SENTENCE") for prompt in model.checked] == [1]
    assert model.prompts


@pytest.mark.parametrize(
    ("log_odds", "is_looked_for", "found"), [(1.0, False, False), (1.7, True, False), (2.0, True, True)]
)
def test_where_a_follow_up_is_refused_the_sentence_that_the_model_means_is_quoted(
    log_odds: float, is_looked_for: bool, found: bool
) -> None:
    library = Library(NOTICE, RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=log_odds, log_odds_quoted=log_odds)
    turn = Turn("What did we sign?", "A lease.")
    answer = finished(ask(library, model, Ask("And how much is the rent in it?", (turn,))))
    assert answer.found is found
    assert ("900 euros" in answer.text) is found
    receipt = library.receipts[0]
    assert receipt.check is not None
    assert turn.question in receipt.check.prompt[1].content
    assert bool(receipt.near) is is_looked_for


def test_of_passages_that_a_person_chose_the_model_is_not_asked() -> None:
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=-1.0)
    finished(ask(Library(RENT), model, Ask(QUESTION.question, passages=(RENT.passage_id,))))
    assert [prompt[-1].content.count("SENTENCE") for prompt in model.checked] == [1]
    assert model.prompts


@pytest.mark.parametrize(("doubts_below", "log_odds"), [(1.8, 1.9), (1.8, None), (None, -5.0)])
def test_a_model_that_does_not_doubt_or_was_never_measured_writes(
    doubts_below: float | None, log_odds: float | None
) -> None:
    model = ScriptedModel(PIECES, doubts_below=doubts_below, log_odds=log_odds)
    answer = finished(ask(Library(RENT), model, QUESTION))
    assert answer.found
    assert answer.ended == "end"
    assert bool(model.checked) is (doubts_below is not None)


@pytest.mark.parametrize(
    ("reason", "pieces", "ended"),
    [("loop", PIECES, "loop"), ("length", PIECES, "length"), ("end", (), "nothing"), ("end", PIECES, "end")],
)
def test_why_no_more_was_written_is_told(reason: str, pieces: tuple[str, ...], ended: str) -> None:
    assert finished(ask(Library(RENT), ScriptedModel(pieces, reason=reason), QUESTION)).ended == ended


def test_an_answer_in_another_language_is_never_shown_as_supported() -> None:
    model = ScriptedModel(("Die Miete beträgt 900 Euro im Monat [1]. Sie ist am dritten Tag fällig.",))
    answer = finished(ask(Library(RENT), model, QUESTION))
    assert answer.sentences
    assert not any(sentence.is_supported for sentence in answer.sentences)


def test_half_a_name_at_the_end_of_what_was_cut_off_is_not_supported() -> None:
    tenants = make_hit("The lease was signed by the Hartleys of Leeds.")
    for reason, missing in (("length", ("Hartley",)), ("end", ())):
        model = ScriptedModel(("The lease was signed by the Hartley",), reason=reason)
        (sentence,) = finished(ask(Library(tenants), model, Ask("Who signed the lease?"))).sentences
        assert sentence.missing == missing


LONG = tuple(make_hit(f"Notice {n} is three months. " * 30, number=n) for n in range(2, 6))
LIMITS = AnswerLimits(evidence_tokens=1400, answer_tokens=100, first_token_s=10)


def test_a_slow_model_is_given_what_it_reads_in_time_and_the_receipt_says_how_much() -> None:
    library, slow = Library(RENT, *LONG), ScriptedModel(PIECES, prompt_ms_per_token=10.0)
    events = ask(library, slow, QUESTION, LIMITS)
    announced = [event.evidence for event in events if isinstance(event, EvidenceFound)]
    assert [len(evidence) for evidence in announced] == [5, 4]
    settings = library.receipts[0].settings
    assert settings.evidence_tokens == 1000 - AROUND_EVIDENCE_TOKENS
    assert settings.prompt_ms_per_token == 10.0


def test_a_fast_model_and_one_whose_pace_is_unknown_are_given_all_that_fits() -> None:
    for ms in (0.0, 1.0):
        events = ask(Library(RENT, *LONG), ScriptedModel(PIECES, prompt_ms_per_token=ms), QUESTION, LIMITS)
        assert len(finished(events).evidence) == 5


def test_how_long_the_first_word_may_take_is_said_with_the_question_too() -> None:
    slow, long = ScriptedModel(PIECES, prompt_ms_per_token=10.0), Ask(QUESTION.question, first_token_s=0)
    assert [len(finished(ask(Library(RENT, *LONG), slow, one, LIMITS)).evidence) for one in (QUESTION, long)] == [4, 5]


def test_passages_that_the_person_chose_are_all_given_however_slow_the_model_is() -> None:
    chosen = Ask(QUESTION.question, passages=tuple(hit.passage_id for hit in LONG))
    slow = ScriptedModel(PIECES, prompt_ms_per_token=500.0)
    given = finished(ask(Library(RENT, *LONG), slow, chosen, LIMITS)).evidence
    assert [hit.passage_id for hit in given] == [hit.passage_id for hit in LONG]


def test_what_is_pinned_is_given_however_slow_the_model_is_and_nothing_beside_it_that_has_no_room() -> None:
    pins = tuple(hit.passage_id for hit in LONG[:3])
    slow = ScriptedModel(PIECES, prompt_ms_per_token=500.0)
    given = finished(ask(Library(RENT, *LONG), slow, Ask(QUESTION.question, pinned=pins), LIMITS)).evidence
    assert [hit.passage_id for hit in given] == list(pins)


def test_the_room_for_evidence_has_a_floor_and_can_be_left_to_itself() -> None:
    assert LIMITS.evidence_room(10_000.0) == EVIDENCE_LEAST_TOKENS
    assert AnswerLimits(1400, 100, 0).evidence_room(10_000.0) == 1400
