"""Fusing, weighing and folding: what must hold of any scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fusion import best_first, firsts_of_twins, fused_scores, ranks, reranked_scores, with_surroundings

SCORES = st.dictionaries(st.integers(0, 30), st.integers(-2000, 4000).map(lambda n: n / 100), max_size=20)
WEIGHTS = st.floats(0, 1)


@given(SCORES, SCORES, WEIGHTS)
def test_everything_found_has_a_fused_score_between_0_and_1(
    words: dict[int, float], meaning: dict[int, float], weight: float
) -> None:
    positive = {key: abs(score) for key, score in words.items()}
    fused = fused_scores(positive, meaning, weight)
    assert set(fused) == set(words) | set(meaning)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@given(SCORES)
def test_one_step_alone_keeps_its_order(scores: dict[int, float]) -> None:
    positive = {key: 1 + abs(score) for key, score in scores.items()}
    assert best_first(fused_scores(positive, {}, 0.6)) == best_first(positive)
    assert best_first(fused_scores({}, scores, 0.6)) == best_first(scores)


def test_what_both_steps_find_comes_before_what_one_step_finds() -> None:
    fused = fused_scores({"both": 8.0, "words": 9.0}, {"both": 0.8, "meaning": 0.82, "far": 0.5}, 0.6)
    assert best_first(fused) == ["both", "meaning", "words", "far"]


def test_the_reranker_is_weighed_and_not_obeyed() -> None:
    fused = {"first": 0.9, "second": 0.8, "last": 0.1}
    assert best_first(reranked_scores(fused, {"first": 3.0, "second": 6.0, "last": 8.0}, 0.05)) == [
        "second",
        "first",
        "last",
    ]
    assert best_first(reranked_scores(fused, {"first": -11.2, "second": -11.1, "last": -11.0}, 0.05))[0] == "first"


@given(st.dictionaries(st.integers(0, 30), st.floats(0, 1), min_size=1), st.data())
def test_what_the_reranker_has_judged_stays_before_the_rest(fused: dict[int, float], data: st.DataObject) -> None:
    ordered = best_first(fused)
    judged = ordered[: data.draw(st.integers(1, len(ordered)))]
    logits = {key: data.draw(st.floats(-12, 12)) for key in judged}
    final = reranked_scores(fused, logits, 0.05)
    assert set(best_first(final)[: len(judged)]) == set(judged)
    assert best_first(final)[len(judged) :] == ordered[len(judged) :]


def test_ranks_count_from_1() -> None:
    assert ranks(["b", "a"]) == {"b": 1, "a": 2}


REPORT = (
    "The airplane was substantially damaged when it collided with terrain during the approach to runway 27 at the"
    " municipal airport; the pilot and the two passengers were not injured and visual conditions prevailed"
)


@pytest.mark.parametrize(
    "twin",
    [REPORT, REPORT.upper(), REPORT.replace(" ", "\n"), REPORT + ".", REPORT.replace("prevailed", "prevailed then")],
)
def test_a_text_that_is_nearly_the_same_is_folded(twin: str) -> None:
    assert firsts_of_twins([REPORT, "Something else entirely.", twin]) == [0, 1, 0]


@pytest.mark.parametrize(
    "other",
    [
        REPORT.replace("27", "09"),
        REPORT.replace("two passengers", "passenger").replace("visual", "instrument"),
        REPORT[: len(REPORT) // 2],
    ],
)
def test_a_text_that_says_something_else_is_kept(other: str) -> None:
    assert firsts_of_twins([REPORT, other]) == [0, 1]


def test_short_texts_are_folded_only_when_the_same() -> None:
    texts = ["Yes", "No", "yes.", "", "Rent due", "Rent paid", "rent due"]
    assert firsts_of_twins(texts) == [0, 1, 0, 3, 4, 5, 4]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_every_text_is_folded_into_the_first_that_is_nearly_the_same(texts: list[str]) -> None:
    firsts = firsts_of_twins(texts)
    assert all(first <= place and firsts[first] == first for place, first in enumerate(firsts))
    assert all(firsts[texts.index(text)] == first for text, first in zip(texts, firsts, strict=True))
    assert firsts_of_twins(texts + texts) == firsts + firsts


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 1000).map(lambda n: n / 1000), min_size=2), st.data())
def test_a_reranker_that_sees_no_answer_changes_no_clear_order(fused: dict[int, float], data: st.DataObject) -> None:
    logits = {key: data.draw(st.floats(-11.3, -10.0)) for key in fused}
    assert best_first(reranked_scores(fused, logits, 0.05)) == best_first(fused) or len(set(fused.values())) < len(
        fused
    )


def test_surroundings_add_up_to_their_weight_and_contents_lose_their_share() -> None:
    fused = {"a": 0.5, "b": 0.4, "c": 0.8}
    assert with_surroundings(fused, {"a": 2.0, "b": 4.0, "c": 0.0}, ["c"], (0.2, 0.75)) == pytest.approx(
        {"a": 0.6, "b": 0.6, "c": 0.2}
    )
    assert with_surroundings(fused, {}, [], (0.2, 0.75)) == fused
