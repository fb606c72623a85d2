"""The choice of thread counts."""

from app.llm.threads import ThreadPace, thread_candidates


def test_before_any_measurement_the_likeliest_count_is_used() -> None:
    assert ThreadPace(thread_candidates(8)).choice == 8


def test_every_candidate_is_worth_trying_once() -> None:
    assert thread_candidates(1) == (1,)
    assert thread_candidates(2) == (2, 1)
    assert thread_candidates(8) == (8, 4, 7, 1)


def test_the_fastest_count_wins() -> None:
    pace = ThreadPace((2, 1))
    pace.note(2, 10.0)
    pace.note(1, 16.0)
    assert pace.choice == 2


def test_when_the_computer_gets_busy_another_count_is_used_and_the_first_tried_again_later() -> None:
    pace = ThreadPace((2, 1))
    pace.note(1, 16.0)
    pace.note(2, 10.0)
    pace.note(2, 500.0)
    assert pace.choice == 1
    tokens = 0
    while pace.choice == 1:
        pace.note(1, 16.0)
        tokens += 1
    assert 50 < tokens < 500
