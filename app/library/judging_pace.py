"""How many passages the reranker reads in the time that a search has, by how fast it was lately. Engine's process."""

import statistics
from collections import deque
from collections.abc import Sequence
from itertools import accumulate

BUDGET_MS = 330.0
"""How long judging may take; the rest of a search takes some 50 ms."""

FEWEST, MOST = 6, 16
"""Between these the figures of tests/quality/README.md hold."""

_LATELY = 9
_APART = 1.25


class JudgingPace:
    """What it costs to judge a token of a pair, as the latest searches show.

    The number in use changes only when these were clearly faster or slower, because the same question should find the
    same from one search to the next.
    """

    def __init__(self, ms_per_token: float) -> None:
        """Begin with what was measured on a pair of usual length."""
        self._in_use = ms_per_token
        self._latest: deque[float] = deque(maxlen=_LATELY)

    def note(self, tokens: int, ms: float) -> None:
        """Take in how long a search took to judge pairs of so many tokens together."""
        self._latest.append(ms / max(1, tokens))
        usual = statistics.median(self._latest)
        if 2 * len(self._latest) > _LATELY and not self._in_use / _APART <= usual <= self._in_use * _APART:
            self._in_use = usual

    def affordable(self, lengths: Sequence[int]) -> int:
        """Return how many of the first pairs can be judged in time, given how many tokens each has."""
        tokens = BUDGET_MS / max(self._in_use, 1e-6)
        in_time = sum(total <= tokens for total in accumulate(lengths))
        return min(len(lengths), MOST, max(FEWEST, in_time))
