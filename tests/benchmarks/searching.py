"""How long a search takes, beside its two models alone."""

import os
import statistics
import time
from pathlib import Path

from app.core.messages import Search, Searched
from app.core.types import SearchResult
from app.engine.session import Session
from app.library.reranker import Reranker
from tests.benchmarks.figures import RERANKER, Figure, index, library, paragraphs, write_documents
from tests.models import english_embedder

DOCUMENTS = 60
QUESTIONS = 30
JUDGED = 12


async def measure(folder: Path) -> list[Figure]:
    """Ask questions made of the documents' own words."""
    write_documents(folder / "papers", DOCUMENTS)
    questions = [" ".join(text.split()[:12]) for text in paragraphs(QUESTIONS, seed=-1)]
    async with library(folder) as session:
        await index(session, folder / "papers")
        result = await search(session, questions[0])
        times: list[float] = []
        for question in questions:
            started = time.perf_counter()
            result = await search(session, question)
            times.append((time.perf_counter() - started) * 1000)
    models, threads = folder / "data" / "models", os.cpu_count() or 1
    embedder, reranker = english_embedder(models, threads), Reranker(models / RERANKER, threads)
    judged = [hit.text for hit in result.hits][:JUDGED]
    alone: list[float] = []
    for question in questions:
        started = time.perf_counter()
        embedder.embed_query(question)
        reranker.scores(question, judged)
        alone.append((time.perf_counter() - started) * 1000 * JUDGED / len(judged))
    return [
        Figure("search, median", statistics.median(times), statistics.median(alone), "ms"),
        Figure("search, 95th percentile", statistics.quantiles(times, n=20)[-1], statistics.median(alone), "ms"),
    ]


async def search(session: Session, question: str) -> SearchResult:
    """Return what a search finds."""
    found = [event async for event in session.request(Search(question)) if isinstance(event, Searched)]
    return found[-1].result
