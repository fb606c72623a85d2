"""Runs an ONNX encoder with its tokenizer: shared by embedder and reranker. Used in the engine's process."""

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


_FED = frozenset({"input_ids", "attention_mask", "token_type_ids", "position_ids"})


class OnnxEncoder:
    """One session: the encoding of a text, or of a pair, in; one of the model's outputs out. Of use to any thread.

    One text at a time: padding costs more than a batch saves (design.md), and no result depends on its neighbours. Each
    is computed in the thread that calls: two texts in two threads take half as long as in two threads of onnxruntime's
    own, which wait for each other after every step (tests/benchmarks/README.md).
    """

    def __init__(self, folder: Path, max_tokens: int, output: str = "") -> None:
        """Load `model.onnx` and `tokenizer.json`; `output` names what to take if there is such, else it is the first.

        Raises:
            ModelFileInvalid: either file is missing or cannot be loaded, or the model wants what nobody can give it.
        """
        self._tokenizer = _tokenizer(folder / "tokenizer.json", max_tokens)
        unknown = (self._tokenizer.token_to_id(spelling) for spelling in ("[UNK]", "<unk>"))
        self._unknown = next((number for number in unknown if number is not None), -1)
        self._session = _session(folder / "model.onnx")
        self._inputs = frozenset(node.name for node in self._session.get_inputs())
        if unfed := sorted(self._inputs - _FED):
            raise ModelFileInvalid(path=str(folder / "model.onnx"), detail=f"input {unfed[0]}")
        named = [node for node in self._session.get_outputs() if node.name == output]
        self._output: str = (named or self._session.get_outputs())[0].name

    def tokens(self, text: str, second: str | None = None) -> Encoding:
        """Return `text`, or the pair of both, cut to the model's length (of a pair, `second` is cut)."""
        return self._tokenizer.encode(_encodable(text), None if second is None else _encodable(second))

    def known_pieces(self, text: str) -> Pieces:
        """Return how the vocabulary covers `text`, as far as the model reads it."""
        encoding = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        return Pieces(len(encoding.ids), sum(number != self._unknown for number in encoding.ids))

    def run(self, encoding: Encoding) -> npt.NDArray[np.float32]:
        """Return the model's output for one encoding, without the dimension of the batch: float32[tokens, d] or [d]."""
        feeds = {
            "input_ids": _row(encoding.ids),
            "attention_mask": _row(encoding.attention_mask),
            "token_type_ids": _row(encoding.type_ids),
            "position_ids": _row(range(len(encoding.ids))),
        }
        fed = {name: feed for name, feed in feeds.items() if name in self._inputs}
        (output,) = self._session.run([self._output], fed)
        return cast("npt.NDArray[np.float32]", output)[0]


def _encodable(text: str) -> str:
    """Return `text` with lone surrogates, which the tokenizer refuses, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _row(values: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return a batch of one row: int64[1, n]."""
    return np.array([values], dtype=np.int64)


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare `Exception`
        raise ModelFileInvalid(path=str(path), detail=str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    return tokenizer


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no public base class but this
        raise ModelFileInvalid(path=str(path), detail=str(error)) from error
