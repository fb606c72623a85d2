"""What became of passages in a search, by the search's own steps taken again. Used in the engine's process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.evidence import EVIDENCE_LIMIT, evidence_fates
from app.core.explanation import Explanation, Fate, Limits
from app.core.fusion import firsts_of_twins, ranks
from app.core.types import Filters, Hit, Scores
from app.library.catalog import Catalog
from app.library.search import Searcher, Trace

DEEPEST = 10_000
"""So far a passage's own rank is looked for; beyond it is only said that it is farther."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search to be explained.

    `evidence_tokens` is the budget of what the model is given, None for a search without a model; `given` are the
    passages that it was really given, empty where that is not known.
    """

    query: str
    filters: Filters
    limit: int
    evidence_tokens: int | None = None
    given: frozenset[int] = frozenset()


def explain(searcher: Searcher, catalog: Catalog, asked: Asked, passage_ids: Sequence[int]) -> tuple[Explanation, ...]:
    """Return what became of each passage of one document; one that is no longer READY is left out.

    Raises:
        FilterMatchesNothing: the filters leave no document to search.
    """
    asked = replace(asked, filters=catalog.resolved(asked.filters))
    trace = searcher.trace(asked.query, asked.limit, asked.filters)
    passages = catalog.hits(passage_ids)
    left = catalog.among_left(asked.filters, passage_ids)
    fates = _final_fates(trace, asked)
    scores = _scores(searcher, trace, asked, [hit for key, hit in passages.items() if key in left])
    limits = Limits(
        depth=searcher.weights.depth,
        deepest=DEEPEST,
        judged=len(trace.logits),
        limit=asked.limit if asked.evidence_tokens is None else min(asked.limit, EVIDENCE_LIMIT),
        by_meaning=bool(trace.meaning),
    )
    explanations: list[Explanation] = []
    for key in passage_ids:
        if key in passages:
            hit = replace(passages[key], scores=scores.get(key, Scores()))
            better = _better_twin(trace, hit) if key not in trace.final else None
            fate = _fate(trace, key, fates, folded=better is not None) if key in left else Fate.FILTERED
            explanations.append(Explanation(hit, fate, replace(limits), better if fate is Fate.TWIN else None))
    return tuple(explanations)


def _final_fates(trace: Trace, asked: Asked) -> dict[int, Fate]:
    """Return what became of the hits: without a model all are used, with one as the evidence was chosen."""
    hits = trace.hits(asked.limit)
    if asked.evidence_tokens is None:
        return {hit.passage_id: Fate.USED for hit in hits}
    fates = dict(zip((hit.passage_id for hit in hits), evidence_fates(hits, asked.evidence_tokens), strict=True))
    for key, fate in fates.items():
        if asked.given and fate is Fate.USED and key not in asked.given:
            fates[key] = Fate.NO_ROOM  # the model counted the tokens itself
    return fates | dict.fromkeys(asked.given, Fate.USED)


def _fate(trace: Trace, key: int, fates: Mapping[int, Fate], *, folded: bool) -> Fate:
    """Return the first step that dropped a passage which the filters leave."""
    if key in fates:
        return fates[key]
    if key not in trace.fused:
        return Fate.NOT_FOUND
    if folded:
        return Fate.TWIN
    return Fate.NOT_JUDGED if trace.logits and key not in trace.logits else Fate.BELOW_LIMIT


def _better_twin(trace: Trace, hit: Hit) -> Hit | None:
    """Return the passage that stands for one that was found, because it is nearly the same and came before."""
    if hit.passage_id not in trace.fused or not trace.kept:
        return None
    first = firsts_of_twins([*(kept.text for kept in trace.kept), hit.text])[-1]
    return trace.kept[first] if first < len(trace.kept) else None


def _scores(searcher: Searcher, trace: Trace, asked: Asked, hits: Sequence[Hit]) -> dict[int, Scores]:
    """Return the scores of passages; where a step did not look so far, as it would have gone on."""
    scores = trace.scores(hit.passage_id for hit in hits)
    if any(score.bm25_rank is None for score in scores.values()):
        words = trace.words | searcher.by_words(asked.query, asked.filters, DEEPEST)
        for key, rank in _ranks_of(scores, words).items():
            scores[key] = replace(scores[key], bm25=words[key], bm25_rank=rank)
    if trace.meaning and any(score.vector_rank is None for score in scores.values()):
        meaning = searcher.by_meaning(asked.query, asked.filters, DEEPEST, trace)
        document = Filters(paths=(hits[0].path,))
        near = searcher.by_meaning(asked.query, document, DEEPEST, trace)
        rank_of = _ranks_of(scores, meaning)
        for key in near.keys() & scores.keys():
            scores[key] = replace(scores[key], vector=near[key], vector_rank=rank_of.get(key))
    return scores


def _ranks_of(wanted: Iterable[int], found: Mapping[int, float]) -> dict[int, int]:
    all_ranks = ranks(found)
    return {key: all_ranks[key] for key in wanted if key in all_ranks}
