"""Damages the vector store in every way that a disk does, and looks whether anything is wrong afterwards."""

import asyncio
import ctypes
import multiprocessing
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from chromadb.api.models.Collection import Collection

from app.core.child_messages import FileRead
from app.library import texts, vectors
from app.library.seal import break_seal, seal
from tests.faults.often import often
from tests.library.libraries import OpenLibrary, flaws, make_text, open_library

PASSAGES = 1100
"""From 1,000 on Chroma writes its graph to files."""

HANGS_AFTER_S = 60


def graph(store: Path, name: str) -> Path:
    return next(store.rglob(f"{name}.bin"))


def database(store: Path) -> Path:
    return next(store.rglob("chroma.sqlite3"))


def flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0x41
    path.write_bytes(content)


def cut(path: Path, at: float) -> None:
    os.truncate(path, int(path.stat().st_size * at))


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def forget_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM embeddings WHERE id % 3 = 0")


def older(store: Path) -> None:
    """Put an empty collection in the store's place, as a backup of long ago would."""
    with closing(sqlite3.connect(database(store))) as connection, connection:
        connection.execute("UPDATE collections SET id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "vectors zeroed": lambda store: zero(graph(store, "data_level0")),
    "vectors cut in half": lambda store: cut(graph(store, "data_level0"), 0.5),
    "one byte of one vector flipped": lambda store: flip(graph(store, "data_level0"), 0.37),
    "vectors deleted": lambda store: graph(store, "data_level0").unlink(),
    "header broken": lambda store: flip(graph(store, "header"), 0.1),
    "header empty": lambda store: cut(graph(store, "header"), 0.0),
    "links zeroed": lambda store: zero(graph(store, "link_lists")),
    "graph's folder deleted": lambda store: shutil.rmtree(graph(store, "header").parent),
    "database's header broken": lambda store: flip(database(store), 0.0),
    "database cut in half": lambda store: cut(database(store), 0.5),
    "database's rows lost": lambda store: forget_rows(database(store)),
    "database of another store": older,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library, its data in `data`."""
    place = tmp_path_factory.mktemp("sound")
    (place / "papers").mkdir()
    (place / "papers" / "long.txt").touch()
    pages = [f"Witness {n * 7} saw barrel {n * 13} in the year {n + 900}." for n in range(PASSAGES)]

    async def read(path: bytes, _at: object = None) -> FileRead:
        return FileRead(make_text(*pages))

    async def filled() -> None:
        async with open_library(place / "data", read=read) as library:
            await library.add(place / "papers")
            assert library.vectors.count() == PASSAGES

    asyncio.run(filled())
    return place


async def assert_right(library: OpenLibrary) -> None:
    """Assert that every passage is found by its own vector, and that none was embedded for that."""
    await library.settle()
    assert library.embedder.embedded == []
    assert not library.vectors.is_damaged
    assert flaws(library.catalog, library.vectors, "words") == []
    database = library.catalog.database
    hashes = [row[0] for row in database.read("SELECT text_hash FROM passages WHERE id % 7 = 0")]
    for hashed, vector in texts.saved_embeddings(database, "words", hashes):
        found, score = library.vectors.query(vector, 1)[0]
        assert (found, score > 0.999) == (hashed, True)


def generation_of(data: Path) -> str:
    return next(folder.name for folder in (data / "chroma").glob("*/*") if folder.is_dir())


def mend(data: Path) -> None:
    """Open a library and assert that it is right; in a process of its own, which Chroma may hang or crash."""

    async def mended() -> None:
        async with open_library(data) as library:
            await assert_right(library)

    asyncio.run(mended())


def opened_after(sound: Path, data: Path, damage: Callable[[Path], object]) -> bool:
    """Damage a copy of the library, have it opened and mended, and tell whether its vectors were built anew.

    Chroma itself may hang on what it finds: then it is opened once more, as a person would.
    """
    shutil.copytree(sound / "data", data)
    damage(data / "chroma")
    ended = _apart(mend, data)
    assert (_apart(mend, data) if ended is None else ended) == 0
    return generation_of(data) != generation_of(sound / "data")


def _apart(work: Callable[[Path], None], data: Path) -> int | None:
    """Do this in a process of its own and return its exit status, None for one that had to be killed."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(data,))
    process.start()
    process.join(HANGS_AFTER_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def test_a_sound_store_is_kept(sound: Path, tmp_path: Path) -> None:
    assert not opened_after(sound, tmp_path / "data", os.listdir)  # which damages nothing


@pytest.mark.fault("twelve mutations of Chroma's folder")
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_store_is_noticed_at_start_and_built_anew(sound: Path, tmp_path: Path, name: str) -> None:
    assert opened_after(sound, tmp_path / "data", DAMAGES[name])


def test_passages_that_are_put_back_are_told_as_progress(sound: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(sound / "data", data)
    zero(graph(data / "chroma", "data_level0"))

    async def told() -> list[int]:
        async with open_library(data) as library:
            left: list[int] = []

            def is_over() -> bool:
                left.append(library.indexer.progress.unembedded)
                return left[-1] == 0 and max(left) > 0

            await library.until(is_over)
            return left

    assert len({some for some in asyncio.run(told()) if 0 < some < PASSAGES}) > 10


def hang(data: Path) -> None:
    """Open a library whose store never answers, nor lets any other thread run."""

    def never(*_: object, **__: object) -> None:
        ctypes.PyDLL(None).sleep(HANGS_AFTER_S)

    vectors.HANGS_AFTER_S = 1
    with patch.object(Collection, "get", never):
        mend(data)


def test_a_store_that_hangs_ends_the_process_and_is_built_anew(sound: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(sound / "data", data)
    assert _apart(hang, data) == 1
    assert _apart(mend, data) == 0
    assert generation_of(data) != generation_of(sound / "data")


@pytest.mark.fault("Chroma's folder flipped or truncated at random places")
@pytest.mark.parametrize("seed", range(often(2, cost=4)))
def test_random_damage_is_noticed_at_start(sound: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)

    def damage(store: Path) -> None:
        file = dice.choice(sorted(path for path in store.rglob("*") if path.is_file() and path.stat().st_size))
        dice.choice((flip, cut))(file, dice.random())

    assert opened_after(sound, tmp_path / "data", damage)


def test_a_seal_tells_what_changed(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "a").write_text("a")
    assert break_seal(folder)
    seal(folder)
    assert break_seal(folder)
    seal(folder)
    (folder / "a").rename(folder / "b")
    assert not break_seal(folder)
    assert break_seal(folder)
