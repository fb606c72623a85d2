"""Margent beside Recoll (Debian's recollcmd) on the same folder: indexing, noticing a change, what is not read.

Run only when named. Recoll indexes words alone: Margent's time is given until all is found by its words, and
until all has its vectors. It reads PDF, DOC, RTF and OpenDocument with programs that its package only suggests:
poppler-utils, antiword, unrtf, python3-lxml.
"""

import asyncio
import os
import shutil
import subprocess
import time
from pathlib import Path

from app.core.messages import AddFolder, StatusChanged
from app.core.terms import match_query
from app.library.catalog import Catalog
from tests.benchmarks.figures import Figure, library
from tests.benchmarks.following import LIMIT_S, Following
from tests.benchmarks.mixed_papers import MARK, write_mixed

FILES = 1_000
CHANGES = 3
LOOK_S = 0.05


async def measure(folder: Path) -> list[Figure]:
    """Have both index the folder, follow it, and say which of the papers they read."""
    if shutil.which("recollindex") is None:
        raise RuntimeError("Debian's package recollcmd is absent")
    papers = folder / "papers"
    written = {str(path) for path in write_mixed(papers, FILES)}
    words_s, whole_s = await _our_indexing(folder, papers)
    ours_unread = written - _ours_read(folder / "data" / "catalog.sqlite")
    recoll = Recoll(folder / "recoll", papers)
    theirs_s = recoll.index()
    theirs_unread = written - recoll.with_word(MARK)
    our_notice_s = await _our_notice_s(folder, papers)
    their_notice_s = await recoll.notice_s()
    return [
        Figure(f"{FILES:,} documents found by words, beside Recoll", words_s, theirs_s, "s"),
        Figure("  (with vectors, which Recoll has not)", whole_s, theirs_s, "s"),
        Figure("change found by its words, beside Recoll", our_notice_s, their_notice_s, "s"),
        Figure(f"not read, of {len(written):,}, beside all", len(ours_unread), len(written), ""),
        Figure("  (Recoll)", len(theirs_unread), len(written), ""),
    ]


class Recoll:
    """Recoll with a configuration of its own."""

    def __init__(self, place: Path, papers: Path) -> None:
        place.mkdir()
        (place / "recoll.conf").write_text(f"topdirs = {papers}\nmonauxinterval = 1\nmonixinterval = 1\n")
        self._place, self._papers = place, papers
        self._environment = dict(os.environ, RECOLL_CONFDIR=str(place), LANG="C.UTF-8")

    def index(self) -> float:
        """Index everything and return the seconds."""
        began_s = time.perf_counter()
        subprocess.run(["recollindex"], env=self._environment, check=True, capture_output=True)
        return time.perf_counter() - began_s

    def with_word(self, word: str) -> set[str]:
        """Return the paths of the files with a word."""
        command = ["recollq", "-b", "-n", "0-100000", word]
        said = subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout
        return {line.removeprefix("file://") for line in said.splitlines() if line.startswith("file://")}

    async def notice_s(self) -> float:
        """Return the longest time from a saved file until a search finds it, its daemon running."""
        command = ["recollindex", "-m", "-x", "-D", "-w", "0"]
        with subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as daemon:
            try:
                await self._noticed_s(CHANGES)  # now its watches are set
                return max([await self._noticed_s(number) for number in range(CHANGES)])
            finally:
                daemon.terminate()

    async def _noticed_s(self, number: int) -> float:
        path = self._papers / f"late for recoll {number}.txt"
        path.write_text(f"latecomer{number} came at last.")
        began_s = time.perf_counter()
        async with asyncio.timeout(LIMIT_S):
            while str(path) not in self.with_word(f"latecomer{number}"):
                await asyncio.sleep(LOOK_S)
        return time.perf_counter() - began_s


async def _our_indexing(folder: Path, papers: Path) -> tuple[float, float]:
    """Return the seconds until all is found by its words, and until all has vectors."""
    words_s = 0.0

    def look(told: StatusChanged) -> None:
        nonlocal words_s
        if told.status.queued == 0 and not words_s:
            words_s = time.perf_counter() - began_s

    async with library(folder) as session:
        began_s = time.perf_counter()
        async for _ in session.request(AddFolder(bytes(papers))):
            pass
        await session.settle(look)
        whole_s = time.perf_counter() - began_s
    return words_s or whole_s, whole_s


def _ours_read(catalog_path: Path) -> set[str]:
    catalog = Catalog.open(catalog_path)
    try:
        found = [passage for passage, _ in catalog.bm25(match_query(MARK), 10 * FILES)]
        return {os.fsdecode(hit.path) for hit in catalog.hits(found).values()}
    finally:
        catalog.close()


async def _our_notice_s(folder: Path, papers: Path) -> float:
    following = Following(folder / "data")
    await following.engine.start(watch=True)
    try:
        waits_s: list[float] = []
        for number in reversed(range(CHANGES + 1)):  # the first tells that it is up
            path = papers / f"late for margent {number}.txt"
            path.write_text(f"latecomer{number} came at last.")
            began_s = time.perf_counter()
            await following.until(lambda path=path: os.fsencode(path) in following.ready)
            waits_s.append(time.perf_counter() - began_s)
        return max(waits_s[1:])
    finally:
        await following.engine.close()
