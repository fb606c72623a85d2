"""The sentence that is quoted where a model writes no answer is near to the question, whole, and harmless."""

from dataclasses import replace

import pytest

from app.core.quoting import (
    CANDIDATES,
    LONGEST,
    is_quoted,
    is_word_for_word,
    near_sentences,
    nearest_sentence,
    quotation_text,
    with_code,
)
from app.core.types import Lift
from app.readers.sentences import sentences as split
from tests.fakes import make_hit

QUESTION = "When is the rent of the cellar due?"


def test_the_sentences_with_the_most_words_of_the_question_come_first_with_their_places() -> None:
    first = make_hit("The cellar is dry. The garden is large and belongs to both.")
    second = make_hit("It is let since May. The rent of the cellar is due on the third day.", number=2)
    best, *others = near_sentences(QUESTION, (first, second), split)
    assert (best.number, best.hit.text) == (2, "The rent of the cellar is due on the third day.")
    at = best.hit.start - second.start
    assert second.text[at : best.hit.end - second.start] == best.hit.text
    assert others[0].hit.text == "The cellar is dry."
    assert len(others) == 3


def test_the_nearest_is_the_one_that_is_judged_so_and_without_a_judgement_one_with_enough_of_the_words() -> None:
    hits = (make_hit("The rent of the cellar is due in May. It is paid to the owner of the house."),)
    near = near_sentences(QUESTION, hits, split)
    assert nearest_sentence(near, (-1.0, 3.0)) is near[1]
    assert nearest_sentence(near, ()) is near[0]
    assert nearest_sentence(near[1:], ()) is None
    assert nearest_sentence((), ()) is None


def test_questions_and_what_is_too_long_to_be_a_sentence_are_not_quoted_and_not_all_are_judged() -> None:
    rent = "The rent of the cellar is due"
    texts = [f"{rent}?", f"{rent}:", f"{rent} {'and so on ' * LONGEST}."]
    texts += [f"{rent} on day {n}." for n in range(CANDIDATES + 2)]
    found = near_sentences(QUESTION, tuple(make_hit(text) for text in texts), split)
    assert [near.number for near in found] == list(range(4, CANDIDATES + 4))


def test_a_heading_that_only_says_what_is_asked_is_no_answer_and_a_sentence_that_does_may_be() -> None:
    hits = (make_hit("Rent of the cellar\n\nIt is due in May, says the owner."),)
    assert [near.hit.text for near in near_sentences(QUESTION, hits, split)] == ["It is due in May, says the owner."]
    asked = "Is the rent of the cellar due in May?"
    (near,) = near_sentences(asked, (make_hit("The rent of the cellar is due in May."),), split)
    assert near.share == 1.0


def test_a_quotation_carries_its_own_mark_and_no_other() -> None:
    (near,) = near_sentences(QUESTION, (make_hit("The rent of the\ncellar is due in May [2]."),), split)
    assert quotation_text(near) == "“The rent of the cellar is due in May [ 2].” [1]"


def test_a_sentence_is_quoted_where_it_stands_within_what_is() -> None:
    hit = make_hit("The rent of the cellar is due in May. The garden is large.")
    rent, garden = near_sentences(QUESTION, (hit,), split)
    assert is_quoted(rent, (garden.hit, hit))
    assert not is_quoted(rent, (garden.hit,))
    assert not is_quoted(rent, (make_hit(hit.text, page=2),))


@pytest.mark.parametrize(
    ("text", "is_literal"),
    [
        ("The mayor sets the fee.", False),
        ("The mayor's clerk sets the fee.", True),
        ("The fee is set by the mayor’s clerk.", True),
        ("The clerk of the mayor sets the fee.", False),
        ("The fee is set in March or April.", True),
        ("The fee is set in March and April.", False),
        ("The fee is set.", True),
    ],
)
def test_what_a_text_adds_to_its_question_stands_in_the_source_word_for_word_or_not(
    text: str, is_literal: bool
) -> None:
    source = make_hit("The mayor's clerk sets the fee in March or April, as the council wishes.")
    assert is_word_for_word(text, "Who sets the fee, and when?", (source,)) is is_literal


def test_where_passages_of_the_time_asked_for_were_found_no_other_holds_the_answer() -> None:
    hits = [make_hit(f"The rent of the cellar was {n} euros.", number=n) for n in (1, 2, 3)]
    hits[1] = replace(hits[1], scores=replace(hits[1].scores, lifts=(Lift.TIME,)))
    assert [one.number for one in near_sentences(QUESTION, tuple(hits), split)] == [2]


def test_what_is_quoted_of_a_report_stands_behind_the_code_that_it_is_the_report_of() -> None:
    head = make_hit("Report AB-4417 on the fire at Oss. Weather: dry.")
    cause = replace(make_hit("The fire began in the attic.", number=2), document_id=head.document_id)
    other = make_hit("Report AB-4417 is praised here.", number=3)
    evidence = (other, head, cause)
    claim = "The fire of report AB-4417 began in the attic."
    assert [one.text for one in with_code(claim, (cause,), evidence, split)] == [
        "Report AB-4417 on the fire at Oss.",
        cause.text,
    ]
    assert with_code("The fire began in the attic.", (cause,), evidence, split) == (cause,)
    assert with_code(claim, (head, cause), evidence, split) == (head, cause)
