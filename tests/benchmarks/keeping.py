"""How soon a dropped folder of 1,000 mixed documents is searchable, beside reading and embedding them alone."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.config.cores import usable_cores
from app.core.messages import AddFolder, Search, Searched
from app.engine.readers import Reader
from app.engine.session import Session
from tests.benchmarks.figures import Figure, index, library, make_place
from tests.benchmarks.indexing import embedded_texts
from tests.benchmarks.mixed_papers import MARK, write_mixed
from tests.models import english_embedder

FILES = int(os.environ.get("MARGENT_KEPT_FILES", "1000"))
BOUND = 1.3
FIRST_BOUND_S = 5.0
LOOK_S = 0.05


async def measure(folder: Path) -> list[Figure]:
    """Index them, ask an empty library for a first answer, then read and embed with nothing around it."""
    papers = folder / "papers"
    write_mixed(papers, FILES)
    async with library(folder) as session:
        began_s = time.perf_counter()
        report = await index(session, papers)
        whole_s = time.perf_counter() - began_s
        ready = session.status().ready
    texts = embedded_texts(folder / "data" / "catalog.sqlite")
    first_s = await _first_answer_s(folder, papers)
    read_s = await _reading_s(papers)
    alone_s = read_s + _embedding_s(folder / "data" / "models", texts)
    return [
        Figure(f"{FILES:,} documents, {report.passages:,} passages", whole_s, BOUND * alone_s, "s"),
        Figure("  (beside reading and embedding alone)", whole_s, alone_s, "s"),
        Figure("  (of which reading alone)", read_s, alone_s, "s"),
        Figure("  (documents that could be read)", ready, FILES, ""),
        Figure(f"first answer possible, {FILES:,} files dropped", first_s, FIRST_BOUND_S, "s"),
    ]


async def _first_answer_s(folder: Path, papers: Path) -> float:
    """Return how long after a drop on an empty library there is a passage to answer from."""
    other = folder / "other"
    make_place(other, folder / "data" / "models")
    async with library(other) as session:
        began_s = time.perf_counter()
        adding = asyncio.create_task(_added(session, papers))
        while not await _finds(session):
            await asyncio.sleep(LOOK_S)
        first_s = time.perf_counter() - began_s
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
    return first_s


async def _added(session: Session, papers: Path) -> None:
    async for _ in session.request(AddFolder(bytes(papers))):
        pass


async def _finds(session: Session) -> bool:
    found = False
    async for event in session.request(Search(MARK)):
        found = isinstance(event, Searched) and bool(event.result.hits)
    return found


async def _reading_s(papers: Path) -> float:
    """Return how long a reader's process takes for all of them."""
    reader = Reader()
    await reader.start()
    began_s = time.perf_counter()
    for path in sorted(path for path in papers.rglob("*") if path.is_file()):
        await reader.read(os.fsencode(path))
    read_s = time.perf_counter() - began_s
    reader.end()
    return read_s


def _embedding_s(models: Path, texts: list[str]) -> float:
    embedder = english_embedder(models)
    with ThreadPoolExecutor(usable_cores()) as threads:
        began_s = time.perf_counter()
        for _ in threads.map(embedder.embed, texts):
            pass
    return time.perf_counter() - began_s
