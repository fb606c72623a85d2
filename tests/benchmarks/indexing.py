"""How fast folders are indexed, beside onnxruntime alone on the same texts, one in each of as many threads."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.config.cores import usable_cores
from app.library import texts
from app.library.catalog import Catalog
from tests.benchmarks.figures import Figure, index, library, write_documents
from tests.models import english_embedder

DOCUMENTS = 120


async def measure(folder: Path) -> list[Figure]:
    """Index, then embed the same texts again with nothing around it."""
    write_documents(folder / "papers", DOCUMENTS)
    async with library(folder) as session:
        started = time.perf_counter()
        report = await index(session, folder / "papers")
        seconds = time.perf_counter() - started
    passages = embedded_texts(folder / "data" / "catalog.sqlite")
    embedder = english_embedder(folder / "data" / "models")
    with ThreadPoolExecutor(usable_cores()) as threads:
        started = time.perf_counter()
        for _ in threads.map(embedder.embed, passages):
            pass
    alone_s = time.perf_counter() - started
    return [
        Figure(f"indexing {report.passages} passages", seconds, alone_s, "s"),
        Figure("passages a second", report.passages / seconds, report.passages / alone_s, "/s"),
    ]


def embedded_texts(path: Path) -> list[str]:
    """Return every text that the catalog has an embedding of."""
    catalog = Catalog.open(path)
    try:
        embedder = catalog.meta("embedder")
        placed = [row for batch in texts.placed_hashes(catalog.database, embedder, 1000) for row in batch]
        hashes = list(dict.fromkeys(row.text_hash for row in placed))
        return [text for _, text in texts.embedded_texts_of(catalog.database, hashes)]
    finally:
        catalog.close()
