"""How far two words are apart, as a hand errs that types. Pure."""

from collections.abc import Iterable

SHORTEST = 4
"""Shorter words have too many neighbours to guess at."""

_TWO_ERRORS_FROM = 9


def likeliest(word: str, known: Iterable[tuple[str, int]]) -> str | None:
    """Return which of the `known` words, each with how often it occurs, `word` was probably meant to be, if any.

    One error is forgiven, two from nine letters on; of words equally near the most frequent is taken.
    """
    allowed = 2 if len(word) >= _TWO_ERRORS_FROM else 1
    best: tuple[int, int, str] | None = None
    for term, count in known:
        if abs(len(term) - len(word)) <= allowed:
            errors = distance(word, term, allowed)
            if errors <= allowed and (best is None or (errors, -count) < best[:2]):
                best = (errors, -count, term)
    return best[2] if best else None


def distance(first: str, second: str, most: int) -> int:
    """Return how many letters to insert, drop, change or swap with the next make one word of the other.

    More than `most` is said as `most + 1` (optimal string alignment).
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, start=1):
        older, before, row = before, row, [at]
        for to, other in enumerate(second, start=1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != other))
            if at > 1 and to > 1 and letter == second[to - 2] and first[at - 2] == other:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
