"""Judges how well passages answer a question, with an ONNX cross-encoder. Used in the engine's process."""

from collections.abc import Sequence
from pathlib import Path

from app.library.onnx import OnnxEncoder

MAX_TOKENS = 512


class Reranker:
    """ms-marco-MiniLM-L-12-v2 or another cross-encoder with the same inputs and one logit a pair."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded.
        """
        self.name = folder.name
        self._encoder = OnnxEncoder(folder, threads, MAX_TOKENS)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a logit for each of `texts`: above 0 means that the passage probably answers `question`.

        One pair at a time: padding costs more than a batch saves (design.md), and no result depends on its neighbours.
        """
        pairs = (self._encoder.tokens(question, text) for text in texts)
        return [float(self._encoder.run([pair])[0, 0]) for pair in pairs]
