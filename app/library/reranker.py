"""Judges how well passages answer a question, with an ONNX cross-encoder. Used in the engine's process."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tokenizers import Encoding

from app.core.familiarity import is_spelt_out, letters_of
from app.library.judging_pace import JudgingPace
from app.library.onnx import OnnxEncoder

PAIR_TOKENS = 320
"""So much of a question with a passage is read: all of nearly every passage of the open sets (tests/quality/README.md).
A pair costs more than its share the longer it is: 512 tokens take four times as long as 200."""

_TRIED_TEXT = "The tenant pays a deposit of two months' rent, which is held until the flat is given back. " * 8
"""About 200 tokens with the question: a passage of usual length."""

_TRIES = 5


class Reranker:
    """ms-marco-MiniLM-L-12-v2 or another cross-encoder with the same inputs and one logit a pair."""

    def __init__(self, folder: Path, threads: int, max_tokens: int = PAIR_TOKENS) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`; as many pairs as `threads` are judged at a time.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded.
        """
        self.name = folder.name
        self._encoder = OnnxEncoder(folder, min(max_tokens, PAIR_TOKENS))
        self._threads = ThreadPoolExecutor(threads, "rerank")
        self._at_once = threads
        self._pace: JudgingPace | None = None

    def keep_pace(self) -> None:
        """From now on judge only as many passages as there is time for on this computer."""
        self._pace = JudgingPace(self._ms_per_token())

    def knows(self, question: str) -> bool:
        """Return whether it can tell anything about a question: not in a language that it only spells."""
        words = letters_of(question)
        pieces = self._encoder.known_pieces(words)
        return not is_spelt_out(words, pieces.tokens, pieces.known)

    def judged(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Return a logit for each of some sentences, which take far less time than passages: no pace is kept."""
        return self._logits([self._encoder.tokens(question, sentence) for sentence in sentences])

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a logit for each of `texts`: above 0 means that the passage probably answers `question`.

        Where a pace is kept, only the first are judged, as many as there is time for.
        """
        pairs = [self._encoder.tokens(question, text) for text in texts]
        if self._pace is None:
            return self._logits(pairs)
        pairs = pairs[: self._pace.affordable([len(pair.ids) for pair in pairs])]
        started_s = time.perf_counter()
        logits = self._logits(pairs)
        if pairs:
            self._pace.note(sum(len(pair.ids) for pair in pairs), (time.perf_counter() - started_s) * 1000)
        return logits

    def _logits(self, pairs: Sequence[Encoding]) -> list[float]:
        return [float(output[0]) for output in self._threads.map(self._encoder.run, pairs)]

    def _ms_per_token(self) -> float:
        """Measure usual pairs: the fastest of a few tries, as if nothing else ran."""
        pairs = [self._encoder.tokens("How high is the deposit?", _TRIED_TEXT)] * (2 * self._at_once)
        times: list[float] = []
        for _ in range(_TRIES):
            started_s = time.perf_counter()
            self._logits(pairs)
            times.append((time.perf_counter() - started_s) * 1000)
        return min(times) / sum(len(pair.ids) for pair in pairs)
