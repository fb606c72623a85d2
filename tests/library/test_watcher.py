"""Tests of watching: real changes on disk, seen in the library in time."""

import asyncio
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.core.types import DocumentState, Reason
from app.library import watcher
from app.library.ignoring import Ignoring
from app.library.watcher import Watcher, hinted
from tests.library.libraries import OpenLibrary, flaws, open_library

REFLECTED_S = 2.0
"""The promise: so long after a change has settled it is in the library (with an embedder that takes no time)."""


NOTICED_S = 15.0
"""Long before everything is looked at anyway, however busy the machine is."""

EVENTS = 10_000
READY = (DocumentState.READY, Reason.NONE)


def papers_in(folder: Path) -> Path:
    papers = folder / "papers"
    (papers / "sub").mkdir(parents=True)
    (papers / "a.txt").write_text("Alpha.")
    (papers / "sub" / "b.txt").write_text("Beta.")
    return papers


async def watched(library: OpenLibrary, papers: Path) -> None:
    """Have a folder indexed and watched."""
    await library.add(papers)
    await library.look_again()


def test_added_changed_renamed_and_deleted_files_are_reflected_in_time(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)

            (papers / "sub" / "c.txt").write_text("Gamma.")
            await library.until(lambda: library.paths_with("gamma") == {"c.txt"}, REFLECTED_S)

            (papers / "a.txt").write_text("Delta.")
            await library.until(lambda: library.paths_with("delta") == {"a.txt"}, REFLECTED_S)
            assert library.paths_with("alpha") == set()

            (papers / "sub").rename(papers / "renamed")
            (papers / "renamed" / "b.txt").rename(papers / "renamed" / "bb.txt")
            await library.until(lambda: library.paths_with("beta") == {"bb.txt"}, REFLECTED_S)
            assert library.embedder.embedded.count("Beta.") == 1

            (papers / "renamed" / "c.txt").unlink()
            await library.until(lambda: library.paths_with("gamma") == set(), REFLECTED_S)

            await library.settle()
            assert library.states() == {
                "a.txt": (DocumentState.READY, Reason.NONE),
                "bb.txt": (DocumentState.READY, Reason.NONE),
            }
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is Unicode")
def test_a_name_that_is_not_utf8_does_not_end_the_watching(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    illegible = os.fsencode(papers) + b"/caf\xe9.txt"
    Path(os.fsdecode(illegible)).write_text("Coffee.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            for n, word in enumerate(("gamma", "delta")):
                Path(os.fsdecode(illegible)).write_text(f"Coffee, cup {n}.")
                (papers / "c.txt").write_text(word)
                await library.until(lambda word=word: library.paths_with(word) == {"c.txt"}, REFLECTED_S)

    asyncio.run(scenario())


def test_what_editors_and_browsers_do_to_save_a_file_is_seen(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)

            (papers / "a.txt.tmp").write_text("Gamma.")
            (papers / "a.txt.tmp").replace(papers / "a.txt")
            await library.until(lambda: library.paths_with("gamma") == {"a.txt"}, NOTICED_S)
            assert library.paths_with("alpha") == set()

            (papers / "sub" / "b.txt").rename(papers / "sub" / "b.txt~")
            (papers / "sub" / "b.txt").write_text("Delta.")
            await library.until(lambda: library.paths_with("delta") == {"b.txt"}, NOTICED_S)
            await library.until(lambda: library.states().get("b.txt~", READY)[0] is DocumentState.IGNORED, NOTICED_S)

            (papers / "c.txt.part").write_text("Epsi")
            await library.until(lambda: "c.txt.part" in library.states(), NOTICED_S)
            with (papers / "c.txt.part").open("a") as file:
                file.write("lon.")
            (papers / "c.txt.part").rename(papers / "c.txt")
            await library.until(lambda: library.paths_with("epsilon") == {"c.txt"}, NOTICED_S)
            await library.until(lambda: "c.txt.part" not in library.states(), NOTICED_S)
            assert "Epsi" not in library.embedder.embedded

    asyncio.run(scenario())


def test_a_name_whose_case_alone_changes_is_a_rename(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            (papers / "a.txt").rename(papers / "A.TXT")
            await library.until(lambda: library.paths_with("alpha") == {"A.TXT"}, NOTICED_S)
            await library.settle()
            assert library.embedder.embedded.count("Alpha.") == 1

    asyncio.run(scenario())


def test_a_burst_of_events_loses_none(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            for n in range(EVENTS // 4):  # each is made, written, closed and renamed
                (papers / f"{n}.new").write_text("No document.")
                (papers / f"{n}.new").rename(papers / f"{n}.dat")
            (papers / "last.txt").write_text("Omega.")
            await library.until(lambda: library.paths_with("omega") == {"last.txt"}, NOTICED_S)
            await library.until(lambda: library.catalog.status().ignored == EVENTS // 4, NOTICED_S)
            assert not any(name.endswith(".new") for name in library.states())

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is Unicode")
def test_a_folder_whose_name_is_not_utf8_does_not_blind_the_library(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    illegible = os.fsencode(papers) + b"/caf\xe9"
    os.mkdir(illegible)
    Path(os.fsdecode(illegible), "d.txt").write_text("Coffee.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            for n, word in enumerate(("gamma", "delta", "epsilon")):
                (papers / "sub" / f"{n}.txt").write_text(word)
                await library.until(lambda n=n, word=word: library.paths_with(word) == {f"{n}.txt"}, NOTICED_S)

    asyncio.run(scenario())


def test_a_new_folder_full_of_files_is_reflected(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for n in range(50):
        (elsewhere / f"{n}.txt").write_text(f"Moved in, number {n}.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            elsewhere.rename(papers / "moved in")
            await library.until(lambda: library.catalog.status().ready == 52)

    asyncio.run(scenario())


def test_a_watched_folder_that_is_made_anew_is_watched_again(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            papers.rename(tmp_path / "unplugged")
            absent = (DocumentState.ABSENT, Reason.FOLDER_MISSING)
            await library.until(lambda: set(library.states().values()) == {absent})
            (tmp_path / "unplugged").rename(papers)
            await library.look_again()
            assert library.paths_with("alpha") == {"a.txt"}

    asyncio.run(scenario())


def test_a_periodic_look_finds_a_folder_that_came_back(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "later")
    hints: list[tuple[bytes, ...] | None] = []
    seen = asyncio.Event()

    def on_hint(scopes: tuple[bytes, ...] | None) -> None:
        hints.append(scopes)
        seen.set()

    async def look(scopes: Sequence[bytes] | None) -> None:
        pytest.fail(f"notices tell of {scopes}")

    async def scenario() -> None:
        watcher = Watcher(lambda: {folder: Ignoring(folder)}, on_hint, look, period_s=0.05)
        running = asyncio.create_task(watcher.run())
        async with asyncio.timeout(10):
            await seen.wait()
            (tmp_path / "later").mkdir()
            while (os.path.join(folder, b"a.txt"),) not in hints:
                seen.clear()
                (tmp_path / "later" / "a.txt").write_text("Alpha.")
                await seen.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())


def test_where_the_system_gives_no_notices_folders_are_looked_at_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = papers_in(tmp_path)

    def no_watches(*_paths: str, **_options: object) -> object:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(watcher, "awatch", no_watches)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await watched(library, papers)
            (papers / "c.txt").write_text("Gamma.")
            await library.until(lambda: library.paths_with("gamma") == {"c.txt"}, NOTICED_S)
            (papers / "a.txt").unlink()
            await library.until(lambda: library.paths_with("alpha") == set(), NOTICED_S)

    asyncio.run(scenario())


def test_a_hint_names_few_paths_exactly_and_many_by_their_folder() -> None:
    one = {b"/a": Ignoring(b"/a")}
    both = one | {b"/b": Ignoring(b"/b")}
    assert hinted(one, ["/a/x.txt", "/a/.git/index", "/b/y.txt"]) == (b"/a/x.txt",)
    assert hinted(both, [f"/a/{n}" for n in range(1000)]) == (b"/a",)
    assert hinted(one, ["/a/sub/caf\N{REPLACEMENT CHARACTER}.txt"]) == (b"/a/sub",)
    assert hinted(one, ["/a/sub/.margentignore"]) == (b"/a/sub",)
