"""How long a child may take over one request: its own processor time counts, not that of others. Engine's process."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

MOST_WAITS = 4
_BUSY_SHARE = 0.8
_IDLE_SHARE = 0.05

Answer = TypeVar("Answer")


class TooSlow(Exception):
    """No answer came; `stood_still` if the child was kept from its work for most of the time."""

    def __init__(self, *, stood_still: bool) -> None:
        super().__init__()
        self.stood_still = stood_still


async def patiently(
    answering: Coroutine[Any, Any, Answer], processor_s: Callable[[], float | None], limit_s: float
) -> Answer:
    """Wait for a child's answer as long as it takes to use `limit_s` of processor time, on a busy computer some more.

    That is `MOST_WAITS` times `limit_s` at most, and once `limit_s` where the child does next to nothing in it.
    `processor_s` tells how much time it has used, None where that is not known: then `limit_s` is all.

    Raises: TooSlow; what `answering` raises.
    """
    task = asyncio.create_task(answering)
    began_s = before_s = processor_s()
    used_s, waited_s, wait_s = 0.0, 0.0, limit_s
    try:
        while waited_s < MOST_WAITS * limit_s:
            if (await asyncio.wait((task,), timeout=wait_s))[0]:
                return task.result()
            waited_s += wait_s
            now_s = processor_s()
            if now_s is None or began_s is None or before_s is None:
                raise TooSlow(stood_still=False)
            used_s = now_s - began_s
            if used_s >= _BUSY_SHARE * limit_s or now_s - before_s < _IDLE_SHARE * wait_s:
                break
            before_s, wait_s = now_s, limit_s - used_s
        raise TooSlow(stood_still=used_s < _BUSY_SHARE * limit_s)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
