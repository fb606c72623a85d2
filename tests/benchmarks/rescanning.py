"""How long it takes to see that 10,000 files are what they were, beside walking and `stat`ing them."""

import os
import time
from pathlib import Path

from app.core.messages import Rescan
from tests.benchmarks.figures import Figure, index, library

FILES = 10_000
FOLDERS = 100
BOUND_MS = 1000.0


async def measure(folder: Path) -> list[Figure]:
    """Index many small files of one content, then look at them again."""
    papers = folder / "papers"
    for number in range(FILES):
        place = papers / f"box-{number % FOLDERS:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"slip-{number:05}.txt").write_text("The same short note in every box.\n")
    async with library(folder) as session:
        report = await index(session, papers)
        if report.indexed != FILES:
            raise RuntimeError(f"{report.indexed} of {FILES} files were indexed")
        started = time.perf_counter()
        async for _ in session.request(Rescan()):
            pass
        rescan_s = time.perf_counter() - started
    started = time.perf_counter()
    for place, _, names in os.walk(papers):
        for name in names:
            os.stat(os.path.join(place, name))
    walk_s = time.perf_counter() - started
    return [
        Figure(f"rescan of {FILES:,} unchanged files", rescan_s * 1000, BOUND_MS, "ms"),
        Figure("  (beside walking and stat alone)", rescan_s * 1000, walk_s * 1000, "ms"),
    ]
