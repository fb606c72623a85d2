"""The embedder's process: loads one GGUF model in its life and turns texts into vectors. Ends at end-of-file.

It is locked in as the llama process is: with the model's file alone before that is opened, then without any; not
where it computes on a GPU, because the driver needs its devices.
"""

import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.core.child_messages import (
    CountPieces,
    EmbedderLoaded,
    EmbedText,
    LoadEmbedder,
    PiecesCounted,
    TextEmbedded,
)
from app.core.errors import AppError, ModelRuntimeMissing, UsageWrong
from app.core.messages import Failed
from app.core.models import ModelRole
from app.engine.sandbox import lock_down
from app.engine.wire import Connection, ConnectionClosed
from app.llm.gguf import memory_needed, read_header
from app.llm.memory import address_space_bytes, check_fits

if TYPE_CHECKING:
    from app.llm.llama_embedder import LlamaEmbedder

HEADROOM_BYTES = 2 * 1024**3  # threads' stacks, arenas, and the repacked copy of some weights


def run(connection: Connection) -> None:
    """Answer requests until the other end is gone."""
    embedder: LlamaEmbedder | None = None
    while True:
        try:
            received = connection.receive()
            try:
                match received.message:
                    case LoadEmbedder() as request if embedder is None:
                        embedder, answer = _load(request)
                    case EmbedText(text) if embedder is not None:
                        answer = TextEmbedded(embedder.embed(text).astype("<f4").tobytes())
                    case CountPieces(text) if embedder is not None:
                        answer = PiecesCounted(*embedder.pieces(text))
                    case other:
                        raise UsageWrong(detail=f"{type(other).__name__} is no request to the embedder's process now")
            except AppError as error:
                answer = Failed(type(error).__name__, error.facts)
            except Exception:
                answer = Failed("", {"traceback": traceback.format_exc()})
            connection.send(received.request_id, answer)
        except ConnectionClosed:
            return


def _load(request: LoadEmbedder) -> "tuple[LlamaEmbedder, EmbedderLoaded]":
    try:
        from app.llm.llama import gpu_name, start_llama
        from app.llm.llama_embedder import LlamaEmbedder
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelRuntimeMissing(detail=str(error)) from error
    start_llama()
    np.linalg.norm(np.zeros(1, np.float32))  # what is loaded late could not be opened in the jail
    path = Path(os.fsdecode(request.path))
    header = read_header(path, ModelRole.EMBED)
    needed_bytes = memory_needed(header, request.max_tokens)
    uses_gpu = request.gpu and bool(gpu_name())
    sandbox: tuple[str, ...] = ()
    limit_bytes = address_space_bytes() + 2 * needed_bytes + HEADROOM_BYTES
    if not uses_gpu:
        check_fits(path.stem, needed_bytes)
        sandbox = lock_down(memory_bytes=limit_bytes, readable=(request.path,))
    embedder = LlamaEmbedder(path, header, request.pooling, request.max_tokens, use_gpu=uses_gpu)
    if not uses_gpu:
        lock_down(memory_bytes=limit_bytes)
    return embedder, EmbedderLoaded(embedder.dimensions, embedder.device, sandbox)
