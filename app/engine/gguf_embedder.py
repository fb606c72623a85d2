"""A GGUF embedder as the library sees it, and the process that it runs in. Runs in the engine's process."""

import subprocess
import threading
from types import TracebackType
from typing import TypeVar

import numpy as np

from app.core.child_messages import (
    CountPieces,
    EmbedderLoaded,
    EmbedText,
    LoadEmbedder,
    PiecesCounted,
    TextEmbedded,
)
from app.core.errors import ModelDied, error_from_facts
from app.core.messages import Failed
from app.engine.spawn import spawn
from app.engine.wire import Connection, ConnectionClosed, FrameInvalid
from app.library.embedder import Vector
from app.library.onnx import Pieces
from app.llm.embedders import EmbedderChoice

LOAD_LIMIT_S = 120.0
TEXT_LIMIT_S = 60.0

_Answer = TypeVar("_Answer")


class GgufEmbedder:
    """A model in a process of its own, which is started again after it died; calls from several threads queue up.

    After `end`, whatever is asked for, or was being asked for, raises `ModelDied`.
    """

    def __init__(self, choice: EmbedderChoice, *, use_gpu: bool = True) -> None:
        """Load the model.

        Raises:
            AppError: it cannot be loaded; `ModelDied` if its process ended.
        """
        self.name = choice.space
        self._choice = choice
        self._use_gpu = use_gpu
        self._turn = threading.Lock()
        self._child: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._request = 0
        self._is_over = False
        with self._turn:
            self.loaded = self._start()

    def __enter__(self) -> "GgufEmbedder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int | None:
        """Return the process id of the child, None without one."""
        return self._child[0].pid if self._child else None

    def embed(self, text: str) -> Vector:
        """Return a passage, as far as the model reads it, as float32[d] of unit length. Raises: ModelDied."""
        return self._embedded(self._choice.settings.passage_prefix + text)

    def embed_query(self, question: str) -> Vector:
        """Return a question as float32[d] of unit length, comparable to `embed`. Raises: ModelDied."""
        return self._embedded(self._choice.settings.query_prefix + question)

    def pieces(self, text: str) -> Pieces:
        """Return how the model's vocabulary covers a text. Raises: ModelDied."""
        counted = self._ask(CountPieces(_encodable(text)), PiecesCounted)
        return Pieces(counted.tokens, counted.known)

    def end(self) -> None:
        """End the process for good."""
        self._is_over = True
        if child := self._child:
            child[0].kill()  # whoever waits for its answer hears of it now
        with self._turn:
            self._close()

    def _close(self) -> None:
        if self._child is not None:
            process, connection = self._child
            self._child = None
            connection.close()
            process.kill()
            process.wait()

    def _embedded(self, text: str) -> Vector:
        answer = self._ask(EmbedText(_encodable(text)), TextEmbedded)
        vector = np.frombuffer(answer.vector, "<f4").astype(np.float32)
        if len(vector) != self.loaded.dimensions or not np.isfinite(vector).all():
            raise ModelDied(name=self._choice.name, detail="it gave back nonsense")
        return vector

    def _ask(self, message: object, kind: type[_Answer]) -> _Answer:
        with self._turn:
            if self._child is None:
                self._start()
            return self._exchange(message, kind, TEXT_LIMIT_S)

    def _start(self) -> EmbedderLoaded:
        process, ours = spawn("embedder")
        self._child = (process, Connection(ours))
        if self._is_over:
            self._close()
            raise ModelDied(name=self._choice.name, detail="it is no longer used")
        settings = self._choice.settings
        load = LoadEmbedder(bytes(self._choice.path), settings.pooling, settings.max_tokens, self._use_gpu)
        try:
            return self._exchange(load, EmbedderLoaded, LOAD_LIMIT_S)
        except BaseException:
            self._close()
            raise

    def _exchange(self, message: object, kind: type[_Answer], limit_s: float) -> _Answer:
        assert self._child is not None
        process, connection = self._child
        self._request += 1
        try:
            connection.send(self._request, message)
            if not connection.poll(limit_s):
                raise FrameInvalid("no answer in time")
            received = connection.receive()
        except (ConnectionClosed, FrameInvalid) as error:
            self._close()
            raise ModelDied(name=self._choice.name, detail=str(error) or f"exit status {process.returncode}") from error
        answer = received.message
        if isinstance(answer, kind) and received.request_id == self._request:
            return answer
        if isinstance(answer, Failed) and answer.error:
            raise error_from_facts(answer.error, answer.facts)
        self._close()
        raise ModelDied(name=self._choice.name, detail=type(answer).__name__)


def _encodable(text: str) -> str:
    """Return `text` with lone surrogates, which no message can carry, replaced."""
    return text.encode("utf-8", "replace").decode()
