"""What the model is asked before it writes, and what is made of its leaning."""

import asyncio
from dataclasses import replace

import pytest

from app.answering.needs import AROUND_EVIDENCE_TOKENS, EVIDENCE_LEAST_TOKENS, AnswerLimits
from app.core.answer_messages import AnswerReached, AnswerStep
from app.core.child_messages import YesOrNo
from app.core.errors import QuestionTooLong
from app.core.examples import BEGINNING
from app.core.found import DENIED_BELOW, FOREIGN, least_before_writing
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound
from app.core.open_questions import FITTING_LOGIT
from app.core.prompt import NOT_FOUND
from app.core.styles import Style
from app.core.types import ChatMessage, Lift, Scores, Turn
from app.core.unmet import SURER
from tests.answering.scripted import NOTICE, RENT, HesitantModel, Library, ScriptedModel, ask, finished
from tests.fakes import make_hit

PIECES = ("The rent is 900 euros [1].",)
QUESTION = Ask("How much is the rent?")
FOLLOW_UP = Ask("And how much is the rent in it?", (Turn("What did we sign?", "A lease."),))
QUOTED = "“The rent is 900 euros a month.” [1]"
BELOW = 2.05
FAR_RENT, FAR_NOTICE = (replace(one, scores=Scores(rerank=FITTING_LOGIT - 1, final=0.5)) for one in (RENT, NOTICE))


def test_a_model_that_sees_no_hope_is_not_asked_to_write_and_the_receipt_says_so() -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=least_before_writing(BELOW) - 0.1)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert [type(event) for event in events] == [EvidenceFound, AnswerReached, AnswerFinished]
    assert (answer.found, answer.text, answer.ended) == (False, "", "doubt")
    assert model.prompts == []
    check = library.receipts[0].check
    assert check is not None
    assert (check.prompt, check.log_odds) == (model.checked[0], model.log_odds)
    assert check.doubts_below == least_before_writing(BELOW)
    assert check.prompt[: len(BEGINNING)] == BEGINNING
    assert "TEXT\nThe rent is 900 euros a month.\n\nQUESTION\nHow much is the rent?" in check.prompt[-1].content


@pytest.mark.parametrize(("more", "found"), [(0.0, False), (SURER, True)])
def test_where_no_passage_has_a_name_of_the_question_the_model_must_be_surer(more: float, found: bool) -> None:
    library = Library(RENT, NOTICE)
    odds = BELOW + more
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=odds, log_odds_quoted=odds)
    assert finished(ask(library, model, Ask("How much is the rent in Vienna?"))).found is found
    check = library.receipts[0].check
    assert check is not None
    assert check.doubts_below == least_before_writing(BELOW + SURER)
    assert finished(ask(library, model, QUESTION)).found


@pytest.mark.parametrize(("less", "found"), [(FOREIGN, True), (FOREIGN + 0.1, False)])
def test_of_a_question_in_another_language_than_english_the_model_may_be_less_sure(less: float, found: bool) -> None:
    miete = make_hit("Die Miete beträgt 900 Euro im Monat.")
    odds = BELOW - less
    written = ("Die Miete beträgt 900 Euro im Monat [1].",)
    model = ScriptedModel(written, doubts_below=BELOW, log_odds=odds, log_odds_quoted=odds)
    question = Ask("Wie hoch ist die Miete der Wohnung?")
    assert finished(ask(Library(miete, nearest=miete.text), model, question)).found is found
    assert all("Answer the question in German, in a" in prompt[-1].content for prompt in model.prompts)


def test_it_is_told_when_the_passages_are_judged_when_they_are_read_and_when_the_answer_is_checked() -> None:
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=3.0)
    events = ask(Library(RENT, NOTICE), model, QUESTION)
    told = [event.step if isinstance(event, AnswerReached) else type(event) for event in events]
    before, grown = [EvidenceFound, AnswerStep.JUDGING, AnswerStep.READING], [AnswerGrew] * len(PIECES)
    assert told == [*before, *grown, AnswerStep.CHECKING, AnswerFinished]


def test_of_a_follow_up_and_of_a_model_that_is_not_asked_nothing_is_told_that_is_not_so() -> None:
    leaning = ask(Library(RENT), ScriptedModel(PIECES, doubts_below=BELOW, log_odds=3.0), FOLLOW_UP)
    assert [event.step for event in leaning if isinstance(event, AnswerReached)] == [AnswerStep.CHECKING]
    unasked = ask(Library(RENT), ScriptedModel(PIECES), QUESTION)
    assert not any(isinstance(event, AnswerReached) for event in unasked)


@pytest.mark.parametrize(
    ("nearest", "said_of"), [("", "The rent is 900 euros a month."), ("It is due on the third day.",) * 2]
)
def test_what_is_asked_of_is_the_sentence_that_is_judged_nearest_or_by_its_words(nearest: str, said_of: str) -> None:
    model = ScriptedModel((), doubts_below=BELOW, log_odds=0.0)
    ask(Library(RENT, NOTICE, nearest=nearest), model, QUESTION)
    (prompt,) = model.checked
    assert f"TEXT\n{said_of}\n\nQUESTION" in prompt[-1].content


@pytest.mark.parametrize(("quoted", "found"), [(2.0, False), (2.1, True)])
def test_an_answer_that_rests_on_another_sentence_is_believed_if_that_one_holds_it(quoted: float, found: bool) -> None:
    library = Library(RENT, NOTICE, nearest="It is due on the third day.")
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=1.5, log_odds_quoted=quoted)
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


def test_an_answer_that_rests_on_the_sentence_that_holds_it_is_not_asked_of_again() -> None:
    library, model = Library(RENT), ScriptedModel(PIECES, doubts_below=BELOW, log_odds=2.1, log_odds_quoted=-5.0)
    assert finished(ask(library, model, QUESTION)).text == PIECES[0]
    (receipt,) = library.receipts
    assert receipt.quoted is None
    assert [check.prompt for check in receipt.said] == [model.checked[1]]
    assert "\nThe rent is 900 euros a month.\n\nSENTENCE\nThe rent is 900 euros.\n" in model.checked[1][-1].content


@pytest.mark.parametrize("said", [1.25, DENIED_BELOW - 0.1])
def test_the_sentence_that_holds_the_answer_takes_the_place_of_one_that_none_says(said: float) -> None:
    library, model = Library(RENT), ScriptedModel(PIECES, doubts_below=BELOW, log_odds=2.1, log_odds_said=said)
    answer = finished(ask(library, model, QUESTION))
    is_said = said > DENIED_BELOW
    assert (answer.text, answer.ended) == (PIECES[0], "end") if is_said else (QUOTED, "quoted")
    assert [one.believed for one in library.receipts[0].tries] == [is_said]


def test_a_sentence_that_its_quotation_does_not_say_is_shown_as_not_found_in_the_sources() -> None:
    library = Library(RENT, NOTICE)

    class Denying(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            leaning = await super().yes_or_no(prompt, is_aside=is_aside)
            denied = "SENTENCE\nThe lease ends" in prompt[-1].content
            return YesOrNo(DENIED_BELOW - 1) if denied else leaning

    written = "The rent is 900 euros a month [1]. The lease ends with three months' notice of either party [2]."
    model = Denying((written,), doubts_below=BELOW, log_odds=3.0)
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

    library, model = Library(RENT), StoppedModel(PIECES, doubts_below=BELOW, log_odds=2.5)
    answer = finished(ask(library, model, QUESTION, stopped=stopped))
    assert (answer.stopped, answer.text) == (True, PIECES[0])
    assert library.receipts[0].said == ()


@pytest.mark.parametrize("text", ["900 euros [1].", "Yes [1]."])
def test_of_an_answer_of_a_word_or_two_it_is_not_asked_whether_it_is_said(text: str) -> None:
    library, model = Library(RENT), ScriptedModel((text,), doubts_below=BELOW, log_odds=3.0, log_odds_quoted=3.0)
    finished(ask(library, model, QUESTION))
    assert library.receipts[0].said == ()


def test_a_second_try_that_does_not_stand_almost_word_for_word_in_a_passage_is_not_believed() -> None:
    loose = ("The rent of it all is 900 euros, I believe, as things stand [1].",)
    events = ask(Library(RENT), HesitantModel(loose), QUESTION)
    assert (finished(events).found, finished(events).withheld) == (False, "")
    assert not any(isinstance(event, AnswerGrew) for event in events)


def test_where_a_model_refuses_the_sentence_that_it_takes_for_the_answer_is_quoted() -> None:
    library = Library(NOTICE, RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.1)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert (answer.text, answer.found, answer.ended) == ("“The rent is 900 euros a month.” [2]", True, "quoted")
    assert [event.text for event in events if isinstance(event, AnswerGrew)] == [answer.text]
    (sentence,) = answer.sentences
    assert (sentence.citations, sentence.is_supported) == ((2,), True)
    (citation,) = answer.citations
    assert citation.quote == "The rent is 900 euros a month."
    (receipt,) = library.receipts
    assert [one.believed for one in receipt.tries] == [False]
    assert receipt.check is not None
    assert [receipt.check.prompt] == model.checked


@pytest.mark.parametrize("written", ["The rent is much [1].", "Three months' notice is to be given [2]."])
def test_instead_of_an_answer_that_is_none_or_rests_on_what_does_not_hold_it_the_right_sentence_is_quoted(
    written: str,
) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel((written,), doubts_below=BELOW, log_odds=2.1, log_odds_quoted=1.75)
    events = ask(library, model, QUESTION)
    answer = finished(events)
    assert (answer.text, answer.ended, answer.withheld) == (QUOTED, "quoted", written)
    assert "".join(event.text for event in events if isinstance(event, AnswerGrew)) == written
    assert not any(one.believed for one in library.receipts[0].tries)


def test_a_sentence_that_tells_of_something_missing_is_quoted_and_is_no_refusal() -> None:
    pilot = make_hit("No information was found on the pilot's medication.")
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.1)
    answer = finished(ask(Library(pilot), model, Ask("What was found on the pilot's medication?")))
    assert (answer.found, answer.text) == (True, f"“{pilot.text}” [1]")


def test_an_answer_of_which_some_sentences_are_not_denied_stays() -> None:
    written = "The rent is 900 euros a month [1]. " + "It is due on the third day [1]. " * 4
    model = ScriptedModel((written,), doubts_below=BELOW, log_odds=2.1, log_odds_said=DENIED_BELOW - 1)
    answer = finished(ask(Library(RENT), model, QUESTION))
    assert (answer.ended, answer.text) == ("end", written.strip())
    assert [one.is_supported for one in answer.sentences] == [False] * 3 + [True] * 2


def test_a_follow_up_whose_answer_nothing_says_is_not_believed_where_there_is_no_hope_either() -> None:
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds_quoted=-5.0, log_odds_said=DENIED_BELOW - 1)
    library = Library(FAR_RENT)
    answer = finished(ask(library, model, FOLLOW_UP))
    assert (answer.found, answer.ended, answer.withheld) == (False, "doubt", PIECES[0])
    assert not any(one.believed for one in library.receipts[0].tries)


@pytest.mark.parametrize(("question", "written"), [(QUESTION, []), (FOLLOW_UP, [NOT_FOUND, NOT_FOUND])])
def test_a_stop_while_sentences_are_judged_is_told_as_that(question: Ask, written: list[str]) -> None:
    stopped = asyncio.Event()

    class Judging(Library):
        async def judged(self, question: str, texts: tuple[str, ...]) -> tuple[float, ...]:
            stopped.set()
            await asyncio.sleep(3600)
            return ()

    library = Judging(RENT)
    answer = finished(ask(library, ScriptedModel((NOT_FOUND,), doubts_below=BELOW), question, stopped=stopped))
    assert (answer.stopped, answer.found, answer.text) == (True, False, "")
    assert [one.text for receipt in library.receipts for one in receipt.tries] == written


@pytest.mark.parametrize("log_odds", [1.5, None])
def test_nothing_is_quoted_that_the_model_does_not_take_for_the_answer(log_odds: float | None) -> None:
    library = Library(RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=log_odds)
    answer = finished(ask(library, model, QUESTION))
    assert (answer.found, answer.ended, answer.withheld) == (False, "end", "")


def test_of_a_question_that_no_sentence_is_near_to_nothing_is_asked() -> None:
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5)
    assert not finished(ask(Library(RENT), model, Ask("Who painted the ceiling of the chapel?"))).found
    assert model.checked == []


def test_of_a_document_that_is_asked_for_as_a_whole_no_sentence_is_asked_of() -> None:
    whole = replace(RENT, scores=replace(RENT.scores, lifts=frozenset((Lift.WHOLE,))))
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=-3.0)
    assert finished(ask(Library(whole), model, Ask("What is the rent agreement about?"))).found


def test_of_quotations_that_are_too_long_to_be_asked_of_together_the_last_are_left_out() -> None:
    class ShortOfMemory(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            if is_aside and "three months" in prompt[-1].content:
                raise QuestionTooLong(tokens="2000", limit="1279")
            return await super().yes_or_no(prompt, is_aside=is_aside)

    written = ("The rent is 900 euros a month [1]. Either party may end the lease with three months' notice [2].",)
    library = Library(RENT, NOTICE)
    model = ShortOfMemory(written, doubts_below=BELOW, log_odds=1.5, log_odds_quoted=2.5)
    assert finished(ask(library, model, QUESTION)).found
    (receipt,) = library.receipts
    assert receipt.quoted is not None
    assert "900 euros" in receipt.quoted.prompt[-1].content


def test_a_stop_while_the_nearest_sentence_is_looked_at_leaves_no_refusal_behind() -> None:
    stopped = asyncio.Event()

    class StoppedModel(ScriptedModel):
        async def yes_or_no(self, prompt: tuple[ChatMessage, ...], *, is_aside: bool = False) -> YesOrNo:
            stopped.set()
            return await super().yes_or_no(prompt, is_aside=is_aside)

    for ask_of, written in ((QUESTION, []), (FOLLOW_UP, [NOT_FOUND])):
        model = StoppedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=2.5, log_odds_quoted=3.0)
        library = Library(FAR_RENT)
        answer = finished(ask(library, model, ask_of, stopped=stopped))
        assert (answer.stopped, answer.text, answer.found) == (True, "", False)
        assert [one.text for receipt in library.receipts for one in receipt.tries] == written
        stopped.clear()


def test_of_a_question_that_leans_on_the_conversation_the_model_is_not_asked() -> None:
    model = ScriptedModel(PIECES, doubts_below=BELOW, log_odds=-1.0)
    turn = Turn("How much is the rent?", "The rent is 900 euros.", (RENT.passage_id,))
    finished(ask(Library(RENT), model, Ask("And when is it due?", (turn,))))
    assert [prompt[-1].content.count("SENTENCE") for prompt in model.checked] == [1]
    assert model.prompts


@pytest.mark.parametrize(("log_odds", "found"), [(2.0, False), (2.1, True)])
def test_where_a_follow_up_is_refused_the_sentence_that_holds_its_answer_is_quoted(
    log_odds: float, found: bool
) -> None:
    library = Library(FAR_NOTICE, FAR_RENT)
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=-5.0, log_odds_quoted=log_odds)
    answer = finished(ask(library, model, FOLLOW_UP))
    assert answer.found is found
    assert ("900 euros" in answer.text) is found
    (receipt,) = library.receipts
    assert receipt.check is not None
    assert "900 euros" in receipt.check.prompt[-1].content


@pytest.mark.parametrize("asked", [Ask("Tell me about the rent."), FOLLOW_UP])
@pytest.mark.parametrize(("rerank", "found"), [(FITTING_LOGIT, True), (FITTING_LOGIT - 0.1, False)])
def test_a_passage_that_fits_answers_what_no_sentence_answers_whatever_the_model_thinks(
    asked: Ask, rerank: float, found: bool
) -> None:
    library = Library(replace(RENT, scores=Scores(rerank=rerank, final=1.0)))
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=-5.0, log_odds_quoted=-5.0)
    answer = finished(ask(library, model, asked))
    assert answer.found is found
    assert (answer.text == QUOTED) is found
    (receipt,) = library.receipts
    assert (receipt.check is None) is found
    assert [one.text for one in receipt.tries] == (
        [NOT_FOUND] * 2 if found else [NOT_FOUND] * asked.question.count("And")
    )


def test_no_header_of_a_page_nor_what_fits_less_is_quoted_where_a_passage_answers() -> None:
    header, far = (
        make_hit("Rent of Hill House | 18", number=3),
        make_hit("The rent of Hill House rose.", number=4, rerank=-3),
    )
    model = ScriptedModel((NOT_FOUND,), doubts_below=BELOW, log_odds=5.0)
    asked = Ask("Tell me about the rent of Hill House.")
    assert not finished(ask(Library(header, far), model, asked)).found
    library = Library(header, far, RENT, nearest=QUOTED[1:-5])
    assert finished(ask(library, model, asked)).text == QUOTED.replace("[1]", "[3]")


def test_a_second_try_answers_an_open_question() -> None:
    library, model = Library(RENT), HesitantModel(PIECES, doubts_below=BELOW, log_odds=-5.0)
    answer = finished(ask(library, model, Ask("Tell me about the rent.")))
    assert (answer.text, answer.ended) == (PIECES[0], "end")
    assert [one.believed for one in library.receipts[0].tries] == [False, True]


@pytest.mark.parametrize(
    ("written", "is_quoted"),
    [
        ("The rent is 900 euros [1].", False),
        ("The rent amounts to 900 euros [1].", True),
        ("The rent is for 900 euros [1].", False),
        ("The rent amounts to 900 euros [1]. It is due on the third day [1].", False),
    ],
)
def test_a_sentence_in_other_words_than_its_source_gives_way_to_the_source(written: str, is_quoted: bool) -> None:
    library, model = Library(RENT), ScriptedModel((written,), doubts_below=BELOW, log_odds=2.1)
    answer = finished(ask(library, model, QUESTION))
    assert (answer.text, answer.withheld) == ((QUOTED, written) if is_quoted else (written, ""))


def test_an_answer_that_rests_on_nothing_gives_way_to_the_sentence_that_holds_it() -> None:
    written = "Mieter zahlen monatlich. Alles ist dazu bestens geregelt."
    model = ScriptedModel((written,), doubts_below=BELOW, log_odds=2.1)
    answer = finished(ask(Library(RENT), model, QUESTION))
    assert (answer.text, answer.withheld) == (QUOTED, written)


def test_an_answer_in_a_style_may_say_it_in_other_words() -> None:
    written = "The rent amounts to 900 euros [1]."
    asked = replace(QUESTION, style=Style("Friendly", "Write in a friendly tone."))
    model = ScriptedModel((written,), doubts_below=BELOW, log_odds=2.1)
    assert finished(ask(Library(RENT), model, asked)).text == written


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
