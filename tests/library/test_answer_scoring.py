"""Scoring answers: what counts as the same answer, as a refusal, as cited, as invented."""

from dataclasses import replace

import pytest

from app.core.types import Answer, Citation, Hit, Scores, Sentence
from app.library.answer_scoring import (
    AnswerMetrics,
    ScoredAnswer,
    answer_metrics,
    contains,
    f1,
    invented,
    needs_citation,
    normalised,
    scored,
)

PASSAGE = "James Watt built engines in Soho from 1775; by 1800 he had built 1,164 of them."


def hit(text: str) -> Hit:
    return Hit(1, 1, b"/docs/steam.txt", "", 0, "Steam", 1, 0, len(text), (), text, Scores())


def answer(*sentences: Sentence, found: bool = True) -> Answer:
    text = " ".join(f"{one.text} [1]" if one.citations else one.text for one in sentences)
    citations = (Citation(1, 1, b"/docs/steam.txt", 1, 0, 9, "", 0, 9),) if sentences else ()
    return Answer(text, found, False, sentences, citations, (hit(PASSAGE),), "", "m", 1, 1, 2500, 9, 9)


def sentence(text: str, *, cited: bool = True, support: float = 1.0, missing: tuple[str, ...] = ()) -> Sentence:
    return Sentence(text, (1,) if cited else (), support, missing)


def test_case_punctuation_articles_and_space_make_no_difference() -> None:
    assert normalised("  The U.S.  engine, an Engine!") == "us engine engine"
    assert normalised("theory") == "theory"


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("Soho", "the soho", 1.0),
        ("James Watt did", "James Watt", 0.8),
        ("James James", "James Watt", 0.5),
        ("Boulton", "James Watt", 0.0),
        ("", "Watt", 0.0),
    ],
)
def test_f1_is_the_overlap_of_words(text: str, gold: str, expected: float) -> None:
    assert f1(text, gold) == pytest.approx(expected)


def test_a_gold_answer_is_contained_as_whole_words() -> None:
    assert contains("It was built by James Watt, in Soho.", "the James Watt")
    assert not contains("It was built by James Watts.", "James Watt")
    assert not contains("James and his Watt", "James Watt")
    assert contains("“The treaty was signed in 1650.”", "1650")
    assert contains("«Elle est née à Paris…»", "Paris")
    assert not contains("anything", "The")
    assert contains("“许多分子(如 免疫球蛋白和T细胞受体)只存在于有颌脊椎动物中。”", "免疫球蛋白和T细胞受体")
    assert not contains("免疫细胞", "免疫球蛋白")


def test_a_found_answer_is_scored_without_its_marks() -> None:
    score = scored("Where?", ["Leeds", "Soho"], answer(sentence("Soho")), answerable=True, on_evidence=True)
    assert score == ScoredAnswer(True, "Soho", True, 1.0, True, True, 1, 1, 1, (), 2.5)
    assert not score.refused


def test_what_was_not_found_is_a_refusal_whatever_was_written() -> None:
    said = replace(answer(found=False), text="Soho")
    score = scored("Where?", ["Soho"], said, answerable=True, on_evidence=None)
    assert score.refused
    assert (score.exact, score.f1, score.contains) == (False, 0.0, False)


def test_an_answer_to_what_cannot_be_answered_is_never_right() -> None:
    score = scored("Where?", ["N/A"], answer(sentence("N/A")), answerable=False, on_evidence=None)
    assert (score.refused, score.exact, score.contains) == (False, False, False)


def test_citations_are_counted_by_sentences_that_state_something() -> None:
    said = answer(
        sentence("Engines were built:", cited=False),
        sentence("In Soho."),
        sentence("In Leeds.", support=0.2),
        sentence("In Bath.", cited=False, support=0),
    )
    score = scored("Where?", [], said, answerable=True, on_evidence=None)
    assert (score.needing, score.cited, score.upheld) == (3, 2, 1)
    assert not needs_citation("Is that so?")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("In 1775 Watt built engines.", ()),
        ("Watt built 1164 engines.", ()),
        ("Watt built 1,165 engines.", ("1,165",)),
        ("Later Watt met Boulton in Soho.", ("Boulton",)),
        ("Newcomen met Watt.", ()),  # that a sentence begins with a capital says nothing
        ("The Watts built engines.", ()),
    ],
)
def test_figures_and_names_that_the_sources_do_not_have_are_told(text: str, parts: tuple[str, ...]) -> None:
    assert invented(sentence(text), answer(), "Who built engines?") == parts


def test_what_is_shown_as_unsupported_or_was_asked_for_is_not_invented() -> None:
    assert invented(sentence("Later Boulton came.", missing=("Boulton",)), answer(), "") == ()
    assert invented(sentence("Later Boulton came."), answer(), "Did Boulton come?") == ()


def test_the_metrics_are_shares_of_the_questions_that_they_can_be_told_of() -> None:
    right = ScoredAnswer(True, "Soho", True, 1.0, True, True, 2, 2, 1, ("1165",), 1.0)
    refused = ScoredAnswer(True, "", False, 0.0, False, None, 0, 0, 0, (), 2.0)
    wrong = ScoredAnswer(False, "Bath", False, 0.0, False, None, 2, 1, 1, (), 3.0)
    assert answer_metrics([right, refused, wrong]) == AnswerMetrics(
        questions=3,
        answerable=2,
        exact_match=0.5,
        f1=0.5,
        contains_answer=0.5,
        unanswerable_refused=0.0,
        answerable_refused=0.5,
        first_citation_on_evidence=1.0,
        citation_precision=2 / 3,
        citation_recall=3 / 4,
        sentences=4,
        invented=1,
        seconds_per_question=2.0,
    )


def test_what_nothing_was_measured_of_is_unknown() -> None:
    metrics = answer_metrics([])
    assert (metrics.questions, metrics.f1, metrics.citation_precision) == (0, None, None)
