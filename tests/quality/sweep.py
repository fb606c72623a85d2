"""Tries weights of the search on one set, through the product's own library: the tables in README.md come from here.

    .venv/bin/python -m tests.quality.sweep ../shared/evaluation/ir/scifact --split train --models MODELS

MODELS is a folder as `models/` in the data directory. No weight is ever chosen on SciFact's test split.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.library.evaluation import indexed, measured, read_retrieval_set
from app.library.reranker import Reranker
from app.library.search import Searcher, Weights
from tests.models import english_embedder

CHOSEN = Weights()
TRIED = {
    "words only": replace(CHOSEN, meaning=0.0),
    "vectors only": replace(CHOSEN, meaning=1.0),
    **{f"meaning {share}": replace(CHOSEN, meaning=share) for share in (0.4, 0.5, 0.6, 0.7, 0.8)},
    **{f"title {weight}": replace(CHOSEN, bm25=(1.0, 1.5, weight)) for weight in (1.0, 3.0)},
    **{f"depth {depth}": replace(CHOSEN, depth=depth) for depth in (50, 200)},
}
RERANKED = {f"rerank {weight}": replace(CHOSEN, rerank=weight) for weight in (0.02, 0.05, 0.1)}


class RememberingReranker(Reranker):
    """A reranker that judges no pair twice."""

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        self._known: dict[tuple[str, str], float] = {}

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return what `Reranker.scores` returns."""
        new = [text for text in texts if (question, text) not in self._known]
        for text, logit in zip(new, super().scores(question, new), strict=True):
            self._known[question, text] = logit
        return [self._known[question, text] for text in texts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--questions", type=int, help="only so many, evenly spread")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    retrieval_set = read_retrieval_set(options.folder, options.split)
    if options.questions:
        step = max(1, len(retrieval_set.questions) // options.questions)
        retrieval_set = replace(retrieval_set, questions=retrieval_set.questions[::step])
    embedder = english_embedder(options.models)
    reranker = RememberingReranker(options.models / "ms-marco-minilm-l-12-v2", options.threads)
    with (
        tempfile.TemporaryDirectory() as data,
        indexed(retrieval_set, Path(data), embedder, lambda _stage, _done, _total: None) as corpus,
    ):
        for judge, tried in ((None, TRIED), (reranker, RERANKED)):
            for name, weights in tried.items():
                searcher = Searcher(corpus.library.catalog, corpus.library.vectors, embedder, judge, weights)
                metrics = measured(searcher, corpus, retrieval_set, lambda _stage, _done, _total: None)
                print(f"{name:<14} nDCG@10 {metrics.ndcg_at_10:.4f}  hit@1 {metrics.hit_at_1:.3f}", flush=True)


if __name__ == "__main__":
    main()
