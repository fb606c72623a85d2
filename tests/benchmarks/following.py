"""How soon a change is noticed in a tree of 5,000 folders, and whether a burst of 10,000 events leaves one out."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.messages import FINAL_EVENTS, AddFolder, DocumentsChanged
from app.core.types import DocumentState
from app.engine.service import Engine
from tests.benchmarks.figures import Figure

FOLDERS = 5_000
CHANGES = 8
BURST_FILES = 2_500
EVENTS_A_FILE = 4
NOTICED_BOUND_S, BURST_BOUND_S = 2.0, 30.0
LIMIT_S = 180.0


class Following:
    """An engine as the window has it, and what it told of documents: which are listed and READY, and since when."""

    def __init__(self, data: Path) -> None:
        self.listed: dict[bytes, float] = {}
        self.ready: dict[bytes, float] = {}
        self.told = asyncio.Event()
        self.added = asyncio.Event()
        self._paths: dict[int, bytes] = {}
        paths = DataPaths(data)
        paths.create()
        self.engine = Engine(paths, Settings(), self._take)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until what was told makes something so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so():
                self.told.clear()
                await self.told.wait()

    def _take(self, _request: int, event: object) -> None:
        match event:
            case DocumentsChanged(changed, removed):
                for row in changed:
                    self._paths[row.id] = row.path
                    self.listed.setdefault(row.path, time.perf_counter())
                    if row.state is DocumentState.READY:
                        self.ready.setdefault(row.path, time.perf_counter())
                for document_id in removed:
                    path = self._paths.pop(document_id, b"")
                    self.listed.pop(path, None)
                    self.ready.pop(path, None)
                self.told.set()
            case _ if isinstance(event, FINAL_EVENTS):
                self.added.set()
            case _:
                pass


async def measure(folder: Path) -> list[Figure]:
    """Change single files deep in a large tree, then very many at once."""
    papers = folder / "papers"
    places = list(_tree(papers))
    async with _following(folder / "data", papers) as following:
        noticed_s, ready_s = await _changes(following, places)
        missed, right_s = await _burst(following, papers / "burst")
    events = BURST_FILES * EVENTS_A_FILE
    return [
        Figure(f"change noticed in {FOLDERS:,} folders, the longest", max(noticed_s), NOTICED_BOUND_S, "s"),
        Figure("  (saved file to found by its words)", max(ready_s), NOTICED_BOUND_S, "s"),
        Figure(f"files missed of a burst of {events:,} events", missed, BURST_FILES, ""),
        Figure("  (last event to all listed)", right_s, BURST_BOUND_S, "s"),
    ]


def _tree(papers: Path) -> Iterator[Path]:
    """Make the folders, ten in each to a depth of four, a file in each hundredth."""
    for number in range(FOLDERS):
        place = papers / f"a{number % 10}" / f"b{number // 10 % 10}" / f"c{number // 100 % 10}" / f"d{number}"
        place.mkdir(parents=True)
        if number % 100 == 0:
            (place / "first.txt").write_text(f"Folder {number} had this from the beginning.")
        yield place


@asynccontextmanager
async def _following(data: Path, papers: Path) -> AsyncGenerator[Following]:
    following = Following(data)
    await following.engine.start(watch=True)
    try:
        following.engine.handle(1, AddFolder(os.fsencode(papers)))
        await following.added.wait()
        await following.until(lambda: len(following.ready) == FOLDERS // 100)
        await asyncio.sleep(1.0)  # the watches of so many folders are set
        yield following
    finally:
        await following.engine.close()


async def _changes(following: Following, places: list[Path]) -> tuple[list[float], list[float]]:
    """Return how long each single change took to be listed, and to be READY."""
    noticed_s: list[float] = []
    ready_s: list[float] = []
    for number in range(CHANGES):
        path = places[number * len(places) // CHANGES + 7] / "new.txt"
        name = os.fsencode(path)
        path.write_text(f"Change {number} came late.")
        began_s = time.perf_counter()
        await following.until(lambda name=name: name in following.ready)
        noticed_s.append(following.listed[name] - began_s)
        ready_s.append(following.ready[name] - began_s)
    return noticed_s, ready_s


async def _burst(following: Following, place: Path) -> tuple[int, float]:
    """Create, rewrite and rename files and delete every second; return how many are wrongly known, and for how long."""

    def disturb() -> set[bytes]:
        place.mkdir()
        kept: set[bytes] = set()
        for number in range(BURST_FILES):
            first, last = place / f"{number} draft.txt", place / f"{number}.txt"
            first.write_text("A draft of a note.")
            first.write_text("The same short note.")
            first.rename(last)
            if number % 2:
                last.unlink()
            else:
                last.touch()
                kept.add(os.fsencode(last))
        return kept

    below = os.fsencode(place) + b"/"
    kept = await asyncio.to_thread(disturb)
    began_s = time.perf_counter()

    def known() -> set[bytes]:
        return {path for path in following.listed if path.startswith(below)}

    try:
        async with asyncio.timeout(BURST_BOUND_S):
            await following.until(lambda: known() == kept)
    except TimeoutError:
        pass
    return len(known() ^ kept), time.perf_counter() - began_s
