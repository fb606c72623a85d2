"""The header of a GGUF file: what the model is, is the file whole, what memory does it need. Engine and llama process.

Pure Python, so that a file of unknown origin can be looked at without giving it to llama.cpp. The layout is that of
`ggml/docs/gguf.md`, versions 2 and 3.
"""

import mmap
import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import ModelFileInvalid, PathMissing, PathUnreadable
from app.core.models import ModelRole, Pooling

COMPUTE_TOKENS = 512  # how many prompt tokens are computed at once; the model's work space grows with it

_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
# ggml type -> (values in a block, bytes of a block); a type that is not here is checked by its offset only
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17),
}  # fmt: skip
_EMBEDDERS = frozenset(
    "bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert gemma-embedding".split()
)
_NEITHER = frozenset("t5encoder clip wavtokenizer-dec".split())
_POOLINGS = {1: Pooling.MEAN, 2: Pooling.CLS, 3: Pooling.LAST}
_RANKS = 4  # a model that compares a question with a passage
_KEPT_ARRAY_ITEMS = 1024
_STRINGS_AT_MOST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself; texts are "" and numbers 0 where it is silent."""

    architecture: str
    name: str
    licence: str
    context_tokens: int
    layers: int
    embedding_values: int
    vocabulary: int
    kv_bytes_per_token: int
    chat_template: str
    file_type: int
    size_bytes: int
    role: ModelRole
    pooling: Pooling | None


Value = str | int | float | bool | tuple[int, ...]


class _Damaged(Exception):
    """The bytes are no well-formed header."""


class _Cursor:
    """Reads the header's fields one after the other, never past the file's end."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.position = 0

    def scalar(self, kind: int) -> int | float | bool:
        """Return the next number of this GGUF type."""
        layout = _SCALARS.get(kind)
        if layout is None:
            raise _Damaged(f"value type {kind}")
        (value,) = layout.unpack_from(self.content, self.position)
        self.position += layout.size
        return value

    def count(self) -> int:
        """Return the next 64-bit count."""
        return int(self.scalar(10))

    def string(self) -> str:
        """Return the next string."""
        length = self.count()
        if length > _STRINGS_AT_MOST or self.position + length > len(self.content):
            raise struct.error("string past the end")
        self.position += length
        return self.content[self.position - length : self.position].decode("utf-8", "replace")

    def value(self) -> Value:
        """Return the next typed value; of an array of strings only the count."""
        kind = int(self.scalar(4))
        if kind == _STRING:
            return self.string()
        return self._array() if kind == _ARRAY else self.scalar(kind)

    def _array(self) -> Value:
        kind, length = int(self.scalar(4)), self.count()
        if kind == _STRING:
            self._skip_strings(length)
            return length
        layout = _SCALARS.get(kind)
        if layout is None:
            raise _Damaged(f"array of type {kind}")
        if length <= _KEPT_ARRAY_ITEMS:
            return tuple(int(self.scalar(kind)) if kind != 6 else 0 for _ in range(length))
        self.position += length * layout.size
        if self.position > len(self.content):
            raise struct.error("array past the end")
        return length

    def _skip_strings(self, length: int) -> None:
        content, position, unpack = self.content, self.position, struct.Struct("<Q").unpack_from
        for _ in range(length):  # 300,000 turns in a usual vocabulary: 40 ms
            position += 8 + unpack(content, position)[0]
        self.position = position


def read_header(path: Path, role: ModelRole | None = ModelRole.ANSWER, *, is_adapter: bool = False) -> GgufHeader:
    """Read and check the header of a model for a role (None: for answers or for embedding), or of an adapter to one.

    Raises:
        PathMissing, PathUnreadable: there is no such file, or it may not be read.
        ModelFileInvalid: `detail` is one of "not_a_file", "empty", "not_gguf", "version", "truncated", "damaged",
            "split" (one file of several), "not_for_answers" (an embedder, an adapter, a vision part),
            "not_for_embedding", "not_an_adapter".
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise PathMissing(path=str(path)) from error
    except OSError as error:
        raise PathUnreadable(path=str(path), detail=error.strerror or str(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileInvalid(path=str(path), detail="not_a_file")
        if not status.st_size:
            raise ModelFileInvalid(path=str(path), detail="empty")
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as content:
            return _header(content, role, "adapter" if is_adapter else "model")
    except _Damaged as error:
        raise ModelFileInvalid(path=str(path), detail=str(error)) from error
    except (struct.error, OverflowError) as error:
        raise ModelFileInvalid(path=str(path), detail="truncated") from error
    finally:
        os.close(descriptor)


def memory_needed(header: GgufHeader, context_tokens: int) -> int:
    """Return the bytes that the model needs on the CPU: its weights, its memory of the context, its work space."""
    work = COMPUTE_TOKENS * 4 * (header.vocabulary + 8 * header.embedding_values)
    return header.size_bytes + context_tokens * header.kv_bytes_per_token + work


def _header(content: mmap.mmap, role: ModelRole | None, kind: str) -> GgufHeader:
    if content[:4] != b"GGUF":
        raise _Damaged("not_gguf")
    cursor = _Cursor(content)
    cursor.position = 4
    if cursor.scalar(4) not in (2, 3):
        raise _Damaged("version")
    tensors, pairs = cursor.count(), cursor.count()
    values: dict[str, Value] = {}
    for _ in range(pairs):
        key = cursor.string()
        values[key] = cursor.value()
    _check_purpose(values, tensors, role, kind)
    _check_whole(cursor, tensors, _number(values, "general.alignment") or 32)
    return _described(values, len(content))


def _check_purpose(values: dict[str, Value], tensors: int, role: ModelRole | None, kind: str) -> None:
    if _number(values, "split.count") > 1:
        raise _Damaged("split")
    if kind == "adapter" and values.get("general.type") != kind:
        raise _Damaged("not_an_adapter")
    architecture = _text(values, "general.architecture")
    is_usable = architecture and architecture not in _NEITHER and _pooling_number(values) != _RANKS and tensors
    if not is_usable or values.get("general.type", "model") != kind or role not in (None, _role(values)):
        raise _Damaged("not_for_embedding" if role is ModelRole.EMBED else "not_for_answers")


def _role(values: dict[str, Value]) -> ModelRole:
    is_embedder = _text(values, "general.architecture") in _EMBEDDERS or _pooling_number(values) in _POOLINGS
    return ModelRole.EMBED if is_embedder else ModelRole.ANSWER


def _pooling_number(values: dict[str, Value]) -> int:
    return _number(values, f"{_text(values, 'general.architecture')}.pooling_type")


def _check_whole(cursor: _Cursor, tensors: int, alignment: int) -> None:
    end = 0
    for _ in range(tensors):
        cursor.string()
        dimensions = int(cursor.scalar(4))
        if dimensions > 8:
            raise _Damaged("damaged")
        values = 1
        for _ in range(dimensions):
            values *= cursor.count()
        block_values, block_bytes = _BLOCKS.get(int(cursor.scalar(4)), (1, 0))
        end = max(end, cursor.count() + values // block_values * block_bytes)
    start = -(-cursor.position // alignment) * alignment
    if start + end > len(cursor.content):
        raise struct.error("tensors past the end")


def _described(values: dict[str, Value], size_bytes: int) -> GgufHeader:
    architecture = _text(values, "general.architecture")

    def number(name: str) -> int:
        return _number(values, f"{architecture}.{name}")

    heads, layers = number("attention.head_count") or 1, number("block_count")
    head_values = number("embedding_length") // heads
    key_values = number("attention.key_length") or head_values
    value_values = number("attention.value_length") or head_values
    kv_heads = values.get(f"{architecture}.attention.head_count_kv", heads)
    kv_heads_total = sum(kv_heads) if isinstance(kv_heads, tuple) else int(float(kv_heads)) * layers
    return GgufHeader(
        architecture=architecture,
        name=_text(values, "general.name"),
        licence=_text(values, "general.license"),
        context_tokens=number("context_length"),
        layers=layers,
        embedding_values=number("embedding_length"),
        vocabulary=_number(values, "tokenizer.ggml.tokens"),
        kv_bytes_per_token=kv_heads_total * (key_values + value_values) * 2,
        chat_template=_text(values, "tokenizer.chat_template"),
        file_type=_number(values, "general.file_type"),
        size_bytes=size_bytes,
        role=_role(values),
        pooling=_POOLINGS.get(_pooling_number(values)),
    )


def _text(values: dict[str, Value], key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""


def _number(values: dict[str, Value], key: str) -> int:
    value = values.get(key, 0)
    return int(value) if isinstance(value, int | float) else 0
