"""One language model: a conversation in, text out, with a memory of the prompt that it saw last. Llama process."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.config.cores import usable_cores
from app.core.errors import ModelFileInvalid, QuestionTooLong
from app.core.types import ChatMessage, ThreadRuns
from app.llm.gguf import COMPUTE_TOKENS, GgufHeader
from app.llm.llama import ABORTED, Context, Llama, LoadFailed, gpu_name
from app.llm.parts import part_lengths
from app.llm.repeats import goes_round, says_it_again
from app.llm.seen import Seen
from app.llm.template import ChatTemplate
from app.llm.text_stream import TextStream
from app.llm.threads import ThreadPace, counts_of, runs_of, thread_candidates
from app.llm.vocabulary import Vocabulary

DEFAULT_CONTEXT_TOKENS = 4096
ASIDE_TOKENS = 1280
"""How long a question may be that is asked aside, with what all of them begin with."""

ASIDE_COMPUTE_TOKENS = 64  # small, so that its work space is, too, and that reading ahead gives way soon
POLL_S = 0.02  # how often a stop is looked for while llama.cpp computes
MEASURE_S = 0.8  # how long the thread counts are measured when a model is loaded
_MEASURED_PROMPT_TOKENS = 32
_YES, _NO = ("Yes", "yes", " Yes", " yes", "YES"), ("No", "no", " No", " no", "NO")
_Q4_0_AND_IQ4_NL = (2, 25)  # llama.cpp's LLAMA_FTYPE


@dataclass(frozen=True, slots=True)
class GenerationStats:
    """How an answer came about.

    `reused_tokens` of the prompt were in memory from before; `first_token_ms` is 0 where no token was written;
    `threads` are those that its tokens were computed with.
    """

    reason: str
    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    first_token_ms: float
    total_ms: float
    threads: ThreadRuns = ()


@dataclass(frozen=True, slots=True)
class Leaning:
    """Whether a model leans to a yes or a no: `log_odds` is ln(P(yes) / P(no)), None where it cannot be told."""

    log_odds: float | None
    prompt_tokens: int
    reused_tokens: int


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written: why no more, how many tokens, and when the first was there (`time.perf_counter`)."""

    reason: str
    tokens: int = 0
    first_s: float = 0.0
    threads: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much to write and how to choose; temperature 0 is greedy.

    `threads` are those that the same text was computed with before; beyond them, and without any, as is fastest now.
    """

    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    threads: ThreadRuns = ()


class _StopWatch:
    """Asks now and then whether to stop, and remembers a yes."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._should_stop = should_stop
        self._next_s = 0.0
        self.stopped = False

    def look(self) -> bool:
        """Ask if it is time to; return whether to stop."""
        now_s = time.monotonic()
        if not self.stopped and now_s >= self._next_s:
            self._next_s = now_s + POLL_S
            self.stopped = self._should_stop()
        return self.stopped


class Model:
    """A loaded model."""

    def __init__(
        self,
        path: Path,
        header: GgufHeader,
        *,
        context_tokens: int = 0,
        use_gpu: bool = True,
        aside: Sequence[ChatMessage] = (),
    ) -> None:
        """Load a model whose header was read before, on the GPU if there is one and `use_gpu`.

        `aside` is what all questions begin with that are asked aside; without it they take the conversation's place.

        Raises:
            LoadFailed: llama.cpp, or the GPU, does not take it.
        """
        self.path = path
        self.context_tokens = context_size(header, context_tokens)
        self._watch = _StopWatch(lambda: False)
        self._gpu = gpu_name() if use_gpu else ""
        self._llama = Llama(
            path,
            on_gpu=bool(self._gpu),
            rearranged=gains_from_rearranging(header, platform.machine()),
            should_abort=lambda: self._watch.look(),
        )
        self._seen = Seen(self._llama.context(self.context_tokens, COMPUTE_TOKENS))
        self._aside = Seen(self._llama.context(ASIDE_TOKENS, ASIDE_COMPUTE_TOKENS)) if aside else None
        begin, end = self._llama.begin_token, self._llama.end_token
        self.template = ChatTemplate(header.chat_template, self._llama.spelling(begin), self._llama.spelling(end))
        first = begin if self._llama.adds_begin else None
        self.vocabulary = Vocabulary(self._llama.tokenise, self._llama.specials(), first)
        self._yes, self._no = self._beginnings(_YES), self._beginnings(_NO)
        self._token_pace, self._prompt_pace = self._measured(max(0, begin))
        self._ahead = self.tokens(aside)[: ASIDE_TOKENS - 1] if aside else []

    @property
    def device(self) -> str:
        """Return what computes, for people."""
        threads = self._token_pace.choice
        return self._gpu or f"CPU, {threads} thread{'s' if threads > 1 else ''}"

    @property
    def prompt_ms_per_token(self) -> float:
        """Return how long a token of a prompt takes at present, 0 if that is not known."""
        return self._prompt_pace.ms

    def close(self) -> None:
        """Free the model's memory."""
        for seen in filter(None, (self._seen, self._aside)):
            seen.context.close()
        self._llama.close()

    def add_adapter(self, path: Path, scale: float) -> None:
        """Lay so much of a LoRA adapter, whose header was read before, over the model."""
        try:
            self._llama.add_adapter(self._seen.context, path, scale)
        except LoadFailed as error:
            raise ModelFileInvalid(path=str(path), detail="not_loaded") from error

    def tokens(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Return the whole prompt's tokens."""
        return self.vocabulary.tokens(self.template.pieces(messages))

    def generate(
        self,
        messages: Sequence[ChatMessage],
        sampling: Sampling,
        on_text: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> GenerationStats:
        """Write an answer, piece by piece to `on_text`; look at `should_stop` (which must not raise) all the time.

        Raises:
            QuestionTooLong: prompt and answer do not fit the context.
        """
        started_s = time.perf_counter()
        prompt = self._fitting(messages, sampling.max_tokens)
        self._watch = _StopWatch(should_stop)
        reused = self._seen.make_way_for(prompt)
        written = self._write(sampling, on_text) if self._take_in(self._seen, prompt[reused:]) else _Written("stopped")
        self._seen.forget_all_but(prompt)  # what was written was computed token by token
        first_token_ms = (written.first_s - started_s) * 1000 if written.tokens else 0.0
        total_ms = (time.perf_counter() - started_s) * 1000
        done = written.reason, len(prompt), reused, written.tokens
        return GenerationStats(*done, first_token_ms, total_ms, runs_of(written.threads))

    def leaning(
        self, messages: Sequence[ChatMessage], should_stop: Callable[[], bool], *, is_aside: bool = False
    ) -> Leaning:
        """Tell whether the model would rather begin its answer with a yes or with a no; nothing is written.

        What is asked aside has a memory of its own, so that the conversation's need not be read again afterwards.

        Raises:
            QuestionTooLong: the prompt does not fit the context.
        """
        seen = self._aside if is_aside and self._aside else self._seen
        prompt = self._fitting(messages, 1, ASIDE_TOKENS if seen is self._aside else self.context_tokens)
        self._watch = _StopWatch(should_stop)
        reused = seen.forget_all_but(prompt[:-1]) if seen is self._aside else seen.make_way_for(prompt)
        log_odds = None
        if self._take_in(seen, prompt[reused:]) and self._yes and self._no:
            log_odds = seen.context.likelihood(self._yes) - seen.context.likelihood(self._no)
        return Leaning(log_odds, len(prompt), reused)

    def read(self, messages: Sequence[ChatMessage]) -> None:
        """Read the beginning of prompts to come, so that they are answered sooner."""
        prompt = self.tokens(messages)[: self.context_tokens - 1]
        self._watch = _StopWatch(lambda: False)
        self._take_in(self._seen, prompt[self._seen.make_way_for(prompt) :])

    def read_ahead(self, should_stop: Callable[[], bool]) -> None:
        """Read what all questions asked aside begin with, until `should_stop`; go on with it the next time."""
        if self._aside is None or not self._ahead:
            return
        self._watch = _StopWatch(should_stop)
        ahead, self._ahead = self._ahead, []  # what cannot be computed is told of the questions themselves
        if not self._take_in(self._aside, ahead[self._aside.forget_all_but(ahead) :]):
            self._ahead = ahead

    def _fitting(self, messages: Sequence[ChatMessage], max_tokens: int, context_tokens: int = 0) -> list[int]:
        prompt, limit = self.tokens(messages), (context_tokens or self.context_tokens) - max_tokens
        if len(prompt) > limit:
            raise QuestionTooLong(tokens=str(len(prompt)), limit=str(limit))
        return prompt

    def _beginnings(self, words: Sequence[str]) -> frozenset[int]:
        """Return the tokens that these words are, as far as each is a single one."""
        spelt = (self._llama.tokenise(word) for word in words)
        return frozenset(tokens[0] for tokens in spelt if len(tokens) == 1)

    def _write(self, sampling: Sampling, on_text: Callable[[str], None]) -> _Written:
        """Write until the model or somebody ends it."""
        stream = TextStream(self.template.stops)
        sampler = self._seen.context.sampler(sampling.temperature, sampling.seed)
        tokens: list[int] = []
        planned, used = counts_of(sampling.threads, usable_cores()), list[int]()
        text, reason, first_s = "", "", 0.0
        try:
            while not reason:
                token = sampler.next()
                if self._llama.is_end(token):
                    reason = "end"
                    break
                tokens.append(token)
                first_s = first_s or time.perf_counter()
                if piece := stream.feed(self._llama.piece(token)):
                    text += piece
                    on_text(piece)
                if stream.ended:
                    reason = "end"
                elif goes_round(tokens) or says_it_again(text):
                    reason = "loop"
                elif len(tokens) >= sampling.max_tokens:
                    reason = "length"
                else:
                    used.append(next(planned, self._token_pace.choice))
                    if self._watch.look() or not self._take_in(self._seen, [token], used[-1]):
                        reason = "stopped"
        finally:
            sampler.close()
        if piece := stream.flush():
            on_text(piece)
        return _Written(reason, len(tokens), first_s, used)

    def _take_in(self, seen: Seen, tokens: Sequence[int], threads: int = 0) -> bool:
        """Compute these tokens after those seen; False if stopped, then only whole steps of them are remembered.

        With 0 threads, by as many as are fastest now.
        """
        start = 0
        for length in part_lengths(len(tokens), seen.context.batch_tokens):
            part = tokens[start : start + length]
            start += length
            pace = self._token_pace if len(part) == 1 else self._prompt_pace
            if not self._timed(seen.context, part, pace, threads or pace.choice):
                seen.forget_after(len(seen.tokens))
                return False
            seen.tokens += part
            if self._watch.look():
                return False
        return True

    def _timed(self, context: Context, tokens: Sequence[int], pace: ThreadPace, threads: int) -> bool:
        """Compute these tokens and note how long it took, unless they are too few to tell; False if stopped."""
        began_s = time.perf_counter()
        status = context.decode(tokens, threads)
        if status == ABORTED:
            return False
        if status:
            raise RuntimeError(f"llama_decode returned {status}")
        if len(tokens) == 1 or len(tokens) >= _MEASURED_PROMPT_TOKENS:
            pace.note(threads, (time.perf_counter() - began_s) * 1000 / len(tokens))
        return True

    def _measured(self, token: int) -> tuple[ThreadPace, ThreadPace]:
        """Find out how many threads are fastest at this moment, for single tokens and for prompts."""
        counts = (1,) if self._gpu else thread_candidates(usable_cores())
        single, many = ThreadPace(counts), ThreadPace(counts)
        context = self._seen.context
        context.decode([token], counts[0])  # the first touch of the weights reads them from disk
        deadline_s = time.perf_counter() + MEASURE_S
        for threads in counts if len(counts) > 1 else ():
            for pace, length in ((single, 1), (single, 1), (many, _MEASURED_PROMPT_TOKENS)):
                if time.perf_counter() < deadline_s:
                    self._timed(context, [token] * length, pace, threads)
        context.forget_after(0)
        return single, many


def context_size(header: GgufHeader, wanted: int) -> int:
    """Return the context to use: as wanted (0 means the product's default), at most what the model was made for."""
    wanted = wanted or DEFAULT_CONTEXT_TOKENS
    return min(wanted, header.context_tokens or wanted)


def gains_from_rearranging(header: GgufHeader, machine: str) -> bool:
    """Return whether llama.cpp should keep a copy of the weights in an order that suits the processor.

    On x86-64 it pays for Q4_0 and IQ4_NL. Q4_K_M prompts are no faster with it for AVX2 (35 tokens/s and core with and
    without) and slower for AVX-512 (49, 70), and the copy is 0.6 GB of Qwen2.5-Coder-1.5B (November 2026).
    """
    return machine.lower() not in ("x86_64", "amd64") or header.file_type in _Q4_0_AND_IQ4_NL
