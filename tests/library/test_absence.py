"""Tests of folders that are away for a while: unplugged, unmounted, failing."""

import asyncio
import errno
import os
import shutil
import stat
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.types import DocumentState, Reason
from app.library import contents, reading, rescan, scanner
from tests.library.libraries import OpenLibrary, flaws, mounted, open_library


def assert_sound(library: OpenLibrary) -> None:
    assert flaws(library.catalog, library.vectors, library.embedder.name) == []


def test_a_drive_that_fails_to_answer_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = tmp_path / "papers"
    (papers / "sub").mkdir(parents=True)
    (papers / "a.txt").write_text("Alpha.")
    (papers / "sub" / "b.txt").write_text("Beta.")
    whole, failing = os.scandir, set[bytes]()

    class Entry:
        def __init__(self, entry: os.DirEntry[bytes]) -> None:
            self.name, self.path, self._entry = entry.name, entry.path, entry

        def is_dir(self, *, follow_symlinks: bool) -> bool:
            return self._entry.is_dir(follow_symlinks=follow_symlinks)

        def stat(self, *, follow_symlinks: bool) -> os.stat_result:
            if self.path in failing:
                raise OSError(errno.EIO, os.strerror(errno.EIO), self.path)
            return self._entry.stat(follow_symlinks=follow_symlinks)

    @contextmanager
    def stuttering(path: bytes) -> Generator[Iterator[Entry], None, None]:
        if path in failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        with whole(path) as entries:
            yield map(Entry, entries)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            monkeypatch.setattr(os, "scandir", stuttering)
            failing.update((os.fsencode(papers / "a.txt"), os.fsencode(papers / "sub")))
            for _ in range(2):
                await library.look_again()
                hidden = (DocumentState.ABSENT, Reason.UNREADABLE)
                assert (library.states()["a.txt"], library.states()["b.txt"]) == (hidden, hidden)
            assert library.paths_with("alpha") == library.paths_with("beta") == set()
            failing.clear()
            await library.look_again()
            ready = (DocumentState.READY, Reason.NONE)
            assert library.states() == {"a.txt": ready, "b.txt": ready}
            assert (len(library.embedder.embedded), library.indexer.counts.hashed) == (2, 2)
            assert_sound(library)

    asyncio.run(scenario())


def test_a_single_file_that_was_added_and_vanishes_is_absent_until_it_is_back(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Alpha.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(tmp_path / "a.txt")
            (tmp_path / "a.txt").rename(tmp_path / "elsewhere.txt")
            await library.look_again()
            assert library.states() == {"a.txt": (DocumentState.ABSENT, Reason.FOLDER_MISSING)}
            assert [row.present for row in library.catalog.folder_rows()] == [False]
            assert library.paths_with("alpha") == set()
            (tmp_path / "elsewhere.txt").rename(tmp_path / "a.txt")
            await library.look_again()
            assert library.paths_with("alpha") == {"a.txt"}
            assert len(library.embedder.embedded) == 1

    asyncio.run(scenario())


def test_an_unmounted_drive_is_absent_and_comes_back_without_work(tmp_path: Path) -> None:
    medium, drive = tmp_path / "medium", tmp_path / "drive"
    medium.mkdir()
    drive.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", medium], check=False, capture_output=True).returncode != 0:
        pytest.skip("only the administrator may mount")
    (medium / "sub").mkdir()
    (medium / "sub" / "a.txt").write_text("Alpha.")

    def plug(*, into: bool) -> None:
        subprocess.run(["mount", "--bind", medium, drive] if into else ["umount", drive], check=True)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(drive)
            plug(into=False)
            await library.look_again()
            assert library.states() == {"a.txt": (DocumentState.ABSENT, Reason.FOLDER_MISSING)}
            assert library.paths_with("alpha") == set()
            plug(into=True)
            await library.look_again()
            assert library.paths_with("alpha") == {"a.txt"}
            assert (len(library.embedder.embedded), library.indexer.counts.hashed) == (1, 1)
            assert_sound(library)

    plug(into=True)
    try:
        asyncio.run(scenario())
    finally:
        for place in (drive, medium):
            subprocess.run(["umount", "-l", place], check=False, capture_output=True)


@pytest.mark.fault("a drive mounted inside a folder goes and comes back")
def test_a_drive_mounted_inside_a_folder_may_go_and_come_back(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    drive = papers / "archive" / "drive"
    drive.mkdir(parents=True)
    (papers / "a.txt").write_text("Alpha.")

    def fill() -> None:
        (drive / "deep").mkdir()
        (drive / "b.txt").write_text("Beta.")
        (drive / "deep" / "c.txt").write_text("Gamma.")

    async def scenario() -> None:
        ready, away = (DocumentState.READY, Reason.NONE), (DocumentState.ABSENT, Reason.FOLDER_MISSING)
        async with open_library(tmp_path / "data") as library:
            with mounted(drive, "1m"):
                fill()
                await library.add(papers)
            (drive / "d.txt").write_text("Delta.")  # on the disk below, which the drive had covered
            await library.look_again()
            everything = {"a.txt": ready, "b.txt": away, "c.txt": away}
            assert library.states() == everything | {"d.txt": ready}
            shutil.rmtree(drive)  # as an automatic mount leaves nothing behind; what was below counts as on the drive
            await library.look_again()
            assert library.states() == everything | {"d.txt": away}
            assert library.paths_with("beta") == set()
            drive.mkdir()
            with mounted(drive, "1m"):
                fill()
                await library.indexer.rescan((os.fsencode(drive / "deep"),))
                await library.look_again()
                assert library.states() == {"a.txt": ready, "b.txt": ready, "c.txt": ready}
                assert len(library.embedder.embedded) == 4  # nothing twice
                (drive / "b.txt").unlink()
                await library.look_again()
                assert "b.txt" not in library.states()
            library.indexer.remove_folder(os.fsencode(papers))
            assert library.catalog.database.read("SELECT * FROM mounts") == []

    asyncio.run(scenario())


def test_a_file_that_is_kept_online_only_is_listed_and_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("read", "never"):
        (papers / f"{name}.txt").write_text(f"Harbour {name}.")
    monkeypatch.setattr(scanner, "_ONLINE_ONLY", (("st_mode", stat.S_ISVTX),))  # a sign that there is on this system
    opened: list[str] = []
    whole = contents.content_of

    def content_of(path: bytes) -> contents.FileContent | contents.NoContent:
        opened.append(os.path.basename(os.fsdecode(path)))
        return whole(path)

    monkeypatch.setattr(reading, "content_of", content_of)
    monkeypatch.setattr(rescan, "content_of", content_of)

    async def scenario() -> None:
        ready, left_out = (DocumentState.READY, Reason.NONE), (DocumentState.IGNORED, Reason.ONLINE_ONLY)
        async with open_library(tmp_path / "data") as library:
            (papers / "never.txt").chmod(0o1644)
            await library.add(papers)
            assert library.states() == {"read.txt": ready, "never.txt": left_out}
            (papers / "read.txt").chmod(0o1644)
            await library.look_again()
            assert library.states() == {"read.txt": ready, "never.txt": left_out}
            papers.rename(tmp_path / "away")
            await library.look_again()
            (tmp_path / "away").rename(papers)
            await library.look_again()
            assert library.states() == {"read.txt": ready, "never.txt": left_out}
            assert library.paths_with("harbour") == {"read.txt"}
            assert "never.txt" not in opened
            (papers / "never.txt").chmod(0o644)
            await library.look_again()
            assert library.states() == {"read.txt": ready, "never.txt": ready}
            assert len(library.embedder.embedded) == 2
            assert_sound(library)

    asyncio.run(scenario())
