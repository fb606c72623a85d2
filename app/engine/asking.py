"""Requests that a model writes for: one at a time, each can be stopped. Used in the engine's process."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace

from app.answering.ask import Answering
from app.answering.conversations import Conversations
from app.answering.needs import AnswerModel
from app.config.styles import StyleFolders
from app.core import examples
from app.core.errors import AppError, NoModelInstalled
from app.core.messages import FINAL_EVENTS, AnswerFinished, Ask, ModelState
from app.core.prompt import build_prompt
from app.core.receipt_messages import RerunReceipt
from app.engine.answer_ports import LoadedModel
from app.engine.archive import Archive
from app.engine.model_host import ModelChoice, ModelHost
from app.engine.shelving import Shelving

log = logging.getLogger(__name__)

BEGINNING = build_prompt("", (), ())
"""What every prompt begins with; read when a model is loaded, so that no question waits for it."""


class Asking:
    """The answer model and who waits for it; `emit(request_id, event)` takes every event but a request's last."""

    def __init__(
        self,
        answering: Answering,
        archive: Archive,
        conversations: Conversations,
        shelving: Shelving,
        styles: StyleFolders,
        emit: Callable[[int, object], None],
    ) -> None:
        self._answering = answering
        self._archive = archive
        self._conversations = conversations
        self._shelving = shelving
        self._styles = styles
        self._emit = emit
        self._host = ModelHost(lambda state: emit(0, state))
        self._answers: dict[int, asyncio.Event] = {}
        self._writing = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is asked for and not yet there."""
        return bool(self._answers)

    async def ask(self, request_id: int, ask: Ask) -> object:
        """Answer a question and return its final event.

        Raises:
            AppError: the style, the model or the adapter is not there, or fails.
        """
        ask = replace(ask, style=self._styles.resolved(ask.style))
        writes = not (ask.evidence_only or ask.no_model)
        # A wrong name is told before anything is searched.
        try:
            choice = (
                ModelChoice("", b"")
                if ask.no_model
                else self._shelving.choice(ask.model, ask.adapter, ask.adapter_scale)
            )
        except NoModelInstalled:
            if writes or ask.model:
                raise
            ask, choice = replace(ask, no_model=True), ModelChoice("", b"")  # the evidence needs no model
        number = self._kept(ask) if ask.conversation and not ask.evidence_only else 0
        stopped = self._answers[request_id] = asyncio.Event()
        try:
            async with nullcontext() if ask.no_model else _turn(self._writing, stopped):
                answering = self._answering.answer(ask, lambda: self._load(choice), stopped)
                last = await self._last(request_id, answering)
        finally:
            del self._answers[request_id]
        if number and isinstance(last, AnswerFinished) and last.answer.receipt:
            self._conversations.finish_turn(ask.conversation, number, last.answer.receipt)
        return last

    async def rerun(self, request_id: int, request: RerunReceipt) -> object:
        """Have a receipt's answer written again, which can be stopped, and return the final event.

        Raises:
            ReceiptUnknown, ReceiptErased, NothingWritten.
            AppError: the model is no longer there, or failed.
        """
        stopped = self._answers[request_id] = asyncio.Event()
        try:
            async with _turn(self._writing, stopped):
                return await self._last(request_id, self._archive.rerun(request, self._load_named, stopped))
        finally:
            del self._answers[request_id]

    def stop(self, request_id: int) -> None:
        """End an answer early; a request that is not one is left alone."""
        if request_id in self._answers:
            self._answers[request_id].set()

    async def load_early(self) -> None:
        """Load what answers need before the first question; what is wrong with the model, that question will tell."""
        try:
            await self._load(self._shelving.choice("", b"", 1.0))
        except NoModelInstalled:
            self._emit(0, ModelState("none"))
        except AppError as error:
            log.warning("the answer model was not loaded: %s", error)
        await self._answering.prepare()

    def end(self) -> None:
        """End the model's process."""
        self._host.end()

    def _kept(self, ask: Ask) -> int:
        """Note that something was asked in a conversation; folders on their way out are not what it is kept to."""
        kept_to = replace(ask.filters, without_paths=())
        return self._conversations.begin_turn(ask.conversation, ask.question, kept_to)

    async def _load(self, choice: ModelChoice) -> AnswerModel:
        doubts_below = self._shelving.doubts_below(choice)
        aside = () if doubts_below is None else examples.BEGINNING
        loaded = await self._host.load(replace(choice, beginning=BEGINNING, aside=aside))
        used = self._shelving.used(choice, loaded)
        return LoadedModel(choice.name, loaded.device, loaded.context_tokens, self._host, used, doubts_below)

    async def _load_named(self, name: str, adapter: bytes, scale: float) -> AnswerModel:
        return await self._load(self._shelving.choice(name, adapter, scale))

    async def _last(self, request_id: int, events: AsyncIterator[object]) -> object:
        """Tell all events but the final one, and return that."""
        async for event in events:
            if isinstance(event, FINAL_EVENTS):
                return event
            self._emit(request_id, event)
            await asyncio.sleep(0)
        raise AssertionError("a request always ends with a final event")


@asynccontextmanager
async def _turn(lock: asyncio.Lock, stopped: asyncio.Event) -> AsyncGenerator[None]:
    """Hold the lock in the block; one that is stopped while it waits enters at once without, to find that out."""
    held, stop = asyncio.create_task(lock.acquire()), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((held, stop), return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        stop.cancel()
        if held.done():
            lock.release()
        else:
            held.cancel()
