"""A model that goes round is told from one that writes a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.repeats import LONGEST_PERIOD_TOKENS, SHORTEST_TOKENS, goes_round, says_it_again


@given(
    st.lists(st.integers(0, 9), max_size=20), st.lists(st.integers(0, 9), min_size=1, max_size=LONGEST_PERIOD_TOKENS)
)
def test_any_run_that_comes_over_and_over_is_seen(before: list[int], run: list[int]) -> None:
    assert goes_round(before + run * max(4, -(-SHORTEST_TOKENS // len(run))))


@given(st.lists(st.integers(0, 10**6), unique=True, max_size=300))
def test_tokens_that_differ_go_round_never(tokens: list[int]) -> None:
    assert not goes_round(tokens)


def test_a_short_run_of_the_same_is_no_loop() -> None:
    assert not goes_round([7] * (SHORTEST_TOKENS - 1))
    assert not goes_round([1, 2, 3, 4, 5, 6] * 3)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("The rent is 900 euros. " * 4, True),
        ("\n".join(f"{n}. The rent is due in May" for n in range(1, 6)), True),
        ("The rent is 900 euros. " * 3, False),
        ("No. " * 12, False),
        ("\n".join(f"{n}. Tenant {n} pays {n}00 euros" for n in range(1, 9)), False),
    ],
)
def test_a_sentence_that_is_said_four_times_is_a_loop(text: str, again: bool) -> None:
    assert says_it_again(text) is again
