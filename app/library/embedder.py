"""Turns texts into vectors with an ONNX sentence encoder. Used in the engine's process."""

from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.library.onnx import OnnxEncoder

Vector: TypeAlias = npt.NDArray[np.float32]

QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
"""What bge-small-en-v1.5 was trained to see before a question, and never before a passage (its model card)."""

MAX_TOKENS = 512


class Embedder:
    """bge-small-en-v1.5 or another encoder with the same inputs, prefix and pooling (its first token's last state)."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded.
        """
        self.name = folder.name
        self._encoder = OnnxEncoder(folder, threads, MAX_TOKENS)

    @property
    def dimensions(self) -> int:
        """Return the length of every vector."""
        return self._encoder.width

    def embed(self, text: str) -> Vector:
        """Return the passage `text`, its first 512 tokens, as float32[dimensions] of unit length."""
        states = self._encoder.run([self._encoder.tokens(text)])
        vector: Vector = states[0, 0].astype(np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def embed_query(self, question: str) -> Vector:
        """Return a question as float32[dimensions] of unit length, comparable to `embed` by the dot product."""
        return self.embed(QUERY_PREFIX + question)
