"""llama.cpp behind a few typed methods: a model and its contexts. Llama process; the embedder's uses its start."""

import ctypes
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from app.llm.vocabulary import Special, is_control

# llama.cpp's threads wait for each other some 500 times a token. Asleep at once they write 30 tokens/s on two quiet
# cores and 17 on two busy ones (SmolLM2-135M), spinning so many turns before that 98 and 40, many more turns 1.7 on
# busy ones. OpenMP looks at this once, when llama.cpp is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
os.environ["GGML_NO_BACKTRACE"] = "1"  # a crash is reported by who started us; a debugger must not be looked for

import llama_cpp
from llama_cpp import _ggml

DECODED, ABORTED = 0, 2
_ALL_LAYERS = 999
_GPU_KINDS = (1, 2)  # GGML_BACKEND_DEVICE_TYPE_GPU and _IGPU
_MARKED = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
_PIECE_BYTES = 512


class LoadFailed(Exception):
    """llama.cpp does not take this file."""


class Llama:
    """A model; not to be used from two threads."""

    def __init__(self, path: Path, *, on_gpu: bool, rearranged: bool, should_abort: Callable[[], bool]) -> None:
        """Load a model, its weights `rearranged` for this processor or as they lie in the file.

        `should_abort` is asked some 500 times a token and must not raise.
        """

        def abort(_user: ctypes.c_void_p) -> bool:
            return should_abort()

        self._should_abort: Final = llama_cpp.ggml_abort_callback(abort)
        self._on_gpu = on_gpu
        model = llama_cpp.llama_model_load_from_file(os.fsencode(path), model_settings(on_gpu, rearranged))
        if not model:
            raise LoadFailed
        vocabulary = llama_cpp.llama_model_get_vocab(model)
        if not vocabulary:
            llama_cpp.llama_model_free(model)
            raise LoadFailed
        self._model, self._vocabulary = model, vocabulary

    def close(self) -> None:
        """Free the model's memory, after that of its contexts."""
        llama_cpp.llama_model_free(self._model)

    def context(self, tokens: int, batch_tokens: int) -> "Context":
        """Return a memory of so many tokens that computes at most `batch_tokens` at once; raise `LoadFailed`."""
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = tokens
        settings.n_batch = settings.n_ubatch = batch_tokens
        settings.n_threads = settings.n_threads_batch = 1
        settings.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        settings.offload_kqv = settings.op_offload = self._on_gpu
        settings.no_perf = True
        settings.abort_callback = self._should_abort
        context = llama_cpp.llama_init_from_model(self._model, settings)
        memory = llama_cpp.llama_get_memory(context) if context else None
        if not context or not memory:
            raise LoadFailed
        return Context(context, memory, batch_tokens)

    def add_adapter(self, context: "Context", path: Path, scale: float) -> None:
        """Lay so much of a LoRA adapter over the model in a context; a file that is none can end the process."""
        adapter = llama_cpp.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not adapter:
            raise LoadFailed
        context.use_adapter(adapter, scale)

    def is_end(self, token: int) -> bool:
        """Return whether the answer ends with this token."""
        return llama_cpp.llama_vocab_is_eog(self._vocabulary, token)

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for, none for a control token."""
        array = ctypes.create_string_buffer(_PIECE_BYTES)
        length = llama_cpp.llama_token_to_piece(self._vocabulary, token, array, _PIECE_BYTES, 0, False)
        return array.raw[: max(0, length)]

    def tokenise(self, text: str) -> list[int]:
        """Return the tokens of plain text, control tokens not recognised."""
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 8
        array = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocabulary, encoded, len(encoded), array, room, False, False)
        return list(array[:count])

    def specials(self) -> dict[str, Special]:
        """Return the tokens that are more than text, by their spelling."""
        specials: dict[str, Special] = {}
        for token in range(llama_cpp.llama_vocab_n_tokens(self._vocabulary)):
            kind = llama_cpp.llama_vocab_get_attr(self._vocabulary, token)
            if kind & (_MARKED | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED):
                text = self.spelling(token)
                specials[text] = Special(
                    token,
                    is_control(text, marked_control=bool(kind & _MARKED)),
                    bool(kind & llama_cpp.LLAMA_TOKEN_ATTR_LSTRIP),
                    bool(kind & llama_cpp.LLAMA_TOKEN_ATTR_RSTRIP),
                )
        return specials

    def spelling(self, token: int) -> str:
        """Return how the vocabulary writes a token, "" for none."""
        if token < 0:
            return ""
        return llama_cpp.llama_vocab_get_text(self._vocabulary, token).decode("utf-8", "replace")

    @property
    def begin_token(self) -> int:
        """Return the token that stands for the beginning, negative if the model has none."""
        return _number(llama_cpp.llama_vocab_bos(self._vocabulary))

    @property
    def end_token(self) -> int:
        """Return the token that stands for the end, negative if the model has none."""
        return _number(llama_cpp.llama_vocab_eos(self._vocabulary))

    @property
    def adds_begin(self) -> bool:
        """Return whether every prompt is to start with the beginning token."""
        return llama_cpp.llama_vocab_get_add_bos(self._vocabulary) and self.begin_token >= 0


class Context:
    """What a model keeps in mind of one text: tokens, in their order."""

    def __init__(self, context: llama_cpp.llama_context_p, memory: llama_cpp.llama_memory_t, batch_tokens: int) -> None:
        self._context, self._memory = context, memory
        self.batch_tokens: Final = batch_tokens

    def close(self) -> None:
        """Free its memory, before that of the model."""
        llama_cpp.llama_free(self._context)

    def use_adapter(self, adapter: llama_cpp.llama_adapter_lora_p, scale: float) -> None:
        """Compute with so much of an adapter from now on."""
        adapters, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(scale)
        if llama_cpp.llama_set_adapters_lora(self._context, adapters, 1, scales):  # pyright: ignore[reportUnknownMemberType]
            raise LoadFailed

    def decode(self, tokens: Sequence[int], threads: int) -> int:
        """Compute these tokens after those in memory; return DECODED, ABORTED or another status, an error."""
        llama_cpp.llama_set_n_threads(self._context, threads, threads)
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        status = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens)))
        llama_cpp.llama_synchronize(self._context)
        return status

    def forget_after(self, length: int) -> bool:
        """Drop all but the first tokens from memory; False, and all are dropped, where the model cannot."""
        if llama_cpp.llama_memory_seq_rm(self._memory, 0, length, -1):
            return True
        llama_cpp.llama_memory_clear(self._memory, True)
        return False

    def sampler(self, temperature: float, seed: int) -> "Sampler":
        """Return what chooses the next token; temperature 0 takes the likeliest."""
        return Sampler(self._context, temperature, seed)

    def likelihood(self, tokens: Iterable[int]) -> float:
        """Return the logarithm of how likely one of these tokens is next, up to a constant that all sets share."""
        logits = llama_cpp.llama_get_logits_ith(self._context, -1)
        return math.log(sum(math.exp(logits[token]) for token in tokens))


class Sampler:
    """Chooses the next token from what the model computed last."""

    def __init__(self, context: llama_cpp.llama_context_p, temperature: float, seed: int) -> None:
        self._context = context
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        if temperature <= 0:
            steps = [llama_cpp.llama_sampler_init_greedy()]
        else:
            steps = [
                llama_cpp.llama_sampler_init_top_k(40),
                llama_cpp.llama_sampler_init_top_p(0.95, 1),
                llama_cpp.llama_sampler_init_min_p(0.05, 1),
                llama_cpp.llama_sampler_init_temp(temperature),
                llama_cpp.llama_sampler_init_dist(seed & 0xFFFFFFFF),
            ]
        for step in steps:
            llama_cpp.llama_sampler_chain_add(self._chain, step)

    def next(self) -> int:
        """Return the next token."""
        return llama_cpp.llama_sampler_sample(self._chain, self._context, -1)

    def close(self) -> None:
        """Free the sampler."""
        llama_cpp.llama_sampler_free(self._chain)


def start_llama() -> None:
    """Initialise llama.cpp, once in a process; from then on it prints nothing."""
    llama_cpp.llama_log_set(_be_silent, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()


def gpu_name() -> str:
    """Return what the GPU calls itself on which the installed llama.cpp can compute, "" without one."""
    if not llama_cpp.llama_supports_gpu_offload():
        return ""
    library = _ggml.libggml
    library.ggml_backend_dev_count.restype = ctypes.c_size_t
    library.ggml_backend_dev_get.restype = ctypes.c_void_p
    library.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    library.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    library.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    library.ggml_backend_dev_description.restype = ctypes.c_char_p
    for number in range(library.ggml_backend_dev_count()):
        device = library.ggml_backend_dev_get(number)
        if library.ggml_backend_dev_type(device) in _GPU_KINDS:
            return library.ggml_backend_dev_description(device).decode("utf-8", "replace")
    return ""


def model_settings(on_gpu: bool, rearranged: bool) -> llama_cpp.llama_model_params:
    """Return how a model's file is to be loaded."""
    settings = llama_cpp.llama_model_default_params()
    settings.n_gpu_layers = _ALL_LAYERS if on_gpu else 0
    # WORKAROUND: GCC drops the tile configuration that llama.cpp's AMX code writes, and the first product of matrices
    # dies of SIGSEGV (github.com/ggml-org/llama.cpp/pull/26954). Without extra buffers AMX is not used.
    settings.use_extra_bufts = rearranged and b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info()
    return settings


def _number(token: "llama_cpp.llama_token | int") -> int:
    return token if isinstance(token, int) else token.value


@llama_cpp.llama_log_callback
def _be_silent(_level: int, _text: bytes, _user: ctypes.c_void_p) -> None:
    return
