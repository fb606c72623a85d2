"""`margent evaluate retrieval`: how good the search is, on questions with known answers. Runs in the command."""

import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.records import Json
from app.cli.terminal import Terminal
from app.config.cores import usable_cores
from app.config.paths import DataPaths, resources_dir
from app.core.types import ModelRole

if TYPE_CHECKING:
    from app.library.evaluation import RetrievalMetrics

HELP = "measure how good the search is, on a set of questions with known answers"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `evaluate` takes."""
    parser.add_argument("what", choices=["retrieval"], help="what is measured")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder with corpus.jsonl, queries.jsonl and qrels")


def run(options: Namespace, terminal: Terminal) -> int:
    """Index the set in a folder of its own, ask its questions, and print how well they were answered."""
    from app.library.embedder import Embedder
    from app.library.evaluation import evaluate_retrieval, read_retrieval_set
    from app.library.reranker import Reranker
    from app.llm.catalogue import load_families
    from app.llm.embedders import embedder_choice
    from app.llm.shelf import Shelf, load_catalogue

    retrieval_set = read_retrieval_set(options.folder)
    shelf = Shelf(DataPaths(options.data_dir).model_places, load_catalogue(resources_dir() / "models.toml"))
    threads = usable_cores()
    choice = embedder_choice(shelf, load_families(resources_dir() / "models.toml"))
    embedder = Embedder(choice.path, threads, choice.settings, choice.space)
    reranker = Reranker(shelf.find("", ModelRole.RERANK), threads)
    with tempfile.TemporaryDirectory(prefix="margent-evaluate-") as folder, terminal.progress("Measuring") as advance:
        metrics = evaluate_retrieval(
            retrieval_set, Path(folder), embedder, reranker, lambda stage, done, total: advance(done, total, stage)
        )
    record = metrics_record(metrics)
    terminal.result(record, lambda: "\n".join(f"{name:<14}{value:g}" for name, value in record.items()))
    return 0


def metrics_record(metrics: "RetrievalMetrics") -> dict[str, Json]:
    """Return what `evaluate retrieval --json` prints."""
    return {
        "ndcg@10": round(metrics.ndcg_at_10, 4),
        "recall@5": round(metrics.recall_at_5, 4),
        "recall@10": round(metrics.recall_at_10, 4),
        "mrr@10": round(metrics.mrr_at_10, 4),
        "hit@1": round(metrics.hit_at_1, 4),
        "hit@5": round(metrics.hit_at_5, 4),
        "queries": metrics.queries,
        "ms_per_query": round(metrics.ms_per_query, 1),
    }
