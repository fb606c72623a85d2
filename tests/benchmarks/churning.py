"""How large the library is after a fifth of 2,000 files was rewritten ten times, beside one of the last state."""

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

from app.core.messages import Rescan
from app.engine.session import Session
from tests.benchmarks.figures import Figure, index, library, make_place, paragraphs

FILES = 2_000
SHARE = 0.2
TIMES = 10
BOUND = 1.3
WORDS = 45


async def measure(folder: Path) -> list[Figure]:
    """Churn, and compare what lies on the disk once both libraries are closed."""
    papers, chance = folder / "papers", random.Random(9)
    papers.mkdir()
    notes = _notes()
    for number in range(FILES):
        (papers / f"{number:04}.txt").write_text(next(notes))
    async with library(folder) as session:
        await index(session, papers)
        began_s = time.perf_counter()
        for _ in range(TIMES):
            for number in chance.sample(range(FILES), int(FILES * SHARE)):
                (papers / f"{number:04}.txt").write_text(next(notes))
            await _look_again(session)
        churned_s = time.perf_counter() - began_s
    fresh = folder / "fresh"
    make_place(fresh, folder / "data" / "models")
    async with library(fresh) as session:
        await index(session, papers)
    ours, bound = (sizes(place / "data") for place in (folder, fresh))
    rewritten = int(FILES * SHARE) * TIMES
    return [
        Figure(
            f"store after {rewritten:,} of {FILES:,} were rewritten", sum(ours) / 1e6, BOUND * sum(bound) / 1e6, "MB"
        ),
        Figure("  (catalog, beside a fresh one)", ours[0] / 1e6, bound[0] / 1e6, "MB"),
        Figure("  (vectors, beside fresh ones)", ours[1] / 1e6, bound[1] / 1e6, "MB"),
        Figure("  (a rewritten file)", churned_s / rewritten * 1000, 1000.0, "ms"),
    ]


def sizes(data: Path) -> tuple[int, int]:
    """Return how many bytes the catalog's files and those of the vectors have."""
    catalog = sum(path.stat().st_size for path in data.glob("catalog.sqlite*"))
    return catalog, sum(path.stat().st_size for path in (data / "chroma").rglob("*") if path.is_file())


async def _look_again(session: Session) -> None:
    async for _ in session.request(Rescan()):
        pass
    await session.settle(lambda _: None)


def _notes() -> Iterator[str]:
    """Yield short notes, each once."""
    for at in itertools.count():
        for text in paragraphs(FILES, seed=at):
            yield " ".join(text.split()[:WORDS])
