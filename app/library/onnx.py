"""Runs a BERT-like ONNX model with its tokenizer: shared by embedder and reranker. Used in the engine's process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Encoding, Tokenizer

from app.core.errors import ModelFileInvalid


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many tokens a text has, and how many of them are not the unknown one."""

    tokens: int
    known: int


class OnnxEncoder:
    """One session: batches of encodings in, the model's first output out."""

    def __init__(self, folder: Path, threads: int, max_tokens: int) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded.
        """
        self._tokenizer = _tokenizer(folder / "tokenizer.json", max_tokens)
        self._unknown = self._tokenizer.token_to_id("[UNK]")
        self._session = _session(folder / "model.onnx", threads)
        self._inputs = frozenset(node.name for node in self._session.get_inputs())

    @property
    def width(self) -> int:
        """Return the last dimension of the output."""
        return int(self._session.get_outputs()[0].shape[-1])

    def tokens(self, text: str, second: str | None = None) -> Encoding:
        """Return `text`, or the pair of both, cut to the model's length (of a pair, `second` is cut)."""
        return self._tokenizer.encode(_encodable(text), None if second is None else _encodable(second))

    def known_pieces(self, text: str) -> Pieces:
        """Return how the vocabulary covers `text`, as far as the model reads it."""
        encoding = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        return Pieces(len(encoding.ids), sum(number != self._unknown for number in encoding.ids))

    def run(self, batch: Sequence[Encoding]) -> npt.NDArray[np.float32]:
        """Return the model's first output for `batch`, padded to its longest member."""
        length = max(len(encoding.ids) for encoding in batch)
        feeds = {
            "input_ids": _padded([encoding.ids for encoding in batch], length),
            "attention_mask": _padded([encoding.attention_mask for encoding in batch], length),
            "token_type_ids": _padded([encoding.type_ids for encoding in batch], length),
        }
        outputs = self._session.run(None, {name: feed for name, feed in feeds.items() if name in self._inputs})
        return cast("npt.NDArray[np.float32]", outputs[0])


def _encodable(text: str) -> str:
    """Return `text` with lone surrogates, which the tokenizer refuses, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _padded(rows: Sequence[Sequence[int]], length: int) -> npt.NDArray[np.int64]:
    """Return `rows` as int64[n, length], filled with zeros: [PAD] and "not attended" in BERT's vocabularies."""
    padded = np.zeros((len(rows), length), dtype=np.int64)
    for row, values in zip(padded, rows, strict=True):
        row[: len(values)] = values
    return padded


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare `Exception`
        raise ModelFileInvalid(path=str(path), detail=str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    return tokenizer


def _session(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the window's cores between two texts; what that costs is in tests/quality/README.md.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no public base class but this
        raise ModelFileInvalid(path=str(path), detail=str(error)) from error
