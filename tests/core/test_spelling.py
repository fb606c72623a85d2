"""Words as far apart as a typing hand errs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.spelling import distance, likeliest

WORDS = st.text("abcd", max_size=6)


@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [("deposit", "deposit", 0), ("depsoit", "deposit", 1), ("depost", "deposit", 1), ("tenent", "tenants", 2)],
)
def test_an_error_is_a_letter_too_many_too_few_wrong_or_swapped(first: str, second: str, errors: int) -> None:
    assert distance(first, second, 3) == errors


@given(WORDS, WORDS, st.integers(0, 3))
def test_the_distance_is_the_same_both_ways_and_never_more_than_said(first: str, second: str, most: int) -> None:
    assert distance(first, second, most) == distance(second, first, most) <= most + 1
    assert (distance(first, second, most) == 0) == (first == second)


def test_the_nearest_word_is_meant_and_of_equally_near_ones_the_most_frequent() -> None:
    assert likeliest("depsoit", [("deposit", 1), ("despot", 900)]) == "deposit"
    assert likeliest("rant", [("rent", 3), ("rank", 9), ("ants", 99)]) == "rank"


def test_short_words_are_forgiven_one_error_and_long_ones_two() -> None:
    assert likeliest("tennents", [("tenants", 1)]) is None
    assert likeliest("pharmcautical", [("pharmaceutical", 1)]) == "pharmaceutical"
    assert likeliest("xyz", []) is None
