"""Finds the passages for a question: BM25 and vectors, fused, reranked, twins folded. Used in the engine's process."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.core.contents import is_contents
from app.core.errors import ModelDied
from app.core.fusion import (
    best_first,
    firsts_of_twins,
    fused_scores,
    lifted,
    ranks,
    reranked_scores,
    with_beginnings,
    with_surroundings,
)
from app.core.terms import code_share, embedded_text, match_query, quoted_phrases, spelt_words
from app.core.types import Filters, Hit, Lift, Scores, SearchResult, Twin
from app.core.whole import whole_named
from app.library.catalog import Catalog
from app.library.embedder import TextEmbedder, known_share
from app.library.filtering import FEW_PASSAGES
from app.library.judging_pace import MOST
from app.library.reranker import Reranker
from app.library.texts import Vector
from app.library.vectors import Vectors, VectorsDamaged


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of a search; tests/quality/README.md has how they were found.

    `bm25` is what a term counts in text, headings and title; `depth` how many passages each of BM25 and the vectors put
    forward; `meaning` the vectors' share of a fused score where the embedder knows the question's language and the
    question is of words; `surroundings` what the best page around a passage adds, and `surroundings_of_codes` what it
    adds besides where the question is of numbers and codes alone, which often stand in another passage of the page;
    `contents` which share of its score a table of contents loses; `time` what a document of the time that the question
    states has before others, `code` one that holds the code in the question; `rerank` how much one logit of the
    reranker, about -11 to 11, counts beside a fused score of 0 to 1, and `candidates` how many passages it judges at
    most.
    """

    bm25: tuple[float, float, float] = (1.0, 1.5, 2.0)
    depth: int = 100
    meaning: float = 0.6
    surroundings: float = 0.1
    surroundings_of_codes: float = 0.4
    contents: float = 0.7
    time: float = 0.3
    code: float = 0.3
    rerank: float = 0.05
    candidates: int = MOST


_FILTERED_DEPTHS = (4, 32)
_REREAD_CHARACTERS = 1000
_SURROUNDED = 30


@dataclass(slots=True)
class Trace:
    """What every step of a search made of the passages that it saw, by passage id, best first, and how long it took.

    `kept` are the passages without their twins, as many as the steps after look at; `folded` has the twins of each;
    `lifts` has the passages that were put before others.
    """

    words: dict[int, float] = field(default_factory=dict[int, float])
    meaning: dict[int, float] = field(default_factory=dict[int, float])
    pages: dict[int, float] = field(default_factory=dict[int, float])
    fused: dict[int, float] = field(default_factory=dict[int, float])
    logits: dict[int, float] = field(default_factory=dict[int, float])
    final: dict[int, float] = field(default_factory=dict[int, float])
    kept: list[Hit] = field(default_factory=list[Hit])
    folded: dict[int, list[Hit]] = field(default_factory=dict[int, list[Hit]])
    lifts: dict[Lift, frozenset[int]] = field(default_factory=dict[Lift, frozenset[int]])
    ms: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def timed(self, step: str) -> Generator[None, None, None]:
        """Add the time that the block takes to `ms[step]`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.ms[step] = self.ms.get(step, 0.0) + (time.perf_counter() - started) * 1000

    def hits(self, limit: int) -> tuple[Hit, ...]:
        """Return the best `limit` passages, best first, with their scores and their twins."""
        by_id = {hit.passage_id: hit for hit in self.kept}
        best = best_first(self.final)[:limit]
        scores = self.scores(best)
        return tuple(replace(by_id[key], scores=scores[key], twins=self._twins(key)) for key in best)

    def scores(self, passage_ids: Iterable[int]) -> dict[int, Scores]:
        """Return the score and the rank that each step gave to passages."""
        word_ranks, meaning_ranks, fused_ranks = ranks(self.words), ranks(self.meaning), ranks(best_first(self.fused))
        judged_ranks, final_ranks = ranks(best_first(self.logits)), ranks(best_first(self.final))
        return {
            key: Scores(
                bm25=self.words.get(key),
                bm25_rank=word_ranks.get(key),
                vector=self.meaning.get(key),
                vector_rank=meaning_ranks.get(key),
                page=self.pages.get(key),
                fused=self.fused.get(key, 0.0),
                fused_rank=fused_ranks.get(key),
                rerank=self.logits.get(key),
                rerank_rank=judged_ranks.get(key),
                final=self.final.get(key, 0.0),
                final_rank=final_ranks.get(key),
                lifts=tuple(lift for lift, keys in self.lifts.items() if key in keys),
            )
            for key in passage_ids
        }

    def _twins(self, passage_id: int) -> tuple[Twin, ...]:
        return tuple(
            Twin(hit.document_id, hit.path, hit.page, hit.start, hit.end) for hit in self.folded.get(passage_id, ())
        )


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
        self._beside = ThreadPoolExecutor(1, "question")
        self.weights = weights

    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> SearchResult:
        """Return the best `limit` passages for `query`, best first, with their scores; none for an empty query.

        Raises:
            FilterMatchesNothing: the filters leave no document to search.
        """
        trace = self.trace(query, limit, self._catalog.resolved(filters))
        return SearchResult(trace.hits(limit), trace.ms)

    def trace(self, query: str, limit: int, filters: Filters) -> Trace:
        """Search, and return what each step found; the filters' paths are as the library knows them.

        A file that the question names is searched alone.
        """
        trace = Trace()
        with trace.timed("total"):
            if query.strip() and limit > 0:
                self._find(query, limit, self._catalog.restricted_to_named(query, filters), trace)
        return trace

    def judged(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return the reranker's logit for each of some sentences, () without one that knows the question's words."""
        judge = self._judge(question)
        return tuple(judge.judged(question[:_REREAD_CHARACTERS], texts)) if judge is not None else ()

    def by_words(self, query: str, filters: Filters, depth: int) -> dict[int, float]:
        """Return the BM25 scores of the best `depth` passages, best first."""
        return dict(self._catalog.bm25(self._match(query), depth, filters, self.weights.bm25))

    def by_meaning(self, query: str, filters: Filters, depth: int, trace: Trace) -> dict[int, float]:
        """Return the similarity of the nearest `depth` passages, best first; none without vectors of this embedder."""
        return self._near(self._begin_embedding(query, trace), filters, depth, trace)

    def _begin_embedding(self, query: str, trace: Trace) -> Callable[[], Vector] | None:
        """Embed the question in a thread beside this one; return what waits for it, None without an embedder."""
        embedder = self._embedder
        if self._vectors is None or embedder is None:
            return None

        def embedded() -> Vector:
            with trace.timed("embed"):
                return embedder.embed_query(query)

        return self._beside.submit(embedded).result

    def _near(
        self, embedded: Callable[[], Vector] | None, filters: Filters, depth: int, trace: Trace
    ) -> dict[int, float]:
        if self._vectors is None or self._embedder is None or embedded is None:
            return {}
        try:
            vector = embedded()
            with trace.timed("vectors"):
                if self._vectors.embedder != self._embedder.name:
                    return {}
                return dict(self._nearest(self._vectors, vector, filters, depth))
        except (VectorsDamaged, ModelDied):
            return {}  # the indexer notices too, and rebuilds the store or starts the embedder; words go on answering

    def _find(self, query: str, limit: int, filters: Filters, trace: Trace) -> None:
        weights = self.weights
        embedded = self._begin_embedding(query, trace)
        with trace.timed("bm25"):
            match = self._match(query)
            trace.words = dict(self._catalog.bm25(match, weights.depth, filters, weights.bm25))
        trace.meaning = self._near(embedded, filters, weights.depth, trace)
        coded = self._catalog.of_named_code(query, filters)
        if coded:
            within = replace(filters, paths=tuple(coded.values()))
            words = dict(self._catalog.bm25(match, weights.depth, within, weights.bm25))
            trace.words = _best_of(trace.words | words)
            trace.meaning = _best_of(trace.meaning | self._near(embedded, within, weights.depth, trace))
        known = self._known(query) if trace.meaning else 0.0
        codes = code_share(query)
        trace.fused = fused_scores(trace.words, trace.meaning, weights.meaning * known * (1.0 - codes))
        with trace.timed("pages"):
            self._look_around(match, weights.surroundings + weights.surroundings_of_codes * codes, trace)
        with trace.timed("time"):
            in_time = self._catalog.of_wanted_time(query, filters, tuple(trace.fused))
        trace.lifts[Lift.TIME] = in_time
        trace.fused = lifted(trace.fused, in_time, weights.time)
        trace.lifts[Lift.CODE] = self._catalog.passages_of(tuple(trace.fused), coded) if coded else frozenset()
        trace.fused = lifted(trace.fused, trace.lifts[Lift.CODE], weights.code)
        of_whole = self._put_beginnings_first(query, filters, trace)
        with trace.timed("hits"):
            self._fold_twins(trace, max(limit, weights.candidates))
        trace.final = {hit.passage_id: trace.fused[hit.passage_id] for hit in trace.kept}
        judge = self._judge(query)
        if judge is not None and not of_whole:
            with trace.timed("rerank"):
                first = trace.kept[: weights.candidates]
                texts = [embedded_text(hit.title, hit.headings, hit.text) for hit in first]
                logits = judge.scores(query[:_REREAD_CHARACTERS], texts)
            trace.logits = {hit.passage_id: logit for hit, logit in zip(first, logits, strict=False)}
            trace.final = reranked_scores(trace.final, trace.logits, weights.rerank)
        quoting = _holding(quoted_phrases(query), trace.kept)
        trace.lifts[Lift.PHRASE] = quoting
        trace.final = lifted(trace.final, quoting, max(trace.final.values(), default=0.0))

    def _judge(self, question: str) -> Reranker | None:
        """Return the reranker, None without one or if it does not know the question's words."""
        return self._reranker if self._reranker is not None and self._reranker.knows(question) else None

    def _known(self, query: str) -> float:
        """Return how far the embedder knows the question's language, 0 to 1."""
        try:
            return known_share(self._embedder, query) if self._embedder is not None else 0.0
        except ModelDied:
            return 0.0

    def _match(self, query: str) -> str:
        """Return what FTS5 is asked for: the question's terms, and what words that nobody wrote were meant to be."""
        return match_query(query, self._catalog.meant(spelt_words(query)))

    def _look_around(self, match: str, weight: float, trace: Trace) -> None:
        """Let the pages around the best passages count, and put tables of contents behind what they lead to.

        What is worth nothing, found by meaning in a language that the embedder does not know, is not compared with.
        """
        best = [key for key in best_first(trace.fused)[:_SURROUNDED] if trace.fused[key] > 0.0]
        around = self._catalog.surrounded(match, best)
        trace.pages = {key: one.score for key, one in around.items()}
        contents = [key for key, one in around.items() if is_contents(one.text)]
        trace.fused = with_surroundings(trace.fused, trace.pages, contents, (weight, self.weights.contents))

    def _put_beginnings_first(self, query: str, filters: Filters, trace: Trace) -> bool:
        """Put the first passages of the document that a question is about as a whole before all others, if it is.

        The reranker is of no use then: no passage says what a document says, and it takes all of them for hopeless.
        """
        named = whole_named(query)
        if named is None:
            return False
        first = self._catalog.beginnings(named, filters, best_first(trace.fused)[:_SURROUNDED])
        trace.fused = with_beginnings(trace.fused, first)
        trace.lifts[Lift.WHOLE] = frozenset(key for keys in first for key in keys)
        return bool(first)

    def _nearest(self, vectors: Vectors, vector: Vector, filters: Filters, depth: int) -> list[tuple[int, float]]:
        """Return (passage id, similarity) of the nearest passages that the filters leave, best first."""
        filtered = filters != Filters()
        if not filtered or self._catalog.passages_left(filters) > FEW_PASSAGES:
            for wanted in [depth * times for times in _FILTERED_DEPTHS] if filtered else [depth]:
                nearest = vectors.query(vector, wanted)
                passages = self._catalog.passages_by_hash([hashed for hashed, _ in nearest], filters)
                found = [(key, score) for hashed, score in nearest for key in passages.get(hashed, ())]
                if not filtered or len(found) >= depth or len(nearest) < wanted:
                    return found[:depth]
        return self._catalog.nearest_left(vectors.embedder, vector, filters, depth)

    def _fold_twins(self, trace: Trace, wanted: int) -> None:
        """Keep the first `wanted` passages of the fused order, each with those after it that are nearly the same."""
        ordered = best_first(trace.fused)
        hits: list[Hit] = []
        for at in range(0, len(ordered), 2 * wanted):
            found = self._catalog.hits(ordered[at : at + 2 * wanted])
            hits += [found[key] for key in ordered[at : at + 2 * wanted] if key in found]
            firsts = firsts_of_twins([hit.text for hit in hits])
            for place, first in enumerate(firsts):
                if first != place:
                    trace.folded.setdefault(hits[first].passage_id, []).append(hits[place])
            hits = [hits[place] for place, first in enumerate(firsts) if first == place]
            if len(hits) >= wanted:
                break
        trace.kept = hits[:wanted]


def _best_of(scores: Mapping[int, float]) -> dict[int, float]:
    return {key: scores[key] for key in best_first(scores)}


def _holding(phrases: tuple[str, ...], hits: list[Hit]) -> frozenset[int]:
    """Return the passages that hold every one of some quoted phrases."""
    wanted = [" ".join(phrase.casefold().split()) for phrase in phrases]
    texts = {hit.passage_id: " ".join(hit.text.casefold().split()) for hit in hits if wanted}
    return frozenset(key for key, text in texts.items() if all(phrase in text for phrase in wanted))
