"""`margent evaluate`: how good search and answers are, on questions with known answers. Runs in the command."""

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.evaluate_answers import answers
from app.cli.library import reply
from app.cli.measuring import show_metrics, with_documents
from app.cli.records import Json
from app.cli.search import positive
from app.cli.terminal import Terminal
from app.config.cores import usable_cores
from app.config.paths import DataPaths, resources_dir
from app.core.errors import PathMissing, UsageWrong
from app.core.messages import Search, Searched
from app.core.models import ModelRole
from app.core.types import Filters, Hit

if TYPE_CHECKING:
    from app.engine.session import Session
    from app.library.evaluation import RetrievalMetrics
    from app.library.page_evaluation import PageMetrics, PageQuestion

HELP = "measure how good search and answers are, on a set of questions with known answers"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `evaluate` takes."""
    parser.add_argument("what", choices=[*MEASURED], help="what is measured")
    parser.add_argument(
        "source",
        type=Path,
        metavar="DIR|FILE",
        help="retrieval: a folder with corpus.jsonl, queries.jsonl and qrels; pages: a folder of documents; "
        "answers: a file of questions and answers, with the documents in docs/ beside it",
    )
    parser.add_argument("--questions", type=Path, metavar="FILE", help="pages: the questions, and where answers stand")
    parser.add_argument("--split", default="test", metavar="NAME", help="retrieval: which of qrels/NAME.tsv (test)")
    parser.add_argument("--model", default="", metavar="NAME_OR_PATH", help="answers: the model, or a GGUF file")
    parser.add_argument("--sample", type=positive, metavar="N", help="answers: ask only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="answers: another seed draws another sample")


def run(options: Namespace, terminal: Terminal) -> int:
    """Ask a set's questions and print how well they were answered."""
    MEASURED[options.what](options, terminal)
    return 0


def retrieval(options: Namespace, terminal: Terminal) -> None:
    """Index the set in a folder of its own, ask its questions and print the metrics."""
    from app.library.embedder import Embedder
    from app.library.evaluation import evaluate_retrieval, read_retrieval_set
    from app.library.reranker import Reranker
    from app.llm.catalogue import load_families
    from app.llm.embedders import embedder_choice
    from app.llm.shelf import Shelf, load_catalogue

    retrieval_set = read_retrieval_set(options.source, options.split)
    shelf = Shelf(DataPaths(options.data_dir).model_places, load_catalogue(resources_dir() / "models.toml"))
    choice = embedder_choice(shelf, load_families(resources_dir() / "models.toml"))
    embedder = Embedder(choice.path, choice.settings, choice.space)
    reranker = Reranker(shelf.find("", ModelRole.RERANK), usable_cores())
    with tempfile.TemporaryDirectory(prefix="margent-evaluate-") as folder, terminal.progress("Measuring") as advance:
        metrics = evaluate_retrieval(
            retrieval_set, Path(folder), embedder, reranker, lambda stage, done, total: advance(done, total, stage)
        )
    show_metrics(metrics_record(metrics), terminal)


def pages(options: Namespace, terminal: Terminal) -> None:
    """Look for the pages that hold the answers, and print the metrics.

    Raises: PathMissing, PathUnreadable, QuestionsInvalid, UsageWrong.
    """
    from app.library.page_evaluation import page_metrics, rank_needed, read_page_questions

    if options.questions is None:
        raise UsageWrong(detail="evaluate pages needs --questions FILE")
    if not options.source.is_dir():
        raise PathMissing(path=str(options.source))
    questions = read_page_questions(options.questions)

    async def ask(session: "Session", folder: bytes) -> "PageMetrics":
        ranks: list[int | None] = []
        with terminal.progress("Asking") as advance:
            for done, question in enumerate(questions, start=1):
                ranks.append(rank_needed(question, await found(session, question, folder)))
                advance(done, len(questions), "")
        return page_metrics(ranks)

    show_metrics(page_metrics_record(with_documents(options, options.source, terminal, ask)), terminal)


async def found(session: "Session", question: "PageQuestion", folder: bytes) -> tuple[Hit, ...]:
    """Return what a search in the folder finds for a question: passages of ten pages or more."""
    from app.library.evaluation import PASSAGES

    request = Search(question.text, PASSAGES, Filters(paths=(folder,)))
    return (await reply(session, request, Searched)).result.hits


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


def page_metrics_record(metrics: "PageMetrics") -> dict[str, Json]:
    """Return what `evaluate pages --json` prints."""
    return {
        "hit@1": round(metrics.hit_at_1, 4),
        "hit@5": round(metrics.hit_at_5, 4),
        "hit@10": round(metrics.hit_at_10, 4),
        "questions": metrics.questions,
    }


MEASURED: dict[str, Callable[[Namespace, Terminal], None]] = {
    "retrieval": retrieval,
    "pages": pages,
    "answers": answers,
}
