"""Reader processes on call: give them an open file, get its text or a drawn page. Runs in the engine's process."""

import asyncio
import contextlib
import os
import stat
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TypeAlias

from app.core.child_messages import (
    DrawPage,
    DrawText,
    FileRead,
    FileRefused,
    LayOutFilePage,
    LayOutText,
    LettersPlaced,
    PageDrawn,
    PasswordTried,
    ReadFile,
    TextDrawn,
    TryPassword,
)
from app.core.letters import PageLetters
from app.core.members import is_sound
from app.core.messages import Failed
from app.core.pages import DocumentText, Page, PageForm, PageImage, Rect, Span
from app.core.types import Reason
from app.engine.child import KILLED, Child
from app.engine.patience import TooSlow, patiently
from app.engine.unlocking import Unlocking
from app.engine.wire import ConnectionClosed, FrameInvalid
from app.library.contents import SIZE_LIMIT_BYTES
from app.library.locations import Location

READ_LIMIT_S = 30.0
READ_LIMIT_S_PER_BYTE = 1.0 / 2_000_000  # a long but honest file may take longer
_Unlockable: TypeAlias = ReadFile | DrawPage | LayOutFilePage
_Request: TypeAlias = _Unlockable | TryPassword | DrawText | LayOutText


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
    if status.st_size > SIZE_LIMIT_BYTES:
        os.close(fd)
        return FileRefused(Reason.TOO_LARGE, f"{status.st_size} bytes")
    return OpenFile(fd, status.st_size)


class Reader:
    """One reader process at a time, started when needed and again after it dies; requests queue up."""

    def __init__(self, unlocking: Unlocking | None = None) -> None:
        """Make a reader that opens locked files by what `unlocking` knows; without, it refuses them."""
        self._unlocking = unlocking
        self._child: Child | None = None
        self._turn = asyncio.Lock()
        self.sandbox: tuple[str, ...] = ()

    async def read(self, path: bytes, at: Location | None = None) -> FileRead | FileRefused:
        """Return a document's text and passages and what is in it, or why there are none; `at` is where a member is."""
        answer = await self._ask(path, at, ReadFile(file_name(path)))
        if isinstance(answer, FileRefused) and answer.reason is Reason.READER_DIED:  # the system may have ended it
            answer = await self._ask(path, at, ReadFile(file_name(path)))
        if isinstance(answer, FileRead) and not (_is_coherent(answer.document) and is_sound(answer.members)):
            return FileRefused(Reason.DAMAGED, "its text is not coherent")
        return answer if isinstance(answer, FileRead | FileRefused) else refused(answer)

    async def draw(
        self,
        path: bytes,
        page: int,
        span: Span | None,
        scale: float,
        clip: Rect | None = None,
        at: Location | None = None,
    ) -> PageDrawn | FileRefused:
        """Return a drawn page, or what of it lies in `clip`, with the rectangles of a span, or why there is none."""
        answer = await self._ask(path, at, DrawPage(file_name(path), page, span, scale, clip))
        if isinstance(answer, PageDrawn) and not _is_whole(answer.image):
            return FileRefused(Reason.DAMAGED, "its picture is not whole")
        return answer if isinstance(answer, PageDrawn | FileRefused) else refused(answer)

    async def try_password(self, path: bytes, at: Location | None, password: str) -> bool | FileRefused:
        """Return whether a document is locked, and by this password, or why it cannot be opened with it."""
        answer = await self._ask_once(path, at, TryPassword(file_name(path), password))
        if isinstance(answer, PasswordTried):
            return answer.is_locked
        return answer if isinstance(answer, FileRefused) else refused(answer)

    async def draw_text(self, request: DrawText) -> TextDrawn | FileRefused:
        """Return a drawn page of a text with the rectangles of a span, or why there is none."""
        answer = await self._exchange(request, None, READ_LIMIT_S)
        if isinstance(answer, TextDrawn) and not _is_whole(answer.image):
            return FileRefused(Reason.DAMAGED, "its picture is not whole")
        return answer if isinstance(answer, TextDrawn | FileRefused) else refused(answer)

    async def letters(self, path: bytes, page: int, at: Location | None = None) -> PageLetters | FileRefused:
        """Return where the characters of a document's page stand, or why that is not known."""
        return _letters(await self._ask(path, at, LayOutFilePage(file_name(path), page)))

    async def text_letters(self, page: Page, form: PageForm) -> PageLetters | FileRefused:
        """Return where the characters of a text stand once it is drawn, or why that is not known."""
        return _letters(await self._exchange(LayOutText(page, form), None, READ_LIMIT_S))

    async def start(self) -> None:
        """Have the process ready before the first file comes; if it cannot be, that file will say so."""
        async with self._turn:
            with contextlib.suppress(TimeoutError, ConnectionClosed, FrameInvalid):
                await self._ready_child()

    def end(self) -> int | None:
        """End the process, if there is one, and return the exit status that it had by then."""
        child, self._child = self._child, None
        return child.end() if child is not None else None

    async def _ask(self, path: bytes, at: Location | None, request: _Unlockable) -> object:
        if self._unlocking is None:
            return await self._ask_once(path, at, request)
        return await self._unlocking.opened(
            path, at, lambda password, at: self._ask_once(path, at, replace(request, password=password))
        )

    async def _ask_once(self, path: bytes, at: Location | None, request: _Unlockable | TryPassword) -> object:
        if at is not None:
            path, request = at.file, replace(request, inside=at.inside)
        opened = open_file(path)
        if isinstance(opened, FileRefused):
            return opened
        with opened:
            return await self._exchange(request, opened.fd, READ_LIMIT_S + opened.size_bytes * READ_LIMIT_S_PER_BYTE)

    async def _exchange(self, request: _Request, fd: int | None, limit_s: float) -> object:
        async with self._turn:
            try:
                child = await self._ready_child()
            except (TimeoutError, ConnectionClosed, FrameInvalid) as error:
                return FileRefused(Reason.READER_DIED, str(error), may_pass=True)
            try:
                return await patiently(_exchanged(child, request, fd), lambda: child.processor_s, limit_s)
            except TooSlow as slow:
                self.end()
                return FileRefused(Reason.TOO_SLOW, f"{limit_s:.0f}", may_pass=slow.stood_still)
            except ConnectionClosed as error:
                return FileRefused(Reason.READER_DIED, str(error), may_pass=self.end() == KILLED)
            except FrameInvalid as error:
                self.end()
                return FileRefused(Reason.READER_DIED, str(error))
            except asyncio.CancelledError:
                self.end()  # its answer would be taken for that of the next question
                raise

    async def _ready_child(self) -> Child:
        if self._child is None:
            self._child, self.sandbox = await Child.ready("reader")
        return self._child


async def _exchanged(child: Child, request: _Request, fd: int | None) -> object:
    await child.channel.send(1, request, fd)
    return (await child.channel.receive()).message


def file_name(path: bytes) -> str:
    """Return what a reader is told as a document's name."""
    return os.path.basename(path).decode("utf-8", "replace")


def _is_coherent(document: DocumentText) -> bool:
    """Return whether pages count from 1 and passages lie on them: a reader that a document took over says anything."""
    lengths = {page.number: len(page.text) for page in document.pages}
    return [page.number for page in document.pages] == list(range(1, len(document.pages) + 1)) and all(
        0 <= passage.start < passage.end <= lengths.get(passage.page, 0) for passage in document.passages
    )


def _is_whole(image: PageImage) -> bool:
    """Return whether a picture has the pixels that it says: the window would read on behind them."""
    return image.width_px > 0 < image.height_px and len(image.rgb) == 3 * image.width_px * image.height_px


def _letters(answer: object) -> PageLetters | FileRefused:
    if isinstance(answer, LettersPlaced):
        return answer.letters if answer.letters.is_coherent else FileRefused(Reason.DAMAGED, "its letters do not agree")
    return answer if isinstance(answer, FileRefused) else refused(answer)


def refused(answer: object) -> FileRefused:
    """Return an answer that is none as a refusal."""
    detail = answer.facts.get("traceback", "") if isinstance(answer, Failed) else type(answer).__name__
    return FileRefused(Reason.DAMAGED, detail)
