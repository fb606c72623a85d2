"""How soon an answer comes and how fast it is written, beside llama.cpp alone with the same model and prompt."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import llama_cpp

from app.config.cores import usable_cores
from app.core.child_messages import Generated, TokenText
from app.core.types import ChatMessage
from app.engine.model_host import ModelChoice, ModelHost
from app.llm.gguf import read_header
from app.llm.llama import model_settings, start_llama
from app.llm.model import Model, gains_from_rearranging
from app.llm.threads import thread_candidates
from tests.benchmarks.figures import Figure, paragraphs

TIMES = 3
TOKENS = 48
PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How long until the first token was there, and tokens a second from then on."""

    first_ms: float
    per_s: float


async def measure(folder: Path) -> list[Figure]:
    """Write the same answer by turns through the product's model process and by llama.cpp alone; the best of each."""
    name = os.environ.get("MARGENT_BENCH_MODEL", "smollm2-135m-instruct-q4_1")
    path = folder / "data" / "models" / f"{name}.gguf"
    story = " ".join(paragraphs(PARAGRAPHS, 0))
    prompts = [(ChatMessage("user", f"{n}. {story}\n\nTell this story again, at length."),) for n in range(TIMES)]
    start_llama()
    header = read_header(path)
    model = Model(path, header, use_gpu=False)
    tokens = [model.tokens(prompt) for prompt in prompts]
    model.close()
    host = ModelHost(lambda _: None)
    ours: list[Pace] = []
    alone: list[Pace] = []
    try:
        await host.load(ModelChoice(name, os.fsencode(path)))
        for prompt, encoded in zip(prompts, tokens, strict=True):
            await _forget(host)
            ours.append(await _through_the_product(host, prompt))
            rearranged = gains_from_rearranging(header, os.uname().machine)
            alone += [_by_llama_alone(path, encoded, threads, rearranged) for threads in _threads()]
    finally:
        host.end()
    first, bound = min(pace.first_ms for pace in ours), min(pace.first_ms for pace in alone)
    best, most = max(pace.per_s for pace in ours), max(pace.per_s for pace in alone)
    return [
        Figure(f"first token after {len(tokens[0])} tokens, {name[:12]}", first, bound, "ms"),
        Figure("tokens a second, the more the better", best, most, "tokens/s"),
    ]


async def _forget(host: ModelHost) -> None:
    """Have the model read something else, so that nothing of the prompt is in its memory."""
    async for _ in host.generate((ChatMessage("user", "Hello."),), 1, 0, None):
        pass


async def _through_the_product(host: ModelHost, prompt: tuple[ChatMessage, ...]) -> Pace:
    started_s = time.perf_counter()
    first_s, computed = 0.0, 0
    async for event in host.generate(prompt, TOKENS, 0, None):
        match event:
            case TokenText():
                first_s = first_s or time.perf_counter()
            case Generated():
                computed = event.answer_tokens - (event.reason != "end")
    return Pace((first_s - started_s) * 1000, computed / (time.perf_counter() - first_s))


def _by_llama_alone(path: Path, prompt: list[int], threads: int, rearranged: bool) -> Pace:
    """Read the prompt in one go and write greedily, with nothing around llama.cpp's own functions."""
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), model_settings(False, rearranged))
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx = settings.n_batch = 4096
    settings.n_threads = settings.n_threads_batch = threads
    settings.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
    if model is None or (context := llama_cpp.llama_init_from_model(model, settings)) is None:
        raise RuntimeError(f"{path} cannot be loaded")
    sampler = llama_cpp.llama_sampler_init_greedy()

    def decoded(tokens: list[int]) -> int:
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(tokens))):
            raise RuntimeError("llama_decode failed")
        return llama_cpp.llama_sampler_sample(sampler, context, -1)

    decoded(prompt[:1])  # the first touch of the weights reads them from disk
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)  # pyright: ignore[reportArgumentType]
    started_s = time.perf_counter()
    token = decoded(prompt)
    first_s = time.perf_counter()
    for _ in range(TOKENS - 1):
        token = decoded([token])
    ended_s = time.perf_counter()
    llama_cpp.llama_sampler_free(sampler)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return Pace((first_s - started_s) * 1000, (TOKENS - 1) / (ended_s - first_s))


def _threads() -> tuple[int, ...]:
    return thread_candidates(usable_cores())
