"""The recogniser's process: what it may do, and what becomes of pages that hang or harm it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from app.core.child_messages import FileRefused, PageRecognised
from app.core.types import Reason
from app.engine.child import Child
from app.engine.recogniser import PAGE_LIMIT_S, Recogniser
from app.llm.recognition_models import RecogniserChoice
from tests.readers.scanned import page_of, scan

Result = TypeVar("Result")

ROOT = Path(__file__).resolve().parents[2]
JAILED = """
import os, socket, sys
from app.engine.sandbox import lock_down
tessdata, elsewhere = sys.argv[1:]
print(lock_down(memory_bytes=0, readable=(os.fsencode(tessdata),)))
def refused(act):
    try:
        act()
    except OSError:
        return True
open(os.path.join(tessdata, "eng.traineddata"), "rb").read(9)
assert refused(lambda: open(elsewhere))
assert refused(lambda: open(os.path.join(tessdata, "new"), "w"))
assert refused(lambda: open(os.path.join(tessdata, "eng.traineddata"), "r+b"))
assert refused(lambda: socket.socket())
"""


@pytest.fixture
def choice(models_dir: Path) -> RecogniserChoice:
    return RecogniserChoice(str(models_dir / "tessdata"), "eng", ("tessdata-eng",))


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    """The path of a scan of one page."""
    scan(page_of()).save(tmp_path / "scan.pdf")
    return os.fsencode(tmp_path / "scan.pdf")


def with_recogniser(
    choice: RecogniserChoice,
    use: Callable[[Recogniser], Awaitable[Result]],
    *,
    is_busy: Callable[[], bool] = lambda: False,
    page_limit_s: float = PAGE_LIMIT_S,
) -> Result:
    async def run() -> Result:
        recogniser = Recogniser(is_busy, page_limit_s)
        recogniser.use(choice)
        try:
            return await use(recogniser)
        finally:
            recogniser.end()

    return asyncio.run(run())


def test_it_may_read_its_models_and_nothing_else(choice: RecogniserChoice, picture: bytes) -> None:
    run = [sys.executable, "-c", JAILED, choice.folder, os.fsdecode(picture)]
    assert subprocess.run(run, cwd=ROOT, check=False, capture_output=True, text=True).stderr == ""


def test_it_says_what_is_in_force(choice: RecogniserChoice, picture: bytes) -> None:
    async def use(recogniser: Recogniser) -> tuple[object, tuple[str, ...]]:
        return await recogniser.recognise(picture, 1), recogniser.sandbox

    answer, sandbox = with_recogniser(choice, use)
    assert isinstance(answer, PageRecognised)
    assert "seccomp" in sandbox


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_read(choice: RecogniserChoice, picture: bytes) -> None:
    async def use(recogniser: Recogniser) -> tuple[object, object]:
        slow = await recogniser.recognise(picture, 1)
        recogniser.page_limit_s = PAGE_LIMIT_S
        return slow, await recogniser.recognise(picture, 1)

    slow, following = with_recogniser(choice, use, page_limit_s=0.1)
    assert isinstance(slow, FileRefused)
    assert slow.reason is Reason.TOO_SLOW
    assert isinstance(following, PageRecognised)


def test_a_page_that_ends_the_process_twice_is_told(
    choice: RecogniserChoice, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []
    start = Child.start

    def started_child(role: str, arguments: tuple[str, ...] = ()) -> Child:
        started.append(start(role, arguments))
        return started[-1]

    monkeypatch.setattr(Child, "start", started_child)

    async def use(recogniser: Recogniser) -> tuple[object, object]:
        await recogniser.recognise(picture, 1)
        task = asyncio.create_task(recogniser.recognise(picture, 1))
        await asyncio.sleep(0)
        os.kill(started[0].pid, signal.SIGKILL)
        while len(started) < 2 or recogniser._child is not started[1]:
            await asyncio.sleep(0.01)
        os.kill(started[1].pid, signal.SIGKILL)
        return await task, await recogniser.recognise(picture, 1)

    died, following = with_recogniser(choice, use)
    assert isinstance(died, FileRefused)
    assert died.reason is Reason.READER_DIED
    assert isinstance(following, PageRecognised)


def test_it_stands_still_while_a_person_waits_for_something_else(choice: RecogniserChoice, picture: bytes) -> None:
    is_busy = True

    async def use(recogniser: Recogniser) -> object:
        nonlocal is_busy
        task = asyncio.create_task(recogniser.recognise(picture, 1))
        _done, waiting = await asyncio.wait((task,), timeout=3.0)
        assert waiting  # nor did its time run out
        is_busy = False
        return await task

    assert isinstance(with_recogniser(choice, use, is_busy=lambda: is_busy, page_limit_s=60.0), PageRecognised)


def test_other_models_take_a_page_over(choice: RecogniserChoice, picture: bytes) -> None:
    async def use(recogniser: Recogniser) -> object:
        task = asyncio.create_task(recogniser.recognise(picture, 1))
        await asyncio.sleep(0.2)
        recogniser.use(None)
        return await task

    superseded = with_recogniser(choice, use)
    assert isinstance(superseded, FileRefused)
    assert superseded.reason is Reason.CHANGED_WHILE_READ
