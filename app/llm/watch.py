"""How long work on the shelf is followed and stopped. Engine process, in a thread of its own."""

from collections.abc import Callable
from dataclasses import dataclass


class FetchStopped(Exception):
    """The person stopped the work."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`progress` is told the stage ("download", "verify" or "copy"), the bytes done and the bytes in all."""

    progress: Callable[[str, int, int], None]
    cancelled: Callable[[], bool]

    def step(self, stage: str, done_bytes: int, total_bytes: int) -> None:
        """Report, or raise `FetchStopped`."""
        if self.cancelled():
            raise FetchStopped
        self.progress(stage, done_bytes, total_bytes)


STILL = Watch(lambda _stage, _done, _total: None, lambda: False)
"""Follows nothing and stops nothing."""
