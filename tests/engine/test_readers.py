"""The engine's reader: real files, a real jailed process, and what happens when it dies or hangs."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pymupdf
import pytest

from app.core.child_messages import FileRead, FileRefused, PageDrawn
from app.core.pages import DocumentText, Page, PageImage, Passage, Span
from app.core.types import Reason
from app.engine import child, readers
from app.engine.channel import Channel
from app.engine.child import Child
from app.engine.readers import Reader, open_file
from app.engine.wire import encode

Result = TypeVar("Result")


def with_reader(use: Callable[[Reader], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        reader = Reader()
        try:
            return await use(reader)
        finally:
            reader.end()

    return asyncio.run(run())


def make_pdf(path: Path, text: str) -> bytes:
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), text)
    document.save(path)
    document.close()
    return os.fsencode(path)


def test_a_pdf_is_read_and_its_page_drawn_with_the_span_marked(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "lease.pdf", "The rent is 900 euros a month.")

    async def use(reader: Reader) -> tuple[object, object]:
        return await reader.read(path), await reader.draw(path, 1, Span(4, 8), 2.0)

    read, drawn = with_reader(use)
    assert isinstance(read, FileRead)
    assert read.document.pages[0].text.startswith("The rent")
    assert isinstance(drawn, PageDrawn)
    assert len(drawn.rects) == 1
    assert len(drawn.image.rgb) == 3 * drawn.image.width_px * drawn.image.height_px


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "odd.txt")
    refused = with_reader(lambda reader: reader.read(os.fsencode(tmp_path / "odd.txt")))
    assert refused == FileRefused(Reason.NOT_A_FILE, "")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("secret")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    opened = open_file(os.fsencode(tmp_path / "link.txt"))
    assert isinstance(opened, FileRefused)
    assert opened.reason is Reason.UNREADABLE


def test_a_missing_file_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    refused = with_reader(lambda reader: reader.read(os.fsencode(tmp_path / "none.txt")))
    assert isinstance(refused, FileRefused)
    assert (refused.reason, refused.detail) == (Reason.UNREADABLE, "No such file or directory")


def test_a_reader_that_was_ended_from_outside_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("First file.")

    async def use(reader: Reader) -> FileRead | FileRefused:
        await reader.start()
        child = reader._child  # pyright: ignore[reportPrivateUsage] - the death comes from outside
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        return await reader.read(os.fsencode(tmp_path / "a.txt"))

    assert isinstance(with_reader(use), FileRead)


def test_a_reader_that_is_ended_again_and_again_is_not_taken_to_fail_by_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("First file.")

    async def use(reader: Reader) -> FileRead | FileRefused:
        async def kill_each() -> None:
            while True:
                child = reader._child  # pyright: ignore[reportPrivateUsage] - the deaths come from outside
                if child is not None and child.is_running:
                    os.kill(child.pid, signal.SIGKILL)
                await asyncio.sleep(0)

        killing = asyncio.create_task(kill_each())
        try:
            return await reader.read(os.fsencode(tmp_path / "a.txt"))
        finally:
            killing.cancel()

    refused = with_reader(use)
    assert isinstance(refused, FileRefused)
    assert (refused.reason, refused.may_pass) == (Reason.READER_DIED, True)


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("First file.")
    monkeypatch.setattr(readers, "READ_LIMIT_S", 0.2)

    async def use(reader: Reader) -> tuple[FileRead | FileRefused, int]:
        await reader.start()
        child = reader._child  # pyright: ignore[reportPrivateUsage] - the hang comes from outside
        assert child is not None
        os.kill(child.pid, signal.SIGSTOP)
        refused = await reader.read(os.fsencode(tmp_path / "a.txt"))
        return refused, child.end()

    refused, status = with_reader(use)
    assert isinstance(refused, FileRefused)
    assert (refused.reason, refused.may_pass) == (Reason.TOO_SLOW, True)
    assert status == -signal.SIGKILL


def test_a_reader_that_was_not_ready_in_time_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("First file.")

    async def use(reader: Reader) -> FileRead | FileRefused:
        with monkeypatch.context() as hurried:
            hurried.setattr(child, "START_LIMIT_S", 0.0)
            await reader.start()
        return await reader.read(os.fsencode(tmp_path / "a.txt"))

    assert isinstance(with_reader(use), FileRead)


@pytest.mark.parametrize(
    "lie",
    [
        FileRead(DocumentText("", (Page(1, "Words.", ()),), (Passage(2, 0, 6, ()),))),
        FileRead(DocumentText("", (Page(1, "Words.", ()),), (Passage(1, 0, 7, ()),))),
        FileRead(DocumentText("", (Page(1, "Words.", ()), Page(1, "Words.", ())), ())),
        PageDrawn(PageImage(100, 100, b"rgb"), (), 1),
    ],
)
def test_what_a_hijacked_reader_says_is_not_believed(tmp_path: Path, lie: FileRead | PageDrawn) -> None:
    path = make_pdf(tmp_path / "a.pdf", "Words.")

    async def use(reader: Reader) -> object:
        ours, theirs = socket.socketpair()
        with theirs, subprocess.Popen(["sleep", "60"]) as process:
            reader._child = Child(process, Channel(ours))  # pyright: ignore[reportPrivateUsage] - it speaks for itself
            theirs.sendall(encode(1, lie))
            read = reader.read(path) if isinstance(lie, FileRead) else reader.draw(path, 1, None, 1.0)
            refused = await read
            reader.end()
        return refused

    refused = with_reader(use)
    assert isinstance(refused, FileRefused)
    assert refused.reason is Reason.DAMAGED


def test_the_reader_says_what_locks_it_in() -> None:
    async def use(reader: Reader) -> tuple[str, ...]:
        await reader.start()
        return reader.sandbox

    assert any("seccomp" in name for name in with_reader(use))
