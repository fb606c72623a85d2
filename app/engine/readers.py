"""Reader processes on call: give them an open file, get its text or a drawn page. Runs in the engine's process."""

import asyncio
import os
import stat
from dataclasses import dataclass
from types import TracebackType

from app.core.child_messages import (
    DrawPage,
    DrawText,
    FileRead,
    FileRefused,
    PageDrawn,
    ReaderReady,
    ReadFile,
    TextDrawn,
)
from app.core.messages import Failed
from app.core.types import Page, Reason, Span
from app.engine.child import Child
from app.engine.wire import ConnectionClosed, FrameInvalid

READ_LIMIT_S = 30.0
READ_LIMIT_S_PER_BYTE = 1.0 / 2_000_000  # a long but honest file may take longer
START_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file opened without following a link and without waiting."""

    fd: int
    size_bytes: int

    def __enter__(self) -> "OpenFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.fd)


def open_file(path: bytes) -> OpenFile | FileRefused:
    """Open a file for a reader, or say why not; FIFOs, sockets and devices never block."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        return FileRefused(Reason.UNREADABLE, error.strerror or "")
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        return FileRefused(Reason.NOT_A_FILE, "")
    return OpenFile(fd, status.st_size)


class Reader:
    """One reader process at a time, started when needed and again after it dies; requests queue up."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._turn = asyncio.Lock()
        self.sandbox: tuple[str, ...] = ()

    async def read(self, path: bytes) -> FileRead | FileRefused:
        """Return a file's text and passages, or why there are none."""
        answer = await self._ask(path, ReadFile(_file_name(path)))
        return answer if isinstance(answer, FileRead | FileRefused) else _refused(answer)

    async def draw(self, path: bytes, page: int, span: Span | None, scale: float) -> PageDrawn | FileRefused:
        """Return a drawn page with the rectangles of a span, or why there is none."""
        answer = await self._ask(path, DrawPage(_file_name(path), page, span, scale))
        return answer if isinstance(answer, PageDrawn | FileRefused) else _refused(answer)

    async def draw_text(self, page: Page, span: Span | None, scale: float) -> TextDrawn | FileRefused:
        """Return a drawn page of this text with the rectangles of a span, or why there is none."""
        answer = await self._exchange(DrawText(page, span, scale), None, READ_LIMIT_S)
        return answer if isinstance(answer, TextDrawn | FileRefused) else _refused(answer)

    async def start(self) -> None:
        """Have the process ready before the first file comes."""
        async with self._turn:
            await self._ready_child()

    def end(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    async def _ask(self, path: bytes, request: ReadFile | DrawPage) -> object:
        opened = open_file(path)
        if isinstance(opened, FileRefused):
            return opened
        with opened:
            return await self._exchange(request, opened.fd, READ_LIMIT_S + opened.size_bytes * READ_LIMIT_S_PER_BYTE)

    async def _exchange(self, request: ReadFile | DrawPage | DrawText, fd: int | None, limit_s: float) -> object:
        async with self._turn:
            try:
                child = await self._ready_child()
                async with asyncio.timeout(limit_s):
                    await child.channel.send(1, request, fd)
                    return (await child.channel.receive()).message
            except TimeoutError:
                self.end()
                return FileRefused(Reason.TOO_SLOW, f"{limit_s:.0f}")
            except (ConnectionClosed, FrameInvalid) as error:
                self.end()
                return FileRefused(Reason.READER_DIED, str(error))
            except asyncio.CancelledError:
                self.end()  # its answer would be taken for that of the next question
                raise

    async def _ready_child(self) -> Child:
        if self._child is None:
            self._child = Child.start("reader")
            async with asyncio.timeout(START_LIMIT_S):
                match (await self._child.channel.receive()).message:
                    case ReaderReady(sandbox):
                        self.sandbox = sandbox
                    case other:
                        raise FrameInvalid(f"{type(other).__name__} instead of ReaderReady")
        return self._child


def _file_name(path: bytes) -> str:
    return os.path.basename(path).decode("utf-8", "replace")


def _refused(answer: object) -> FileRefused:
    detail = answer.facts.get("traceback", "") if isinstance(answer, Failed) else type(answer).__name__
    return FileRefused(Reason.DAMAGED, detail)
