"""Of what lengths a prompt is computed, so that it gives the same whatever of it was in memory. Pure; llama process."""

from collections.abc import Iterator

AT_ONCE_TOKENS = 64
"""From so many tokens on llama.cpp attends to them by another kernel than to fewer, one that rounds otherwise.

Parts of at least that length give the same to the bit, however a prompt is cut into them; shorter ones move the logits
of SmolLM2 135M by up to 0.9, enough for another word (on the CPU, with one thread and with two).
"""


def part_lengths(count: int, most: int) -> Iterator[int]:
    """Yield the lengths in which so many tokens are computed, none below `AT_ONCE_TOKENS` if it can be."""
    while count > most:
        length = most if count - most >= AT_ONCE_TOKENS else count - AT_ONCE_TOKENS
        yield length
        count -= length
    if count:
        yield count


def reusable(common: int, prompt: int) -> int:
    """Return how much of what a prompt has in common with the one before need not be computed again, in tokens."""
    kept = min(common, prompt - AT_ONCE_TOKENS)
    return kept if kept >= AT_ONCE_TOKENS else 0
