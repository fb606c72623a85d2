"""Marks resolve against the evidence only, and quotations stand in the passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.citations import cited_sentences, quotation, resolve_citations, without_marks
from app.core.types import SUPPORTED
from app.readers.sentences import sentences
from tests.fakes import make_hit, split_at_full_stops

EVIDENCE = (
    make_hit("The rent is 900 euros a month. It is due on the third day. Pets are allowed.", number=1),
    make_hit("Either party may end the lease with three months' notice.", number=2, page=4, start=120),
)


def test_marks_outside_the_evidence_never_become_citations() -> None:
    text = "Notice is three months [2]. The rent is 900 euros [3]. Pets are allowed [0] [99]."
    assert [one.citations for one in cited_sentences(text, EVIDENCE, split_at_full_stops)] == [(2,), (1,), (1,)]


def test_marks_may_share_brackets() -> None:
    (sentence,) = cited_sentences("Pets are allowed, notice is three months [1, 2].", EVIDENCE, split_at_full_stops)
    assert sentence.citations == (1, 2)


def test_a_mark_after_the_full_stop_belongs_to_the_sentence_before() -> None:
    sentences = cited_sentences("The rent is 900 euros. [1] Notice is three months. [2]", EVIDENCE, split_at_full_stops)
    assert [(sentence.text, sentence.citations) for sentence in sentences] == [
        ("The rent is 900 euros.", (1,)),
        ("Notice is three months.", (2,)),
    ]


def test_a_sentence_without_marks_is_given_the_passage_that_supports_it() -> None:
    (sentence,) = cited_sentences("The rent is 900 euros a month.", EVIDENCE, split_at_full_stops)
    assert sentence.citations == (1,)
    assert sentence.support == 1.0


def test_a_sentence_that_no_passage_supports_stays_uncited() -> None:
    (sentence,) = cited_sentences("Margaret Thatcher visited Iceland.", EVIDENCE, split_at_full_stops)
    assert sentence.citations == ()
    assert sentence.support == 0.0


@pytest.mark.parametrize("asked", ["Are pets allowed?", "Is the rent 900 euros a month? [1]", "“Are pets allowed?”"])
def test_a_question_in_an_answer_says_nothing_unless_the_passage_asks_it(asked: str) -> None:
    (sentence,) = cited_sentences(asked, EVIDENCE, sentences)
    assert sentence.support == 0.0
    (sentence,) = cited_sentences(
        asked, (make_hit("Ask first: Are pets allowed? Is the rent 900 euros a month?"),), sentences
    )
    assert sentence.is_supported


def test_a_citation_carries_the_place_of_the_supporting_sentence() -> None:
    sentences = cited_sentences("The lease ends with three months' notice [2].", EVIDENCE, split_at_full_stops)
    (citation,) = resolve_citations(sentences, EVIDENCE, split_at_full_stops)
    assert (citation.n, citation.page, citation.start) == (2, 4, 120)
    assert citation.quote == EVIDENCE[1].text
    assert (citation.quote_start, citation.quote_end) == (120, 120 + len(citation.quote))


def test_the_quotation_is_the_shortest_run_of_sentences_that_supports_the_claim() -> None:
    text = EVIDENCE[0].text
    span = quotation("Rent: 900 euros a month", text, split_at_full_stops)
    assert text[span.start : span.end] == "The rent is 900 euros a month."


def test_where_no_place_has_every_figure_the_quotation_is_the_one_with_the_most_of_the_words() -> None:
    text = (
        "The Tenant has paid a deposit of 2,800 pounds. The Landlord holds it in an account. It is returned within 21"
        " days after the end of the lease. The Landlord shows the invoices for what is kept."
    )
    claim = "The deposit of 2,800 pounds is returned within 21 days after the end of the lease, with invoices."
    span = quotation(claim, text, sentences)
    assert text[span.start : span.end].startswith("It is returned within 21 days after the end of the lease.")


def test_marks_are_taken_out_with_the_space_before_them() -> None:
    assert without_marks("So it is [1][2].", 2) == "So it is."


def test_bracketed_numbers_that_are_no_marks_stay() -> None:
    assert without_marks("In [2024] and [9], so it is [1].", 2) == "In [2024] and [9], so it is."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A holds. [1] B holds. [2]", [("A holds.", (1,)), ("B holds.", (2,))]),
        ("[1] A holds. [2] B holds.", [("A holds.", (1,)), ("B holds.", (2,))]),
        ("A holds [1]. [2] B holds.", [("A holds.", (1,)), ("B holds.", (2,))]),
        ("A holds [1][2]. B holds.", [("A holds.", (1, 2)), ("B holds.", ())]),
        ("A holds.[1][2] B holds.", [("A holds.", (1, 2)), ("B holds.", ())]),
        ("- [1] A holds\n- B holds [2]", [("A holds", (1,)), ("B holds", (2,))]),
        ("1. A holds\n2. B holds [2]", [("A holds", ()), ("B holds", (2,))]),
        ("A holds.\n[2]\n\nB holds.", [("A holds.", (2,)), ("B holds.", ())]),
        ("| A | 5 [1] |\n|---|---|\n| B | 6 [2] |", [("| A | 5 |", (1,)), ("| B | 6 |", (2,))]),
        ("In [1], A holds. B holds.", [("In, A holds.", (1,)), ("B holds.", ())]),
        ("A holds over\ntwo lines [1].", [("A holds over\ntwo lines.", (1,))]),
        ("Mr. A. Smith pays 3.5 % in No. 5. [2]", [("Mr. A. Smith pays 3.5 % in No. 5.", (2,))]),
        ("[3] [2024]", [("[3] [2024]", ())]),
    ],
)
def test_every_mark_belongs_to_its_sentence(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    unlike = (make_hit("Quite another matter."), make_hit("And one more.", number=2))
    given = cited_sentences(text, unlike, sentences)
    assert [(sentence.text, sentence.citations) for sentence in given] == expected


def test_a_mark_on_a_passage_that_does_not_hold_the_sentence_is_corrected() -> None:
    (sentence,) = cited_sentences("The rent is 900 euros a month [2].", EVIDENCE, sentences)
    assert (sentence.citations, sentence.support) == ((1,), 1.0)


def test_a_wrong_mark_stays_and_is_told_where_no_passage_holds_the_sentence() -> None:
    (sentence,) = cited_sentences("Margaret Thatcher visited Iceland [2].", EVIDENCE, sentences)
    assert (sentence.citations, sentence.support) == ((2,), 0.0)
    assert sentence.missing == ("Margaret Thatcher", "Iceland")


def test_a_mark_beside_the_right_one_that_adds_nothing_is_left_out() -> None:
    (sentence,) = cited_sentences("The rent is 900 euros a month [1][2].", EVIDENCE, sentences)
    assert sentence.citations == (1,)


def test_a_yes_is_judged_together_with_its_question() -> None:
    (sentence,) = cited_sentences("Yes [1].", EVIDENCE, sentences, "Are pets allowed?")
    assert sentence.support >= SUPPORTED


@given(st.text(alphabet="ab [1]29,.\n-|", max_size=80))
def test_a_sentence_stands_in_the_answer_where_it_says(text: str) -> None:
    for sentence in cited_sentences(text, EVIDENCE, sentences):
        assert without_marks(text[sentence.span.start : sentence.span.end], len(EVIDENCE)) == sentence.text


@given(st.text(max_size=200), st.text(min_size=1, max_size=200).filter(str.strip))
def test_a_quotation_always_stands_in_the_passage(claim: str, passage: str) -> None:
    span = quotation(claim, passage, split_at_full_stops)
    assert 0 <= span.start < span.end <= len(passage)
    assert passage[span.start : span.end].strip() == passage[span.start : span.end]


@given(st.text(alphabet="ab [1]29,.", max_size=80))
def test_any_answer_yields_only_citations_into_the_evidence(text: str) -> None:
    sentences = cited_sentences(text, EVIDENCE, split_at_full_stops)
    for citation in resolve_citations(sentences, EVIDENCE, split_at_full_stops):
        hit = EVIDENCE[citation.n - 1]
        assert hit.text[citation.quote_start - hit.start : citation.quote_end - hit.start] == citation.quote
