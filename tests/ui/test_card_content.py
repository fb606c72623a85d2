"""What the margin shows."""

from dataclasses import replace

from app.core.pages import Span
from app.core.types import Citation
from app.ui.card_content import answer_content, evidence_content, excerpt_start, one_line, quote_span
from tests.fakes import make_hit
from tests.ui.scripted_engine import not_found_answer, sample_answer


def test_cited_passages_are_told_from_those_given() -> None:
    content = answer_content(sample_answer())

    assert [card.n for card in content.cited] == [1, 2]
    assert [card.n for card in content.given] == [3]


def test_quotations_are_found_in_the_passages_text() -> None:
    card = answer_content(sample_answer()).cited[0]

    [quote] = card.quotes
    quoted = " ".join(card.hit.text[quote.start : quote.end].split())
    assert quoted == "The Tenant has paid a deposit of £2,800, which is two months’ rent."


def test_without_citations_all_passages_are_near_ones() -> None:
    content = answer_content(not_found_answer())

    assert content == evidence_content(not_found_answer().evidence)


def test_a_quotation_at_wrong_offsets_is_found_by_its_words() -> None:
    hit = make_hit("One. Two three. Four.", start=100)
    right = Citation(1, 1, hit.path, 1, 100, 121, "Two three.", 105, 115)

    assert quote_span(hit, right) == Span(5, 15)
    assert quote_span(hit, replace(right, quote_start=0, quote_end=10)) == Span(5, 15)
    assert quote_span(hit, replace(right, quote="Five.")) is None


def test_lines_become_one_and_quotations_stay_in_place() -> None:
    text = "One line.\n\n  Two  lines\nhere. "

    line, (quote,) = one_line(text, (Span(13, 23),))

    assert line == "One line. Two lines here. "
    assert line[quote.start : quote.end] == "Two lines"


def test_an_excerpt_begins_shortly_before_its_quotation_at_a_word() -> None:
    text = "word " * 40 + "the quotation stands here"
    start = excerpt_start(text, (Span(200, 225),))

    assert 150 < start < 200
    assert text[start - 1] == " "
    assert excerpt_start(text, (Span(10, 20),)) == 0
