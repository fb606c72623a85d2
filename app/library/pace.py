"""How fast documents are done with, and how long the rest will take. Used in the engine's process."""

import time
from collections import deque
from collections.abc import Callable

from app.library.reading_queue import Queue

_OVER_S = 60.0
_AFTER_S = 1.0
_REST_S = 5.0
_LEAST = 8
"""So many documents count however long ago they were done: large ones take a minute each."""

_DOCUMENT_BYTES = 64 * 1024
"""What a document costs besides its size, as so many bytes more: small ones are done first, and would promise too much
for the large ones by their number, too little by their bytes."""


class Pace:
    """Documents and bytes of the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin; `clock` returns seconds."""
        self._clock = clock
        self._done: deque[tuple[float, int]] = deque(((clock(), 0),))

    def begin(self) -> None:
        """Note that work begins: after a rest, what was before says nothing."""
        now_s = self._clock()
        if now_s - self._done[-1][0] > _REST_S:
            self._done = deque(((now_s, 0),))

    def note(self, size_bytes: int) -> None:
        """Note that a document is done with."""
        now_s = self._clock()
        self._done.append((now_s, size_bytes + _DOCUMENT_BYTES))
        while len(self._done) > _LEAST and self._done[1][0] < now_s - _OVER_S:
            self._done.popleft()

    def estimate(self, queue: Queue) -> tuple[float, float | None]:
        """Return documents a second, 0 while that is not known, and seconds left, None likewise."""
        span_s = self._clock() - self._done[0][0]
        if len(self._done) < 2 or span_s < _AFTER_S:
            return 0.0, None
        done = list(self._done)[1:]
        cost_per_s = sum(cost for _, cost in done) / span_s
        left = queue.size_bytes + queue.documents * _DOCUMENT_BYTES
        return len(done) / span_s, left / cost_per_s
