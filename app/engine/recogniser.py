"""The recogniser's process on call: give it a page of a file, get its text. Runs in the engine's process.

The process is started for the first page, ended when nothing is left to recognise, and stands still while a person
waits for something else.
"""

import asyncio
from collections.abc import Awaitable, Callable

from app.core.child_messages import FileRefused, PageRecognised, RecognisePage
from app.core.types import Reason
from app.engine.child import Child
from app.engine.readers import file_name, open_file, refused
from app.engine.unlocking import Unlocking
from app.engine.wire import ConnectionClosed, FrameInvalid
from app.library.locations import Location
from app.llm.recognition_models import RecogniserChoice

PAGE_LIMIT_S = 120.0
"""What a page may take by the clock; a full one takes some 3 seconds of a core (tests/quality/README.md)."""
_LOOKS_EVERY_S = 0.1


class NotStarted(Exception):
    """There is nothing to recognise with now, which says nothing of the page."""


class _Superseded(Exception):
    """Other models are to be used from now on."""


class Recogniser:
    """One recogniser process at a time, for one page at a time."""

    def __init__(
        self, is_busy: Callable[[], bool], page_limit_s: float = PAGE_LIMIT_S, unlocking: Unlocking | None = None
    ) -> None:
        self.choice: RecogniserChoice | None = None
        self.sandbox: tuple[str, ...] = ()
        self._is_busy = is_busy
        self._unlocking = unlocking
        self.page_limit_s = page_limit_s
        self._child: Child | None = None
        self._turn = asyncio.Lock()

    @property
    def is_ready(self) -> bool:
        """Return whether there is a model to recognise with."""
        return self.choice is not None

    def use(self, choice: RecogniserChoice | None) -> None:
        """Recognise with these models from now on, None with none; a page that is in hand is given up."""
        if choice != self.choice:
            self.choice = choice
            if not self._turn.locked():
                self.end()

    async def recognise(self, path: bytes, page: int, at: Location | None = None) -> PageRecognised | FileRefused:
        """Return a page's text, or why there is none; `at` is where a member is."""
        file = at.file if at else path

        def ask(password: str, at: Location | None) -> Awaitable[object]:
            return self._ask(file, RecognisePage(file_name(path), page, password, at.inside if at else None))

        answer = await (self._unlocking.opened(path, at, ask) if self._unlocking is not None else ask("", at))
        match answer:
            case PageRecognised() if not _is_sound(answer, page):
                return FileRefused(Reason.DAMAGED, "its text is not coherent")
            case PageRecognised() | FileRefused():
                return answer
            case _:
                return refused(answer)

    async def start(self) -> None:
        """Start the process, as the first page would. Raises: NotStarted."""
        await self._ready_child()

    def end(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    async def _ask(self, file: bytes, request: RecognisePage) -> object:
        opened = open_file(file)
        if isinstance(opened, FileRefused):
            return opened
        with opened:
            async with self._turn:
                answer = await self._exchange(request, opened.fd)
                if isinstance(answer, FileRefused) and answer.reason is Reason.READER_DIED:  # perhaps not by the page
                    answer = await self._exchange(request, opened.fd)
                return answer

    async def _exchange(self, request: RecognisePage, fd: int) -> object:
        chosen = self.choice
        try:
            child = await self._ready_child()
            await child.channel.send(1, request, fd)
            return await self._received(child, chosen)
        except _Superseded:
            self.end()
            return FileRefused(Reason.CHANGED_WHILE_READ, "other models are used now")
        except NotStarted as error:
            return FileRefused(Reason.CHANGED_WHILE_READ, str(error))
        except TimeoutError:
            self.end()
            return FileRefused(Reason.TOO_SLOW, f"{self.page_limit_s:.0f}")
        except (ConnectionClosed, FrameInvalid) as error:
            self.end()
            return FileRefused(Reason.READER_DIED, str(error))
        except asyncio.CancelledError:
            self.end()  # its answer would be taken for that of the next page
            raise

    async def _received(self, child: Child, chosen: RecogniserChoice | None) -> object:
        """Return the answer; time in which the child stands still does not count.

        Raises: TimeoutError, _Superseded.
        """
        receiving = asyncio.ensure_future(child.channel.receive())
        left_s, is_still = self.page_limit_s, False
        try:
            while not receiving.done():
                if self._is_busy() is not is_still:
                    is_still = not is_still
                    child.pause(paused=is_still)
                await asyncio.wait((receiving,), timeout=_LOOKS_EVERY_S)
                left_s -= 0.0 if is_still else _LOOKS_EVERY_S
                if left_s <= 0 and not receiving.done():
                    raise TimeoutError
                if self.choice is not chosen:
                    raise _Superseded
            return receiving.result().message
        finally:
            if is_still:
                child.pause(paused=False)
            receiving.cancel()
            await asyncio.wait((receiving,))  # the loop lets go of the socket before it is closed and its number reused

    async def _ready_child(self) -> Child:
        if self._child is None:
            if self.choice is None:
                raise NotStarted("there is no model to recognise with")
            arguments = (self.choice.folder, self.choice.languages)
            try:
                self._child, self.sandbox = await Child.ready("recogniser", arguments)
            except (TimeoutError, ConnectionClosed, FrameInvalid) as error:
                raise NotStarted(str(error)) from error
        return self._child


def _is_sound(answer: PageRecognised, page: int) -> bool:
    """Return whether it is this page and all lies on its text: a process that a page took over says anything."""
    length = len(answer.page.text)
    return (
        answer.page.number == page
        and all(one.page == page and 0 <= one.start < one.end <= length for one in answer.passages)
        and all(0 <= word.start < word.end <= length for word in answer.words)
    )
