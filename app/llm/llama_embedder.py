"""A GGUF model that turns texts into vectors, one at a time, by llama.cpp. Embedder process."""

import os
import platform
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.config.cores import usable_cores
from app.core.errors import ModelFileInvalid
from app.core.models import Pooling
from app.llm.gguf import GgufHeader
from app.llm.llama import gpu_name, model_settings  # first: it says how llama.cpp's threads are to wait

import llama_cpp  # isort: skip

from app.llm.model import gains_from_rearranging  # isort: skip

_POOLINGS = {
    Pooling.CLS: llama_cpp.LLAMA_POOLING_TYPE_CLS,
    Pooling.MEAN: llama_cpp.LLAMA_POOLING_TYPE_MEAN,
    Pooling.LAST: llama_cpp.LLAMA_POOLING_TYPE_LAST,
}


class LlamaEmbedder:
    """A loaded model; not to be used from two threads."""

    def __init__(self, path: Path, header: GgufHeader, pooling: Pooling, max_tokens: int, *, use_gpu: bool) -> None:
        """Load a model whose header was read before, on the GPU if there is one and it has room.

        Raises:
            ModelFileInvalid: llama.cpp cannot load it ("not_loaded").
        """
        self._max_tokens = max_tokens
        self._rearranged = gains_from_rearranging(header, platform.machine())
        self._gpu = gpu_name() if use_gpu else ""
        if not self._load(path, pooling):
            self._gpu = ""  # too little memory on the GPU, most likely
            if not use_gpu or not self._load(path, pooling):
                raise ModelFileInvalid(path=str(path), detail="not_loaded")
        vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        if not vocabulary:
            raise ModelFileInvalid(path=str(path), detail="not_loaded")
        self._vocabulary = vocabulary
        self._unknown = _unknown(vocabulary)
        self.dimensions = int(llama_cpp.llama_model_n_embd_out(self._model))

    @property
    def device(self) -> str:
        """Return what computes, for people."""
        threads = usable_cores()
        return self._gpu or f"CPU, {threads} thread{'s' if threads > 1 else ''}"

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """Return a text, as far as the model reads it, as float32[dimensions] of unit length."""
        tokens = self._tokens(text, with_special=True)
        if len(tokens) > self._max_tokens:
            tokens = [*tokens[: self._max_tokens - 1], tokens[-1]]  # the last one may be the one that says the end
        memory = llama_cpp.llama_get_memory(self._context)
        if memory:
            llama_cpp.llama_memory_clear(memory, True)
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        status = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens)))
        pooled = llama_cpp.llama_get_embeddings_seq(self._context, 0) if not status else None
        if not pooled:
            raise RuntimeError(f"llama_decode returned {status}")
        vector = np.array(pooled[: self.dimensions], dtype=np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def pieces(self, text: str) -> tuple[int, int]:
        """Return how many tokens a text has, and how many of them are not the unknown one."""
        tokens = self._tokens(text, with_special=False)
        return len(tokens), sum(token != self._unknown for token in tokens)

    def _tokens(self, text: str, *, with_special: bool) -> list[int]:
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 8
        array = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocabulary, encoded, len(encoded), array, room, with_special, False)
        return list(array[: max(0, count)]) or [max(0, _number(llama_cpp.llama_vocab_eos(self._vocabulary)))]

    def _load(self, path: Path, pooling: Pooling) -> bool:
        model = llama_cpp.llama_model_load_from_file(
            os.fsencode(path), model_settings(bool(self._gpu), self._rearranged)
        )
        if not model:
            return False
        context = llama_cpp.llama_init_from_model(model, self._context_settings(pooling))
        if not context:
            llama_cpp.llama_model_free(model)
            return False
        self._model, self._context = model, context
        return True

    def _context_settings(self, pooling: Pooling) -> llama_cpp.llama_context_params:
        settings = llama_cpp.llama_context_default_params()
        # An encoder takes a text in at once, or the process is ended by an assertion.
        settings.n_ctx = settings.n_batch = settings.n_ubatch = self._max_tokens
        settings.n_seq_max = 1
        settings.n_threads = settings.n_threads_batch = usable_cores()
        settings.embeddings = True
        settings.pooling_type = _POOLINGS[pooling]
        settings.offload_kqv = settings.op_offload = bool(self._gpu)
        settings.no_perf = True
        return settings


def _unknown(vocabulary: llama_cpp.llama_vocab_p) -> int:
    for token in range(llama_cpp.llama_vocab_n_tokens(vocabulary)):
        if llama_cpp.llama_vocab_get_attr(vocabulary, token) & llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN:
            return token
    return -1


def _number(token: "llama_cpp.llama_token | int") -> int:
    return token if isinstance(token, int) else token.value
