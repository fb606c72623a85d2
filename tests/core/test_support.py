"""A sentence is supported by the words, numbers and names it shares with a text."""

from app.core.support import content_words, figures_of, support_score

TEXT = "The tenant pays a deposit of 1,800 euros. Invoice 4711-B was settled in March."


def test_a_paraphrase_with_other_endings_is_supported() -> None:
    assert support_score("The tenants paid deposits of 1800 euros.", TEXT) >= 0.6


def test_a_number_that_does_not_stand_there_caps_the_score() -> None:
    assert support_score("The tenant pays a deposit of 2,800 euros.", TEXT) <= 0.3


def test_codes_count_as_figures() -> None:
    assert figures_of(TEXT) == {"1800", "4711-b"}


def test_an_unrelated_sentence_is_not_supported() -> None:
    assert support_score("Reykjavik lies in Iceland.", TEXT) == 0.0


def test_a_sentence_without_words_supports_nothing() -> None:
    assert support_score("…", TEXT) == 0.0


def test_words_that_carry_no_meaning_do_not_count() -> None:
    assert content_words("What is the rent of it?") == {"rent"}
