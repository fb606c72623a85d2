"""Turns texts into vectors: what an embedder is, and the one that runs ONNX models. Used in the engine's process."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.familiarity import familiarity, letters_of
from app.core.models import EmbeddingSettings, Pooling
from app.library.onnx import OnnxEncoder, Pieces

Vector: TypeAlias = npt.NDArray[np.float32]

_POOLED = "sentence_embedding"
"""What an export calls an output that is one vector a text already."""

_LEAST_LETTERS = 100
"""Of a passage: fewer may be names and codes."""
_LEAST_SAMPLED = 500
"""Of all of them together: of a few lines there is nothing to tell."""
_KNOWN = 0.7
"""Passages of the open sets: English 1.0 (1 in 100 is below), German 0.04 to 0.57, Spanish to 0.59, others 0."""


class TextEmbedder(Protocol):
    """What turns texts into vectors; `name` tells its vectors from those of every other. Any thread may call it.

    All raise `ModelDied` where the model runs in a process of its own and that ends.
    """

    @property
    def name(self) -> str:
        """Return the name under which the vectors are kept."""
        ...

    def embed(self, text: str) -> Vector:
        """Return a passage, as far as the model reads it, as float32[d] of unit length."""
        ...

    def embed_query(self, question: str) -> Vector:
        """Return a question as float32[d] of unit length, comparable to `embed` by the dot product."""
        ...

    def pieces(self, text: str) -> Pieces:
        """Return how the model's vocabulary covers a text."""
        ...


class Embedder:
    """A sentence encoder as ONNX."""

    def __init__(self, folder: Path, settings: EmbeddingSettings, name: str = "") -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`, after which it is called if it has no other `name`.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded, or this is no sentence encoder.
        """
        self.name = name or folder.name
        self._settings = settings
        self._encoder = OnnxEncoder(folder, settings.max_tokens, _POOLED)

    def embed(self, text: str) -> Vector:
        """Return a passage, as far as the model reads it, as float32[d] of unit length."""
        return self._embedded(self._settings.passage_prefix + text)

    def embed_query(self, question: str) -> Vector:
        """Return a question as float32[d] of unit length, comparable to `embed` by the dot product."""
        return self._embedded(self._settings.query_prefix + question)

    def pieces(self, text: str) -> Pieces:
        """Return how the model's vocabulary covers a text."""
        return self._encoder.known_pieces(text)

    def _embedded(self, text: str) -> Vector:
        states = self._encoder.run(self._encoder.tokens(text)).astype(np.float32)
        return unit(states if states.ndim == 1 else _pooled(states, self._settings.pooling))


def known_share(embedder: TextEmbedder, text: str) -> float:
    """Return how far an embedder knows a text's language, 0 to 1."""
    pieces = embedder.pieces(text)
    return familiarity(text, pieces.tokens, pieces.known)


def foreign_share(embedder: TextEmbedder, sample: Iterable[str]) -> float:
    """Return the share of texts whose language the embedder does not know, 0 without enough text to go by."""
    told = [(text, sum(map(len, text.split()))) for text in map(letters_of, sample)]
    written = [(text, letters) for text, letters in told if letters >= _LEAST_LETTERS]
    if sum(letters for _, letters in written) < _LEAST_SAMPLED:
        return 0.0
    return sum(known_share(embedder, text) < _KNOWN for text, _ in written) / len(written)


def unit(vector: Vector) -> Vector:
    """Return a vector at unit length; one of zeros stays so."""
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _pooled(states: Vector, pooling: Pooling) -> Vector:
    match pooling:
        case Pooling.CLS:
            return states[0]
        case Pooling.MEAN:
            return states.mean(axis=0)
        case Pooling.LAST:
            return states[-1]
