"""Drives that fail: reads that end or never end, writes that are refused, a plug that is pulled. Linux only.

Needs what only the administrator may do, and Debian's packages fuse3, python3-fusepy and fiu-utils; skips without.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.types import DocumentState, Reason
from tests.faults.often import IS_ASKED_FOR, often
from tests.library.libraries import flaws, open_library
from tests.library.test_kills import ROOT, answers_of, content_of, disturb, write_papers

WRITES_S = 30.0
NOTICED_S = 15.0
"""Long before everything is looked at anyway."""

DRIVE = Path(__file__).with_name("stuttering_drive.py")
SYSTEM_PYTHON = Path("/usr/bin/python3")


def assert_as_fresh(data: Path, papers: Path, fresh: Path) -> None:
    """Open a library, index what is left, and compare with one that is made in one go."""

    async def compared() -> None:
        async with open_library(data) as library, open_library(fresh) as made_anew:
            await library.add(papers)
            await library.look_again()
            await made_anew.add(papers)
            assert flaws(library.catalog, library.vectors, "words") == []
            assert content_of(library) == content_of(made_anew)
            assert answers_of(library) == answers_of(made_anew)

    asyncio.run(compared())


@pytest.fixture
def drive(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Callable[[str], None], None, None]:
    """Mount `tmp_path / "below"` on `tmp_path / "papers"` and return what sets the mood."""
    (tmp_path / "below").mkdir()
    (tmp_path / "papers").mkdir()
    has_fuse = Path("/dev/fuse").exists() and SYSTEM_PYTHON.exists()
    if (
        not has_fuse
        or subprocess.run([SYSTEM_PYTHON, "-c", "import fusepy"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs FUSE and python3-fusepy")
    options = getattr(request, "param", ())
    command = [SYSTEM_PYTHON, DRIVE, tmp_path / "below", tmp_path / "papers", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        stdin, stdout = child.stdin, child.stdout
        assert stdin is not None
        assert stdout is not None

        def feel(mood: str) -> None:
            stdin.write(f"{mood}\n")
            stdin.flush()
            assert stdout.readline() == "taken\n"

        feel("well")
        until = time.monotonic() + 20
        while not os.path.ismount(tmp_path / "papers"):
            if child.poll() is not None or time.monotonic() > until:
                child.kill()
                pytest.skip("FUSE may not be mounted here")
            time.sleep(0.02)
        try:
            yield feel
        finally:
            feel("well")
            subprocess.run(["umount", "-l", tmp_path / "papers"], check=False)
            child.kill()


@pytest.mark.fault("reads that end with EIO (FUSE)")
def test_reads_that_fail_hide_a_document_until_they_work_again(tmp_path: Path, drive: Callable[[str], None]) -> None:
    for name in ("a", "b"):
        (tmp_path / "below" / f"{name}.txt").write_text(f"Harbour {name}.")

    async def scenario() -> None:
        ready, hidden = (DocumentState.READY, Reason.NONE), (DocumentState.FAILED, Reason.UNREADABLE)
        async with open_library(tmp_path / "data") as library:
            await library.add(tmp_path / "papers")
            drive("failing")
            (tmp_path / "below" / "c.txt").write_text("Harbour c.")
            (tmp_path / "below" / "a.txt").write_text("Harbour a, amended.")
            await library.look_again()
            states = library.states()
            assert (states["b.txt"], states["c.txt"]) == (ready, hidden)
            assert "a.txt" not in library.paths_with("harbour") or states["a.txt"] == ready
            drive("well")
            ids = [row.id for row in library.catalog.failed_rows()]
            library.indexer.read_again(ids)
            await library.look_again()
            assert library.states() == {"a.txt": ready, "b.txt": ready, "c.txt": ready}
            assert library.paths_with("amended") == {"a.txt"}
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


@pytest.mark.fault("reads that hang (FUSE)")
def test_a_read_that_hangs_holds_up_no_search_and_is_done_with_at_last(
    tmp_path: Path, drive: Callable[[str], None]
) -> None:
    (tmp_path / "below" / "a.txt").write_text("Harbour a.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(tmp_path / "papers")
            drive("hanging")
            (tmp_path / "below" / "b.txt").write_text("Harbour b.")
            try:
                await library.indexer.rescan()
                assert library.paths_with("harbour") == {"a.txt"}
            finally:
                drive("well")  # else the reading thread is waited for
            await library.settle()
            assert library.paths_with("harbour") == {"a.txt", "b.txt"}
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


@pytest.mark.fault("changes made on another computer, of which no notice tells (FUSE)")
@pytest.mark.usefixtures("drive")
def test_what_others_change_on_a_drive_is_seen_in_time(tmp_path: Path) -> None:
    (tmp_path / "below" / "a.txt").write_text("Harbour a.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await library.add(tmp_path / "papers")
            await library.look_again()
            (tmp_path / "below" / "b.txt").write_text("Harbour b.")
            await library.until(lambda: library.paths_with("harbour") == {"a.txt", "b.txt"}, NOTICED_S)
            (tmp_path / "below" / "a.txt").unlink()
            await library.until(lambda: library.paths_with("harbour") == {"b.txt"}, NOTICED_S)

    asyncio.run(scenario())


@pytest.mark.fault("a file system that does not tell case apart (FUSE)")
@pytest.mark.parametrize("drive", [("--any-case",)], indirect=True)
@pytest.mark.usefixtures("drive")
def test_where_case_does_not_count_a_name_in_another_case_is_the_same_file(tmp_path: Path) -> None:
    papers, reports = tmp_path / "papers", tmp_path / "below" / "Reports"
    reports.mkdir()
    (reports / "a.txt").write_text("Harbour a.")
    assert (papers / "rePORTS" / "A.TXT").read_text() == "Harbour a."

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers / "rePORTS")
            await library.add(papers / "Reports")
            await library.add(papers / "REPORTS" / "A.txt")
            assert list(library.states()) == ["a.txt"]
            assert [os.fsdecode(row.path) for row in library.catalog.folder_rows()] == [str(papers / "Reports")]
            (reports / "a.txt").rename(reports / "A.txt")
            await library.look_again()
            assert library.paths_with("harbour") == {"A.txt"}
            assert library.embedder.embedded.count("Harbour a.") == 1
            library.indexer.remove_folder(os.fsencode(papers / "reports"))
            await library.settle()
            assert library.states() == {}
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


@pytest.mark.fault("writes refused (libfiu), up to each fifth")
@pytest.mark.parametrize("seed", range(often(1, cost=50)))
@pytest.mark.parametrize("call", ["pwrite", "write", "ftruncate", "fsync"])
def test_a_write_that_is_refused_leaves_nothing_wrong(tmp_path: Path, call: str, seed: int) -> None:
    if shutil.which("fiu-run") is None:
        pytest.skip("needs fiu-utils")
    papers, data = tmp_path / "papers", tmp_path / "data"
    write_papers(papers)
    data.mkdir()
    often = (0.002, 0.02, 0.2)[seed % 3]
    point = {"pwrite": "rw/pwrite", "write": "rw/write", "ftruncate": "io/ftruncate", "fsync": "io/sync/fsync"}[call]
    name = f"posix/io/{point}" if not point.startswith("io/") else f"posix/{point}"
    fault = f"enable_random name={name},probability={often}"
    for run in range(3 if IS_ASKED_FOR else 1):
        disturb(papers, run)
        child = [sys.executable, "-m", "tests.library.index_child", str(data), str(papers)]
        command = ["fiu-run", "-x", "-f", "", "-c", fault, *child]
        try:
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=WRITES_S)
        except subprocess.TimeoutExpired:
            continue  # a thread whose waking write was refused sleeps on, until somebody kills the process
        assert ended.returncode in (0, 1, -6, -11), ended.stderr  # a failed write may end the process, not the library
    assert_as_fresh(data, papers, tmp_path / "fresh")


@contextmanager
def drive_image(image: Path, place: Path) -> Generator[None, None, None]:
    """Mount an image of an ext4 drive; only the administrator can."""
    place.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-o", "loop", image, place], capture_output=True, check=False).returncode:
        pytest.skip("no image may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.fault("an ext4 image copied while the library is written")
@pytest.mark.parametrize("seed", range(often(1, cost=20)))
def test_a_plug_that_is_pulled_costs_no_more_than_what_was_not_on_the_disk(tmp_path: Path, seed: int) -> None:
    if not (shutil.which("mkfs.ext4") and shutil.which("mount")):
        pytest.skip("needs ext4")
    dice = random.Random(seed)
    image, copy, papers = tmp_path / "drive.ext4", tmp_path / "pulled.ext4", tmp_path / "papers"
    with image.open("wb") as file:
        file.truncate(200 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    write_papers(papers)
    with drive_image(image, tmp_path / "drive"):
        data = tmp_path / "drive" / "data"
        data.mkdir()
        command = [sys.executable, "-m", "tests.library.index_child", str(data), str(papers)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(dice.randrange(1, 250)):
                if child.stdout.readline() in ("", "idle\n"):
                    break
            if dice.random() < 0.5:
                os.sync()  # else all but what was waited for is still in memory
            shutil.copyfile(image, copy)  # what a plug that is pulled now leaves
            child.kill()
            child.stdout.read()
    with drive_image(copy, tmp_path / "after"):
        assert_as_fresh(tmp_path / "after" / "data", papers, tmp_path / "fresh")
