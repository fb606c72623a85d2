"""Tests of the estimate: it must not promise more than large documents at the end keep."""

import pytest

from app.library.pace import Pace
from app.library.reading_queue import Queue

MEGABYTE = 1 << 20


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_nothing_is_estimated_before_anybody_can_know() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.estimate(Queue(10, 1000)) == (0.0, None)
    clock.now_s = 0.5
    pace.note(1000)
    assert pace.estimate(Queue(10, 1000)) == (0.0, None)


def test_like_documents_take_as_long_as_those_before() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(10):
        clock.now_s += 2
        pace.note(MEGABYTE)
    rate, left_s = pace.estimate(Queue(30, 30 * MEGABYTE))
    assert (rate, left_s) == (pytest.approx(0.5), pytest.approx(60))


def test_large_documents_at_the_end_count_by_their_size() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(100):
        clock.now_s += 0.1
        pace.note(4096)
    _, left_s = pace.estimate(Queue(2, 40 * MEGABYTE))
    assert left_s is not None
    assert left_s > 30


def test_a_rest_does_not_count_and_slow_documents_do() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(3):
        clock.now_s += 100
        pace.note(MEGABYTE)
    assert pace.estimate(Queue(1, MEGABYTE))[1] == pytest.approx(100)
    clock.now_s += 10_000
    pace.begin()
    assert pace.estimate(Queue(1, MEGABYTE)) == (0.0, None)
