"""The llama process on call: loads a model when first needed, streams its text. Runs in the engine's process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from app.core.child_messages import (
    AskYesOrNo,
    CountTokens,
    Generate,
    Generated,
    GpuRefused,
    LoadModel,
    ModelLoaded,
    StopGenerating,
    TokensCounted,
    TokenText,
    YesOrNo,
)
from app.core.errors import ModelDied, error_from_facts
from app.core.messages import Failed, ModelState
from app.core.types import ChatMessage, ThreadRuns
from app.engine.child import Child
from app.engine.wire import ConnectionClosed, FrameInvalid, Received


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model as it is to be loaded."""

    name: str
    path: bytes
    context_tokens: int = 0
    adapter: bytes = b""
    adapter_scale: float = 1.0
    beginning: tuple[ChatMessage, ...] = ()
    aside: tuple[ChatMessage, ...] = ()


class ModelHost:
    """One llama process with at most one model; `announce` is told of every change of its state."""

    def __init__(self, announce: Callable[[ModelState], None]) -> None:
        self._announce = announce
        self._child: Child | None = None
        self._loaded: tuple[ModelChoice, ModelLoaded] | None = None
        self._turn = asyncio.Lock()
        self._request = 0
        self._writer: object = None
        self.prompt_ms_per_token = 0.0

    @property
    def sandbox(self) -> tuple[str, ...]:
        """Return what locks the llama process in, nothing before a model is loaded."""
        return self._loaded[1].sandbox if self._loaded else ()

    async def load(self, choice: ModelChoice) -> ModelLoaded:
        """Have this model loaded; at once if it is, anew if its process was killed since.

        Raises:
            AppError: the model cannot be loaded, or its process died.
        """
        async with self._turn:
            is_here = self._child is not None and self._child.is_running
            if is_here and self._loaded is not None and self._loaded[0] == choice:
                return self._loaded[1]
            self._announce(ModelState("loading", choice.name))
            try:
                answer = await self._loaded_by_new_process(choice, gpu=True)
                if isinstance(answer, GpuRefused):
                    answer = await self._loaded_by_new_process(choice, gpu=False)
                if not isinstance(answer, ModelLoaded):
                    raise ModelDied(name=choice.name, detail=type(answer).__name__)
            except Exception as error:
                self.end()
                self._announce(ModelState("failed", choice.name, detail=str(error)))
                raise
            self._loaded = (choice, answer)
            self.prompt_ms_per_token = answer.prompt_ms_per_token
            self._announce(ModelState("ready", choice.name, answer.device))
            return answer

    async def count(self, messages: tuple[ChatMessage, ...]) -> int:
        """Return the tokens of a prompt, template included."""
        async with self._turn:
            answer = await self._call(CountTokens(messages), self._name)
        if not isinstance(answer, TokensCounted):
            raise ModelDied(name=self._name, detail=type(answer).__name__)
        return answer.tokens

    async def generate(
        self, messages: tuple[ChatMessage, ...], max_tokens: int, seed: int, writer: object, threads: ThreadRuns = ()
    ) -> AsyncIterator[TokenText | Generated]:
        """Yield the answer's text as it comes, and `Generated` last; greedy, so that a receipt can be run again.

        `writer` is what `stop` knows this text by; `threads` are those that it was written with before.
        """
        async with self._turn:
            self._writer = writer
            await self._send(Generate(messages, max_tokens, 0.0, seed, threads), self._name)
            finished = False
            try:
                while not finished:
                    message = await self._next(self._name)
                    finished = isinstance(message, Generated)
                    if isinstance(message, Generated):
                        self.prompt_ms_per_token = message.prompt_ms_per_token
                    if isinstance(message, TokenText | Generated):
                        yield message
            finally:
                self._writer = None
                if not finished:
                    self.end()  # its remaining text would be taken for the next answer

    async def yes_or_no(self, messages: tuple[ChatMessage, ...], writer: object, *, is_aside: bool = False) -> YesOrNo:
        """Return whether the model leans to a yes or a no; `writer` is what `stop` knows this by."""
        async with self._turn:
            self._writer = writer
            try:
                answer = await self._call(AskYesOrNo(messages, is_aside), self._name)
            finally:
                self._writer = None
        if not isinstance(answer, YesOrNo):
            raise ModelDied(name=self._name, detail=type(answer).__name__)
        return answer

    async def stop(self, writer: object) -> None:
        """Have this writer's text end now; nothing happens if another's is in hand, or none."""
        if self._child is not None and self._writer is writer:
            with contextlib.suppress(ConnectionClosed):  # whoever waits for the text is told
                await self._child.channel.send(self._request, StopGenerating())

    def end(self) -> None:
        """End the process, and the model with it."""
        self._loaded = None
        if self._child is not None:
            self._child.end()
            self._child = None

    @property
    def _name(self) -> str:
        return self._loaded[0].name if self._loaded else ""

    async def _loaded_by_new_process(self, choice: ModelChoice, *, gpu: bool) -> object:
        """Return what a new process says to the model; the one before ends, for then its memory is free for certain."""
        self.end()
        self._child = Child.start("llama")
        request = LoadModel(
            choice.path,
            choice.context_tokens,
            gpu,
            choice.adapter,
            choice.adapter_scale,
            choice.beginning,
            choice.aside,
        )
        return await self._call(request, choice.name)

    async def _call(self, message: object, name: str) -> object:
        await self._send(message, name)
        return await self._next(name)

    async def _send(self, message: object, name: str) -> None:
        if self._child is None:
            raise ModelDied(name=name, detail="not started")
        self._request += 1
        try:
            await self._child.channel.send(self._request, message)
        except ConnectionClosed as error:
            raise self._died(name) from error

    async def _next(self, name: str) -> object:
        """Return the next message that answers the request in hand; what answers an older one is dropped."""
        while self._child is not None:
            try:
                received: Received = await self._child.channel.receive()
            except (ConnectionClosed, FrameInvalid) as error:
                raise self._died(name) from error
            if received.request_id != self._request:
                continue
            match received.message:
                case Failed(error=kind, facts=facts):
                    raise error_from_facts(kind, facts) if kind else ModelDied(name=name, detail=_last_line(facts))
                case message:
                    return message
        raise ModelDied(name=name, detail="ended")

    def _died(self, name: str) -> ModelDied:
        status = self._child.end() if self._child else 0
        self._child = None
        self._loaded = None
        self._announce(ModelState("failed", name, detail=f"exit status {status}"))
        return ModelDied(name=name, detail=f"exit status {status}")


def _last_line(facts: dict[str, str]) -> str:
    return facts.get("traceback", "").strip().rpartition("\n")[2]
