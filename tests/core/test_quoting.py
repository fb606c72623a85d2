"""The sentences that are quoted where a model writes no answer are near to the question, whole, and harmless."""

from app.core.quoting import LONGEST, NEAREST_SENTENCES, nearest_sentences, quotation_text
from app.readers.sentences import sentences as split
from tests.fakes import make_hit

QUESTION = "When is the rent of the cellar due?"


def test_the_sentences_with_the_most_words_of_the_question_come_first_with_their_places() -> None:
    first = make_hit("The cellar is dry. The garden is large and belongs to both.")
    second = make_hit("It is let since May. The rent of the cellar is due on the third day.", number=2)
    best, *others = nearest_sentences(QUESTION, (first, second), split)
    assert (best.number, best.hit.text) == (2, "The rent of the cellar is due on the third day.")
    at = best.hit.start - second.start
    assert second.text[at : best.hit.end - second.start] == best.hit.text
    assert [near.hit.text for near in others] == []


def test_questions_and_what_is_too_long_to_be_a_sentence_are_not_quoted_and_few_are() -> None:
    rent = "The rent of the cellar is due"
    texts = [f"{rent}?", f"{rent}:", f"{rent} {'and so on ' * LONGEST}."]
    texts += [f"{rent} on day {n}." for n in range(NEAREST_SENTENCES + 2)]
    found = nearest_sentences(QUESTION, tuple(make_hit(text) for text in texts), split)
    assert [near.number for near in found] == [4, 5, 6]


def test_a_quotation_carries_its_own_mark_and_no_other() -> None:
    (near,) = nearest_sentences(QUESTION, (make_hit("The rent of the\ncellar is due in May [2]."),), split)
    assert quotation_text(near) == "“The rent of the cellar is due in May [ 2].” [1]"
