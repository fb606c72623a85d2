"""Finds the passages for a question: BM25 and vectors, fused, reranked, twins folded. Used in the engine's process."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.core.fusion import best_first, fused_scores, ranks, reranked_scores, without_twins
from app.core.terms import embedded_text, match_query, quoted_phrases
from app.core.types import Filters, Hit, Scores, SearchResult
from app.library.catalog import Catalog
from app.library.embedder import TextEmbedder, known_share
from app.library.reranker import Reranker
from app.library.vectors import Vectors, VectorsDamaged

CANDIDATES = 12
"""How many passages the reranker judges: about 350 ms on two cores."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of a search; tests/quality/README.md has how they were found.

    `bm25` is what a term counts in text, headings and title; `depth` how many passages each of BM25 and the vectors put
    forward; `meaning` the vectors' share of a fused score where the embedder knows the question's language; `rerank`
    how much one logit of the reranker, about -11 to 11, counts beside a fused score of 0 to 1.
    """

    bm25: tuple[float, float, float] = (1.0, 1.5, 2.0)
    depth: int = 100
    meaning: float = 0.6
    rerank: float = 0.05
    candidates: int = CANDIDATES


_FILTERED_DEPTHS = (100, 1000, 10_000)
_REREAD_CHARACTERS = 1000


@dataclass(slots=True)
class _Steps:
    """What each step found, by passage id, best first, and how long it took."""

    words: dict[int, float] = field(default_factory=dict[int, float])
    meaning: dict[int, float] = field(default_factory=dict[int, float])
    logits: dict[int, float] = field(default_factory=dict[int, float])
    ms: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def timed(self, step: str) -> Generator[None, None, None]:
        """Add the time that the block takes to `ms[step]`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.ms[step] = self.ms.get(step, 0.0) + (time.perf_counter() - started) * 1000


class Searcher:
    """Searches one library: by words alone without vectors of the embedder, in fused order without a reranker."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: Vectors | None,
        embedder: TextEmbedder | None,
        reranker: Reranker | None,
        weights: Weights = Weights(),
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._reranker = reranker
        self._weights = weights

    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> SearchResult:
        """Return the best `limit` passages for `query`, best first, with their scores; none for an empty query."""
        steps = _Steps()
        with steps.timed("total"):
            hits = self._found(query, limit, filters, steps) if query.strip() and limit > 0 else ()
        return SearchResult(hits, steps.ms)

    def _found(self, query: str, limit: int, filters: Filters, steps: _Steps) -> tuple[Hit, ...]:
        weights = self._weights
        with steps.timed("bm25"):
            steps.words = dict(self._catalog.bm25(match_query(query), weights.depth, filters, weights.bm25))
        steps.meaning = self._by_meaning(query, filters, steps)
        known = known_share(self._embedder, query) if self._embedder and steps.meaning else 0.0
        fused = fused_scores(steps.words, steps.meaning, weights.meaning * known)
        with steps.timed("hits"):
            kept = self._without_twins(best_first(fused), max(limit, weights.candidates))
        fused = {hit.passage_id: fused[hit.passage_id] for hit in kept}
        final = fused
        if self._reranker is not None:
            with steps.timed("rerank"):
                judged = kept[: weights.candidates]
                texts = [embedded_text(hit.title, hit.headings, hit.text) for hit in judged]
                logits = self._reranker.scores(query[:_REREAD_CHARACTERS], texts)
            steps.logits = {hit.passage_id: logit for hit, logit in zip(judged, logits, strict=True)}
            final = reranked_scores(fused, steps.logits, weights.rerank)
        final = _phrases_first(quoted_phrases(query), kept, final)
        hits = {hit.passage_id: hit for hit in kept}
        scores = _scores(steps, fused, final)
        return tuple(replace(hits[key], scores=scores[key]) for key in best_first(final)[:limit])

    def _by_meaning(self, query: str, filters: Filters, steps: _Steps) -> dict[int, float]:
        """Return the similarity of the nearest passages; none without vectors of the embedder that is in use."""
        vectors, embedder = self._vectors, self._embedder
        if vectors is None or embedder is None:
            return {}
        try:
            if vectors.embedder != embedder.name:
                return {}
            with steps.timed("embed"):
                vector = embedder.embed_query(query)
            found: dict[int, float] = {}
            for depth in _FILTERED_DEPTHS if filters != Filters() else (self._weights.depth,):
                with steps.timed("vectors"):
                    nearest = dict(vectors.query(vector, depth))
                    passages = self._catalog.passages_by_hash(list(nearest), filters)
                found = {key: score for hashed, score in nearest.items() for key in passages.get(hashed, ())}
                if len(found) >= self._weights.depth or len(nearest) < depth:
                    break
        except VectorsDamaged:
            return {}  # the store knows that it is damaged, the indexer rebuilds it; words go on answering
        return dict(list(found.items())[: self._weights.depth])

    def _without_twins(self, ordered: list[int], wanted: int) -> list[Hit]:
        """Return the first `wanted` passages as hits, without those nearly the same as a better one."""
        hits: list[Hit] = []
        for at in range(0, len(ordered), 2 * wanted):
            found = self._catalog.hits(ordered[at : at + 2 * wanted])
            hits += [found[key] for key in ordered[at : at + 2 * wanted] if key in found]
            hits = [hits[place] for place in without_twins([hit.text for hit in hits])]
            if len(hits) >= wanted:
                break
        return hits[:wanted]


def _phrases_first(phrases: tuple[str, ...], hits: list[Hit], scores: Mapping[int, float]) -> dict[int, float]:
    """Return the scores with those of passages that hold every quoted phrase lifted over all others."""
    lifted = dict(scores)
    wanted = [" ".join(phrase.casefold().split()) for phrase in phrases]
    above = max(scores.values(), default=0.0)
    for hit in hits if wanted else ():
        text = " ".join(hit.text.casefold().split())
        if all(phrase in text for phrase in wanted):
            lifted[hit.passage_id] += above
    return lifted


def _scores(steps: _Steps, fused: Mapping[int, float], final: Mapping[int, float]) -> dict[int, Scores]:
    word_ranks, meaning_ranks = ranks(steps.words), ranks(steps.meaning)
    return {
        key: Scores(
            bm25=steps.words.get(key),
            bm25_rank=word_ranks.get(key),
            vector=steps.meaning.get(key),
            vector_rank=meaning_ranks.get(key),
            fused=fused[key],
            rerank=steps.logits.get(key),
            final=score,
        )
        for key, score in final.items()
    }
