"""Judges how well passages answer a question, with an ONNX cross-encoder. Used in the engine's process."""

import time
from collections.abc import Sequence
from pathlib import Path

from app.library.onnx import OnnxEncoder

_TRIED_TEXT = "The tenant pays a deposit of two months' rent, which is held until the flat is given back. " * 8
"""About 200 tokens with the question: a passage of usual length."""

_TRIES = 5


class Reranker:
    """ms-marco-MiniLM-L-12-v2 or another cross-encoder with the same inputs and one logit a pair."""

    def __init__(self, folder: Path, threads: int, max_tokens: int = 512) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded.
        """
        self.name = folder.name
        self._encoder = OnnxEncoder(folder, threads, max_tokens)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a logit for each of `texts`: above 0 means that the passage probably answers `question`."""
        pairs = (self._encoder.tokens(question, text) for text in texts)
        return [float(self._encoder.run(pair)[0]) for pair in pairs]

    def ms_per_pair(self) -> float:
        """Measure how long a usual pair takes on this computer: the fastest of a few, as if nothing else ran."""
        times: list[float] = []
        for _ in range(_TRIES):
            started_s = time.perf_counter()
            self.scores("How high is the deposit?", [_TRIED_TEXT])
            times.append((time.perf_counter() - started_s) * 1000)
        return min(times)
