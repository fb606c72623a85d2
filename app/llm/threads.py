"""How many threads llama.cpp is to use, judged by what each count was last measured to take. Pure; llama process.

As many threads as cores is fastest on a quiet computer and many times slower than one thread when another program
needs a core (34 and 1.0 tokens/s on two busy cores), so the choice is looked at again while an answer is written.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from app.core.types import ThreadRuns

_DECAY = 0.98  # a count that was once given up is tried again after some hundred measurements


def thread_candidates(cores: int) -> tuple[int, ...]:
    """Return the counts worth measuring, the likeliest first."""
    return tuple(dict.fromkeys((cores, max(1, cores // 2), max(1, cores - 1), 1)))


class ThreadPace:
    """Chooses among thread counts by milliseconds a token."""

    def __init__(self, candidates: Iterable[int]) -> None:
        self._candidates = tuple(candidates)
        self._ms: dict[int, float] = {}
        self._best_ms: dict[int, float] = {}

    @property
    def choice(self) -> int:
        """Return the fastest count as far as is known; the first candidate before any measurement."""
        return min(self._ms, key=self._ms.__getitem__, default=self._candidates[0])

    @property
    def ms(self) -> float:
        """Return the milliseconds a token of the choice, 0 before any measurement."""
        return self._ms.get(self.choice, 0.0)

    def note(self, threads: int, ms_per_token: float) -> None:
        """Take in one measurement; the others' last figures lose their weight a little."""
        known = self._ms.get(threads)
        self._ms[threads] = ms_per_token if known is None else (known + ms_per_token) / 2
        self._best_ms[threads] = min(ms_per_token, self._best_ms.get(threads, ms_per_token))
        for other, ms in self._ms.items():
            if other != threads:
                self._ms[other] = max(ms * _DECAY, self._best_ms[other])


def runs_of(counts: Iterable[int]) -> ThreadRuns:
    """Return the thread counts of tokens, one after the other, as runs."""
    return tuple((threads, len(list(run))) for threads, run in groupby(counts))


def counts_of(runs: ThreadRuns, cores: int) -> Iterator[int]:
    """Yield the thread count of each token, none of more than so many."""
    return (min(max(threads, 1), cores) for threads, tokens in runs for _ in range(tokens))
