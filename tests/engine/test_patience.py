"""How long a child is waited for: real coroutines, and a clock of processor time that the test sets."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from app.engine.patience import MOST_WAITS, TooSlow, patiently

LIMIT_S = 0.01


def clock(times_s: Sequence[float | None], on_last: Callable[[], None] = lambda: None) -> Callable[[], float | None]:
    """Return a clock that tells these times, the last for ever, and calls `on_last` when it first tells that."""
    left = list(times_s)

    def processor_s() -> float | None:
        if len(left) == 1:
            on_last()
            return left[0]
        return left.pop(0)

    return processor_s


def waited(times_s: Sequence[float | None]) -> TooSlow:
    """Return how a child is given up that never answers."""

    async def run() -> TooSlow:
        with pytest.raises(TooSlow) as slow:
            await patiently(asyncio.Event().wait(), clock(times_s), LIMIT_S)
        return slow.value

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("used", "stood_still"),
    [
        ((0, 1), False),
        ((0, 0), True),
        ((0, 0.2, 0.2), True),
        ((0, 0.5, 1), False),
        ((0, *(0.1 * n for n in range(1, MOST_WAITS + 1))), True),
    ],
)
def test_only_a_child_that_used_its_time_was_too_slow_itself(used: Sequence[float], stood_still: bool) -> None:
    assert waited([LIMIT_S * share for share in used]).stood_still == stood_still


def test_it_is_waited_for_no_longer_than_what_is_left_of_the_processor_time_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait, waits_s = asyncio.wait, list[float]()

    async def noted(tasks: Sequence[asyncio.Task[object]], timeout: float) -> object:
        waits_s.append(timeout)
        return await wait(tasks, timeout=timeout)

    monkeypatch.setattr(asyncio, "wait", noted)
    assert not waited([0, 0.7 * LIMIT_S, LIMIT_S]).stood_still
    assert waits_s == pytest.approx([LIMIT_S, 0.3 * LIMIT_S])


def test_where_the_system_tells_no_time_the_child_is_to_blame() -> None:
    assert not waited([None]).stood_still


def test_a_child_that_others_keep_from_its_work_is_waited_for() -> None:
    async def run() -> str:
        answer: asyncio.Future[str] = asyncio.Future()

        async def answered() -> str:
            return await answer

        shares = [LIMIT_S * share for share in (0, 0.2, 0.4, 0.6)]
        return await patiently(answered(), clock(shares, lambda: answer.set_result("read")), LIMIT_S)

    assert asyncio.run(run()) == "read"
