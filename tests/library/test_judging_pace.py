"""How many passages the reranker reads follows the computer and the passages' length, within bounds."""

import pytest

from app.library.judging_pace import BUDGET_MS, FEWEST, MOST, JudgingPace

USUAL = [200] * 30


def pace(pairs: float) -> JudgingPace:
    """Return the pace of a computer that judges so many usual pairs in time."""
    return JudgingPace(BUDGET_MS / (pairs * 200 + 1))


@pytest.mark.parametrize(("fast", "judged"), [(1.0, FEWEST), (10.0, 10), (1000.0, MOST)])
def test_a_slower_computer_judges_fewer_passages_but_never_too_few(fast: float, judged: int) -> None:
    assert pace(fast).affordable(USUAL) == judged


def test_of_longer_passages_fewer_are_judged() -> None:
    assert pace(10).affordable([300] * 30) < pace(10).affordable(USUAL) < pace(10).affordable([150] * 30)


def test_no_more_are_judged_than_there_are() -> None:
    assert pace(10).affordable([200] * 3) == 3
    assert pace(10).affordable([]) == 0


def test_searches_that_take_longer_than_was_measured_are_learned_from() -> None:
    learning = pace(16)
    for _ in range(9):
        learning.note(2000, 2000 * 2 * BUDGET_MS / (16 * 200))
    assert learning.affordable(USUAL) == 8


def test_one_slow_search_or_a_little_slowness_changes_nothing() -> None:
    learning = pace(12)
    per_token = BUDGET_MS / (12 * 200)
    for slower in (1.1, 1.2, 9.0, 1.1, 0.9, 1.2, 1.1, 9.0, 1.0):
        learning.note(2000, 2000 * per_token * slower)
    assert learning.affordable(USUAL) == 12


def test_a_computer_that_is_free_again_judges_more_again() -> None:
    learning = pace(16)
    for slower in (*[2.0] * 9, *[1.0] * 9):
        learning.note(2000, 2000 * slower * BUDGET_MS / (16 * 200 + 1))
    assert learning.affordable(USUAL) == 16
