"""Faults of the computer under a library: damaged pages, a wrong clock, rights that were withdrawn, a full disk."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.core.errors import DiskFull
from app.core.types import DocumentState, Reason
from app.library.database import Database
from tests.faults.often import often
from tests.library.libraries import OpenLibrary, flaws, mounted, open_library
from tests.library.test_kills import content_of

READY = (DocumentState.READY, Reason.NONE)
HIDDEN = (DocumentState.ABSENT, Reason.UNREADABLE)
NOBODY = 65534


def assert_sound(library: OpenLibrary) -> None:
    assert flaws(library.catalog, library.vectors, library.embedder.name) == []


def many_papers(folder: Path, count: int) -> Path:
    papers = folder / "papers"
    (papers / "sub").mkdir(parents=True)
    for n in range(count):
        (papers / f"{n}.txt").write_text("\n\n".join(f"Witness {n * m} saw ship {m * 7}. " * 12 for m in range(1, 9)))
    return papers


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library in `data` of the folder `papers`."""
    place = tmp_path_factory.mktemp("indexed")

    papers = many_papers(place, 25)

    async def filled(pattern: str) -> None:
        async with open_library(place / "data") as library:
            await library.add(papers)
            for path in papers.glob(pattern):
                path.write_text(path.read_text() + "\n\nAs amended.")
            await library.look_again()
            shutil.copytree(place / "data", place / "killed")  # as a kill leaves it, with its log

    asyncio.run(filled("1*.txt"))
    shutil.rmtree(place / "killed")
    asyncio.run(filled("2*.txt"))
    return place


@pytest.mark.fault("a page of the catalog turned to noise, without page sums")
@pytest.mark.parametrize("seed", range(often(4)))
def test_a_page_of_the_catalog_that_turned_to_noise_is_noticed(indexed: Path, tmp_path: Path, seed: int) -> None:
    shutil.copytree(indexed / "data", tmp_path / "data")
    catalog = tmp_path / "data" / "catalog.sqlite"
    (tmp_path / "data" / "catalog.sqlite.sums").unlink()  # as of a version before them: SQLite's own checks have to do
    dice = random.Random(seed)
    with catalog.open("r+b") as file:
        file.seek(dice.randrange(catalog.stat().st_size // 4096) * 4096)
        file.write(dice.randbytes(4096))

    async def scenario() -> None:
        async with open_library(indexed / "data") as whole:
            expected = content_of(whole)
        for _ in range(3):  # the first may end at what the second, being warned, sets aside
            try:
                async with open_library(tmp_path / "data") as library:
                    await library.look_again()
                    assert_sound(library)
                    assert content_of(library) == expected
                    return
            except sqlite3.DatabaseError:
                continue
        raise AssertionError("it was never mended")

    asyncio.run(scenario())


@pytest.mark.fault("a bit of the catalog or its log flipped, after a clean end and a kill")
@pytest.mark.parametrize("name", ["catalog.sqlite", "catalog.sqlite-wal"])
@pytest.mark.parametrize("end", ["data", "killed"])
@pytest.mark.parametrize("seed", range(often(4, cost=4)))
def test_a_bit_of_the_catalog_that_flipped_is_noticed(
    indexed: Path, tmp_path: Path, end: str, name: str, seed: int
) -> None:
    shutil.copytree(indexed / end, tmp_path / "data")
    damaged = tmp_path / "data" / name
    if not damaged.exists():
        assert (end, name) == ("data", "catalog.sqlite-wal")  # which a clean end removes
        return
    dice = random.Random(seed)
    content = bytearray(damaged.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    damaged.write_bytes(content)

    async def scenario() -> None:
        async with open_library(indexed / "data") as whole:
            expected = content_of(whole)
        async with open_library(tmp_path / "data") as library:
            assert library.catalog.damaged is not None or end == "killed"  # a log may have the page anew
            await library.look_again()
            assert_sound(library)
            assert content_of(library) == expected

    asyncio.run(scenario())


def test_a_log_that_a_full_disk_tore_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    whole, killed = tmp_path / "some.sqlite", tmp_path / "killed" / "some.sqlite"
    database = Database(whole, summed=True)
    database.script("CREATE TABLE notes (text TEXT)")
    assert database.empty_log()
    with database.transaction():
        database.run_many("INSERT INTO notes VALUES (?)", [(f"note {n} " * 300,) for n in range(50)])
    for path in tmp_path.glob("some.sqlite*"):
        shutil.copy(path, killed.parent)
    database.close()
    with killed.with_name("some.sqlite-wal").open("r+b") as log:
        header = log.read(32)
        log.seek(0, os.SEEK_END)
        log.write((1).to_bytes(4) + bytes(4) + header[16:24] + bytes(8) + b"\xa5" * 4096)
    after = Database(killed, summed=True)
    assert after.value("SELECT count(*) FROM notes") == 50
    after.close()


@pytest.mark.fault("the list of documents turned to noise")
def test_a_list_of_documents_that_cannot_be_read_keeps_nobody_waiting(indexed: Path, tmp_path: Path) -> None:
    shutil.copytree(indexed / "data", tmp_path / "data")
    catalog = tmp_path / "data" / "catalog.sqlite"
    with closing(sqlite3.connect(catalog)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
    (tmp_path / "data" / "catalog.sqlite.sums").unlink()
    with catalog.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)

    async def scenario() -> None:
        async with asyncio.timeout(60):
            with pytest.raises(sqlite3.DatabaseError):
                async with open_library(tmp_path / "data") as library:
                    await library.look_again()
        async with open_library(tmp_path / "data") as library:
            assert library.catalog.damaged is not None
            await library.look_again()
            assert_sound(library)

    asyncio.run(scenario())


@pytest.mark.fault("the clock set back")
def test_a_clock_that_was_set_back_hides_no_change(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    ahead_ns = time.time_ns() + 400 * 86_400 * 10**9
    for n in range(3):
        (papers / f"{n}.txt").write_text("Alpha.")
        os.utime(papers / f"{n}.txt", ns=(ahead_ns, ahead_ns))

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            (papers / "0.txt").write_text("Gamma.")
            os.utime(papers / "1.txt", ns=(0, 0))
            (papers / "2.txt").write_text("Delta.")
            os.utime(papers / "2.txt", ns=(-(10**9), -(10**9)))
            await library.look_again()
            assert library.paths_with("alpha") == {"1.txt"}
            assert library.paths_with("gamma") == {"0.txt"}
            assert library.paths_with("delta") == {"2.txt"}
            assert_sound(library)

    asyncio.run(scenario())


@contextmanager
def as_nobody(*owned: Path) -> Generator[None, None, None]:
    """Give up the administrator's rights, which know no bounds, keeping the right to some folders."""
    if os.geteuid() != 0:
        yield
        return
    for folder in owned:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.fault("rights withdrawn and given back")
def test_withdrawn_rights_hide_documents_and_given_back_bring_them_back(tmp_path: Path) -> None:
    papers = many_papers(tmp_path, 1)
    (papers / "sub" / "a.txt").write_text("Alpha.")
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == os.getuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            embedded = len(library.embedder.embedded)
            with as_nobody(papers, tmp_path / "data"):
                (papers / "sub").chmod(0)
                (papers / "new.txt").write_text("Beta.")
                (papers / "new.txt").chmod(0)
                await library.look_again()
                assert library.states()["a.txt"] == HIDDEN
                assert library.states()["new.txt"] == (DocumentState.FAILED, Reason.UNREADABLE)
                assert library.paths_with("alpha") == set()
                (papers / "sub").chmod(0o755)
                (papers / "new.txt").chmod(0o644)
                await library.look_again()
            assert library.states() == {"0.txt": READY, "a.txt": READY, "new.txt": READY}
            assert len(library.embedder.embedded) == embedded + 1
            assert_sound(library)

    asyncio.run(scenario())


@pytest.mark.fault("a disk that fills while indexing (tmpfs)")
def test_a_disk_that_fills_while_indexing_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    papers = many_papers(tmp_path, 300)

    async def filled() -> set[str]:
        async with open_library(disk / "data") as library:
            with pytest.raises(DiskFull):
                await library.add(papers)
            return {name for name, state in library.states().items() if state == READY}

    async def finished(ready: set[str]) -> None:
        async with open_library(disk / "data") as library:
            assert ready <= {name for name, state in library.states().items() if state[0] is not DocumentState.FAILED}
            await library.look_again()
            assert set(library.states().values()) == {READY}
            assert library.indexer.counts.indexed <= 300 - len(ready)
            assert_sound(library)

    with mounted(disk, "6m"):
        ready = asyncio.run(filled())
        assert ready
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        asyncio.run(finished(ready))
