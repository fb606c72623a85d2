"""The llama process: loads one model in its life, counts tokens, writes answers. Ends at end-of-file.

Before it opens the model it is locked in with that file alone, and once the model is loaded with no file at all. A
process that computes on a GPU is not, because the driver needs its devices; so where the GPU does not take the model,
the process says so, and another one, locked in, loads it for the CPU.
"""

import os
import traceback
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

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
from app.core.errors import AppError, ModelFileInvalid, ModelRuntimeMissing, UsageWrong
from app.core.messages import Failed
from app.engine.sandbox import lock_down
from app.engine.wire import Connection, ConnectionClosed, FrameInvalid, Received
from app.llm.gguf import memory_needed, read_header
from app.llm.memory import address_space_bytes, check_fits

if TYPE_CHECKING:
    from app.llm.model import Model

HEADROOM_BYTES = 2 * 1024**3  # threads' stacks, arenas, and the repacked copy of some weights


def run(connection: Connection) -> None:
    """Answer requests until the other end is gone."""
    _Desk(connection).work()


class _Desk:
    """The requests of one connection, answered one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[Received] = deque()
        self._model: Model | None = None

    def work(self) -> None:
        """Answer until the connection ends."""
        while True:
            try:
                if self._model is not None:
                    with suppress(RuntimeError):  # the questions themselves will tell
                        self._model.read_ahead(self._has_request)
                received = self._waiting.popleft() if self._waiting else self._connection.receive()
                self._answer(received)
            except ConnectionClosed:
                return

    def _answer(self, received: Received) -> None:
        number = received.request_id
        try:
            match received.message:
                case LoadModel() as request:
                    self._connection.send(number, self._load(request))
                case CountTokens(messages):
                    self._connection.send(number, TokensCounted(len(self._loaded().tokens(messages))))
                case Generate() as request:
                    self._generate(number, request)
                case AskYesOrNo(messages, is_aside):
                    leaning = self._loaded().leaning(messages, lambda: self._is_stopped(number), is_aside=is_aside)
                    told = YesOrNo(leaning.log_odds, leaning.prompt_tokens, leaning.reused_tokens)
                    self._connection.send(number, told)
                case StopGenerating():
                    return  # came after the end of what it was to stop
                case other:
                    raise UsageWrong(detail=f"{type(other).__name__} is no request to the llama process")
        except AppError as error:
            self._connection.send(number, Failed(type(error).__name__, error.facts))
        except ConnectionClosed:
            raise
        except Exception:
            self._connection.send(number, Failed("", {"traceback": traceback.format_exc()}))

    def _load(self, request: LoadModel) -> ModelLoaded | GpuRefused:
        if self._model is not None:
            raise UsageWrong(detail="a llama process loads one model")
        try:
            from app.llm.llama import LoadFailed, gpu_name, start_llama
            from app.llm.model import ASIDE_TOKENS, Model, context_size
            from app.llm.template import warm_up
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelRuntimeMissing(detail=str(error)) from error
        start_llama()
        warm_up()
        path, adapter = Path(os.fsdecode(request.path)), Path(os.fsdecode(request.adapter))
        uses_gpu = request.gpu and bool(gpu_name())
        header = read_header(path)
        if request.adapter:
            read_header(adapter, is_adapter=True)
        aside_tokens = ASIDE_TOKENS if request.aside else 0
        needed_bytes = memory_needed(header, context_size(header, request.context_tokens) + aside_tokens)
        sandbox: tuple[str, ...] = ()
        limit_bytes = address_space_bytes() + 2 * needed_bytes + HEADROOM_BYTES
        if not uses_gpu:
            check_fits(path.stem, needed_bytes)
            sandbox = lock_down(memory_bytes=limit_bytes, readable=tuple(filter(None, (request.path, request.adapter))))
        try:
            model = Model(path, header, context_tokens=request.context_tokens, use_gpu=uses_gpu, aside=request.aside)
        except LoadFailed as error:
            if uses_gpu:
                return GpuRefused()
            raise ModelFileInvalid(path=str(path), detail="not_loaded") from error
        if request.adapter:
            model.add_adapter(adapter, request.adapter_scale)
        if not uses_gpu:
            lock_down(memory_bytes=limit_bytes)
        self._model = model
        if request.beginning:
            model.read(request.beginning)
        return ModelLoaded(model.context_tokens, model.device, model.template.name, sandbox, model.prompt_ms_per_token)

    def _generate(self, number: int, request: Generate) -> None:
        from app.llm.model import Sampling

        stats = self._loaded().generate(
            request.messages,
            Sampling(request.max_tokens, request.temperature, request.seed, request.threads),
            on_text=lambda text: self._connection.send(number, TokenText(text)),
            should_stop=lambda: self._is_stopped(number),
        )
        self._connection.send(
            number,
            Generated(
                stats.reason,
                stats.prompt_tokens,
                stats.answer_tokens,
                stats.first_token_ms,
                stats.total_ms,
                stats.reused_tokens,
                self._loaded().prompt_ms_per_token,
                stats.threads,
            ),
        )

    def _is_stopped(self, number: int) -> bool:
        """Return whether the answer in hand is to end, because somebody says so or nobody listens; never raises."""
        try:
            while self._connection.poll():
                received = self._connection.receive()
                if not isinstance(received.message, StopGenerating):
                    self._waiting.append(received)
                elif received.request_id == number:
                    return True
        except (ConnectionClosed, FrameInvalid):
            return True
        return False

    def _has_request(self) -> bool:
        """Return whether there is something to do, or nobody any more to do it for; never raises."""
        try:
            return bool(self._waiting) or self._connection.poll()
        except (ConnectionClosed, FrameInvalid):
            return True

    def _loaded(self) -> "Model":
        if self._model is None:
            raise UsageWrong(detail="no model is loaded")
        return self._model
