"""What a question takes for granted that its passages do not say."""

import pytest

from app.core.unmet import unmet, unsaid
from tests.fakes import make_hit

RENT = "The rent was raised to 820 euros in March 2021, when the tenant left the lower flat."
OTHER = "Anna Brandt signed the lease of the National Tenants Bureau."
EVIDENCE = (make_hit(RENT, title="Lease in Vienna"), make_hit(OTHER))


@pytest.mark.parametrize(
    "question",
    [
        "When was the rent raised to 910 euros?",
        "What was raised in March 2019?",
        "Who signed for Odile Meyer?",
        "What did the rent of the flat in Salzburg come to?",
        "When was the rent lowered to 820 euros?",
        "When was the rent not raised to 820 euros?",
        "When did the landlord leave the lower flat?",
        "Who left the upper flat?",
    ],
)
def test_a_name_a_year_or_an_opposite_that_no_passage_has_is_unmet(question: str) -> None:
    assert unmet(question, RENT, EVIDENCE, "en")


@pytest.mark.parametrize(
    "question",
    [
        "When was the rent raised to 820 euros?",
        "Whose rent was raised in 03/2021?",
        "Quarterly, what did the rent in Vienna come to?",
        "What did Anna Brand sign?",  # misspelt
        "What did Brandt sign for the NTB?",
        "What are 3 reasons to raise the rent?",
        "What does this 10-Q say of the rent?",
        "Was the rent not raised to 820 euros?",
        "What was found in the flat when the tenant left?",
        "What was lowered, if any rent was, in March 2021?",
        "¿Cuándo firmó Anna Brandt?",
        "“Lease in Vienna”: when was it signed?",
    ],
)
def test_what_the_passages_say_what_may_be_denied_and_small_counts_are_not(question: str) -> None:
    assert not unmet(question, RENT, EVIDENCE, "en")


def test_where_every_noun_has_a_capital_none_is_taken_for_a_name() -> None:
    question = "Wann stieg der Mietpreis der Wohnung?"
    assert not unmet(question, RENT, EVIDENCE, "de")
    assert unmet(question, RENT, EVIDENCE, "en")
    assert unmet("Wann stieg der Mietpreis auf 910 Euro?", RENT, EVIDENCE, "de")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Odile Meyer sign in 2019 for INV-2041?", ("Odile Meyer", "2019", "INV-2041")),
        ("What cost 1 200 000 on March 5th, 2019?", ("1 200 000", "March 5th, 2019")),
        ("Where does Anna Brand live?", ()),
        ("Salzburg: what is the rent, and why Salzburg?", ("Salzburg",)),
    ],
)
def test_the_names_codes_and_figures_that_no_passage_says_are_named(question: str, words: tuple[str, ...]) -> None:
    assert unsaid(question, EVIDENCE) == words
