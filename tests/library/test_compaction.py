"""Rewrites most files of a folder and looks how much room the catalog takes, and that nothing was lost over it."""

import asyncio
from pathlib import Path

from app.library.compaction import compact_steps
from tests.library.libraries import OpenLibrary, flaws, open_library
from tests.library.test_kills import content_of

FILES = 150


def write(papers: Path, version: int, every: int = 1) -> None:
    for n in range(0, FILES, every):
        words = " ".join(f"note{n}v{version}w{w}" for w in range(120))
        (papers / f"{n}.txt").write_text(f"Harbour {n}.\n\n{words}")


async def churned(library: OpenLibrary, papers: Path) -> None:
    write(papers, 0)
    await library.add(papers)
    for version in range(1, 5):
        write(papers, version, every=2)
        await library.look_again()


def pages(library: OpenLibrary) -> int:
    assert library.catalog.database.empty_log()
    return library.catalog.database.value("PRAGMA page_count")


def assert_whole(library: OpenLibrary, expected: list[tuple[object, ...]]) -> None:
    assert flaws(library.catalog, library.vectors, "words") == []
    assert content_of(library) == expected
    assert len(library.paths_with("harbour")) == FILES
    assert library.paths_with("note8v4w7") == {"8.txt"}
    assert library.catalog.database.value("PRAGMA integrity_check") == "ok"


def test_what_was_rewritten_gives_its_room_back(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await churned(library, papers)
            before, content = pages(library), content_of(library)
            for _ in library.catalog.database.in_slices(compact_steps(library.catalog.database, least=0)):
                pass
            after = pages(library)
            assert_whole(library, content)
        async with open_library(tmp_path / "fresh") as fresh:
            await fresh.add(papers)
            assert before > 1.3 * pages(fresh)
            assert after <= 1.2 * pages(fresh)
        async with open_library(tmp_path / "data") as library:
            assert library.catalog.damaged is None
            await library.settle()
            assert_whole(library, content)
            database = library.catalog.database
            changes = database.changes()
            for _ in database.in_slices(compact_steps(database, least=0)):
                pass
            assert database.changes() == changes  # nothing is worth it any more

    asyncio.run(scenario())


def test_compacting_may_end_anywhere(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await churned(library, papers)
            content = content_of(library)
        steps = 0
        while True:
            async with open_library(tmp_path / "data") as library:
                assert library.catalog.damaged is None
                await library.settle()
                assert_whole(library, content)
                compacting = compact_steps(library.catalog.database, least=0)
                done = 0
                with library.catalog.database.transaction():
                    for _ in compacting:
                        done += 1
                        if done > steps:
                            break
            if done <= steps:
                return
            steps += 3

    asyncio.run(scenario())
