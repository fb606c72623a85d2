"""Marks resolve against the evidence only, and quotations stand in the passage."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.citations import cited_sentences, marks_of, quotation, resolve_citations, without_marks
from tests.fakes import make_hit, split_at_full_stops

EVIDENCE = (
    make_hit("The rent is 900 euros a month. It is due on the third day. Pets are allowed.", number=1),
    make_hit("Either party may end the lease with three months' notice.", number=2, page=4, start=120),
)


def test_marks_outside_the_evidence_never_become_citations() -> None:
    assert marks_of("True [2], false [3], also [0] and [99].", 2) == (2,)


def test_marks_may_share_brackets() -> None:
    assert marks_of("Both say so [1, 2].", 2) == (1, 2)


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


def test_marks_are_taken_out_with_the_space_before_them() -> None:
    assert without_marks("So it is [1][2].") == "So it is."


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
