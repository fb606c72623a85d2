"""`margent evaluate`: how good the search is, on questions with known answers. Runs in the command."""

import os
import tempfile
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.index import show_progress
from app.cli.library import absolute, reply, with_library
from app.cli.terminal import Terminal
from app.config.cores import usable_cores
from app.config.paths import DataPaths, default_data_dir, resources_dir
from app.core.errors import PathMissing, UsageWrong
from app.core.messages import AddFolder, Done, Search, Searched
from app.core.models import ModelRole
from app.core.types import Filters, Hit

if TYPE_CHECKING:
    from app.engine.session import Session
    from app.library.evaluation import RetrievalMetrics
    from app.library.page_evaluation import PageMetrics, PageQuestion

HELP = "measure how good the search is, on a set of questions with known answers"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `evaluate` takes."""
    parser.add_argument("what", choices=["retrieval", "pages"], help="what is measured")
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="a folder with corpus.jsonl, queries.jsonl and qrels, or of documents"
    )
    parser.add_argument("--questions", type=Path, metavar="FILE", help="pages: the questions, and where answers stand")
    parser.add_argument("--split", default="test", metavar="NAME", help="retrieval: which of qrels/NAME.tsv (test)")


def run(options: Namespace, terminal: Terminal) -> int:
    """Ask a set's questions and print how well they were answered."""
    record = pages(options, terminal) if options.what == "pages" else retrieval(options, terminal)
    terminal.result(record, lambda: "\n".join(f"{name:<14}{value:g}" for name, value in record.items()))
    return 0


def retrieval(options: Namespace, terminal: Terminal) -> dict[str, int | float]:
    """Index the set in a folder of its own and ask its questions."""
    from app.library.embedder import Embedder
    from app.library.evaluation import evaluate_retrieval, read_retrieval_set
    from app.library.reranker import Reranker
    from app.llm.catalogue import load_families
    from app.llm.embedders import embedder_choice
    from app.llm.shelf import Shelf, load_catalogue

    retrieval_set = read_retrieval_set(options.folder, options.split)
    shelf = Shelf(DataPaths(options.data_dir).model_places, load_catalogue(resources_dir() / "models.toml"))
    threads = usable_cores()
    choice = embedder_choice(shelf, load_families(resources_dir() / "models.toml"))
    embedder = Embedder(choice.path, threads, choice.settings, choice.space)
    reranker = Reranker(shelf.find("", ModelRole.RERANK), threads)
    with tempfile.TemporaryDirectory(prefix="margent-evaluate-") as folder, terminal.progress("Measuring") as advance:
        metrics = evaluate_retrieval(
            retrieval_set, Path(folder), embedder, reranker, lambda stage, done, total: advance(done, total, stage)
        )
    return metrics_record(metrics)


def pages(options: Namespace, terminal: Terminal) -> dict[str, int | float]:
    """Index the folder in the library that `--data-dir` names, or else in one for this time, and ask the questions.

    Raises: PathMissing, UsageWrong.
    """
    from app.library.page_evaluation import page_metrics, rank_needed, read_page_questions

    if options.questions is None:
        raise UsageWrong(detail="evaluate pages needs --questions FILE")
    if not options.folder.is_dir():
        raise PathMissing(path=str(options.folder))
    questions = read_page_questions(options.questions)
    folder = absolute(str(options.folder))

    async def ask(session: "Session") -> "PageMetrics":
        await reply(session, AddFolder(folder), Done)
        with terminal.progress("Indexing") as advance:
            await session.settle(lambda event: show_progress(event, advance))
        ranks: list[int | None] = []
        with terminal.progress("Asking") as advance:
            for done, question in enumerate(questions, start=1):
                ranks.append(rank_needed(question, await found(session, question, folder)))
                advance(done, len(questions), "")
        return page_metrics(ranks)

    with ExitStack() as stack:
        if options.data_dir == default_data_dir():  # a person's own library is no place for an evaluation's documents
            options.data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="margent-evaluate-")))
        metrics = with_library(options, ask)
    return page_metrics_record(metrics)


async def found(session: "Session", question: "PageQuestion", folder: bytes) -> tuple[Hit, ...]:
    """Return what a search in the folder finds for a question: passages of ten pages or more."""
    from app.library.evaluation import PASSAGES

    request = Search(question.text, PASSAGES, Filters(paths=(os.path.realpath(folder),)))
    return (await reply(session, request, Searched)).result.hits


def metrics_record(metrics: "RetrievalMetrics") -> dict[str, int | float]:
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


def page_metrics_record(metrics: "PageMetrics") -> dict[str, int | float]:
    """Return what `evaluate pages --json` prints."""
    return {
        "hit@1": round(metrics.hit_at_1, 4),
        "hit@5": round(metrics.hit_at_5, 4),
        "hit@10": round(metrics.hit_at_10, 4),
        "questions": metrics.questions,
    }
