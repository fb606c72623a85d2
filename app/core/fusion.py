"""How the steps of a search become one order: fusing scores, weighing the reranker, folding twins. Pure.

Passages are known by any hashable key; scores are higher for better ones.
"""

import math
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 3
_ALIKE = 0.9
_LOGITS_TO_TRUST = 2.0


def fused_scores(words: Mapping[Key, float], meaning: Mapping[Key, float], meaning_weight: float) -> dict[Key, float]:
    """Return a score in 0..1 for everything that either step found: a convex combination of both steps' scores.

    Scores, not ranks, because a clear winner should stay one (Bruch, Gai, Ingber: An Analysis of Fusion Functions for
    Hybrid Retrieval, TOIS 2023); it beat reciprocal rank fusion on every set tried (tests/quality/README.md). Word
    scores are divided by the best, since no match is worth 0; similarities are spread from the worst found to the best.
    """
    by_words = _stretched(words, floor=0.0)
    by_meaning = _stretched(meaning, floor=min(meaning.values(), default=0.0))
    return {
        key: (1.0 - meaning_weight) * by_words.get(key, 0.0) + meaning_weight * by_meaning.get(key, 0.0)
        for key in dict.fromkeys((*words, *meaning))
    }


def with_surroundings(
    fused: Mapping[Key, float], around: Mapping[Key, float], contents: Collection[Key], weights: tuple[float, float]
) -> dict[Key, float]:
    """Return fused scores with those of the surroundings added, and what is only a table of contents lowered.

    `weights` are what the best surroundings are worth, and which share of its score a table of contents loses.
    """
    added, lost = weights
    best = max(around.values(), default=0.0) or 1.0
    lifted = {key: score + added * around.get(key, 0.0) / best for key, score in fused.items()}
    return lifted | {key: lifted[key] * (1.0 - lost) for key in contents}


def with_beginnings(fused: Mapping[Key, float], beginnings: Sequence[Sequence[Key]]) -> dict[Key, float]:
    """Return fused scores with the first passages of documents before all else: the first of each, then the second."""
    most = max(map(len, beginnings), default=0)
    first = list(dict.fromkeys(keys[place] for place in range(most) for keys in beginnings if place < len(keys)))
    best = max(fused.values(), default=0.0)
    return {**fused, **{key: best + 1.0 - rank / len(first) for rank, key in enumerate(first)}}


def lifted(fused: Mapping[Key, float], keys: Collection[Key], by: float) -> dict[Key, float]:
    """Return fused scores with those of some passages lifted."""
    return {key: score + by if key in keys else score for key, score in fused.items()}


def reranked_scores(fused: Mapping[Key, float], logits: Mapping[Key, float], weight: float) -> dict[Key, float]:
    """Return final scores: what the reranker judged stays before all else, ordered by fused + weight * logit.

    The weight is `weight` where the reranker is sure that some passage answers, and falls to nothing where it sees no
    answer at all (logits of about -11): there its order is noise, and the fused order stands.
    """
    trust = 1.0 / (1.0 + math.exp(-max(logits.values(), default=0.0) / _LOGITS_TO_TRUST))
    weighed = {key: fused[key] + weight * trust * logit for key, logit in logits.items()}
    lift = 1.0 + max(fused.values(), default=0.0) - min(weighed.values(), default=0.0)
    return {key: weighed[key] + lift if key in weighed else score for key, score in fused.items()}


def best_first(scores: Mapping[Key, float]) -> list[Key]:
    """Return the keys by falling score; equal ones in the order that they came in."""
    return sorted(scores, key=lambda key: -scores[key])


def ranks(ordered: Iterable[Key]) -> dict[Key, int]:
    """Return each key's rank, counting from 1."""
    return {key: rank for rank, key in enumerate(ordered, start=1)}


def firsts_of_twins(texts: Sequence[str]) -> list[int]:
    """Return for each text the place of the first text that is nearly the same: its own where there is none before it.

    Texts with different figures are never the same: two reports from one template differ in nothing else.
    """
    firsts: list[int] = []
    seen: dict[int, tuple[frozenset[str], frozenset[tuple[str, ...]]]] = {}
    for place, text in enumerate(texts):
        words = _WORD.findall(text.casefold())
        figures = frozenset(word for word in words if any(character.isdigit() for character in word))
        shingles = frozenset(zip(*(words[at:] for at in range(_SHINGLE_WORDS)), strict=False)) or frozenset(
            {tuple(words)}
        )
        alike = (
            at for at, (others, known) in seen.items() if figures == others and _overlap(shingles, known) >= _ALIKE
        )
        firsts.append(next(alike, place))
        if firsts[-1] == place:
            seen[place] = (figures, shingles)
    return firsts


def _overlap(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> float:
    """Return the Jaccard index of two sets that are not both empty."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def _stretched(scores: Mapping[Key, float], floor: float) -> dict[Key, float]:
    """Return the scores with `floor` at 0 and the best at 1; all 1 if there is no difference."""
    top = max(scores.values(), default=0.0)
    return {key: (score - floor) / (top - floor) if top > floor else 1.0 for key, score in scores.items()}
